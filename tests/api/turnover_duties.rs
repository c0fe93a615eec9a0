//! Duties at the turn of the year: which end with it, whom the draft replaces, and that nobody gives themselves one.
use crate::turnover::{class, commit, done, error, ready, start};
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::{HIBARINO, School};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

fn april() -> NaiveDate {
    "2026-04-01".parse().expect("a date")
}

fn of_school(kind: DutyKind) -> impl FnOnce(Uuid) -> Vec<Duty> {
    move |id| vec![duty::new(id, kind, Some(HIBARINO), None, april())]
}

fn head_of(grade: &'static str) -> impl FnOnce(Uuid) -> Vec<Duty> {
    move |id| vec![Duty { grade: grade.into(), ..duty::new(id, DutyKind::GradeHead, Some(HIBARINO), None, april()) }]
}

/// Who has a duty over the school on a day after the turn of the year: how many of a kind.
async fn after(school: &School, kind: &str) -> i64 {
    school.count("duty", &format!("kind = '{kind}' AND class IS NULL AND ends >= '2027-04-05' AND begins <= '2027-04-05'")).await
}

fn lines<'a>(draft: &'a Value, code: &str) -> Vec<&'a Value> {
    draft["problems"].as_array().expect("a list").iter().filter(|line| line["code"] == code).collect()
}

#[tokio::test]
async fn heads_of_grades_end_with_the_year_and_whom_the_draft_replaces_has_the_duty_no_more() {
    let mut school = School::open().await;
    for (name, kind) in [("clerk", DutyKind::AcademicAffairs), ("nurse", DutyKind::Nurse)] {
        school.hire(name, of_school(kind)).await;
    }
    school.hire("old", head_of("P6")).await;
    school.hire("new", |_| vec![]).await;
    let (hugo, new) = (school.person("hugo"), school.person("new").id);
    let draft = ready(&school).await;
    assert_eq!(lines(&draft, "NO_GRADE_HEAD")[0]["grades"], json!(["P6"]), "the check list says that the head of the grade ends");
    let going: Vec<_> = lines(&draft, "DUTY_GOES_ON").into_iter().map(|line| (line["duty"].clone(), line["names"].clone())).collect();
    assert_eq!(going, [(json!("ACADEMIC_AFFAIRS"), json!(["clerk"])), (json!("NURSE"), json!(["nurse"]))]);
    let set = |fields: Value| asagao_tests::with(json!({ "turnoverId": draft["id"], "staffId": new }), fields);
    done(&hugo, "setTurnoverDuty", "SetTurnoverDuty", set(json!({ "kind": "GRADE_HEAD", "grade": "P6" }))).await;
    let draft = done(&hugo, "setTurnoverDuty", "SetTurnoverDuty", set(json!({ "kind": "NURSE" }))).await;
    assert_eq!((lines(&draft, "NO_GRADE_HEAD").len(), lines(&draft, "DUTY_GOES_ON").len()), (0, 1));
    commit(&school, &draft).await;
    assert_eq!((after(&school, "GRADE_HEAD").await, after(&school, "NURSE").await, after(&school, "ACADEMIC_AFFAIRS").await), (1, 1, 1));
    assert_eq!(school.count("duty", "kind IN ('GRADE_HEAD', 'NURSE') AND ends = '2027-03-31'").await, 2, "until the last day of the year");
    done(&hugo, "undoTurnover", "UndoTurnover", json!({ "turnoverId": draft["id"], "reason": "組みかえ" })).await;
    assert_eq!(school.count("duty", "kind IN ('GRADE_HEAD', 'NURSE') AND ends > '9000-01-01'").await, 2, "as they were before");
    assert_eq!((after(&school, "GRADE_HEAD").await, after(&school, "NURSE").await), (1, 1), "and those of the draft never begin");
}

#[tokio::test]
async fn who_is_named_beside_others_leaves_them_their_duty() {
    let mut school = School::open().await;
    school.hire("nurse", of_school(DutyKind::Nurse)).await;
    school.hire("new", |_| vec![]).await;
    let draft = ready(&school).await;
    let set = json!({ "turnoverId": draft["id"], "staffId": school.person("new").id, "kind": "NURSE", "beside": true });
    let draft = done(&school.person("hugo"), "setTurnoverDuty", "SetTurnoverDuty", set).await;
    commit(&school, &draft).await;
    assert_eq!(after(&school, "NURSE").await, 2);
}

#[tokio::test]
async fn nobody_gives_themselves_a_duty_of_next_year_because_they_have_another_one_in_the_draft() {
    let mut school = School::open().await;
    school.hire("rin", of_school(DutyKind::AcademicAffairs)).await;
    let draft = start(&school).await;
    let (hugo, rin) = (school.person("hugo"), school.person("rin"));
    let set = |fields: Value| asagao_tests::with(json!({ "turnoverId": draft["id"], "staffId": rin.id }), fields);
    let homeroom = json!({ "kind": "HOMEROOM_TEACHER", "classId": class(&draft, "6年1組")["id"] });
    done(&hugo, "setTurnoverDuty", "SetTurnoverDuty", set(homeroom.clone())).await;
    for more in [
        json!({ "kind": "GRADE_HEAD", "grade": "P6" }),
        json!({ "kind": "NURSE" }),
        json!({ "kind": "HOMEROOM_TEACHER", "classId": class(&draft, "6年2組")["id"] }),
    ] {
        assert_eq!(error(&rin, "setTurnoverDuty", "SetTurnoverDuty", set(more)).await, ("OUT_OF_RANGE".into(), "staffId".into()));
    }
    done(&rin, "setTurnoverDuty", "SetTurnoverDuty", set(homeroom)).await;
}
