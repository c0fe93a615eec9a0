//! What a run makes of the flags of its class: raised, kept or ended, each noted in the flag's history.
use super::analysis_run::AnalysisRun;
use super::event::{self, SupportFlagEvent, SupportFlagEventKind};
use super::flag::{FlagRow, SupportFlagState};
use super::json::AsJson;
use super::rule::StoredRule;
use super::score::{RunScore, SupportLevel};
use crate::access::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::on;
use crate::error::Result;
use chrono::NaiveDate;
use sqlx::types::Text;
use std::collections::HashMap;
use uuid::Uuid;

/// Raises, keeps and ends the flags of a class as its newest run says, and notes each in the flag's history.
pub(crate) async fn follow(tx: &mut Tx, run: &AnalysisRun, scores: &[RunScore]) -> Result<()> {
    let sql = "SELECT * FROM support_flag WHERE class = $1 ORDER BY id";
    let flags: Vec<FlagRow> = on!(tx.connection(), c => sqlx::query_as(sql).bind(run.class).fetch_all(c).await?);
    // The last flag of each pupil: open, or ended and perhaps still snoozed.
    let last: HashMap<Uuid, FlagRow> = flags.into_iter().map(|flag| (flag.pupil, flag)).collect();
    let named: HashMap<Uuid, &RunScore> =
        scores.iter().filter(|score| score.level != SupportLevel::None).map(|score| (score.pupil, score)).collect();
    let answered = answered_to(tx, run.class).await?;
    for score in scores.iter().filter(|score| named.contains_key(&score.pupil)) {
        let more = |flag: &FlagRow| answered.get(&flag.id).is_some_and(|answered| answered.is_exceeded_by(score));
        let (before, after, event) = match last.get(&score.pupil) {
            Some(flag) if flag.ended_on.is_none() => (Some(flag), flag.kept_by(run, more(flag)), SupportFlagEventKind::Kept),
            Some(flag) if flag.snoozed_until.is_some_and(|until| until >= run.as_of) => {
                (Some(flag), flag.kept_by(run, more(flag)), SupportFlagEventKind::Raised)
            }
            _ => (None, FlagRow::raised_by(run, score.pupil), SupportFlagEventKind::Raised),
        };
        write(tx, before, &after).await?;
        event::insert(tx, &SupportFlagEvent::of_run(&after, event)).await?;
    }
    for flag in last.values().filter(|flag| flag.ended_on.is_none() && !named.contains_key(&flag.pupil)) {
        let ended = FlagRow { ended_on: Some(run.as_of), ..flag.clone() };
        write(tx, Some(flag), &ended).await?;
        event::insert(tx, &SupportFlagEvent::of_run(&FlagRow { run: run.id, ..ended }, SupportFlagEventKind::Ended)).await?;
    }
    Ok(())
}

/// What a flag said when it was answered.
#[derive(sqlx::FromRow)]
struct Answered {
    flag: Uuid,
    level: SupportLevel,
    rules: Text<AsJson<Vec<StoredRule>>>,
}

impl Answered {
    /// Whether a score says more: a higher level, or a rule that did not speak then. The answer was not to that.
    fn is_exceeded_by(&self, score: &RunScore) -> bool {
        let higher = self.level != SupportLevel::Support && score.level == SupportLevel::Support;
        higher || score.rules.0.0.iter().any(|rule| !self.rules.0.0.iter().any(|then| then.is_like(rule)))
    }
}

/// What the answered flags of a class said at the time of their last answer, by flag.
async fn answered_to(tx: &mut Tx, class: Uuid) -> Result<HashMap<Uuid, Answered>> {
    let sql = "SELECT f.id AS flag, s.level, s.rules FROM support_flag f JOIN run_score s ON s.pupil = f.pupil AND s.run = (
                   SELECT v.run FROM support_flag_event v WHERE v.flag = f.id AND v.kind IN ('RAISED', 'KEPT') AND v.id < (
                       SELECT a.id FROM support_flag_event a WHERE a.flag = f.id AND a.kind = 'ANSWERED' ORDER BY a.id DESC LIMIT 1)
                   ORDER BY v.id DESC LIMIT 1)
               WHERE f.class = $1 AND f.state IN ('ANSWERED', 'SNOOZED')";
    let rows: Vec<Answered> = on!(tx.connection(), c => sqlx::query_as(sql).bind(class).fetch_all(c).await?);
    Ok(rows.into_iter().map(|row| (row.flag, row)).collect())
}

/// After so many days without an answer a flag is no longer new: five school days.
const NEW_FOR_DAYS: i64 = 7;

impl FlagRow {
    fn raised_by(run: &AnalysisRun, pupil: Uuid) -> Self {
        FlagRow {
            id: new_id(),
            school: run.school,
            class: run.class,
            pupil,
            run: run.id,
            state: SupportFlagState::New,
            since: run.as_of,
            snoozed_until: None,
            ended_on: None,
        }
    }

    /// Whether it has stood too long by a day to be new.
    pub(crate) fn is_old(&self, day: NaiveDate) -> bool {
        (day - self.since).num_days() >= NEW_FOR_DAYS
    }

    /// The flag, found again by a run; `more` says that it says more than what was answered.
    fn kept_by(&self, run: &AnalysisRun, more: bool) -> Self {
        let old = self.ended_on.is_some() || self.is_old(run.as_of);
        // What was put off and is found again after its day waits for an answer once more.
        let put_off = self.snoozed_until.filter(|until| *until >= run.as_of && !more);
        let over = more || (self.snoozed_until.is_some() && put_off.is_none());
        let state = if over || (self.state == SupportFlagState::New && old) { SupportFlagState::Continuing } else { self.state };
        FlagRow { run: run.id, state, snoozed_until: put_off, ended_on: None, ..self.clone() }
    }
}

/// Writes a flag as it is from now on.
pub(crate) async fn write(tx: &mut Tx, before: Option<&FlagRow>, flag: &FlagRow) -> Result<()> {
    let sql = "INSERT INTO support_flag (id, school, class, pupil, run, state, since, snoozed_until, ended_on)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (id) DO UPDATE SET run = excluded.run, state = excluded.state, since = excluded.since,
                   snoozed_until = excluded.snoozed_until, ended_on = excluded.ended_on
               WHERE support_flag.school = excluded.school";
    let change = Change::new(flag.id, before, Some(flag));
    on!(tx.change("support_flag", &[change]).await?, c => sqlx::query(sql).bind(flag.id).bind(flag.school).bind(flag.class)
        .bind(flag.pupil).bind(flag.run).bind(flag.state).bind(flag.since).bind(flag.snoozed_until).bind(flag.ended_on)
        .execute(c).await?.rows_affected());
    Ok(())
}
