//! 知らせ and 記録: what was noticed, what was answered, what was done.
use crate::pages::notice::{Flag, Group, Reason};
use crate::pages::pupil_support::level;
use crate::pages::record::{Run, SupportAction};
use crate::pages::{day, words};

/// A flag, open or ended.
pub(super) struct Notice {
    pub(in crate::pages) id: String,
    /// 「11/17（火）〜 いま」.
    pub(in crate::pages) dates: String,
    pub(in crate::pages) tag: (&'static str, &'static str),
    pub(in crate::pages) reasons: Vec<Reason>,
    pub(in crate::pages) rules: Vec<String>,
    pub(in crate::pages) group: Option<(String, &'static str, Option<String>)>,
    pub(in crate::pages) held: Option<String>,
    pub(in crate::pages) otherwise: Option<String>,
    /// 「計算 11/20 まで・版 2026.11・104人の中で比べています」.
    pub(in crate::pages) run: String,
    pub(in crate::pages) answer: Option<String>,
    /// Whether it waits for an answer.
    pub(in crate::pages) open: bool,
    /// Whether the answer can be taken back.
    pub(in crate::pages) answered_today: bool,
}

impl Notice {
    pub(super) fn of(flag: &Flag, run: Option<&Run>) -> Self {
        let until = flag.ended_on.map_or_else(|| "いま".to_owned(), words::short_day);
        let version = run.filter(|run| run.as_of == flag.as_of);
        let version =
            version.map(|run| format!("・版 {}・{}人の中で比べています", run.version, run.cohort_size)).unwrap_or_default();
        let ended = flag.ended_on.map(|_| "・その後の計算では当たらなくなりました").unwrap_or_default();
        Notice {
            id: flag.id.clone(),
            dates: format!("{} 〜 {until}", flag.since_words()),
            tag: flag.tag(),
            reasons: flag.strongest.clone(),
            rules: flag.rules.iter().map(|rule| rule.text.clone()).collect(),
            group: flag.group.as_ref().map(Group::words),
            held: flag.held_text.clone(),
            otherwise: flag.counterfactual.as_ref().map(|found| found.text.clone()),
            run: format!("計算 {} まで{version}{ended}", day::short(flag.as_of)),
            answer: flag.answer_words(),
            open: flag.open(),
            answered_today: flag.answered_today && flag.ended_on.is_none(),
        }
    }
}

/// Something that was done.
pub(super) struct Action {
    pub(in crate::pages) day: String,
    /// 「面談・中島（担任）」.
    pub(in crate::pages) what: String,
    pub(in crate::pages) text: String,
    /// Who reads it, where it is not the team as usual.
    pub(in crate::pages) level: Option<&'static str>,
    pub(in crate::pages) next: Option<String>,
}

impl Action {
    pub(super) fn of(action: &SupportAction) -> Self {
        let by = action.by.as_ref().map(|by| format!("・{by}")).unwrap_or_default();
        let duty = match words::duty(action.duty.as_deref().unwrap_or_default()) {
            "" => String::new(),
            duty => format!("（{duty}）"),
        };
        Action {
            day: words::short_day(action.day),
            what: format!("{}{by}{duty}", action.kind.words()),
            text: action.text.clone(),
            level: action.level.as_deref().filter(|level| *level != "SCHOOL_TEAM").map(level),
            next: action.next_on.map(words::short_day),
        }
    }
}
