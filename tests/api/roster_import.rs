//! A roster is read into a difference that changes nothing, and applied as it was shown.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::access::tx::Put;
use asagao_graphql::jobs::roster_import::Options;
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, MINATO, Package, SOTA, School, TODAY, YUI};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

/// A board with somebody in its office, `office`, who keeps every school's roster.
async fn board() -> School {
    let mut school = School::open().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    school.hire("office", |id| vec![duty::new(id, DutyKind::AcademicAffairs, None, None, day)]).await;
    school
}

fn changes<'a>(import: &'a Value, kind: &str) -> Vec<&'a Value> {
    import["changes"]["nodes"].as_array().expect("a list").iter().filter(|change| change["kind"] == kind).collect()
}

fn count(import: &Value, record: &str, field: &str) -> i64 {
    let counts = import["counts"].as_array().expect("a list");
    counts.iter().find(|count| count["record"] == record).map_or(0, |count| count[field].as_i64().expect("a number"))
}

async fn name_of_aoi(school: &School) -> String {
    let answer = school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
    answer.data("/pupil/name").as_str().expect("a name").to_owned()
}

#[tokio::test]
async fn nothing_changes_before_the_commit_and_then_what_was_shown() {
    let school = board().await;
    let office = school.person("office");
    let mut package = Package::usual().as_a("bulk");
    package.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    package.user(Uuid::from_u128(0xbeef), "林,花,ハヤシ,ハナ,", "student", HIBARINO);
    package.enrol(Uuid::from_u128(0xbeef), CLASS_5_2, HIBARINO, "7");
    let import = office.preview(&package).await;
    assert_eq!((&import["state"], &import["fileName"], &import["version"]), (&json!("READ"), &json!("roster.zip"), &json!("1.2")));
    assert_eq!(import["suspicion"], Value::Null);
    let changed = changes(&import, "CHANGED");
    assert_eq!(changed.len(), 1, "{import}");
    assert_eq!((&changed[0]["record"], &changed[0]["name"]), (&json!("PUPIL"), &json!("小林 葵")));
    let field = |field: &str, before: &str, after: &str| json!({ "field": field, "before": before, "after": after, "theirs": null });
    assert_eq!(changed[0]["fields"], json!([field("familyName", "朝倉", "小林"), field("kanaFamilyName", "アサクラ", "コバヤシ")]));
    let new: Vec<_> = changes(&import, "NEW").iter().map(|change| (change["record"].clone(), change["name"].clone())).collect();
    assert_eq!(new, [(json!("PUPIL"), json!("林 花")), (json!("ENROLMENT"), json!("林 花"))]);
    assert_eq!((count(&import, "PUPIL", "unchanged"), count(&import, "ENROLMENT", "unchanged")), (7, 10));
    assert_eq!(name_of_aoi(&school).await, "朝倉 葵", "reading changes nothing");

    let done = office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!((&done["import"]["state"], &done["userErrors"]), (&json!("COMMITTED"), &json!([])));
    assert_eq!(name_of_aoi(&school).await, "小林 葵");
    let again = office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(again["userErrors"][0]["code"], "CONFLICT", "an import is committed once");
}

#[tokio::test]
async fn a_roster_that_says_the_same_writes_no_record() {
    let school = School::open().await;
    // Two days on, so that the second finds the rows of the first.
    school.clock.advance(TimeDelta::days(1));
    school.import(&Package::usual().as_a("bulk")).await;
    assert_eq!(school.count("roster_rows", "holds").await, 8, "one part for each kind of record");
    let (trail, sources) = (school.count("trail", "1 = 1").await, school.count("roster_source", "1 = 1").await);
    school.clock.advance(TimeDelta::days(30));
    let report = school.import(&Package::usual().as_a("bulk")).await;
    assert_eq!((report.pupils, report.enrolments.unchanged), (Put { unchanged: 8, ..Put::default() }, 10));
    assert_eq!((school.count("trail", "1 = 1").await, school.count("roster_source", "1 = 1").await), (trail, sources));
    assert_eq!(school.count("enrolment", "ends < '2027-03-31'").await, 0);
}

#[tokio::test]
async fn who_is_not_in_a_bulk_package_any_more_leaves_and_who_is_in_it_again_returns() {
    let school = board().await;
    let office = school.person("office");
    school.import(&Package::usual().as_a("bulk")).await;
    let without = Package::usual().as_a("bulk").without("enrollments.csv", &YUI.to_string());
    let import = office.preview(&without).await;
    let leaving = changes(&import, "LEAVING");
    assert_eq!(leaving.len(), 1, "{import}");
    assert_eq!((&leaving[0]["name"], &leaving[0]["className"], &leaving[0]["line"]), (&json!("𠮷田 結衣"), &json!("5年2組"), &Value::Null));
    assert_eq!(leaving[0]["fields"], json!([{ "field": "ends", "before": "2027-03-31", "after": "2026-11-23", "theirs": null }]));
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    let size = "query ($id: ID!) { class(id: $id) { pupilCount } }";
    assert_eq!(school.person("hugo").ask(size, json!({ "id": CLASS_5_2 })).await.data("/class/pupilCount"), 5);
    assert_eq!(school.count("pupil", "1 = 1").await, 8, "nobody is deleted");

    let import = office.preview(&Package::usual().as_a("bulk")).await;
    let returning = changes(&import, "RETURNING");
    assert_eq!(returning.len(), 1, "{import}");
    assert_eq!(returning[0]["name"], "𠮷田 結衣");
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(school.person("hugo").ask(size, json!({ "id": CLASS_5_2 })).await.data("/class/pupilCount"), 6);
    assert_eq!(school.count("pupil", "1 = 1").await, 8, "and nobody is there twice");
}

#[tokio::test]
async fn a_class_that_is_gone_as_a_whole_is_left_by_everybody_in_it() {
    let school = board().await;
    let office = school.person("office");
    school.import(&Package::usual().as_a("bulk")).await;
    let lesson = asagao_tests::LESSON.to_string();
    let package = Package::usual().as_a("bulk").without("classes.csv", &lesson).without("enrollments.csv", &lesson);
    let import = office.preview(&package).await;
    let leaving: Vec<_> = changes(&import, "LEAVING").iter().map(|change| change["className"].clone()).collect();
    assert_eq!(leaving, [json!("5年 算数 少人数"), json!("5年 算数 少人数")], "{import}");
    assert_eq!(import["suspicion"], Value::Null, "nobody leaves the school");
}

#[tokio::test]
async fn a_row_that_is_wrong_makes_nobody_leave() {
    let school = School::open().await;
    school.import(&Package::usual().as_a("bulk")).await;
    let mut package = Package::usual().as_a("bulk");
    package.change("enrollments.csv", &format!("{YUI},student,,,,6"), &format!("{YUI},student,,1/05/2023,,6"));
    package.change("users.csv", "森,紬", ",紬");
    let report = school.import(&package).await;
    assert!(report.problems.iter().any(|problem| problem.column == "beginDate"), "{:?}", report.problems);
    assert_eq!((report.enrolments.changed, report.enrolments.new), (0, 0));
    assert_eq!(school.count("enrolment", "ends < '2027-03-31' AND known_until = '9999-12-31T00:00:00+00:00'").await, 0);
}

#[tokio::test]
async fn half_a_school_that_leaves_is_not_applied_before_somebody_has_looked() {
    let school = board().await;
    let office = school.person("office");
    school.import(&Package::usual().as_a("bulk")).await;
    let mut package = Package::usual().as_a("bulk");
    for pupil in [AOI, HARUTO, KAEDE, MINATO] {
        package = package.without("enrollments.csv", &pupil.to_string());
    }
    let import = office.preview(&package).await;
    assert!(changes(&import, "LEAVING").iter().all(|change| change["suspicious"] == true), "{import}");
    let refused = office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!((&refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"]), (&json!("NOT_READY"), &json!("suspicion")));
    assert_eq!(school.count("enrolment", "ends < '2027-03-31'").await, 0);
    let report = school.import(&package).await;
    assert!(!report.refused.is_empty() && !report.is_whole(), "the command does not apply it either");
    let done = office.commit_roster(&import["id"], &import["suspicion"], &[]).await;
    assert_eq!(done["import"]["state"], "COMMITTED", "{done}");
    let options = Options { accept_suspicious: true, ..Options::default() };
    assert_eq!(school.import_as(&Package::usual().as_a("bulk"), &options).await.enrolments.changed, 6);
}

#[tokio::test]
async fn a_uuid_that_has_become_somebody_else_is_suspicious() {
    let school = board().await;
    let mut package = Package::usual();
    package.change("users.csv", "朝倉,葵,アサクラ,アオイ", "山本,海斗,ヤマモト,カイト");
    let import = school.person("office").preview(&package).await;
    assert_eq!(changes(&import, "CHANGED")[0]["suspicious"], true);
    assert!(import["suspicion"].is_string());
}

#[tokio::test]
async fn a_pupil_who_may_be_known_under_another_uuid_waits_for_somebodys_word() {
    let school = board().await;
    let office = school.person("office");
    school.import(&Package::usual().as_a("bulk")).await;
    let new = Uuid::from_u128(0xfeed);
    let mut package = Package::usual().as_a("bulk").without("enrollments.csv", &YUI.to_string()).without("users.csv", &YUI.to_string());
    package = package.without("roles.csv", &YUI.to_string());
    package.user(new, "吉田,結衣,ヨシダ,ユイ,", "student", HIBARINO);
    package.enrol(new, CLASS_5_2, HIBARINO, "6");
    let import = office.preview(&package).await;
    let unmatched = changes(&import, "UNMATCHED");
    assert_eq!(unmatched.len(), 1, "{import}");
    assert_eq!((&unmatched[0]["name"], &unmatched[0]["candidateName"]), (&json!("吉田 結衣"), &json!("𠮷田 結衣")));
    assert_eq!(office.commit_roster(&import["id"], &Value::Null, &[]).await["import"]["state"], "COMMITTED");
    assert_eq!(school.count("pupil", "1 = 1").await, 8, "not added without a word");

    let import = office.preview(&package).await;
    let take = vec![changes(&import, "UNMATCHED")[0]["id"].clone()];
    assert_eq!(office.commit_roster(&import["id"], &Value::Null, &take).await["import"]["state"], "COMMITTED");
    let answer = school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": new })).await;
    assert_eq!(answer.data("/pupil/name"), "吉田 結衣");
}

#[tokio::test]
async fn an_import_is_stale_once_a_record_is_other_than_it_was_shown() {
    let school = board().await;
    let office = school.person("office");
    let mut package = Package::usual();
    package.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    package.change("users.csv", "伊藤,陽翔", "伊東,陽翔");
    let import = office.preview(&package).await;
    let mut between = Package::usual();
    between.change("users.csv", "朝倉,葵,アサクラ", "佐藤,葵,サトウ");
    school.import(&between).await;
    let refused = office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!((&refused["import"]["state"], &refused["userErrors"][0]["code"]), (&json!("STALE"), &json!("CONFLICT")));
    assert_eq!(name_of_aoi(&school).await, "佐藤 葵");
    let answer = school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": HARUTO })).await;
    assert_eq!(answer.data("/pupil/name"), "伊藤 陽翔", "nothing of it was applied");
}

#[tokio::test]
async fn a_package_that_cannot_be_read_tells_every_reason() {
    let school = board().await;
    let mut package = Package::usual();
    package.change("users.csv", "familyName", "surname");
    package.remove("orgs.csv");
    let import = school.person("office").preview(&package).await;
    assert_eq!(import["state"], "FAILED");
    let told: Vec<_> = import["findings"]["nodes"].as_array().unwrap().iter().map(|found| found["file"].as_str().unwrap()).collect();
    assert!(told.contains(&"users.csv") && told.contains(&"orgs.csv"), "{told:?}");
    let nothing = school.person("office").commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(nothing["userErrors"][0]["code"], "CONFLICT");
}

#[tokio::test]
async fn ten_thousand_errors_are_counted_and_the_first_of_each_are_kept() {
    let school = board().await;
    let mut package = Package::usual();
    for n in 0..1_200_u128 {
        package.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},{},student,,,,8", Uuid::from_u128(0xbad_0000 + n), Uuid::from_u128(n + 1)));
    }
    let office = school.person("office");
    let import = office.preview(&package).await;
    let counts = import["findingCounts"].as_array().unwrap();
    let unknown = counts.iter().find(|count| count["code"] == "NO_SUCH_USER").unwrap();
    assert_eq!((&unknown["count"], &unknown["file"], &unknown["column"]), (&json!(1_200), &json!("enrollments.csv"), &json!("userSourcedId")));
    let document = "query ($id: ID!, $after: String) { rosterImport(id: $id) { findings(first: 200, after: $after, code: \"NO_SUCH_USER\") {
        nodes { line } pageInfo { hasNextPage endCursor } } } }";
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = office.ask(document, json!({ "id": import["id"], "after": after })).await;
        let page = answer.data("/rosterImport/findings");
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["line"].as_i64().unwrap()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), 1_000);
    assert!(seen.is_sorted());
}

#[tokio::test]
async fn a_list_of_changes_goes_on_on_page_two_and_costs_the_same() {
    let school = board().await;
    let mut package = Package::usual();
    for n in 0..120_u128 {
        let pupil = Uuid::from_u128(0xcafe_0000 + n);
        package.user(pupil, &format!("山田,太郎{n},,,"), "student", HIBARINO);
        package.enrol(pupil, CLASS_5_1, HIBARINO, "");
    }
    let office = school.person("office");
    let import = office.preview(&package).await;
    let document = "query ($id: ID!, $first: Int, $after: String) { rosterImport(id: $id) { changes(first: $first, after: $after, kind: NEW, record: ENROLMENT) {
        nodes { name className fields { field after } } pageInfo { hasNextPage endCursor } } } }";
    let first = office.ask(document, json!({ "id": import["id"], "first": 70 })).await;
    let cursor = first.data("/rosterImport/changes/pageInfo/endCursor");
    let second = office.ask(document, json!({ "id": import["id"], "first": 70, "after": cursor })).await;
    let names = |answer: &Value| answer.as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (mut all, more) = (names(first.data("/rosterImport/changes/nodes")), names(second.data("/rosterImport/changes/nodes")));
    assert_eq!((all.len(), more.len()), (70, 50));
    all.extend(more);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 120, "everybody is on one page");
    assert!(first.queries() <= 10, "{} statements", first.queries());
}

#[tokio::test]
async fn a_schools_office_brings_in_its_own_school_alone() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let mut own = Package::usual().of_hibarino().as_a("bulk");
    own.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    let import = hugo.preview(&own).await;
    assert_eq!((&import["state"], &import["schools"]), (&json!("READ"), &json!([{ "name": "ひばり野小学校" }])), "{import}");
    assert_eq!(hugo.commit_roster(&import["id"], &Value::Null, &[]).await["import"]["state"], "COMMITTED");
    assert_eq!(name_of_aoi(&school).await, "小林 葵");

    let whole = hugo.preview(&Package::usual()).await;
    assert_eq!(whole["state"], "FAILED");
    assert!(whole["findingCounts"].as_array().unwrap().iter().any(|count| count["code"] == "NOT_YOUR_SCHOOL"), "{whole}");

    let mut taken = own.clone();
    taken.user(SOTA, "小川,颯太,オガワ,ソウタ,", "student", HIBARINO);
    taken.enrol(SOTA, CLASS_5_1, HIBARINO, "9");
    taken.user(Uuid::from_u128(0xb0a), "長,官,,,chief@asagiri.example", "districtAdministrator", asagao_tests::BOARD);
    let import = hugo.preview(&taken).await;
    let codes: Vec<_> = import["findings"]["nodes"].as_array().unwrap().iter().map(|found| (&found["code"], &found["file"])).collect();
    assert_eq!(codes.iter().filter(|(code, _)| *code == "NOT_YOURS").count(), 2, "a pupil of another school, a duty of the board: {codes:?}");
    assert!(changes(&import, "NEW").iter().all(|change| change["record"] == "STAFF"), "{import}");
}

#[tokio::test]
async fn an_import_is_seen_by_those_alone_who_keep_the_roster_of_its_schools() {
    let school = board().await;
    let import = school.person("office").preview(&Package::usual()).await;
    let list = "{ rosterImports { nodes { id } } }";
    let seen = school.person("office").ask(list, json!({})).await;
    assert!(seen.data("/rosterImports/nodes").as_array().unwrap().iter().any(|node| node["id"] == import["id"]));
    for who in ["hugo", "mari"] {
        assert_eq!(school.person(who).roster_import(&import["id"]).await, Value::Null, "{who}");
        assert_eq!(school.person(who).ask(list, json!({})).await.data("/rosterImports/nodes"), &json!([]));
        let refused = school.person(who).commit_roster(&import["id"], &Value::Null, &[]).await;
        assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
        assert_eq!(school.person(who).undo_roster(&import["id"]).await["userErrors"][0]["code"], "NOT_FOUND");
    }
    for who in ["ana", "portal"] {
        assert_eq!(school.person(who).ask(list, json!({})).await.code(), "FORBIDDEN", "{who}");
        let upload = school.person(who).request("POST", "/uploads").body(Package::usual().zip().into()).unwrap();
        assert_eq!(school.send(upload).await.status, 403, "{who}");
    }
    let upload = school.nobody().request("POST", "/uploads").body(Package::usual().zip().into()).unwrap();
    assert_eq!(school.send(upload).await.status, 401);
}

#[tokio::test]
async fn a_package_is_read_by_whoever_sent_it_alone() {
    let school = board().await;
    let office = school.person("office");
    let sent = school.send(office.request("POST", "/uploads").body(Package::usual().zip().into()).unwrap()).await;
    let document = "mutation ($id: ID!) { previewRosterImport(input: { uploadId: $id }) { import { id } userErrors { code field } } }";
    for (who, id) in [("hugo", sent.body["uploadId"].clone()), ("office", json!(Uuid::nil())), ("office", json!("../../etc/passwd"))] {
        let answer = school.person(who).ask(document, json!({ "id": id })).await;
        assert_eq!(answer.data("/previewRosterImport/userErrors"), &json!([{ "code": "NOT_FOUND", "field": "uploadId" }]), "{who} {id}");
    }
}

#[tokio::test]
async fn what_an_import_is_made_of_is_deleted_when_it_is_discarded_and_after_a_week() {
    let school = board().await;
    let office = school.person("office");
    let mut package = Package::usual();
    package.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    let import = office.preview(&package).await;
    let document = "mutation ($id: ID!) { discardRosterImport(input: { importId: $id }) { import { state changes { nodes { id } } } userErrors { code } } }";
    let answer = office.ask(document, json!({ "id": import["id"] })).await;
    assert_eq!(answer.data("/discardRosterImport"), &json!({ "import": { "state": "DISCARDED", "changes": { "nodes": [] } }, "userErrors": [] }));
    let again = office.ask(document, json!({ "id": import["id"] })).await;
    assert_eq!(again.data("/discardRosterImport/userErrors/0/code"), "CONFLICT");

    let import = office.preview(&package).await;
    let committed = office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(committed["import"]["undoUntil"], "2026-11-30T23:20:00.000Z");
    school.clock.advance(TimeDelta::days(7) + TimeDelta::minutes(1));
    school.preview(&Package::usual()).await;
    assert_eq!(office.roster_import(&import["id"]).await["changes"]["nodes"], json!([]));
    assert_eq!(office.undo_roster(&import["id"]).await["userErrors"][0]["code"], "NOT_READY");
}
