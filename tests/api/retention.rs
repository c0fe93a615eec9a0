//! Kept and let go: what is due when, deleting it in two steps, and that a name is gone everywhere once a pupil has gone.
use crate::support_sheet;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::retention::kept::{Fate, TABLES};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_2, HIBARINO, KAEDE, MIZUUMI, Package, Person, School, TODAY, time};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Moves the clock to the morning of a day and gives a new token to whoever is asked there: those of before are over.
pub async fn on(school: &School, day: &str, who: &str) -> String {
    school.clock.advance(time(&format!("{day}T08:20:00+09:00")) - school.clock.now());
    school.token(who, &[], 90).await
}

const DUE: &str = "retentionDue { nodes { id kind schoolName year since pupilCount recordCount heldPupils } }";

/// What is due: kind, school year, pupils and records, held.
pub async fn due(person: &Person<'_>) -> Vec<(String, i64, i64, i64, i64)> {
    let answer = person.ask(&format!("{{ {DUE} }}"), json!({})).await;
    let nodes = answer.data("/retentionDue/nodes").as_array().expect("a list").clone();
    let number = |node: &Value, field: &str| node[field].as_i64().expect("a number");
    nodes.iter().map(|of| (of["kind"].as_str().expect("a text").to_owned(), number(of, "year"), number(of, "pupilCount"), number(of, "recordCount"), number(of, "heldPupils"))).collect()
}

/// The ids of what is due of these kinds; all kinds if there are none.
pub async fn ids(person: &Person<'_>, kinds: &[&str]) -> Vec<Value> {
    let answer = person.ask(&format!("{{ {DUE} }}"), json!({})).await;
    let nodes = answer.data("/retentionDue/nodes").as_array().expect("a list").clone();
    let wanted = |of: &&Value| of["pupilCount"] != 0 && (kinds.is_empty() || kinds.contains(&of["kind"].as_str().expect("a text")));
    nodes.iter().filter(wanted).map(|of| of["id"].clone()).collect()
}

pub async fn plan(person: &Person<'_>, ids: &[Value]) -> Value {
    let document = "query ($ids: [ID!]!) { deletionPlan(ids: $ids) { confirmation recordCount missing due { id pupils { name recordCount } } } }";
    person.ask(document, json!({ "ids": ids })).await.data("/deletionPlan").clone()
}

pub async fn delete(person: &Person<'_>, ids: &[Value], confirmation: &Value) -> Value {
    let document = "mutation ($input: DeleteDueInput!) { deleteDue(input: $input) {
        deletions { kind year pupilCount recordCount years countedFrom basis by tables { table rows } } rest { confirmation due { id } } userErrors { code field message } } }";
    let answer = person.ask(document, json!({ "input": { "ids": ids, "confirmation": confirmation } })).await;
    answer.data("/deleteDue").clone()
}

/// Looks at the plan and goes on with it.
pub async fn delete_all(person: &Person<'_>, kinds: &[&str]) -> Value {
    let ids = ids(person, kinds).await;
    let confirmation = plan(person, &ids).await["confirmation"].clone();
    let done = delete(person, &ids, &confirmation).await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    done
}

async fn done(person: &Person<'_>, mutation: &str) {
    let answer = person.ask(&format!("mutation {{ done: {mutation} {{ userErrors {{ code field message }} }} }}"), json!({})).await;
    assert_eq!(answer.data("/done/userErrors"), &json!([]), "{mutation}");
}

async fn mark_all(school: &School) {
    done(&school.person("ana"), &format!("takeAttendance(input: {{ classId: \"{CLASS_5_2}\" }})")).await;
}

#[tokio::test]
async fn every_table_is_in_the_list_of_what_becomes_of_it() {
    let school = School::empty().await;
    let tables: BTreeSet<String> = school.tables().await.into_iter().filter(|name| !name.starts_with("sqlite_")).collect();
    let listed: BTreeSet<String> = TABLES.iter().map(|kept| kept.table.to_owned()).collect();
    assert_eq!(listed.len(), TABLES.len(), "a table is in the list twice");
    let missing: Vec<_> = tables.difference(&listed).collect();
    assert!(missing.is_empty(), "say in retention/kept.rs what becomes of {missing:?}");
    let gone: Vec<_> = listed.difference(&tables).collect();
    assert!(gone.is_empty(), "there is no table {gone:?} any more");
    for kept in TABLES {
        if let Fate::Stays(why) = kept.fate {
            assert!(why.len() > 8, "say why {} stays", kept.table);
        }
    }
}

#[tokio::test]
async fn nothing_is_due_before_its_years_are_over() {
    let school = School::open().await;
    mark_all(&school).await;
    for (day, expected) in [
        (TODAY, vec![]),
        // 5年2組 ends with the school year 2026, and nobody is enrolled after it.
        ("2032-03-31", vec![]),
        ("2032-04-01", vec![("ATTENDANCE_REGISTER".to_owned(), 2026, 6, 6, 0)]),
    ] {
        let hugo = on(&school, day, "hugo").await;
        assert_eq!(due(&school.bearer(&hugo)).await, expected, "{day}");
    }
    let hugo = on(&school, "2047-04-01", "hugo").await;
    let all = due(&school.bearer(&hugo)).await;
    let kinds: Vec<_> = all.iter().map(|of| (of.0.as_str(), of.2)).collect();
    assert_eq!(kinds, [("STUDENT_REGISTER", 7), ("ATTENDANCE_REGISTER", 6)], "two classes of ひばり野 have seven pupils");
}

#[tokio::test]
async fn who_is_enrolled_again_is_not_due_and_who_left_is() {
    let school = School::open().await;
    mark_all(&school).await;
    done(&school.person("hugo"), &format!("withdrawPupil(input: {{ pupilId: \"{KAEDE}\", kind: WITHDRAWAL, day: \"{TODAY}\" }})")).await;
    // Everybody else is enrolled on, which this roster says by a year that goes on.
    let mut package = Package::usual();
    package.change("academicSessions.csv", "2027-03-31", "2034-03-31");
    package.change("enrollments.csv", &format!("{KAEDE},student,,,,3"), &format!("{KAEDE},student,,2026-04-01,{TODAY},3"));
    school.import(&package).await;
    let hugo = on(&school, "2032-04-01", "hugo").await;
    assert_eq!(due(&school.bearer(&hugo)).await, [("ATTENDANCE_REGISTER".to_owned(), 2026, 1, 1, 0)]);
}

#[tokio::test]
async fn what_is_due_goes_in_two_steps_and_the_record_says_what_went() {
    let school = School::open().await;
    mark_all(&school).await;
    done(&school.person("hugo"), &format!("recogniseAttendance(input: {{ pupilId: \"{AOI}\", place: HOME, begins: \"{TODAY}\", note: \"面談で決めた\" }})")).await;
    let hugo = on(&school, "2032-04-01", "hugo").await;
    let hugo = school.bearer(&hugo);
    let ids = ids(&hugo, &[]).await;
    let planned = plan(&hugo, &ids).await;
    assert_eq!((&planned["recordCount"], &planned["missing"]), (&json!(7), &json!([])));
    assert_eq!(planned["due"][0]["pupils"], json!([{ "name": "朝倉 葵", "recordCount": 1 }]), "the head reads whose it is");
    let answer = delete(&hugo, &ids, &planned["confirmation"]).await;
    assert_eq!((&answer["userErrors"], &answer["rest"]), (&json!([]), &Value::Null));
    assert_eq!(answer["deletions"][1], json!({ "kind": "ATTENDANCE_REGISTER", "year": 2026, "pupilCount": 6, "recordCount": 6, "years": 5,
        "countedFrom": "LEAVING", "by": "日向 悟", "basis": answer["deletions"][1]["basis"], "tables": [{ "table": "attendance_mark", "rows": 6 }] }));
    assert!(answer["deletions"][1]["basis"].as_str().expect("a text").contains("施行規則 第28条"));
    assert_eq!((school.count("attendance_mark", "1 = 1").await, school.count("attendance_recognition", "1 = 1").await), (0, 0));
    assert_eq!(school.holding("面談で決めた").await, [] as [String; 0], "what the trail had of it has gone, too");
    assert_eq!(school.count("trail", "record = 'attendance_recognition' AND before IS NULL AND after IS NULL").await, 1, "that somebody did it stays");
    assert_eq!(school.count("pupil", "1 = 1").await, 8, "the register of pupils is kept for longer");
    assert_eq!(due(&hugo).await, []);
    let list = "query ($of: ID) { deletions(pupilId: $of) { nodes { kind by schoolName recordCount } } }";
    let of = async |pupil: &str| hugo.ask(list, json!({ "of": pupil })).await.data("/deletions/nodes").clone();
    let entry = |kind: &str, by: &str, records: i64| json!({ "kind": kind, "by": by, "schoolName": "ひばり野小学校", "recordCount": records });
    let both = json!([entry("ATTENDANCE_REGISTER", "日向 悟", 6), entry("GUIDANCE_RECORD", "日向 悟", 1)]);
    assert_eq!(of(&AOI.to_string()).await, both, "whoever has the id learns that it is gone");
    assert_eq!(of(&KAEDE.to_string()).await, json!([entry("ATTENDANCE_REGISTER", "日向 悟", 6)]));
}

/// Everything that the school has of its pupils is written once.
async fn a_full_life(school: &School) {
    school.fill_class().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    mark_all(school).await;
    done(&ana, &format!("analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }})")).await;
    done(&ana, &format!("recordSupportAction(input: {{ pupilId: \"{AOI}\", kind: TALK, text: \"朝倉さんと話した\" }})")).await;
    let sheet = support_sheet::done(&ana, "openSupport", json!({ "pupilId": AOI, "reason": "朝倉さんのこと" })).await["id"].clone();
    support_sheet::done(&ana, "writeSupportSection", json!({ "sheetId": sheet, "part": "STATE", "text": "朝倉さんのようす" })).await;
    support_sheet::done(&ana, "saveSupportMeeting", json!({ "sheetId": sheet, "tookPart": "学年", "said": "朝倉さんの話" })).await;
    support_sheet::done(&ana, "saveSupportTask", json!({ "sheetId": sheet, "what": "朝倉さんに声かけ", "staffId": ana.id, "dueOn": TODAY })).await;
    let plan = json!({ "sheetId": sheet, "kind": "GUIDANCE", "begins": TODAY, "ends": "2027-03-31", "goals": [{ "goal": "朝倉さんのめあて" }] });
    let plan = support_sheet::done(&ana, "saveSupportPlan", plan).await["plans"][0]["id"].clone();
    support_sheet::done(&ana, "recordSupportConsent", json!({ "planId": plan, "givenBy": "朝倉の母", "how": "書面", "shareWith": "次の学校" })).await;
    let flags = ana.ask(&format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ id }} }} }}"), json!({})).await;
    let flag = flags.data("/supportFlags/nodes/0/id").as_str().expect("a flag").to_owned();
    done(&ana, &format!("reviewSupportFlag(input: {{ flagId: \"{flag}\", answer: USEFUL, note: \"朝倉さんのこと\" }})")).await;
    done(&hugo, &format!("recogniseAttendance(input: {{ pupilId: \"{AOI}\", place: HOME, begins: \"{TODAY}\", note: \"朝倉さんの家と\" }})")).await;
    done(&hugo, &format!("markLesson(input: {{ classId: \"{CLASS_5_2}\", period: 1, marks: [{{ pupilId: \"{AOI}\", kind: LATE }}] }})")).await;
    let code = school.pupil_token(AOI).await;
    let own = school.bearer(&code);
    let mood = format!("mutation {{ recordMoods(input: {{ moods: [{{ pupilId: \"{AOI}\", weather: RAINY }}] }}) {{ recorded }} }}");
    assert_eq!(own.ask(&mood, json!({})).await.data("/recordMoods/recorded"), 1);
    school.visitor().enter(&code).await;
    // Next year's draft has the name as well, and a wish of hers.
    let start = format!("mutation {{ startTurnover(input: {{ schoolId: \"{HIBARINO}\" }}) {{ turnover {{ id pupils {{ nodes {{ id }} }} }} }} }}");
    let draft = hugo.ask(&start, json!({})).await.data("/startTurnover/turnover").clone();
    let entries = &draft["pupils"]["nodes"];
    done(&hugo, &format!("setTurnoverWish(input: {{ turnoverId: {}, entryId: {}, otherEntryId: {}, together: true }})", draft["id"], entries[0]["id"], entries[1]["id"])).await;
    // She is called otherwise, leaves for the other school, and comes back.
    let mut package = Package::usual();
    package.change("users.csv", "朝倉,葵,", "朝倉橋,葵,");
    school.import(&package).await;
    done(&hugo, &format!("transferPupilOut(input: {{ pupilId: \"{AOI}\", day: \"{TODAY}\", destinationSchoolId: \"{MIZUUMI}\", reason: \"朝倉家の転居\", handOver: [ATTENDANCE] }})")).await;
    let mari = school.person("mari");
    let expected = mari.ask(&format!("{{ school(id: \"{MIZUUMI}\") {{ expectedPupils {{ id }} }} }}"), json!({})).await;
    let out = expected.data("/school/expectedPupils/0/id").as_str().expect("on the way").to_owned();
    done(&mari, &format!("transferPupilIn(input: {{ moveId: \"{out}\", classId: \"{CLASS_4_1}\", day: \"2026-11-25\" }})")).await;
}

#[tokio::test]
async fn once_a_pupil_has_gone_the_name_stands_nowhere() {
    let mut school = School::open().await;
    a_full_life(&school).await;
    let staying = ["アサクラ", "朝倉"];
    for name in staying {
        assert!(school.holding(name).await.len() > 2, "the name is there before: {:?}", school.holding(name).await);
    }
    let runs = school.count("analysis_run", "1 = 1").await;
    let trail = school.count("trail", "1 = 1").await;
    school.clock.advance(time("2047-04-01T08:20:00+09:00") - school.clock.now());
    let today = school.clock.today();
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, today)]).await;
    // One school first: the name stays as long as the other keeps its register.
    let hugo = school.token("hugo", &[], 90).await;
    delete_all(&school.bearer(&hugo), &[]).await;
    assert_eq!(school.count("pupil", "family_name = '朝倉橋'").await, 1, "みずうみ still keeps her register");
    assert_eq!(school.count("enrolment", "school <> (SELECT id FROM school WHERE name = 'みずうみ小学校')").await, 0);
    delete_all(&school.person("board"), &[]).await;
    for name in ["朝倉", "アサクラ", "陽翔", "小川", "勅使河原", "仮名", "カメイ"] {
        assert_eq!(school.holding(name).await, [] as [String; 0], "{name}");
    }
    for kept in TABLES.iter().filter(|kept| !matches!(kept.fate, Fate::Stays(_))) {
        let of_people = ["access_token", "page_session", "sign_in_subject"].contains(&kept.table);
        let rows = if of_people { "holder NOT IN (SELECT id FROM staff) AND holder NOT IN (SELECT id FROM app)" } else { "1 = 1" };
        let rows = if kept.table == "roster_source" { "record = 'pupil'" } else { rows };
        let rows = if kept.table == "roster_import_change" { "pupil IS NOT NULL" } else { rows };
        assert_eq!(school.count(kept.table, rows).await, 0, "rows of {} are left", kept.table);
    }
    assert_eq!(school.count("analysis_run", "1 = 1").await, runs, "figures that name nobody stay");
    assert!(school.count("trail", "1 = 1").await >= trail, "that something was done stays");
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_deletion_is_said() {
    let school = School::open().await;
    mark_all(&school).await;
    let secret = on(&school, "2032-04-01", "hugo").await;
    let hugo = school.bearer(&secret);
    let code = async |ids: &[Value], confirmation: &str| {
        let answer = delete(&hugo, ids, &json!(confirmation)).await;
        assert_eq!(answer["deletions"], json!([]));
        (answer["userErrors"][0]["code"].as_str().expect("a text").to_owned(), answer["userErrors"][0]["field"].as_str().expect("a text").to_owned())
    };
    let due = ids(&hugo, &[]).await;
    let expect = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(code(&[], "").await, expect("EMPTY", "ids"));
    assert_eq!(code(&vec![json!("x"); 201], "").await, expect("TOO_MANY", "ids"));
    assert_eq!(code(&[json!("MOOD.x.2026")], "").await, expect("NOT_FOUND", "ids"));
    assert_eq!(code(&due, "guessed").await, expect("CONFLICT", "confirmation"));
    let confirmation = plan(&hugo, &due).await["confirmation"].as_str().expect("a text").to_owned();
    done(&hugo, &format!("placeLegalHold(input: {{ pupilId: \"{AOI}\", reason: \"開示請求\" }})")).await;
    assert_eq!(code(&due, &confirmation).await, expect("CONFLICT", "confirmation"), "what was held since is not what was looked at");
    done(&hugo, &format!("placeLegalHold(input: {{ schoolId: \"{HIBARINO}\", reason: \"訴訟\" }})")).await;
    assert_eq!(code(&due, &confirmation).await, expect("IN_USE", "ids"));
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 6);
    let many: Vec<Value> = vec![json!("x"); 201];
    let answer = hugo.ask("query ($ids: [ID!]!) { deletionPlan(ids: $ids) { confirmation } }", json!({ "ids": many })).await;
    assert_eq!(answer.code(), "BAD_INPUT");
}

#[tokio::test]
async fn another_school_and_those_without_the_right_find_nothing() {
    let mut school = School::open().await;
    mark_all(&school).await;
    let secret = on(&school, "2032-04-01", "mari").await;
    let today = school.clock.today();
    school.hire("kyomu", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, today)]).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, today)]).await;
    let kyomu = school.person("kyomu");
    let ids = ids(&kyomu, &[]).await;
    assert_eq!(ids.len(), 1, "the office of the school sees what is due");
    let mari = school.bearer(&secret);
    assert_eq!(due(&mari).await, []);
    assert_eq!(plan(&mari, &ids).await["missing"], json!(ids));
    assert_eq!(delete(&mari, &ids, &json!("")).await["userErrors"][0]["code"], "NOT_FOUND");
    let answer = kyomu.ask("mutation { deleteDue(input: { ids: [], confirmation: \"\" }) { userErrors { code } } }", json!({})).await;
    assert_eq!(answer.code(), "FORBIDDEN", "academic affairs read, the head and the board delete");
    let ana = school.token("ana", &[], 90).await;
    assert_eq!(school.bearer(&ana).ask(&format!("{{ {DUE} }}"), json!({})).await.code(), "FORBIDDEN");
    assert_eq!(school.nobody().ask(&format!("{{ {DUE} }}"), json!({})).await.code(), "UNAUTHENTICATED");
    let board = school.person("board").ask("{ retentionDue { nodes { pupilCount recordCount countStep pupils { name } } } }", json!({})).await;
    assert_eq!(board.data("/retentionDue/nodes"), &json!([{ "pupilCount": null, "recordCount": null, "countStep": 10, "pupils": null }]), "the board is told no small count and no name");
}

#[tokio::test]
async fn the_board_decides_how_long_a_kind_is_kept() {
    let mut school = School::open().await;
    let today = school.clock.today();
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, today)]).await;
    let board = school.person("board");
    let save = async |kind: &str, years: i32, more: &str| {
        let document = format!("mutation {{ saveRetentionRule(input: {{ kind: {kind}, years: {years}, basis: \"委員会の決定\" {more} }}) {{
            rule {{ kind years countedFrom basis }} userErrors {{ code field }} }} }}");
        board.ask(&document, json!({})).await.data("/saveRetentionRule").clone()
    };
    let rule = json!({ "kind": "MOOD", "years": 3, "countedFrom": "LEAVING", "basis": "委員会の決定" });
    assert_eq!(save("MOOD", 3, ", countedFrom: LEAVING").await, json!({ "rule": rule, "userErrors": [] }));
    for (kind, years, more, field) in [
        ("MOOD", 0, "", "years"),
        ("MOOD", 101, "", "years"),
        ("MOOD", 21, "", "years"),
        ("STUDENT_REGISTER", 4, "", "years"),
        ("STUDENT_REGISTER", 20, ", countedFrom: SCHOOL_YEAR", "countedFrom"),
        ("NEXT_YEAR_DRAFT", 1, ", countedFrom: LEAVING", "countedFrom"),
    ] {
        let answer = save(kind, years, more).await;
        assert_eq!(answer, json!({ "rule": null, "userErrors": [{ "code": "OUT_OF_RANGE", "field": field }] }), "{kind} {years} {more}");
    }
    let empty = board.ask("mutation { saveRetentionRule(input: { kind: MOOD, years: 1, basis: \" \" }) { userErrors { code field } } }", json!({})).await;
    assert_eq!(empty.data("/saveRetentionRule/userErrors"), &json!([{ "code": "INVALID_TEXT", "field": "basis" }]));
    let rules = board.ask("{ retentionRules { kind years } }", json!({})).await;
    assert_eq!(rules.data("/retentionRules").as_array().expect("a list").len(), 9);
    assert_eq!(rules.data("/retentionRules/0"), &json!({ "kind": "STUDENT_REGISTER", "years": 20 }));
    let hugo = school.person("hugo").ask("mutation { saveRetentionRule(input: { kind: MOOD, years: 1, basis: \"x\" }) { userErrors { code } } }", json!({})).await;
    assert_eq!(hugo.code(), "FORBIDDEN");
    assert_eq!(school.count("trail", "record = 'retention_rule'").await, 1);
}

#[tokio::test]
async fn records_by_school_year_go_while_the_pupil_stays() {
    let school = School::open().await;
    let mood = format!("mutation {{ recordMoods(input: {{ moods: [{{ pupilId: \"{AOI}\", weather: SUNNY }}] }}) {{ recorded }} }}");
    assert_eq!(school.person("portal").ask(&mood, json!({})).await.data("/recordMoods/recorded"), 1);
    let secret = on(&school, "2028-03-31", "hugo").await;
    assert_eq!(due(&school.bearer(&secret)).await, []);
    let secret = on(&school, "2028-04-01", "hugo").await;
    let hugo = school.bearer(&secret);
    assert_eq!(due(&hugo).await, [("MOOD".to_owned(), 2026, 1, 1, 0)]);
    let done = delete_all(&hugo, &["MOOD"]).await;
    assert_eq!(done["deletions"][0]["countedFrom"], "SCHOOL_YEAR");
    assert_eq!((school.count("mood", "1 = 1").await, school.count("pupil", "1 = 1").await), (0, 8));
}

#[tokio::test]
async fn what_one_call_does_not_delete_is_gone_on_with() {
    let school = School::open().await;
    let numbers = "(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 2049) SELECT n FROM c) s";
    let (then, ever) = ("'2026-11-24T00:00:00+00:00'", "'9999-12-31T00:00:00+00:00'");
    school.execute_many(&[
        format!("INSERT INTO pupil (id, identifier, family_name, given_name, preferred_family_name, preferred_given_name, kana_family_name, kana_given_name)
                 SELECT ID(4, n), '', '', '' || n, '', '', '', '' FROM {numbers}"),
        format!("INSERT INTO mood (id, pupil, day, known_from, known_until, school, weather, entered_by)
                 SELECT ID(5, n), ID(4, n), DAY('2026-11-24'), AT({then}), AT({ever}), (SELECT id FROM school WHERE name = 'ひばり野小学校'), 'SUNNY', ID(7, 0) FROM {numbers}"),
    ]).await;
    let secret = on(&school, "2028-04-01", "hugo").await;
    let hugo = school.bearer(&secret);
    let first = delete_all(&hugo, &[]).await;
    assert_eq!((first["deletions"].as_array().expect("a list").len(), school.count("mood", "1 = 1").await), (20, 50));
    let rest = &first["rest"];
    let left: Vec<Value> = rest["due"].as_array().expect("a list").iter().map(|due| due["id"].clone()).collect();
    let second = delete(&hugo, &left, &rest["confirmation"]).await;
    assert_eq!((&second["userErrors"], &second["rest"], school.count("mood", "1 = 1").await), (&json!([]), &Value::Null, 0));
    let (mut after, mut seen) = (Value::Null, 0);
    loop {
        let page = hugo.ask("query ($after: String) { deletions(first: 8, after: $after) { nodes { pupilCount } pageInfo { hasNextPage endCursor } } }", json!({ "after": after })).await;
        let page = page.data("/deletions").clone();
        seen += page["nodes"].as_array().expect("a list").iter().map(|of| of["pupilCount"].as_i64().expect("a number")).sum::<i64>();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, 2050);
}

#[tokio::test]
async fn what_is_due_is_read_page_by_page_and_with_few_statements() {
    let school = School::open().await;
    mark_all(&school).await;
    done(&school.person("hugo"), &format!("recogniseAttendance(input: {{ pupilId: \"{AOI}\", place: HOME, begins: \"{TODAY}\", note: \"面談\" }})")).await;
    let secret = on(&school, "2047-04-01", "hugo").await;
    let hugo = school.bearer(&secret);
    let whole = ids(&hugo, &[]).await;
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = hugo.ask("query ($after: String) { retentionDue(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }", json!({ "after": after })).await;
        assert!(page.queries() <= 30, "{} statements", page.queries());
        let page = page.data("/retentionDue").clone();
        seen.extend(page["nodes"].as_array().expect("a list").iter().map(|of| of["id"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!((seen.len(), &seen), (3, &whole));
    let one = hugo.ask(&format!("{{ retentionDue(schoolId: \"{HIBARINO}\", kind: GUIDANCE_RECORD) {{ nodes {{ kind }} }} }}"), json!({})).await;
    assert_eq!(one.data("/retentionDue/nodes"), &json!([{ "kind": "GUIDANCE_RECORD" }]));
}

#[tokio::test]
async fn the_board_is_told_no_more_of_a_plan_than_of_its_parts() {
    let mut school = School::open().await;
    a_full_life(&school).await;
    for day in ["2026-11-20", "2026-11-19"] {
        done(&school.person("ana"), &format!("takeAttendance(input: {{ classId: \"{CLASS_5_2}\", day: \"{day}\" }})")).await;
    }
    let secret = on(&school, "2032-04-01", "hugo").await;
    let today = school.clock.today();
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, today)]).await;
    let document = "query ($ids: [ID!]!) { deletionPlan(ids: $ids) { confirmation recordCount due { recordCount } } }";
    let ask = async |person: &Person<'_>| {
        let ids = ids(person, &[]).await;
        person.ask(document, json!({ "ids": ids })).await.data("/deletionPlan").clone()
    };
    let (exact, told) = (ask(&school.bearer(&secret)).await, ask(&school.person("board")).await);
    let sum = |plan: &Value| plan["due"].as_array().expect("a list").iter().filter_map(|of| of["recordCount"].as_i64()).sum::<i64>();
    assert_eq!(exact["recordCount"], sum(&exact));
    assert!(sum(&exact) / 10 * 10 > sum(&told), "the rounded total would say more: {exact} {told}");
    assert_eq!(told["recordCount"].as_i64().unwrap_or_default(), sum(&told), "{told}");
    assert_eq!(exact["confirmation"], told["confirmation"], "it stands for the same records");
    assert_eq!(school.count("server_key", "1 = 1").await, 1);
}
