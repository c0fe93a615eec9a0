//! Settings of the load generator.
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What a server is loaded with. It is for a demo or a trial: what is posted stays there.
#[derive(Args, Debug, Clone)]
pub struct Load {
    /// The server, such as <https://trial.example>.
    #[arg(long, required_unless_present = "demo")]
    pub url: Option<reqwest::Url>,
    /// The tokens of apps that post (rights `activity:write` and `roster:read`, and `activity:read` so that totals are checked). Calls take
    /// turns between them.
    #[arg(long, value_name = "TOKEN", env = "ASAGAO_TOKEN", hide_env_values = true, value_delimiter = ',', num_args = 1.., required_unless_present = "demo")]
    pub token: Vec<String>,
    /// The tokens of homeroom teachers, who open the page of a class; each opens classes in turn. Without any nobody does.
    #[arg(long, value_name = "TOKEN", value_delimiter = ',', num_args = 1..)]
    pub teacher_token: Vec<String>,
    /// The folder of an `asagao demo --data` that is served: its address and everybody's tokens are taken from its demo.json.
    #[arg(long, value_name = "DIR")]
    pub demo: Option<PathBuf>,
    /// How many classes at the most.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub classes: u32,
    /// How many pupils of each class at the most.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub pupils: u32,
    /// For how many seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub seconds: u32,
    /// What the classes do.
    #[arg(long, value_enum, default_value_t = Mix::Lessons)]
    pub mix: Mix,
    /// How many calls that post a second, instead of what that many pupils would do; the bursts of lesson starts come on top.
    #[arg(long, value_name = "CALLS")]
    pub rate: Option<f64>,
    /// How many connections at the most; one for each pupil, up to 500, if not said.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub connections: Option<u32>,
    /// Where chance begins: the same seed makes the same plan for the same classes.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What classes do.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// Lessons that begin everywhere at once: every tablet of a class within seconds, then small batches, teachers opening pages.
    Lessons,
    /// The middle of lessons alone: small batches and pages.
    Steady,
    /// Tablets that were offline: large batches, and a third of the calls send once more what was sent before.
    Replay,
}
