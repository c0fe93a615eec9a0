//! The codes of a support sheet in the words of a school.
use crate::pages::words;
use chrono::NaiveDate;
use std::borrow::Borrow;

/// The levels of a note: the code, who reads it, and what to choose.
pub const LEVELS: [(&str, &str, &str); 3] = [
    ("SCHOOL_TEAM", "学校のチーム", "学校のチーム（担任・学年主任・管理職・担当者）"),
    ("ASSIGNED", "担当者と管理職", "担当者と管理職だけ（引きつがれません）"),
    ("SHAREABLE", "学校のチーム（共有可）", "学校のチーム・引きつぎや保護者に見せてもよい"),
];

/// The parts of 共通シート.
pub const COMMON: [(&str, &str); 5] = [
    ("BACKGROUND", "背景・これまでのこと"),
    ("STRENGTHS", "よさ・得意なこと・好きなこと"),
    ("WISH_OF_CHILD", "本人の願い"),
    ("WISH_OF_GUARDIANS", "保護者の願い"),
    ("PEOPLE_OUTSIDE", "学校の外で支える人"),
];
/// The parts of 学年別シート.
pub const BY_YEAR: [(&str, &str); 4] =
    [("STATE", "ようす"), ("AIMS", "めざすこと"), ("MEANS", "手だて"), ("OUTCOME", "その年の結果")];
/// The parts that are handed over.
pub const PARTS: [(&str, &str); 6] = [
    ("COMMON", "共通シート"),
    ("BY_YEAR", "学年別シート"),
    ("MEETINGS", "会議の記録"),
    ("TASKS", "手だて"),
    ("PLANS", "計画"),
    ("ACTIONS", "対応の記録"),
];
/// What came of it.
pub const OUTCOMES: [(&str, &str); 5] = [
    ("SETTLED", "落ち着いた"),
    ("WATCHING", "見守りにする"),
    ("REFERRED", "ほかの機関につないだ"),
    ("LEFT", "転学・卒業などで学校を離れた"),
    ("OTHER", "そのほか"),
];
/// What a sheet is opened from, as far as somebody chooses it.
pub const ORIGINS: [(&str, &str); 4] =
    [("STAFF", "教職員の気づき"), ("NURSE_ROOM", "保健室から"), ("CHILD", "本人から"), ("GUARDIAN", "保護者から")];
/// The plans.
pub const PLANS: [(&str, &str); 2] = [("GUIDANCE", "個別の指導計画"), ("EDUCATIONAL_SUPPORT", "個別の教育支援計画")];

/// The name of a code of a list.
pub fn named(list: &[(&'static str, &'static str)], code: &str) -> &'static str {
    list.iter().find(|(of, _)| *of == code).map_or("", |(_, name)| name)
}

/// What a code of a sheet says, whatever it is of; empty for what is none.
pub fn word(code: &str) -> &'static str {
    const MORE: [(&str, &str); 5] = [
        ("OPEN", "これから"),
        ("DONE", "できた"),
        ("DROPPED", "やめた"),
        ("FLAG", "気にかけたい知らせ"),
        ("ACTION", "対応の記録"),
    ];
    let lists: [&[(&'static str, &'static str)]; 7] = [&COMMON, &BY_YEAR, &PARTS, &OUTCOMES, &ORIGINS, &PLANS, &MORE];
    let found = lists.iter().map(|list| named(list, code)).find(|words| !words.is_empty());
    found.unwrap_or_else(|| level(code))
}

/// Who reads notes of a level.
pub fn level(code: &str) -> &'static str {
    LEVELS.iter().find(|(of, ..)| *of == code).map_or("", |(_, name, _)| name)
}

/// Which plan it is.
pub fn plan(code: &str) -> &'static str {
    named(&PLANS, code)
}

/// A duty in words.
pub fn duty(code: &str) -> &'static str {
    words::duty(code)
}

/// A day in a list.
pub fn day(day: impl Borrow<NaiveDate>) -> String {
    words::short_day(*day.borrow())
}

/// A day with its era.
pub fn era(day: impl Borrow<NaiveDate>) -> String {
    words::era(*day.borrow())
}

/// Whether two codes are the same.
pub fn same(one: &str, other: &str) -> bool {
    one == other
}
