//! Plain rules: what a count of days or work alone would say, with sentences.
use super::language::Language;
use super::low_moods::LowMoods;
use crate::error::Result;
use asagao_analytics::Rule;
use async_graphql::{Context, Object};
use serde::{Deserialize, Serialize};

/// A plain rule that spoke, as it is stored.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(tag = "rule", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StoredRule {
    /// No activity for so many school days in a row.
    NoActivity {
        /// School days.
        school_days: usize,
    },
    /// So many assignments in a row not handed in.
    MissedInARow {
        /// Assignments.
        assignments: usize,
    },
    /// Absent on so many school days in a row.
    AbsentInARow {
        /// School days.
        school_days: usize,
    },
    /// Absent on so many of the latest school days.
    AbsentOften {
        /// Days absent.
        days: usize,
        /// School days looked at.
        of: usize,
    },
    /// So many low moods in a row.
    LowMoodInARow {
        /// Entries.
        entries: usize,
    },
}

impl From<Rule> for StoredRule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::NoActivity { school_days } => StoredRule::NoActivity { school_days },
            Rule::MissedInARow { assignments } => StoredRule::MissedInARow { assignments },
            Rule::AbsentInARow { school_days } => StoredRule::AbsentInARow { school_days },
            Rule::AbsentOften { days, of } => StoredRule::AbsentOften { days, of },
            Rule::LowMoodInARow { entries } => StoredRule::LowMoodInARow { entries },
        }
    }
}

impl StoredRule {
    /// The sentence.
    #[must_use]
    pub(crate) fn text(self, language: Language, low: &LowMoods) -> String {
        match (self, language) {
            (StoredRule::NoActivity { school_days }, Language::Ja) => {
                format!("学習の記録のない授業日が{school_days}日続いています")
            }
            (StoredRule::NoActivity { school_days }, Language::En) => {
                format!("No learning record for {school_days} school days in a row")
            }
            (StoredRule::MissedInARow { assignments }, Language::Ja) => {
                format!("期限の来た課題が{assignments}件続けて未提出です")
            }
            (StoredRule::MissedInARow { assignments }, Language::En) => {
                format!("{assignments} due assignments in a row not handed in")
            }
            (StoredRule::AbsentInARow { school_days }, Language::Ja) => format!("欠席が{school_days}授業日続いています"),
            (StoredRule::AbsentInARow { school_days }, Language::En) => format!("Absent for {school_days} school days in a row"),
            (StoredRule::AbsentOften { days, of }, Language::Ja) => format!("直近{of}授業日のうち欠席{days}日です"),
            (StoredRule::AbsentOften { days, of }, Language::En) => {
                format!("Absent on {days} of the latest {of} school days")
            }
            (StoredRule::LowMoodInARow { entries }, Language::Ja) => {
                format!("心の天気の{}が{entries}回続いています", low.words(language))
            }
            (StoredRule::LowMoodInARow { entries }, Language::En) => {
                format!("{entries} times in a row the mood {}", low.words(language))
            }
        }
    }
}

/// A rule of a flag.
pub struct SupportRule(pub(crate) StoredRule);

/// A plain rule that spoke, whatever the comparison says.
#[Object]
impl SupportRule {
    /// The rule and its number as a sentence.
    async fn text(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<String> {
        let low = LowMoods::where_named(ctx, matches!(self.0, StoredRule::LowMoodInARow { .. })).await?;
        Ok(self.0.text(language, &low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_attendance_speak_of_what_was_recorded() {
        let rules = [
            (Rule::AbsentInARow { school_days: 3 }, "欠席が3授業日続いています"),
            (Rule::AbsentOften { days: 7, of: 30 }, "直近30授業日のうち欠席7日です"),
        ];
        for (rule, text) in rules {
            assert_eq!(StoredRule::from(rule).text(Language::Ja, &LowMoods::default()), text);
        }
    }
}
