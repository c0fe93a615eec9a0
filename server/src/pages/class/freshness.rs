//! データの新しさ: until when each kind of record has come in. Old is said, never hidden.
use crate::pages::record::{Freshness, Rights, Run};
use crate::pages::{day, words};
use asagao_graphql::access::right::Right;
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

/// The sources that the viewer may know of.
pub(in crate::pages) fn freshness(
    of: Option<&Freshness>,
    run: Option<&Run>,
    rights: &Rights,
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
        if rights.to(Right::AttendanceRead) {
            sources.push(at("出欠", of.attendance_at, String::new()));
        }
        if rights.to(Right::ActivityRead) {
            sources.push(match of.activity_day {
                Some(last) if old(last, days, today) => late("学習の記録", last),
                Some(last) if last == today => Fresh { source: "学習の記録", words: "きょう".into(), old: false },
                Some(last) => Fresh { source: "学習の記録", words: words::short_day(last), old: false },
                None => Fresh { source: "学習の記録", words: "まだありません".into(), old: false },
            });
        }
        if rights.to(Right::MoodRead) {
            let entered = of.moods_today.filter(|people| *people > 0).map(|people| format!("（{people}人が入力）"));
            sources.push(at("心の天気", of.mood_at, entered.unwrap_or_default()));
        }
    }
    if let Some(run) = run.filter(|_| rights.to(Right::FlagRead)) {
        let words = format!("{}・{} まで・版 {}", day::near(run.made_at, today), day::short(run.as_of), run.version);
        sources.push(Fresh { source: "気にかけたい子の計算", words, old: old(run.as_of, days, today) });
    }
    sources
}

fn late(source: &'static str, last: NaiveDate) -> Fresh {
    Fresh { source, words: format!("{} から届いていません", day::short(last)), old: true }
}
