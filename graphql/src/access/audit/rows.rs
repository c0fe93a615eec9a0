//! Which entries of the access log somebody may read.
use super::entry::{AccessAct, Entry};
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::clock::{NO_END, not_replaced, school_midnight};
use crate::db::on;
use crate::error::{Error, Result};
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) at: DateTime<Utc>,
    content: String,
    pub(super) staff: Option<String>,
    pub(super) app: Option<String>,
    pub(super) pupil: Option<Uuid>,
    pub(super) guardian: Option<String>,
}

impl Row {
    fn entry(&self) -> Result<Entry> {
        serde_json::from_str(&self.content).map_err(|error| {
            tracing::error!(%error, "an entry of the access log cannot be read");
            Error::Internal
        })
    }
}

const SELECT: &str = "SELECT e.id, e.at, e.content, s.name AS staff, a.name AS app, p.id AS pupil,
        g.family_name || ' ' || g.given_name AS guardian FROM access_entry e
    LEFT JOIN staff s ON s.id = e.holder LEFT JOIN app a ON a.id = e.holder LEFT JOIN pupil p ON p.id = e.holder
    LEFT JOIN guardian g ON g.id = e.holder WHERE ";

/// From when on, and the entry before which.
type Range = (DateTime<Utc>, (DateTime<Utc>, Uuid));

/// A pupil, or a class or school while a pupil was in it: whom or what an entry may be about, from when to when.
type Stay = (Uuid, DateTime<Utc>, DateTime<Utc>);

/// Entries about a pupil. The caller has checked the pupil against the scope.
pub(super) async fn about(scope: &Scope, pupil: Uuid, (from, mut before): Range, limit: i64) -> Result<Vec<(Row, Entry)>> {
    let stays = stays(scope, pupil).await?;
    let most = usize::try_from(limit).unwrap_or_default();
    let family = matches!(scope.viewer().kind, Holder::Pupil | Holder::Guardian);
    let mut found = Vec::new();
    loop {
        let rows = of_stays(scope, pupil, &stays, (from, before), limit).await?;
        let next = rows.last().filter(|_| rows.len() == most).map(|row| (row.at, row.id));
        for row in rows {
            let entry = row.entry()?;
            let entry = if family { for_family(entry) } else { Some(entry) };
            found.extend(entry.map(|entry| (row, entry)));
        }
        match next {
            Some(next) if found.len() < most => before = next,
            _ => break,
        }
    }
    found.truncate(most);
    Ok(found)
}

async fn stays(scope: &Scope, pupil: Uuid) -> Result<Vec<Stay>> {
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

async fn of_stays(scope: &Scope, pupil: Uuid, stays: &[Stay], (from, before): Range, limit: i64) -> Result<Vec<Row>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(SELECT);
        sql.push("(e.chain, e.seq) IN (SELECT u.chain, u.seq FROM access_subject u WHERE ");
        for (index, (subject, begins, ends)) in stays.iter().enumerate() {
            sql.push(if index == 0 { "(u.subject = " } else { " OR (u.subject = " }).push_bind(*subject);
            sql.push(" AND u.at >= ").push_bind((*begins).max(from)).push(" AND u.at <= ").push_bind((*ends).min(before.0)).push(")");
        }
        sql.push(") AND (e.at, e.id) < (").push_bind(before.0).push(", ").push_bind(before.1);
        sql.push(")");
        // When a guardian looked would tell another one of them, also on the child's device; of the pupil's own looks others are meant.
        let of_others = " AND e.holder NOT IN (SELECT id FROM guardian)";
        match scope.viewer().kind {
            Holder::Pupil => sql.push(of_others).push(" AND e.holder <> ").push_bind(pupil),
            Holder::Guardian => sql.push(of_others),
            Holder::Staff | Holder::App => &mut sql,
        };
        sql.push(" ORDER BY e.at DESC, e.id DESC LIMIT ").push_bind(limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// Kinds of record by whose change a guardian could learn of another one.
const OF_GUARDIANS: [&str; 6] = ["guardian", "guardianship", "protection", "access_token", "page_session", "sign_in_subject"];

/// An entry without what it says of the records of guardians; `None` where it says nothing else.
fn for_family(mut entry: Entry) -> Option<Entry> {
    let of_guardians = |name: &String| [Right::GuardianRead, Right::GuardianWrite].iter().any(|right| right.name() == name);
    let many = |entry: &Entry| entry.all_rights().count() + entry.changed.len();
    let before = many(&entry);
    entry.subjects.iter_mut().for_each(|seen| seen.rights.retain(|name| !of_guardians(name)));
    entry.rights.retain(|name| !of_guardians(name));
    entry.changed.retain(|(record, _)| !OF_GUARDIANS.contains(&record.as_str()));
    if entry.act == AccessAct::Change && entry.changed.is_empty() {
        entry.act = AccessAct::Read;
    }
    (many(&entry) > 0 || before == 0).then_some(entry)
}

/// What a member of staff or an app did with records that the viewer reaches; what was about no record, if both have to do with one school.
/// What somebody did whose duty is over the board is told to those alone who have one over the board, too.
pub(super) async fn done_by(scope: &Scope, holder: Uuid, (from, before): Range, limit: i64) -> Result<Vec<(Row, Entry)>> {
    let rows: Vec<Row> = on!(scope.read(), c => {
        let (right, today) = (scope.over(Right::AccessLogRead), scope.today());
        let mut sql = QueryBuilder::new(SELECT);
        sql.push("(s.id IS NOT NULL OR a.id IS NOT NULL) AND e.holder = ").push_bind(holder).push(" AND e.at >= ").push_bind(from);
        sql.push(" AND (e.at, e.id) < (").push_bind(before.0).push(", ").push_bind(before.1).push(") AND (");
        sql.push("EXISTS (SELECT 1 FROM access_subject u WHERE u.chain = e.chain AND u.seq = e.seq AND (u.subject IN ");
        scope.push_reach(&mut sql, Right::AccessLogRead);
        sql.push(" OR u.subject IN (SELECT pupil FROM pupil_reach WHERE holder = ").push_bind(scope.holder());
        sql.push(" AND right_to = ").push_bind(right).push(" AND begins <= ").push_bind(today).push(" AND ends >= ").push_bind(today);
        sql.push(" AND enrolled <= ").push_bind(today).push(" AND leaves >= ").push_bind(today).push(")");
        sql.push(" OR u.subject IN (SELECT school FROM school_reach WHERE holder = ").push_bind(scope.holder());
        sql.push(" AND right_to = ").push_bind(right).push(" AND begins <= ").push_bind(today).push(" AND ends >= ").push_bind(today);
        sql.push("))) OR (NOT EXISTS (SELECT 1 FROM access_subject u WHERE u.chain = e.chain AND u.seq = e.seq)
                   AND EXISTS (SELECT 1 FROM duty d WHERE d.holder = e.holder AND (d.school IN
                       (SELECT school FROM school_reach WHERE holder = ").push_bind(scope.holder());
        sql.push(" AND right_to = ").push_bind(right).push(" AND begins <= ").push_bind(today).push(" AND ends >= ").push_bind(today);
        sql.push(") OR (d.school IS NULL AND EXISTS (SELECT 1 FROM duty v JOIN duty_right r ON r.duty = v.kind
                       WHERE v.school IS NULL AND v.holder = ").push_bind(scope.holder());
        sql.push(" AND r.right_to = ").push_bind(right).push(" AND v.begins <= ").push_bind(today).push(" AND v.ends >= ").push_bind(today);
        sql.push(")))))) ORDER BY e.at DESC, e.id DESC LIMIT ").push_bind(limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    });
    rows.into_iter().map(|row| row.entry().map(|entry| (row, entry))).collect()
}
