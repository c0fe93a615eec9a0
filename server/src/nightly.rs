//! The nightly analysis of a server: when it is due, and looking whether there is something to do.
use asagao_graphql::access::audit;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::clock::{japan, new_id};
use asagao_graphql::db::Db;
use asagao_graphql::error::Result;
use asagao_graphql::jobs::night::{self, Round};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use metrics::{counter, gauge};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// When schools are analysed, in Japan's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnalyzeAt {
    /// Never by this server.
    Off,
    /// Every day at this time, as of the last school day before.
    At(NaiveTime),
}

impl FromStr for AnalyzeAt {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == "off" {
            return Ok(AnalyzeAt::Off);
        }
        let time = NaiveTime::parse_from_str(text, "%H:%M");
        time.map(AnalyzeAt::At).map_err(|_| "it is a time of the day, such as 03:00, or off".to_owned())
    }
}

impl AnalyzeAt {
    /// The last day that an analysis may be of by now: the day before the time came last.
    fn due(self, now: DateTime<Utc>) -> Option<NaiveDate> {
        let AnalyzeAt::At(at) = self else { return None };
        let now = now.with_timezone(&japan()).naive_local();
        let came = if now.time() >= at { now.date() } else { now.date() - Days::new(1) };
        Some(came - Days::new(1))
    }
}

/// The nightly analysis as one server does it.
pub struct Nightly {
    at: AnalyzeAt,
    db: Db,
    /// An id of this start of the server, by which it holds its claims.
    server: Uuid,
    /// What it looks at, and up to which day.
    scope: Option<(Scope, NaiveDate)>,
    /// The day up to which there is nothing left to do.
    settled: Option<NaiveDate>,
}

impl Nightly {
    /// A server that has not looked yet.
    #[must_use]
    pub fn new(at: AnalyzeAt, db: Db) -> Self {
        Nightly { at, db, server: new_id(), scope: None, settled: None }
    }

    /// Looks whether schools are to be analysed and analyses them; once nothing is left of a day, it asks the database no more until the next
    /// time has come. A server that was down at the hour finds so what it has missed.
    pub async fn look(&mut self, stopping: &(dyn Fn() -> bool + Sync)) -> Result<Round> {
        let Some(due) = self.at.due(self.db.clock.now()).filter(|due| self.settled != Some(*due)) else {
            return Ok(Round::default());
        };
        let scope = match &self.scope {
            Some((scope, of)) if *of == due => scope.clone(),
            _ => {
                let scope = Scope::operator(self.db.clone(), "nightly analysis");
                audit::command(&scope, "serve: nightly analysis").await?;
                self.scope = Some((scope.clone(), due));
                scope
            }
        };
        let round = night::round(&scope, self.server, due, stopping).await?;
        if round.failed > 0 {
            counter!("asagao_night_failures_total").increment(1);
        }
        if !round.left {
            self.settled = Some(due);
            #[expect(clippy::cast_precision_loss, reason = "seconds are far under 2^52")]
            gauge!("asagao_night_last_success_timestamp_seconds").set(self.db.clock.now().timestamp() as f64);
        }
        Ok(round)
    }

    /// Looks every minute until the server stops.
    pub async fn run(mut self, stopping: Arc<watch::Sender<bool>>) {
        if self.at == AnalyzeAt::Off {
            return;
        }
        let mut stopped = stopping.subscribe();
        let mut minutes = tokio::time::interval(Duration::from_mins(1));
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                _ = minutes.tick() => {}
            }
            if let Err(error) = self.look(&|| *stopping.borrow()).await {
                counter!("asagao_night_failures_total").increment(1);
                tracing::warn!(%error, "the nightly analysis could not go on");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(at: &str, now: &str) -> Option<String> {
        let at: AnalyzeAt = at.parse().expect("a time");
        at.due(now.parse().expect("a time")).map(|day| day.to_string())
    }

    #[test]
    fn what_is_due_is_of_the_day_before_the_time_came_last() {
        assert_eq!(due("03:00", "2026-07-15T03:00:00+09:00").as_deref(), Some("2026-07-14"));
        assert_eq!(due("03:00", "2026-07-15T02:59:59+09:00").as_deref(), Some("2026-07-13"));
        assert_eq!(due("03:00", "2026-07-15T23:00:00+09:00").as_deref(), Some("2026-07-14"));
        assert_eq!(due("off", "2026-07-15T23:00:00+09:00"), None);
    }

    #[test]
    fn a_time_is_of_the_day_or_off() {
        for odd in ["", "3", "25:00", "03:60", "on", "03:00:00"] {
            assert!(odd.parse::<AnalyzeAt>().is_err(), "{odd}");
        }
        assert_eq!("23:30".parse(), Ok(AnalyzeAt::At(NaiveTime::from_hms_opt(23, 30, 0).expect("a time"))));
    }
}
