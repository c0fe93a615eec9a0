//! The rounds: apps post, something is killed, all of it is started again and looked at.
use crate::Settings;
use crate::apps::{Posting, Posts, under};
use crate::check::{Wrong, check};
use crate::database::Database;
use crate::ledger::{Counts, Ledger};
use crate::program::{Program, Server, free_port};
use asagao_graphql::clock::Clock;
use asagao_tests::Package;
use chrono::{Datelike, Days};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::OwnedRwLockWriteGuard;
use tokio::task::JoinSet;

/// How a round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The server is killed.
    Server,
    /// The database is killed, and the server goes on.
    Database,
    /// Both are killed.
    Both,
    /// The server is asked to stop.
    Stop,
    /// The disk is full, until the server is killed.
    Full,
}

const OF_SQLITE: [End; 5] = [End::Server, End::Server, End::Stop, End::Server, End::Full];
const OF_POSTGRES: [End; 5] = [End::Server, End::Database, End::Both, End::Stop, End::Database];

/// What a trial has found on one database.
#[derive(Debug, Default)]
pub(crate) struct Found {
    database: &'static str,
    rounds: u32,
    ends: [u32; 5],
    counts: Counts,
    wrong: Wrong,
    /// Servers that did not end well when they were asked to, backups that are not whole or left something behind, logs that are not.
    other: u64,
    backups: u32,
    seconds: u64,
}

/// A trial on one database.
pub(crate) struct Trial<'a> {
    settings: &'a Settings,
    database: Database,
    program: Program,
    port: u16,
    chance: Xoshiro256PlusPlus,
    found: Found,
}

/// What is posted to one database.
struct Running {
    url: String,
    posting: Arc<Posting>,
    server: Server,
    waiting: Option<OwnedRwLockWriteGuard<()>>,
    _apps: JoinSet<()>,
}

/// A backup that is being taken: what had been acknowledged before.
struct Backup {
    file: PathBuf,
    child: Child,
    must: Vec<bool>,
}

impl<'a> Trial<'a> {
    pub(crate) async fn run(settings: &'a Settings, database: Database) -> Found {
        let (begun, name) = (Instant::now(), database.name());
        let log = std::env::temp_dir().join(format!("asagao-kill-{}-{}.log", name.to_lowercase(), std::process::id()));
        let program = Program { path: settings.program.clone(), log };
        let chance = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
        let found = Found { database: name, ..Found::default() };
        let mut trial = Trial { settings, database, program, port: free_port(), chance, found };
        let mut round = 0;
        while round < settings.rounds {
            let name = format!("{}_{round}", std::process::id());
            let mut running = trial.begin(&name).await;
            for _ in 0..settings.renew.min(settings.rounds - round) {
                round += 1;
                trial.round(&mut running, round).await;
            }
            trial.end(running, &name).await;
        }
        drop(std::fs::remove_file(&trial.program.log));
        Found { rounds: round, seconds: begun.elapsed().as_secs(), ..trial.found }
    }

    async fn begin(&mut self, name: &str) -> Running {
        let url = self.database.url(name);
        let begun = Clock::System.now();
        self.program.run(&url, &["migrate", "--create"]).await;
        let roster = tempfile::tempdir().expect("a folder");
        let mut package = Package::usual();
        // The school year of today begins in April.
        let year = (begun.date_naive() - Days::new(90)).year();
        package.change("academicSessions.csv", "2026-04-01,2027-03-31,2026", &format!("{year}-04-01,{}-03-31,{year}", year + 1));
        package.write(roster.path());
        self.program.run(&url, &["import", "roster", &roster.path().to_string_lossy()]).await;
        let token = self.program.run(&url, &["app", "register", "--name", "kill", "--board", "--scope", "activity:write"]).await;
        self.full_disk_for_a_backup(&url, name);
        let server = self.program.serve(&url, self.port, None).await;
        let gate = Arc::default();
        let address = format!("http://127.0.0.1:{}", self.port);
        let posting = Posting { url: address, token, begun, ledger: Ledger::default(), gate, round: AtomicU32::new(0) };
        let posting = Arc::new(posting);
        let waiting = Some(posting.gate.clone().write_owned().await);
        let mut apps = JoinSet::new();
        for _ in 0..self.settings.apps {
            apps.spawn(Posts::new(posting.clone(), self.chance.next_u64()).run());
        }
        Running { url, posting, server, waiting, _apps: apps }
    }

    /// A backup for which there is no room leaves nothing behind.
    fn full_disk_for_a_backup(&mut self, url: &str, name: &str) {
        let file = self.database.folder().join(format!("{name}.full"));
        // The log of a file's database has to find room, its copy not.
        let most = if matches!(self.database, Database::Sqlite(_)) { 400 } else { 16 };
        let mut child = self.program.confined(url, &["backup", &file.to_string_lossy()], most);
        let ended = child.wait().expect("the program can be waited for");
        if ended.success() || left(&file) {
            self.other(&format!("a backup on a full disk ended with {ended}"));
        }
    }

    async fn round(&mut self, running: &mut Running, round: u32) {
        let ends = if matches!(self.database, Database::Sqlite(_)) { OF_SQLITE } else { OF_POSTGRES };
        let end = ends[(round as usize - 1) % ends.len()];
        running.posting.round.store(round, Ordering::SeqCst);
        if end == End::Full {
            self.stop(running).await;
            let most = 200 + under(&mut self.chance, 2_000);
            running.server = self.program.serve(&running.url, self.port, Some(most)).await;
        }
        drop(running.waiting.take());
        self.pause(20, 700).await;
        let mut backup = (round % 3 == 2 && end != End::Full).then(|| self.take_backup(running, round));
        if let Some(backup) = &mut backup
            && under(&mut self.chance, 2) == 0
        {
            ended(&mut backup.child).await;
        }
        self.pause(0, 300).await;
        self.kill(running, end).await;
        self.database.start().await;
        running.waiting = Some(running.posting.gate.clone().write_owned().await);
        match end {
            End::Database => running.server.ready(&self.program.log).await,
            _ => running.server = self.program.serve(&running.url, self.port, None).await,
        }
        self.look(running, end, round).await;
        if let Some(backup) = backup {
            self.restore(running, backup, round).await;
        }
        self.found.ends[end as usize] += 1;
    }

    async fn pause(&mut self, least: u64, more: u64) {
        tokio::time::sleep(Duration::from_millis(least + under(&mut self.chance, more))).await;
    }

    async fn kill(&mut self, running: &mut Running, end: End) {
        match end {
            End::Server => running.server.kill(),
            End::Database => self.database.kill(&mut self.chance, &running.url).await,
            End::Both if under(&mut self.chance, 2) == 0 => {
                running.server.kill();
                self.database.kill(&mut self.chance, &running.url).await;
            }
            End::Both => {
                self.database.kill(&mut self.chance, &running.url).await;
                self.pause(0, 60).await;
                running.server.kill();
            }
            End::Stop => self.stop(running).await,
            End::Full => {
                let before = running.posting.ledger.counts().not_now;
                let refused = || running.posting.ledger.counts().not_now > before + 20;
                for _ in 0..3_000 {
                    if refused() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                if !refused() {
                    self.other("a full disk was not told of");
                }
                running.server.kill();
            }
        }
    }

    async fn stop(&mut self, running: &mut Running) {
        if !running.server.stop().await {
            self.other("the server was asked to stop and did not end well");
        }
    }

    /// Looks at what is stored.
    async fn look(&mut self, running: &Running, end: End, round: u32) {
        let (stored, calls) = (self.database.stored(&running.url).await, running.posting.ledger.calls());
        let must: Vec<bool> = calls.iter().map(|call| call.acknowledged).collect();
        let wrong = check(&stored, &calls, &must, (end == End::Stop).then_some(round));
        self.add(&wrong, &format!("round {round}, {end:?}"));
        self.recounted(&running.url, &format!("round {round}, {end:?}")).await;
    }

    async fn recounted(&mut self, url: &str, what: &str) {
        let said = self.program.output(url, &["recount"]).await;
        if !said.status.success() {
            self.found.wrong.totals += 1;
            eprintln!("{what}: recount: {}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        }
    }

    fn take_backup(&self, running: &Running, round: u32) -> Backup {
        let must = running.posting.ledger.calls().iter().map(|call| call.acknowledged).collect();
        let file = self.database.folder().join(format!("asagao-kill-{}-{round}.backup", std::process::id()));
        let child = self.program.start(&running.url, &["backup", &file.to_string_lossy()]);
        Backup { file, child, must }
    }

    /// A backup that was taken is restored and looked at; one that was not has left nothing.
    async fn restore(&mut self, running: &Running, mut backup: Backup, round: u32) {
        if !ended(&mut backup.child).await {
            if left(&backup.file) {
                self.other(&format!("round {round}: a backup that failed has left something"));
            }
            return;
        }
        let name = format!("{}_again_{round}", std::process::id());
        let url = self.database.url(&name);
        let said = self.program.output(&url, &["restore", &backup.file.to_string_lossy()]).await;
        if said.status.success() {
            let (stored, calls) = (self.database.stored(&url).await, running.posting.ledger.calls());
            let wrong = check(&stored, &calls, &backup.must, None);
            self.add(&wrong, &format!("round {round}, restored"));
            self.recounted(&url, &format!("round {round}, restored")).await;
            self.found.backups += 1;
        } else {
            let text = [said.stdout, said.stderr].concat();
            self.other(&format!("round {round}: a backup is not restored: {}", String::from_utf8_lossy(&text)));
        }
        drop(std::fs::remove_file(&backup.file));
        self.database.remove(&name).await;
    }

    async fn end(&mut self, mut running: Running, name: &str) {
        self.stop(&mut running).await;
        let said = self.program.output(&running.url, &["audit", "verify"]).await;
        if !said.status.success() {
            self.other(&format!("the access log: {}", String::from_utf8_lossy(&said.stdout)));
        }
        self.found.counts.add(&running.posting.ledger.counts());
        drop(running);
        self.database.remove(name).await;
    }

    fn add(&mut self, wrong: &Wrong, what: &str) {
        if *wrong != Wrong::default() {
            eprintln!("{what}: {wrong:?}");
        }
        self.found.wrong.add(wrong);
    }

    fn other(&mut self, what: &str) {
        eprintln!("{what}");
        self.found.other += 1;
    }
}

/// Whether a file, or one in the making, is there.
fn left(file: &std::path::Path) -> bool {
    file.exists() || PathBuf::from(format!("{}.part", file.display())).exists()
}

/// Waits for a command; whether it ended well.
async fn ended(child: &mut Child) -> bool {
    loop {
        match child.try_wait().expect("the program can be waited for") {
            Some(ended) => return ended.success(),
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

impl Found {
    pub(crate) const HEADER: &'static str = "\
| database | rounds | server killed | database killed | both killed | stopped | disk full | calls | answered | activities in them | sent again | lost | doubled | half stored | totals wrong | stopped, stored and not answered | other | backups restored | seconds |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    pub(crate) fn row(&self) -> String {
        let (counts, wrong) = (&self.counts, &self.wrong);
        counts.strange.iter().for_each(|(what, times)| eprintln!("{}: {times} times {what}", self.database));
        let [server, database, both, stop, full] = self.ends;
        let numbers: [u64; 18] = [
            self.rounds.into(),
            server.into(),
            database.into(),
            both.into(),
            stop.into(),
            full.into(),
            counts.calls,
            counts.acknowledged,
            counts.activities,
            counts.sent_again,
            wrong.lost + counts.lost,
            wrong.doubled,
            wrong.half + counts.half,
            wrong.totals,
            wrong.unanswered,
            self.other + counts.strange.values().sum::<u64>(),
            self.backups.into(),
            self.seconds,
        ];
        format!("| {} | {} |", self.database, numbers.map(|number| number.to_string()).join(" | "))
    }

    pub(crate) fn is_right(&self) -> bool {
        self.wrong == Wrong::default()
            && self.counts.lost + self.counts.half + self.other == 0
            && self.counts.strange.is_empty()
            && self.counts.acknowledged > 0
    }
}
