//! A class for the tests of pages, in the shape of the API's answers: 朝霧市立ひばり野小学校 5年2組, fictional like everybody in it.
use super::frame::{Frame, Here, Nav, Who};
use super::record::Rights;
use asagao_graphql::clock::school_day;
use asagao_graphql::marks::term::{self, Term};
use askama::Template;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde_json::{Value, json};

const NAMES: [(&str, &str); 36] = [
    ("青山 陽向", "あおやま ひなた"),
    ("石川 結菜", "いしかわ ゆいな"),
    ("伊藤 蒼", "いとう あおい"),
    ("岩本 さくら", "いわもと さくら"),
    ("上野 悠真", "うえの ゆうま"),
    ("大石 凛", "おおいし りん"),
    ("大場 樹", "おおば いつき"),
    ("小川 美咲", "おがわ みさき"),
    ("加藤 颯太", "かとう そうた"),
    ("川島 心春", "かわしま こはる"),
    ("木下 大和", "きのした やまと"),
    ("小林 紬", "こばやし つむぎ"),
    ("佐々木 蓮", "ささき れん"),
    ("サントス ルカス", "さんとす るかす"),
    ("清水 芽依", "しみず めい"),
    ("杉山 湊", "すぎやま みなと"),
    ("鈴木 葵", "すずき あおい"),
    ("鈴木 律", "すずき りつ"),
    ("髙橋 朝陽", "たかはし あさひ"),
    ("田中 陽菜", "たなか ひな"),
    ("塚本 新", "つかもと あらた"),
    ("戸塚 結衣", "とつか ゆい"),
    ("中村 奏", "なかむら かなで"),
    ("中山 莉子", "なかやま りこ"),
    ("野口 慧", "のぐち けい"),
    ("橋本 杏", "はしもと あん"),
    ("原田 海斗", "はらだ かいと"),
    ("平野 美月", "ひらの みづき"),
    ("フェルナンデス・オリヴェイラ ガブリエル", "ふぇるなんです・おりゔぇいら がぶりえる"),
    ("松浦 凪", "まつうら なぎ"),
    ("水野 壮真", "みずの そうま"),
    ("村松 花", "むらまつ はな"),
    ("山田 翔", "やまだ しょう"),
    ("山本 琴音", "やまもと ことね"),
    ("渡邉 朔", "わたなべ さく"),
    ("𠮷田 楓", "よしだ かえで"),
];

/// Tuesday 2026-11-24, 8:20 in Japan.
pub(super) fn now() -> DateTime<Utc> {
    "2026-11-23T23:20:00Z".parse().unwrap()
}

pub(super) fn today() -> NaiveDate {
    school_day(now())
}

/// The running term: the second of the usual three.
pub(super) fn term() -> Term {
    term::usual(2026).remove(1)
}

/// The latest school days up to today; the two holidays of November are none.
pub(super) fn days(last: usize) -> Vec<NaiveDate> {
    let holidays = ["2026-11-03", "2026-11-23", "2026-10-12", "2026-09-21", "2026-09-22", "2026-09-23"];
    let days = (0..200).map(|back| today() - Days::new(back));
    let school = |day: &NaiveDate| day.weekday().num_days_from_monday() < 5 && !holidays.contains(&day.to_string().as_str());
    let mut days: Vec<NaiveDate> = days.filter(school).take(last).collect();
    days.reverse();
    days
}

pub(super) fn frame(presenting: bool) -> Frame {
    let who = Who { name: "中島 由紀".into(), duty: "5年2組 担任".into() };
    Frame { who: Some(who), nav: Nav::class("c-52", &all(), Here::Class), presenting, ..Frame::outside("token".into()) }
}

/// The rights of a homeroom teacher over the class and its pupils.
pub(super) fn rights() -> Value {
    json!([
        "SCHOOL_READ",
        "ROSTER_READ",
        "ACTIVITY_READ",
        "ASSIGNMENT_WRITE",
        "ANALYSIS_RUN",
        "FLAG_READ",
        "FLAG_REVIEW",
        "ATTENDANCE_READ",
        "ATTENDANCE_WRITE",
        "MOOD_READ",
        "SUPPORT_READ",
        "SUPPORT_WRITE",
    ])
}

pub(super) fn all() -> Rights {
    serde_json::from_value(rights()).unwrap()
}

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn kind(code: &str) -> Value {
    let (name, mark, absent, excused) = match code {
        "病" => ("病欠", "病", true, false),
        "停" => ("出停", "停", false, true),
        "忌" => ("忌引", "忌", false, true),
        _ => ("出席", "", false, false),
    };
    json!({ "name": name, "mark": mark, "absent": absent, "excused": excused })
}

fn mark(day: NaiveDate, what: &str, note: Option<&str>) -> Value {
    let place = if what == "○" { "OTHER_ROOM" } else { "CLASSROOM" };
    json!({ "day": day, "kind": kind(what), "late": what == "チ", "leftEarly": what == "早", "place": place,
        "note": note, "by": "中島 由紀", "at": format!("{}T22:55:00Z", day - Days::new(1)) })
}

fn attendance(number: usize, days: &[NaiveDate], dice: &mut Dice) -> Value {
    let count = days.len();
    let marks = days.iter().enumerate().filter_map(|(index, day)| {
        let back = count - 1 - index;
        let what = match (number, back) {
            (27 | 34, 0) => return None,
            (7, 0) | (9, 1 | 5 | 10 | 18) => "チ",
            (25, 0..=3) | (15, 0 | 4 | 5 | 10 | 14 | 19) | (35, 10) => "病",
            (31, 0..=2) => "停",
            (35, _) if back != 15 => "○",
            _ => match dice.below(60) {
                0 => "病",
                1 => "チ",
                2 if back > 0 && number.is_multiple_of(4) => "忌",
                _ => "",
            },
        };
        let note = match (number, back) {
            (25, 0) => Some("発熱 38.2℃"),
            (15, 0) => Some("腹痛"),
            (7, 0) => Some("通院、9:30ごろ登校"),
            _ => None,
        };
        Some(mark(*day, what, note))
    });
    marks.collect()
}

fn learning(number: usize, days: &[NaiveDate], dice: &mut Dice) -> Vec<Value> {
    let usual = if number == 9 { 4 } else { 6 + u64::try_from(number % 5).unwrap() };
    let records = days.iter().filter(|day| **day < today()).filter_map(|day| match dice.below(25) {
        0 => None,
        1 => Some(json!({ "day": day, "interactions": 0 })),
        _ => Some(json!({ "day": day, "interactions": usual / 2 + dice.below(usual + 2) })),
    });
    records.collect()
}

fn work(number: usize, days: &[NaiveDate], dice: &mut Dice) -> Value {
    let titles = ["漢字ドリル 12", "計算 9", "社会のまとめ", "音読カード", "理科の観察", "作文"];
    let count = days.len();
    let states = titles.iter().enumerate().map(|(index, title)| {
        let state = match dice.below(8) {
            _ if number == 31 && index > 3 => "NOT_FOR_PUPIL",
            _ if index == 5 && number.is_multiple_of(2) => "NOT_DUE_YET",
            _ if number == 9 && index % 2 == 1 => "MISSING",
            0 | 1 => "MISSING",
            2 => "LATE",
            _ => "ON_TIME",
        };
        let due = days.get((count + index * 2).saturating_sub(11)).copied().unwrap_or(today());
        json!({ "assignment": { "title": title, "dueDay": due }, "state": state })
    });
    states.collect()
}

pub(super) fn moods(days: &[NaiveDate], dice: u64) -> Value {
    let mut dice = Dice(dice);
    let weathers = [
        ("SUNNY", "はれ"),
        ("CLOUDY", "くもり"),
        ("SUNNY", "はれ"),
        ("CLOUDY", "くもり"),
        ("CLOUDY", "くもり"),
        ("RAINY", "あめ"),
    ];
    let said = days.iter().filter_map(|day| {
        let roll = dice.below(9);
        (roll < 7).then(|| {
            let said = weathers.get(usize::try_from(roll).unwrap());
            json!({ "day": day, "weather": said.map(|(code, _)| code), "label": said.map(|(_, label)| label) })
        })
    });
    said.collect()
}

pub(super) fn pupil(number: usize, days: &[NaiveDate]) -> Value {
    let mut dice = Dice(u64::try_from(number).unwrap() * 7919);
    let (name, kana) = NAMES[(number - 1) % NAMES.len()];
    let actions = match number {
        15 => {
            json!([{ "day": "2026-11-18", "kind": "PHONE", "text": "朝の腹痛が続いているとのこと。養護教諭と共有", "by": "中島 由紀", "duty": "HOMEROOM_TEACHER", "nextOn": null }])
        }
        25 => {
            json!([{ "day": "2026-11-19", "kind": "PHONE", "text": "発熱、食事はとれている", "by": "中島 由紀", "duty": "HOMEROOM_TEACHER", "nextOn": "2026-11-26" }])
        }
        30 | 33 => {
            json!([{ "day": "2026-11-19", "kind": "TALK", "text": "休み時間に話した", "by": "三浦 恵", "duty": "NURSE", "nextOn": "2026-12-01" }])
        }
        _ => json!([]),
    };
    let records = learning(number, days, &mut dice);
    let total: u64 = records.iter().rev().take(10).map(|of| of["interactions"].as_u64().unwrap()).sum();
    json!({
        "id": format!("p-{number}"), "viewerRights": rights(), "name": name, "kana": kana, "number": number,
        "attendance": attendance(number, days, &mut dice),
        "learning": { "days": records }, "recent": { "total": total },
        "work": work(number, days, &mut dice),
        "moods": moods(days, u64::try_from(number).unwrap()),
        "supportActions": actions,
    })
}

pub(super) fn flag(number: usize, state: &str) -> Value {
    let reason = |label: &str, value: &str, median: Option<&str>, window: &str| json!({ "label": label, "valueText": value, "medianText": median, "window": window });
    let reasons = [
        reason("提出", "2/6", Some("5"), "直近10授業日の課題"),
        reason("学習の記録", "29件", Some("78"), "直近10授業日"),
        reason("最後の記録からの授業日", "4日", Some("0"), "直近30授業日"),
    ];
    let answered = matches!(state, "ANSWERED" | "SNOOZED");
    let history = if answered {
        json!([{ "kind": "RAISED", "at": "2026-11-16T20:30:00Z", "by": null, "answer": null, "note": null, "snoozedUntil": null },
            { "kind": "ANSWERED", "at": "2026-11-18T00:10:00Z", "by": "中島 由紀", "answer": "ALREADY_KNOWN", "note": null, "snoozedUntil": "2026-12-02" }])
    } else {
        json!([])
    };
    json!({
        "id": format!("f-{number}"), "state": state, "since": "2026-11-17", "asOf": "2026-11-20", "snoozedUntil": null,
        "underSupport": number == 30 || number == 33, "answeredToday": false, "pupil": { "id": format!("p-{number}") },
        "group": { "description": "学習の記録が少ない・課題の提出が少ないまとまり（学級で5人）", "certainty": 0.7 },
        "strongest": &reasons[..if number == 25 { 2 } else { 3 }],
        "rules": if number.is_multiple_of(2) { json!([]) } else { json!([{ "text": "「30授業日のうち欠席7日」に当たります" }]) },
        "history": history,
    })
}

pub(super) fn class(size: usize, flags: &[Value]) -> Value {
    let days = days(20);
    let pupils: Vec<Value> = (1..=size).map(|number| pupil(number, &days)).collect();
    let middle: Vec<Value> = days[..days.len() - 1]
        .iter()
        .enumerate()
        .map(|(index, day)| json!({ "day": day, "interactions": 7 + index % 3 }))
        .collect();
    let small = size < 5;
    json!({
        "class": {
            "id": "c-52", "name": "5年2組", "viewerRights": rights(), "pupilCount": size, "school": {
                "name": "朝霧市立ひばり野小学校", "calendar": { "laidOut": true, "schoolDays": self::days(58) },
            },
            "teachers": [{ "name": "中島 由紀" }],
            "attendanceSummary": { "present": size.saturating_sub(5), "absent": 2.min(size), "excused": 1.min(size), "late": 1.min(size), "leftEarly": 0,
                "elsewhere": 1.min(size), "unmarked": if size >= 34 { 2 } else { 0 }, "lastBy": "中島 由紀", "lastAt": "2026-11-23T23:19:00Z" },
            "learningMiddle": { "days": if small { json!([]) } else { json!(middle) } },
            "recentMiddle": { "total": if small { json!(null) } else { json!(78) } },
            "workMiddle": if small { json!(null) } else { json!(5) },
            "lastRun": { "asOf": "2026-11-20", "madeAt": "2026-11-23T20:30:00Z", "schoolDays": 58, "cohortSize": 104, "withheldText": null, "version": "2026.11" },
            "freshness": { "attendanceAt": "2026-11-23T23:19:00Z", "activityDay": "2026-11-20", "moodAt": "2026-11-23T23:15:00Z", "moodsToday": 27 },
            "pupils": { "nodes": pupils },
        },
        "supportFlags": { "nodes": flags },
    })
}

/// Writes a page out; with the variable `ASAGAO_PAGES` also to a file in that folder, to be looked at.
pub(super) fn render(name: &str, page: &impl Template) -> String {
    let html = page.render().unwrap();
    if let Some(folder) = std::env::var_os("ASAGAO_PAGES") {
        std::fs::write(std::path::Path::new(&folder).join(name).with_extension("html"), &html).unwrap();
    }
    assert!(!html.contains(" style=") && !html.contains("<script>"), "the policy of the pages forbids it");
    html
}
