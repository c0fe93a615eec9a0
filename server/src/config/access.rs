//! The commands about those who may look and post: staff, pupils, apps.
use asagao_graphql::access::duty::DutyKind;
use asagao_graphql::access::right::Right;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use uuid::Uuid;

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
    /// Say who a member of staff is at an identity provider, in place of what was said before.
    Subject {
        /// The id or e-mail address.
        who: String,
        /// The provider.
        #[command(flatten)]
        at: Subject,
    },
    /// Revoke every token of a member of staff and end their sessions, at once.
    Revoke {
        /// The id or e-mail address.
        who: String,
    },
}

/// Commands about the sign-in of somebody of a family: of a pupil, who reaches their own record alone, or of a guardian, whom the school's
/// office notes and who reaches the records of their children alone.
#[derive(Subcommand, Debug)]
pub enum Family {
    /// Issue a sign-in code; prints the code alone.
    Token {
        /// The id: of a pupil that of the roster.
        id: Uuid,
        /// The last day on which it holds; 90 days from today if not said.
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
    /// Say who they are at an identity provider, in place of what was said before.
    Subject {
        /// The id: of a pupil that of the roster.
        id: Uuid,
        /// The provider.
        #[command(flatten)]
        at: Subject,
    },
    /// Revoke every sign-in code and end the sessions, at once.
    Revoke {
        /// The id: of a pupil that of the roster.
        id: Uuid,
    },
}

/// Who somebody is at a provider.
#[derive(Args, Debug, Clone)]
#[group(id = "at_provider")]
pub struct Subject {
    /// The provider's key in the settings.
    #[arg(long, value_name = "KEY")]
    pub provider: String,
    /// What the provider calls the person (`sub`, or the claim of the settings).
    #[arg(long, value_name = "SUB")]
    pub subject: String,
}

/// A duty: what somebody is, over whom, from when to when.
#[derive(Args, Debug, Clone)]
#[group(id = "given_duty")]
pub struct Duty {
    /// What it is: head (管理職), grade-head (学年主任), homeroom-teacher (学級担任), subject-teacher (教科担任), academic-affairs (教務),
    /// nurse (養護教諭), counsellor (スクールカウンセラー), board-official (教育委員会) or ict-support (ICT支援員).
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
    /// Register an app; prints its token alone on standard output (with --client its first secret), its id on standard error.
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
        /// Give it a secret for which it asks for tokens of an hour each (OAuth 2.0 client credentials), and no token that holds for long.
        #[arg(long)]
        client: bool,
        /// The last day on which the token holds; 365 days from today if not said.
        #[arg(long, value_name = "DATE", conflicts_with = "client")]
        expires: Option<NaiveDate>,
    },
    /// Make a further secret of an app; prints it alone. Two are valid at a time, the new one and the one before; an older one ends at once, with
    /// the tokens that it gave.
    Secret {
        /// The app's id, which is its client id.
        id: Uuid,
        /// End every secret of the app and the tokens that they gave, at once, and make none.
        #[arg(long)]
        revoke: bool,
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
    /// Shut an app out and revoke every secret and token of it, at once.
    Revoke {
        /// The app's id.
        id: Uuid,
    },
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
