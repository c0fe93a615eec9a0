//! Sentences from templates: the files in `words/`, one a language, in the syntax of Fluent (projectfluent.org). Neutral in tone: what was
//! seen, and what is usual.
use super::language::Language;
use super::low_moods::LowMoods;
use super::reason::ReasonDomain;
use asagao_analytics::{Feature, FeatureId, Unit};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// The languages with the rules of their plurals and their templates.
const SOURCES: [(Language, &str, &str); 3] = [
    (Language::Ja, "ja", include_str!("words/ja.ftl")),
    (Language::JaEasy, "ja", include_str!("words/ja-easy.ftl")),
    (Language::En, "en", include_str!("words/en.ftl")),
];

static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| {
    SOURCES.map(|(_, tag, source)| {
        let mut bundle = Bundle::new_concurrent(vec![tag.parse::<LanguageIdentifier>().unwrap_or_default()]);
        // No marks of direction around what is filled in: all languages here are written from left to right.
        bundle.set_use_isolating(false);
        // What cannot be read is missing, and a test asks for all of it.
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(source.to_owned());
        bundle.add_resource_overriding(resource);
        bundle
    })
});

/// What a sentence is filled with, by the names in its template.
pub(super) type Arguments<'a> = [(&'static str, FluentValue<'a>)];

/// A sentence by the name of its template, or of a part of it as in `line-group.label`; `None` where there is none, or an argument lacks.
fn found(language: Language, name: &str, arguments: &Arguments) -> Option<String> {
    let place = SOURCES.iter().position(|(of, ..)| *of == language)?;
    let bundle = &BUNDLES[place];
    let pattern = match name.split_once('.') {
        None => bundle.get_message(name)?.value()?,
        Some((name, part)) => bundle.get_message(name)?.get_attribute(part)?.value(),
    };
    let mut missing = Vec::new();
    let arguments: FluentArgs = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut missing).into_owned();
    missing.is_empty().then_some(text)
}

/// A sentence by the name of its template, or of a part of it.
pub(super) fn say(language: Language, name: &str, arguments: &Arguments) -> String {
    found(language, name, arguments).unwrap_or_else(|| {
        debug_assert!(false, "no template {name} of {language:?} for these arguments");
        tracing::error!(name, ?language, "a sentence is missing");
        String::new()
    })
}

/// A number as sentences have it: one place behind the point, where there is something.
fn number(value: f64) -> FluentValue<'static> {
    let text = format!("{value:.1}");
    written(text.strip_suffix(".0").unwrap_or(&text))
}

/// A number as it is written, by which the form of a plural is chosen, too.
fn written(number: &str) -> FluentValue<'static> {
    let number = if number == "-0" { "0" } else { number };
    number.parse().map_or_else(|_| FluentValue::from(number.to_owned()), FluentValue::Number)
}

/// What a line is about, as a whole and in pieces.
pub(super) struct Words {
    /// All of it, as a sentence begins.
    pub name: String,
    /// What was looked at, in a word or two.
    pub label: String,
    /// The days or the work in which it was looked at.
    pub window: Option<String>,
}

/// The words of a feature; that of moods names those that the board calls low.
pub(super) fn of_feature(feature: &Feature, language: Language, low: &LowMoods) -> Words {
    let name = format!("feature-{}", feature.key);
    let arguments = [("low", low.words(language).into())];
    let moods = feature.id == FeatureId::LowMoods;
    let arguments = if moods { &arguments[..] } else { &[] };
    Words {
        name: say(language, &name, arguments),
        label: say(language, &format!("{name}.label"), arguments),
        window: found(language, &format!("{name}.window"), arguments),
    }
}

/// The words of the line for being in a group of low records.
pub(super) fn of_group(language: Language) -> Words {
    Words { name: say(language, "line-group", &[]), label: say(language, "line-group.label", &[]), window: None }
}

/// Where a group lies, as the value of its line.
pub(super) fn place_of_group(below: bool, language: Language) -> String {
    say(language, if below { "line-group.below" } else { "line-group.above" }, &[])
}

/// A value with its unit, after the feature's name.
pub(super) fn amount(value: f64, unit: Unit, language: Language) -> String {
    let (name, value) = match unit {
        Unit::Share => ("amount-share", value * 100.0),
        Unit::InteractionsPerSchoolDay => ("amount-interactions", value),
        Unit::MinutesPerSchoolDay => ("amount-minutes", value),
        Unit::SchoolDays | Unit::Days => ("amount-days", value),
    };
    say(language, name, &[("n", number(value))])
}

/// A value that can stand beside the feature's label.
pub(super) fn value_text(value: f64, feature: &Feature, language: Language) -> String {
    let (name, value) = match feature.unit {
        Unit::Share => return say(language, "amount-share", &[("n", written(&format!("{:.0}", value * 100.0)))]),
        Unit::InteractionsPerSchoolDay => ("beside-interactions", value),
        Unit::MinutesPerSchoolDay => ("beside-minutes", value),
        Unit::Days if value < 0.0 => ("beside-after", -value),
        Unit::Days => ("beside-early", value),
        Unit::SchoolDays => ("amount-days", value),
    };
    say(language, name, &[("n", number(value))])
}

/// How a group is told apart from the class's middle in a domain.
pub(super) fn of_trait(domain: ReasonDomain, high: bool, language: Language, low: &LowMoods) -> String {
    let name = match domain {
        ReasonDomain::Volume => "trait-volume",
        ReasonDomain::Regularity => "trait-regularity",
        ReasonDomain::Submission => "trait-submission",
        ReasonDomain::Performance => "trait-performance",
        ReasonDomain::Attendance => "trait-attendance",
        ReasonDomain::Wellbeing => "trait-wellbeing",
        ReasonDomain::Group => "trait-group",
    };
    let part = if high { ".high" } else { "" };
    say(language, &format!("{name}{part}"), &[("low", low.words(language).into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use asagao_analytics::{FEATURES, RULES};
    use std::collections::{BTreeMap, BTreeSet};

    const LANGUAGES: [Language; 3] = [Language::Ja, Language::JaEasy, Language::En];

    /// The templates of a file with their parts, and the names that each of them fills in.
    fn templates(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let (mut found, mut message, mut at) = (BTreeMap::new(), String::new(), String::new());
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" = ") {
                match name.strip_prefix("    .") {
                    Some(part) => at = format!("{message}.{part}"),
                    None if !name.starts_with(' ') => (message, at) = (name.to_owned(), name.to_owned()),
                    None => {}
                }
                assert!(!found.contains_key(&at) || name.starts_with("     "), "{at} stands there twice");
            }
            let filled: &mut BTreeSet<String> = found.entry(at.clone()).or_default();
            let names = line.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_alphabetic).collect());
            filled.extend(names);
        }
        found.remove("");
        found
    }

    #[test]
    fn every_file_can_be_read_whole_and_says_the_same_as_the_others() {
        let japanese = templates(SOURCES[0].2);
        for (language, _, source) in SOURCES {
            assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{language:?} cannot be read whole");
            let own = templates(source);
            assert_eq!(own.keys().collect::<Vec<_>>(), japanese.keys().collect::<Vec<_>>(), "{language:?}");
            for (name, filled) in own {
                // A language may do without a number, but not ask for one that nobody gives.
                let known = &japanese[&name];
                assert!(filled.is_subset(known), "{language:?} {name} asks for {filled:?}");
            }
        }
    }

    #[test]
    fn every_template_of_every_language_can_be_said_with_its_arguments_and_not_without() {
        let japanese = templates(SOURCES[0].2);
        for language in LANGUAGES {
            for (name, filled) in &japanese {
                let names: Vec<&'static str> = filled.iter().map(|name| &*name.clone().leak()).collect();
                let arguments: Vec<(&'static str, FluentValue)> = names.iter().map(|name| (*name, 7.into())).collect();
                let text = found(language, name, &arguments).unwrap_or_else(|| panic!("{language:?} {name}"));
                assert!(!text.trim().is_empty() && !text.contains(['{', '}', '$', '\u{2068}']), "{language:?} {name}: {text}");
                for wrong in ["問題行動", "異常", "低い子", "problem", "abnormal", "risk"] {
                    assert!(!text.contains(wrong), "{language:?} {name}: {text}");
                }
            }
        }
        assert_eq!(found(Language::Ja, "line", &[("what", "提出".into())]), None, "a value lacks");
        assert_eq!(found(Language::En, "no-such-template", &[]), None);
    }

    #[test]
    fn every_feature_value_and_trait_has_its_words_in_every_language() {
        let low = LowMoods::default();
        for language in LANGUAGES {
            for feature in &FEATURES {
                let words = of_feature(feature, language, &low);
                let window = of_feature(feature, Language::Ja, &low).window;
                let pieces = [Some(words.name), Some(words.label), words.window.or(window.is_none().then(|| "なし".into()))];
                assert!(
                    pieces.iter().all(|piece| piece.as_ref().is_some_and(|text| !text.is_empty())),
                    "{language:?} {pieces:?}"
                );
                for value in [-1.5, 0.0, 0.75, 12.0] {
                    assert!(
                        !amount(value, feature.unit, language).is_empty() && !value_text(value, feature, language).is_empty()
                    );
                }
                for high in [true, false] {
                    assert!(!of_trait(feature.domain.into(), high, language, &low).is_empty());
                    assert!(!of_trait(ReasonDomain::Group, high, language, &low).is_empty());
                }
            }
            for rule in &RULES {
                for name in [format!("threshold-{}.unit", rule.key), format!("rule-{}", rule.key)] {
                    assert!(templates(SOURCES[0].2).contains_key(&name), "{name}");
                }
            }
            assert!(!of_group(language).name.is_empty() && place_of_group(true, language) != place_of_group(false, language));
        }
    }

    #[test]
    fn values_beside_a_label_say_of_what_they_are() {
        let text = |feature: FeatureId, value, language| value_text(value, &FEATURES[feature as usize], language);
        assert_eq!(text(FeatureId::DaysAbsent, 7.0, Language::Ja), "7日");
        assert_eq!(text(FeatureId::SubmittedShare, 1.0 / 3.0, Language::Ja), "33%");
        assert_eq!(text(FeatureId::InteractionsLast10, 4.25, Language::Ja), "1日4.2件");
        assert_eq!(text(FeatureId::InteractionsLast10, 4.25, Language::JaEasy), "1日（にち）に 4.2こ");
        assert_eq!(text(FeatureId::DaysEarly, -2.0, Language::Ja), "期限の2日後");
        assert_eq!(text(FeatureId::DaysEarly, 1.5, Language::En), "1.5 days before the due time");
        assert_eq!(text(FeatureId::DaysEarly, 1.0, Language::En), "1 day before the due time");
        assert_eq!(text(FeatureId::DaysAbsent, 0.0, Language::En), "0 days");
        assert_eq!(amount(-0.04, Unit::Days, Language::Ja), "0日");
        assert_eq!(amount(1_234_567.0, Unit::InteractionsPerSchoolDay, Language::Ja), "1234567件");
    }

    #[test]
    fn what_stands_beside_a_flag_can_be_said() {
        let say = |name, arguments: &Arguments| LANGUAGES.map(|language| say(language, name, arguments));
        let changes = ["提出が80%", "遅刻が2日"].join(&say("change-and", &[])[0]);
        assert_eq!(
            say("counterfactual", &[("changes", changes.into())])[0],
            "もし提出が80%、遅刻が2日なら、この知らせは出ません"
        );
        assert_eq!(say("change", &[("what", "Absent".into()), ("value", "2 days".into())])[2], "Absent: 2 days");
        assert_eq!(
            say("week-before", &[("value", "60%".into())]),
            ["1週間前は60%", "1週間（しゅうかん）まえは 60%", "60% a week before"]
        );
        assert_eq!(
            say("withheld-too_few_school_days", &[("days", 4.into())])[0],
            "授業日が10日になるまで、知らせは出しません（いま 4日）。"
        );
    }
}
