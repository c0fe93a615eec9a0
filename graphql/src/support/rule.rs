//! Plain rules: what a count of days or work alone would say, with sentences.
use super::language::Language;
use super::low_moods::LowMoods;
use super::words;
use crate::error::Result;
use asagao_analytics::{RULES, Rule, RuleId};
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
    /// Absent on such a share of the days to attend.
    AbsentShare {
        /// In percent.
        percent: usize,
        /// Days absent.
        days: usize,
        /// Days to attend.
        of: usize,
    },
    /// More days late than before.
    LateRise {
        /// Days late among the latest ten present.
        days: usize,
        /// Among the ten before.
        before: usize,
    },
    /// Less learning than the pupil's own before.
    ActivityDrop {
        /// Learning records of the latest ten school days.
        lately: usize,
        /// Of ten school days before, on average.
        before: usize,
        /// The one in percent of the other.
        percent: usize,
        /// The class's middle of that.
        class: usize,
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
            Rule::AbsentShare { percent, days, of } => StoredRule::AbsentShare { percent, days, of },
            Rule::LateRise { days, before } => StoredRule::LateRise { days, before },
            Rule::ActivityDrop { lately, before, percent, class } => StoredRule::ActivityDrop { lately, before, percent, class },
            Rule::LowMoodInARow { entries } => StoredRule::LowMoodInARow { entries },
        }
    }
}

impl StoredRule {
    /// Whether it is the same rule, with whatever numbers.
    pub(crate) fn is_like(&self, other: &StoredRule) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// The sentence.
    #[must_use]
    pub(crate) fn text(self, language: Language, low: &LowMoods) -> String {
        let (rule, numbers) = match self {
            StoredRule::NoActivity { school_days } => (RuleId::NoActivity, vec![("days", school_days)]),
            StoredRule::MissedInARow { assignments } => (RuleId::MissedInARow, vec![("assignments", assignments)]),
            StoredRule::AbsentInARow { school_days } => (RuleId::AbsentInARow, vec![("days", school_days)]),
            StoredRule::AbsentOften { days, of } => (RuleId::AbsentOften, vec![("days", days), ("of", of)]),
            StoredRule::AbsentShare { percent, days, of } => {
                (RuleId::AbsentShare, vec![("percent", percent), ("days", days), ("of", of)])
            }
            StoredRule::LateRise { days, before } => (RuleId::LateRise, vec![("days", days), ("before", before)]),
            StoredRule::ActivityDrop { lately, before, percent, class } => {
                (RuleId::ActivityDrop, vec![("lately", lately), ("before", before), ("percent", percent), ("class", class)])
            }
            StoredRule::LowMoodInARow { entries } => (RuleId::LowMoodInARow, vec![("entries", entries)]),
        };
        let numbers = numbers.into_iter().map(|(name, number)| (name, number.into()));
        let arguments: Vec<_> = numbers.chain([("low", low.words(language).into())]).collect();
        words::say(language, &format!("rule-{}", RULES[rule as usize].key), &arguments)
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

    /// Every rule with what it says in 日本語, やさしい日本語 and English.
    const SAID: [(Rule, [&str; 3]); 8] = [
        (
            Rule::NoActivity { school_days: 8 },
            [
                "学習の記録のない授業日が8日続いています",
                "学習（がくしゅう）の 記録（きろく）の ない 日（ひ）が 8日 つづいて います",
                "No learning record for 8 school days in a row",
            ],
        ),
        (
            Rule::MissedInARow { assignments: 4 },
            [
                "期限の来た課題が4件続けて未提出です",
                "しめきりが きた 課題（かだい）が 4こ つづけて まだ 出（で）て いません",
                "4 due assignments in a row not handed in",
            ],
        ),
        (
            Rule::AbsentInARow { school_days: 1 },
            ["欠席が1授業日続いています", "休（やす）みが 1日 つづいて います", "Absent for 1 school day"],
        ),
        (
            Rule::AbsentOften { days: 7, of: 30 },
            [
                "直近30授業日のうち欠席7日です",
                "学校（がっこう）が あった さいきんの 30日の うち 7日 休（やす）みました",
                "Absent on 7 of the latest 30 school days",
            ],
        ),
        (
            Rule::AbsentShare { percent: 12, days: 6, of: 50 },
            [
                "欠席が出席すべき日の12%（50日のうち6日）です",
                "学校（がっこう）に 来（く）る 日（ひ）の 12%を 休（やす）みました（50日の うち 6日）",
                "Absent on 12% of the days to attend (6 of 50)",
            ],
        ),
        (
            Rule::LateRise { days: 5, before: 1 },
            [
                "遅刻・早退が、出席した直近10日で5日です（その前の10日は1日）",
                "学校（がっこう）に 来（き）た さいきんの 10日（とおか）の うち 5日は おそく 来（き）たか はやく 帰（かえ）りました（その まえの 10日（とおか）は 1日）",
                "Late or left early on 5 of the latest 10 days present (1 of the 10 before)",
            ],
        ),
        (
            Rule::ActivityDrop { lately: 8, before: 62, percent: 12, class: 95 },
            [
                "直近10授業日の学習の記録は8件で、それまでの自分（10日で62件）の12%です（学級の中央は95%）",
                "さいきんの 10日（とおか）の 学習（がくしゅう）の 記録（きろく）は 8こです。まえの 自分（じぶん）は 10日（とおか）で 62こでした（まえの 12%。クラスの まん中（なか）は 95%）",
                "8 learning records in the last 10 school days, 12% of the pupil's own 10 days before (62; middle of the class 95%)",
            ],
        ),
        (
            Rule::LowMoodInARow { entries: 3 },
            [
                "心の天気のつらいほうの答えが3回続いています",
                "心（こころ）の 天気（てんき）の つらい こたえが 3回（かい） つづいて います",
                "3 times in a row the mood was one of the low ones",
            ],
        ),
    ];

    #[test]
    fn every_rule_is_one_sentence_with_its_numbers_in_every_language() {
        assert_eq!(SAID.len(), RULES.len());
        for (rule, said) in SAID {
            let rule = StoredRule::from(rule);
            let text = |language| rule.text(language, &LowMoods::default());
            assert_eq!([Language::Ja, Language::JaEasy, Language::En].map(text), said);
            let stored = serde_json::to_string(&rule).unwrap();
            assert_eq!(serde_json::from_str::<StoredRule>(&stored).unwrap(), rule, "it comes back as it was stored");
        }
    }
}
