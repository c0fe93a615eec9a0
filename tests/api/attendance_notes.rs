//! What was noted of a day is for those who take attendance in the school that noted it, whichever way it is asked for.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_2, HIBARINO, MIZUUMI, Person, School, TODAY, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

async fn mark(person: &Person<'_>, class: Uuid, pupil: Uuid, note: &str) {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed userErrors { code } } }";
    let input = json!({ "classId": class, "others": "UNCHANGED", "marks": [{ "pupilId": pupil, "kind": "ILLNESS", "note": note }] });
    assert_eq!(person.ask(document, json!({ "input": input })).await.data("/takeAttendance/changed"), 1);
}

#[tokio::test]
async fn the_day_of_a_school_gives_a_subject_teacher_no_notes() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("sachi", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_2), from)]).await;
    mark(&school.person("ana"), CLASS_5_2, AOI, "母から：本人には伝えないでほしい").await;
    let document = "{ attendanceToday { away { name kind { code } note } } }";
    for (who, note) in [("ana", json!("母から：本人には伝えないでほしい")), ("sachi", Value::Null)] {
        let classes = school.person(who).ask(document, json!({})).await.data("/attendanceToday").clone();
        let away: Vec<&Value> = classes.as_array().expect("a list").iter().flat_map(|class| class["away"].as_array().expect("a list")).collect();
        assert_eq!(away, [&json!({ "name": "朝倉 葵", "kind": { "code": "ILLNESS" }, "note": note })], "{who}");
    }
}

#[tokio::test]
async fn days_that_were_handed_over_come_without_the_notes_of_the_old_school() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("tea", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(MIZUUMI), Some(CLASS_4_1), from)]).await;
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(MIZUUMI), None, from)]).await;
    let hugo = school.person("hugo");
    mark(&school.person("ana"), CLASS_5_2, YUI, "家のことで相談があった").await;
    let out = "mutation ($input: TransferPupilOutInput!) { done: transferPupilOut(input: $input) { pupilMove { id } userErrors { code field } } }";
    let input = json!({ "pupilId": YUI, "day": TODAY, "destinationSchoolId": MIZUUMI, "reason": "転居", "handOver": ["ATTENDANCE"] });
    let id = hugo.ask(out, json!({ "input": input })).await.data("/done/pupilMove/id").clone();
    let into = "mutation ($input: TransferPupilInInput!) { done: transferPupilIn(input: $input) { userErrors { code field } } }";
    let input = json!({ "moveId": id, "classId": CLASS_4_1, "day": "2026-11-25" });
    assert_eq!(school.person("mari").ask(into, json!({ "input": input })).await.data("/done/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::days(1));
    mark(&school.person("tea"), CLASS_4_1, YUI, "母から電話").await;
    let document = format!("{{ pupil(id: \"{YUI}\") {{ attendance(from: \"{TODAY}\", to: \"2026-11-25\") {{ kind {{ code }} note reason }}
        attendanceHistory(day: \"{TODAY}\") {{ note }} registerYear(year: 2026) {{ schoolName school {{ name }} }} }} }}");
    for who in ["mari", "tea", "nurse"] {
        let read = school.person(who).ask(&document, json!({})).await;
        let days = json!([{ "kind": { "code": "ILLNESS" }, "note": null, "reason": null }, { "kind": { "code": "ILLNESS" }, "note": "母から電話", "reason": null }]);
        assert_eq!(read.data("/pupil/attendance"), &days, "{who}");
        assert_eq!(read.data("/pupil/attendanceHistory"), &json!([]), "{who}");
        let schools = json!([{ "schoolName": "ひばり野小学校", "school": null }, { "schoolName": "みずうみ小学校", "school": { "name": "みずうみ小学校" } }]);
        assert_eq!(read.data("/pupil/registerYear"), &schools, "{who}: whose days they are can be said");
    }
    let mut mari = school.visitor_as("mari").await;
    let record = mari.get(&format!("/pupils/{YUI}/attendance")).await;
    assert!(record.text.contains("<td>ひばり野小学校</td>") && record.text.contains("<td>みずうみ小学校</td>"), "{}", record.text);
}
