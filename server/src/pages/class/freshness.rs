//! データの新しさ: until when each kind of record has come in. Old is said, never hidden.
use crate::pages::record::{Freshness, Run};
use crate::pages::{day, words};
use asagao_graphql::clock::school_day;
use chrono::{DateTime, NaiveDate, Utc};

/// One source.
pub(in crate::pages) struct Fresh {
    /// What it is.
    pub(in crate::pages) source: &'static str,
    /// Until when.
    pub(in crate::pages) words: String,
    /// Whether it is older than one school day.
    pub(in crate::pages) old: bool,
}

/// Whether something of a day is older than the school day before today.
pub(in crate::pages) fn old(of: NaiveDate, days: &[NaiveDate], today: NaiveDate) -> bool {
    days.iter().rev().find(|day| **day < today).is_some_and(|before| of < *before)
}

/// The kinds of record that the viewer sees at all.
#[derive(Clone, Copy)]
pub(in crate::pages) struct Sees {
    pub(in crate::pages) attendance: bool,
    pub(in crate::pages) learning: bool,
    pub(in crate::pages) moods: bool,
}

impl Sees {
    pub(in crate::pages) const ALL: Sees = Sees { attendance: true, learning: true, moods: true };

    fn source(self, source: &str) -> bool {
        match source {
            "出欠" => self.attendance,
            "学習の記録" => self.learning,
            "心の天気" => self.moods,
            _ => true,
        }
    }
}

/// The sources that the viewer may know of.
pub(in crate::pages) fn freshness(
    of: Option<&Freshness>,
    run: Option<&Run>,
    sees: Sees,
    days: &[NaiveDate],
    today: NaiveDate,
) -> Vec<Fresh> {
    let mut sources = Vec::new();
    if let Some(of) = of {
        let at = |source, at: Option<DateTime<Utc>>, more: String| match at {
            Some(at) if old(school_day(at), days, today) => late(source, school_day(at)),
            Some(at) => Fresh { source, words: format!("{}{more}", day::near(at, today)), old: false },
            None => Fresh { source, words: "まだありません".into(), old: false },
        };
        let entered = if of.moods_today > 0 { format!("（{}人が入力）", of.moods_today) } else { String::new() };
        sources.push(at("出欠", of.attendance_at, String::new()));
        sources.push(match of.activity_day {
            Some(last) if old(last, days, today) => late("学習の記録", last),
            Some(last) if last == today => Fresh { source: "学習の記録", words: "きょう".into(), old: false },
            Some(last) => Fresh { source: "学習の記録", words: words::short_day(last), old: false },
            None => Fresh { source: "学習の記録", words: "まだありません".into(), old: false },
        });
        sources.push(at("心の天気", of.mood_at, entered));
    }
    if let Some(run) = run {
        let words = format!("{}・{} まで・版 {}", day::near(run.made_at, today), day::short(run.as_of), run.version);
        sources.push(Fresh { source: "気にかけたい子の計算", words, old: old(run.as_of, days, today) });
    }
    sources.retain(|fresh| sees.source(fresh.source));
    sources
}

fn late(source: &'static str, last: NaiveDate) -> Fresh {
    Fresh { source, words: format!("{} から届いていません", day::short(last)), old: true }
}
