//! The effect as a sentence: the pupil's days, those of the others, how sure that is, and what does not follow.
use super::SupportMeasure;
use crate::support::language::Language;
use crate::support::words::say;
use asagao_analytics::effect::{AROUND, Effect, FEWEST_ALIKE, FEWEST_AROUND, Unknown};

/// A share of days as days of twenty.
#[expect(clippy::cast_precision_loss, reason = "it is twenty")]
pub(super) fn in_days(share: f64) -> f64 {
    share * AROUND as f64
}

/// Days, to one place behind the point.
fn days(share: f64) -> String {
    let days = (in_days(share) * 10.0).round() / 10.0;
    // No days are not fewer than no days.
    format!("{}", if days == 0.0 { 0.0 } else { days })
}

fn signed(share: f64) -> String {
    let days = days(share);
    match days.strip_prefix('-') {
        Some(less) => format!("−{less}"),
        None if days == "0" => days,
        None => format!("+{days}"),
    }
}

/// The sentence.
pub(super) fn sentence(measure: SupportMeasure, found: Result<Effect, Unknown>, language: Language) -> String {
    let what = say(language, measure.template(), &[]);
    match found {
        Ok(found) => told(&what, &found, language),
        Err(why) => withheld(&what, why, language),
    }
}

impl SupportMeasure {
    fn template(self) -> &'static str {
        match self {
            SupportMeasure::Absence => "effect-absence",
            SupportMeasure::Activity => "effect-activity",
        }
    }
}

fn told(what: &str, found: &Effect, language: Language) -> String {
    let moved = |before: f64, after: f64| {
        let (before, after) = (days(before), days(after));
        let name = if before == after { "effect-stayed" } else { "effect-moved" };
        say(language, name, &[("before", before.into()), ("after", after.into())])
    };
    let [low, high] = found.interval.map(signed);
    let end = if found.may_be_chance() { "effect-chance" } else { "effect-beyond" };
    let end = say(language, end, &[("difference", signed(found.difference).into()), ("low", low.into()), ("high", high.into())]);
    let own = moved(found.before, found.after);
    let others = moved(found.alike_before, found.alike_after);
    say(
        language,
        "effect",
        &[
            ("what", what.into()),
            ("own", own.into()),
            ("count", found.alike.into()),
            ("others", others.into()),
            ("end", end.into()),
        ],
    )
}

fn withheld(what: &str, why: Unknown, language: Language) -> String {
    let (name, fewest) = match why {
        Unknown::TooFewBefore => ("effect-too_few_before", FEWEST_AROUND),
        Unknown::TooFewAfter => ("effect-too_few_after", FEWEST_AROUND),
        Unknown::TooFewAlike => ("effect-too_few_alike", FEWEST_ALIKE),
    };
    say(language, name, &[("what", what.into()), ("fewest", fewest.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: Effect = Effect {
        before: 0.25,
        after: 0.15,
        alike_before: 0.25,
        alike_after: 0.25,
        alike: 8,
        difference: -0.1,
        interval: [-0.15, 0.05],
    };

    #[test]
    fn the_sentence_has_the_numbers_and_what_does_not_follow() {
        let text = sentence(SupportMeasure::Absence, Ok(FOUND), Language::Ja);
        assert_eq!(
            text,
            "欠席は、支援の前後で20授業日あたり5日から3日です。よく似た記録で、始まった日まで支援のなかった8人では、平均5日のままです。\
             差は−2日で、たまたまの範囲（−3〜+1日）が0をふくむので、決めつけないでください。"
        );
        let sure = Effect { interval: [-0.15, -0.05], ..FOUND };
        let text = sentence(SupportMeasure::Absence, Ok(sure), Language::Ja);
        assert!(text.ends_with("差は−2日（たまたまを入れて−3〜−1日）です。支援のためとは、これだけでは言えません。"), "{text}");
        let text = sentence(SupportMeasure::Activity, Ok(FOUND), Language::En);
        assert!(text.contains("5 before and 3 after the support began") && text.contains("−3 to +1"), "{text}");
        assert_eq!(signed(-0.001), "0", "nothing is not less than nothing");
    }
}
