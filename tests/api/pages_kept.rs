//! Pages of what was changed and what is let go: the history of a pupil, 保存と廃棄.
use super::retention::on;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, Page, School, Visitor};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::json;

async fn mark(school: &School, kind: &str, note: &str) {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    let input = json!({ "classId": CLASS_5_2, "others": "UNMARKED_PRESENT", "marks": [{ "pupilId": AOI, "kind": kind, "note": Some(note).filter(|note| !note.is_empty()) }] });
    school.clock.advance(TimeDelta::minutes(1));
    assert_eq!(school.person("ana").ask(document, json!({ "input": input })).await.code(), "");
}

/// A browser at which somebody has signed in on a later day, with a code of that day.
async fn later<'a>(school: &'a School, day: &str, who: &str) -> Visitor<'a> {
    let code = on(school, day, who).await;
    let mut visitor = school.visitor();
    visitor.enter(&code).await;
    visitor
}

#[tokio::test]
async fn the_history_of_a_pupil_is_read_in_words() {
    let school = School::open().await;
    mark(&school, "ILLNESS", "発熱").await;
    mark(&school, "OTHER", "").await;
    let mut ana = school.visitor_as("ana").await;
    let path = format!("/pupils/{AOI}/history");
    assert!(ana.get(&format!("/pupils/{AOI}")).await.text.contains(&path), "the pupil's page leads there");
    let page = ana.get(&path).await;
    for words in ["訂正の履歴", "令和8年11月24日 8:22", "有村 安奈", "<del>病欠</del> → <ins>事故欠</ins>", "<del>発熱</del>", "11/24（火）の分"] {
        assert!(page.text.contains(words), "{words} in {}", page.text);
    }
    assert!(!page.text.contains("保存の指示"), "a teacher places no hold");
    let names = ana.get(&format!("{path}?kind=NAMES")).await;
    assert!(names.text.contains("名簿の取り込み") && names.text.contains("<ins>朝倉</ins>") && !names.text.contains("病欠"), "{}", names.text);
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get(&path).await;
    assert!(page.text.contains("はじめの日") && page.text.contains("5年2組"), "the office reads enrolments: {}", page.text);
    for nth in 0..60 {
        mark(&school, if nth % 2 == 0 { "ILLNESS" } else { "OTHER" }, "").await;
    }
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get(&path).await;
    let next = page.between("<p><a href=\"/pupils/", "\"").replace("&#38;", "&");
    assert!(next.contains("after="), "{next}");
    assert!(hugo.get(&format!("/pupils/{next}")).await.text.contains("名簿の取り込み"), "the roster was first");
}

#[tokio::test]
async fn the_history_of_a_class_is_read_in_words_from_its_register() {
    let mut school = School::open().await;
    mark(&school, "ILLNESS", "発熱").await;
    mark(&school, "OTHER", "").await;
    let path = format!("/classes/{CLASS_5_2}/history");
    let mut ana = school.visitor_as("ana").await;
    assert!(ana.get(&format!("/classes/{CLASS_5_2}/register")).await.text.contains(&path), "the register leads there");
    let page = ana.get(&path).await;
    for words in ["訂正の履歴", "朝倉 葵<small>出欠</small>", "有村 安奈", "<del>病欠</del> → <ins>事故欠</ins>", "11/24（火）の分"] {
        assert!(page.text.contains(words), "{words} in {}", page.text);
    }
    let lessons = ana.get(&format!("{path}?kind=LESSON")).await;
    assert!(lessons.text.contains("ここに出る訂正はありません") && !lessons.text.contains("朝倉"), "{}", lessons.text);
    for nth in 0..60 {
        mark(&school, if nth % 2 == 0 { "ILLNESS" } else { "OTHER" }, "").await;
    }
    let mut ana = school.visitor_as("ana").await;
    let next = ana.get(&format!("{path}?kind=ATTENDANCE")).await.between("<p><a href=\"/classes/", "\"").replace("&#38;", "&");
    assert!(next.contains("kind=ATTENDANCE") && next.contains("after="), "{next}");
    assert!(ana.get(&format!("/classes/{next}")).await.text.contains("発熱"), "the first change is on page two");
    let today = school.clock.today();
    school.hire("sachi", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_2), today)]).await;
    for who in ["mari", "sachi"] {
        assert_eq!(school.visitor_as(who).await.get(&path).await.status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[tokio::test]
async fn a_stranger_finds_no_history_and_nobody_without_the_right_finds_what_is_let_go() {
    let mut school = School::open().await;
    let today = school.clock.today();
    school.hire("rin", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(asagao_tests::LESSON), today)]).await;
    let path = format!("/pupils/{AOI}/history");
    assert_eq!(school.visitor_as("mari").await.get(&path).await.status, StatusCode::NOT_FOUND);
    let page = school.visitor_as("rin").await.get(&path).await;
    let kinds = page.between("<option value=\"\">すべて</option>", "</select>");
    assert_eq!((kinds, page.text.contains("ここに出る訂正はありません")), ("<option value=\"MARK\">成績</option>", true), "{}", page.text);
    let mut ana = school.visitor_as("ana").await;
    assert_eq!(ana.get("/retention").await.status, StatusCode::NOT_FOUND);
    ana.get(&format!("/classes/{CLASS_5_2}")).await;
    assert_eq!(ana.submit("/retention", &[("do", "plan"), ("id", "x")]).await.status, StatusCode::NOT_FOUND);
}

fn value<'a>(page: &'a Page, name: &str) -> &'a str {
    page.hidden(name)
}

#[tokio::test]
async fn what_is_due_is_chosen_confirmed_and_deleted() {
    let school = School::open().await;
    mark(&school, "ILLNESS", "").await;
    let mut hugo = later(&school, "2032-04-01", "hugo").await;
    assert!(hugo.get("/classes").await.status == StatusCode::OK);
    let page = hugo.get("/retention").await;
    for words in ["保存期間が終わった記録", "出席簿", "2026年度", "ひばり野小学校", "保存の指示はありません", "まだ廃棄したことはありません"] {
        assert!(page.text.contains(words), "{words} in {}", page.text);
    }
    let none = hugo.submit("/retention", &[("do", "plan")]).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.text.contains("選んでください"), "{}", none.text);
    let id = page.text.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("something due").to_owned();
    let plan = hugo.submit("/retention", &[("do", "plan"), ("id", &id)]).await;
    assert!(plan.text.contains("6件の記録を消します") && plan.text.contains("元には戻せません") && plan.text.contains("朝倉 葵"), "{}", plan.text);
    let confirmation = value(&plan, "confirmation").to_owned();
    let guessed = hugo.submit("/retention", &[("do", "delete"), ("id", &id), ("confirmation", "x")]).await;
    assert!(guessed.text.contains("もういちど確かめて"), "{}", guessed.text);
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 6);
    let done = hugo.submit("/retention", &[("do", "delete"), ("id", &id), ("confirmation", &confirmation)]).await;
    assert_eq!(done.location(), (StatusCode::SEE_OTHER, "/retention#gone"));
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 0);
    let page = hugo.get("/retention").await;
    assert!(page.text.contains("令和14年4月1日") && page.text.contains("日向 悟") && page.text.contains("廃棄できる記録はありません"), "{}", page.text);
    assert!(!page.text.contains("朝倉"));
}

#[tokio::test]
async fn holds_are_placed_and_lifted_and_the_board_changes_a_rule() {
    let mut school = School::open().await;
    let today = school.clock.today();
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, today)]).await;
    let mut hugo = school.visitor_as("hugo").await;
    let history = format!("/pupils/{AOI}/history");
    assert!(hugo.get(&history).await.text.contains("保存の指示を出す"));
    let aoi = AOI.to_string();
    let placed = hugo.submit("/retention", &[("do", "hold"), ("pupil", &aoi), ("reason", "開示請求"), ("back", "/retention#holds")]).await;
    assert_eq!(placed.location(), (StatusCode::SEE_OTHER, "/retention#holds"));
    let page = hugo.get("/retention").await;
    assert!(page.text.contains("朝倉 葵　すべての記録") && page.text.contains("開示請求") && !page.text.contains("保存期間を変える"), "{}", page.text);
    let hold = value(&page, "hold").to_owned();
    for (fields, words) in [
        (vec![("do", "hold"), ("school", ""), ("reason", "x")], "学校を選んで"),
        (vec![("do", "lift"), ("hold", &*hold), ("reason", " ")], "理由を書いて"),
        (vec![("do", "lift"), ("hold", "x"), ("reason", "x")], "見つからないか"),
        (vec![("do", "")], "何をするか"),
    ] {
        let page = hugo.submit("/retention", &fields).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains(words), "{words}: {}", page.text);
    }
    assert_eq!(hugo.submit("/retention", &[("do", "lift"), ("hold", &hold), ("reason", "開示ずみ")]).await.status, StatusCode::SEE_OTHER);
    assert!(hugo.get("/retention").await.text.contains("解除　令和8年11月24日　日向 悟　開示ずみ"));
    let mut board = school.visitor_as("board").await;
    assert!(board.get("/classes").await.text.contains("href=\"/retention\""), "the bar leads the board there");
    let page = board.get("/retention").await;
    assert!(page.text.contains("保存期間を変える") && !page.text.contains("朝倉"), "{}", page.text);
    for (fields, words) in [
        (vec![("do", "rule"), ("kind", "MOOD"), ("years", "三"), ("basis", "x")], "数字で"),
        (vec![("do", "rule"), ("kind", ""), ("years", "3"), ("basis", "x")], "種類を選んで"),
        (vec![("do", "rule"), ("kind", "MOOD"), ("years", "30"), ("basis", "x")], "学籍の記録より長く"),
        (vec![("do", "rule"), ("kind", "MOOD"), ("years", "3"), ("basis", "")], "根拠を"),
    ] {
        let page = board.submit("/retention", &fields).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains(words), "{words}: {}", page.text);
    }
    let changed = board.submit("/retention", &[("do", "rule"), ("kind", "MOOD"), ("years", "3"), ("basis", "委員会の決定"), ("from", "")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    assert!(board.get("/retention").await.text.contains("委員会の決定"));
}

#[tokio::test]
async fn on_a_wall_neither_page_is_shown() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    hugo.get("/classes").await;
    hugo.submit("/presentation", &[("on", "true")]).await;
    for path in ["/retention".to_owned(), format!("/pupils/{AOI}/history")] {
        assert_eq!(hugo.get(&path).await.location(), (StatusCode::SEE_OTHER, "/classes"), "{path}");
    }
}
