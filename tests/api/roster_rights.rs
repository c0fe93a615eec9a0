//! A school's office brings in no more than it may do by hand.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{ANA, CLASS_4_1, CLASS_5_2, HIBARINO, Package, REN, School, TODAY};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

/// ひばり野 with `kyomu`, who keeps its roster.
async fn with_office() -> School {
    let mut school = School::open().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    school.hire("kyomu", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, day)]).await;
    school
}

fn found<'a>(import: &'a Value, code: &str) -> Vec<&'a Value> {
    import["findings"]["nodes"].as_array().expect("a list").iter().filter(|found| found["code"] == code).collect()
}

fn changes<'a>(import: &'a Value, record: &str) -> Vec<&'a Value> {
    import["changes"]["nodes"].as_array().expect("a list").iter().filter(|change| change["record"] == record).collect()
}

#[tokio::test]
async fn nobody_becomes_head_by_a_roster_of_their_own() {
    let school = with_office().await;
    let kyomu = school.person("kyomu");
    let mut package = Package::usual().of_hibarino().as_a("bulk");
    package.line("users.csv", &format!("{},true,教,務,,,kyomu@asagiri.example", kyomu.id));
    for (n, (who, role)) in [(kyomu.id, "principal"), (kyomu.id, "siteAdministrator"), (ANA, "principal"), (ANA, "siteAdministrator")].into_iter().enumerate() {
        let kind = if who == kyomu.id && n == 0 { "primary" } else { "secondary" };
        package.line("roles.csv", &format!("{},{who},{kind},{role},{HIBARINO}", Uuid::from_u128(0xd07 + n as u128)));
    }
    package.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},{},teacher,true,,,", Uuid::from_u128(0xd0e), kyomu.id));
    let import = kyomu.preview(&package).await;
    assert_eq!(found(&import, "DUTY_NOT_GIVEN").len(), 5, "{import}");
    assert_eq!(changes(&import, "DUTY"), Vec::<&Value>::new());
    assert_eq!(kyomu.commit_roster(&import["id"], &Value::Null, &[]).await["import"]["state"], "COMMITTED");
    assert_eq!(school.count("duty", "kind IN ('HEAD', 'ICT_SUPPORT')").await, 2, "the two heads that there were");
    assert_eq!(school.count("duty", "kind = 'HOMEROOM_TEACHER'").await, 1);
}

#[tokio::test]
async fn nobody_changes_their_own_duty_by_a_roster_and_no_office_ends_a_heads() {
    let mut school = School::open().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    school.hire("kyomu", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, day)]).await;
    let mut with_end = Package::usual().as_a("bulk");
    with_end.change("enrollments.csv", &format!("{ANA},teacher,true,,"), &format!("{ANA},teacher,true,,2026-12-25"));
    school.import(&with_end).await;
    let own = Package::usual().of_hibarino().as_a("bulk").without("roles.csv", "principal");
    let import = school.person("kyomu").preview(&own).await;
    let duties = changes(&import, "DUTY");
    assert_eq!((duties.len(), &duties[0]["kind"]), (1, &json!("CHANGED")), "the class teacher's alone, and no head leaves: {import}");
    let import = school.person("hugo").preview(&own).await;
    assert_eq!(changes(&import, "DUTY").len(), 1, "{import}");
}

#[tokio::test]
async fn a_duty_begins_when_the_roster_first_tells_of_it() {
    let school = School::open().await;
    assert_eq!(school.count("duty", "kind = 'HEAD' AND begins = '2026-04-01'").await, 2, "with the first roster of the year");
    let mut package = Package::usual();
    package.user(Uuid::from_u128(0x8ead), "新,任,,,new@asagiri.example", "principal", HIBARINO);
    assert_eq!(school.import(&package).await.duties.new, 1);
    assert_eq!(school.count("duty", &format!("kind = 'HEAD' AND begins = '{TODAY}'")).await, 1, "and later from today");
    assert_eq!(school.import(&package).await.duties.changed, 0);
}

#[tokio::test]
async fn a_school_year_is_brought_in_by_the_board_first() {
    let school = with_office().await;
    let kyomu = school.person("kyomu");
    let mut next = Package::usual().of_hibarino().as_a("bulk");
    let (year, new) = ("0a5a9a00-0000-4000-8000-000000000004", "0a5a9a00-0000-4000-8000-000000000005");
    for file in ["academicSessions.csv", "classes.csv"] {
        next.change(file, year, new);
    }
    next.change("academicSessions.csv", "2026年度,schoolYear,2026-04-01,2027-03-31,2026", "2027年度,schoolYear,2027-04-01,2028-03-31,2027");
    let import = kyomu.preview(&next).await;
    assert_eq!(import["state"], "FAILED", "{import}");
    let errors: Vec<_> = import["findings"]["nodes"].as_array().unwrap().iter().filter(|found| found["severity"] == "ERROR").collect();
    assert_eq!((errors.len(), &errors[0]["code"], &errors[0]["value"]), (1, &json!("YEAR_OF_BOARD"), &json!("2027年度")));
    assert_eq!(school.import(&next).await.state, "COMMITTED", "the board brings it in");
    let import = kyomu.preview(&next).await;
    assert_eq!((&import["state"], found(&import, "YEAR_OF_BOARD").len()), (&json!("READ"), 0), "{import}");
}

#[tokio::test]
async fn a_class_of_another_school_is_not_taken_by_calling_it_ones_own() {
    let school = with_office().await;
    let kyomu = school.person("kyomu");
    let mut package = Package::usual().of_hibarino().as_a("bulk");
    package.line("classes.csv", &format!("{CLASS_4_1},4年1組,homeroom,{HIBARINO},0a5a9a00-0000-4000-8000-000000000004,P4,"));
    package.line("enrollments.csv", &format!("{},{CLASS_4_1},{HIBARINO},{ANA},teacher,true,,,", Uuid::from_u128(0x57ea1)));
    package.line("enrollments.csv", &format!("{},{CLASS_4_1},{HIBARINO},{REN},student,,,,9", Uuid::from_u128(0x57ea2)));
    let import = kyomu.preview(&package).await;
    assert_eq!((found(&import, "NOT_YOURS").len(), found(&import, "NO_SUCH_CLASS").len()), (1, 2), "{import}");
    assert_eq!(import["changes"]["nodes"], json!([]), "{import}");
    kyomu.commit_roster(&import["id"], &Value::Null, &[]).await;
    let theirs = "name = '4年1組' AND school = (SELECT id FROM school WHERE name = 'みずうみ小学校')";
    assert_eq!(school.count("class", theirs).await, 1, "it is still theirs");
    let seen = school.person("ana").ask("query ($id: ID!) { class(id: $id) { name } }", json!({ "id": CLASS_4_1 })).await;
    assert_eq!(seen.data("/class"), &Value::Null);
}

#[tokio::test]
async fn nobody_takes_a_duty_of_theirs_back_that_somebody_has_ended() {
    let mut school = School::open().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    let mut package = Package::usual().of_hibarino().as_a("bulk");
    school.hire("kyomu", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, day)]).await;
    let kyomu = school.person("kyomu");
    package.line("users.csv", &format!("{},true,教,務,,,kyomu@asagiri.example", kyomu.id));
    package.line("roles.csv", &format!("{},{},primary,teacher,{HIBARINO}", Uuid::from_u128(0xd07), kyomu.id));
    package.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},{},teacher,false,,,", Uuid::from_u128(0xd0e), kyomu.id));
    school.import(&package).await;
    let of_kyomu = "kind = 'SUBJECT_TEACHER' AND ends = '2026-11-24'";
    let end = "mutation ($id: ID!) { endDuty(input: { dutyId: $id, lastDay: \"2026-11-24\" }) { userErrors { code field message } } }";
    let ended = school.person("hugo").ask(end, json!({ "id": Uuid::from_u128(0xd0e) })).await;
    assert_eq!((ended.data("/endDuty/userErrors"), school.count("duty", of_kyomu).await), (&json!([]), 1), "{:?}", ended.body);
    // Whoever runs the server sees that it is kept; the person in question does not.
    let import = school.preview(&package).await;
    let shown = kyomu.roster_import(&json!(import)).await;
    let kept: Vec<_> = changes(&shown, "DUTY").into_iter().filter(|change| change["kind"] == "KEPT").collect();
    assert_eq!(kept.len(), 1, "{shown}");
    kyomu.commit_roster(&json!(import), &Value::Null, &[kept[0]["id"].clone()]).await;
    assert_eq!(school.count("duty", of_kyomu).await, 1, "taking it has no effect");
    let own = kyomu.preview(&package).await;
    assert_eq!(changes(&own, "DUTY"), Vec::<&Value>::new(), "{own}");
}
