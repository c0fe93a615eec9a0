//! The effect as a sentence: the pupil's days, those of the others, how sure that is, and what does not follow.
use super::SupportMeasure;
use crate::support::language::Language;
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
    match (found, language) {
        (Ok(found), Language::Ja) => japanese(measure, &found),
        (Ok(found), Language::JaEasy) => easy(measure, &found),
        (Ok(found), Language::En) => english(measure, &found),
        (Err(why), Language::Ja) => why_japanese(measure, why),
        (Err(why), Language::JaEasy) => why_easy(measure, why),
        (Err(why), Language::En) => why_english(measure, why),
    }
}

fn japanese(measure: SupportMeasure, found: &Effect) -> String {
    let label = label(measure);
    let moved = |before: f64, after: f64| {
        let (before, after) = (days(before), days(after));
        if before == after { format!("{before}日のまま") } else { format!("{before}日から{after}日") }
    };
    let own = moved(found.before, found.after);
    let others = moved(found.alike_before, found.alike_after);
    let [low, high] = found.interval.map(signed);
    let (count, difference) = (found.alike, signed(found.difference));
    let end = if found.may_be_chance() {
        format!("差は{difference}日で、たまたまの範囲（{low}〜{high}日）が0をふくむので、決めつけないでください。")
    } else {
        format!("差は{difference}日（たまたまを入れて{low}〜{high}日）です。支援のためとは、これだけでは言えません。")
    };
    format!("{label}は、支援の前後で20授業日あたり{own}です。よく似た記録で支援のない{count}人では、平均{others}です。{end}")
}

fn easy(measure: SupportMeasure, found: &Effect) -> String {
    let label = easy_label(measure);
    let (before, after) = (days(found.before), days(found.after));
    let (others_before, others_after) = (days(found.alike_before), days(found.alike_after));
    let end = if found.may_be_chance() {
        "たまたまかも しれません。これだけで きめないで ください。"
    } else {
        "これだけで 支援（しえん）の おかげとは 言（い）えません。"
    };
    format!(
        "{label}は、20日（はつか）で {before}日から {after}日に なりました。にた 記録（きろく）の {}人（にん）は {others_before}日から {others_after}日でした。{end}",
        found.alike
    )
}

fn easy_label(measure: SupportMeasure) -> &'static str {
    match measure {
        SupportMeasure::Absence => "休（やす）んだ 日（ひ）",
        SupportMeasure::Activity => "学習（がくしゅう）の 記録（きろく）の ある 日（ひ）",
    }
}

fn why_easy(measure: SupportMeasure, why: Unknown) -> String {
    let why = match why {
        Unknown::TooFewBefore => "はじまる まえの 記録（きろく）が すくない",
        Unknown::TooFewAfter => "はじまって からの 記録（きろく）が まだ すくない",
        Unknown::TooFewAlike => "にた 記録（きろく）の 人（ひと）が すくない",
    };
    format!("{}は、{why}ので くらべられません。", easy_label(measure))
}

fn label(measure: SupportMeasure) -> &'static str {
    match measure {
        SupportMeasure::Absence => "欠席",
        SupportMeasure::Activity => "学習の記録のある日",
    }
}

fn why_japanese(measure: SupportMeasure, why: Unknown) -> String {
    let label = label(measure);
    match why {
        Unknown::TooFewBefore => {
            format!("{label}は、始まる前に分かる授業日が{FEWEST_AROUND}日ないので、くらべられません。")
        }
        Unknown::TooFewAfter => {
            format!("{label}は、始まってから分かる授業日がまだ{FEWEST_AROUND}日ないので、くらべられません。")
        }
        Unknown::TooFewAlike => format!(
            "{label}は、前の記録がよく似ていて支援のない人が{FEWEST_ALIKE}人いないので、くらべられません。前後を見るだけでは、ひとりでに元にもどったのと見分けられません。"
        ),
    }
}

fn english(measure: SupportMeasure, found: &Effect) -> String {
    let label = english_label(measure);
    let [low, high] = found.interval.map(signed);
    let end = if found.may_be_chance() {
        format!("The range of chance ({low} to {high}) holds 0: do not conclude from it.")
    } else {
        format!("With chance it is {low} to {high}. That alone does not say that the support did it.")
    };
    format!(
        "{label} in 20 school days: {} before the support, {} after. Mean of {} pupils with alike records and no support: {} and {}. \
         The difference is {} days. {end}",
        days(found.before),
        days(found.after),
        found.alike,
        days(found.alike_before),
        days(found.alike_after),
        signed(found.difference)
    )
}

fn english_label(measure: SupportMeasure) -> &'static str {
    match measure {
        SupportMeasure::Absence => "Days absent",
        SupportMeasure::Activity => "Days with learning records",
    }
}

fn why_english(measure: SupportMeasure, why: Unknown) -> String {
    let label = english_label(measure);
    match why {
        Unknown::TooFewBefore => format!("{label}: not compared, fewer than {FEWEST_AROUND} school days are known before."),
        Unknown::TooFewAfter => format!("{label}: not compared yet, fewer than {FEWEST_AROUND} school days are known since."),
        Unknown::TooFewAlike => format!(
            "{label}: not compared, fewer than {FEWEST_ALIKE} pupils without support had alike records before. A before and an after alone \
             cannot be told from what goes back to its middle by itself."
        ),
    }
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
            "欠席は、支援の前後で20授業日あたり5日から3日です。よく似た記録で支援のない8人では、平均5日のままです。\
             差は−2日で、たまたまの範囲（−3〜+1日）が0をふくむので、決めつけないでください。"
        );
        let sure = Effect { interval: [-0.15, -0.05], ..FOUND };
        let text = sentence(SupportMeasure::Absence, Ok(sure), Language::Ja);
        assert!(text.ends_with("差は−2日（たまたまを入れて−3〜−1日）です。支援のためとは、これだけでは言えません。"), "{text}");
        let text = sentence(SupportMeasure::Activity, Ok(FOUND), Language::En);
        assert!(text.contains("5 before the support, 3 after") && text.contains("−3 to +1"), "{text}");
        assert_eq!(signed(-0.001), "0", "nothing is not less than nothing");
    }
}
