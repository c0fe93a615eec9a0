//! One analysis of a class: gather, score, store whole, then raise, keep or end flags.
use crate::access::scope::Scope;
use crate::clock::new_id;
use crate::error::{Error, Result};
use crate::jobs::quality;
use crate::roster::class::Class;
use crate::support::analysis_run::{self, AnalysisRun, WithheldReason};
use crate::support::cohort::{self, Gathered, Horizon};
use crate::support::counterfactual::CounterfactualChange;
use crate::support::digest;
use crate::support::follow;
use crate::support::group::StoredGroup;
use crate::support::json::AsJson;
use crate::support::parameters::Parameters;
use crate::support::reason::SupportReason;
use crate::support::rule::StoredRule;
use crate::support::score::{RunScore, SupportLevel};
use crate::support::settings;
use asagao_analytics::{Analysis, Assessment, Level, Settings, VERSION, WINDOW_SCHOOL_DAYS, Withheld};
use chrono::{DateTime, NaiveDate, Utc};
use metrics::{counter, histogram};
use sqlx::types::Text;
use std::time::Instant;
use uuid::Uuid;

/// How often a class is read again because something came in the meantime.
const READ_AGAIN: usize = 3;

/// Analyses a class as of a day. With `known_at` only what had been received by then is seen, and flags are left alone: it is a former
/// answer had again.
pub async fn analyze(scope: &Scope, class: &Class, as_of: NaiveDate, known_at: Option<DateTime<Utc>>) -> Result<AnalysisRun> {
    let began = Instant::now();
    let run = score_and_follow(scope, class, as_of, known_at).await;
    match &run {
        Ok(_) => histogram!("asagao_analysis_duration_seconds").record(began.elapsed()),
        Err(Error::BadInput(_)) => {}
        Err(_) => counter!("asagao_analysis_failures_total").increment(1),
    }
    run
}

async fn score_and_follow(
    scope: &Scope,
    class: &Class,
    as_of: NaiveDate,
    known_at: Option<DateTime<Utc>>,
) -> Result<AnalysisRun> {
    if as_of > scope.today() || known_at.is_some_and(|time| time > scope.now()) {
        return Err(Error::BadInput("the day or the time of knowledge has not come yet".into()));
    }
    let horizon = Horizon { as_of, known_at: known_at.unwrap_or_else(|| scope.now()), replay: known_at.is_some() };
    let settings = settings::of_school(scope, class.school, horizon.known_at).await?;
    let Scored { run, scores, .. } = score_class(scope, class, horizon, settings).await?;
    let mut tx = scope.begin("class analysed").await?;
    tx.lock("class", &[class.id]).await?;
    analysis_run::insert(&mut tx, &run, &scores).await?;
    if !run.replay && analysis_run::is_newest(&mut tx, &run).await? {
        follow::follow(&mut tx, &run, &scores).await?;
    }
    tx.commit().await?;
    if !run.replay {
        quality::keep_up(scope, class, quality::A_NIGHT).await?;
    }
    Ok(run)
}

/// A run that is not stored.
pub(super) struct Scored {
    /// The run.
    pub(super) run: AnalysisRun,
    /// The scores of the class's own pupils, by pupil.
    pub(super) scores: Vec<RunScore>,
    /// Pupils who would be in it, were they not kept out of the analysis since the time of knowledge.
    pub(super) kept_out_since: Vec<Uuid>,
}

/// Gathers a class and scores it. Of the present, what is received or changed while it is being read is read again, so that a run has seen
/// all that was known at its time and nothing else.
pub(super) async fn score_class(scope: &Scope, class: &Class, mut horizon: Horizon, settings: Settings) -> Result<Scored> {
    let mut gathered = cohort::gather(scope, class, horizon).await?;
    for _ in 0..READ_AGAIN {
        if is_whole(&gathered, horizon) {
            break;
        }
        horizon.known_at = scope.now();
        gathered = cohort::gather(scope, class, horizon).await?;
    }
    if !is_whole(&gathered, horizon) {
        tracing::warn!(class = %class.id, "records change faster than they can be read: the class is not analysed now");
        return Err(Error::Unavailable);
    }
    let Gathered { pupils, cohort, from, watermark, kept_out_since } = gathered;
    let input_digest = digest::of_input(&cohort, &settings);
    let (school_days, cohort_size) = (cohort.school_days.min(WINDOW_SCHOOL_DAYS), cohort.pupils.len());
    let in_class: Vec<bool> = cohort.pupils.iter().map(|pupil| pupil.in_class).collect();
    let analysis =
        tokio::task::spawn_blocking(move || asagao_analytics::analyze(&cohort, &settings).map(|analysis| (analysis, settings)));
    let (analysis, settings) = analysis.await.map_err(|_| Error::Internal)?.map_err(|error| {
        tracing::error!(%error, "the analysis refused its input");
        Error::Internal
    })?;

    let run = AnalysisRun {
        id: new_id(),
        school: class.school,
        class: class.id,
        as_of: horizon.as_of,
        known_at: horizon.known_at,
        replay: horizon.replay,
        made_at: scope.now(),
        version: VERSION.to_owned(),
        parameters: Parameters::of(&settings).text(),
        input_digest: Some(input_digest),
        watermark,
        window_from: from,
        school_days: count(school_days),
        cohort_size: count(cohort_size),
        withheld: analysis.withheld.map(withheld),
        stability: analysis.stability,
        groups_found: Text(AsJson(analysis.groups.iter().map(StoredGroup::of).collect())),
    };
    let scores = scores(&pupils, &in_class, &analysis);
    Ok(Scored { run, scores, kept_out_since })
}

/// Whether nothing of what was read came after the time of knowledge.
fn is_whole(gathered: &Gathered, horizon: Horizon) -> bool {
    horizon.replay || gathered.watermark.is_none_or(|at| at <= horizon.known_at)
}

/// The scores of the class's own pupils; those lent for comparison are not stored.
fn scores(pupils: &[Uuid], in_class: &[bool], analysis: &Analysis) -> Vec<RunScore> {
    let own = pupils.iter().zip(in_class).zip(&analysis.pupils).filter(|((_, in_class), _)| **in_class);
    own.map(|((pupil, _), assessment)| score(*pupil, assessment)).collect()
}

fn score(pupil: Uuid, assessment: &Assessment) -> RunScore {
    RunScore {
        pupil,
        score: assessment.score,
        sum: assessment.sum,
        level: match assessment.level {
            Level::None => SupportLevel::None,
            Level::Watch => SupportLevel::Watch,
            Level::Support => SupportLevel::Support,
        },
        group_number: assessment.group.map(count),
        certainty: assessment.certainty,
        rules: Text(AsJson(assessment.rules.iter().map(|rule| StoredRule::from(*rule)).collect())),
        reasons: Text(AsJson(assessment.lines.iter().map(SupportReason::of_line).collect())),
        held: assessment.held,
        changes: Text(AsJson(assessment.otherwise.iter().map(CounterfactualChange::of).collect())),
    }
}

fn withheld(reason: Withheld) -> WithheldReason {
    match reason {
        Withheld::TooFewSchoolDays => WithheldReason::TooFewSchoolDays,
        Withheld::CohortTooSmall => WithheldReason::CohortTooSmall,
        Withheld::TooLittleRecorded => WithheldReason::TooLittleRecorded,
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).expect("what fits in memory fits in 63 bits")
}
