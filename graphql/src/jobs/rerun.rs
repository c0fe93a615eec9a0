//! A stored run had again: the same records, as they were known then, by the settings of then; and what differs, in words.
use super::analyze::{self, Scored};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Error, Result};
use crate::roster::class;
use crate::support::analysis_run::{self, AnalysisRun, Which};
use crate::support::cohort::Horizon;
use crate::support::parameters::Parameters;
use crate::support::score::{RunScore, SupportLevel};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use uuid::Uuid;

/// What came of it.
#[derive(Debug)]
pub struct Rerun {
    /// The stored run.
    pub run: AnalysisRun,
    /// How many scores were compared.
    pub scores: usize,
    /// How many flags the run had raised or kept.
    pub flags: usize,
    /// Sentences on what differs, what explains it first; none: it is the same to the bit.
    pub differences: Vec<String>,
}

/// Has a run again and compares it. Nothing is stored, and no flag is moved. `None` where there is no such run.
pub async fn rerun(scope: &Scope, run: Uuid) -> Result<Option<Rerun>> {
    let Some(run) = analysis_run::find(scope, Which::Run(run)).await? else { return Ok(None) };
    let Some(class) = class::find(scope, Right::AnalysisRun, run.class).await? else { return Ok(None) };
    let settings = Parameters::read(&run.parameters)?.settings();
    let settings = settings.ok_or_else(|| {
        let version = &run.version;
        Error::BadInput(format!("this version looks at another number of school days than {version} did: run that version"))
    })?;
    let horizon = Horizon { as_of: run.as_of, known_at: run.known_at, replay: true };
    let again = analyze::score_class(scope, &class, horizon, settings).await?;
    let stored = stored_scores(scope, run.id).await?;
    let flagged = flagged_by(scope, &run).await?;

    let mut differences = explained(scope, &run, &again).await?;
    of_class(&mut differences, &run, &again.run);
    of_pupils(&mut differences, &stored, &again.scores);
    if let Some(flagged) = &flagged {
        let named = again.scores.iter().filter(|score| score.level != SupportLevel::None);
        let named: BTreeSet<Uuid> = named.map(|score| score.pupil).collect();
        differences.extend(flagged.difference(&named).map(|pupil| format!("pupil {pupil}: had a flag, and gets none now")));
        differences.extend(named.difference(flagged).map(|pupil| format!("pupil {pupil}: had no flag, and gets one now")));
    }
    Ok(Some(Rerun { scores: stored.len(), flags: flagged.map_or(0, |flagged| flagged.len()), differences, run }))
}

/// What is known to make a run another one.
async fn explained(scope: &Scope, run: &AnalysisRun, again: &Scored) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if run.version != again.run.version {
        found.push(format!("the model is another version: it was {}, it is {}", run.version, again.run.version));
    }
    found.extend(again.kept_out_since.iter().map(|pupil| format!("pupil {pupil}: kept out of the analysis since then")));
    let sql = "SELECT count(*) FROM deletion WHERE school = $1 AND at >= $2";
    let (deletions,): (i64,) = on!(scope.read(), c => sqlx::query_as(sql).bind(run.school).bind(run.made_at).fetch_one(c).await?);
    // Deleting is no difference in itself: only where something differs it may be why.
    if deletions > 0 && run.input_digest != again.run.input_digest {
        found.push("records of the school have been deleted since then (保存と廃棄)".to_owned());
    }
    Ok(found)
}

fn of_class(differences: &mut Vec<String>, then: &AnalysisRun, now: &AnalysisRun) {
    let mut compare = |what: &str, then: &dyn Debug, now: &dyn Debug| {
        let (then, now) = (format!("{then:?}"), format!("{now:?}"));
        if then != now {
            differences.push(format!("{what}: it was {then}, it is {now}"));
        }
    };
    if let (Some(then), Some(now)) = (&then.input_digest, &now.input_digest) {
        compare("the input's digest", then, now);
    }
    compare("the first day of the window", &then.window_from, &now.window_from);
    compare("the number of school days", &then.school_days, &now.school_days);
    compare("the number of pupils compared", &then.cohort_size, &now.cohort_size);
    compare("why nobody was given a level", &then.withheld, &now.withheld);
    compare("how far the groupings agree", &then.stability, &now.stability);
    let (then, now) = (then.groups_found.0.to_string(), now.groups_found.0.to_string());
    if then != now {
        differences.push("the groups are others".to_owned());
    }
}

fn of_pupils(differences: &mut Vec<String>, then: &BTreeMap<Uuid, Written>, now: &[RunScore]) {
    let now: BTreeMap<Uuid, Written> = now.iter().map(|score| (score.pupil, Written::of(score))).collect();
    for pupil in then.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        match (then.get(pupil), now.get(pupil)) {
            (Some(then), Some(now)) => {
                let parts = then.parts().into_iter().zip(now.parts());
                differences.extend(parts.filter(|((_, then), (_, now))| then != now).map(|((what, then), (_, now))| {
                    if what == "rules" || what == "reasons" {
                        return format!("pupil {pupil}: the {what} are others");
                    }
                    format!("pupil {pupil}: {what} was {then}, is {now}")
                }));
            }
            (Some(_), None) => differences.push(format!("pupil {pupil}: was in the run, and is not now")),
            (None, _) => differences.push(format!("pupil {pupil}: was not in the run, and is now")),
        }
    }
}

/// A score as the database has it: what was written, not what is made of it when it is read.
#[derive(sqlx::FromRow)]
struct Written {
    pupil: Uuid,
    score: f64,
    sum: f64,
    level: SupportLevel,
    group_number: Option<i64>,
    certainty: f64,
    rules: String,
    reasons: String,
    held: bool,
    changes: String,
}

impl Written {
    fn of(score: &RunScore) -> Self {
        let RunScore { pupil, score, sum, level, group_number, certainty, rules, reasons, held, changes } = score.clone();
        let (rules, reasons, changes) = (rules.0.to_string(), reasons.0.to_string(), changes.0.to_string());
        Written { pupil, score, sum, level, group_number, certainty, rules, reasons, held, changes }
    }

    /// Its parts by name. The shortest text of a fraction tells every bit of it.
    fn parts(&self) -> [(&'static str, String); 9] {
        let Written { pupil: _, score, sum, level, group_number, certainty, rules, reasons, held, changes } = self;
        [
            ("score", format!("{score:?}")),
            ("sum", format!("{sum:?}")),
            ("level", format!("{level:?}")),
            ("group", group_number.map_or("none".into(), |number| number.to_string())),
            ("certainty", format!("{certainty:?}")),
            ("rules", rules.clone()),
            ("reasons", reasons.clone()),
            ("kept from the day before", held.to_string()),
            ("what would have to be different", changes.clone()),
        ]
    }
}

/// The scores of a run by pupil, also of those kept out since, who are told by their ids alone. The caller has found the run by the scope.
async fn stored_scores(scope: &Scope, run: Uuid) -> Result<BTreeMap<Uuid, Written>> {
    let sql =
        "SELECT pupil, score, sum, level, group_number, certainty, rules, reasons, held, changes FROM run_score WHERE run = $1";
    let rows: Vec<Written> = on!(scope.read(), c => sqlx::query_as(sql).bind(run).fetch_all(c).await?);
    Ok(rows.into_iter().map(|row| (row.pupil, row)).collect())
}

/// Whose flags a run raised or kept; `None` where it moved none because it was a replay or a later day had been analysed before.
async fn flagged_by(scope: &Scope, run: &AnalysisRun) -> Result<Option<BTreeSet<Uuid>>> {
    let sql =
        "SELECT count(*) FROM analysis_run WHERE class = $1 AND (as_of > $2 OR (as_of = $2 AND known_at > $3)) AND made_at <= $4
                   AND NOT replay";
    let (later,): (i64,) = on!(scope.read(), c => sqlx::query_as(sql).bind(run.class).bind(run.as_of).bind(run.known_at)
        .bind(run.made_at).fetch_one(c).await?);
    if run.replay || later > 0 {
        return Ok(None);
    }
    let sql = "SELECT DISTINCT f.pupil FROM support_flag_event e JOIN support_flag f ON f.id = e.flag
               WHERE f.class = $1 AND e.run = $2 AND e.kind IN ('RAISED', 'KEPT')";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(run.class).bind(run.id).fetch_all(c).await?);
    Ok(Some(rows.into_iter().map(|(pupil,)| pupil).collect()))
}
