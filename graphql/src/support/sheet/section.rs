//! The sections of a sheet: 共通シート, and 学年別シート by school year. Each part has a text for each level, so that what is for few and what
//! is for more stand beside one another and nothing is opened by a slip.
use super::find::begin;
use super::level::SupportNoteLevel;
use super::reach::{Access, Notes, OF_SECTION};
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::clock::new_id;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::retention::period::school_year;
use crate::roster::moves::right;
use crate::scalar::Timestamp;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// What a section is about.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportSectionPart {
    /// 背景: facts that matter, in 共通シート.
    Background,
    /// よさ・得意なこと, in 共通シート.
    Strengths,
    /// 本人の願い, in 共通シート.
    WishOfChild,
    /// 保護者の願い, in 共通シート.
    WishOfGuardians,
    /// 学校の外で支える人, in 共通シート.
    PeopleOutside,
    /// ようす, of a year.
    State,
    /// めざすこと, of a year.
    Aims,
    /// 手だて, of a year.
    Means,
    /// その年の結果, of a year.
    Outcome,
}

impl SupportSectionPart {
    /// Whether there is one for each school year.
    fn by_year(self) -> bool {
        matches!(
            self,
            SupportSectionPart::State | SupportSectionPart::Aims | SupportSectionPart::Means | SupportSectionPart::Outcome
        )
    }
}

/// A section of a sheet.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct SupportSection {
    id: Uuid,
    sheet: Uuid,
    pupil: Uuid,
    school: Uuid,
    part: SupportSectionPart,
    year: i32,
    pub(crate) level: SupportNoteLevel,
    text: String,
    version: i32,
    written_by: Uuid,
    at: DateTime<Utc>,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
}

/// A section of a support sheet. Former texts are in the pupil's history.
#[Object]
impl SupportSection {
    /// The section's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// What it is about.
    async fn part(&self) -> SupportSectionPart {
        self.part
    }
    /// The school year of 学年別シート, such as 2026; null in 共通シート.
    async fn year(&self) -> Option<i32> {
        (self.year > 0).then_some(self.year)
    }
    /// Who may read it.
    async fn level(&self) -> SupportNoteLevel {
        self.level
    }
    /// What it says.
    async fn text(&self) -> &str {
        &self.text
    }
    /// How often it was written: send it along with a change, so that nobody else's is lost.
    async fn version(&self) -> i32 {
        self.version
    }
    /// Who wrote it last; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
}

/// A section to write.
#[derive(InputObject, Clone, Debug)]
pub struct WriteSupportSectionInput {
    /// The sheet.
    pub sheet_id: ID,
    /// What the section is about.
    pub part: SupportSectionPart,
    /// The school year of a section of 学年別シート; the running one if not said. Not for 共通シート.
    pub year: Option<i32>,
    /// Who may read it. The same part at another level is another text.
    #[graphql(default_with = "SupportNoteLevel::SchoolTeam")]
    pub level: SupportNoteLevel,
    /// What it says, up to 4,000 characters; empty to take it out.
    pub text: String,
    /// The `version` that you saw; 0 where there was none.
    #[graphql(default = 0)]
    pub version: i32,
}

/// Writes a section, or says what is wrong with the input.
pub(super) async fn write(scope: &Scope, input: WriteSupportSectionInput) -> Result<Result<Uuid, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let now = school_year(scope.today());
    let year = match (input.part.by_year(), input.year) {
        (true, year) => year.unwrap_or(now),
        (false, None) => 0,
        (false, Some(_)) => return wrong(UserErrorCode::OutOfRange, "year", "this part is of 共通シート: leave the year out"),
    };
    if input.part.by_year() && !(now - 15..=now + 1).contains(&year) {
        return wrong(UserErrorCode::OutOfRange, "year", "the school year is one from 15 years ago to the next");
    }
    let text = right!(super::write::optional(&input.text, 4_000, "text"));
    let (mut tx, sheet) = right!(begin(scope, Access::Write, &input.sheet_id, "support section written").await?);
    let sql = "SELECT * FROM support_section WHERE sheet = $1 AND part = $2 AND year = $3 AND level = $4";
    let held: Option<SupportSection> = on!(tx.connection(), c => sqlx::query_as(sql).bind(sheet.id).bind(input.part).bind(year)
        .bind(input.level).fetch_optional(c).await?);
    if held.as_ref().is_some_and(|held| held.text == text) {
        return Ok(Ok(sheet.id));
    }
    if held.as_ref().map_or(0, |held| held.version) != input.version {
        let message = "somebody else has written here since: read it again, and send the `version` of now";
        return wrong(UserErrorCode::Conflict, "version", message);
    }
    let section = SupportSection {
        id: held.as_ref().map_or_else(new_id, |held| held.id),
        sheet: sheet.id,
        pupil: sheet.pupil,
        school: sheet.school,
        part: input.part,
        year,
        level: input.level,
        text,
        version: input.version + 1,
        written_by: tx.actor,
        at: tx.at,
        by_name: None,
    };
    let sql = "INSERT INTO support_section (id, sheet, pupil, school, part, year, level, text, version, written_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               ON CONFLICT (id) DO UPDATE SET text = excluded.text, version = excluded.version, written_by = excluded.written_by, at = excluded.at
               WHERE support_section.school = excluded.school";
    let change = Change::new(section.id, held.as_ref(), Some(&section));
    on!(tx.change("support_section", &[change]).await?, c => sqlx::query(sql).bind(section.id).bind(section.sheet).bind(section.pupil)
        .bind(section.school).bind(section.part).bind(section.year).bind(section.level).bind(&section.text).bind(section.version)
        .bind(section.written_by).bind(section.at).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

/// The sections of a sheet, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SectionsOf(pub(crate) Uuid);

#[async_trait]
impl Loader<SectionsOf> for Scope {
    type Value = Vec<SupportSection>;
    type Error = Error;

    async fn load(&self, sheets: &[SectionsOf]) -> Result<HashMap<SectionsOf, Vec<SupportSection>>> {
        let mut sections: Vec<SupportSection> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT x.*, o.name AS by_name FROM support_section x LEFT JOIN staff o ON o.id = x.written_by
                WHERE x.text <> '' AND x.sheet IN (");
            bind_ids(&mut sql, sheets.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_notes(&mut sql, Access::Read, Notes::of("x", OF_SECTION));
            sql.build_query_as().fetch_all(c).await?
        });
        sections.sort_by_key(|of| (std::cmp::Reverse(if of.year == 0 { i32::MAX } else { of.year }), of.part, of.level));
        let mut found: HashMap<SectionsOf, Vec<SupportSection>> = HashMap::new();
        sections.into_iter().for_each(|of| found.entry(SectionsOf(of.sheet)).or_default().push(of));
        Ok(found)
    }
}
