//! Long absence as the survey counts it, the office's look at a day, and lessons.
use crate::calendar::year;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, MIZUUMI, Person, School, TODAY, YUI};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

/// The last school days up to today, as many as asked for.
fn days(count: usize) -> Vec<NaiveDate> {
    let today: NaiveDate = TODAY.parse().expect("a date");
    let holidays = ["2026-11-23", "2026-11-03", "2026-10-12", "2026-09-21", "2026-09-22", "2026-09-23"];
    let school = |day: &NaiveDate| day.weekday().number_from_monday() < 6 && !holidays.contains(&day.to_string().as_str());
    today.iter_days().rev().filter(school).take(count).collect()
}

/// A pupil with 20 days of illness and 10 of 出停; one with 29 of both; one with 25 and 10 days in another room; one never seen.
async fn autumn() -> School {
    let school = School::open().await;
    year(&school.person("hugo")).await;
    let ana = school.person("ana");
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { userErrors { code } rejected { code } } }";
    for (back, day) in days(40).into_iter().enumerate() {
        let mark = |pupil, kind: &str| json!({ "pupilId": pupil, "kind": kind });
        let mut marks = vec![mark(YUI, "OTHER")];
        match back {
            0..20 => marks.extend([mark(AOI, "ILLNESS"), mark(HARUTO, "ILLNESS"), mark(KAEDE, "ILLNESS")]),
            20..25 => marks.extend([mark(AOI, "SUSPENDED"), mark(HARUTO, "SUSPENDED"), mark(KAEDE, "OTHER")]),
            25..29 => marks.extend([mark(AOI, "SUSPENDED"), mark(HARUTO, "MOURNING")]),
            29 => marks.push(mark(AOI, "SUSPENDED")),
            _ => {}
        }
        if (25..35).contains(&back) {
            marks.push(json!({ "pupilId": KAEDE, "kind": "PRESENT", "place": "OTHER_ROOM" }));
        }
        let taken = ana.ask(document, json!({ "input": { "classId": CLASS_5_2, "day": day, "marks": marks } })).await;
        assert_eq!(taken.data("/takeAttendance"), &json!({ "userErrors": [], "rejected": [] }));
    }
    school
}

const LIST: &str = "query ($school: ID!) { longAbsences(schoolId: $school, year: 2026) { name className number away long
    count { absent excused present elsewhere unmarked } } }";

async fn list(person: &Person<'_>) -> Value {
    person.ask(LIST, json!({ "school": HIBARINO })).await.data("/longAbsences").clone()
}

#[tokio::test]
async fn trap_2_thirty_days_are_absence_and_excused_days_together() {
    let school = autumn().await;
    let rows = list(&school.person("hugo")).await;
    let names: Vec<_> = rows.as_array().unwrap().iter().map(|row| json!([row["name"], row["away"], row["long"]])).collect();
    assert_eq!(names, [
        json!(["朝倉 葵", 30, true]),
        json!(["勅使河原 ヴァレンティーナ", 25, false]),
        json!(["𠮷田 結衣", 40, true]),
    ], "29 days are not 30; 出席扱い stands beside");
    assert_eq!((&rows[0]["count"]["absent"], &rows[0]["count"]["excused"], &rows[1]["count"]["elsewhere"]), (&json!(20), &json!(10), &json!(10)));
    assert_eq!(list(&school.person("ana")).await, rows, "a homeroom teacher sees her own class");
    assert_eq!(list(&school.person("mari")).await, json!([]), "and nobody sees another school");
    assert_eq!(school.person("drill").ask(LIST, json!({ "school": HIBARINO })).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn the_board_sees_counts_and_no_child_and_no_small_cell() {
    let mut school = autumn().await;
    let from = TODAY.parse().expect("a date");
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    let document = "{ longAbsenceCounts(year: 2026) { school { id } counts { long ninety hardlyPresent neverPresent withElsewhere step } } }";
    let of_hugo = school.person("hugo").ask(document, json!({})).await;
    assert_eq!(of_hugo.data("/longAbsenceCounts"), &json!([{ "school": { "id": HIBARINO },
        "counts": { "long": 2, "ninety": 0, "hardlyPresent": 0, "neverPresent": 0, "withElsewhere": 1, "step": null } }]), "days that nobody marked may have been attended");
    let of_board = school.person("board").ask(document, json!({})).await;
    let of = |id| of_board.data("/longAbsenceCounts").as_array().unwrap().iter().find(|row| row["school"]["id"] == json!(id)).unwrap()["counts"].clone();
    let nothing = json!({ "long": null, "ninety": null, "hardlyPresent": null, "neverPresent": null, "withElsewhere": null, "step": 10 });
    assert_eq!((of(HIBARINO), of(MIZUUMI)), (nothing.clone(), nothing), "nor is told where there is nobody");
    assert_eq!(school.person("board").ask(LIST, json!({ "school": HIBARINO })).await.code(), "FORBIDDEN");
    assert_eq!(school.person("ana").ask(document, json!({})).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn the_office_sees_who_has_not_taken_attendance_today() {
    let school = School::open().await;
    year(&school.person("hugo")).await;
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    let marks = json!([{ "pupilId": HARUTO, "kind": "ILLNESS", "note": "発熱" }, { "pupilId": AOI, "kind": "PRESENT", "late": true }]);
    school.person("ana").ask(take, json!({ "input": { "classId": CLASS_5_2, "marks": marks } })).await;
    let document = "query ($day: Date) { attendanceToday(day: $day) { isSchoolDay waits closure { reason } class { id }
        summary { absent late unmarked lastBy lastAt } away { number name kind { name } late note } } }";
    let answer = school.person("hugo").ask(document, json!({})).await;
    let classes = answer.data("/attendanceToday");
    assert_eq!((&classes[0]["class"]["id"], &classes[0]["waits"], &classes[0]["summary"]["lastBy"]), (&json!(CLASS_5_1), &json!(true), &Value::Null));
    assert_eq!((&classes[1]["waits"], &classes[1]["summary"]["lastBy"], &classes[1]["summary"]["absent"]), (&json!(false), &json!("有村 安奈"), &json!(1)));
    assert_eq!(classes[1]["away"], json!([
        { "number": 1, "name": "朝倉 葵", "kind": { "name": "出席" }, "late": true, "note": null },
        { "number": 2, "name": "伊藤 陽翔", "kind": { "name": "病欠" }, "late": false, "note": "発熱" },
    ]));
    assert!(answer.queries() <= 9, "{}", answer.queries());
    let saturday = school.person("hugo").ask(document, json!({ "day": "2026-11-21" })).await;
    assert_eq!((saturday.data("/attendanceToday/0/isSchoolDay"), saturday.data("/attendanceToday/0/waits")), (&json!(false), &json!(false)));
    let close = "mutation ($input: CloseClassInput!) { closeClass(input: $input) { marked } }";
    school.person("hugo").ask(close, json!({ "input": { "classId": CLASS_5_1, "begins": TODAY, "ends": TODAY, "reason": "インフルエンザ" } })).await;
    let closed = school.person("hugo").ask(document, json!({})).await;
    assert_eq!((closed.data("/attendanceToday/0/waits"), closed.data("/attendanceToday/0/closure/reason")), (&json!(false), &json!("インフルエンザ")));
    assert_eq!(school.person("ana").ask(document, json!({})).await.data("/attendanceToday").as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_missed_lesson_is_no_absence_of_the_day() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("subject", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), from)]).await;
    let hugo = school.person("hugo");
    let week = json!([{ "weekday": 2, "period": 3, "subject": "算数" }, { "weekday": 2, "period": 4, "subject": "図画工作" }]);
    let set = "mutation ($input: SetTimetableInput!) { setTimetable(input: $input) { lessons { subject } userErrors { code field } } }";
    let input = json!({ "classId": LESSON, "from": "2026-04-01", "lessons": week });
    assert_eq!(hugo.ask(set, json!({ "input": input })).await.data("/setTimetable/lessons/1/subject"), "図画工作");
    let twice = json!({ "classId": LESSON, "from": "2026-04-01", "lessons": [{ "weekday": 1, "period": 1, "subject": "a" }, { "weekday": 1, "period": 1, "subject": "b" }] });
    assert_eq!(hugo.ask(set, json!({ "input": twice })).await.data("/setTimetable/userErrors/0/code"), "CONFLICT");
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    school.person("ana").ask(take, json!({ "input": { "classId": CLASS_5_2 } })).await;
    let mark = "mutation ($input: MarkLessonInput!) { markLesson(input: $input) { changed unchanged rejected { code } userErrors { code field } } }";
    let marks = json!([{ "pupilId": AOI, "kind": "MISSED" }, { "pupilId": MINATO, "kind": "LATE" }]);
    let subject = school.person("subject");
    let input = json!({ "input": { "classId": LESSON, "period": 3, "marks": marks } });
    let done = subject.ask(mark, input.clone()).await.data("/markLesson").clone();
    assert_eq!((&done["changed"], &done["rejected"]), (&json!(1), &json!([{ "code": "NOT_FOUND" }])), "湊 has another lesson");
    assert_eq!(subject.ask(mark, input).await.data("/markLesson/unchanged"), &json!(1));
    let document = format!("query ($id: ID!) {{ pupil(id: $id) {{ missedLessons(from: \"{TODAY}\", to: \"{TODAY}\") {{ day period subject kind by }}
        attendance(from: \"{TODAY}\", to: \"{TODAY}\") {{ kind {{ code }} }} }} }}");
    let aoi = school.person("ana").ask(&document, json!({ "id": AOI })).await;
    assert_eq!(aoi.data("/pupil/missedLessons"), &json!([{ "day": TODAY, "period": 3, "subject": "算数", "kind": "MISSED", "by": "subject" }]));
    assert_eq!(aoi.data("/pupil/attendance/0/kind/code"), "PRESENT", "the register stays as it is");
    let back = json!({ "input": { "classId": LESSON, "period": 3, "marks": [{ "pupilId": AOI, "kind": null }] } });
    assert_eq!(subject.ask(mark, back).await.data("/markLesson/changed"), &json!(1));
    assert_eq!(school.person("ana").ask(&document, json!({ "id": AOI })).await.data("/pupil/missedLessons"), &json!([]));
    assert_eq!(school.count("lesson_mark", "1 = 1").await, 2, "both are kept");
    for (class, period, field) in [(CLASS_5_2, 3, "classId"), (LESSON, 11, "period")] {
        let refused = subject.ask(mark, json!({ "input": { "classId": class, "period": period, "marks": [] } })).await;
        assert_eq!(refused.data("/markLesson/userErrors/0/field"), field);
    }
    assert_eq!(school.person("portal").ask(mark, json!({ "input": { "classId": LESSON, "period": 3, "marks": [] } })).await.code(), "FORBIDDEN");
}
