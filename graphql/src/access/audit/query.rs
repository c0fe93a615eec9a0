//! Asking the access log: by the pupil whose records were looked at, or by the member of staff who looked.
use super::entry::{AccessAct, AccessSubjectKind, DutyUsed, Entry};
use crate::access::duty::DutyKind;
use crate::access::opening;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::clock::{NO_END, not_replaced, school_day, school_midnight};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::page::{self, Cursor};
use crate::scalar::{Day, Timestamp};
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Who or what was looked at.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccessSubject {
    /// A pupil, a class or a school.
    pub kind: AccessSubjectKind,
    /// Its id.
    pub id: ID,
    /// Its name; null where you may not see it.
    pub name: Option<String>,
}

/// A duty by which something was done, as it was then.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccessDuty {
    /// The id of the duty.
    pub id: ID,
    /// What it is.
    pub kind: DutyKind,
    /// The class that it is over; null for more than one.
    pub class_id: Option<ID>,
    /// The class's name; null where you may not see it.
    pub class_name: Option<String>,
    /// The grade that it is over, such as `P5`; null for all.
    pub grade: Option<String>,
    /// The school that it is over; null for the board.
    pub school_id: Option<ID>,
}

/// What somebody did with the records: one request, whatever it touched.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccessLogEntry {
    /// The id of the entry.
    pub id: ID,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub act: AccessAct,
    /// Who, by name; null where nobody is known, or it was whoever runs the server. A guardian's name is told to those alone who know the
    /// pupil's guardians.
    pub by: Option<String>,
    /// Whether it was the pupil.
    pub by_pupil: bool,
    /// Whether it was a guardian.
    pub by_guardian: bool,
    /// The reason that somebody of the board stated when they opened the record; null where none was needed.
    pub stated_reason: Option<String>,
    /// The duties that gave the rights; empty for pupils, for guardians and for whoever runs the server.
    pub duties: Vec<DutyKind>,
    /// Which duties exactly, over what. For staff; empty for pupils, and in entries from before this was noted.
    pub held: Vec<AccessDuty>,
    /// The rights that were used.
    pub rights: Vec<Right>,
    /// Rights that nobody's duty gave here, or a word for what else was refused, such as `sign-in`.
    pub refused: Vec<String>,
    /// Kinds of record that were changed.
    pub changed: Vec<String>,
    /// The page, the name of the operation, or the command. For staff; null for families.
    pub what: Option<String>,
    /// The address of the network. For staff; null for families.
    pub address: Option<String>,
    /// Whom and what it was about; empty for lists of no single pupil, class or school.
    pub subjects: Vec<AccessSubject>,
    #[graphql(skip)]
    key: (DateTime<Utc>, Uuid),
}

impl AccessLogEntry {
    fn cursor(&self) -> Cursor {
        Cursor { number: -self.key.0.timestamp_millis(), id: self.key.1 }
    }
}

/// What may be asked about the access log.
#[derive(Default)]
pub struct AccessLogQuery;

#[Object]
impl AccessLogQuery {
    /// Who looked at a pupil's records, or what a member of staff did, the newest first. Lists of the pupil's classes and schools are among it,
    /// from the days on which the pupil was there. Pupils ask for their own, guardians for their children's; no guardian is told what another
    /// one looked at. What you may not see is not there: the list is empty then.
    #[graphql(complexity = "20 + usize::try_from(first.unwrap_or(50)).unwrap_or(0) * child_complexity / 10")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The pupil whose records were looked at. Give this or `staffId`.")] pupil_id: Option<ID>,
        #[graphql(desc = "The member of staff who looked.")] staff_id: Option<ID>,
        #[graphql(desc = "The first day; as far as the log goes back if not said.")] from: Option<Day>,
        #[graphql(desc = "The last day; today if not said.")] to: Option<Day>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, AccessLogEntry>> {
        let scope = Scope::with(ctx, Right::AccessLogRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let whose = match (&pupil_id, &staff_id) {
            (Some(pupil), None) => id::parse(pupil).map(Whose::Pupil),
            (None, Some(staff)) => id::parse(staff).map(Whose::Staff),
            _ => return Err(Error::BadInput("give `pupilId` or `staffId`, one of the two".into())),
        };
        let day_after = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(NO_END);
        let from = from.map_or(DateTime::UNIX_EPOCH, |day| school_midnight(day.0));
        let to = school_midnight(day_after(to.map_or_else(|| scope.today(), |day| day.0).min(scope.today())));
        let before = match after {
            Cursor::START => (to, Uuid::max()),
            Cursor { number, id } => {
                (number.checked_neg().and_then(DateTime::from_timestamp_millis).unwrap_or_default().min(to), id)
            }
        };
        let mut stated = Vec::new();
        let mut knows_guardians = false;
        let rows = match whose {
            Some(Whose::Pupil(pupil)) if reach::over_pupil(ctx, Right::AccessLogRead, pupil).await?.is_some() => {
                stated = opening::reasons(scope, pupil).await?;
                knows_guardians = reach::of_pupil(ctx, pupil).await?.contains(&Right::GuardianRead);
                about(scope, pupil, (from, before), limit).await?
            }
            Some(Whose::Staff(staff)) if scope.viewer().kind == Holder::Staff => {
                done_by(scope, staff, (from, before), limit).await?
            }
            _ => Vec::new(),
        };
        let mut shown = shown(scope, rows, &stated).await?;
        if !knows_guardians {
            shown.iter_mut().filter(|entry| entry.by_guardian).for_each(|entry| entry.by = None);
        }
        Ok(page::of(shown, limit, AccessLogEntry::cursor))
    }
}

enum Whose {
    Pupil(Uuid),
    Staff(Uuid),
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    content: String,
    staff: Option<String>,
    app: Option<String>,
    pupil: Option<Uuid>,
    guardian: Option<String>,
}

const SELECT: &str = "SELECT e.id, e.at, e.content, s.name AS staff, a.name AS app, p.id AS pupil,
        g.family_name || ' ' || g.given_name AS guardian FROM access_entry e
    LEFT JOIN staff s ON s.id = e.holder LEFT JOIN app a ON a.id = e.holder LEFT JOIN pupil p ON p.id = e.holder
    LEFT JOIN guardian g ON g.id = e.holder WHERE ";

/// From when on, and the entry before which.
type Range = (DateTime<Utc>, (DateTime<Utc>, Uuid));

/// A pupil, or a class or school while a pupil was in it: whom or what an entry may be about, from when to when.
async fn stays(scope: &Scope, pupil: Uuid) -> Result<Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)>> {
    let sql = "SELECT class, school, begins, ends FROM enrolment WHERE pupil = $1 AND known_until = $2 AND ends >= begins";
    let rows: Vec<(Uuid, Uuid, NaiveDate, NaiveDate)> =
        on!(scope.read(), c => sqlx::query_as(sql).bind(pupil).bind(not_replaced()).fetch_all(c).await?);
    let mut stays = vec![(pupil, DateTime::UNIX_EPOCH, not_replaced())];
    for (class, school, begins, ends) in rows {
        let until = ends.checked_add_days(Days::new(1)).filter(|day| *day < NO_END).map_or_else(not_replaced, school_midnight);
        stays.extend([class, school].map(|subject| (subject, school_midnight(begins), until)));
    }
    stays.sort_unstable();
    stays.dedup();
    Ok(stays)
}

/// Entries about a pupil. The caller has checked the pupil against the scope.
async fn about(scope: &Scope, pupil: Uuid, (from, before): Range, limit: i64) -> Result<Vec<Row>> {
    let stays = stays(scope, pupil).await?;
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(SELECT);
        sql.push("(e.chain, e.seq) IN (SELECT u.chain, u.seq FROM access_subject u WHERE ");
        for (index, (subject, begins, ends)) in stays.iter().enumerate() {
            sql.push(if index == 0 { "(u.subject = " } else { " OR (u.subject = " }).push_bind(*subject);
            sql.push(" AND u.at >= ").push_bind((*begins).max(from)).push(" AND u.at <= ").push_bind((*ends).min(before.0)).push(")");
        }
        sql.push(") AND (e.at, e.id) < (").push_bind(before.0).push(", ").push_bind(before.1);
        sql.push(")");
        match scope.viewer().kind {
            // Others are meant.
            Holder::Pupil => sql.push(" AND e.holder <> ").push_bind(pupil),
            // When another guardian looked would tell of them.
            Holder::Guardian => sql.push(" AND e.holder NOT IN (SELECT guardian FROM guardianship WHERE pupil = ").push_bind(pupil).push(")"),
            Holder::Staff | Holder::App => &mut sql,
        };
        sql.push(" ORDER BY e.at DESC, e.id DESC LIMIT ").push_bind(limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// What a member of staff did with records that the viewer reaches; what was about no record, if both have to do with one school.
async fn done_by(scope: &Scope, staff: Uuid, (from, before): Range, limit: i64) -> Result<Vec<Row>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(SELECT);
        sql.push("e.holder = ").push_bind(staff).push(" AND e.at >= ").push_bind(from);
        sql.push(" AND (e.at, e.id) < (").push_bind(before.0).push(", ").push_bind(before.1).push(") AND (");
        sql.push("EXISTS (SELECT 1 FROM access_subject u WHERE u.chain = e.chain AND u.seq = e.seq AND (u.subject IN ");
        scope.push_reach(&mut sql, Right::AccessLogRead);
        for view in ["school FROM school_reach", "pupil FROM pupil_reach"] {
            sql.push(format!(" OR u.subject IN (SELECT {view} WHERE holder = ")).push_bind(scope.holder());
            sql.push(" AND right_to = ").push_bind(scope.over(Right::AccessLogRead));
            sql.push(" AND begins <= ").push_bind(scope.today()).push(" AND ends >= ").push_bind(scope.today()).push(")");
        }
        sql.push(")) OR (NOT EXISTS (SELECT 1 FROM access_subject u WHERE u.chain = e.chain AND u.seq = e.seq)
                   AND EXISTS (SELECT 1 FROM duty d WHERE d.holder = e.holder AND (d.school IS NULL OR d.school IN
                       (SELECT school FROM school_reach WHERE holder = ");
        sql.push_bind(scope.holder()).push(" AND right_to = ").push_bind(scope.over(Right::AccessLogRead));
        sql.push(" AND begins <= ").push_bind(scope.today()).push(" AND ends >= ").push_bind(scope.today());
        sql.push("))))) ORDER BY e.at DESC, e.id DESC LIMIT ").push_bind(limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// The reason that somebody stated for looking at the record on a day.
type Stated = (Uuid, NaiveDate, String);

/// The entries as they are told. Pupils are told who looked at what of theirs, and nothing of networks or of others.
async fn shown(scope: &Scope, rows: Vec<Row>, stated: &[Stated]) -> Result<Vec<AccessLogEntry>> {
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let entry: Entry = serde_json::from_str(&row.content).map_err(|error| {
            tracing::error!(%error, "an entry of the access log cannot be read");
            Error::Internal
        })?;
        read.push((row, entry));
    }
    let staff = scope.viewer().kind == Holder::Staff;
    let names = if staff { names(scope, read.iter().map(|(_, entry)| entry)).await? } else { HashMap::new() };
    let shown = read.into_iter().map(|(row, entry)| AccessLogEntry {
        id: id::of(row.id),
        at: row.at.into(),
        act: entry.act,
        stated_reason: {
            let day = school_day(row.at);
            let said = stated.iter().filter(|(holder, on, _)| (*holder, *on) == (entry.holder, day));
            said.map(|(.., reason)| reason.clone()).next_back()
        },
        by_guardian: row.guardian.is_some() && row.staff.is_none(),
        by: row.staff.or(row.app).or(row.guardian.map(|name| name.trim().to_owned())),
        by_pupil: row.pupil.is_some(),
        rights: rights(&entry),
        duties: entry.duties,
        held: entry.held.into_iter().filter(|_| staff).map(|duty| held(duty, &names)).collect(),
        refused: entry.refused,
        changed: entry.changed.into_iter().map(|(record, _)| record).collect(),
        what: staff.then_some(entry.what),
        address: staff.then_some(entry.address),
        subjects: entry
            .subjects
            .iter()
            .filter(|_| staff)
            .map(|seen| AccessSubject {
                kind: seen.subject.kind,
                id: id::of(seen.subject.id),
                name: names.get(&seen.subject.id).cloned(),
            })
            .collect(),
        key: (row.at, row.id),
    });
    Ok(shown.collect())
}

fn held(duty: DutyUsed, names: &HashMap<Uuid, String>) -> AccessDuty {
    AccessDuty {
        id: id::of(duty.id),
        kind: duty.kind,
        class_id: duty.class.map(id::of),
        class_name: duty.class.and_then(|class| names.get(&class).cloned()),
        grade: Some(duty.grade).filter(|grade| !grade.is_empty()),
        school_id: duty.school.map(id::of),
    }
}

fn rights(entry: &Entry) -> Vec<Right> {
    let mut rights: Vec<Right> = entry.all_rights().collect();
    rights.sort_unstable();
    rights.dedup();
    rights
}

/// The names of subjects, as far as the viewer may see them.
async fn names(scope: &Scope, entries: impl Iterator<Item = &Entry>) -> Result<HashMap<Uuid, String>> {
    let mut ids: HashMap<AccessSubjectKind, Vec<Uuid>> = HashMap::new();
    for entry in entries {
        for seen in &entry.subjects {
            ids.entry(seen.subject.kind).or_default().push(seen.subject.id);
        }
        ids.entry(AccessSubjectKind::Class).or_default().extend(entry.held.iter().filter_map(|duty| duty.class));
    }
    ids.retain(|_, ids| !ids.is_empty());
    let mut names = HashMap::new();
    for (kind, mut ids) in ids {
        ids.sort_unstable();
        ids.dedup();
        for chunk in ids.chunks(500) {
            let rows: Vec<(Uuid, String)> = on!(scope.read(), c => {
                let mut sql = QueryBuilder::new(match kind {
                    AccessSubjectKind::Pupil => "SELECT q.id, CASE WHEN q.preferred_family_name <> '' THEN q.preferred_family_name ELSE q.family_name END || ' ' ||
                        CASE WHEN q.preferred_given_name <> '' THEN q.preferred_given_name ELSE q.given_name END FROM pupil q WHERE q.id IN
                        (SELECT pupil FROM pupil_reach WHERE right_to = ",
                    AccessSubjectKind::Class => "SELECT q.id, q.name FROM class q WHERE q.id IN (SELECT class FROM reach WHERE right_to = ",
                    AccessSubjectKind::School => "SELECT q.id, q.name FROM school q WHERE q.id IN (SELECT school FROM school_reach WHERE right_to = ",
                });
                sql.push_bind(scope.over(Right::AccessLogRead)).push(" AND holder = ").push_bind(scope.holder());
                sql.push(" AND begins <= ").push_bind(scope.today()).push(" AND ends >= ").push_bind(scope.today()).push(") AND q.id IN (");
                bind_ids(&mut sql, chunk.iter().copied());
                sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
            });
            names.extend(rows);
        }
    }
    Ok(names)
}
