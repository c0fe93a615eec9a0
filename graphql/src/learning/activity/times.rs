//! When a pupil last did what a live page of a class shows, kept with the totals of the day.
use super::totals::Counted;
use super::verb::ActivityVerb;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use uuid::Uuid;

/// The last of each on a day; `None`: not on this day.
#[derive(sqlx::FromRow, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "they are the columns")]
pub struct Times {
    /// The pupil did anything.
    pub last_at: Option<DateTime<Utc>>,
    /// The pupil came to the end of something or handed it in.
    pub done_at: Option<DateTime<Utc>>,
    /// The pupil asked for help.
    pub asked_at: Option<DateTime<Utc>>,
    /// A teacher answered.
    pub answered_at: Option<DateTime<Utc>>,
}

impl Times {
    /// The times of one activity that came at a time: what a wrong clock says of later is said of then.
    pub(crate) fn of(verb: ActivityVerb, occurred_at: DateTime<Utc>, received_at: DateTime<Utc>) -> Self {
        use ActivityVerb::{Completed, RequestedAttention, Responded, Submitted};
        let when = |is: bool| is.then_some(occurred_at.min(received_at));
        Times {
            last_at: when(verb.is_of_pupil()),
            done_at: when(matches!(verb, Completed | Submitted)),
            asked_at: when(verb == RequestedAttention),
            answered_at: when(verb == Responded),
        }
    }

    /// The later of each.
    pub(crate) fn merge(&mut self, other: Times) {
        // Nothing is before everything.
        self.last_at = self.last_at.max(other.last_at);
        self.done_at = self.done_at.max(other.done_at);
        self.asked_at = self.asked_at.max(other.asked_at);
        self.answered_at = self.answered_at.max(other.answered_at);
    }

    /// In the order of their columns.
    pub(crate) fn each(self) -> [Option<DateTime<Utc>>; 4] {
        [self.last_at, self.done_at, self.asked_at, self.answered_at]
    }
}

/// The columns made anew from activities `a`.
pub(super) static FROM_ACTIVITIES: LazyLock<String> = LazyLock::new(|| {
    let at = "max(CASE WHEN a.occurred_at > a.received_at THEN a.received_at ELSE a.occurred_at END)";
    format!(
        "{at} FILTER (WHERE a.verb NOT IN ('INITIALIZED', 'RESPONDED', 'SCORED', 'SHARED', 'WAIVED')) AS last_at,
         {at} FILTER (WHERE a.verb IN ('COMPLETED', 'SUBMITTED')) AS done_at,
         {at} FILTER (WHERE a.verb = 'REQUESTED_ATTENTION') AS asked_at,
         {at} FILTER (WHERE a.verb = 'RESPONDED') AS answered_at"
    )
});

/// Makes the times of these activities' totals anew: what was the last may have been taken back.
pub(super) async fn renew(tx: &mut Tx, taken: &[Counted]) -> Result<()> {
    let totals: BTreeSet<(Uuid, Uuid, NaiveDate)> = taken.iter().map(|row| (row.pupil, row.class, row.day)).collect();
    let sql = format!(
        "UPDATE daily_total SET (last_at, done_at, asked_at, answered_at) = (SELECT {} FROM activity a
             WHERE a.pupil = $1 AND a.class = $2 AND a.day = $3 AND a.withdrawn_at IS NULL)
         WHERE pupil = $1 AND class = $2 AND day = $3",
        *FROM_ACTIVITIES
    );
    for (pupil, class, day) in totals {
        on!(tx.connection(), c => sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(pupil).bind(class).bind(day).execute(c).await?.rows_affected());
    }
    Ok(())
}
