//! A made-up town to try Asagao in: everything goes in by the doors that real records use. All people are fictional.
mod answers;
mod calendar;
mod day;
mod dice;
mod health;
mod illness;
mod marks;
mod mornings;
mod names;
mod people;
mod plan;
mod post;
mod pupil;
mod roster;
mod sheets;
mod talks;
mod timetable;
mod town;
mod weeks;

pub use people::{Person, PersonRole};

use crate::access::app;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::token;
use crate::clock::{Clock, new_id, school_day};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::jobs::roster_import::{self, Options};
use crate::learning::activity::RejectedItem;
use chrono::{DateTime, Days, Utc};
use roster::Who;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use town::Town;
use uuid::Uuid;
use weeks::Weeks;

/// What a town is made of: the same settings on the same day make the same town.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many pupils.
    pub pupils: usize,
    /// For how many schools; few pupils have fewer.
    pub schools: usize,
    /// How many school days, up to the last one before today.
    pub days: usize,
    /// Where chance begins.
    pub seed: u64,
}

/// The fewest and the most pupils.
pub const PUPILS: std::ops::RangeInclusive<usize> = 10..=12_000;
/// The fewest and the most schools.
pub const SCHOOLS: std::ops::RangeInclusive<usize> = 1..=plan::MOST_SCHOOLS;
/// The fewest and the most school days.
pub const DAYS: std::ops::RangeInclusive<usize> = 1..=200;
/// For how many days the tokens of a demo hold.
const TOKENS_HOLD: u64 = 365;

impl Default for Settings {
    fn default() -> Self {
        Settings { pupils: 800, schools: 3, days: 60, seed: 1 }
    }
}

impl Settings {
    /// Settings of which some may be left to the usual: a town of 31 schools has 9,000 pupils, and the other way round.
    #[must_use]
    pub fn of(pupils: Option<usize>, schools: Option<usize>, days: usize, seed: u64) -> Self {
        let usual = Settings::default();
        let pupils = pupils.unwrap_or_else(|| schools.map_or(usual.pupils, plan::pupils_of));
        Settings { pupils, schools: schools.unwrap_or_else(|| plan::schools_of(pupils)), days, seed }
    }
}

/// How far the making is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// School days lived through.
    pub days: usize,
    /// Of how many.
    pub of_days: usize,
    /// Activities posted.
    pub activities: usize,
    /// Classes analysed, once for each week.
    pub analyses: usize,
    /// Of how many.
    pub of_analyses: usize,
    /// Marks of attendance that were made or changed.
    pub marks: usize,
    /// Moods recorded.
    pub moods: usize,
    /// Flags answered.
    pub answers: usize,
    /// Support actions recorded.
    pub actions: usize,
}

/// A finished town: what a visitor needs to look around.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Demo {
    /// The app that posted everything.
    pub app: AppOf,
    /// Whom to sign in as, the homeroom teacher to begin with first.
    pub people: Vec<Person>,
    /// The homerooms by school and grade.
    pub classes: Vec<ClassOf>,
    /// What it was made of.
    pub settings: Settings,
    /// The time in the town when it was finished.
    pub made_at: DateTime<Utc>,
    /// How much there is.
    #[serde(skip)]
    pub made: Progress,
}

/// The app of a demo.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct AppOf {
    /// Its bearer token.
    pub token: String,
}

/// A homeroom of a demo.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ClassOf {
    /// Its id.
    pub id: Uuid,
    /// Its name, such as 5年2組.
    pub name: String,
    /// Its school's name.
    pub school: String,
}

/// Fills an empty database with a town and lives through its school days up to `now`. The database's clock has to be one that is set:
/// it is moved from the first day to `now`. Nothing is written where there is anything already.
pub async fn fill(db: &Db, settings: Settings, now: DateTime<Utc>, tell: &(dyn Fn(&Progress) + Sync)) -> Result<Demo> {
    let operator = Scope::operator(db.clone(), "demo");
    refuse_unless_made_for_it(db, &operator, settings).await?;
    let town = Arc::new(Town::new(school_day(now), settings));
    let before_school = calendar::at(town.calendar.days[0], 6 * 60 + 30);
    db.clock.advance(before_school - db.clock.now());
    import(&operator, &town, Who::FromTheBeginning).await?;
    calendar::lay_out(&town, &operator, school_day(now)).await?;
    let expires = now + Days::new(TOKENS_HOLD);
    let (_, secret) = app::register(&operator, "まなびポータル（デモ）", &[], &Right::OF_APPS, expires).await?;
    let people = people::issue_tokens(&town, &operator, expires).await?;
    let at_work = people::at_work(&town, &operator, &people).await?;
    let weeks = town.calendar.days.iter().enumerate().filter(|(at, _)| town.calendar.ends_week(*at)).count();
    let of_analyses = weeks * town.classes.len();
    let mut weeks = Weeks {
        town: Arc::clone(&town),
        clock: &db.clock,
        schema: crate::schema(),
        operator: &operator,
        app: signed_in(db, &secret).await?,
        at_work,
        progress: Progress { of_days: town.calendar.days.len(), of_analyses, ..Progress::default() },
        tell,
        unsent: BTreeMap::new(),
    };
    weeks.live(now).await?;
    marks::give(&town, &operator, &weeks.at_work.teachers).await?;
    let class =
        |class: &town::Class| ClassOf { id: class.id, name: class.name.clone(), school: town.schools[class.school].name.clone() };
    Ok(Demo {
        app: AppOf { token: secret },
        people: people::listed(&town, people),
        classes: town.classes.iter().map(class).collect(),
        settings,
        made_at: now,
        made: weeks.progress,
    })
}

/// Real records never meet made-up ones: the database has to be empty.
async fn refuse_unless_made_for_it(db: &Db, operator: &Scope, settings: Settings) -> Result<()> {
    if !matches!(db.clock, Clock::Set(_)) {
        return Err(Error::BadInput("a demo needs a clock of its own".into()));
    }
    if !PUPILS.contains(&settings.pupils) || !SCHOOLS.contains(&settings.schools) || !DAYS.contains(&settings.days) {
        return Err(Error::BadInput(format!("a demo has {PUPILS:?} pupils, {SCHOOLS:?} schools and {DAYS:?} school days")));
    }
    let sql = "SELECT (SELECT count(*) FROM board) + (SELECT count(*) FROM school) + (SELECT count(*) FROM staff)
                   + (SELECT count(*) FROM pupil) + (SELECT count(*) FROM app) + (SELECT count(*) FROM trail)";
    let (records,): (i64,) = on!(operator.read(), c => sqlx::query_as(sql).fetch_one(c).await?);
    if records > 0 {
        return Err(Error::BadInput("a demo is only ever made in an empty database, and this one holds records".into()));
    }
    Ok(())
}

/// Brings a part of the town's roster in as an office would.
async fn import(operator: &Scope, town: &Town, who: Who) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("asagao-demo-{}", new_id().simple()));
    let written = std::fs::create_dir(&folder).and_then(|()| roster::write(town, who, &folder)).map_err(|error| {
        tracing::error!(%error, "the roster of the demo cannot be written");
        Error::Unavailable
    });
    // Newcomers may well be called like somebody who is there.
    let options = Options { file_name: "demo".into(), accept_suspicious: true, ..Options::default() };
    let report = match written {
        Ok(()) => roster_import::import(operator, &folder, &options, &|_| ()).await,
        Err(error) => Err(error),
    };
    drop(std::fs::remove_dir_all(&folder));
    let report = report?;
    if report.refused.is_empty() && report.left_out == 0 {
        return Ok(());
    }
    tracing::error!(problems = ?report.problems, refused = report.refused, "the roster of the demo is wrong");
    Err(Error::Internal)
}

/// Whoever a token speaks for.
#[expect(clippy::disallowed_methods, reason = "nobody in the demo is real, and its log begins when it is served")]
async fn signed_in(db: &Db, secret: &str) -> Result<Scope> {
    let viewer = token::viewer(db, secret).await?.ok_or(Error::Unauthenticated)?;
    Ok(Scope::new(db.clone(), viewer))
}

/// A record of the demo that is refused is a mistake of the demo.
fn check(rejected: &[RejectedItem]) -> Result<()> {
    let Some(first) = rejected.first() else { return Ok(()) };
    tracing::error!(?first, items = rejected.len(), "records of the demo were refused");
    Err(Error::Internal)
}
