//! 知らせ: a support flag as pages show it, with its reasons and what was answered.
use super::{day, words};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// A support flag.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Flag {
    /// The flag's id.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since: NaiveDate,
    /// The last day of the analysis that it is of.
    pub as_of: NaiveDate,
    /// The last day without it.
    pub snoozed_until: Option<NaiveDate>,
    /// Since when it is over.
    #[serde(default)]
    pub ended_on: Option<NaiveDate>,
    /// Whether something was done since.
    pub under_support: bool,
    /// Whether it was answered today.
    pub answered_today: bool,
    /// Whose flag it is.
    #[serde(default)]
    pub pupil: Option<OfPupil>,
    /// The group of pupils whose records are alike.
    pub group: Option<Group>,
    /// That the name is kept from the day before, a little below the line, where it is.
    #[serde(default)]
    pub held_text: Option<String>,
    /// What would have to be different for the comparison not to name the pupil.
    #[serde(default)]
    pub counterfactual: Option<Counterfactual>,
    /// Why, the strongest first.
    pub strongest: Vec<Reason>,
    /// What plain rules say.
    pub rules: Vec<Rule>,
    /// What became of it.
    pub history: Vec<Event>,
}

/// Whose flag it is.
#[derive(Deserialize, Clone, Debug)]
pub struct OfPupil {
    /// The pupil.
    pub id: String,
}

/// Where a flag stands.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Nobody has answered yet.
    New,
    /// Not answered for a week, or it came back.
    Continuing,
    /// Answered.
    Answered,
    /// Not to be shown until a day.
    Snoozed,
}

/// Why there is a flag, in pieces that are set in different type.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// 「提出」.
    pub label: String,
    /// 「2/6」.
    pub value_text: String,
    /// 「5」; `None` where a class is too small.
    pub median_text: Option<String>,
    /// 「直近10授業日の課題」.
    pub window: Option<String>,
    /// 「1週間前は5/6」; `None` where it is the same or not known.
    #[serde(default)]
    pub week_before_text: Option<String>,
}

/// What would have to be different.
#[derive(Deserialize, Clone, Debug)]
pub struct Counterfactual {
    /// As a sentence.
    pub text: String,
}

/// A plain rule.
#[derive(Deserialize, Clone, Debug)]
pub struct Rule {
    /// The rule as a sentence.
    pub text: String,
}

/// Pupils whose records are alike.
#[derive(Deserialize, Clone, Debug)]
pub struct Group {
    /// What they have in common.
    pub description: String,
    /// How sure it is, 0 to 1.
    pub certainty: f64,
    /// Which group of the week before it continues.
    #[serde(default)]
    pub continues: Option<String>,
}

/// Something that happened to a flag.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Who answered.
    pub by: Option<String>,
    /// The answer; `None` for what a run did.
    pub answer: Option<Answer>,
    /// What was noted.
    pub note: Option<String>,
    /// Until when it is not to be shown.
    pub snoozed_until: Option<NaiveDate>,
}

/// A teacher's answer.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// 役に立った.
    Useful,
    /// もう知っている.
    AlreadyKnown,
    /// 当たらない.
    NotRight,
}

impl Answer {
    /// What the button says.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Answer::Useful => "役に立った",
            Answer::AlreadyKnown => "もう知っている",
            Answer::NotRight => "当たらない",
        }
    }
}

impl Reason {
    /// The days looked at, and the value a week before.
    #[must_use]
    pub fn about(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.window, &self.week_before_text].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join("・"))
    }
}

impl Group {
    /// What they have in common, how sure it is, and where it comes from.
    #[must_use]
    pub fn words(&self) -> (String, &'static str, Option<String>) {
        (self.description.clone(), self.sureness(), self.continues.clone())
    }

    /// 高, 中 or 低: a number would promise more than there is.
    #[must_use]
    pub fn sureness(&self) -> &'static str {
        match self.certainty {
            sure if sure >= 0.8 => "高",
            sure if sure >= 0.6 => "中",
            _ => "低",
        }
    }
}

impl Flag {
    /// Whether somebody still has to say something.
    #[must_use]
    pub fn open(&self) -> bool {
        self.ended_on.is_none() && matches!(self.state, State::New | State::Continuing)
    }

    /// The word and the colours of its tag.
    #[must_use]
    pub fn tag(&self) -> (&'static str, &'static str) {
        match self.state {
            _ if self.ended_on.is_some() => ("終了", "care"),
            _ if self.under_support => ("対応中", "care"),
            State::New => ("新しい", "new"),
            State::Continuing => ("続いている", ""),
            State::Answered | State::Snoozed => ("返事ずみ", ""),
        }
    }

    /// The last answer.
    #[must_use]
    pub fn answer(&self) -> Option<&Event> {
        self.history.iter().rev().find(|event| event.answer.is_some())
    }

    /// 「もう知っている（中島 11/18、12/2 まで出しません）」.
    #[must_use]
    pub fn answer_words(&self) -> Option<String> {
        let event = self.answer()?;
        let answer = event.answer?.words();
        let at = event.at.map(|at| day::short(asagao_graphql::clock::school_day(at)));
        let who: Vec<String> = event.by.clone().into_iter().chain(at).collect();
        let until = event.snoozed_until.map(|until| format!("{} まで出しません", day::short(until)));
        let more: Vec<String> = [Some(who.join(" ")), until].into_iter().flatten().filter(|part| !part.is_empty()).collect();
        Some(if more.is_empty() { answer.to_owned() } else { format!("{answer}（{}）", more.join("、")) })
    }

    /// 「11/17（火）」.
    #[must_use]
    pub fn since_words(&self) -> String {
        words::short_day(self.since)
    }
}
