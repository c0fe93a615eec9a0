//! Marks by lesson: who can be marked, on which days, and what the page offers.
use crate::calendar::{set, year};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, LESSON, Person, REN, School, TODAY, YUI};
use serde_json::{Value, json};
use uuid::Uuid;

async fn mark(person: &Person<'_>, class: Uuid, day: &str, pupil: Uuid) -> Value {
    let document = "mutation ($input: MarkLessonInput!) { markLesson(input: $input) { changed rejected { code field } userErrors { code field } } }";
    let input = json!({ "classId": class, "day": day, "period": 3, "marks": [{ "pupilId": pupil, "kind": "MISSED" }] });
    person.ask(document, json!({ "input": input })).await.data("/markLesson").clone()
}

/// 葵 of 5年2組, which is a 特別支援学級 here, is a guest of 5年1組 from today on; `rei` teaches there.
async fn exchange() -> School {
    let mut school = School::open().await;
    let hugo = school.person("hugo");
    let document = "mutation ($input: MarkSpecialNeedsClassInput!) { markSpecialNeedsClass(input: $input) { userErrors { code field } } }";
    let marked = hugo.ask(document, json!({ "input": { "classId": CLASS_5_2, "specialNeeds": true } })).await;
    assert_eq!(marked.data("/markSpecialNeedsClass/userErrors"), &json!([]));
    let document = "mutation ($input: SetExchangeClassInput!) { setExchangeClass(input: $input) { userErrors { code field } } }";
    let set = hugo.ask(document, json!({ "input": { "pupilId": AOI, "classId": CLASS_5_1, "day": TODAY } })).await;
    assert_eq!(set.data("/setExchangeClass/userErrors"), &json!([]));
    school.hire("rei", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_1), TODAY.parse().expect("a date"))]).await;
    school
}

#[tokio::test]
async fn a_guest_is_marked_in_the_lessons_of_the_exchange_class() {
    let school = exchange().await;
    let rei = school.person("rei");
    assert_eq!(mark(&rei, CLASS_5_1, TODAY, AOI).await, json!({ "changed": 1, "rejected": [], "userErrors": [] }));
    assert_eq!(mark(&rei, CLASS_5_1, TODAY, YUI).await["rejected"], json!([{ "code": "NOT_FOUND", "field": "pupilId" }]), "who is no guest");
    assert_eq!(mark(&rei, CLASS_5_1, "2026-11-20", AOI).await["rejected"][0]["code"], "NOT_FOUND", "she did not come yet");
    let mut visitor = school.visitor_as("rei").await;
    let path = format!("/classes/{CLASS_5_1}/lessons");
    let page = visitor.get(&format!("{path}?period=3")).await;
    let guest = page.between("–番 朝倉 葵", "</fieldset>");
    assert!(guest.contains("交流") && guest.contains("value=\"MISSED\" checked"), "{}", page.text);
    let aoi = AOI.to_string();
    let (was, kind) = (format!("was.{aoi}"), format!("kind.{aoi}"));
    let sent = visitor.submit(&path, &[("day", TODAY), ("period", "3"), (&was, "MISSED"), (&kind, "LATE")]).await;
    assert_eq!(sent.status, axum::http::StatusCode::SEE_OTHER, "{}", sent.text);
    assert!(!visitor.get(&format!("{path}?day=2026-11-20")).await.text.contains("朝倉 葵"));
}

#[tokio::test]
async fn there_are_no_lessons_where_the_calendar_has_no_school() {
    let mut school = School::open().await;
    school.hire("sachi", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), "2026-04-01".parse().expect("a date"))]).await;
    let (hugo, sachi) = (school.person("hugo"), school.person("sachi"));
    year(&hugo).await;
    set(&hugo, json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-11-21", "kind": "SCHOOL", "title": "授業参観" }] })).await;
    for (day, refused) in [("2026-11-22", true), ("2026-11-23", true), ("2026-11-21", false), ("2026-11-20", false)] {
        let errors = if refused { json!([{ "code": "CONFLICT", "field": "day" }]) } else { json!([]) };
        assert_eq!(mark(&sachi, LESSON, day, AOI).await["userErrors"], errors, "{day}");
        assert_eq!(mark(&hugo, CLASS_5_1, day, REN).await["userErrors"], errors, "{day}");
    }
    let mut visitor = school.visitor_as("sachi").await;
    let page = |day: &str| format!("/classes/{LESSON}/lessons?day={day}");
    assert!(visitor.get(&page("2026-11-22")).await.text.contains("授業のない日です"));
    let open = visitor.get(&page("2026-11-21")).await;
    assert!(open.text.contains("朝倉 葵") && !open.text.contains("授業のない日です"), "{}", open.text);
    let aoi = format!("was.{AOI}");
    let kind = format!("kind.{AOI}");
    let sent = visitor.submit(&format!("/classes/{LESSON}/lessons"), &[("day", "2026-11-22"), ("period", "3"), (&aoi, ""), (&kind, "MISSED")]).await;
    assert!(sent.text.contains("保存していないものがあります。授業のない日です"), "{}", sent.text);
}

#[tokio::test]
async fn the_page_does_not_say_of_who_is_ill_that_they_were_in_the_lesson() {
    let school = School::open().await;
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    let marks = json!([{ "pupilId": AOI, "kind": "ILLNESS" }, { "pupilId": HARUTO, "kind": "PRESENT", "late": true }]);
    school.person("ana").ask(document, json!({ "input": { "classId": CLASS_5_2, "marks": marks } })).await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("/classes/{CLASS_5_2}/lessons")).await;
    let row = |name: &str| page.between(name, "</fieldset>").to_owned();
    assert!(row("朝倉 葵</legend>").contains("病欠") && !row("朝倉 葵</legend>").contains("checked"), "{}", page.text);
    assert!(row("伊藤 陽翔</legend>").contains("value=\"\" checked"), "{}", page.text);
}
