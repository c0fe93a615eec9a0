//! Whose sheet it is: what those who take part need to know of the pupil, and no more.
use crate::id;
use async_graphql::{ID, Object};
use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

/// The pupil of a sheet.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq, Eq)]
pub struct SupportedPupil {
    pupil_id: Uuid,
    family: String,
    given: String,
    kana: String,
    number: Option<i32>,
    class_name: Option<String>,
}

/// The columns of it, of a pupil `p` and what [`push_homeroom`] joins.
pub(super) const COLUMNS: &str = "p.id AS pupil_id, COALESCE(NULLIF(p.preferred_family_name, ''), p.family_name) AS family,
    COALESCE(NULLIF(p.preferred_given_name, ''), p.given_name) AS given, p.kana_family_name || ' ' || p.kana_given_name AS kana,
    e.number, c.name AS class_name";

/// Joins the one enrolment `e` of today in a homeroom `c` of the school of a row `s`.
pub(super) fn push_homeroom<DB: Database>(sql: &mut QueryBuilder<DB>, today: NaiveDate)
where
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    const ROOM: &str = "AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00'
        AND e.class IN (SELECT id FROM class WHERE kind = 'HOMEROOM') AND e.begins <= ";
    sql.push(" LEFT JOIN enrolment e ON e.pupil = s.pupil AND e.school = s.school ").push(ROOM).push_bind(today);
    sql.push(" AND e.ends >= ").push_bind(today);
    sql.push(" AND NOT EXISTS (SELECT 1 FROM enrolment o WHERE o.pupil = e.pupil AND o.school = e.school AND o.id < e.id ");
    sql.push(ROOM.replace("e.", "o.")).push_bind(today).push(" AND o.ends >= ").push_bind(today);
    sql.push(") LEFT JOIN class c ON c.id = e.class");
}

/// The pupil of a support sheet: as much as whoever takes part needs to know, and no more.
#[Object]
impl SupportedPupil {
    /// The roster's UUID.
    async fn id(&self) -> ID {
        id::of(self.pupil_id)
    }
    /// The name to show, family name first.
    async fn name(&self) -> String {
        format!("{} {}", self.family, self.given).trim().to_owned()
    }
    /// The name's reading; null where the roster has none.
    async fn kana(&self) -> Option<&str> {
        Some(self.kana.trim()).filter(|kana| !kana.is_empty())
    }
    /// 出席番号 in the homeroom of today.
    async fn number(&self) -> Option<i32> {
        self.number
    }
    /// The homeroom of today; null where there is none in this school.
    async fn class_name(&self) -> Option<&str> {
        self.class_name.as_deref()
    }
}
