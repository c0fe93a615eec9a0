//! The names of whom and what a difference speaks of: as the import has them, else as they are stored.
use super::record::read;
use super::store::Change;
use crate::access::scope::Scope;
use crate::db::{bind_ids, on};
use crate::error::Result;
use serde_json::{Map, Value};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub(super) type Names = HashMap<Uuid, String>;

/// The name to show of what is stored.
const STORED: [&str; 6] = [
    "SELECT id, name FROM board WHERE id IN (",
    "SELECT id, name FROM school WHERE id IN (",
    "SELECT id, title FROM academic_year WHERE id IN (",
    "SELECT id, name FROM class WHERE id IN (",
    "SELECT id, name FROM staff WHERE id IN (",
    "SELECT id, trim(COALESCE(NULLIF(preferred_family_name, ''), family_name) || ' ' || COALESCE(NULLIF(preferred_given_name, ''), given_name))
     FROM pupil WHERE id IN (",
];

/// The names of every id in these changes. The caller has found the import in scope.
pub(super) async fn of(scope: &Scope, import: Uuid, changes: &[Change]) -> Result<Names> {
    let mut ids: BTreeSet<Uuid> = BTreeSet::new();
    for change in changes {
        ids.extend([Some(change.record_id), change.school, change.class, change.pupil, change.candidate].into_iter().flatten());
        for text in [&change.before, &change.after, &change.theirs].into_iter().flatten() {
            ids.extend(read::<Map<String, Value>>(text)?.values().filter_map(|value| value.as_str()?.parse::<Uuid>().ok()));
        }
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut names = Names::new();
    for chunk in ids.chunks(500) {
        for sql in STORED {
            let rows: Vec<(Uuid, String)> = on!(scope.read(), c => {
                let mut sql = QueryBuilder::new(sql);
                bind_ids(&mut sql, chunk.iter().copied());
                sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
            });
            names.extend(rows);
        }
        let rows: Vec<(Uuid, Option<String>, Option<String>)> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT record_id, before, after FROM roster_import_change
                WHERE record IN ('board', 'school', 'academic_year', 'class', 'pupil', 'staff') AND import = ");
            sql.push_bind(import).push(" AND record_id IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        for (id, before, after) in rows {
            if let Some(text) = after.or(before) {
                names.insert(id, name_in(&read(&text)?));
            }
        }
    }
    Ok(names)
}

/// The name to show of a record as it is written.
fn name_in(fields: &Map<String, Value>) -> String {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let family = text("preferred_family_name").or_else(|| text("family_name"));
    let given = text("preferred_given_name").or_else(|| text("given_name"));
    match (text("name").or_else(|| text("title")), family, given) {
        (Some(name), ..) => name.to_owned(),
        (None, family, given) => format!("{} {}", family.unwrap_or_default(), given.unwrap_or_default()).trim().to_owned(),
    }
}
