//! Reasons: the lines of a score, with sentences that a teacher can check. Neutral in tone: what was seen, and what is usual.
use super::language::Language;
use asagao_analytics::{DOMAINS, DomainId, FEATURES, FeatureId, Line, Rule, Source, Unit};
use async_graphql::{Enum, Object};
use serde::{Deserialize, Serialize};

/// What a reason is about.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonDomain {
    /// How much is done.
    Volume,
    /// How steadily it is done.
    Regularity,
    /// Whether work is handed in, and when.
    Submission,
    /// How well marked work went.
    Performance,
    /// Which pupils the record is like.
    Group,
}

impl From<DomainId> for ReasonDomain {
    fn from(domain: DomainId) -> Self {
        match domain {
            DomainId::Volume => ReasonDomain::Volume,
            DomainId::Regularity => ReasonDomain::Regularity,
            DomainId::Submission => ReasonDomain::Submission,
            DomainId::Performance => ReasonDomain::Performance,
        }
    }
}

/// One line of a score.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct SupportReason {
    domain: ReasonDomain,
    feature: String,
    value: Option<f64>,
    class_median: Option<f64>,
    contribution: f64,
}

/// One line of a score: what was seen, the class's middle, and what it adds. The contributions of all lines add up to the flag's `sum`.
#[Object]
impl SupportReason {
    /// What it is about.
    async fn domain(&self) -> ReasonDomain {
        self.domain
    }
    /// The stable name of the measure, such as `submitted_share`.
    async fn feature(&self) -> &str {
        &self.feature
    }
    /// The pupil's value, in the measure's unit; null for the group.
    async fn value(&self) -> Option<f64> {
        self.value
    }
    /// The class's middle (median), in the same unit; null for the group.
    async fn class_median(&self) -> Option<f64> {
        self.class_median
    }
    /// What it adds to `sum`: above 0 for more concern, below 0 for less.
    async fn contribution(&self) -> f64 {
        self.contribution
    }
    /// The reason as a sentence.
    #[graphql(name = "text")]
    async fn sentence(&self, #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language) -> String {
        self.text(language)
    }
}

impl SupportReason {
    /// The reason of a line of the analysis.
    #[must_use]
    pub fn of_line(line: &Line) -> Self {
        let (domain, feature) = match line.source {
            Source::Feature(feature) => {
                let feature = &FEATURES[feature as usize];
                (feature.domain.into(), feature.key)
            }
            Source::Group => (ReasonDomain::Group, "group"),
        };
        let contribution = line.contribution;
        SupportReason { domain, feature: feature.into(), value: line.value, class_median: line.median, contribution }
    }

    /// Whether two lines are of one domain.
    #[must_use]
    pub fn shares_domain(&self, other: &SupportReason) -> bool {
        self.domain == other.domain
    }

    /// Whether it is a measure of the pupil's, and not the group.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.value.is_some()
    }

    /// Whether it adds to the concern.
    #[must_use]
    pub fn concerns(&self) -> bool {
        self.contribution > 0.0
    }

    /// The sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let feature = FEATURES.iter().find(|feature| feature.key == self.feature);
        let (Some(feature), Some(value)) = (feature, self.value) else {
            return match language {
                Language::Ja => "記録のようすが近いまとまりによる分".into(),
                Language::En => "The group whose records are alike".into(),
            };
        };
        let what = name(feature.id, language);
        let value = amount(value, feature.unit, language);
        let median = self.class_median.map(|median| amount(median, feature.unit, language));
        match (language, median) {
            (Language::Ja, Some(median)) => format!("{what} {value}（学級の中央 {median}）"),
            (Language::Ja, None) => format!("{what} {value}"),
            (Language::En, Some(median)) => format!("{what}: {value} (middle of the class {median})"),
            (Language::En, None) => format!("{what}: {value}"),
        }
    }
}

fn name(feature: FeatureId, language: Language) -> &'static str {
    let (ja, en) = match feature {
        FeatureId::InteractionsPerDay => ("学習の記録 1授業日あたり", "Learning records a school day"),
        FeatureId::InteractionsLast10 => ("学習の記録 直近10授業日 1日あたり", "Learning records a day, last 10 school days"),
        FeatureId::PracticePerDay => ("問題・ドリル 1授業日あたり", "Quizzes and drills a school day"),
        FeatureId::MinutesPerDay => ("学習の時間 1授業日あたり", "Learning time a school day"),
        FeatureId::ActiveShare => ("記録のある授業日の割合", "Share of school days with records"),
        FeatureId::ActiveDaysLast10 => ("直近10授業日のうち記録のある日", "Days with records among the last 10 school days"),
        FeatureId::DaysSinceLast => ("最後の記録からの授業日", "School days since the last record"),
        FeatureId::LongestGap => ("記録のない日が続いた長さ（最長）", "Longest stretch of school days without records"),
        FeatureId::SubmittedShare => ("期限の来た課題のうち提出した割合", "Share of due assignments handed in"),
        FeatureId::OnTimeShare => ("期限の来た課題のうち期限内に提出した割合", "Share of due assignments handed in on time"),
        FeatureId::DaysEarly => ("提出は期限の何日前か（平均）", "Days before the due time at handing in, on average"),
        FeatureId::MeanScore => ("課題の得点率（平均）", "Mean mark of assignments"),
    };
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

fn amount(value: f64, unit: Unit, language: Language) -> String {
    let number = |value: f64| {
        let text = format!("{value:.1}");
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    match (unit, language) {
        (Unit::Share, _) => format!("{}%", number(value * 100.0)),
        (Unit::InteractionsPerSchoolDay, Language::Ja) => format!("{}件", number(value)),
        (Unit::MinutesPerSchoolDay, Language::Ja) => format!("{}分", number(value)),
        (Unit::SchoolDays | Unit::Days, Language::Ja) => format!("{}日", number(value)),
        (Unit::InteractionsPerSchoolDay, Language::En) => number(value),
        (Unit::MinutesPerSchoolDay, Language::En) => format!("{} min", number(value)),
        (Unit::SchoolDays | Unit::Days, Language::En) => format!("{} days", number(value)),
    }
}

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
}

impl From<Rule> for StoredRule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::NoActivity { school_days } => StoredRule::NoActivity { school_days },
            Rule::MissedInARow { assignments } => StoredRule::MissedInARow { assignments },
        }
    }
}

impl StoredRule {
    /// The sentence.
    #[must_use]
    pub fn text(self, language: Language) -> String {
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
        }
    }
}

/// A group of pupils with similar records, as it is stored.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct StoredGroup {
    /// Members in the class.
    pub in_class: usize,
    /// Members, with those lent for comparison.
    pub size: usize,
    /// The mean of each domain, in normal scores.
    pub centroid: Vec<f64>,
    /// What sets it apart: the domain, and whether it lies above the middle.
    pub traits: Vec<(ReasonDomain, bool)>,
    /// How sure its members are in it, 0 to 1.
    pub certainty: f64,
}

impl StoredGroup {
    /// The group of the analysis.
    #[must_use]
    pub fn of(group: &asagao_analytics::Group) -> Self {
        StoredGroup {
            in_class: group.in_class,
            size: group.size,
            centroid: group.centroid.clone(),
            traits: group.traits.iter().map(|t| (t.domain.into(), t.side == asagao_analytics::Side::High)).collect(),
            certainty: group.certainty,
        }
    }

    /// A few words.
    #[must_use]
    pub fn name(&self, language: Language) -> String {
        let words: Vec<&str> = self.traits.iter().map(|(domain, high)| trait_words(*domain, *high, language)).collect();
        match language {
            Language::Ja if words.is_empty() => "どの記録も中ほど".into(),
            Language::En if words.is_empty() => "in the middle throughout".into(),
            Language::Ja => words.join("・"),
            Language::En => words.join(", "),
        }
    }

    /// A plain sentence. It describes records, never the child.
    #[must_use]
    pub fn description(&self, language: Language) -> String {
        let name = self.name(language);
        match language {
            Language::Ja => format!("{name}のまとまり（学級で{}人）", self.in_class),
            Language::En => format!("Records alike: {name} ({} in the class)", self.in_class),
        }
    }
}

fn trait_words(domain: ReasonDomain, high: bool, language: Language) -> &'static str {
    debug_assert_eq!(DOMAINS.len(), 4, "every domain has its words below");
    match (domain, high, language) {
        (ReasonDomain::Volume, true, Language::Ja) => "学習の記録が多い",
        (ReasonDomain::Volume, false, Language::Ja) => "学習の記録が少ない",
        (ReasonDomain::Regularity, true, Language::Ja) => "こつこつ続いている",
        (ReasonDomain::Regularity, false, Language::Ja) => "記録のない日が多い",
        (ReasonDomain::Submission, true, Language::Ja) => "課題の提出が多い",
        (ReasonDomain::Submission, false, Language::Ja) => "課題の提出が少ない",
        (ReasonDomain::Performance, true, Language::Ja) => "得点が学級の中央より上",
        (ReasonDomain::Performance, false, Language::Ja) => "得点が学級の中央より下",
        (ReasonDomain::Group, _, Language::Ja) => "記録のようすが近い",
        (ReasonDomain::Volume, true, Language::En) => "many learning records",
        (ReasonDomain::Volume, false, Language::En) => "few learning records",
        (ReasonDomain::Regularity, true, Language::En) => "steady",
        (ReasonDomain::Regularity, false, Language::En) => "many days without records",
        (ReasonDomain::Submission, true, Language::En) => "hands work in",
        (ReasonDomain::Submission, false, Language::En) => "hands little work in",
        (ReasonDomain::Performance, true, Language::En) => "marks above the class's middle",
        (ReasonDomain::Performance, false, Language::En) => "marks below the class's middle",
        (ReasonDomain::Group, _, Language::En) => "records alike",
    }
}
