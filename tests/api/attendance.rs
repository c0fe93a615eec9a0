//! Taking attendance: all present but …, a second marking, who said what and when.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, Package, Person, REN, SOTA, School, TODAY, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

async fn take(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed unchanged
        conflicts { pupilId mark { by late kind { code } } } rejected { index id code field } userErrors { code field }
        summary { enrolled present absent excused late leftEarly elsewhere unmarked lastBy } } }";
    person.ask(document, json!({ "input": input })).await.data("/takeAttendance").clone()
}

/// The marks of a pupil's day: kind, late, left early, place and note.
async fn mark(person: &Person<'_>, pupil: Uuid, day: &str) -> Value {
    let document = "query ($id: ID!, $day: Date!) { pupil(id: $id) { attendance(from: $day, to: $day) {
        kind { code } late leftEarly place note by } } }";
    person.ask(document, json!({ "id": pupil, "day": day })).await.data("/pupil/attendance/0").clone()
}

async fn history(person: &Person<'_>, pupil: Uuid) -> Vec<(Value, Value, Value)> {
    let document = "query ($id: ID!, $day: Date!) { pupil(id: $id) { attendanceHistory(day: $day) { kind { name } by at } } }";
    let answer = person.ask(document, json!({ "id": pupil, "day": TODAY })).await;
    let marks = answer.data("/pupil/attendanceHistory").as_array().expect("a list").clone();
    marks.into_iter().map(|mark| (mark["kind"]["name"].clone(), mark["by"].clone(), mark["at"].clone())).collect()
}

#[tokio::test]
async fn all_are_present_but_those_who_are_named() {
    let school = School::open().await;
    let ana = school.person("ana");
    let answer = take(&ana, json!({ "classId": CLASS_5_2, "marks": [
        { "pupilId": AOI, "kind": "ILLNESS", "note": "発熱 38.2℃" }, { "pupilId": HARUTO, "kind": "PRESENT", "late": true },
        { "pupilId": KAEDE, "kind": "SUSPENDED" }, { "pupilId": MINATO, "kind": "PRESENT", "place": "OTHER_ROOM" } ] })).await;
    assert_eq!(answer["userErrors"], json!([]));
    assert_eq!((&answer["changed"], &answer["unchanged"]), (&json!(6), &json!(0)));
    let summary = json!({ "enrolled": 6, "present": 4, "absent": 1, "excused": 1, "late": 1, "leftEarly": 0, "elsewhere": 1,
        "unmarked": 0, "lastBy": "有村 安奈" });
    assert_eq!(answer["summary"], summary);
    assert_eq!(mark(&ana, AOI, TODAY).await["note"], "発熱 38.2℃");
    assert_eq!(mark(&ana, YUI, TODAY).await["kind"]["code"], "PRESENT");
    let minato = mark(&ana, MINATO, TODAY).await;
    assert_eq!((&minato["kind"]["code"], &minato["place"]), (&json!("PRESENT"), &json!("OTHER_ROOM")), "the register and the room are two things");
}

#[tokio::test]
async fn a_second_marking_replaces_the_first_and_the_history_keeps_both() {
    let school = School::open().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    take(&ana, json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] })).await;
    school.clock.advance(TimeDelta::minutes(3));
    let second = take(&hugo, json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": YUI, "kind": "OTHER" }] })).await;
    assert_eq!((&second["changed"], &second["unchanged"]), (&json!(2), &json!(4)), "all present but 結衣: 葵 is here after all");
    assert_eq!(mark(&ana, AOI, TODAY).await["kind"]["code"], "PRESENT");
    assert_eq!(history(&ana, AOI).await, [
        (json!("出席"), json!("日向 悟"), json!("2026-11-23T23:23:00.000Z")),
        (json!("病欠"), json!("有村 安奈"), json!("2026-11-23T23:20:00.000Z")),
    ]);
    let again = take(&hugo, json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": YUI, "kind": "OTHER" }] })).await;
    assert_eq!((&again["changed"], &again["unchanged"]), (&json!(0), &json!(6)), "the same again changes nothing");
    assert_eq!(history(&ana, AOI).await.len(), 2);
}

#[tokio::test]
async fn others_can_be_left_as_they_are() {
    let school = School::open().await;
    let ana = school.person("ana");
    let one = take(&ana, json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] })).await;
    assert_eq!((&one["changed"], &one["summary"]["unmarked"]), (&json!(1), &json!(5)));
    let rest = take(&ana, json!({ "classId": CLASS_5_2, "others": "UNMARKED_PRESENT" })).await;
    assert_eq!((&rest["changed"], &rest["summary"]["absent"]), (&json!(5), &json!(1)), "a mark that is there is not overwritten");
    let taken_away = take(&ana, json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "marks": [{ "pupilId": AOI }] })).await;
    assert_eq!((&taken_away["changed"], &taken_away["summary"]["unmarked"]), (&json!(1), &json!(1)));
    assert_eq!(history(&ana, AOI).await.len(), 2);
}

#[tokio::test]
async fn on_an_absent_or_excused_day_nobody_is_late() {
    let school = School::open().await;
    let ana = school.person("ana");
    for kind in ["SUSPENDED", "MOURNING", "ILLNESS"] {
        let marks = json!([{ "pupilId": AOI, "kind": kind, "late": true, "leftEarly": true, "place": "HOME" }]);
        let answer = take(&ana, json!({ "classId": CLASS_5_2, "marks": marks })).await;
        assert_eq!((&answer["summary"]["late"], &answer["summary"]["leftEarly"]), (&json!(0), &json!(0)), "{kind}");
    }
    let both = json!([{ "pupilId": AOI, "kind": "PRESENT", "late": true, "leftEarly": true }]);
    let answer = take(&ana, json!({ "classId": CLASS_5_2, "marks": both })).await;
    assert_eq!((&answer["summary"]["late"], &answer["summary"]["leftEarly"], &answer["summary"]["present"]), (&json!(1), &json!(1), &json!(6)));
}

#[tokio::test]
async fn what_somebody_else_has_changed_since_comes_back() {
    let school = School::open().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let seen = school.clock.now().to_rfc3339();
    school.clock.advance(TimeDelta::minutes(1));
    let late = json!([{ "pupilId": AOI, "kind": "PRESENT", "late": true }]);
    take(&hugo, json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "marks": late })).await;
    school.clock.advance(TimeDelta::minutes(1));
    let mine = json!([{ "pupilId": AOI, "kind": "ILLNESS" }, { "pupilId": YUI, "kind": "ILLNESS" }]);
    let answer = take(&ana, json!({ "classId": CLASS_5_2, "seenAt": seen, "others": "UNCHANGED", "marks": mine })).await;
    assert_eq!(answer["changed"], 1, "結衣 is marked all the same");
    let held = json!([{ "pupilId": AOI, "mark": { "by": "日向 悟", "late": true, "kind": { "code": "PRESENT" } } }]);
    assert_eq!(answer["conflicts"], held);
    let now = school.clock.now().to_rfc3339();
    let decided = take(&ana, json!({ "classId": CLASS_5_2, "seenAt": now, "others": "UNCHANGED", "marks": mine })).await;
    assert_eq!((&decided["changed"], &decided["conflicts"]), (&json!(1), &json!([])));
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_pupil_and_nothing_else_is_lost() {
    let school = School::open().await;
    let ana = school.person("ana");
    let answer = take(&ana, json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "marks": [
        { "pupilId": "x", "kind": "ILLNESS" }, { "pupilId": REN, "kind": "ILLNESS" }, { "pupilId": AOI, "kind": "FLU" },
        { "pupilId": YUI, "kind": "ILLNESS" }, { "pupilId": YUI, "kind": "OTHER" }, { "pupilId": KAEDE, "kind": "OTHER", "note": " " } ] })).await;
    assert_eq!(answer["changed"], 1);
    let refused: Vec<_> = answer["rejected"].as_array().unwrap().iter().map(|r| (r["index"].as_u64(), r["code"].as_str(), r["field"].as_str())).collect();
    assert_eq!(refused, [
        (Some(0), Some("INVALID_ID"), Some("pupilId")),
        (Some(1), Some("NOT_FOUND"), Some("pupilId")),
        (Some(2), Some("NOT_FOUND"), Some("kind")),
        (Some(4), Some("CONFLICT"), Some("pupilId")),
        (Some(5), Some("INVALID_TEXT"), Some("note")),
    ]);
    let all = take(&ana, json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": AOI, "kind": "FLU" }] })).await;
    assert_eq!(all["summary"]["unmarked"], 1, "who was named wrongly is not made present");
    for (class, day, code, field) in [
        (CLASS_4_1, TODAY, "NOT_FOUND", "classId"),
        (LESSON, TODAY, "NOT_FOUND", "classId"),
        (Uuid::nil(), TODAY, "NOT_FOUND", "classId"),
        (CLASS_5_2, "2026-11-25", "IN_THE_FUTURE", "day"),
    ] {
        let answer = take(&ana, json!({ "classId": class, "day": day })).await;
        assert_eq!(answer["userErrors"], json!([{ "code": code, "field": field }]), "{class} {day}");
    }
    assert_eq!(school.count("attendance_mark", &format!("day <> '{TODAY}'")).await, 0);
}

#[tokio::test]
async fn only_who_has_the_duty_takes_and_sees_attendance() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    school.hire("subject", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), from)]).await;
    school.hire("ict", |id| vec![duty::new(id, DutyKind::IctSupport, Some(HIBARINO), None, from)]).await;
    let marks = json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] });
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed userErrors { code } } }";
    for (who, code) in [("subject", "FORBIDDEN"), ("ict", "FORBIDDEN"), ("drill", "FORBIDDEN")] {
        assert_eq!(school.person(who).ask(document, json!({ "input": marks })).await.code(), code, "{who}");
    }
    for who in ["mari", "stranger"] {
        assert_eq!(take(&school.person(who), marks.clone()).await["userErrors"][0]["code"], "NOT_FOUND", "{who}");
    }
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 0);
    assert_eq!(take(&school.person("nurse"), marks).await["changed"], 6);
    assert_eq!(mark(&school.person("subject"), AOI, TODAY).await["kind"]["code"], "ILLNESS", "of the pupils of their lesson");
    let other = format!("{{ pupil(id: \"{YUI}\") {{ attendance(from: \"{TODAY}\", to: \"{TODAY}\") {{ late }} }} }}");
    assert_eq!(school.person("subject").ask(&other, json!({})).await.data("/pupil"), &Value::Null, "and of nobody else");
    let ict = school.person("ict").ask(&format!("{{ pupil(id: \"{AOI}\") {{ name }} }}"), json!({})).await;
    assert_eq!(ict.code(), "FORBIDDEN");
    let sota = school.person("ana").ask(&format!("{{ pupil(id: \"{SOTA}\") {{ name }} }}"), json!({})).await;
    assert_eq!(sota.data("/pupil"), &Value::Null);
}

#[tokio::test]
async fn a_pupil_sees_their_own_record_and_no_other() {
    let school = School::open().await;
    take(&school.person("ana"), json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] })).await;
    let secret = school.pupil_token(AOI).await;
    let aoi = school.bearer(&secret);
    let me = aoi.ask("{ viewer { name rights pupil { name number } duties { kind } } }", json!({})).await;
    assert_eq!(me.data("/viewer/pupil"), &json!({ "name": "朝倉 葵", "number": 1 }));
    assert_eq!(me.data("/viewer/rights"), &json!(["roster:read", "official-name:read", "protected:read", "activity:read", "activity:write", "attendance:read", "mark:read", "mood:read", "mood:write", "consultation:write", "access-log:read"]));
    assert_eq!(mark(&aoi, AOI, TODAY).await["kind"]["code"], "ILLNESS");
    assert_eq!(aoi.ask(&format!("{{ pupil(id: \"{YUI}\") {{ name }} }}"), json!({})).await.data("/pupil"), &Value::Null);
    assert_eq!(aoi.ask("{ homerooms { nodes { name } } }", json!({})).await.data("/homerooms/nodes"), &json!([]));
    for document in [format!("{{ class(id: \"{CLASS_5_2}\") {{ name }} }}"), format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ id }} }} }}")] {
        assert_eq!(aoi.ask(&document, json!({})).await.code(), "FORBIDDEN", "{document}");
    }
}

#[tokio::test]
async fn school_days_are_told_by_attendance() {
    let school = School::open().await;
    let ana = school.person("ana");
    for day in ["2026-11-18", "2026-11-19", "2026-11-21"] {
        assert_eq!(take(&ana, json!({ "classId": CLASS_5_2, "day": day })).await["changed"], 6, "{day}");
    }
    let document = "query ($id: ID!, $last: Int!) { class(id: $id) { schoolDays(last: $last) saturday: isSchoolDay(day: \"2026-11-21\")
        sunday: isSchoolDay(day: \"2026-11-22\") attendanceSummary(day: \"2026-11-18\") { present } } }";
    let answer = ana.ask(document, json!({ "id": CLASS_5_2, "last": 20 })).await;
    assert_eq!(answer.data("/class/schoolDays"), &json!(["2026-11-18", "2026-11-19", "2026-11-21", TODAY]), "a Saturday with school, no holiday");
    assert_eq!((answer.data("/class/saturday"), answer.data("/class/sunday")), (&json!(true), &json!(false)));
    assert_eq!(answer.data("/class/attendanceSummary/present"), 6);
    let two = ana.ask(document, json!({ "id": CLASS_5_2, "last": 2 })).await;
    assert_eq!(two.data("/class/schoolDays"), &json!(["2026-11-21", TODAY]));
    assert_eq!(ana.ask(document, json!({ "id": CLASS_5_2, "last": 0 })).await.code(), "BAD_INPUT");
}

#[tokio::test]
async fn homerooms_are_listed_with_their_day_at_a_fixed_cost() {
    let school = School::open().await;
    take(&school.person("ana"), json!({ "classId": CLASS_5_2 })).await;
    let document = "query ($first: Int, $after: String) { homerooms(first: $first, after: $after) { pageInfo { endCursor hasNextPage }
        nodes { id name pupilCount teachers { name duty } attendanceSummary(day: \"2026-11-24\") { present unmarked lastAt } } } }";
    let hugo = school.person("hugo");
    let all = hugo.ask(document, json!({})).await;
    let names: Vec<_> = all.data("/homerooms/nodes").as_array().unwrap().iter().map(|class| class["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["5年1組", "5年2組"], "no lesson, no other school");
    assert_eq!(all.data("/homerooms/nodes/1/teachers"), &json!([{ "name": "有村 安奈", "duty": "HOMEROOM_TEACHER" }]));
    assert_eq!(all.data("/homerooms/nodes/0/attendanceSummary"), &json!({ "present": 0, "unmarked": 1, "lastAt": null }));
    assert_eq!(all.data("/homerooms/nodes/1/attendanceSummary/present"), 6);
    let first = hugo.ask(document, json!({ "first": 1 })).await;
    assert_eq!(first.data("/homerooms/pageInfo/hasNextPage"), &json!(true));
    let second = hugo.ask(document, json!({ "first": 1, "after": first.data("/homerooms/pageInfo/endCursor") })).await;
    assert_eq!(second.data("/homerooms/nodes/0/id"), &json!(CLASS_5_2));
    assert_eq!(school.person("ana").ask(document, json!({})).await.data("/homerooms/nodes/0/id"), &json!(CLASS_5_2));
    let elsewhere = school.person("mari").ask(document, json!({})).await;
    assert_eq!(elsewhere.data("/homerooms/nodes/0/id"), &json!(CLASS_4_1));
    let _ = CLASS_5_1;
}

#[tokio::test]
async fn what_a_guardian_told_the_teacher_is_for_those_who_take_attendance_alone() {
    let mut school = School::open().await;
    school.hire("sachi", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_2), TODAY.parse().expect("a date"))]).await;
    let ana = school.person("ana");
    take(&ana, json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": AOI, "kind": "ILLNESS", "note": "母から：本人には伝えないでほしい" }] })).await;
    take(&ana, json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": AOI, "kind": "OTHER" }], "reason": "電話で聞きなおした" })).await;
    take(&ana, json!({ "classId": CLASS_5_2, "marks": [{ "pupilId": AOI, "kind": "ILLNESS", "note": "母から：本人には伝えないでほしい" }] })).await;
    assert!(mark(&ana, AOI, TODAY).await["note"].is_string());
    let of_subject = mark(&school.person("sachi"), AOI, TODAY).await;
    assert_eq!((&of_subject["kind"]["code"], &of_subject["note"]), (&json!("ILLNESS"), &Value::Null));
    let token = school.pupil_token(AOI).await;
    let aoi = school.bearer(&token);
    let own = mark(&aoi, AOI, TODAY).await;
    assert_eq!((&own["kind"]["code"], &own["note"]), (&json!("ILLNESS"), &Value::Null), "the day, and not what was said of it");
    let asked = aoi.ask(&format!("{{ pupil(id: \"{AOI}\") {{ attendanceHistory(day: \"{TODAY}\") {{ note reason }} }} }}"), json!({})).await;
    assert_eq!(asked.code(), "FORBIDDEN");
}

#[tokio::test]
async fn what_was_marked_on_a_past_day_is_changed_for_a_reason_alone() {
    let school = School::open().await;
    let ana = school.person("ana");
    let on = |marks: Value, others: &str, reason: Value| json!({ "classId": CLASS_5_2, "day": "2026-11-20", "marks": marks, "others": others, "reason": reason });
    let first = take(&ana, on(json!([{ "pupilId": AOI, "kind": "ILLNESS" }]), "UNCHANGED", Value::Null)).await;
    assert_eq!((&first["changed"], &first["userErrors"]), (&json!(1), &json!([])), "a first mark replaces nothing");
    for (marks, others) in [
        (json!([{ "pupilId": AOI, "kind": "OTHER" }]), "UNCHANGED"), (json!([{ "pupilId": AOI }]), "UNCHANGED"), (json!([]), "PRESENT"),
    ] {
        let refused = take(&ana, on(marks, others, Value::Null)).await;
        assert_eq!((&refused["userErrors"], &refused["changed"]), (&json!([{ "code": "EMPTY", "field": "reason" }]), &json!(0)));
    }
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 1, "nothing of it was stored");
    let same = take(&ana, on(json!([{ "pupilId": AOI, "kind": "ILLNESS" }]), "UNMARKED_PRESENT", Value::Null)).await;
    assert_eq!((&same["changed"], &same["unchanged"]), (&json!(5), &json!(1)), "who had none get their first");
    let said = take(&ana, on(json!([{ "pupilId": AOI, "kind": "OTHER" }]), "UNCHANGED", json!("連絡帳で確認"))).await;
    assert_eq!((&said["changed"], &said["userErrors"]), (&json!(1), &json!([])));
}

#[tokio::test]
async fn a_past_day_has_its_own_pupils_and_says_nothing_of_those_who_left() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("enrollments.csv", &format!("{HIBARINO},{KAEDE},student,,,"), &format!("{HIBARINO},{KAEDE},student,,,2026-11-20"));
    package.change("enrollments.csv", &format!("{HIBARINO},{MINATO},student,,,"), &format!("{HIBARINO},{MINATO},student,,2026-11-24,"));
    assert_eq!(school.import(&package).await.problems, []);
    let ana = school.person("ana");
    let listed = async |day: &str| -> (Value, usize) {
        let document = "query ($id: ID!, $day: Date!) { class(id: $id) { pupilCount(on: $day) pupils(on: $day) { nodes { id } } } }";
        let answer = ana.ask(document, json!({ "id": CLASS_5_2, "day": day })).await;
        (answer.data("/class/pupilCount").clone(), answer.data("/class/pupils/nodes").as_array().expect("a list").len())
    };
    assert_eq!((listed(TODAY).await, listed("2026-11-20").await), ((json!(5), 5), (json!(4), 4)), "湊 is not there yet, 楓 is not any more");
    assert_eq!(listed("2026-01-08").await, (json!(0), 0));
    let answer = take(&ana, json!({ "classId": CLASS_5_2, "day": "2026-11-20" })).await;
    assert_eq!(answer["changed"], 4, "{answer}");
}
