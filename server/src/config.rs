//! The settings and commands of the program: each doc comment is the manual.
mod access;
mod audit;
mod evaluate;
mod load;
mod quality;
mod retention;
mod turnover;

pub use access::{App, Duty, Family, Staff, Subject};
pub use audit::Audit;
pub use evaluate::Evaluate;
pub use load::{Load, Mix};
pub use quality::Quality;
pub use retention::{OfWhat, Retention};
pub use turnover::Turnover;

use crate::nightly::AnalyzeAt;
use crate::rate::Rate;
use asagao_graphql::access::small_cell::SmallCell;
use asagao_graphql::db::CONNECTIONS;
use asagao_graphql::formats::oneroster::Version;
use asagao_graphql::formats::text_encoding::Said;
use asagao_graphql::jobs::demo;
use asagao_graphql::jobs::roster_export::Receiver;
use chrono::{DateTime, NaiveDate, Utc};
use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use uuid::Uuid;

/// Asagao: learning records, school records, and a word to the teacher when a pupil may need support.
#[derive(Parser, Debug)]
#[command(name = "asagao", version)]
pub struct Config {
    /// The board's database: `sqlite:FILE` or `postgres://USER@HOST/NAME`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:asagao.db", global = true, hide_env_values = true)]
    pub database_url: String,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the pages and the API. The database is brought up to date first.
    Serve(Box<Serve>),
    /// Bring the database up to date.
    Migrate {
        /// Make the database if it is not there.
        #[arg(long)]
        create: bool,
    },
    /// Try Asagao: a made-up town in a SQLite file, with its pupils' weeks posted, analysed and served. Nobody in it is real.
    Demo(Demo),
    /// Print the GraphQL schema.
    Schema,
    /// Print a manifest of trusted documents, as `serve --trusted` takes it: every `.graphql` file of a folder with its SHA-256.
    Documents {
        /// The folder.
        folder: PathBuf,
    },
    /// Add staff, their duties and their tokens.
    #[command(subcommand)]
    Staff(Staff),
    /// Issue the sign-in codes of pupils.
    #[command(subcommand)]
    Pupil(Family),
    /// Issue the sign-in codes of guardians.
    #[command(subcommand)]
    Guardian(Family),
    /// Register the programs that post or read.
    #[command(subcommand)]
    App(App),
    /// Bring records in.
    #[command(subcommand)]
    Import(Import),
    /// Score the pupils of a class or a school and raise or end flags.
    Analyze(Analyze),
    /// Score the rows of a table by the method of `analyze` and judge the scores by known outcomes. Needs no database; prints JSON.
    Evaluate(Evaluate),
    /// How good the flags of a school year were: counts, and what single features would have found. Prints JSON.
    Quality(Quality),
    /// Take results and the roster out.
    #[command(subcommand)]
    Export(Export),
    /// Prepare and commit the next year of schools (年度更新).
    #[command(subcommand)]
    Turnover(Turnover),
    /// List and delete what need not be kept any more (保存期間).
    #[command(subcommand)]
    Retention(Retention),
    /// Check the access log (閲覧の記録), and let old entries go.
    #[command(subcommand)]
    Audit(Audit),
    /// Load a server as classrooms do, and check that what it has acknowledged is there. For a demo or a trial: what is posted stays there.
    Load(Load),
    /// Copy the whole database into a new file, while servers go on writing: it has the database of one moment. The file is there whole or
    /// not at all, its owner's alone, and never in the place of another one. A database of PostgreSQL is copied by its own `pg_dump`.
    Backup {
        /// The file to be made.
        file: PathBuf,
    },
    /// Make the database from a backup, where there is none yet or an empty one. It is brought up to date, its totals are recounted and its
    /// access log is checked. Exits with 1 if anything is wrong with them.
    Restore {
        /// The backup, by `asagao backup` of the same kind of database.
        file: PathBuf,
    },
    /// Make the daily totals anew from the activities; tell and mend what differs. Exits with 1 if anything did.
    Recount,
}

/// How the pages and the API are served.
#[derive(Args, Debug, Clone)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "ASAGAO_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Answer introspection queries of those who are signed in: for whoever writes an app, not for a school's day.
    #[arg(long, env = "ASAGAO_INTROSPECTION", default_value_t = false, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub introspection: bool,
    /// In which steps counts are told to the board, which may not see whom they are of: rounded down to whole multiples, nothing under one.
    #[arg(long, value_name = "PUPILS", env = "ASAGAO_SMALL_CELL", default_value = "10", value_parser = small_cell)]
    pub small_cell: SmallCell,
    /// How many days the access log (閲覧の記録) is kept.
    #[arg(long, env = "ASAGAO_ACCESS_LOG_DAYS", default_value_t = 1095, value_parser = clap::value_parser!(u64).range(366..))]
    pub access_log_days: u64,
    /// The address that people know, such as `https://asagao.example`: providers send them back to it. With https the cookie of the pages
    /// goes over nothing else.
    #[arg(long, value_name = "URL", env = "ASAGAO_PUBLIC_URL")]
    pub public_url: Option<reqwest::Url>,
    /// Browsers come over HTTPS, although there is no --public-url: binds the cookie of the pages to it.
    #[arg(long, env = "ASAGAO_HTTPS", action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub https: Option<bool>,
    /// The certificate to encrypt with, and those that vouch for it (PEM). Without it a proxy encrypts.
    #[arg(long, value_name = "FILE", env = "ASAGAO_TLS_CERTIFICATE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// The key of the certificate (PEM).
    #[arg(long, value_name = "FILE", env = "ASAGAO_TLS_KEY", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// The proxies that are believed where they say where somebody comes from (`X-Forwarded-For`, `X-Forwarded-Proto`): addresses or nets,
    /// such as 10.0.3.0/24. Nobody else is.
    #[arg(long, value_name = "NET", env = "ASAGAO_TRUSTED_PROXIES", value_delimiter = ',', value_parser = net)]
    pub trusted_proxies: Vec<IpNet>,
    /// Where figures are told at `/metrics`, in Prometheus' format, such as 127.0.0.1:9100: an address that whoever measures reaches and
    /// nobody else. Nobody is asked who they are there.
    #[arg(long, value_name = "ADDRESS", env = "ASAGAO_METRICS")]
    pub metrics: Option<SocketAddr>,
    /// Where traces are sent, by OpenTelemetry's protocol over HTTP, such as <http://collector.example:4318>. They hold nothing of a person.
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub traces: Option<reqwest::Url>,
    /// How many seconds a connection may be without the whole header of a request: ends those who send it byte by byte, and those who are
    /// idle. A proxy closes its own idle connections sooner.
    #[arg(long, value_name = "SECONDS", env = "ASAGAO_MOST_IDLE", default_value_t = 75, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub most_idle: u64,
    /// How many connections to PostgreSQL there may be at the most, one of them for listening. Together with those of other servers they have to
    /// be fewer than PostgreSQL takes: what waits for one in vain is answered with 503.
    #[arg(long, value_name = "NUMBER", env = "ASAGAO_CONNECTIONS", default_value_t = CONNECTIONS, value_parser = clap::value_parser!(u32).range(6..=1_000))]
    pub connections: u32,
    /// The board's identity providers, in a TOML file; see docs/operations.md.
    #[arg(long, value_name = "FILE", env = "ASAGAO_PROVIDERS")]
    pub providers: Option<PathBuf>,
    /// How often each app or person with a token may call the API: off, 3000/min, 50/s, 3000/min:600 (at most 600 at once).
    #[arg(long, env = "ASAGAO_RATE", default_value = "3000/min", value_name = "RATE")]
    pub rate: Rate,
    /// How often each address may call without a token, sign in, or ask for a token of an app.
    #[arg(long, env = "ASAGAO_RATE_ADDRESS", default_value = "3000/min", value_name = "RATE")]
    pub rate_address: Rate,
    /// When every school is analysed, in Japan's time: once after each of its school days, as of the last of them, however many servers serve
    /// the database. A server that was down at the hour does it when it starts. `off` switches it off.
    #[arg(long, value_name = "HH:MM", env = "ASAGAO_ANALYZE_AT", default_value = "03:00")]
    pub analyze_at: AnalyzeAt,
    /// Let clients name the documents of this manifest by their digests (`asagao documents` makes one).
    #[arg(long, env = "ASAGAO_TRUSTED", value_name = "FILE")]
    pub trusted: Option<PathBuf>,
    /// Run no other documents than those of the manifest.
    #[arg(long, env = "ASAGAO_TRUSTED_ONLY", requires = "trusted", default_value_t = false, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub trusted_only: bool,
}

impl Serve {
    /// How the demo is served: on this machine, to whoever tries it.
    #[must_use]
    pub fn demo(listen: SocketAddr) -> Self {
        Serve {
            small_cell: SmallCell::default(),
            listen,
            introspection: true,
            access_log_days: 1095,
            public_url: None,
            https: None,
            tls_certificate: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
            metrics: None,
            traces: None,
            most_idle: 75,
            connections: CONNECTIONS,
            providers: None,
            rate: Rate::Off,
            rate_address: Rate::Off,
            analyze_at: AnalyzeAt::Off,
            trusted: None,
            trusted_only: false,
        }
    }
}

/// A step of counts.
fn small_cell(text: &str) -> Result<SmallCell, String> {
    let step = text.parse().ok().and_then(SmallCell::new);
    step.ok_or_else(|| "it is a number of pupils from 5 to 100".into())
}

/// An address, or a net.
fn net(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from).ok();
    address.or_else(|| text.parse().ok()).ok_or_else(|| "it is an address or a net, such as 10.0.3.0/24".into())
}

/// What the demo is made of.
#[derive(Args, Debug, Clone)]
pub struct Demo {
    /// Where to keep it: the database and demo.json with everybody's tokens. A demo of the same settings that is there already is
    /// served again, with what was done in it; anything else is left alone and refused. Without it, a new folder that is removed at
    /// the end.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// How many pupils; 800 if not said, or as many as the schools have.
    #[arg(long, value_parser = within(demo::PUPILS))]
    pub pupils: Option<usize>,
    /// How many schools: two elementary schools and a junior high school if not said, or as many as the pupils need. 31 schools have
    /// 9,000 pupils.
    #[arg(long, value_parser = within(demo::SCHOOLS))]
    pub schools: Option<usize>,
    /// How many school days, up to the last one before today. There are no flags before the tenth.
    #[arg(long, default_value_t = demo::Settings::default().days, value_parser = within(demo::DAYS))]
    pub days: usize,
    /// Where chance begins: the same seed on the same day makes the same town.
    #[arg(long, default_value_t = demo::Settings::default().seed)]
    pub seed: u64,
    /// Let the demo's clock begin at this time and run on, such as 2026-11-24T08:20:00+09:00; now if not said.
    #[arg(long, value_name = "TIME")]
    pub now: Option<DateTime<Utc>>,
}

/// A roster to bring in.
#[derive(Args, Debug, Clone)]
pub struct ImportRoster {
    /// The ZIP file, or a folder with its CSV files.
    pub package: PathBuf,
    /// Tell what would change, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// How the files are encoded: auto, utf-8 or cp932.
    #[arg(long, default_value = "auto")]
    pub encoding: Said,
    /// Apply also what cannot well be meant (half of a school leaves, a UUID has become somebody else), and add new pupils who may be
    /// known by another UUID.
    #[arg(long)]
    pub accept_suspicious: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Commands that bring records in.
#[derive(Subcommand, Debug)]
pub enum Import {
    /// A OneRoster 1.2 package. Rows that are wrong are told and left out, and what somebody here has changed is kept; exits with 1 if
    /// anything of the package was not taken.
    Roster(ImportRoster),
    /// Who people are at the board's identity providers: a CSV file with the columns `id` (of the roster), `provider` and `subject`. Lines
    /// that are wrong are told and left out; exits with 1 if there were any. Safe to repeat.
    Subjects {
        /// The file.
        file: PathBuf,
    },
    /// Guardians: a CSV file with a line for each guardian of a pupil and the columns `pupilId`, `guardianId` (UUIDs; a guardian of siblings
    /// has one), `familyName`, `relation`, `standing`, `inHousehold`, and if wished `givenName`, `kanaFamilyName`, `kanaGivenName`, `email`,
    /// `language`, `withheld`, `ends`, as `saveGuardian` takes them. Lines that are wrong are told and left out; exits with 1 if there were any. Safe to repeat.
    Guardians {
        /// The file.
        file: PathBuf,
    },
    /// Assignments, one JSON object (`AssignmentInput`) a line.
    Assignments {
        /// The file.
        file: PathBuf,
    },
    /// Activities, one JSON object (`ActivityInput`) a line. Safe to repeat. Exits with 1 if any line was refused.
    Activities {
        /// The file.
        file: PathBuf,
        /// Post to this server like an app instead of writing to the database.
        #[arg(long, requires = "token")]
        url: Option<reqwest::Url>,
        /// The app's token.
        #[arg(long, env = "ASAGAO_TOKEN", hide_env_values = true)]
        token: Option<String>,
    },
}

/// What to analyse.
#[derive(Args, Debug)]
pub struct Analyze {
    /// One class.
    #[arg(long, value_name = "ID", required_unless_present_any = ["school", "rerun"], conflicts_with = "school")]
    pub class: Option<Uuid>,
    /// Every homeroom of a school.
    #[arg(long, value_name = "ID")]
    pub school: Option<Uuid>,
    /// The last school day that counts; yesterday if not said.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// Use only what had been received by this time; flags are left alone then.
    #[arg(long, value_name = "TIME")]
    pub known_at: Option<DateTime<Utc>>,
    /// Have this run again, from what was known then and by the settings of then, and compare every score, level, group and flag to the bit.
    /// Stores nothing and moves no flag. Tells what differs, and exits with 1 if anything does.
    #[arg(long, value_name = "ID", conflicts_with_all = ["class", "school", "as_of", "known_at"])]
    pub rerun: Option<Uuid>,
}

/// Commands that take results out.
#[derive(Subcommand, Debug)]
pub enum Export {
    /// Every pupil's score from the last analysis of a class on a day, as CSV on standard output.
    SupportScores {
        /// The class.
        #[arg(long, value_name = "ID")]
        class: Uuid,
        /// The day of the analysis.
        #[arg(long, value_name = "DATE")]
        as_of: NaiveDate,
    },
    /// The roster as a OneRoster package: the years that are not over, and who is in their classes. Without --receiver all that a package
    /// can say of it, to be read back or moved to another system; birth dates are in none. What a strict reader would object to is told.
    Roster {
        /// The ZIP file, or a folder in which it gets its usual name, `RO_YYYYMMDD_CODE.zip`.
        out: PathBuf,
        /// The version of OneRoster: 1.2, 1.2.1 or `1.2_JP`.
        #[arg(long, default_value = "1.2_JP")]
        version: Version,
        /// Whom it is for: own, hub (学習eポータル) or tool (学習ツール), each of which gets less.
        #[arg(long, default_value = "own")]
        receiver: Receiver,
        /// One school by its code (学校コード) or id; every school if not said.
        #[arg(long, value_name = "CODE")]
        school: Option<String>,
    },
}

fn within(range: RangeInclusive<usize>) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(*range.start() as u64..=*range.end() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Config::command().debug_assert();
    }

    #[test]
    fn somebody_can_be_added_without_a_duty() {
        let config = Config::try_parse_from(["asagao", "staff", "add", "--name", "x"]).expect("a command");
        assert!(matches!(config.command, Command::Staff(Staff::Add { duty: None, .. })));
    }
}
