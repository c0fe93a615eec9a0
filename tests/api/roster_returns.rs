//! Who comes back, and who has another UUID from one night to the next.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{CLASS_5_1, CLASS_5_2, HIBARINO, Package, REN, School, TODAY, YUI, enrolment};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

async fn board() -> School {
    let mut school = School::open().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    school.hire("office", |id| vec![duty::new(id, DutyKind::AcademicAffairs, None, None, day)]).await;
    school.import(&Package::usual().as_a("bulk")).await;
    school
}

fn of_kind<'a>(import: &'a Value, kind: &str) -> Vec<&'a Value> {
    import["changes"]["nodes"].as_array().expect("a list").iter().filter(|change| change["kind"] == kind).collect()
}

async fn homeroom(school: &School, pupil: Uuid) -> Value {
    let answer = school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { homeroom { name } } }", json!({ "id": pupil })).await;
    answer.data("/pupil").clone()
}

/// Everything without the place of 渡辺 蓮.
fn without_ren() -> Package {
    Package::usual().as_a("bulk").without("enrollments.csv", &enrolment(REN, CLASS_5_1).to_string())
}

const OF_REN: &str = "known_until = '9999-12-31T00:00:00+00:00' AND pupil = (SELECT id FROM pupil WHERE family_name = '渡辺')";

#[tokio::test]
async fn a_pupil_who_returns_is_there_from_then_on_and_was_away_before() {
    let own = enrolment(REN, CLASS_5_1);
    for (id, begins) in [(own, ""), (Uuid::from_u128(0x2e7), ""), (Uuid::from_u128(0x2e7), "2026-04-01")] {
        let school = board().await;
        let office = school.person("office");
        school.import(&without_ren()).await;
        assert_eq!(homeroom(&school, REN).await, Value::Null);
        school.clock.advance(TimeDelta::days(7));
        school.import(&without_ren()).await;
        let mut package = without_ren();
        package.line("enrollments.csv", &format!("{id},{CLASS_5_1},{HIBARINO},{REN},student,,{begins},,1"));
        let import = office.preview(&package).await;
        assert_eq!(of_kind(&import, "RETURNING").len(), 1, "{id} {begins}: {import}");
        assert_eq!(office.commit_roster(&import["id"], &Value::Null, &[]).await["import"]["state"], "COMMITTED");
        assert_eq!(homeroom(&school, REN).await, json!({ "homeroom": { "name": "5年1組" } }), "{id} {begins}");
        assert_eq!(school.count("enrolment", &format!("{OF_REN} AND begins = '2026-04-01' AND ends = '2026-11-23'")).await, 1, "{id} {begins}");
        assert_eq!(school.count("enrolment", &format!("{OF_REN} AND begins = '2026-12-01' AND ends = '2027-03-31'")).await, 1, "{id} {begins}");
        let again = office.preview(&package).await;
        assert_eq!((of_kind(&again, "LEAVING").len(), of_kind(&again, "CONFLICT").len()), (0, 0), "{again}");
    }
}

#[tokio::test]
async fn a_pupil_whom_the_office_has_moved_away_does_not_return_by_another_id() {
    let school = board().await;
    let office = school.person("office");
    let out = format!("mutation {{ transferPupilOut(input: {{ pupilId: \"{REN}\", day: \"{TODAY}\", destination: \"遠くの学校\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("hugo").ask(&out, json!({})).await.data("/transferPupilOut/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::days(3));
    let mut package = without_ren();
    package.line("enrollments.csv", &format!("{},{CLASS_5_1},{HIBARINO},{REN},student,,,,1", Uuid::from_u128(0x2e7)));
    let import = office.preview(&package).await;
    assert_eq!((of_kind(&import, "CONFLICT").len(), of_kind(&import, "RETURNING").len()), (1, 0), "{import}");
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(homeroom(&school, REN).await, Value::Null);
}

/// 𠮷田 結衣 under another UUID; her place keeps its id, or has another.
fn reissued(keeps: bool) -> (Uuid, Package) {
    let new = Uuid::from_u128(0xfeed);
    let mut package = Package::usual().as_a("bulk").without("enrollments.csv", &YUI.to_string()).without("users.csv", &YUI.to_string());
    package = package.without("roles.csv", &YUI.to_string());
    package.user(new, "吉田,結衣,ヨシダ,ユイ,", "student", HIBARINO);
    let id = enrolment(if keeps { YUI } else { new }, CLASS_5_2);
    package.line("enrollments.csv", &format!("{id},{CLASS_5_2},{HIBARINO},{new},student,,,,6"));
    (new, package)
}

#[tokio::test]
async fn while_a_new_uuid_waits_the_old_one_stays_in_school() {
    for keeps in [false, true] {
        let school = board().await;
        let office = school.person("office");
        let (new, package) = reissued(keeps);
        let import = office.preview(&package).await;
        assert_eq!(of_kind(&import, "UNMATCHED").len(), 1, "{import}");
        let done = office.commit_roster(&import["id"], &Value::Null, &[]).await;
        assert_eq!((&done["import"]["state"], &done["userErrors"]), (&json!("COMMITTED"), &json!([])), "the row's id stays: {keeps}");
        assert_eq!(homeroom(&school, YUI).await, json!({ "homeroom": { "name": "5年2組" } }), "the row's id stays: {keeps}");
        assert_eq!(homeroom(&school, new).await, Value::Null);

        school.clock.advance(TimeDelta::days(1));
        let import = office.preview(&package).await;
        let take = vec![of_kind(&import, "UNMATCHED")[0]["id"].clone()];
        let done = office.commit_roster(&import["id"], &Value::Null, &take).await;
        assert_eq!((&done["import"]["state"], &done["userErrors"]), (&json!("COMMITTED"), &json!([])));
        assert_eq!(homeroom(&school, new).await, json!({ "homeroom": { "name": "5年2組" } }), "they are two");
        assert_eq!(homeroom(&school, YUI).await, Value::Null, "and the other has left: {keeps}");
        let was = "begins = '2026-04-01' AND ends = '2026-11-24' AND pupil = (SELECT id FROM pupil WHERE family_name = '𠮷田')";
        assert_eq!(school.count("enrolment", &format!("{was} AND known_until = '9999-12-31T00:00:00+00:00'")).await, 1, "{keeps}");
    }
}

#[tokio::test]
async fn who_waits_is_not_told_to_have_left() {
    let school = board().await;
    let report = school.import(&reissued(false).1).await;
    let leaving: usize = report.counts.iter().map(|count| count.leaving).sum();
    let unmatched: usize = report.counts.iter().map(|count| count.unmatched).sum();
    assert_eq!((report.state.as_str(), leaving, unmatched), ("COMMITTED", 0, 1), "{:?}", report.counts);
}

#[tokio::test]
async fn a_uuid_that_became_somebody_else_is_suspicious_also_where_our_own_birth_date_is_known() {
    let school = board().await;
    let mut package = Package::usual().as_a("bulk");
    package.put("demographics.csv", &format!("sourcedId,birthDate\n{REN},2015-05-02\n"));
    school.import(&package.as_a("bulk")).await;
    assert_eq!(school.count("pupil", "birth_date IS NOT NULL").await, 1);
    let mut other = Package::usual().as_a("bulk");
    other.change("users.csv", "渡辺,蓮,ワタナベ,レン", "山本,海斗,ヤマモト,カイト");
    let import = school.person("office").preview(&other).await;
    assert_eq!((of_kind(&import, "CHANGED").len(), &of_kind(&import, "CHANGED")[0]["suspicious"]), (1, &json!(true)), "{import}");
}

#[tokio::test]
async fn a_hand_change_between_the_reading_and_the_commit_is_told_the_next_time() {
    let school = board().await;
    let office = school.person("office");
    let mut package = Package::usual().as_a("bulk");
    package.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    school.clock.advance(TimeDelta::minutes(1));
    let import = office.preview(&package).await;
    school.clock.advance(TimeDelta::minutes(1));
    let out = format!("mutation {{ transferPupilOut(input: {{ pupilId: \"{REN}\", day: \"{TODAY}\", destination: \"遠くの学校\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("hugo").ask(&out, json!({})).await.data("/transferPupilOut/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::minutes(1));
    assert_eq!(office.commit_roster(&import["id"], &Value::Null, &[]).await["import"]["state"], "COMMITTED");
    let again = office.preview(&package).await;
    assert_eq!((of_kind(&again, "KEPT").len(), &of_kind(&again, "KEPT")[0]["name"]), (1, &json!("渡辺 蓮")), "{again}");
}
