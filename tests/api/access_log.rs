//! The access log (閲覧の記録): who looked at what, by which duty, and that nobody can take it out again.
use crate::consultation;
use asagao_graphql::access::audit::verify::Break;
use asagao_tests::{ANA, AOI, CLASS_5_2, HARUTO, HUGO, School, activity};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

/// The subjects of an entry, by kind and id.
fn subjects(entry: &Value) -> Vec<(String, String)> {
    let of = |subject: &Value| (subject["kind"].as_str().unwrap_or_default().to_owned(), subject["id"].as_str().unwrap_or_default().to_owned());
    entry["subjects"].as_array().into_iter().flatten().map(of).collect()
}

const LOG: &str = "query ($pupil: ID, $staff: ID, $first: Int, $after: String) { accessLog(pupilId: $pupil, staffId: $staff, first: $first, after: $after) {
    nodes { at act by byPupil duties rights refused changed what address subjects { kind id name } } pageInfo { hasNextPage endCursor } } }";

async fn log_of_pupil(school: &School, who: &str, pupil: Uuid) -> Vec<Value> {
    school.access_entries(Uuid::nil()).await;
    let answer = school.person(who).ask(LOG, json!({ "pupil": pupil })).await;
    answer.data("/accessLog/nodes").as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_class_page_is_one_entry_and_a_pupil_page_one() {
    let school = School::open().await;
    school.fill_class().await;
    let mut ana = school.visitor_as("ana").await;
    let before = school.access_entries(ANA).await.len();
    school.clock.advance(TimeDelta::minutes(1));
    assert_eq!(ana.get(&format!("/classes/{CLASS_5_2}")).await.status, StatusCode::OK);
    school.clock.advance(TimeDelta::minutes(1));
    assert_eq!(ana.get(&format!("/pupils/{AOI}")).await.status, StatusCode::OK);
    let entries = school.access_entries(ANA).await[before..].to_vec();
    assert_eq!(entries.len(), 2, "{entries:#?}");
    let (class, pupil) = (&entries[0], &entries[1]);
    assert_eq!((&class["act"], &class["way"], &class["what"]), (&json!("READ"), &json!("PAGE"), &json!("GET /classes/{id}")));
    assert_eq!(class["duties"], json!(["HOMEROOM_TEACHER"]));
    assert_eq!(subjects(class), [("CLASS".to_owned(), CLASS_5_2.to_string())], "the class stands for those in it");
    let rights = class["subjects"][0]["rights"].to_string();
    assert!(rights.contains("roster:read") && rights.contains("flag:read"), "{rights}");
    assert!(subjects(pupil).contains(&("PUPIL".to_owned(), AOI.to_string())), "{pupil:#}");
    assert!(!entries.iter().any(|entry| entry.to_string().contains("朝倉")), "names are in no entry");
}

#[tokio::test]
async fn signing_in_changing_and_being_refused_are_entries_and_posting_is_none() {
    let school = School::open().await;
    let drill = school.person("drill").id;
    school.person("drill").try_record(asagao_tests::NOW, &[activity(1, AOI)]).await;
    assert_eq!(school.access_entries(drill).await, [] as [Value; 0], "what apps post is kept with who sent it");
    let mut ana = school.visitor_as("ana").await;
    let signed_in = school.access_entries(ANA).await;
    assert_eq!((&signed_in[0]["act"], &signed_in[0]["what"]), (&json!("SIGN_IN"), &json!("POST /sign-in")));
    school.clock.advance(TimeDelta::minutes(1));
    let note = format!("mutation Talk {{ recordSupportAction(input: {{ pupilId: \"{AOI}\", kind: TALK, text: \"朝の声かけ\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&note, json!({})).await.data("/recordSupportAction/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::minutes(1));
    assert_eq!(school.person("ana").ask("query Due { retentionRules { years } }", json!({})).await.code(), "FORBIDDEN");
    let entries = school.access_entries(ANA).await;
    let of = |act: &str| entries.iter().find(|entry| entry["act"] == act).cloned().unwrap_or_default();
    assert_eq!((&of("CHANGE")["what"], &of("CHANGE")["changed"]), (&json!("POST /graphql Talk"), &json!([["support_action", 1]])));
    assert!(!of("CHANGE").to_string().contains("朝の声かけ"), "what was written stands in the trail alone");
    assert_eq!((&of("REFUSE")["refused"], &of("REFUSE")["what"]), (&json!(["retention:read"]), &json!("POST /graphql Due")));
    // Whoever is nobody: a token that does not hold, a code that is wrong.
    assert_eq!(school.bearer("asagao_wrong").ask("{ classes { nodes { id } } }", json!({})).await.status, StatusCode::UNAUTHORIZED);
    assert_ne!(school.visitor().post("/sign-in", &[("code", "asagao_wrong")], &[("sec-fetch-site", "same-origin")]).await.status, StatusCode::SEE_OTHER);
    let refused: Vec<Value> = school.access_entries(Uuid::nil()).await.into_iter().filter(|entry| entry["act"] == "REFUSE").map(|entry| entry["refused"].clone()).collect();
    assert_eq!(refused, [json!(["token"]), json!(["sign-in"])]);
    // A file that is taken out.
    ana.get(&format!("/classes/{CLASS_5_2}/roster")).await;
    school.clock.advance(TimeDelta::minutes(1));
    let file = ana.submit(&format!("/classes/{CLASS_5_2}/roster"), &[("kind", "utf-8")]).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    let last = school.access_entries(ANA).await.pop().unwrap_or_default();
    assert_eq!((&last["act"], &last["what"]), (&json!("EXPORT"), &json!("POST /classes/{id}/roster")));
    drop(ana);
    school.end_duties("ana").await;
    let request = Request::get("/healthz").body(Body::empty()).expect("a request");
    assert_eq!(school.answer(request).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_head_finds_who_looked_by_the_pupil_and_by_the_teacher_and_others_find_nothing() {
    let school = School::open().await;
    school.fill_class().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&format!("/classes/{CLASS_5_2}")).await;
    school.clock.advance(TimeDelta::minutes(1));
    ana.get(&format!("/pupils/{AOI}")).await;
    school.clock.advance(TimeDelta::minutes(1));
    let of_aoi = log_of_pupil(&school, "hugo", AOI).await;
    assert_eq!(of_aoi.len(), 3, "the pupil, the class, the list of classes: {of_aoi:#?}");
    assert_eq!((&of_aoi[0]["by"], &of_aoi[0]["duties"], &of_aoi[0]["act"]), (&json!("有村 安奈"), &json!(["HOMEROOM_TEACHER"]), &json!("READ")));
    let haruto = log_of_pupil(&school, "hugo", HARUTO).await;
    let by_ana = haruto.iter().filter(|entry| entry["by"] == "有村 安奈").count();
    assert_eq!(by_ana, 3, "in the list of the class, too: {haruto:#?}");
    let named = |entries: &[Value], id: Uuid| entries.iter().flat_map(|of| of["subjects"].as_array().cloned().unwrap_or_default()).filter(|of| of["id"] == id.to_string()).count();
    assert_eq!((named(&of_aoi, AOI), named(&haruto, HARUTO)), (1, 0), "by name whose page it was: {haruto:#?}");
    // By the teacher, in pages.
    let staff = |after: Value| json!({ "staff": ANA, "first": 1, "after": after });
    let first = school.person("hugo").ask(LOG, staff(Value::Null)).await;
    assert_eq!(first.data("/accessLog/nodes/0/subjects/0/kind"), &json!("PUPIL"));
    assert!(first.data("/accessLog/nodes/0/subjects/0/name").is_string());
    let second = school.person("hugo").ask(LOG, staff(first.data("/accessLog/pageInfo/endCursor").clone())).await;
    assert_eq!(second.data("/accessLog/nodes/0/subjects/0").pointer("/name"), Some(&json!("5年2組")));
    // Who may not is told so; who may, elsewhere, finds nothing.
    assert_eq!(school.person("ana").ask(LOG, json!({ "pupil": AOI })).await.code(), "FORBIDDEN");
    assert_eq!(school.person("portal").ask(LOG, json!({ "pupil": AOI })).await.code(), "FORBIDDEN");
    assert_eq!(school.person("mari").ask(LOG, json!({ "pupil": AOI })).await.data("/accessLog/nodes"), &json!([]));
    let of_ana = school.person("mari").ask(LOG, json!({ "staff": ANA })).await;
    assert_eq!(of_ana.data("/accessLog/nodes"), &json!([]), "nothing of another school's");
    assert_eq!(school.person("hugo").ask(LOG, json!({})).await.code(), "BAD_INPUT");
    // Looking at the log is looking.
    let hugo = school.access_entries(HUGO).await;
    assert!(hugo.iter().any(|entry| entry.to_string().contains("access-log:read")), "{hugo:#?}");
}

#[tokio::test]
async fn a_pupil_sees_who_looked_and_nothing_of_others() {
    let school = School::open().await;
    school.fill_class().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&format!("/pupils/{AOI}")).await;
    school.clock.advance(TimeDelta::minutes(1));
    school.access_entries(ANA).await;
    let (aoi, haruto) = (school.pupil_token(AOI).await, school.pupil_token(HARUTO).await);
    let own = school.bearer(&aoi).ask(LOG, json!({ "pupil": AOI })).await;
    let nodes = own.data("/accessLog/nodes").as_array().expect("a list").clone();
    assert_eq!(nodes.len(), 2, "the page, and the list of classes that it was reached by: {nodes:#?}");
    assert_eq!((&nodes[0]["by"], &nodes[0]["address"], &nodes[0]["what"], &nodes[0]["subjects"]), (&json!("有村 安奈"), &Value::Null, &Value::Null, &json!([])));
    assert_eq!(school.bearer(&haruto).ask(LOG, json!({ "pupil": AOI })).await.data("/accessLog/nodes"), &json!([]));
    assert_eq!(school.bearer(&haruto).ask(LOG, json!({ "staff": ANA })).await.data("/accessLog/nodes"), &json!([]));
    let mut visitor = school.visitor();
    visitor.enter(&aoi).await;
    assert!(visitor.get("/check-in").await.text.contains("/my-looks?lang=ja"));
    for (lang, part) in [("ja", "<rt>たんにん</rt>"), ("pt", "professor(a) da turma"), ("en", "your class teacher")] {
        let page = visitor.get(&format!("/my-looks?lang={lang}")).await;
        assert!(page.text.contains(part) && page.text.contains("有村 安奈"), "{}", page.text);
    }
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get(&format!("/pupils/{AOI}/looks")).await;
    assert!(page.text.contains("有村 安奈") && page.text.contains("担任") && page.text.contains("出欠"), "{}", page.text);
    let page = hugo.get(&format!("/staff/{ANA}/looks")).await;
    assert!(page.text.contains("見た"), "{}", page.text);
    assert_eq!(ana.get(&format!("/pupils/{AOI}/looks")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get(&format!("/staff/{HUGO}/looks")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(hugo.get("/my-looks").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_asked_whom_to_talk_is_in_no_entry() {
    let school = School::open().await;
    let aoi = school.pupil_token(AOI).await;
    consultation::request(&school.bearer(&aoi), 1, ANA, "はなしたい").await;
    let mut ana = school.visitor_as("ana").await;
    let by_ana = |entries: Vec<Value>| entries.iter().filter(|entry| entry["by"] == "有村 安奈").count();
    let before = by_ana(log_of_pupil(&school, "hugo", AOI).await);
    let list = school.person("ana").ask("query Talks { consultations { nodes { id pupilName } } }", json!({})).await;
    assert_eq!(list.data("/consultations/nodes").as_array().map(Vec::len), Some(1), "{}", list.body);
    ana.get("/consultations").await;
    let entries = school.access_entries(ANA).await;
    assert!(!entries.iter().any(|entry| entry.to_string().to_lowercase().contains("consultation") || entry.to_string().contains("Talks")), "{entries:#?}");
    assert_eq!(by_ana(log_of_pupil(&school, "hugo", AOI).await), before);
    assert!(!school.access_entries(AOI).await.iter().any(|entry| entry.to_string().contains("onsult")));
}

/// A school in whose log something stands, and a second server has gone on.
async fn logged() -> School {
    let mut school = School::open().await;
    for _ in 0..3 {
        school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
        school.clock.advance(TimeDelta::minutes(1));
    }
    school.access_entries(Uuid::nil()).await;
    school.serve(|app| app);
    school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": HARUTO })).await;
    school.clock.advance(TimeDelta::minutes(1));
    let found = school.verify_access_log(&[]).await;
    assert_eq!((found.chains, found.links, found.erased, found.breaks), (2, 4, 0, vec![]));
    school
}

async fn broken(school: &School) -> Vec<&'static str> {
    school.verify_access_log(&[]).await.breaks.into_iter().map(|Break { what, .. }| what).collect()
}

#[tokio::test]
async fn what_is_altered_removed_or_put_in_shows() {
    for (sql, what) in [
        ("UPDATE access_entry SET content = replace(content, 'roster:read', 'school:read') WHERE seq = 2", "its entry was altered"),
        ("UPDATE access_entry SET holder = chain WHERE seq = 2", "what its entry is found by was altered"),
        ("DELETE FROM access_subject WHERE seq = 2", "what its entry is found by was altered"),
        ("UPDATE access_subject SET subject = chain WHERE seq = 2", "what its entry is found by was altered"),
        ("DELETE FROM access_entry WHERE seq = 2", "its entry is gone, and no clearing speaks of it"),
        ("DELETE FROM access_link WHERE seq = 2", "it is missing"),
        ("UPDATE access_link SET at = '2026-11-24T00:00:00.000+00:00' WHERE seq = 2", "it does not go on from the one before: one of them was altered"),
        ("DELETE FROM access_link WHERE seq = 3", "a later chain follows it, and it is not as it was"),
        ("UPDATE access_chain SET follows = '[]'", "it does not go on from the one before: one of them was altered"),
        ("INSERT INTO access_entry SELECT chain, chain, seq + 10, at, holder, salt, content FROM access_entry WHERE seq = 3", "there is an entry and no link to it"),
    ] {
        let school = logged().await;
        school.tamper(sql).await;
        let found = broken(&school).await;
        assert!(found.contains(&what), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn what_is_cut_off_at_the_end_shows_by_an_end_that_was_kept_elsewhere() {
    let school = logged().await;
    let kept = school.access_heads().await;
    assert_eq!(school.verify_access_log(&kept).await.breaks, []);
    school.tamper("DELETE FROM access_subject WHERE chain = (SELECT id FROM access_chain WHERE follows <> '[]')").await;
    school.tamper("DELETE FROM access_entry WHERE chain = (SELECT id FROM access_chain WHERE follows <> '[]')").await;
    school.tamper("DELETE FROM access_link WHERE chain = (SELECT id FROM access_chain WHERE follows <> '[]')").await;
    assert_eq!(broken(&school).await, [] as [&str; 0], "the chains alone cannot know");
    let found = school.verify_access_log(&kept).await.breaks;
    assert_eq!(found.iter().map(|of| of.what).collect::<Vec<_>>(), ["it was kept elsewhere, and it is not as it was"]);
}

#[tokio::test]
async fn what_is_erased_in_order_breaks_nothing_and_says_so() {
    let mut school = logged().await;
    let kept = school.access_heads().await;
    assert_eq!(school.clear_access_log().await, 4);
    assert_eq!((school.count("access_entry", "1 = 1").await, school.count("access_subject", "1 = 1").await), (1, 0), "the word of the clearing");
    let found = school.verify_access_log(&kept).await;
    assert_eq!((found.breaks, found.links), (vec![], 3), "links with nothing beside them are dropped but for the last of each chain");
    // It goes on, in the running server and in the next.
    school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
    assert_eq!(school.verify_access_log(&kept).await.breaks, []);
    school.serve(|app| app);
    school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
    assert_eq!(school.verify_access_log(&kept).await.breaks, []);
    // Somebody who says so without having been told is found out.
    school.clock.advance(TimeDelta::minutes(1));
    school.tamper("DELETE FROM access_subject").await;
    school.tamper("DELETE FROM access_entry WHERE content LIKE '%\"act\":\"READ\"%'").await;
    assert!(broken(&school).await.contains(&"its entry is gone, and no clearing speaks of it"));
}

#[tokio::test]
async fn a_pupil_reads_on_to_the_first_look() {
    let school = School::open().await;
    let document = "query ($id: ID!) { pupil(id: $id) { name } }";
    school.person("hugo").ask(document, json!({ "id": AOI })).await;
    for _ in 0..101 {
        school.clock.advance(TimeDelta::seconds(1));
        school.person("ana").ask(document, json!({ "id": AOI })).await;
    }
    school.access_entries(ANA).await;
    let mut visitor = school.visitor();
    visitor.enter(&school.pupil_token(AOI).await).await;
    let page = visitor.get("/my-looks?lang=en").await;
    assert!(page.text.contains("有村 安奈") && !page.text.contains("日向 悟"), "{}", page.text);
    let next = page.between("href=\"/my-looks?lang=en&#38;after=", "\"").to_owned();
    assert!(!next.is_empty() && page.text.contains("See earlier ones"), "{}", page.text);
    let page = visitor.get(&format!("/my-looks?lang=en&after={next}")).await;
    assert!(page.text.contains("日向 悟") && !page.text.contains("See earlier ones"), "{}", page.text);
}
