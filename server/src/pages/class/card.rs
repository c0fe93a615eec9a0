//! 気にかけたい子: a card for each flag that waits for an answer, a line for the others.
use super::{Around, Pupil};
use crate::pages::chart::axis::Axis;
use crate::pages::chart::{self, Row, attendance, learning, mood, work};
use crate::pages::notice::{Flag, Group, Reason};
use crate::pages::record::{Run, SupportAction};
use crate::pages::ruby::hiragana;
use crate::pages::{day, words};

/// So many cards are open; the others are folded, by number all the same.
const MOST_CARDS: usize = 5;

/// The section of the page.
pub(super) struct Notices {
    /// What the small text beside the head says.
    pub(super) about: String,
    /// Why there are no cards, if there are none.
    pub(super) none: Option<String>,
    /// The cards, at most five.
    pub(super) cards: Vec<Card>,
    /// The cards that are folded.
    pub(super) more: Vec<Card>,
    /// Known and cared for.
    pub(super) supported: Vec<Line>,
    /// Answered on an earlier day.
    pub(super) answered: Vec<Line>,
    /// Groups of the class whose records are alike: in words, how sure, and what they continue.
    pub(super) groups: Vec<(String, &'static str, Option<String>)>,
}

/// One flag.
pub(super) struct Card {
    pub(super) pupil: String,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) kana: Option<String>,
    pub(super) flag: String,
    /// Where its forms return to.
    pub(super) back: String,
    pub(super) tag: (&'static str, &'static str),
    pub(super) since: String,
    /// 「11/20 時点」 where the analysis is old.
    pub(super) as_of: Option<String>,
    pub(super) reasons: Vec<Reason>,
    pub(super) chart: String,
    pub(super) group: Option<(String, &'static str, Option<String>)>,
    /// What would have to be different.
    pub(super) otherwise: Option<String>,
    pub(super) rules: Vec<String>,
    pub(super) actions: Option<Vec<String>>,
    /// The answer of today, with which the card is folded.
    pub(super) answered: Option<String>,
}

/// A pupil in a line.
pub(super) struct Line {
    pub(super) pupil: String,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) words: String,
}

impl Notices {
    /// The section, of pupils by number and the flags of the class.
    pub(super) fn of(around: &Around, pupils: &[&Pupil], flags: &[&Flag]) -> Self {
        let of = |pupil: &Pupil| flags.iter().find(|flag| flag.pupil.as_ref().is_some_and(|of| of.id == pupil.id)).copied();
        let flagged: Vec<(&Pupil, &Flag)> = pupils.iter().filter_map(|pupil| Some((*pupil, of(pupil)?))).collect();
        let run = around.class.last_run.as_ref();
        let old = run.is_some_and(|run| super::freshness::old(run.as_of, around.days, around.today));
        let is_card = |flag: &Flag| flag.open() || flag.answered_today;
        let mut cards: Vec<Card> =
            flagged.iter().filter(|(_, flag)| is_card(flag)).map(|(pupil, flag)| Card::of(around, pupil, flag, old)).collect();
        let more = cards.split_off(cards.len().min(MOST_CARDS));
        let line = |(pupil, flag): &(&Pupil, &Flag)| Line::of(pupil, flag);
        let lines = |under: bool| {
            flagged.iter().filter(|(_, flag)| !is_card(flag) && flag.under_support == under).map(line).collect::<Vec<_>>()
        };
        let open = flagged.iter().filter(|(_, flag)| flag.open()).count();
        Notices {
            about: about(open),
            none: why_none(run, cards.is_empty()),
            groups: run.iter().flat_map(|run| &run.groups).map(Group::words).collect(),
            supported: lines(true),
            answered: lines(false),
            cards,
            more,
        }
    }
}

fn about(open: usize) -> String {
    let count = if open == 0 { String::new() } else { format!("{open}人。") };
    format!("{count}出席番号の順です（重さの順ではありません）。判断のきっかけで、結論ではありません。")
}

/// Why there are no cards, or none but by plain rules.
fn why_none(run: Option<&Run>, no_cards: bool) -> Option<String> {
    let Some(run) = run else { return no_cards.then(|| "知らせの計算はまだ行われていません。".into()) };
    let none = || no_cards.then(|| "いま新しい知らせはありません。".into());
    run.withheld_text.clone().or_else(none)
}

impl Card {
    fn of(around: &Around, pupil: &Pupil, flag: &Flag, old: bool) -> Self {
        Card {
            pupil: pupil.id.clone(),
            number: pupil.number_words(),
            name: pupil.name.clone(),
            kana: pupil.kana.as_deref().map(hiragana),
            flag: flag.id.clone(),
            back: format!("/classes/{}#pupil-{}", around.class.id, pupil.id),
            tag: flag.tag(),
            since: flag.since_words(),
            as_of: old.then(|| format!("{} 時点", day::short(flag.as_of))),
            reasons: flag.strongest.clone(),
            chart: strip(around, pupil),
            group: flag.group.as_ref().map(Group::words),
            otherwise: flag.counterfactual.as_ref().map(|found| found.text.clone()),
            rules: flag.rules.iter().map(|rule| rule.text.clone()).collect(),
            actions: pupil.support_actions.as_ref().map(|actions| actions.iter().rev().map(action).collect()),
            answered: if flag.answered_today { flag.answer_words() } else { None },
        }
    }
}

impl Line {
    fn of(pupil: &Pupil, flag: &Flag) -> Self {
        let last = pupil.support_actions.as_ref().and_then(|actions| actions.first());
        let words = match last.filter(|_| flag.under_support) {
            Some(last) => {
                let next = last.next_on.map(|next| format!("・次は {}", day::short(next))).unwrap_or_default();
                format!("{} {}{next}", day::short(last.day), last.kind.words())
            }
            None => flag.answer_words().unwrap_or_default(),
        };
        Line { pupil: pupil.id.clone(), number: pupil.number_words(), name: pupil.name.clone(), words }
    }
}

/// 「11/18 電話（担任）朝の腹痛が続いているとのこと」.
fn action(of: &SupportAction) -> String {
    let duty = words::duty(of.duty.as_deref().unwrap_or_default());
    let duty = if duty.is_empty() { " ".to_owned() } else { format!("（{duty}）") };
    let next = of.next_on.map(|next| format!("（次は {}）", day::short(next))).unwrap_or_default();
    format!("{} {}{duty}{}{next}", day::short(of.day), of.kind.words(), of.text)
}

/// Four weeks of attendance, learning, work and mood on one axis.
fn strip(around: &Around, pupil: &Pupil) -> String {
    const LEFT: u32 = 36;
    let axis = Axis::new(around.days, 11, 1, 5);
    let mut body = axis.ticks(LEFT, 10, around.open());
    let mut sentences = Vec::new();
    if let Some(marks) = &pupil.attendance {
        body += &chart::text("label", 0, 30, "出欠");
        body += &attendance::row(&axis, Row { left: LEFT, top: 17, height: 16 }, marks, around.open());
        sentences.push(attendance::sentence(around.days, marks, around.open()));
    }
    if let Some(of) = &pupil.learning {
        let days = around.learning(&of.days);
        body += &chart::text("label", 0, 61, "学習");
        body += &learning::row(&axis, Row { left: LEFT, top: 42, height: 26 }, learning::Scale::DAY, &days, &around.middle());
        sentences.push(learning::sentence(around.days, &days, around.today));
    }
    if let Some(of) = &pupil.work {
        body += &chart::text("label", 0, 86, "提出");
        body += &work::row(&axis, LEFT, 76, 10, of);
        sentences.push(work::sentence(of));
    }
    if let Some(moods) = &pupil.moods {
        body += &chart::text("label", 0, 107, "心");
        body += &mood::row(&axis, LEFT, 96, 13, moods);
        sentences.push(mood::sentence(around.days, moods));
    }
    let sentence = format!("{}の直近{}授業日。{}", pupil.name, around.days.len(), sentences.concat());
    chart::svg("four-weeks", LEFT + axis.width().max(60), 112, &sentence, &body)
}
