//! Figures and traces for whoever runs the server: what was done is in them, and nothing of anybody.
//!
//! Both are of a whole process, so each of these tests runs in one of its own.
use asagao::metrics::{Metrics, Operations};
use asagao::router::App;
use asagao::traces::Traces;
use asagao_tests::{AOI, Answer, HARUTO, Listening, NOW, School, activity, nth, time, with};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, StatusCode};
use axum::routing::post;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use uuid::Uuid;

const ALONE: &str = "ASAGAO_TEST_ALONE";

/// Whether this is the process of this test's own; if not, it is run in one.
fn is_alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let itself = std::env::current_exe().expect("a test is a program");
    let name = format!("{}::{test}", module_path!().split_once("::").expect("a module").1);
    let run = Command::new(itself).args([&name, "--exact", "--nocapture"]).env(ALONE, "1").output().expect("the test runs");
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// A school whose operations are told, and its server.
async fn school() -> (School, App) {
    let mut school = School::open().await;
    let mut kept = None;
    school.serve(|app| {
        let app = App { operations: Some(Arc::new(Operations::of(&app.schema))), ..app };
        kept = Some(app.clone());
        app
    });
    (school, kept.expect("a server was made"))
}

/// What apps, a teacher and strangers do.
async fn live(school: &School) {
    let drill = school.person("drill");
    let odd = with(activity(3, AOI), json!({ "objectId": "" }));
    let twice = [activity(1, AOI), activity(2, HARUTO), odd];
    let taken = drill.record(&twice).await;
    assert_eq!((&taken["accepted"], taken["rejected"].as_array().map(Vec::len)), (&json!(2), Some(1)), "{taken}");
    let again = drill.record(&[activity(1, AOI), with(activity(2, HARUTO), json!({ "objectId": "another" }))]).await;
    assert_eq!((&again["duplicates"], again["conflicts"].as_array().map(Vec::len)), (&json!(1), Some(1)), "{again}");
    for _ in 0..3 {
        let name = school.person("ana").ask("query SecretOfAsakuraAoi { mine: children { name } }", json!({})).await;
        assert_eq!(name.status, StatusCode::OK);
    }
    let pupil = "query ($id: ID!) { pupil(id: $id) { name } board { name } }";
    assert_eq!(drill.ask(pupil, json!({ "id": AOI })).await.code(), "FORBIDDEN");
    assert_eq!(school.bearer("asagao_nobody").ask("{ viewer { name } }", json!({})).await.code(), "UNAUTHENTICATED");
    let of = |method: &str, path: String| Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
    let lost: Answer = school.send(of("GET", format!("/made-up/{AOI}"))).await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
    school.send(of("MADEUP", "/healthz".into())).await;
    let mut visitor = school.visitor_as("ana").await;
    let page = visitor.get(&format!("/pupils/{AOI}")).await;
    assert!(page.status == StatusCode::OK && page.text.contains("児童カルテ"), "{}", page.text);
}

/// No id, no name and no token of the school, nor what clients have made up.
fn holds_nothing_of_anybody(school: &School, text: &str) {
    let ids: Vec<&str> = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-').filter(|part| part.parse::<Uuid>().is_ok()).collect();
    assert_eq!(ids, Vec::<&str>::new(), "ids");
    for word in ["朝倉", "葵", "ひばり野", "Asakura", "made-up", "madeUp", "MADEUP", "fractions", "asagao_nobody", "127.0.0.1"] {
        assert!(!text.contains(word), "{word} is in it: {text}");
    }
    for name in ["ana", "hugo", "drill"] {
        assert!(!text.contains(school.code(name)), "the token of {name} is in it");
    }
}

#[tokio::test]
async fn figures_say_what_was_done_and_hold_nothing_of_anybody() {
    if !is_alone("figures_say_what_was_done_and_hold_nothing_of_anybody") {
        return;
    }
    let metrics = Metrics::install().expect("nobody else counts");
    let (school, app) = school().await;
    let figures = metrics.router(app);
    live(&school).await;
    let mut ana = Listening::with_token(school.on_a_port().await, school.code("ana")).await;
    ana.subscribe("1", "subscription { consultationArrived { id } }").await;
    assert_eq!(ana.until_now().await, Vec::<serde_json::Value>::new());
    let mut night = school.nightly("03:00");
    night.look(&|| false).await.expect("a night goes by");
    school.access_entries(AOI).await;

    let answer = figures.clone().oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
    let figure = |name: &str| -> Option<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        Some(line.parse().expect("a number"))
    };
    for (name, expected) in [
        ("asagao_activities_total{outcome=\"accepted\"}", 2.0),
        ("asagao_activities_total{outcome=\"duplicate\"}", 1.0),
        ("asagao_activities_total{outcome=\"conflict\"}", 1.0),
        ("asagao_activities_total{outcome=\"rejected\"}", 1.0),
        ("asagao_graphql_operation_duration_seconds_count{operation=\"children\",type=\"query\"}", 3.0),
        ("asagao_graphql_operation_duration_seconds_count{operation=\"recordActivities\",type=\"mutation\"}", 2.0),
        ("asagao_graphql_operation_duration_seconds_bucket{operation=\"children\",type=\"query\",le=\"30\"}", 3.0),
        ("asagao_refused_total{code=\"FORBIDDEN\"}", 1.0),
        ("asagao_refused_total{code=\"UNAUTHENTICATED\"}", 1.0),
        ("asagao_http_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"}", 1.0),
        ("asagao_http_requests_total{route=\"/healthz\",method=\"other\",status=\"4xx\"}", 1.0),
        ("asagao_http_requests_total{route=\"/graphql\",method=\"POST\",status=\"4xx\"}", 1.0),
        ("asagao_http_requests_total{route=\"/graphql\",method=\"POST\",status=\"2xx\"}", 6.0),
        ("asagao_http_requests_total{route=\"/pupils/{id}\",method=\"GET\",status=\"2xx\"}", 1.0),
        ("asagao_http_requests_total{route=\"/graphql\",method=\"GET\",status=\"1xx\"}", 1.0),
        ("asagao_listening_connections", 1.0),
        ("asagao_subscriptions_open", 1.0),
        ("asagao_access_log_queue_entries", 0.0),
    ] {
        assert_eq!(figure(name), Some(expected), "{name}\n{text}");
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds are far under 2^52")]
    let now = time(NOW).timestamp() as f64;
    assert_eq!(figure("asagao_night_last_success_timestamp_seconds"), Some(now));
    assert!(figure("process_resident_memory_bytes").is_some_and(|bytes| bytes > 1e6));
    assert!(figure("asagao_graphql_operation_duration_seconds_count{operation=\"several\",type=\"query\"}").is_some_and(|calls| calls >= 1.0));
    assert!(!text.contains("type=\"unknown\""), "those of pages are known, too: {text}");
    assert!(figure("asagao_access_log_entries_total").is_some_and(|entries| entries > 3.0));
    assert!(figure("asagao_database_write_wait_seconds_count").is_some_and(|writes| writes > 1.0));
    let pools: f64 = text.lines().filter(|line| line.starts_with("asagao_database_connections{")).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum();
    assert!(pools >= 1.0, "{text}");
    holds_nothing_of_anybody(&school, &text);

    let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md")).expect("the manual");
    let names = |kind: &str| -> BTreeSet<String> {
        text.lines().filter_map(|line| line.strip_prefix(kind)?.split(' ').next().map(str::to_owned)).collect()
    };
    assert_eq!(names("# HELP "), names("# TYPE "), "each figure says what it is");
    for name in names("# TYPE ") {
        assert!(manual.contains(&format!("`{name}`")), "{name} is not in docs/operations.md");
    }
    drop(ana);
    let main = school.send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    assert_eq!(main.status, StatusCode::NOT_FOUND, "they are at no address of the server itself");
    let posted = figures.oneshot(Request::builder().method(Method::POST).uri("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_say_what_was_done_and_hold_nothing_of_anybody() {
    if !is_alone("traces_say_what_was_done_and_hold_nothing_of_anybody") {
        return;
    }
    let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
    let told = heard.clone();
    let collect = async move |body: Bytes| told.lock().expect("nobody fails while holding it").extend_from_slice(&body);
    let collector = Router::new().route("/v1/traces", post(collect));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the port is known");
    tokio::spawn(async move { axum::serve(listener, collector).await });
    let traces = Traces::start(&format!("http://{address}").parse().expect("an address")).expect("traces can be sent");
    // Whatever else the process tells is not sent, however much it is.
    tracing_subscriber::registry().with(traces.layer()).init();
    let (school, _) = school().await;
    live(&school).await;
    // A connection on its way back into the pool still belongs to its request, which ends with it.
    school.lose_database().await;
    let words = ["POST /graphql", "GET none", "mutation recordActivities", "query children", "query several", "asagao"];
    let lacks = || {
        let heard = heard.lock().expect("nobody fails while holding it");
        let text = String::from_utf8_lossy(&heard).into_owned();
        words.iter().any(|words| !text.contains(words))
    };
    for _ in 0..100 {
        if !lacks() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::task::spawn_blocking(move || traces.stop()).await.expect("the last ones are sent");
    let heard = heard.lock().expect("nobody fails while holding it").clone();
    let text = String::from_utf8_lossy(&heard);
    for words in words {
        assert!(text.contains(words), "{words} is not in it: {text}");
    }
    holds_nothing_of_anybody(&school, &text);
    assert!(!text.contains(&nth(1).to_string()));
}
