//! Changes of records in the words of a school.
use super::super::calendar::KINDS as CALENDAR;
use super::super::marking::VIEWPOINTS;
use super::super::moves::kind_of_move;
use super::super::pupil_support;
use super::super::record::{ActionKind, Place};
use super::super::words::grades;

/// The kinds of record.
pub(super) const KINDS: [(&str, &str); 10] = [
    ("NAMES", "氏名"),
    ("ENROLMENT", "在籍"),
    ("MOVE", "学籍の異動"),
    ("ATTENDANCE", "出欠"),
    ("LESSON", "欠課"),
    ("RECOGNITION", "出席扱い"),
    ("CALENDAR", "行事暦"),
    ("SUPPORT", "支援の記録"),
    ("MARK", "成績"),
    ("CLASS", "学級"),
];

/// The weekdays by their numbers, from 1.
const WEEK: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

/// A kind of record.
pub(in crate::pages) fn kind(code: &str) -> &'static str {
    KINDS.iter().find(|(of, _)| *of == code).map_or("記録", |(_, words)| words)
}

/// What was done.
pub(super) fn deed(code: &str) -> &'static str {
    match code {
        "ADDED" => "加えた",
        "REMOVED" => "取り消した",
        _ => "変えた",
    }
}

/// By what something came about that nobody did by name.
pub(super) fn act(act: &str) -> String {
    if act.starts_with("roster") { "名簿の取り込み" } else { "システム" }.to_owned()
}

/// The name of a field.
pub(super) fn field(code: &str) -> &str {
    match code {
        "identifier" => "学籍番号",
        "familyName" => "姓",
        "givenName" => "名",
        "preferredFamilyName" => "呼び名の姓",
        "preferredGivenName" => "呼び名の名",
        "kanaFamilyName" => "姓のよみ",
        "kanaGivenName" => "名のよみ",
        "birthDate" => "生年月日",
        "class" => "学級",
        "number" => "出席番号",
        "begins" => "はじめの日",
        "ends" => "終わりの日",
        "kind" => "種類",
        "day" => "日",
        "otherSchool" | "otherName" => "相手の学校",
        "toSchool" => "引きつぎ先",
        "rightTo" => "引きつぐ記録",
        "reason" => "理由",
        "undoReason" => "取り消した理由",
        "place" => "場所",
        "note" => "メモ",
        "late" => "遅刻",
        "leftEarly" => "早退",
        "text" => "内容",
        "nextOn" => "次に見る日",
        "level" => "だれが読めるか",
        "part" => "項目",
        "parts" => "引きつぐもの",
        "year" => "年度",
        "tookPart" => "参加した人",
        "said" => "話し合ったこと",
        "decided" => "決まったこと",
        "what" => "手だて",
        "dueOn" => "いつまでに",
        "state" => "すすみ",
        "endedOn" => "終えた日",
        "word" => "ひとこと",
        "reviewOn" => "見直しの日",
        "guardians" => "保護者の参加",
        "origin" => "きっかけ",
        "outcome" => "どうなったか",
        "closeReason" => "終えた理由",
        "consentBy" => "同意した人",
        "consentOn" => "同意の日",
        "consentHow" => "同意のしかた",
        "title" | "name" => "名前",
        "grades" => "学年",
        "subject" | "subjects" => "教科",
        "specialNeeds" => "特別支援学級",
        "weekday" => "曜日",
        "period" => "時間",
        "withdrawnOn" => "再開した日",
        "knowledge" => VIEWPOINTS[0].2,
        "thinking" => VIEWPOINTS[1].2,
        "attitude" => VIEWPOINTS[2].2,
        "rating" => "評定",
        other => other,
    }
}

/// What the codes of a support sheet say, several of them separated by commas.
fn of_support(text: String) -> String {
    let said: Vec<&str> = text.split(',').map(pupil_support::word).collect();
    if said.iter().any(|words| words.is_empty()) { text } else { said.join("・") }
}

/// What a field says.
pub(super) fn value(kind: &str, field: &str, text: String) -> String {
    let found = match (kind, field) {
        (_, "place") => match serde_json::from_value::<Place>(text.as_str().into()) {
            Ok(place) => place.words(),
            Err(_) => return text,
        },
        ("ENROLMENT", "kind") => match text.as_str() {
            "HOME" => "在籍",
            "EXCHANGE" => "交流",
            _ => return text,
        },
        ("MOVE", "kind") => kind_of_move(&text),
        ("MOVE", "rightTo") => match text.as_str() {
            "attendance:read" => "出欠",
            "activity:read" => "学習の記録",
            "mood:read" => "心の天気",
            "support:read" => "支援の記録",
            "mark:read" => "成績",
            _ => return text,
        },
        ("LESSON", "kind") => match text.as_str() {
            "MISSED" => "欠課",
            "LATE" => "遅れ",
            "LEFT" => "途中退室",
            _ => return text,
        },
        ("CALENDAR", "kind") => match CALENDAR.iter().find(|(code, _)| *code == text) {
            Some((_, words)) => words.split('（').next().unwrap_or(words),
            None => return text,
        },
        ("SUPPORT", "kind") => match ActionKind::CHOICES.iter().find(|(code, _)| *code == text) {
            Some((_, kind)) => kind.words(),
            None => return of_support(text),
        },
        ("SUPPORT", "level" | "part" | "parts" | "state" | "origin" | "outcome") => return of_support(text),
        (_, "late" | "leftEarly") if text == "true" => "あり",
        ("CLASS", "grades") => return grades(&text.split(',').map(str::to_owned).collect::<Vec<_>>()),
        ("CLASS", "specialNeeds") => {
            if text == "true" {
                "はい"
            } else {
                "いいえ"
            }
        }
        ("CLASS", "weekday") => match text.parse().ok().and_then(|of: usize| WEEK.get(of.checked_sub(1)?).copied()) {
            Some(weekday) => weekday,
            None => return text,
        },
        _ => return text,
    };
    found.to_owned()
}
