//! How much is posted, for whoever runs the server.
use super::activity::RecordActivitiesPayload;
use metrics::counter;

/// Counts what became of a batch.
pub(crate) fn count(payload: &RecordActivitiesPayload) {
    for (outcome, items) in [
        ("accepted", payload.accepted),
        ("duplicate", payload.duplicates),
        ("conflict", payload.conflicts.len()),
        ("rejected", payload.rejected.len()),
    ] {
        counter!("asagao_activities_total", "outcome" => outcome).increment(items as u64);
    }
}
