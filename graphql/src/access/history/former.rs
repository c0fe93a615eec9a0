//! What records were at a time, from the trail: for those that do not keep their versions themselves.
use crate::access::scope::Scope;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Those of some records that were changed after a time, with what they were then: `None` where they were not there. The caller has checked
/// the records against the scope.
pub(crate) async fn changed_since(
    scope: &Scope,
    record: &'static str,
    ids: &[Uuid],
    at: DateTime<Utc>,
) -> Result<HashMap<Uuid, Option<Value>>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<(Uuid, Option<String>)> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT record_id, before FROM trail WHERE record = ");
            sql.push_bind(record).push(" AND at > ").push_bind(at).push(" AND record_id IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY at, id").build_query_as().fetch_all(c).await?
        });
        for (id, before) in rows {
            // The first change after the time says what there was until then.
            if let std::collections::hash_map::Entry::Vacant(entry) = found.entry(id) {
                let before = before.map(|before| serde_json::from_str(&before)).transpose().map_err(|_| Error::Internal)?;
                entry.insert(before);
            }
        }
    }
    Ok(found)
}

/// A record as the trail had it; a field that the trail did not know yet is as it is now.
pub(crate) fn restored<T: Serialize + DeserializeOwned>(now: &T, before: &Value) -> Result<T> {
    let mut record = serde_json::to_value(now).map_err(|_| Error::Internal)?;
    if let (Some(record), Some(before)) = (record.as_object_mut(), before.as_object()) {
        record.extend(before.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    serde_json::from_value(record).map_err(|_| Error::Internal)
}
