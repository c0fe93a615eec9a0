//! Pupils (児童生徒).
use crate::access::duty::Duty;
use crate::access::history::PupilHistory;
use crate::access::reach;
use crate::access::reader::{self, Adult};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::token;
use crate::access::tx::{Put, Tx};
use crate::attendance::of_pupil::PupilAttendance;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::learning::of_pupil::PupilLearning;
use crate::marks::of_pupil::PupilMarks;
use crate::page::Cursor;
use crate::roster::class::Class;
use crate::roster::guardian::PupilFamily;
use crate::roster::homeroom::{Homeroom, HomeroomOf};
use crate::roster::moves::query::PupilMoves;
use crate::roster::official::PupilRegister;
use crate::roster::search;
use crate::scalar::Day;
use crate::support::of_pupil::PupilSupport;
use crate::wellbeing::of_pupil::PupilWellbeing;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// A pupil. Official, shown and read names are three things and kept apart.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Pupil {
    /// The roster's id, the same everywhere.
    pub id: Uuid,
    /// 学籍番号; may be empty.
    pub identifier: String,
    /// The family name of the school register.
    pub family_name: String,
    /// The given name of the school register.
    pub given_name: String,
    /// The family name to show; empty: the official one.
    pub preferred_family_name: String,
    /// The given name to show; empty: the official one.
    pub preferred_given_name: String,
    /// The family name's reading.
    pub kana_family_name: String,
    /// The given name's reading.
    pub kana_given_name: String,
    /// The date of birth, where a roster has told it: to tell people of one name apart, and shown to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// Whether the household is under protection (支援措置).
    #[serde(skip)]
    pub(crate) protected: Protected,
    /// 出席番号 in the class through which the pupil was asked for.
    #[sqlx(default)]
    #[serde(skip)]
    pub number: Option<i32>,
}

/// Whether a pupil's household is under protection: said by the office, and no part of what rosters say of a pupil. Two pupils do not differ
/// in it.
#[derive(sqlx::Type, Clone, Copy, Debug, Default)]
#[sqlx(transparent)]
pub struct Protected(bool);

impl PartialEq for Protected {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What stands for the name of a pupil under protection where it may not be told.
pub(crate) const HIDDEN_NAME: &str = "（非公開）";

/// A name of a pupil as the viewer may be told it.
pub(crate) fn told(scope: &Scope, protected: bool, name: impl Into<String>) -> String {
    if protected && !scope.shows_protected() { HIDDEN_NAME.to_owned() } else { name.into() }
}

/// Where those without a number stand in a list: after everybody else.
const NUMBERLESS: i64 = 1_000_000;

impl Pupil {
    /// The name to show.
    #[must_use]
    pub fn shown_name(&self) -> String {
        let (family, given) = self.shown_names();
        format!("{family} {given}").trim().to_owned()
    }

    /// The family and the given name to show.
    pub(crate) fn shown_names(&self) -> (&str, &str) {
        let family = if self.preferred_family_name.is_empty() { &self.family_name } else { &self.preferred_family_name };
        let given = if self.preferred_given_name.is_empty() { &self.given_name } else { &self.preferred_given_name };
        (family, given)
    }

    /// Whether the household is under protection.
    pub(crate) fn is_protected(&self) -> bool {
        self.protected.0
    }

    /// Whether the names of this pupil may be told to the viewer.
    pub(crate) fn is_told(&self, scope: &Scope) -> bool {
        !self.protected.0 || scope.shows_protected()
    }

    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { number: self.number.map_or(NUMBERLESS, i64::from), id: self.id }
    }
}

/// A pupil.
#[Object]
impl Pupil {
    /// The roster's UUID, the same in every class and school and year.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The name to show, family name first; `（非公開）` for who may not know it because the household is under protection.
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(told(Scope::of(ctx)?, self.protected.0, self.shown_name()))
    }
    /// The name's reading in full-width katakana; null where the roster has none, and where the name may not be known.
    async fn kana(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let kana = format!("{} {}", self.kana_family_name, self.kana_given_name).trim().to_owned();
        let told = self.is_told(Scope::of(ctx)?);
        Ok(Some(kana).filter(|kana| told && !kana.is_empty()))
    }
    /// Whether the household is under protection (支援措置): whoever writes a list that leaves the school leaves the name out.
    async fn under_protection(&self) -> bool {
        self.protected.0
    }
    /// 出席番号 in the class through which the pupil was asked for, else in the homeroom; null where there is none.
    async fn number(&self) -> Option<i32> {
        self.number
    }
    /// The homeroom that the pupil is in today; null where there is none that you may see.
    #[graphql(complexity = "10 + child_complexity")]
    async fn homeroom(&self, ctx: &Context<'_>) -> Result<Option<Class>> {
        let homeroom = ctx.data_unchecked::<DataLoader<Scope>>().load_one(HomeroomOf(self.id)).await?;
        Ok(homeroom.map(|homeroom| homeroom.class))
    }
    /// The pupil's grade there, `P1` to `P6` and `J1` to `J3`; null where there is none, or nobody has said it in a class of several grades.
    #[graphql(complexity = "10")]
    async fn grade(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let homeroom = ctx.data_unchecked::<DataLoader<Scope>>().load_one(HomeroomOf(self.id)).await?;
        Ok(homeroom.and_then(Homeroom::grade))
    }
    /// The first day of the pupil in that homeroom.
    #[graphql(complexity = "10")]
    async fn enrolled_from(&self, ctx: &Context<'_>) -> Result<Option<Day>> {
        let homeroom = ctx.data_unchecked::<DataLoader<Scope>>().load_one(HomeroomOf(self.id)).await?;
        Ok(homeroom.map(|homeroom| Day(homeroom.begins)))
    }
    /// What you may do with this pupil's records today; what is not among it reads as null below.
    #[graphql(complexity = "5")]
    async fn viewer_rights(&self, ctx: &Context<'_>) -> Result<Vec<Right>> {
        Ok(reach::of_pupil(ctx, self.id).await?.into_iter().collect())
    }
    /// The duties by which you see this pupil today; empty where the pupil is yourself.
    #[graphql(complexity = "10 + child_complexity")]
    async fn seen_through(&self, ctx: &Context<'_>) -> Result<Vec<Duty>> {
        reader::duties_over(Scope::with(ctx, Right::RosterRead)?, self.id).await
    }
    /// Everybody whose duty of today reaches this pupil's record, whatever part of it.
    #[graphql(complexity = "10 + child_complexity")]
    async fn seen_by(&self, ctx: &Context<'_>) -> Result<Vec<Adult>> {
        reader::of_pupil(Scope::with(ctx, Right::RosterRead)?, self.id, Right::RosterRead).await
    }
    #[graphql(flatten)]
    async fn shown_family(&self) -> PupilFamily {
        PupilFamily(self.id)
    }
    #[graphql(flatten)]
    async fn shown_moves(&self) -> PupilMoves {
        PupilMoves(self.id)
    }
    #[graphql(flatten)]
    async fn shown_register(&self) -> PupilRegister {
        PupilRegister(self.clone())
    }
    #[graphql(flatten)]
    async fn shown_attendance(&self) -> PupilAttendance {
        PupilAttendance(self.id)
    }
    #[graphql(flatten)]
    async fn shown_learning(&self) -> PupilLearning {
        PupilLearning(self.id)
    }
    #[graphql(flatten)]
    async fn shown_marks(&self) -> PupilMarks {
        PupilMarks(self.id)
    }
    #[graphql(flatten)]
    async fn shown_wellbeing(&self) -> PupilWellbeing {
        PupilWellbeing(self.id)
    }
    #[graphql(flatten)]
    async fn shown_support(&self) -> PupilSupport {
        PupilSupport(self.id)
    }
    #[graphql(flatten)]
    async fn shown_history(&self) -> PupilHistory {
        PupilHistory(self.id)
    }
}

/// What may be asked about pupils.
#[derive(Default)]
pub struct PupilQuery;

#[Object]
impl PupilQuery {
    /// One pupil; null if there is none of this id that you may see today.
    async fn pupil(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Pupil>> {
        let scope = Scope::with(ctx, Right::RosterRead)?;
        let Some(id) = id::parse(&id) else { return Ok(None) };
        find(scope, id).await
    }
}

pub(crate) async fn find(scope: &Scope, pupil: Uuid) -> Result<Option<Pupil>> {
    let sql = "SELECT p.*, e.number FROM pupil p
               LEFT JOIN enrolment e ON e.pupil = p.id AND e.kind = 'HOME' AND e.begins <= $3 AND e.ends >= $3
                   AND e.known_until = '9999-12-31T00:00:00+00:00'
                   AND e.class IN (SELECT id FROM class WHERE kind = 'HOMEROOM')
               WHERE p.id = $4 AND EXISTS
                   (SELECT 1 FROM pupil_reach r WHERE r.pupil = p.id AND r.holder = $1 AND r.right_to = $2
                    AND r.begins <= $3 AND r.ends >= $3 AND r.enrolled <= $3 AND r.leaves >= $3)
               ORDER BY e.begins DESC LIMIT 1";
    let found: Option<Pupil> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterRead))
        .bind(scope.today()).bind(pupil).fetch_optional(c).await?);
    if found.is_some() {
        scope.seeks_pupil(pupil, Right::RosterRead);
    }
    Ok(found)
}

/// Every pupil whom the viewer reaches: of a guardian their children, at most 50.
pub(crate) async fn all_reached(scope: &Scope) -> Result<Vec<Pupil>> {
    let sql = "SELECT p.*, (SELECT max(e.number) FROM enrolment e JOIN class c ON c.id = e.class AND c.kind = 'HOMEROOM'
                   WHERE e.pupil = p.id AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= $3 AND e.ends >= $3) AS number
               FROM pupil p WHERE p.id IN
                   (SELECT r.pupil FROM pupil_reach r WHERE r.holder = $1 AND r.right_to = $2
                    AND r.begins <= $3 AND r.ends >= $3 AND r.enrolled <= $3 AND r.leaves >= $3)
               ORDER BY p.id LIMIT 50";
    let found: Vec<Pupil> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterRead))
        .bind(scope.today()).fetch_all(c).await?);
    found.iter().for_each(|pupil| scope.seeks_pupil(pupil.id, Right::RosterRead));
    Ok(found)
}

/// Those who are in a class on a day and in its school today, by number; a lesson has none of its own and takes the homeroom's.
pub(crate) async fn of_class(scope: &Scope, class: Uuid, day: NaiveDate, after: Cursor, limit: i64) -> Result<Vec<Pupil>> {
    let sql = "SELECT * FROM (
                   SELECT p.*, COALESCE(e.number, (SELECT max(h.number) FROM enrolment h JOIN class k ON k.id = h.class
                       WHERE h.pupil = e.pupil AND k.kind = 'HOMEROOM' AND h.kind = 'HOME' AND h.known_until = e.known_until
                       AND h.begins <= $8 AND h.ends >= $8)) AS number
                   FROM enrolment e JOIN pupil p ON p.id = e.pupil
                   WHERE e.class = $4 AND e.kind = 'HOME' AND e.begins <= $8 AND e.ends >= $8 AND e.known_until = '9999-12-31T00:00:00+00:00'
                       AND NOT EXISTS
                       (SELECT 1 FROM enrolment o WHERE o.class = e.class AND o.pupil = e.pupil AND o.kind = e.kind AND o.known_until = e.known_until
                        AND o.begins <= $8 AND o.ends >= $8 AND o.id < e.id)
                       AND ($8 = $3 OR EXISTS
                       (SELECT 1 FROM enrolment n WHERE n.pupil = e.pupil AND n.school = e.school AND n.known_until = e.known_until
                        AND n.begins <= $3 AND n.ends >= $3))
                       AND e.class IN
                       (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)) q
               WHERE (COALESCE(q.number, 1000000), q.id) > ($5, $6)
               ORDER BY COALESCE(q.number, 1000000), q.id LIMIT $7";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterRead)).bind(scope.today())
        .bind(class).bind(after.number).bind(after.id).bind(limit).bind(day).fetch_all(c).await?))
}

/// The guests of a class on a day who are in its school today, as far as the viewer may see them.
pub(crate) async fn guests_of(scope: &Scope, class: Uuid, day: NaiveDate) -> Result<Vec<Pupil>> {
    let sql = "SELECT p.* FROM pupil p WHERE p.id IN
                   (SELECT e.pupil FROM enrolment e WHERE e.class = $4 AND e.kind = 'EXCHANGE' AND e.begins <= $5 AND e.ends >= $5
                    AND e.known_until = '9999-12-31T00:00:00+00:00' AND ($5 = $3 OR EXISTS
                       (SELECT 1 FROM enrolment n WHERE n.pupil = e.pupil AND n.school = e.school AND n.known_until = e.known_until
                        AND n.begins <= $3 AND n.ends >= $3)) AND e.class IN
                       (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3))
               ORDER BY p.kana_family_name, p.kana_given_name, p.id";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterRead)).bind(scope.today())
        .bind(class).bind(day).fetch_all(c).await?))
}

/// Issues a token, a sign-in code, for a pupil.
pub async fn issue_token(scope: &Scope, pupil: Uuid, expires_at: DateTime<Utc>) -> Result<String> {
    if !scope.holds(Right::AccessWrite) || find(scope, pupil).await?.is_none() {
        return Err(Error::BadInput(format!("there is no pupil {pupil} who is enrolled today")));
    }
    let mut tx = scope.begin("token issued").await?;
    let secret = token::issue(&mut tx, pupil, &[], expires_at).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The ids of those who are in a class today, as far as the viewer may see them.
pub(crate) async fn ids_of_class(scope: &Scope, class: Uuid) -> Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT e.pupil FROM enrolment e
               WHERE e.class = $4 AND e.kind = 'HOME' AND e.begins <= $3 AND e.ends >= $3
                   AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.class IN
                   (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterRead))
        .bind(scope.today()).bind(class).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(pupil,)| pupil).collect())
}

/// Loads pupils of a class, with their numbers in it, many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PupilIn {
    /// The class through which the pupil is asked for.
    pub class: Uuid,
    /// The pupil.
    pub pupil: Uuid,
}

#[async_trait]
impl Loader<PupilIn> for Scope {
    type Value = Pupil;
    type Error = Error;

    async fn load(&self, keys: &[PupilIn]) -> Result<HashMap<PupilIn, Pupil>> {
        let mut classes: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for key in keys {
            classes.entry(key.class).or_default().push(key.pupil);
        }
        let mut found = HashMap::new();
        for (class, pupils) in classes {
            let rows: Vec<Pupil> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new("SELECT p.*, e.number FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.class = ");
                sql.push_bind(class).push(" AND e.known_until = ").push_bind(not_replaced());
                sql.push(" AND e.begins <= ").push_bind(self.today()).push(" AND e.ends >= ").push_bind(self.today());
                sql.push(" AND e.class IN ");
                self.push_reach(&mut sql, Right::RosterRead);
                sql.push(" AND p.id IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(")").build_query_as().fetch_all(c).await?
            });
            if !rows.is_empty() {
                self.looks_at_class(class, Right::RosterRead);
            }
            found.extend(rows.into_iter().map(|pupil| (PupilIn { class, pupil: pupil.id }, pupil)));
        }
        Ok(found)
    }
}

/// Writes pupils; one that is there already is changed.
pub(crate) async fn put(tx: &mut Tx, pupils: &[Pupil]) -> Result<Put> {
    let mut total = Put::default();
    for chunk in pupils.chunks(500) {
        let difference = tx.compare("SELECT * FROM pupil WHERE id IN (", chunk, |pupil| pupil.id).await?;
        total += difference.put;
        if difference.write.is_empty() {
            continue;
        }
        let sql = "INSERT INTO pupil (id, identifier, family_name, given_name, preferred_family_name, preferred_given_name,
                       kana_family_name, kana_given_name, birth_date, folded, folded_official, folded_by) ";
        on!(tx.change("pupil", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, pupil| {
                row.push_bind(pupil.id).push_bind(pupil.identifier.clone()).push_bind(pupil.family_name.clone())
                    .push_bind(pupil.given_name.clone()).push_bind(pupil.preferred_family_name.clone())
                    .push_bind(pupil.preferred_given_name.clone()).push_bind(pupil.kana_family_name.clone())
                    .push_bind(pupil.kana_given_name.clone()).push_bind(pupil.birth_date).push_bind(search::folded(pupil)).push_bind(search::folded_official(pupil)).push_bind(search::FOLDED_BY);
            }).push(" ON CONFLICT (id) DO UPDATE SET identifier = excluded.identifier, family_name = excluded.family_name,
                     given_name = excluded.given_name, preferred_family_name = excluded.preferred_family_name,
                     preferred_given_name = excluded.preferred_given_name, kana_family_name = excluded.kana_family_name,
                     kana_given_name = excluded.kana_given_name, birth_date = excluded.birth_date, folded = excluded.folded,
                     folded_official = excluded.folded_official, folded_by = excluded.folded_by")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(total)
}
