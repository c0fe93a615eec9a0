//! 授業日数 is a matter of the pupil's grade, also in a class of several grades (特別支援学級, 複式).
use crate::calendar::{set, year};
use crate::moves::{done, of_pupil, refused};
use crate::register::{cell, counted, register, row};
use crate::turnover;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, LESSON, Package, Person, REN, SOTA, School, TODAY, YUI};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

/// 5年2組 is of two grades.
fn package() -> Package {
    let mut package = Package::usual();
    package.change("classes.csv", &format!(",P5,\n{LESSON}"), &format!(",\"P5,P6\",\n{LESSON}"));
    package
}

/// With a calendar in which 2 December is no school day of the fifth grade.
async fn mixed() -> School {
    let school = School::open().await;
    assert_eq!(school.import(&package()).await.problems, []);
    let hugo = school.person("hugo");
    year(&hugo).await;
    let days = json!([{ "day": "2026-12-02", "grade": "P5", "kind": "CLOSURE", "title": "学年閉鎖" }]);
    assert_eq!(set(&hugo, json!({ "schoolId": HIBARINO, "days": days, "reason": "インフルエンザ" })).await["changed"], 1);
    school
}

async fn grade(person: &Person<'_>, pupil: Uuid, grade: &str) -> Value {
    let document = "mutation ($input: SetPupilGradeInput!) { setPupilGrade(input: $input) { grade userErrors { code field } } }";
    let input = json!({ "pupilId": pupil, "classId": CLASS_5_2, "grade": grade });
    person.ask(document, json!({ "input": input })).await.data("/setPupilGrade").clone()
}

async fn take(person: &Person<'_>, marks: Value) -> Value {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed rejected { code field } userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_2, "day": "2026-12-02", "marks": marks, "reason": "書き忘れ" });
    person.ask(document, json!({ "input": input })).await.data("/takeAttendance").clone()
}

#[tokio::test]
async fn trap_1_school_days_of_a_class_of_several_grades_are_those_of_each_pupils_own_grade() {
    let school = mixed().await;
    let hugo = school.person("hugo");
    assert_eq!(grade(&hugo, AOI, "P5").await, json!({ "grade": "P5", "userErrors": [] }));
    assert_eq!(grade(&hugo, HARUTO, "P6").await["grade"], "P6");
    school.clock.advance(TimeDelta::days(9));
    let ana = school.person("ana");
    assert_eq!(take(&ana, json!([])).await["changed"], 5, "all present but who has no school");
    let marked = take(&ana, json!([{ "pupilId": AOI, "kind": "ILLNESS" }])).await;
    assert_eq!(marked["rejected"], json!([{ "code": "CONFLICT", "field": "pupilId" }]));
    let sheet = register(&ana, CLASS_5_2, "2026-12").await;
    let days = |pupil: Uuid| counted(&row(&sheet, pupil)["count"])[0];
    assert_eq!((days(AOI), days(HARUTO), days(YUI)), (2, 3, 3), "of whom the grade is not known the class tells");
    assert_eq!((cell(&sheet, AOI, "2026-12-02").0.as_str(), cell(&sheet, HARUTO, "2026-12-02").0.as_str()), ("NO_SCHOOL", "MARKED"));
    let year = "registerYear(year: 2026) { count { schoolDays } }";
    let of = async |pupil| of_pupil(&school, "ana", pupil, year).await.data("/pupil/registerYear/0/count/schoolDays").as_u64().unwrap();
    assert_eq!(of(AOI).await + 1, of(HARUTO).await);
}

#[tokio::test]
async fn a_closed_class_of_several_grades_marks_nobody_on_a_day_that_is_none_of_the_grades() {
    let school = mixed().await;
    let hugo = school.person("hugo");
    grade(&hugo, AOI, "P5").await;
    let document = "mutation ($input: CloseClassInput!) { closeClass(input: $input) { marked userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_2, "begins": "2026-12-02", "ends": "2026-12-02", "reason": "停電" });
    assert_eq!(hugo.ask(document, json!({ "input": input })).await.data("/closeClass/marked"), 5);
    grade(&hugo, HARUTO, "P5").await;
    assert_eq!(school.count("attendance_mark", "kind = 'SUSPENDED' AND known_until > '9000-01-01'").await, 4, "what becomes known of a grade is followed");
}

#[tokio::test]
async fn a_grade_is_set_by_the_office_and_only_one_of_the_class() {
    let school = mixed().await;
    let hugo = school.person("hugo");
    let refused = async |person: &Person<'_>, pupil, of| grade(person, pupil, of).await["userErrors"].clone();
    assert_eq!(refused(&hugo, AOI, "P4").await, json!([{ "code": "OUT_OF_RANGE", "field": "grade" }]));
    assert_eq!(refused(&hugo, REN, "P5").await, json!([{ "code": "NOT_FOUND", "field": "pupilId" }]));
    assert_eq!(refused(&hugo, SOTA, "P5").await, json!([{ "code": "NOT_FOUND", "field": "pupilId" }]));
    assert_eq!(refused(&school.person("mari"), AOI, "P5").await, json!([{ "code": "NOT_FOUND", "field": "classId" }]));
    let document = "mutation ($input: SetPupilGradeInput!) { setPupilGrade(input: $input) { grade } }";
    let input = json!({ "pupilId": AOI, "classId": CLASS_5_2, "grade": "P5" });
    assert_eq!(school.person("ana").ask(document, json!({ "input": input })).await.code(), "FORBIDDEN");
    let read = async |pupil| of_pupil(&school, "hugo", pupil, "grade").await.data("/pupil/grade").clone();
    assert_eq!((read(AOI).await, read(REN).await), (Value::Null, json!("P5")), "a class of one grade says it");
    grade(&hugo, AOI, "P6").await;
    assert_eq!(read(AOI).await, json!("P6"));
    let mut next = package();
    next.change("enrollments.csv", &format!("{AOI},student,,,,"), &format!("{AOI},student,,,,4"));
    school.import(&next).await;
    assert_eq!(read(AOI).await, json!("P6"), "a roster that says nothing of it leaves it");
}

#[tokio::test]
async fn a_grade_goes_along_when_a_pupil_moves() {
    let school = mixed().await;
    let hugo = school.person("hugo");
    let to = |fields: Value| asagao_tests::with(json!({ "pupilId": REN, "classId": CLASS_5_2, "day": "2026-11-25" }), fields);
    assert_eq!(refused(&hugo, "moveToClass", "MoveToClass", to(json!({ "grade": "P4" }))).await, ("OUT_OF_RANGE".into(), "grade".into()));
    done(&hugo, "moveToClass", "MoveToClass", to(json!({}))).await;
    let new = json!({ "familyName": "青木", "givenName": "空" });
    let new = json!({ "classId": CLASS_5_2, "kind": "TRANSFER_IN", "day": "2026-11-25", "grade": "P6", "pupil": new });
    let came = done(&hugo, "admitPupil", "AdmitPupil", new).await;
    let wrong = json!({ "classId": CLASS_5_1, "kind": "TRANSFER_IN", "day": "2026-11-25", "grade": "P6", "pupil": { "familyName": "青木", "givenName": "海" } });
    assert_eq!(refused(&hugo, "admitPupil", "AdmitPupil", wrong).await, ("OUT_OF_RANGE".into(), "grade".into()));
    school.clock.advance(TimeDelta::days(1));
    let read = async |pupil| of_pupil(&school, "hugo", pupil, "grade").await.data("/pupil/grade").clone();
    let sora: Uuid = came["pupilId"].as_str().unwrap().parse().unwrap();
    assert_eq!((read(REN).await, read(sora).await), (json!("P5"), json!("P6")), "the class before was of one grade");
}

#[tokio::test]
async fn next_year_knows_the_grade_that_is_known_and_keeps_the_one_that_the_draft_says() {
    let school = mixed().await;
    let hugo = school.person("hugo");
    grade(&hugo, AOI, "P5").await;
    grade(&hugo, HARUTO, "P6").await;
    let draft = turnover::start(&school).await;
    let of = |pupil| turnover::entry(&draft, pupil);
    assert_eq!((&of(AOI)["outcome"], &of(AOI)["grade"]), (&json!("STAYS"), &json!("P6")));
    assert_eq!(of(HARUTO)["outcome"], "GRADUATES");
    assert_eq!((&of(YUI)["outcome"], &of(YUI)["grade"]), (&json!("STAYS"), &Value::Null), "nobody has said it");
    let class = turnover::class(&draft, "5年2組")["id"].clone();
    let staying = draft["pupils"]["nodes"].as_array().unwrap().iter().filter(|of| of["outcome"] == "STAYS");
    let placements: Vec<Value> = staying.map(|of| {
        let grade = if of["grade"].is_null() { json!("P5") } else { of["grade"].clone() };
        json!({ "entryId": of["id"], "version": of["version"], "classId": class, "grade": grade })
    }).collect();
    let send = json!({ "turnoverId": draft["id"], "placements": placements });
    turnover::done(&hugo, "placePupils", "PlacePupils", send).await;
    let draft = turnover::done(&hugo, "numberTurnover", "NumberTurnover", json!({ "turnoverId": draft["id"] })).await;
    turnover::commit(&school, &draft).await;
    let next = |grade: &str| format!("grade = '{grade}' AND begins = '2027-04-01' AND known_until > '9000-01-01'");
    assert_eq!((school.count("enrolment", &next("P6")).await, school.count("enrolment", &next("P5")).await), (2, 4), "葵 and 蓮 of the sixth");
    let undo = json!({ "turnoverId": draft["id"], "reason": "組みかえ" });
    turnover::done(&hugo, "undoTurnover", "UndoTurnover", undo).await;
}

/// The same with a grade for everybody in users.csv: 葵 of the sixth, all others of the fifth.
fn graded(mut package: Package) -> Package {
    package.change("users.csv", ",email\n", ",email,grades\n");
    package.pad("users.csv", ",P5");
    package.change("users.csv", "アサクラ,アオイ,,P5", "アサクラ,アオイ,,P6");
    package
}

#[tokio::test]
async fn a_roster_brings_the_grades_of_a_class_of_several() {
    let school = School::open().await;
    let report = school.import(&graded(package())).await;
    assert_eq!(report.problems, []);
    let read = async |pupil| of_pupil(&school, "hugo", pupil, "grade").await.data("/pupil/grade").clone();
    assert_eq!((read(AOI).await, read(HARUTO).await, read(REN).await), (json!("P6"), json!("P5"), json!("P5")));
    let grades = async |school: &School| school.count("enrolment", "grade IS NOT NULL AND known_until > '9000-01-01'").await;
    assert_eq!(grades(&school).await, 6, "only where the class does not say it");
    let trail = school.count("trail", "record = 'enrolment'").await;
    school.import(&graded(package())).await;
    assert_eq!(school.count("trail", "record = 'enrolment'").await, trail, "the same again writes nothing");
    let hugo = school.person("hugo");
    grade(&hugo, AOI, "P5").await;
    school.import(&graded(package())).await;
    assert_eq!(read(AOI).await, json!("P5"), "what somebody here has set stays");
    school.import(&package()).await;
    assert_eq!((read(AOI).await, read(HARUTO).await), (json!("P5"), json!("P5")), "a roster that says nothing of it leaves it");
}

#[tokio::test]
async fn a_grade_that_the_class_does_not_have_is_told() {
    let school = School::open().await;
    let mut package = graded(package());
    package.change("users.csv", "イトウ,ハルト,,P5", "イトウ,ハルト,,P1");
    let report = school.import(&package).await;
    let told = report.warnings.iter().filter(|warning| warning.code == "GRADE_OF_OTHERS");
    assert_eq!(told.map(|warning| warning.file.as_str()).collect::<Vec<_>>(), ["enrollments.csv"]);
    assert_eq!(of_pupil(&school, "hugo", HARUTO, "grade").await.data("/pupil/grade"), &Value::Null);
}

#[tokio::test]
async fn what_a_roster_brought_of_grades_goes_with_it() {
    let mut school = mixed().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    school.hire("office", |id| vec![duty::new(id, DutyKind::AcademicAffairs, None, None, day)]).await;
    grade(&school.person("hugo"), YUI, "P6").await;
    let read = async |pupil| of_pupil(&school, "hugo", pupil, "grade").await.data("/pupil/grade").clone();
    let office = school.person("office");
    let import = office.preview(&graded(package())).await;
    let committed = office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(committed["import"]["state"], "COMMITTED");
    assert_eq!((read(AOI).await, read(YUI).await), (json!("P6"), json!("P6")), "what the office has said is not overruled");
    let conflict = |change: &Value| change["kind"] == "CONFLICT";
    assert_eq!(import["changes"]["nodes"].as_array().unwrap().iter().filter(|change| conflict(change)).count(), 1);
    assert_eq!(office.undo_roster(&import["id"]).await["userErrors"], json!([]));
    assert_eq!((read(AOI).await, read(YUI).await), (Value::Null, json!("P6")), "only what the office has said is known");
}
