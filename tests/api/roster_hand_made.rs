//! What somebody here has changed is not overwritten by a roster that has nothing new to say of it.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{CLASS_5_1, HIBARINO, KAEDE, Package, REN, School, TODAY, enrolment};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

async fn board() -> School {
    let mut school = School::open().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    school.hire("office", |id| vec![duty::new(id, DutyKind::AcademicAffairs, None, None, day)]).await;
    school.import(&Package::usual().as_a("bulk")).await;
    school
}

/// The head moves 渡辺 蓮 out of the school on a day.
async fn transfer_out(school: &School, day: &str) {
    let out = format!("mutation {{ transferPupilOut(input: {{ pupilId: \"{REN}\", day: \"{day}\", destination: \"遠くの学校\" }}) {{ userErrors {{ code message }} }} }}");
    assert_eq!(school.person("hugo").ask(&out, json!({})).await.data("/transferPupilOut/userErrors"), &json!([]));
}

fn of_kind<'a>(import: &'a Value, kind: &str) -> Vec<&'a Value> {
    import["changes"]["nodes"].as_array().expect("a list").iter().filter(|change| change["kind"] == kind).collect()
}

async fn last_day(school: &School, pupil: Uuid) -> i64 {
    school.count("enrolment", &format!("ends <= '{TODAY}' AND known_until = '9999-12-31T00:00:00+00:00'")).await + i64::from(pupil.is_nil())
}

#[tokio::test]
async fn an_end_that_was_entered_by_hand_stays_until_the_roster_says_something_new() {
    let school = board().await;
    let office = school.person("office");
    transfer_out(&school, TODAY).await;
    let import = office.preview(&Package::usual().as_a("bulk")).await;
    let kept = of_kind(&import, "KEPT");
    assert_eq!(kept.len(), 1, "{import}");
    assert_eq!((&kept[0]["record"], &kept[0]["name"]), (&json!("ENROLMENT"), &json!("渡辺 蓮")));
    assert_eq!(kept[0]["fields"], json!([{ "field": "ends", "before": TODAY, "after": TODAY, "theirs": "2027-03-31" }]));
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(last_day(&school, REN).await, 1, "still the day that the head entered");
    let again = office.preview(&Package::usual().as_a("bulk")).await;
    assert_eq!(of_kind(&again, "KEPT").len(), 1, "and told again");

    let mut package = Package::usual().as_a("bulk");
    package.change("enrollments.csv", &format!("{REN},student,,,,1"), &format!("{REN},student,,,,31"));
    let report = school.import(&package).await;
    assert_eq!(report.enrolments.changed, 1, "the number is new, the end is kept");
    assert_eq!(last_day(&school, REN).await, 1);
}

#[tokio::test]
async fn what_both_have_changed_is_a_conflict_in_which_ours_is_kept_unless_theirs_is_taken() {
    let school = board().await;
    let office = school.person("office");
    transfer_out(&school, TODAY).await;
    let mut package = Package::usual().as_a("bulk");
    package.change("enrollments.csv", &format!("{REN},student,,,,1"), &format!("{REN},student,,,2026-12-24,1"));
    let import = office.preview(&package).await;
    let conflict = of_kind(&import, "CONFLICT");
    assert_eq!(conflict.len(), 1, "{import}");
    assert_eq!(conflict[0]["fields"], json!([{ "field": "ends", "before": TODAY, "after": TODAY, "theirs": "2026-12-24" }]));
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(last_day(&school, REN).await, 1);

    let import = office.preview(&package).await;
    let take = vec![of_kind(&import, "KEPT")[0]["id"].clone()];
    office.commit_roster(&import["id"], &Value::Null, &take).await;
    assert_eq!(last_day(&school, REN).await, 0, "theirs was taken");
    assert_eq!(of_kind(&office.preview(&package).await, "KEPT").len(), 0, "and there is nothing to keep any more");
}

#[tokio::test]
async fn a_place_that_was_entered_by_hand_is_not_given_twice() {
    let school = board().await;
    let office = school.person("office");
    let change = format!(
        "mutation {{ moveToClass(input: {{ pupilId: \"{KAEDE}\", day: \"{TODAY}\", classId: \"{CLASS_5_1}\" }}) {{ userErrors {{ code message }} }} }}"
    );
    let answer = school.person("hugo").ask(&change, json!({})).await;
    assert_eq!(answer.data("/moveToClass/userErrors"), &json!([]), "{:?}", answer.body);
    // The other system has it the next day, under an id of its own.
    let mut package = Package::usual().as_a("bulk").without("enrollments.csv", &enrolment(KAEDE, asagao_tests::CLASS_5_2).to_string());
    package.line("enrollments.csv", &format!("{},{CLASS_5_1},{HIBARINO},{KAEDE},student,,{TODAY},,", enrolment(KAEDE, CLASS_5_1)));
    let import = office.preview(&package).await;
    assert_eq!(of_kind(&import, "LEAVING").len(), 0, "{import}");
    let done = office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(done["import"]["state"], "COMMITTED");
    let places = "class = (SELECT id FROM class WHERE name = '5年1組') AND known_until = '9999-12-31T00:00:00+00:00'";
    assert_eq!(school.count("enrolment", places).await, 2, "渡辺 蓮 and one place for 勅使河原");
    let again = office.preview(&package).await;
    assert_eq!(again["changes"]["nodes"].as_array().unwrap().len(), of_kind(&again, "KEPT").len(), "only that ours is kept: {again}");
}

#[tokio::test]
async fn a_duty_that_was_ended_by_hand_is_not_given_again() {
    let school = board().await;
    school.end_duties("ana").await;
    let report = school.import(&Package::usual().as_a("bulk")).await;
    assert_eq!(report.duties.changed, 0);
    assert_eq!(school.count("duty", &format!("kind = 'HOMEROOM_TEACHER' AND ends = '{TODAY}'")).await, 1);
}
