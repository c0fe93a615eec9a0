//! What teachers decided beside computed marks (成績): what stood before, what stands since, why. Whoever reads a subject's marks of a pupil
//! reads its decisions; what another school has handed over has none.
use super::{Asked, HistoryChange, HistoryDeed, HistoryEntry, HistoryKind, Whose};
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::marks::decision::MarkItem;
use crate::marks::of_pupil::{Seen, seen};
use crate::marks::term;
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// More than the decisions that can have been made over one pupil at one time: each subject has four at most.
const AT_ONCE: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    school: Uuid,
    year: i32,
    term: i32,
    subject: String,
    item: MarkItem,
    known_from: DateTime<Utc>,
    computed: Option<String>,
    decided: Option<String>,
    reason: String,
    by_name: Option<String>,
    was_decided: Option<String>,
}

impl Row {
    /// The same for the same decision: the table has no id of its own.
    fn id(&self, pupil: Uuid) -> Uuid {
        let name = format!("{} {} {} {} {}", self.school, self.year, self.term, self.subject, self.item.name());
        Uuid::new_v5(&pupil, format!("{name} {}", self.known_from.timestamp_millis()).as_bytes())
    }

    fn deed(&self) -> HistoryDeed {
        match (&self.was_decided, &self.decided) {
            (_, None) => HistoryDeed::Removed,
            (None, Some(_)) => HistoryDeed::Added,
            (Some(_), Some(_)) => HistoryDeed::Changed,
        }
    }
}

/// Decisions over the marks of a pupil.
pub(super) async fn of(scope: &Scope, asked: &Asked) -> Result<Vec<HistoryEntry>> {
    let Whose::Pupil(pupil) = asked.whose else { return Ok(Vec::new()) };
    if !asked.kinds.contains(&HistoryKind::Mark) {
        return Ok(Vec::new());
    }
    let seen: Vec<(Uuid, Seen)> = seen(scope, &[pupil]).await?.into_iter().map(|((_, school), seen)| (school, seen)).collect();
    let seen: Vec<(Uuid, Seen)> = seen.into_iter().filter(|(_, seen)| seen.here).collect();
    if seen.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT d.school, d.year, d.term, d.subject, d.item, d.known_from, d.computed, d.decided, d.reason, s.name AS by_name,
                 p.decided AS was_decided
             FROM mark_decision d LEFT JOIN mark_decision p ON p.pupil = d.pupil AND p.school = d.school AND p.year = d.year
                 AND p.term = d.term AND p.subject = d.subject AND p.item = d.item AND p.known_until = d.known_from
             LEFT JOIN staff s ON s.id = d.decided_by WHERE d.pupil = ");
        sql.push_bind(pupil).push(" AND d.known_from <= ").push_bind(asked.before.0).push(" AND (");
        for (at, (school, seen)) in seen.iter().enumerate() {
            sql.push(if at > 0 { " OR " } else { "" }).push("(d.school = ").push_bind(*school);
            if !seen.all {
                sql.push(" AND d.subject IN (");
                let mut list = sql.separated(", ");
                seen.subjects.iter().for_each(|subject| { list.push_bind(subject.clone()); });
                sql.push(")");
            }
            sql.push(")");
        }
        sql.push(") ORDER BY d.known_from DESC, d.subject, d.item LIMIT ").push_bind(asked.limit.saturating_add(AT_ONCE));
        sql.build_query_as().persistent(false).fetch_all(c).await?
    });
    let names = term_names(scope, &rows).await?;
    let entries = rows.into_iter().map(|row| entry(row, pupil, &names));
    Ok(entries.filter(|entry| entry.key < asked.before).collect())
}

/// The names of the terms that decisions are of, by year and number.
async fn term_names(scope: &Scope, rows: &[Row]) -> Result<HashMap<(i32, i32), String>> {
    let years: BTreeSet<i32> = rows.iter().map(|row| row.year).collect();
    let mut names = HashMap::new();
    for year in years {
        names.extend(term::of_year(scope, year).await?.iter().map(|term| ((year, term.number), term.name())));
    }
    Ok(names)
}

fn entry(row: Row, pupil: Uuid, names: &HashMap<(i32, i32), String>) -> HistoryEntry {
    let key = (row.known_from, row.id(pupil));
    let term = names.get(&(row.year, row.term)).map_or_else(String::new, |name| format!("（{}年度{name}）", row.year));
    // Where nothing was decided, what is computed stands.
    let before = row.was_decided.clone().or_else(|| row.computed.clone());
    let after = row.decided.clone().or_else(|| row.computed.clone());
    HistoryEntry {
        id: id::of(key.1),
        kind: HistoryKind::Mark,
        deed: row.deed(),
        at: row.known_from.into(),
        act: "mark decided".to_owned(),
        reason: Some(row.reason).filter(|reason| !reason.is_empty()),
        day: None,
        about: Some(format!("{}{term}", row.subject)),
        pupil: None,
        of: None,
        changes: vec![HistoryChange { field: row.item.name().to_owned(), before, after }],
        by: row.by_name,
        key,
    }
}
