//! The settings and commands of the program: each doc comment is the manual.
use asagao_graphql::access::duty::DutyKind;
use asagao_graphql::access::right::Right;
use asagao_graphql::jobs::demo;
use chrono::{DateTime, NaiveDate, Utc};
use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
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
    Serve(Serve),
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
    /// Add staff, their duties and their tokens.
    #[command(subcommand)]
    Staff(Staff),
    /// Issue the sign-in codes of pupils.
    #[command(subcommand)]
    Pupil(Pupil),
    /// Register the programs that post or read.
    #[command(subcommand)]
    App(App),
    /// Bring records in.
    #[command(subcommand)]
    Import(Import),
    /// Score the pupils of a class or a school and raise or end flags.
    Analyze(Analyze),
    /// Take results out, as CSV on standard output.
    #[command(subcommand)]
    Export(Export),
    /// Make the daily totals anew from the activities; tell and mend what differs. Exits with 1 if anything did.
    Recount,
}

/// How the pages and the API are served.
#[derive(Args, Debug, Clone)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "ASAGAO_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Answer introspection queries of those who are signed in.
    #[arg(long, env = "ASAGAO_INTROSPECTION", default_value_t = true, action = clap::ArgAction::Set)]
    pub introspection: bool,
    /// Browsers come over HTTPS, through a proxy: binds the cookie of the pages to it.
    #[arg(long, env = "ASAGAO_HTTPS", default_value_t = false, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub https: bool,
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

/// Commands about staff.
#[derive(Subcommand, Debug)]
pub enum Staff {
    /// Add a member of staff, with a first duty if one is given; prints the id.
    Add {
        /// The name to show.
        #[arg(long)]
        name: String,
        /// The name's reading in katakana.
        #[arg(long, default_value = "")]
        kana: String,
        /// The e-mail address.
        #[arg(long, default_value = "")]
        email: String,
        /// The duty.
        #[command(flatten)]
        duty: Option<Duty>,
    },
    /// Give a member of staff a further duty.
    #[command(group = clap::ArgGroup::new("what").arg("kind").required(true))]
    Duty {
        /// The id or e-mail address.
        who: String,
        /// The duty.
        #[command(flatten)]
        duty: Duty,
    },
    /// Issue a bearer token; prints the token alone.
    Token {
        /// The id or e-mail address.
        who: String,
        /// The last day on which it holds; 90 days from today if not said.
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
        /// Narrow it to these rights, such as flag:read.
        #[arg(long = "scope", value_name = "RIGHT", num_args = 1.., value_delimiter = ',', value_parser = right)]
        scopes: Vec<Right>,
    },
    /// End every duty of a member of staff: access ends with it.
    End {
        /// The id or e-mail address.
        who: String,
        /// The last day of the duties; yesterday if not said, which ends access at once.
        #[arg(long, value_name = "DATE")]
        on: Option<NaiveDate>,
    },
    /// Revoke every token of a member of staff, at once.
    Revoke {
        /// The id or e-mail address.
        who: String,
    },
}

/// Commands about pupils.
#[derive(Subcommand, Debug)]
pub enum Pupil {
    /// Issue a sign-in code of a pupil, who reaches their own record alone; prints the code alone.
    Token {
        /// The pupil's id in the roster.
        id: Uuid,
        /// The last day on which it holds; 90 days from today if not said.
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
}

/// A duty: what somebody is, over whom, from when to when.
#[derive(Args, Debug, Clone)]
#[group(id = "given_duty")]
pub struct Duty {
    /// What it is: head (管理職), grade-head (学年主任), homeroom-teacher (学級担任), subject-teacher (教科担任), academic-affairs (教務),
    /// nurse (養護教諭), board-official (教育委員会) or ict-support (ICT支援員).
    #[arg(long = "duty", value_name = "DUTY", required = false, value_parser = duty)]
    pub kind: DutyKind,
    /// Over a school.
    #[arg(long, value_name = "ID", group = "over", requires = "kind")]
    pub school: Option<Uuid>,
    /// Over a class.
    #[arg(long, value_name = "ID", group = "over", requires = "kind")]
    pub class: Option<Uuid>,
    /// Over the whole board.
    #[arg(long, group = "over", requires = "kind")]
    pub board: bool,
    /// Of the school, only this grade, such as P5.
    #[arg(long, requires = "school", default_value = "")]
    pub grade: String,
    /// The first day; today if not said.
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// The last day; open if not said.
    #[arg(long, value_name = "DATE")]
    pub until: Option<NaiveDate>,
}

/// Commands about apps.
#[derive(Subcommand, Debug)]
pub enum App {
    /// Register an app; prints its token alone on standard output, its id on standard error.
    #[command(group = clap::ArgGroup::new("over").required(true))]
    Register {
        /// What people call it.
        #[arg(long)]
        name: String,
        /// A school it serves; may be given several times.
        #[arg(long = "school", value_name = "ID", group = "over", conflicts_with = "board")]
        schools: Vec<Uuid>,
        /// It serves every school of the board.
        #[arg(long, group = "over")]
        board: bool,
        /// What it may do: school:read, roster:read, activity:read, activity:write, assignment:write, attendance:read,
        /// attendance:write, mood:write.
        #[arg(long = "scope", value_name = "SCOPE", num_args = 1.., value_delimiter = ',', required = true, value_parser = right)]
        scopes: Vec<Right>,
        /// The last day on which the token holds; 365 days from today if not said.
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
    /// Issue a further token of an app, to change one before it ends; prints the token alone.
    Token {
        /// The app's id.
        id: Uuid,
        /// What it may do.
        #[arg(long = "scope", value_name = "SCOPE", num_args = 1.., value_delimiter = ',', required = true, value_parser = right)]
        scopes: Vec<Right>,
        /// The last day on which the token holds; 365 days from today if not said.
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
    /// Shut an app out and revoke every token of it, at once.
    Revoke {
        /// The app's id.
        id: Uuid,
    },
}

/// Commands that bring records in.
#[derive(Subcommand, Debug)]
pub enum Import {
    /// A OneRoster 1.2 package (CSV files in a folder). Rows that are wrong are told and left out; exits with 1 if there were any.
    Roster {
        /// The folder.
        dir: PathBuf,
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
    #[arg(long, value_name = "ID", required_unless_present = "school", conflicts_with = "school")]
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
}

/// Commands that take results out.
#[derive(Subcommand, Debug)]
pub enum Export {
    /// Every pupil's score from the last analysis of a class on a day.
    SupportScores {
        /// The class.
        #[arg(long, value_name = "ID")]
        class: Uuid,
        /// The day of the analysis.
        #[arg(long, value_name = "DATE")]
        as_of: NaiveDate,
    },
}

fn within(range: RangeInclusive<usize>) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(*range.start() as u64..=*range.end() as u64)
}

fn right(name: &str) -> Result<Right, String> {
    let known = || Right::ALL.map(Right::name).join(", ");
    Right::of_name(name).ok_or_else(|| format!("it is one of {}", known()))
}

fn duty(name: &str) -> Result<DutyKind, String> {
    let known = || DutyKind::OF_STAFF.map(|(name, _)| name).join(", ");
    let found = DutyKind::OF_STAFF.into_iter().find(|(known, _)| *known == name);
    found.map(|(_, kind)| kind).ok_or_else(|| format!("it is one of {}", known()))
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
