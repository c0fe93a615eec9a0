//! 表で見る: every value of the timeline in a table.
use super::Around;
use crate::pages::record::Rights;
use crate::pages::words;
use asagao_graphql::access::right::Right;
use chrono::NaiveDate;

/// A school day.
pub(super) struct Line {
    pub(in crate::pages) day: String,
    pub(in crate::pages) attendance: String,
    pub(in crate::pages) learning: String,
    pub(in crate::pages) middle: String,
    pub(in crate::pages) work: String,
    pub(in crate::pages) mood: String,
    pub(in crate::pages) tested: String,
    pub(in crate::pages) visits: String,
    pub(in crate::pages) support: String,
}

/// Which columns there are: attendance, learning, work, mood, support, assessments, visits.
pub(super) fn columns(rights: &Rights) -> [bool; 7] {
    let (learning, support) = (rights.to(Right::ActivityRead), rights.to(Right::FlagRead) || rights.to(Right::SupportRead));
    let (marks, visits) = (rights.to(Right::MarkRead), rights.to(Right::VisitRead));
    [rights.to(Right::AttendanceRead), learning, learning, rights.to(Right::MoodRead), support, marks, visits]
}

/// All days, the newest first.
pub(super) fn lines(around: &Around) -> Vec<Line> {
    let pupil = around.pupil;
    let learning = around.learning(pupil.learning.as_ref());
    let middle = around.middle();
    let count = |of: &[crate::pages::record::LearningDay], day: NaiveDate| {
        of.iter().find(|of| of.day == day).map(|of| format!("{}件", of.interactions))
    };
    let line = |(index, day): (usize, &NaiveDate)| {
        // What falls on days without school belongs to the last school day before.
        let next = around.days.get(index + 1).copied();
        let within = |of: NaiveDate| of >= *day && next.is_none_or(|next| of < next);
        let mark = pupil.attendance.iter().flatten().find(|mark| mark.day == *day);
        let work = pupil.work.iter().flatten().filter(|work| within(work.assignment.due_day));
        let work: Vec<String> = work.map(|work| format!("{}：{}", work.assignment.words(), work.state.words())).collect();
        let mood = pupil.moods.iter().flatten().find(|mood| mood.day == *day).and_then(crate::pages::record::Mood::words);
        let tested = pupil.tested.iter().flatten().filter(|of| within(of.day)).map(super::answer::Tested::long_words);
        let visits = pupil.infirmary_visits.iter().flatten().filter(|of| within(of.day)).map(|of| of.words().to_owned());
        let flags = pupil.support_flags.iter().flatten();
        let begun = flags.clone().filter(|flag| within(flag.since)).map(|_| "気にかけたい（はじまり）".to_owned());
        let ended = flags.filter(|flag| flag.ended_on.is_some_and(within)).map(|_| "気にかけたい（おわり）".to_owned());
        let done = pupil
            .support_actions
            .iter()
            .flatten()
            .filter(|action| within(action.day))
            .map(|action| action.kind.words().to_owned());
        let support: Vec<String> = begun.chain(ended).chain(done).collect();
        Line {
            day: words::short_day(*day),
            attendance: mark.map_or_else(|| "記録なし".to_owned(), |mark| mark.words() + &noted(mark.note.as_deref())),
            learning: count(&learning, *day).unwrap_or_else(|| {
                let running = *day == around.today && !around.lessons_over;
                if running { "放課後に出ます" } else { "記録なし" }.to_owned()
            }),
            middle: count(&middle, *day).unwrap_or_default(),
            work: work.join("、"),
            mood: mood.map_or_else(|| "入力なし".to_owned(), str::to_owned),
            tested: tested.collect::<Vec<_>>().join("、"),
            visits: visits.collect::<Vec<_>>().join("、"),
            support: support.join("、"),
        }
    };
    around.days.iter().enumerate().rev().map(line).collect()
}

fn noted(note: Option<&str>) -> String {
    note.filter(|note| !note.is_empty()).map(|note| format!("（{note}）")).unwrap_or_default()
}
