//! The school calendar: what a school day is, by grade, and who says so.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{CLASS_5_1, CLASS_5_2, HIBARINO, MIZUUMI, Person, School, TODAY};
use serde_json::{Value, json};

pub async fn lay_out(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: LayOutCalendarInput!) { layOutCalendar(input: $input) { begins ends changed userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/layOutCalendar").clone()
}

pub async fn set(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: SetCalendarDaysInput!) { setCalendarDays(input: $input) { changed unchanged
        rejected { index id code field } userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/setCalendarDays").clone()
}

/// A year with its long vacations, as the office lays it out.
pub async fn year(person: &Person<'_>) {
    let vacations = json!([
        { "title": "夏季休業", "from": "2026-07-21", "to": "2026-08-26" },
        { "title": "冬季休業", "from": "2026-12-24", "to": "2027-01-06" },
    ]);
    let laid = lay_out(person, json!({ "schoolId": HIBARINO, "year": 2026, "vacations": vacations })).await;
    assert_eq!(laid["userErrors"], json!([]));
}

async fn school_days(person: &Person<'_>, from: &str, to: &str, grade: &str) -> usize {
    let document = "query ($id: ID!, $from: Date!, $to: Date!, $grade: String!) { school(id: $id) { calendar(from: $from, to: $to) {
        laidOut schoolDays(grade: $grade) } } }";
    let answer = person.ask(document, json!({ "id": HIBARINO, "from": from, "to": to, "grade": grade })).await;
    answer.data("/school/calendar/schoolDays").as_array().expect("a list").len()
}

#[tokio::test]
async fn a_year_is_weekdays_without_national_holidays_and_vacations() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    assert_eq!(school_days(&hugo, "2026-04-01", "2027-03-31", "P5").await, 0, "without a calendar nothing is said");
    year(&hugo).await;
    assert_eq!(school_days(&hugo, "2026-04-01", "2027-03-31", "P5").await, 209);
    assert_eq!(school_days(&hugo, "2026-11-01", "2026-11-30", "P5").await, 19, "21 weekdays, two holidays");
    let again = json!({ "schoolId": HIBARINO, "year": 2026, "vacations": [{ "title": "夏季休業", "from": "2026-07-21", "to": "2026-08-31" }] });
    let laid = lay_out(&hugo, again.clone()).await;
    assert_eq!((&laid["begins"], &laid["ends"]), (&json!("2026-04-01"), &json!("2027-03-31")));
    assert_eq!(school_days(&hugo, "2026-08-01", "2026-08-31", "P5").await, 0);
    assert_eq!(school_days(&hugo, "2026-12-01", "2026-12-31", "P5").await, 23, "what is no vacation any more is a weekday");
    assert_eq!(lay_out(&hugo, again).await["changed"], 0, "the same again changes nothing");
}

#[tokio::test]
async fn trap_1_school_days_are_those_of_the_grade() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    year(&hugo).await;
    let days = json!([
        { "day": "2026-10-17", "kind": "SCHOOL", "title": "運動会" },
        { "day": "2026-10-19", "kind": "SUBSTITUTE", "title": "振替休業日" },
        { "day": "2026-10-22", "grade": "P5", "kind": "CLOSURE", "title": "学年閉鎖" },
        { "day": "2026-10-23", "grade": "P6", "kind": "EVENT", "title": "修学旅行" },
    ]);
    assert_eq!(set(&hugo, json!({ "schoolId": HIBARINO, "days": days })).await, json!({ "changed": 4, "unchanged": 0, "rejected": [], "userErrors": [] }));
    assert_eq!(set(&hugo, json!({ "schoolId": HIBARINO, "days": days })).await["unchanged"], 4);
    let of = async |grade| school_days(&school.person("hugo"), "2026-10-01", "2026-10-31", grade).await;
    assert_eq!((of("P5").await, of("P6").await), (20, 21), "a closure of the grade lowers its school days and no other's");
    let document = "query ($id: ID!) { class(id: $id) { saturday: isSchoolDay(day: \"2026-10-17\") monday: isSchoolDay(day: \"2026-10-19\")
        closed: isSchoolDay(day: \"2026-10-22\") calendarOn(day: \"2026-10-17\") { title kind grade } schoolDays(last: 4, until: \"2026-10-22\") } }";
    let answer = hugo.ask(document, json!({ "id": CLASS_5_2 })).await;
    assert_eq!((answer.data("/class/saturday"), answer.data("/class/monday"), answer.data("/class/closed")), (&json!(true), &json!(false), &json!(false)));
    assert_eq!(answer.data("/class/calendarOn"), &json!([{ "title": "運動会", "kind": "SCHOOL", "grade": null }]));
    assert_eq!(answer.data("/class/schoolDays"), &json!(["2026-10-16", "2026-10-17", "2026-10-20", "2026-10-21"]));
    let back = json!([{ "day": "2026-10-22", "grade": "P5", "kind": null }]);
    assert_eq!(set(&hugo, json!({ "schoolId": HIBARINO, "days": back, "reason": "取りやめ" })).await["changed"], 1);
    assert_eq!(of("P5").await, 21);
    assert_eq!(school.count("calendar_day", "day = '2026-10-22'").await, 2, "both are kept");
}

#[tokio::test]
async fn a_school_that_comes_in_the_middle_of_a_year_counts_from_its_first_day() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    lay_out(&hugo, json!({ "schoolId": HIBARINO, "year": 2026, "begins": "2026-11-02", "vacations": [] })).await;
    assert_eq!(school_days(&hugo, "2026-04-01", "2026-11-30", "P5").await, 19);
}

#[tokio::test]
async fn days_by_hand_survive_when_the_year_is_laid_out_anew() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    year(&hugo).await;
    let days = json!([{ "day": "2026-08-21", "kind": "SCHOOL", "title": "登校日" }]);
    set(&hugo, json!({ "schoolId": HIBARINO, "days": days })).await;
    year(&hugo).await;
    assert_eq!(school_days(&hugo, "2026-08-01", "2026-08-26", "P5").await, 1);
}

#[tokio::test]
async fn vacations_and_plain_days_that_somebody_set_survive_when_the_year_is_laid_out_anew() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    year(&hugo).await;
    let days = json!([
        { "day": "2027-02-19", "kind": "VACATION", "title": "冬季休業" }, { "day": "2026-12-25", "kind": null },
        { "day": "2026-10-05", "kind": "VACATION", "title": "秋休み", "grade": "P6" },
    ]);
    assert_eq!(set(&hugo, json!({ "schoolId": HIBARINO, "days": days })).await["changed"], 3);
    let said = async || (
        school_days(&hugo, "2027-02-19", "2027-02-19", "P5").await,
        school_days(&hugo, "2026-12-25", "2026-12-25", "P5").await,
        school_days(&hugo, "2026-10-05", "2026-10-05", "P6").await,
    );
    assert_eq!(said().await, (0, 1, 0));
    year(&hugo).await;
    assert_eq!(said().await, (0, 1, 0), "the same year laid out again");
    lay_out(&hugo, json!({ "schoolId": HIBARINO, "year": 2026, "vacations": [] })).await;
    assert_eq!(said().await, (0, 1, 0), "and without vacations");
    assert_eq!(school_days(&hugo, "2026-08-03", "2026-08-03", "P5").await, 1, "what was laid out goes with it");
    year(&hugo).await;
    assert_eq!(school_days(&hugo, "2026-08-03", "2026-08-03", "P5").await, 0, "and comes again");
}

#[tokio::test]
async fn the_page_lays_a_year_out_anew_with_the_vacations_of_a_grade_and_what_was_set() {
    let school = School::open().await;
    let person = school.person("hugo");
    let vacations = json!([
        { "title": "冬季休業", "from": "2026-12-24", "to": "2027-01-06" }, { "title": "修学旅行の休み", "from": "2026-10-26", "to": "2026-10-27", "grade": "P5" },
    ]);
    lay_out(&person, json!({ "schoolId": HIBARINO, "year": 2026, "vacations": vacations })).await;
    set(&person, json!({ "schoolId": HIBARINO, "days": [{ "day": "2027-02-19", "kind": "VACATION", "title": "冬季休業" }] })).await;
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get(&format!("/calendar?school={HIBARINO}&year=2026")).await;
    assert_eq!(page.hidden("grade.0"), "P5", "{}", page.text);
    let value = |name: &str| page.between(&format!("name=\"{name}\" value=\""), "\"").to_owned();
    let mut fields = vec![("school".to_owned(), HIBARINO.to_string()), ("year".to_owned(), "2026".to_owned()), ("grade.0".to_owned(), value("grade.0"))];
    fields.extend(["title.0", "from.0", "to.0", "title.1", "from.1", "to.1"].map(|name| (name.to_owned(), value(name))));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields[8], ("to.1", "2027-01-06"), "a single day of that name is not its end");
    assert_eq!(hugo.submit("/calendar/year", &fields).await.status, axum::http::StatusCode::SEE_OTHER);
    for (day, grade, expected) in [("2026-10-26", "P5", 0), ("2026-10-26", "P6", 1), ("2026-12-24", "P6", 0), ("2027-01-12", "P6", 1), ("2027-02-19", "P6", 0)] {
        assert_eq!(school_days(&person, day, day, grade).await, expected, "{day} {grade}");
    }
    // Only what is there would be drawn as free.
    lay_out(&person, json!({ "schoolId": HIBARINO, "year": 2026, "begins": "2026-09-01", "vacations": [] })).await;
    let page = hugo.get(&format!("/calendar?school={HIBARINO}&year=2026")).await;
    let april = page.between("aria-label=\"4月\"", "</section>");
    assert!(april.contains("暦の始まる前") && april.contains("class=\"none\">8<") && !april.contains("class=\"off\"") && !april.contains("授業日"), "{april}");
    assert!(page.between("aria-label=\"9月\"", "</section>").contains("授業日 "), "{}", page.text);
}

#[tokio::test]
async fn only_the_office_changes_the_calendar_and_of_its_own_school() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("office", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, from)]).await;
    year(&school.person("office")).await;
    let document = "mutation ($input: LayOutCalendarInput!) { layOutCalendar(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "schoolId": HIBARINO, "year": 2026 } });
    for who in ["ana", "portal"] {
        assert_eq!(school.person(who).ask(document, input.clone()).await.code(), "FORBIDDEN", "{who}");
    }
    let hugo = school.person("hugo");
    assert_eq!(lay_out(&hugo, json!({ "schoolId": MIZUUMI, "year": 2026 })).await["userErrors"], json!([{ "code": "NOT_FOUND", "field": "schoolId" }]));
    for (days, code, field) in [
        (json!([{ "day": "2027-04-01", "kind": "SCHOOL" }]), "OUT_OF_RANGE", "day"),
        (json!([{ "day": "2026-10-01", "kind": "EVENT", "grade": "5年" }]), "OUT_OF_RANGE", "grade"),
        (json!([{ "day": "2026-10-01", "kind": "EVENT", "title": "あ".repeat(41) }]), "TOO_LONG", "title"),
    ] {
        let refused = set(&hugo, json!({ "schoolId": HIBARINO, "days": days })).await["rejected"][0].clone();
        assert_eq!((refused["code"].as_str(), refused["field"].as_str()), (Some(code), Some(field)));
    }
    for (input, field) in [
        (json!({ "schoolId": HIBARINO, "year": 20260 }), "year"),
        (json!({ "schoolId": HIBARINO, "year": 2026, "begins": "2027-04-01" }), "begins"),
        (json!({ "schoolId": HIBARINO, "year": 2026, "vacations": [{ "title": "夏", "from": "2026-08-01", "to": "2026-07-01" }] }), "vacations.from"),
    ] {
        assert_eq!(lay_out(&hugo, input).await["userErrors"][0], json!({ "code": "OUT_OF_RANGE", "field": field }));
    }
}

#[tokio::test]
async fn attendance_is_not_taken_where_the_calendar_has_no_school() {
    let school = School::open().await;
    year(&school.person("hugo")).await;
    let ana = school.person("ana");
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed userErrors { code field } } }";
    let saturday = json!({ "input": { "classId": CLASS_5_2, "day": "2026-11-21" } });
    let refused = ana.ask(take, saturday.clone()).await;
    assert_eq!(refused.data("/takeAttendance/userErrors"), &json!([{ "code": "CONFLICT", "field": "day" }]));
    set(&school.person("hugo"), json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-11-21", "kind": "SCHOOL", "title": "授業参観" }] })).await;
    assert_eq!(ana.ask(take, saturday).await.data("/takeAttendance/changed"), &json!(6));
}

#[tokio::test]
async fn many_classes_ask_for_the_calendar_once() {
    let school = School::open().await;
    year(&school.person("hugo")).await;
    let document = "query ($day: Date!) { homerooms { nodes { id isSchoolDay(day: $day) } } }";
    let answer = school.person("hugo").ask(document, json!({ "day": "2026-11-21" })).await;
    assert_eq!(answer.data("/homerooms/nodes"), &json!([{ "id": CLASS_5_1, "isSchoolDay": false }, { "id": CLASS_5_2, "isSchoolDay": false }]));
    assert!(answer.queries() <= 4, "{}", answer.queries());
}
