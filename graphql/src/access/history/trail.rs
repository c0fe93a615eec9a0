//! What the trail has of somebody's records. Only the fields that are named here are shown: a new column is seen by nobody before somebody
//! has decided for whom it is.
use super::{Asked, HistoryChange, HistoryDeed, HistoryEntry, HistoryKind, Whose};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::kind;
use crate::clock::NO_END;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::id;
use crate::roster::moves::MoveKind;
use crate::support::sheet::reach::{ACTIONS, Access, Notes, OF_SECTION};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use sqlx::{Database, Encode, QueryBuilder, Type};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A record, what kind it is, and its fields that are shown.
type Shown = (&'static str, HistoryKind, &'static [&'static str]);

const SHOWN: [Shown; 16] = [
    (
        "pupil",
        HistoryKind::Names,
        &[
            "identifier",
            "family_name",
            "given_name",
            "preferred_family_name",
            "preferred_given_name",
            "kana_family_name",
            "kana_given_name",
            "birth_date",
        ],
    ),
    ("enrolment", HistoryKind::Enrolment, &["class", "number", "begins", "ends", "kind", "grade"]),
    ("pupil_move", HistoryKind::Move, &["kind", "day", "class", "other_school", "other_name", "reason", "undo_reason"]),
    ("hand_over", HistoryKind::Move, &["to_school", "right_to", "reason", "begins", "ends"]),
    ("attendance_recognition", HistoryKind::Recognition, &["place", "begins", "ends", "note"]),
    ("support_action", HistoryKind::Support, &["day", "kind", "text", "next_on", "level"]),
    ("support_sheet", HistoryKind::Support, &["origin", "reason", "begins", "ends", "outcome", "close_reason"]),
    ("support_section", HistoryKind::Support, &["part", "year", "level", "text"]),
    ("support_meeting", HistoryKind::Support, &["day", "level", "took_part", "said", "decided"]),
    ("support_task", HistoryKind::Support, &["what", "due_on", "level", "state", "ended_on", "word"]),
    ("support_plan", HistoryKind::Support, &["kind", "level", "begins", "ends", "review_on", "guardians"]),
    ("support_assignment", HistoryKind::Support, &["part", "begins", "ends"]),
    (
        "support_share",
        HistoryKind::Support,
        &["class", "to_school", "level", "parts", "consent_by", "consent_on", "consent_how", "reason", "begins", "ends"],
    ),
    ("class", HistoryKind::Class, &["name", "grades", "subjects", "special_needs"]),
    ("class_closure", HistoryKind::Class, &["kind", "begins", "ends", "reason", "withdrawn_on"]),
    ("timetable_lesson", HistoryKind::Class, &["weekday", "period", "subject", "begins", "ends"]),
];

/// The fields that hold the id of a class or a school, which are shown by their names.
const NAMED: [&str; 3] = ["class", "other_school", "to_school"];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    record: String,
    reason: String,
    before: Option<String>,
    after: Option<String>,
    by_name: Option<String>,
}

/// The changes that the trail has.
pub(super) async fn of(scope: &Scope, asked: &Asked) -> Result<Vec<HistoryEntry>> {
    if !SHOWN.iter().any(|(_, kind, _)| asked.kinds.contains(kind)) {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT t.id, t.at, t.record, t.reason, t.before, t.after, COALESCE(s.name, a.name) AS by_name
             FROM trail t LEFT JOIN staff s ON s.id = t.actor LEFT JOIN app a ON a.id = t.actor
             WHERE (t.before IS NOT NULL OR t.after IS NOT NULL) AND (t.at, t.id) < (");
        sql.push_bind(asked.before.0).push(", ").push_bind(asked.before.1).push(") AND t.record_id IN (");
        push_records(&mut sql, scope, asked);
        sql.push(")");
        push_levels(&mut sql, scope, asked);
        sql.push(" ORDER BY t.at DESC, t.id DESC LIMIT ").push_bind(asked.limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    });
    let read = |text: &Option<String>| -> Map<String, Value> {
        text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    };
    let rows: Vec<(Row, Sides)> = rows
        .into_iter()
        .map(|row| {
            let sides = (read(&row.before), read(&row.after));
            (row, sides)
        })
        .collect();
    let names = names(scope, &rows).await?;
    let protected = match asked.whose {
        Whose::Pupil(pupil) if !rows.is_empty() => is_protected(scope, pupil).await?,
        _ => false,
    };
    Ok(rows.iter().filter_map(|(row, sides)| entry(row, sides, &names, protected)).collect())
}

/// Whether the pupil's household is under protection.
async fn is_protected(scope: &Scope, pupil: Uuid) -> Result<bool> {
    let sql = "SELECT protected FROM pupil WHERE id = $1";
    let found: Option<(bool,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(pupil).fetch_optional(c).await?);
    Ok(found.is_some_and(|(protected,)| protected))
}

/// What stood in a record before a change and after it.
type Sides = (Map<String, Value>, Map<String, Value>);

/// Continues a text with the ids of the records whose changes the viewer may see.
fn push_records<DB: Database>(sql: &mut QueryBuilder<DB>, scope: &Scope, asked: &Asked)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> &'static str: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    let (select, of, office) = match asked.whose {
        Whose::Pupil(pupil) => ("pupil = ", pupil, true),
        Whose::Class(class) => ("class = ", class, false),
    };
    let asks = |kind| asked.kinds.contains(&kind);
    let mut union = "";
    if asks(HistoryKind::Names) {
        sql.push("SELECT id FROM pupil WHERE id = ").push_bind(of);
        union = " UNION ALL ";
    }
    for (kind, table, school) in [
        (HistoryKind::Enrolment, "enrolment", "school"),
        (HistoryKind::Move, "pupil_move", "school"),
        (HistoryKind::Move, "hand_over", "from_school"),
    ] {
        if asks(kind) && office {
            sql.push(format!("{union}SELECT id FROM {table} WHERE {select}")).push_bind(of);
            sql.push(format!(" AND {school} IN (SELECT school FROM school_reach WHERE holder = ")).push_bind(scope.holder());
            sql.push(" AND right_to = ").push_bind(scope.over(Right::MoveWrite));
            sql.push(" AND begins <= ").push_bind(scope.today()).push(" AND ends >= ").push_bind(scope.today()).push(")");
            union = " UNION ALL ";
        }
    }
    if asks(HistoryKind::Recognition) {
        sql.push(format!("{union}SELECT x.id FROM attendance_recognition x WHERE x.{select}")).push_bind(of).push(" AND ");
        scope.push_pupil_reach(sql, Right::AttendanceWrite, "x");
        union = " UNION ALL ";
    }
    if asks(HistoryKind::Support) {
        for (table, notes) in [
            ("support_action", ACTIONS),
            ("support_section", Notes::of("x", OF_SECTION)),
            ("support_meeting", Notes::of("x", "'MEETINGS'")),
            ("support_task", Notes::of("x", "'TASKS'")),
            ("support_plan", Notes::of("x", "'PLANS'")),
        ] {
            sql.push(format!("{union}SELECT x.id FROM {table} x WHERE x.{select}")).push_bind(of).push(" AND ");
            scope.push_support_notes(sql, Access::ReadOwn, notes);
            union = " UNION ALL ";
        }
        for (table, sheet) in [("support_sheet", "id"), ("support_assignment", "sheet"), ("support_share", "sheet")] {
            sql.push(format!("{union}SELECT x.id FROM {table} x WHERE x.{select}"));
            sql.push_bind(of)
                .push(format!(" AND x.{sheet} IN (SELECT s.id FROM support_sheet s WHERE s.{select}"))
                .push_bind(of)
                .push(" AND ");
            scope.push_support_sheet(sql, Access::ReadOwn, "s");
            sql.push(")");
        }
    }
    if asks(HistoryKind::Class) {
        sql.push(union).push("SELECT id FROM class WHERE id = ").push_bind(of);
        sql.push(" UNION ALL SELECT id FROM class_closure WHERE class = ").push_bind(of);
        sql.push(" UNION ALL SELECT id FROM timetable_lesson WHERE class = ").push_bind(of);
    }
}

/// Continues a text with the condition that what a note said when it was for fewer eyes stays with those: a note may be opened to more people
/// later, its former words are not.
fn push_levels<DB: Database>(sql: &mut QueryBuilder<DB>, scope: &Scope, asked: &Asked)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> &'static str: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    let Whose::Pupil(pupil) = asked.whose else { return };
    sql.push(" AND (t.record NOT LIKE 'support_%' OR t.actor = ").push_bind(scope.holder());
    sql.push(" OR (COALESCE(t.before, '') NOT LIKE '%\"level\":\"ASSIGNED\"%' AND COALESCE(t.after, '') NOT LIKE '%\"level\":\"ASSIGNED\"%')");
    sql.push(" OR EXISTS (SELECT 1 FROM support_reach v WHERE v.level = 'ASSIGNED' AND v.holder = ").push_bind(scope.holder());
    sql.push(" AND v.right_to IN (")
        .push_bind(scope.over(Right::SupportRead))
        .push(", ")
        .push_bind(scope.over(Right::SupportJoin));
    sql.push(") AND v.pupil = ").push_bind(pupil);
    sql.push(" AND v.begins <= ").push_bind(scope.today()).push(" AND v.ends >= ").push_bind(scope.today());
    sql.push(" AND v.enrolled <= ").push_bind(scope.today()).push(" AND v.leaves >= ").push_bind(scope.today()).push("))");
}

/// The names of the classes, schools and kinds of attendance that changes tell by their ids or codes.
async fn names(scope: &Scope, rows: &[(Row, Sides)]) -> Result<HashMap<String, String>> {
    let sides = || rows.iter().flat_map(|(_, (before, after))| [before, after]);
    let ids: BTreeSet<Uuid> =
        sides().flat_map(|side| NAMED.iter().filter_map(|field| side.get(*field)?.as_str()?.parse().ok())).collect();
    let mut found = HashMap::new();
    if !ids.is_empty() {
        let named: Vec<(Uuid, String)> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT id, name FROM class WHERE id IN (");
            bind_ids(&mut sql, ids.iter().copied());
            sql.push(") UNION ALL SELECT id, name FROM school WHERE id IN (");
            bind_ids(&mut sql, ids.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(named.into_iter().map(|(id, name)| (id.to_string(), name)));
    }
    if rows.iter().any(|(row, ..)| row.record == "class_closure") {
        found.extend(kind::all(scope).await?.into_iter().map(|kind| (kind.code, kind.name)));
    }
    Ok(found)
}

fn entry(row: &Row, (before, after): &Sides, names: &HashMap<String, String>, protected: bool) -> Option<HistoryEntry> {
    let (_, kind, fields) = SHOWN.iter().find(|(record, ..)| *record == row.record)?;
    let words = |field: &str, side: &Map<String, Value>| {
        let text = match side.get(field)? {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let has_name = NAMED.contains(&field) || (row.record == "class_closure" && field == "kind");
        let text = if has_name { names.get(&text).cloned().unwrap_or(text) } else { text };
        Some(text).filter(|text| !text.is_empty() && *text != NO_END.to_string())
    };
    let away = protected && tells_where(&row.record, before, after);
    let changes = fields.iter().filter(|field| !(away && WHERE_TO.contains(field))).filter_map(|field| {
        let (before, after) = (words(field, before), words(field, after));
        (before != after).then(|| HistoryChange { field: camel(field), before, after })
    });
    let (act, reason) = match row.reason.split_once(": ") {
        Some((act, reason)) => (act, Some(reason.to_owned())),
        None => (row.reason.as_str(), None),
    };
    Some(HistoryEntry {
        id: id::of(row.id),
        kind: *kind,
        deed: match (&row.before, &row.after) {
            (None, _) => HistoryDeed::Added,
            (_, None) => HistoryDeed::Removed,
            _ => HistoryDeed::Changed,
        },
        at: row.at.into(),
        by: row.by_name.clone(),
        act: act.to_owned(),
        reason: reason.filter(|_| !away),
        day: None,
        about: None,
        pupil: None,
        of: None,
        changes: changes.collect(),
        key: (row.at, row.id),
    })
}

/// The fields that say, or can say, where a pupil has gone.
const WHERE_TO: [&str; 4] = ["other_school", "other_name", "to_school", "reason"];

/// Whether a change is part of a pupil's leaving, or of what goes on to the next school: of a pupil under protection it does not say where
/// that is.
fn tells_where(record: &str, before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let leaves = |side: &Map<String, Value>| {
        let kind = side.get("kind").and_then(|kind| MoveKind::deserialize(kind).ok());
        kind.is_some_and(MoveKind::leaves)
    };
    match record {
        "pupil_move" => leaves(before) || leaves(after),
        // An enrolment that was there and is shorter, or longer again.
        "enrolment" => !before.is_empty(),
        "hand_over" | "support_share" => true,
        _ => false,
    }
}

/// A column's name as the API writes fields.
fn camel(column: &str) -> String {
    let mut words = column.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}
