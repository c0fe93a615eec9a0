//! Findings and changes as they are shown, page by page.
use super::names::{self, Names};
use super::record::{Record, read};
use super::store::{Change, ChangeKind};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::page::Cursor;
use async_graphql::{Enum, ID, SimpleObject};
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// How bad a finding is.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "RosterFindingSeverity")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// The row is left out, or the package cannot be read.
    Error,
    /// It is read; somebody should look.
    Warning,
}

/// Something found in a package.
#[derive(SimpleObject, sqlx::FromRow, Serialize, Clone, Debug, PartialEq, Eq)]
pub struct RosterFinding {
    #[graphql(skip)]
    #[serde(skip)]
    seq: i64,
    /// How bad it is.
    pub severity: Severity,
    /// The stable name of what was found, such as `NO_SUCH_USER`.
    pub code: String,
    /// The file, such as `users.csv`; empty for the package as a whole.
    pub file: String,
    /// The line in the file, from 1; 0 for the file as a whole.
    pub line: i64,
    /// The column as the file spells it; empty for the row as a whole.
    #[sqlx(rename = "column_name")]
    pub column: String,
    /// What stands there, at most 60 characters of it.
    pub value: String,
    /// What is wrong, in English.
    pub message: String,
    /// What to do, in English.
    pub advice: String,
}

impl RosterFinding {
    pub(super) fn cursor(&self) -> Cursor {
        Cursor { number: self.seq, id: Uuid::nil() }
    }
}

impl std::fmt::Display for RosterFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.file.is_empty() { "package" } else { &self.file })?;
        if self.line > 0 {
            write!(f, " line {}", self.line)?;
        }
        match (self.column.as_str(), self.value.as_str()) {
            ("", "") => {}
            ("", value) => write!(f, ", {value:?}")?,
            (column, value) => write!(f, ", {column} = {value:?}")?,
        }
        write!(f, ": {}: {} [{}]", self.message, self.advice, self.code)
    }
}

/// What to show of the findings of an import.
#[derive(Default)]
pub(super) struct OfFindings {
    pub(super) code: Option<String>,
    pub(super) severity: Option<Severity>,
}

/// Findings of an import that the viewer may see, in the order in which they were found.
pub(super) async fn findings(
    scope: &Scope,
    import: Uuid,
    of: &OfFindings,
    after: Cursor,
    limit: i64,
) -> Result<Vec<RosterFinding>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM roster_import_finding WHERE import = ");
        sql.push_bind(import).push(" AND seq > ").push_bind(after.number);
        if let Some(code) = &of.code {
            sql.push(" AND code = ").push_bind(code.clone());
        }
        if let Some(severity) = of.severity {
            sql.push(" AND severity = ").push_bind(severity);
        }
        sql.push(" ORDER BY seq LIMIT ").push_bind(limit).build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// Every finding of a severity that was kept of an import of the viewer's.
pub async fn findings_of(scope: &Scope, import: Uuid, severity: &'static str) -> Result<Vec<RosterFinding>> {
    let sql = "SELECT * FROM roster_import_finding WHERE import = $1 AND severity = $2 ORDER BY seq";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(import).bind(severity).fetch_all(c).await?))
}

/// One record that an import would change, or has changed.
#[derive(SimpleObject, Clone, Debug)]
pub struct RosterChange {
    /// The change's number in the import: for `take`.
    pub id: ID,
    /// The kind of record.
    pub record: Record,
    /// The record's UUID.
    pub record_id: ID,
    /// What happens to it.
    pub kind: ChangeKind,
    /// Whether it cannot well be meant: half of the school leaves, the pupil is in two homerooms at once, or the UUID has become somebody else.
    pub suspicious: bool,
    /// The line in the package; null where it follows from what is not there.
    pub line: Option<i64>,
    /// Who or what it is: the pupil, the member of staff, the class.
    pub name: String,
    /// The class that it belongs to.
    pub class_name: Option<String>,
    /// The school that it belongs to.
    pub school_name: Option<String>,
    /// Of an `UNMATCHED` pupil, the one whom it may be; null where that is one of a school whose roster you do not keep. Of a `LEAVING` that
    /// is applied only if that new pupil is somebody else, the new pupil.
    pub candidate_name: Option<String>,
    /// That one's UUID.
    pub candidate_id: Option<ID>,
    /// Whether committing did not apply it, because nobody took it.
    pub left_out: bool,
    /// What is other, field by field. Official names, numbers and birthdays are missing without the right to see them.
    pub fields: Vec<RosterFieldChange>,
}

/// One field of a change.
#[derive(SimpleObject, Clone, Debug)]
pub struct RosterFieldChange {
    /// The field, such as `familyName`.
    pub field: String,
    /// What is stored; null for nothing. Classes, schools and people by their names.
    pub before: Option<String>,
    /// What it becomes by default.
    pub after: Option<String>,
    /// What the package says, where that is not what it becomes.
    pub theirs: Option<String>,
}

/// Which changes to show.
#[derive(Default)]
pub(super) struct OfChanges {
    pub(super) kind: Option<ChangeKind>,
    pub(super) record: Option<Record>,
    pub(super) suspicious: Option<bool>,
    pub(super) school: Option<Uuid>,
    pub(super) class: Option<Uuid>,
}

/// Changes of an import that the viewer may see, in the order in which they are applied.
pub(super) async fn changes(scope: &Scope, import: Uuid, of: &OfChanges, after: Cursor, limit: i64) -> Result<Vec<RosterChange>> {
    let rows: Vec<Change> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM roster_import_change WHERE kind <> 'SAME' AND import = ");
        sql.push_bind(import).push(" AND seq > ").push_bind(after.number);
        if let Some(kind) = of.kind {
            sql.push(" AND kind = ").push_bind(kind);
        }
        if let Some(record) = of.record {
            sql.push(" AND record = ").push_bind(record);
        }
        if let Some(suspicious) = of.suspicious {
            sql.push(" AND suspicious = ").push_bind(suspicious);
        }
        if let Some(school) = of.school {
            sql.push(" AND school = ").push_bind(school);
        }
        if let Some(class) = of.class {
            sql.push(" AND class = ").push_bind(class);
        }
        sql.push(" ORDER BY seq LIMIT ").push_bind(limit).build_query_as().persistent(false).fetch_all(c).await?
    });
    let names = names::of(scope, import, &rows).await?;
    rows.iter().map(|row| shown(scope, row, &names)).collect()
}

impl RosterChange {
    pub(super) fn cursor(&self) -> Cursor {
        Cursor { number: self.id.parse().unwrap_or_default(), id: Uuid::nil() }
    }
}

fn shown(scope: &Scope, row: &Change, names: &Names) -> Result<RosterChange> {
    let fields = |text: &Option<String>| text.as_deref().map(read::<Map<String, Value>>).transpose();
    let (before, after, theirs) = (fields(&row.before)?, fields(&row.after)?, fields(&row.theirs)?);
    let name = match row.record {
        Record::Enrolment => row.pupil.and_then(|pupil| names.get(&pupil).cloned()),
        Record::Duty => {
            let holder = [&after, &before].into_iter().flatten().find_map(|fields| fields.get("holder")?.as_str()?.parse().ok());
            holder.and_then(|holder: Uuid| names.get(&holder).cloned())
        }
        _ => names.get(&row.record_id).cloned(),
    };
    let name_of = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
    Ok(RosterChange {
        id: ID(row.seq.to_string()),
        record: row.record,
        record_id: crate::id::of(row.record_id),
        kind: row.kind,
        suspicious: row.suspicious,
        line: (row.line > 0).then_some(row.line),
        name: name.unwrap_or_default(),
        class_name: name_of(row.class),
        school_name: name_of(row.school),
        candidate_name: name_of(row.candidate),
        candidate_id: row.candidate.map(crate::id::of),
        left_out: row.left_out,
        fields: differences(scope, names, [before, after, theirs]),
    })
}

/// What only those may see who keep the register.
const OFFICIAL: [&str; 4] = ["identifier", "family_name", "given_name", "birth_date"];

fn differences(scope: &Scope, names: &Names, [before, after, theirs]: [Option<Map<String, Value>>; 3]) -> Vec<RosterFieldChange> {
    let after = after.or_else(|| theirs.is_some().then(|| before.clone()).flatten());
    let all = [&before, &after, &theirs];
    let mut fields: Vec<&String> = all.iter().filter_map(|fields| fields.as_ref()).flat_map(Map::keys).collect();
    fields.sort_unstable();
    fields.dedup();
    let official = scope.holds(Right::OfficialNameRead);
    let value = |fields: &Option<Map<String, Value>>, name: &str| {
        let text = match fields.as_ref()?.get(name)? {
            Value::Null => return None,
            Value::String(text) => {
                text.parse::<Uuid>().ok().and_then(|id| names.get(&id).cloned()).unwrap_or_else(|| text.clone())
            }
            other => other.to_string(),
        };
        Some(text).filter(|text| !text.is_empty() && text != "9999-12-31")
    };
    let shown = fields.into_iter().filter(|name| *name != "id" && (official || !OFFICIAL.contains(&name.as_str())));
    let change = |name: &String| {
        let (before, after) = (value(&before, name), value(&after, name));
        let theirs = theirs.as_ref().map(|_| value(&theirs, name)).filter(|theirs| *theirs != after);
        let other = before != after || theirs.is_some();
        other.then(|| RosterFieldChange { field: camel_case(name), before, after, theirs: theirs.flatten() })
    };
    shown.filter_map(change).collect()
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let (head, tail) = word.split_at(usize::from(!word.is_empty()));
        name.push_str(&head.to_ascii_uppercase());
        name.push_str(tail);
        name
    })
}
