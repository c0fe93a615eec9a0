//! きょうの出欠: the counts, who is not here, and who has no mark yet.
use super::{Around, Pupil};
use crate::pages::chart::attendance::{self, Cell};
use crate::pages::words;

/// So many names stand below まだ印なし; before anything is marked they would be the whole class.
const MOST_NAMES: usize = 6;

/// The panel on top of the page.
pub(super) struct Today {
    /// 「きょうの出欠」, or the last school day's.
    pub(super) head: String,
    /// On a day without school: that it is one.
    pub(super) no_school: bool,
    /// The counts with their names.
    pub(super) counts: Vec<Count>,
    /// All pupils by number.
    pub(super) strip: String,
    /// Who is not here, or only for a part of the day.
    pub(super) exceptions: Vec<Exception>,
    /// Who has no mark yet, by number; at most a few.
    pub(super) waiting: Vec<(String, String)>,
    /// How many more have none.
    pub(super) waiting_more: usize,
    /// How many have none.
    pub(super) unmarked: u32,
    /// Who marked last, and when.
    pub(super) last: Option<String>,
}

/// A number with its name.
pub(super) struct Count {
    pub(super) label: &'static str,
    pub(super) people: u32,
    /// 「うち別室 1」.
    pub(super) of_these: Option<String>,
    /// Whether it waits for a hand.
    pub(super) waits: bool,
}

/// Somebody who is not here.
pub(super) struct Exception {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) words: String,
    pub(super) note: Option<String>,
    /// Who marked it, and when.
    pub(super) marked: String,
}

impl Today {
    /// The panel; `None` where attendance may not be seen.
    pub(super) fn of(around: &Around, pupils: &[&Pupil]) -> Option<Self> {
        let summary = around.class.attendance_summary.as_ref()?;
        let school_today = around.shown == around.today;
        let of_these = (summary.elsewhere > 0).then(|| format!("うち別室など {}", summary.elsewhere));
        let count = |label, people| Count { label, people, of_these: None, waits: false };
        let mut counts = vec![
            Count { of_these, ..count("出席", summary.present) },
            count("欠席", summary.absent),
            count("出停・忌引", summary.excused),
            count("遅刻", summary.late),
        ];
        if summary.left_early > 0 {
            counts.push(count("早退", summary.left_early));
        }
        if summary.unmarked > 0 {
            counts.push(Count { waits: school_today, ..count("まだ印なし", summary.unmarked) });
        }
        let waiting: Vec<_> = pupils.iter().filter(|pupil| pupil.mark(around.shown).is_none()).collect();
        let named = if waiting.len() > MOST_NAMES { MOST_NAMES } else { waiting.len() };
        Some(Today {
            head: if school_today {
                "きょうの出欠".into()
            } else {
                format!("前の授業日 {}の出欠", words::short_day(around.shown))
            },
            no_school: !school_today,
            strip: strip(around, pupils, &counts),
            counts,
            exceptions: pupils.iter().filter_map(|pupil| exception(around, pupil)).collect(),
            waiting: waiting[..named].iter().map(|pupil| (pupil.number_words(), pupil.name.clone())).collect(),
            waiting_more: waiting.len() - named,
            unmarked: summary.unmarked,
            last: last(summary.last_by.as_deref(), summary.last_at.map(words::clock)),
        })
    }
}

fn strip(around: &Around, pupils: &[&Pupil], counts: &[Count]) -> String {
    let cells: Vec<(Option<u32>, Cell)> =
        pupils.iter().map(|pupil| (pupil.number, pupil.mark(around.shown).map_or(Cell::Unmarked, Cell::of))).collect();
    let counted: Vec<String> = counts.iter().map(|count| format!("{} {}人", count.label, count.people)).collect();
    attendance::by_number(&cells, &format!("出席番号の順の出欠：{}。", counted.join("、")))
}

fn exception(around: &Around, pupil: &Pupil) -> Option<Exception> {
    let mark = pupil.mark(around.shown).filter(|mark| !mark.here() || mark.late || mark.left_early)?;
    Some(Exception {
        id: pupil.id.clone(),
        number: pupil.number_words(),
        name: pupil.name.clone(),
        words: mark.words(),
        note: mark.note.clone().filter(|note| !note.is_empty()),
        marked: last(mark.by.as_deref(), Some(words::clock(mark.at))).unwrap_or_default(),
    })
}

fn last(by: Option<&str>, at: Option<String>) -> Option<String> {
    let at = at?;
    Some(by.map_or(at.clone(), |by| format!("{at} {by}")))
}
