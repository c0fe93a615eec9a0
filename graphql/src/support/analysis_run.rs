//! Analysis runs: what was found of a class on a day, from what was known at a time; stored whole.
use super::group::StoredGroup;
use super::json::AsJson;
use super::language::Language;
use super::parameters::Parameters;
use super::score::{self, RunScore, SupportGroup};
use super::words;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::attendance::school_day;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::jobs::analyze;
use crate::roster::class;
use crate::scalar::{Day, Timestamp};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::QueryBuilder;
use sqlx::types::Text;
use uuid::Uuid;

/// So many days back a school day is looked for that is not in a run.
const LACKING: u64 = 400;

/// Why the comparison named nobody.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithheldReason {
    /// There were fewer than ten school days; nobody is given a level.
    TooFewSchoolDays,
    /// There are too few pupils to compare with; nobody is given a level.
    CohortTooSmall,
    /// Fewer than half of the pupils have anything on record, or pupils differ in records of one kind alone: plain rules alone give levels.
    TooLittleRecorded,
}

/// A run as it is stored.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct AnalysisRun {
    /// The run's id.
    pub id: Uuid,
    /// The school.
    pub school: Uuid,
    /// The class.
    pub class: Uuid,
    /// The last school day that counted.
    pub as_of: NaiveDate,
    /// What was received later was not seen.
    pub known_at: DateTime<Utc>,
    /// Whether a time of knowledge was asked for; such a run moves no flag.
    pub replay: bool,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The model's version.
    pub version: String,
    /// The settings, as JSON.
    pub parameters: String,
    /// The SHA-256 of what it was given, in hexadecimal; `None` of runs of earlier versions.
    pub input_digest: Option<String>,
    /// The latest time at which anything that it saw was received or changed.
    pub watermark: Option<DateTime<Utc>>,
    /// The first school day of the window.
    pub window_from: Option<NaiveDate>,
    /// How many school days the window has.
    pub school_days: i64,
    /// How many pupils were compared.
    pub cohort_size: i64,
    /// Why the comparison named nobody.
    pub withheld: Option<WithheldReason>,
    /// How far the repeated groupings agree, 0 to 1.
    pub stability: f64,
    /// The groups.
    pub groups_found: Text<AsJson<Vec<StoredGroup>>>,
}

/// One analysis of a class: from what it was made, and what it found for the class as a whole.
#[Object]
impl AnalysisRun {
    /// The run's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The class.
    async fn class_id(&self) -> ID {
        id::of(self.class)
    }
    /// The last school day that counted.
    async fn as_of(&self) -> Day {
        Day(self.as_of)
    }
    /// What was received or changed later was not seen.
    async fn known_at(&self) -> Timestamp {
        self.known_at.into()
    }
    /// When it was made.
    async fn made_at(&self) -> Timestamp {
        self.made_at.into()
    }
    /// The version of the model.
    async fn version(&self) -> &str {
        &self.version
    }
    /// The SHA-256 of what the model was given, the numbers of the class and the settings, in hexadecimal: runs with the same digest and version
    /// found the same. Null for a run of an earlier version, which kept none.
    async fn input_digest(&self) -> Option<&str> {
        self.input_digest.as_deref()
    }
    /// The latest time at which anything that it saw was received or changed; null if it saw nothing, or is of an earlier version.
    async fn watermark(&self) -> Option<Timestamp> {
        self.watermark.map(Timestamp::from)
    }
    /// Where the draws of the model's chance began: the same seed gives the same run.
    async fn seed(&self) -> Result<u64> {
        Ok(Parameters::read(&self.parameters)?.seed)
    }
    /// How many school days it looked at, 100 at most.
    async fn school_days(&self) -> i64 {
        self.school_days
    }
    /// How many pupils were compared: the class, with its grade where the class has fewer than 15.
    async fn cohort_size(&self) -> i64 {
        self.cohort_size
    }
    /// The first school day of the class after `asOf` that is over and whose records are not in it: say so wherever its flags are shown. Null
    /// if every school day up to yesterday is in it.
    #[graphql(complexity = "10")]
    async fn lacking_from(&self, ctx: &Context<'_>) -> Result<Option<Day>> {
        let scope = Scope::with(ctx, Right::FlagRead)?;
        let yesterday = scope.today() - Days::new(1);
        if self.as_of >= yesterday {
            return Ok(None);
        }
        let Some(class) = class::find(scope, Right::FlagRead, self.class).await? else { return Ok(None) };
        // A run of another year lacks all of this one: how much of it is not asked.
        let from = (self.as_of + Days::new(1)).max(yesterday - Days::new(LACKING));
        Ok(school_day::between(scope, &class, from, yesterday).await?.first().copied().map(Day))
    }
    /// Why the comparison named nobody; null if it may name.
    async fn withheld(&self) -> Option<WithheldReason> {
        self.withheld
    }
    /// The same as a plain sentence, to be shown wherever the flags of the class are; null if the comparison may name.
    async fn withheld_text(
        &self,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Option<String> {
        let name = match self.withheld? {
            WithheldReason::TooFewSchoolDays => "withheld-too_few_school_days",
            WithheldReason::CohortTooSmall => "withheld-cohort_too_small",
            WithheldReason::TooLittleRecorded => "withheld-too_little_recorded",
        };
        Some(words::say(language, name, &[("days", self.school_days.into())]))
    }
    /// How far the repeated groupings of this run agree, 0 to 1 (mean adjusted Rand index); for those who judge the model.
    async fn stability(&self) -> f64 {
        self.stability
    }
    /// Every pupil's score, in the order of their ids; for those who judge the model, not for the classroom.
    #[graphql(complexity = "50 + child_complexity")]
    async fn scores(&self, ctx: &Context<'_>) -> Result<Vec<RunScore>> {
        let scope = Scope::with(ctx, Right::FlagRead)?;
        let scores = score::of_run(scope, self.id).await?;
        scope.shows_with_class(self.class, Right::FlagRead, scores.iter().map(|score| score.pupil).collect()).await?;
        Ok(scores)
    }
    /// Groups of pupils with similar records.
    async fn groups(&self) -> Vec<SupportGroup> {
        self.groups_found.0.0.iter().map(|group| SupportGroup { group: group.clone(), certainty: group.certainty }).collect()
    }
}

/// What to analyse: a class, or every homeroom of a school.
#[derive(InputObject)]
pub struct AnalyzeInput {
    /// One class.
    pub class_id: Option<ID>,
    /// Every homeroom of a school.
    pub school_id: Option<ID>,
    /// The last school day that counts; yesterday if not said, because today is not over.
    pub as_of: Option<Day>,
    /// Use only what had been received by this time, to have a former answer again; flags are left alone then.
    pub known_at: Option<Timestamp>,
}

/// What was analysed.
#[derive(SimpleObject, Default)]
pub struct AnalyzePayload {
    /// One run a class.
    pub runs: Vec<AnalysisRun>,
    /// What is wrong with the input; nothing was analysed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about analyses.
#[derive(Default)]
pub struct AnalysisRunQuery;

#[Object]
impl AnalysisRunQuery {
    /// One analysis; null if there is none of this id whose class's flags you may see.
    async fn analysis_run(&self, ctx: &Context<'_>, id: ID) -> Result<Option<AnalysisRun>> {
        let scope = Scope::with(ctx, Right::FlagRead)?;
        let Some(run) = id::parse(&id) else { return Ok(None) };
        find(scope, Which::Run(run)).await
    }
}

/// What may be done with analyses.
#[derive(Default)]
pub struct AnalysisRunMutation;

#[Object]
impl AnalysisRunMutation {
    /// Scores the pupils of a class or a school, and raises, keeps or ends their flags. The same records give the same scores.
    async fn analyze(&self, ctx: &Context<'_>, input: AnalyzeInput) -> Result<AnalyzePayload> {
        let scope = Scope::with(ctx, Right::AnalysisRun)?;
        let refused = |code, field, message: &str| {
            Ok(AnalyzePayload { runs: vec![], user_errors: vec![UserError::new(code, field, message)] })
        };
        let as_of = input.as_of.map_or_else(|| scope.today() - Days::new(1), |day| day.0);
        if as_of > scope.today() {
            return refused(UserErrorCode::InTheFuture, "asOf", "the day has not come yet");
        }
        let known_at = match input.known_at.map(|time| time.instant("knownAt")).transpose() {
            Ok(Some(time)) if time > scope.now() => {
                return refused(UserErrorCode::InTheFuture, "knownAt", "the time has not come yet");
            }
            Ok(known_at) => known_at,
            Err(error) => return Ok(AnalyzePayload { runs: vec![], user_errors: vec![error] }),
        };
        let (field, classes) = match (&input.class_id, &input.school_id) {
            (Some(class), None) => {
                let class = class::find(scope, Right::AnalysisRun, id::parse(class).unwrap_or_default()).await?;
                ("classId", class.into_iter().collect())
            }
            (None, Some(school)) => {
                let school = id::parse(school).unwrap_or_default();
                ("schoolId", class::homerooms_on(scope, Right::AnalysisRun, school, as_of).await?)
            }
            _ => return refused(UserErrorCode::InvalidId, "classId", "give either classId or schoolId"),
        };
        if classes.is_empty() {
            return refused(UserErrorCode::NotFound, field, "there is no such class or school that you may analyse");
        }
        let mut runs = Vec::with_capacity(classes.len());
        for class in &classes {
            runs.push(analyze::analyze(scope, class, as_of, known_at).await?);
        }
        Ok(AnalyzePayload { runs, user_errors: vec![] })
    }
}

/// Stores a run with its scores.
pub(crate) async fn insert(tx: &mut Tx, run: &AnalysisRun, scores: &[RunScore]) -> Result<()> {
    let actor = tx.actor;
    let sql = "INSERT INTO analysis_run (id, school, class, as_of, known_at, replay, made_at, made_by, version, parameters, window_from,
                   school_days, cohort_size, withheld, stability, groups_found, input_digest, watermark)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    on!(tx.connection(), c => sqlx::query(sql).bind(run.id).bind(run.school).bind(run.class).bind(run.as_of).bind(run.known_at)
        .bind(run.replay).bind(run.made_at).bind(actor).bind(&run.version).bind(&run.parameters).bind(run.window_from)
        .bind(run.school_days).bind(run.cohort_size).bind(run.withheld).bind(run.stability).bind(&run.groups_found)
        .bind(&run.input_digest).bind(run.watermark)
        .execute(c).await?.rows_affected());
    score::insert(tx, run, scores).await
}

/// Which run to look for.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    /// This one.
    Run(Uuid),
    /// The last of a class; replays are passed over.
    Newest(Uuid),
    /// The last of a class on a day; replays are passed over.
    LastOn(Uuid, NaiveDate),
}

/// A run over whose class the viewer has the right to see flags.
pub(crate) async fn find(scope: &Scope, which: Which) -> Result<Option<AnalysisRun>> {
    let sql = "SELECT id, school, class, as_of, known_at, replay, made_at, version, parameters, window_from, school_days,
                   cohort_size, withheld, stability, groups_found, input_digest, watermark FROM analysis_run WHERE class IN ";
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(sql);
        scope.push_reach(&mut sql, Right::FlagRead);
        match which {
            Which::Run(run) => sql.push(" AND id = ").push_bind(run),
            Which::Newest(class) => sql.push(" AND NOT replay AND class = ").push_bind(class),
            Which::LastOn(class, day) => sql.push(" AND NOT replay AND class = ").push_bind(class).push(" AND as_of = ").push_bind(day),
        };
        sql.push(" ORDER BY as_of DESC, made_at DESC, id DESC LIMIT 1").build_query_as().fetch_optional(c).await?
    }))
}

/// Whether no stored run of its class is of a later day, or of the same and of what was known later. Replays are passed over.
pub(crate) async fn is_newest(tx: &mut Tx, run: &AnalysisRun) -> Result<bool> {
    let sql =
        "SELECT count(*) FROM analysis_run WHERE class = $1 AND (as_of > $2 OR (as_of = $2 AND known_at > $3)) AND NOT replay";
    let (later,): (i64,) =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(run.class).bind(run.as_of).bind(run.known_at).fetch_one(c).await?);
    Ok(later == 0)
}
