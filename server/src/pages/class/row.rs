//! 学級のようす: the whole class in one table, in the order of 出席番号.
use super::{Around, Pupil};
use crate::pages::chart::axis::Axis;
use crate::pages::chart::{self, Row as At, attendance, escape, learning, mood, work};
use crate::pages::day;
use crate::pages::record::SupportAction;
use crate::pages::ruby::hiragana;
use crate::pages::words;
use asagao_graphql::access::right::Right;
use chrono::NaiveDate;

/// The table; a column that the viewer has no right to is not there.
#[expect(clippy::struct_excessive_bools, reason = "each column is there or not, whatever the others are")]
pub(super) struct Table {
    /// 「直近20授業日（10/26〜11/24、土日祝を除く）」.
    pub(super) about: String,
    /// きょう, or the last school day.
    pub(super) day: String,
    pub(super) attendance: bool,
    pub(super) learning: bool,
    pub(super) work: bool,
    pub(super) mood: bool,
    pub(super) support: bool,
    /// The weeks over the strips of attendance.
    pub(super) weeks: String,
    /// 「10日計」 over the sums, and the class's middle of them.
    pub(super) recent: String,
    pub(super) recent_middle: Option<u32>,
    /// 「直近6課題」, and the class's middle of what was handed in.
    pub(super) works: String,
    pub(super) work_middle: Option<u32>,
    /// 「11/17〜きょう」.
    pub(super) moods: String,
    /// 「11/20 から届いていません」 where a source is old.
    pub(super) late_attendance: Option<String>,
    pub(super) late_learning: Option<String>,
    pub(super) late_mood: Option<String>,
    pub(super) rows: Vec<Row>,
}

/// One pupil.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) number: String,
    /// The name as markup: it may break at ・ and at spaces only.
    pub(super) name: String,
    pub(super) long: bool,
    pub(super) kana: Option<String>,
    pub(super) flagged: bool,
    /// Whether the pupil is not at school today.
    pub(super) away: bool,
    pub(super) today: (&'static str, String),
    pub(super) attendance: String,
    pub(super) learning: String,
    pub(super) sum: String,
    pub(super) work: String,
    pub(super) handed_in: String,
    pub(super) mood: String,
    pub(super) support: String,
}

impl Table {
    /// The table of all pupils.
    pub(super) fn of(around: &Around, pupils: &[&Pupil], flagged: &[&str]) -> Self {
        let wide = Axis::new(around.days, 8, 1, 3);
        let narrow = Axis::new(around.days, 5, 1, 3);
        let mood_days = &around.days[around.days.len().saturating_sub(5)..];
        let works = pupils.iter().filter_map(|pupil| pupil.work.as_ref()).map(Vec::len).max().unwrap_or(0);
        let rights = &around.class.viewer_rights;
        let sources = super::freshness(around.class.freshness.as_ref(), None, rights, around.days, around.today);
        let late = |source| sources.iter().find(|of| of.source == source && of.old).map(|of| of.words.clone());
        let counted = around.days.len().min(10);
        Table {
            about: about(around.days, around.today),
            day: if around.shown == around.today { "きょう".into() } else { words::short_day(around.shown) },
            attendance: rights.to(Right::AttendanceRead),
            learning: rights.to(Right::ActivityRead),
            work: rights.to(Right::ActivityRead),
            mood: rights.to(Right::MoodRead),
            support: rights.to(Right::SupportRead),
            weeks: weeks(&wide),
            recent: format!("{counted}日計"),
            recent_middle: around.class.recent_middle.and_then(|of| of.total),
            works: match works {
                0 => "直近の課題なし".into(),
                count => format!("直近{count}課題"),
            },
            work_middle: around.class.work_middle.filter(|_| works > 0),
            moods: span(mood_days, around.today),
            late_attendance: late("出欠"),
            late_learning: late("学習の記録"),
            late_mood: late("心の天気"),
            rows: pupils
                .iter()
                .map(|pupil| Row::of(around, pupil, flagged.contains(&pupil.id.as_str()), [&wide, &narrow], mood_days))
                .collect(),
        }
    }
}

impl Row {
    fn of(around: &Around, pupil: &Pupil, flagged: bool, [wide, narrow]: [&Axis; 2], mood_days: &[NaiveDate]) -> Self {
        let marks = pupil.attendance.as_deref().unwrap_or_default();
        let days = around.learning(pupil.learning.as_ref().map(|of| of.days.as_slice()).unwrap_or_default());
        let work = pupil.work.as_deref().unwrap_or_default();
        let (handed_in, due) = work::count(work);
        Row {
            id: pupil.id.clone(),
            number: pupil.number_words(),
            name: escape(&pupil.name).replace('・', "・<wbr>"),
            long: words::long_name(&pupil.name),
            kana: pupil.kana.as_deref().map(hiragana),
            flagged,
            away: pupil.mark(around.shown).is_some_and(|mark| !mark.here()),
            today: today(around, pupil),
            attendance: chart::svg(
                "days",
                wide.width().max(8),
                20,
                &attendance::sentence(around.days, marks, around.open()),
                &attendance::row(wide, At { left: 0, top: 0, height: 20 }, marks, around.open()),
            ),
            learning: chart::svg(
                "records",
                narrow.width().max(8),
                22,
                &learning::sentence(around.days, &days, around.today),
                &learning::row(narrow, At { left: 0, top: 0, height: 22 }, learning::Scale::DAY, &days, &around.middle()),
            ),
            sum: pupil.recent.and_then(|of| of.total).map(|total| total.to_string()).unwrap_or_default(),
            work: if work.is_empty() { String::new() } else { work::strip(work) },
            handed_in: if due == 0 { String::new() } else { format!("{handed_in}/{due}") },
            mood: mood::strip(mood_days, pupil.moods.as_deref().unwrap_or_default()),
            support: pupil.support_actions.as_deref().and_then(<[_]>::first).map_or_else(|| "—".to_owned(), last),
        }
    }
}

/// The word for the day with the class of its tag; 出席 has none.
fn today(around: &Around, pupil: &Pupil) -> (&'static str, String) {
    match pupil.mark(around.shown) {
        None if around.shown == around.today => ("mark unmarked", "まだ印なし".into()),
        None => ("", "—".into()),
        Some(mark) if mark.kind.excused => ("mark excused", mark.words()),
        Some(mark) if mark.kind.absent => ("mark absent", mark.words()),
        Some(mark) if mark.late || mark.left_early => ("mark part", mark.words()),
        Some(mark) if mark.usual() => ("", mark.words()),
        Some(mark) => ("mark elsewhere", mark.words()),
    }
}

fn last(action: &SupportAction) -> String {
    let duty = words::duty(action.duty.as_deref().unwrap_or_default());
    let duty = if duty.is_empty() { String::new() } else { format!("（{duty}）") };
    format!("{} {}{duty}", day::short(action.day), action.kind.words())
}

fn weeks(axis: &Axis) -> String {
    let ticks = axis.ticks(0, 11, None);
    format!(
        "<svg class=\"chart days\" aria-hidden=\"true\" width=\"{0}\" height=\"14\" viewBox=\"0 0 {0} 14\">{ticks}</svg>",
        axis.width().max(8)
    )
}

fn about(days: &[NaiveDate], today: NaiveDate) -> String {
    match days.len() {
        0 => String::new(),
        count => format!("直近{count}授業日（{}、土日祝を除く）", span(days, today)),
    }
}

/// 「11/17〜きょう」.
fn span(days: &[NaiveDate], today: NaiveDate) -> String {
    let end = |day: NaiveDate| if day == today { "きょう".to_owned() } else { day::short(day) };
    match days {
        [] => String::new(),
        [day] => end(*day),
        [first, .., last] => format!("{}〜{}", day::short(*first), end(*last)),
    }
}
