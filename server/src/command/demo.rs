//! `asagao demo`: a made-up town in a SQLite file, lived through, analysed and served.
use super::serve::{address, asked_to_stop, listen, serve};
use super::{Failure, Result};
use crate::config::{self, Serve};
use crate::front::Front;
use crate::sign_in::SignIn;
use asagao_graphql::clock::{Clock, new_id};
use asagao_graphql::db::Db;
use asagao_graphql::jobs::demo::{self, Demo, PersonRole, Progress, Settings};
use chrono::{DateTime, Utc};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The file that says who is there.
const PEOPLE: &str = "demo.json";
/// The database.
const DATABASE: &str = "asagao-demo.db";

/// What the file says.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) url: String,
    #[serde(flatten)]
    pub(super) demo: Demo,
}

impl Told {
    /// What the file in a folder says.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let people = folder.join(PEOPLE);
        let unreadable = |what: String| Failure::new(format!("{} is no demo.json of a demo ({what})", people.display()));
        let text = fs::read_to_string(&people).map_err(|error| unreadable(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
    }
}

pub(super) async fn demo(asked: config::Demo) -> Result {
    let listener = listen(asked.listen).await?;
    let at = address(&listener)?;
    let folder = Folder::open(asked.data.clone())?;
    let (database, people) = (folder.path.join(DATABASE), folder.path.join(PEOPLE));
    let settings = Settings::of(asked.pupils, asked.schools, asked.days, asked.seed);
    let demo = match (fs::exists(&database), fs::exists(&people)) {
        (Ok(false), Ok(false)) => make(&database, settings, asked.now.unwrap_or_else(|| Clock::System.now())).await?,
        (Ok(true), Ok(true)) => made_before(&folder.path, settings)?,
        (Err(error), _) | (_, Err(error)) => {
            return Err(Failure::new(format!("{} cannot be looked into: {error}", folder.path.display())));
        }
        _ => return Err(Failure::new(format!("{} holds a demo that was not finished: {ELSEWHERE}", folder.path.display()))),
    };
    let told = Told { url: format!("http://{at}"), demo };
    tell(&people, &told).map_err(|error| Failure::new(format!("{} cannot be written: {error}", people.display())))?;
    let clock = asked.now.map_or(Clock::System, Clock::from);
    let db = Db::open(&format!("sqlite:{}", database.display()), false, clock).await?;
    db.migrate().await?;
    print(&told, &people, at);
    serve(db, listener, &Serve::demo(at), (Front::default(), SignIn::default()), Some(told.demo.people)).await
}

const ELSEWHERE: &str = "choose another folder, or remove this one yourself";

/// Makes the town in a new file, whose clock runs through its weeks. A file that is not finished is removed again.
async fn make(database: &Path, settings: Settings, now: DateTime<Utc>) -> Result<Demo> {
    let made = tokio::select! {
        made = fill(database, settings, now) => made,
        () = asked_to_stop() => Err(Failure::new("stopped before the demo was made")),
    };
    if made.is_err() {
        for end in ["", "-wal", "-shm"] {
            let mut name = database.as_os_str().to_owned();
            name.push(end);
            drop(fs::remove_file(name));
        }
    }
    made
}

async fn fill(database: &Path, settings: Settings, now: DateTime<Utc>) -> Result<Demo> {
    let db = Db::make(database, Clock::at(now)).await?;
    db.migrate().await?;
    let bars = Bars::new();
    let demo = demo::fill(&db, settings, now, &|progress| bars.show(progress)).await;
    bars.all.clear().ok();
    db.close().await;
    Ok(demo?)
}

/// A demo that was made before, if it was made so.
fn made_before(folder: &Path, settings: Settings) -> Result<Demo> {
    let Told { demo, .. } = Told::read(folder).map_err(|failure| Failure::new(format!("{failure}: {ELSEWHERE}")))?;
    if demo.settings != settings {
        let Settings { pupils, schools, days, seed } = demo.settings;
        let made = format!("--pupils {pupils} --schools {schools} --days {days} --seed {seed}");
        let message = format!("the demo in this folder was made with {made}: ask for the same, {ELSEWHERE}");
        return Err(Failure::new(message));
    }
    eprintln!("served again: its records end where it was made, at {}", demo.made_at);
    Ok(demo)
}

/// Writes who is there and where; it holds tokens, so it is for the owner alone. Whoever sees the file sees all of it.
fn tell(people: &Path, told: &Told) -> std::io::Result<()> {
    let whole = people.with_extension("json.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&whole)?;
    file.write_all((serde_json::to_string_pretty(told)? + "\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(whole, people)
}

fn print(told: &Told, people: &Path, at: SocketAddr) {
    let Demo { people: all, classes, settings, .. } = &told.demo;
    println!(
        "朝霧市: {} pupils in {} classes of {} schools, {} school days. Everybody is made up.\n",
        settings.pupils,
        classes.len(),
        classes.iter().map(|class| &class.school).collect::<BTreeSet<_>>().len(),
        settings.days
    );
    println!("pages     http://{at}/");
    println!("API       http://{at}/graphql");
    println!("people    {}: everybody's token, the app's, the classes' ids\n", people.display());
    println!("Sign in on the page, or with a token:");
    let roles = [
        PersonRole::HomeroomTeacher,
        PersonRole::Nurse,
        PersonRole::Counsellor,
        PersonRole::VicePrincipal,
        PersonRole::Pupil,
        PersonRole::Guardian,
    ];
    for role in roles {
        if let Some(person) = all.iter().find(|person| person.role == role) {
            println!("  {}（{} {}）  {}", person.name, person.school.as_deref().unwrap_or_default(), person.duty, person.token);
        }
    }
    let Some((teacher, class)) = all.first().and_then(|teacher| Some((teacher, teacher.class_id?))) else { return };
    println!("\nAsk as {}, in another terminal:", teacher.name);
    println!("curl -s http://{at}/graphql -H 'content-type: application/json' -H 'authorization: Bearer {}' \\", teacher.token);
    println!(
        "  -d '{{\"query\":\"{{ supportFlags(classId: \\\"{class}\\\") {{ nodes {{ level since pupil {{ number name }} reasons {{ text }} }} }} }}\"}}'\n"
    );
}

/// Where the demo is kept.
struct Folder {
    path: PathBuf,
    /// Whether it is made for this run alone.
    passing: bool,
}

impl Folder {
    fn open(data: Option<PathBuf>) -> Result<Self> {
        let passing = data.is_none();
        let path = data.unwrap_or_else(|| std::env::temp_dir().join(format!("asagao-demo-{}", new_id().simple())));
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.map_err(|error| Failure::new(format!("{} cannot be made: {error}", path.display())))?;
        Ok(Folder { path, passing })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.passing {
            drop(fs::remove_dir_all(&self.path));
        }
    }
}

/// How far the making is, on standard error where somebody sees it.
struct Bars {
    all: MultiProgress,
    days: ProgressBar,
    activities: ProgressBar,
    analyses: ProgressBar,
}

impl Bars {
    fn new() -> Self {
        let all = MultiProgress::new();
        let bar = |template: &str| {
            let style = ProgressStyle::with_template(template).expect("the template is one of those below");
            all.add(ProgressBar::no_length().with_style(style))
        };
        let days = bar("school days  {bar:40} {pos}/{len}");
        let activities = bar("activities   {human_pos} posted");
        let analyses = bar("analyses     {bar:40} {pos}/{len}");
        Bars { all, days, activities, analyses }
    }

    fn show(&self, progress: &Progress) {
        let long = |number: usize| number as u64;
        self.days.set_length(long(progress.of_days));
        self.days.set_position(long(progress.days));
        self.activities.set_position(long(progress.activities));
        self.analyses.set_length(long(progress.of_analyses));
        self.analyses.set_position(long(progress.analyses));
    }
}
