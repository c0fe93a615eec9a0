//! The words of features and domains, neutral in tone: what was seen, and what is usual.
use super::language::Language;
use super::low_moods::LowMoods;
use super::reason::ReasonDomain;
use asagao_analytics::{DOMAINS, Feature, FeatureId, Unit};
use std::borrow::Cow;

/// What a line is about, as a whole and in pieces.
pub(super) struct Words {
    /// All of it, as a sentence begins.
    pub name: Cow<'static, str>,
    /// What was looked at, in a word or two.
    pub label: Cow<'static, str>,
    /// The days or the work in which it was looked at.
    pub window: Option<&'static str>,
}

const fn words(name: &'static str, label: &'static str, window: &'static str) -> Words {
    Words { name: Cow::Borrowed(name), label: Cow::Borrowed(label), window: Some(window) }
}

/// The words of a feature; that of moods names those that the board calls low.
pub(super) fn of_feature(feature: FeatureId, language: Language, low: &LowMoods) -> Words {
    let low = low.words(language);
    match language {
        Language::Ja => japanese(feature, low),
        Language::En => english(feature, low),
    }
}

fn japanese(feature: FeatureId, low: &str) -> Words {
    match feature {
        FeatureId::InteractionsPerDay => words("学習の記録 1授業日あたり", "学習の記録", "在籍した授業日"),
        FeatureId::InteractionsLast10 => words("学習の記録 直近10授業日 1日あたり", "学習の記録", "直近10授業日"),
        FeatureId::PracticePerDay => words("問題・ドリル 1授業日あたり", "問題・ドリル", "在籍した授業日"),
        FeatureId::MinutesPerDay => words("学習の時間 1授業日あたり", "学習の時間", "在籍した授業日"),
        FeatureId::ActiveShare => words("記録のある授業日の割合", "記録のある日", "在籍した授業日"),
        FeatureId::ActiveDaysLast10 => words("直近10授業日のうち記録のある日", "記録のある日", "直近10授業日"),
        FeatureId::DaysSinceLast => {
            Words { name: "最後の記録からの授業日".into(), label: "最後の記録から".into(), window: None }
        }
        FeatureId::LongestGap => words("記録のない日が続いた長さ（最長）", "記録のない日の続き（最長）", "在籍した授業日"),
        FeatureId::SubmittedShare => words("期限の来た課題のうち提出した割合", "提出", "期限の来た課題"),
        FeatureId::OnTimeShare => words("期限の来た課題のうち期限内に提出した割合", "期限内の提出", "期限の来た課題"),
        FeatureId::DaysEarly => words("提出は期限の何日前か（平均）", "提出の時期（平均）", "提出した課題"),
        FeatureId::MeanScore => words("課題の得点率（平均）", "得点率（平均）", "採点された課題"),
        FeatureId::DaysAbsent => words("直近30授業日のうち欠席", "欠席", "直近30授業日"),
        FeatureId::DaysLate => words("出席した直近20日のうち遅刻・早退", "遅刻・早退", "出席した直近20日"),
        FeatureId::LowMoods => Words {
            name: format!("直近20授業日の心の天気 {low}").into(),
            label: format!("心の天気 {low}").into(),
            window: Some("直近20授業日"),
        },
    }
}

fn english(feature: FeatureId, low: &str) -> Words {
    const SINCE: &str = "school days since enrolment";
    match feature {
        FeatureId::InteractionsPerDay => words("Learning records a school day", "Learning records", SINCE),
        FeatureId::InteractionsLast10 => {
            words("Learning records a day, last 10 school days", "Learning records", "last 10 school days")
        }
        FeatureId::PracticePerDay => words("Quizzes and drills a school day", "Quizzes and drills", SINCE),
        FeatureId::MinutesPerDay => words("Learning time a school day", "Learning time", SINCE),
        FeatureId::ActiveShare => words("Share of school days with records", "Days with records", SINCE),
        FeatureId::ActiveDaysLast10 => {
            words("Days with records among the last 10 school days", "Days with records", "last 10 school days")
        }
        FeatureId::DaysSinceLast => {
            Words { name: "School days since the last record".into(), label: "Since the last record".into(), window: None }
        }
        FeatureId::LongestGap => {
            words("Longest stretch of school days without records", "Longest stretch without records", SINCE)
        }
        FeatureId::SubmittedShare => words("Share of due assignments handed in", "Handed in", "due assignments"),
        FeatureId::OnTimeShare => words("Share of due assignments handed in on time", "Handed in on time", "due assignments"),
        FeatureId::DaysEarly => {
            words("Days before the due time at handing in, on average", "Time of handing in, on average", "work handed in")
        }
        FeatureId::MeanScore => words("Mean mark of assignments", "Mean mark", "marked assignments"),
        FeatureId::DaysAbsent => words("Days absent among the last 30 school days", "Absent", "last 30 school days"),
        FeatureId::DaysLate => {
            words("Days late or left early among the last 20 present", "Late or left early", "last 20 days present")
        }
        FeatureId::LowMoods => Words {
            name: format!("Days with the mood {low}, last 20 school days").into(),
            label: format!("Mood {low}").into(),
            window: Some("last 20 school days"),
        },
    }
}

/// The words of the line for being in a group of low records.
pub(super) fn of_group(language: Language) -> Words {
    let (name, label) = match language {
        Language::Ja => ("記録のようすが近いまとまりによる分", "記録のようすが近いまとまり"),
        Language::En => ("The group whose records are alike", "The group whose records are alike"),
    };
    Words { name: name.into(), label: label.into(), window: None }
}

/// Where a group lies, as the value of its line.
pub(super) fn place_of_group(below: bool, language: Language) -> &'static str {
    match (below, language) {
        (true, Language::Ja) => "中央より下",
        (false, Language::Ja) => "中央付近か上",
        (true, Language::En) => "below the middle",
        (false, Language::En) => "near the middle or above",
    }
}

/// A value with its unit, after the feature's name.
pub(super) fn amount(value: f64, unit: Unit, language: Language) -> String {
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

/// A value that can stand beside the feature's label.
pub(super) fn value_text(value: f64, feature: &Feature, language: Language) -> String {
    let amount = |value: f64| amount(value, feature.unit, language);
    match (feature.unit, language) {
        (Unit::InteractionsPerSchoolDay | Unit::MinutesPerSchoolDay, Language::Ja) => format!("1日{}", amount(value)),
        (Unit::InteractionsPerSchoolDay | Unit::MinutesPerSchoolDay, Language::En) => format!("{} a day", amount(value)),
        (Unit::Days, Language::Ja) if value < 0.0 => format!("期限の{}後", amount(-value)),
        (Unit::Days, Language::Ja) => format!("期限の{}前", amount(value)),
        (Unit::Days, Language::En) if value < 0.0 => format!("{} after the due time", amount(-value)),
        (Unit::Days, Language::En) => format!("{} before the due time", amount(value)),
        (Unit::Share, _) => format!("{:.0}%", value * 100.0),
        (Unit::SchoolDays, _) => amount(value),
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// How a group is told apart from the class's middle in a domain.
pub(super) fn of_trait(domain: ReasonDomain, high: bool, language: Language, low: &LowMoods) -> Cow<'static, str> {
    debug_assert_eq!(DOMAINS.len(), 6, "every domain has its words below");
    let words = match (domain, high, language) {
        (ReasonDomain::Volume, true, Language::Ja) => "学習の記録が多い",
        (ReasonDomain::Volume, false, Language::Ja) => "学習の記録が少ない",
        (ReasonDomain::Regularity, true, Language::Ja) => "こつこつ続いている",
        (ReasonDomain::Regularity, false, Language::Ja) => "記録のない日が多い",
        (ReasonDomain::Submission, true, Language::Ja) => "課題の提出が多い",
        (ReasonDomain::Submission, false, Language::Ja) => "課題の提出が少ない",
        (ReasonDomain::Performance, true, Language::Ja) => "得点が学級の中央より上",
        (ReasonDomain::Performance, false, Language::Ja) => "得点が学級の中央より下",
        (ReasonDomain::Attendance, true, Language::Ja) => "欠席や遅刻が少ない",
        (ReasonDomain::Attendance, false, Language::Ja) => "欠席や遅刻が多い",
        (ReasonDomain::Wellbeing, true, Language::Ja) => return format!("心の天気の{}が少ない", low.words(language)).into(),
        (ReasonDomain::Wellbeing, false, Language::Ja) => return format!("心の天気の{}が多い", low.words(language)).into(),
        (ReasonDomain::Group, _, Language::Ja) => "記録のようすが近い",
        (ReasonDomain::Volume, true, Language::En) => "many learning records",
        (ReasonDomain::Volume, false, Language::En) => "few learning records",
        (ReasonDomain::Regularity, true, Language::En) => "steady",
        (ReasonDomain::Regularity, false, Language::En) => "many days without records",
        (ReasonDomain::Submission, true, Language::En) => "hands work in",
        (ReasonDomain::Submission, false, Language::En) => "hands little work in",
        (ReasonDomain::Performance, true, Language::En) => "marks above the class's middle",
        (ReasonDomain::Performance, false, Language::En) => "marks below the class's middle",
        (ReasonDomain::Attendance, true, Language::En) => "seldom absent or late",
        (ReasonDomain::Attendance, false, Language::En) => "often absent or late",
        (ReasonDomain::Wellbeing, true, Language::En) => return format!("seldom the mood {}", low.words(language)).into(),
        (ReasonDomain::Wellbeing, false, Language::En) => return format!("often the mood {}", low.words(language)).into(),
        (ReasonDomain::Group, _, Language::En) => "records alike",
    };
    Cow::Borrowed(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use asagao_analytics::FEATURES;

    #[test]
    fn values_beside_a_label_say_of_what_they_are() {
        let text = |feature: FeatureId, value, language| value_text(value, &FEATURES[feature as usize], language);
        assert_eq!(text(FeatureId::DaysAbsent, 7.0, Language::Ja), "7日");
        assert_eq!(text(FeatureId::SubmittedShare, 1.0 / 3.0, Language::Ja), "33%");
        assert_eq!(text(FeatureId::InteractionsLast10, 4.25, Language::Ja), "1日4.2件");
        assert_eq!(text(FeatureId::DaysEarly, -2.0, Language::Ja), "期限の2日後");
        assert_eq!(text(FeatureId::DaysEarly, 1.5, Language::En), "1.5 days before the due time");
    }
}
