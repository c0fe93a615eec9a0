//! The load generator: what it sends is there, and what a server does wrong shows.
use asagao::command::load::report;
use asagao::config::{Command, Config};
use asagao_tests::{AOI, HARUTO, KAEDE, MINATO, REN, School, TSUMUGI, YUI};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use clap::Parser;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

async fn load(url: &str, arguments: &[&str]) -> Value {
    let all = ["asagao", "load", "--url", url].into_iter().chain(arguments.iter().copied());
    let Command::Load(asked) = Config::try_parse_from(all).expect("the arguments are right").command else { panic!("load") };
    serde_json::to_value(report(&asked).await.expect("the server is loaded")).expect("it is JSON")
}

/// What was told of a kind of call.
fn of<'a>(report: &'a Value, kind: &str) -> &'a Value {
    report["calls"].as_array().expect("a list").iter().find(|of| of["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {report}"))
}

#[tokio::test]
async fn what_classes_send_is_there_once() {
    let school = School::open().await;
    let url = format!("http://{}/", school.on_a_port().await);
    let tokens = ["--token", school.code("portal"), "--teacher-token", school.code("ana"), "--connections", "8"];
    let mut items = 0;
    for (mix, kinds) in [("steady", &["lesson"][..]), ("replay", &["replay", "again"])] {
        let rate = if mix == "steady" { "30" } else { "6" };
        let report = load(&url, &[&tokens[..], &["--mix", mix, "--seconds", "3", "--rate", rate]].concat()).await;
        for kind in kinds {
            let of = of(&report, kind);
            assert!(of["calls"].as_u64().is_some_and(|calls| calls > 0) && of["errors"] == json!({}), "{report}");
        }
        let verified = &report["verified"];
        items += verified["acknowledged_items"].as_u64().expect("a number");
        let wrong = ["missing_items", "counted_wrongly", "unanswered", "unknown_batches", "wrong_totals"].map(|name| verified[name].clone());
        assert_eq!(wrong, [0, 0, 0, 0, 0].map(Value::from), "{report}");
    }
    let mut there = 0;
    for pupil in [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI, REN] {
        there += school.sum(pupil, "activities").await;
    }
    assert!(items > 1_000 && there == i64::try_from(items).expect("a number"), "{items} were sent, {there} are there");
}

#[tokio::test]
async fn a_lesson_begins_with_its_teacher_looking() {
    let school = School::open().await;
    let url = format!("http://{}/", school.on_a_port().await);
    let tokens = ["--token", school.code("portal"), "--teacher-token", school.code("ana")];
    let report = load(&url, &[&tokens[..], &["--seconds", "11", "--seed", "3"]].concat()).await;
    assert!(of(&report, "lesson_start")["calls"].as_u64().is_some_and(|calls| calls > 0), "{report}");
    let page = of(&report, "class_page");
    assert!(page["calls"].as_u64().is_some_and(|calls| calls > 0) && page["errors"] == json!({}), "{report}");
}

/// A server that does something wrong.
#[derive(Clone, Default)]
struct Wrong {
    /// It says that it has stored what it has not.
    forgets: bool,
    /// It stands still once, for a second.
    stalls: Arc<Mutex<bool>>,
    /// It asks once to come later.
    later: Arc<Mutex<bool>>,
    seen: Arc<Mutex<HashSet<String>>>,
}

async fn answer(State(wrong): State<Wrong>, body: String) -> impl IntoResponse {
    let id = |n: u32| format!("00000000-0000-4000-8000-{n:012}");
    let (none, ok) = (HeaderMap::new(), StatusCode::OK);
    let request: Value = serde_json::from_str(&body).expect("it is JSON");
    let query = request["query"].as_str().expect("a document");
    if query.contains("Classes") {
        let pupils: Vec<Value> = (1..=20).map(|n| json!({ "id": id(n) })).collect();
        let class = json!({ "id": id(100), "grades": ["P5"], "academicYear": { "begins": "2026-04-01", "ends": "2027-03-31" }, "pupils": { "nodes": pupils } });
        let page = json!({ "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": [class] });
        return (ok, none, json!({ "data": { "homerooms": page } }).to_string());
    }
    if query.contains("Totals") {
        return (ok, none, json!({ "data": { "class": { "pupils": null } } }).to_string());
    }
    let once = |of: &Mutex<bool>| std::mem::take(&mut *of.lock().expect("nobody fails while holding it"));
    if once(&wrong.later) {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "1".parse().expect("a header"));
        return (StatusCode::SERVICE_UNAVAILABLE, headers, String::new());
    }
    if once(&wrong.stalls) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let items = request["variables"]["input"]["activities"].as_array().expect("a list");
    let mut seen = wrong.seen.lock().expect("nobody fails while holding it");
    let ids = items.iter().map(|item| item["id"].as_str().expect("an id").to_owned());
    let accepted = ids.filter(|id| seen.insert(id.clone())).count();
    if wrong.forgets {
        seen.clear();
    }
    let stored = json!({ "accepted": accepted, "duplicates": items.len() - accepted, "conflicts": [], "rejected": [], "userErrors": [] });
    (ok, none, json!({ "data": { "recordActivities": stored } }).to_string())
}

async fn wrong(wrong: Wrong) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the port is known");
    let router = Router::new().route("/graphql", post(answer)).with_state(wrong);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

const STEADY: [&str; 8] = ["--token", "t", "--mix", "steady", "--seconds", "2", "--rate", "100"];

#[tokio::test]
async fn a_server_that_forgets_what_it_has_acknowledged_is_found_out() {
    let url = wrong(Wrong { forgets: true, ..Wrong::default() }).await;
    let report = load(&url, &STEADY).await;
    let verified = &report["verified"];
    assert!(verified["missing_items"] == verified["acknowledged_items"] && verified["missing_items"] != 0, "{report}");
    assert_eq!(verified["wrong_totals"], Value::Null, "the token may not read them");
}

#[tokio::test]
async fn what_clients_wait_for_a_server_that_stands_still_counts() {
    let url = wrong(Wrong { stalls: Arc::new(Mutex::new(true)), ..Wrong::default() }).await;
    let report = load(&url, &[&STEADY[..], &["--connections", "1"]].concat()).await;
    let lesson = of(&report, "lesson");
    let milliseconds = |times: &str, at: &str| lesson[times][at].as_f64().expect("a number");
    // Of two hundred calls one was slow, and all those waited that were due in that second.
    assert!(milliseconds("service_ms", "p99") < 500.0, "{report}");
    assert!(milliseconds("response_ms", "p99") > 800.0, "{report}");
    assert!(milliseconds("response_ms", "max") >= 1_000.0 && lesson["calls"].as_u64().is_some_and(|calls| calls > 100), "{report}");
}

#[tokio::test]
async fn whoever_is_told_to_come_later_does() {
    let url = wrong(Wrong { later: Arc::new(Mutex::new(true)), ..Wrong::default() }).await;
    let report = load(&url, &STEADY).await;
    let lesson = of(&report, "lesson");
    assert_eq!((&lesson["later"], &lesson["errors"], &report["verified"]["missing_items"]), (&1.into(), &json!({}), &0.into()), "{report}");
    assert!(lesson["response_ms"]["max"].as_f64().is_some_and(|max| max >= 1_000.0), "not before it was told to: {report}");
}
