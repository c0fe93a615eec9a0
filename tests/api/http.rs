//! GraphQL over HTTP: media types, methods, bodies, limits.
use asagao_tests::{AOI, Answer, NOW, Person, School, activity};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

async fn post(school: &School, accept: Option<&str>, content: Option<&str>, body: &str) -> Answer {
    let mut request = Request::post("/graphql");
    if let Some(accept) = accept {
        request = request.header("accept", accept);
    }
    if let Some(content) = content {
        request = request.header("content-type", content);
    }
    school.send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

async fn get(person: &Person<'_>, school: &School, query: &str) -> Answer {
    let escaped = query.replace('%', "%25").replace(' ', "%20").replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
    school.send(person.request("GET", &format!("/graphql?{escaped}")).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn an_answer_has_the_media_type_that_was_asked_for() {
    let school = School::open().await;
    for (accept, expected) in [
        (Some("application/graphql-response+json"), GRAPHQL),
        (Some("application/graphql-response+json, application/json;q=0.9"), GRAPHQL),
        (Some("application/json;q=0.9, Application/GraphQL-Response+JSON"), GRAPHQL),
        (Some("application/json"), JSON),
        (Some("*/*"), JSON),
        (Some("application/*"), JSON),
        (None, JSON),
    ] {
        let answer = post(&school, accept, Some("application/json"), r#"{"query":"{__typename}"}"#).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, expected), "{accept:?}");
        assert_eq!(answer.body, json!({ "data": { "__typename": "Query" } }));
    }
    let answer = post(&school, Some("text/html"), Some("application/json"), r#"{"query":"{__typename}"}"#).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn who_could_listen_as_well_gets_one_answer_to_a_query() {
    let school = School::open().await;
    let lists = [
        "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
        "text/event-stream, application/json",
        "text/event-stream, */*",
    ];
    for accept in lists {
        let request = school.person("ana").request("POST", "/graphql").header("accept", accept);
        let answer = school.send(request.body(Body::from(r#"{"query":"query Q { viewer { name } }"}"#)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{accept}: {}", answer.body);
        assert!(answer.data("/viewer/name").is_string());
    }
}

#[tokio::test]
async fn a_document_that_cannot_run_is_400_only_in_the_new_media_type() {
    let school = School::open().await;
    for query in ["{", "{ nonsense }", "query A { __typename } query B { __typename }", "query ($id: ID!) { pupil(id: $id) { name } }"] {
        let body = json!({ "query": query }).to_string();
        for (accept, status) in [("application/graphql-response+json", StatusCode::BAD_REQUEST), ("application/json", StatusCode::OK)] {
            let answer = post(&school, Some(accept), Some("application/json"), &body).await;
            assert_eq!((answer.status, answer.code()), (status, "BAD_INPUT"), "{query} as {accept}");
            assert!(answer.body.get("data").is_none(), "it was not executed: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn what_fails_while_it_runs_is_200_with_errors_and_a_code() {
    let school = School::open().await;
    let answer = school.person("drill").ask("{ __typename board { name } }", json!({})).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::OK, "FORBIDDEN"));
    assert_eq!((&answer.body["data"]["__typename"], &answer.body["data"]["board"]), (&json!("Query"), &Value::Null));
    assert_eq!(answer.body["errors"][0]["path"], json!(["board"]));
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused() {
    let school = School::open().await;
    for body in ["", "{", "[]", "null", "{}", r#"{"query": 5}"#, r#"{"query": "{__typename}", "variables": "x"}"#, "query=x", "\u{0}"] {
        for accept in ["application/graphql-response+json", "application/json"] {
            let answer = post(&school, Some(accept), Some("application/json"), body).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_INPUT"), "{body:?} as {accept}");
        }
    }
    let extra = r#"{"query": "{__typename}", "variables": null, "operationName": null, "extensions": null, "more": 1}"#;
    assert_eq!(post(&school, None, Some("application/json"), extra).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_415() {
    let school = School::open().await;
    let body = r#"{"query":"{__typename}"}"#;
    for content in [None, Some("text/plain"), Some("application/graphql"), Some("application/json; charset=shift_jis")] {
        let answer = post(&school, None, content, body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_INPUT"), "{content:?}");
    }
    for content in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
        assert_eq!(post(&school, None, Some(content), body).await.status, StatusCode::OK, "{content}");
    }
}

#[tokio::test]
async fn a_query_can_come_by_get_and_a_mutation_cannot() {
    let school = School::open().await;
    let ana = school.person("ana");
    let answer = get(&ana, &school, "query={ board { name } }").await;
    assert_eq!((answer.status, answer.data("/board/name")), (StatusCode::OK, &json!("朝霧市教育委員会")));
    let variables = format!("query=query ($id: ID!) {{ pupil(id: $id) {{ name }} }}&variables={{\"id\": \"{AOI}\"}}&operationName=");
    assert_eq!(get(&ana, &school, &variables).await.data("/pupil/name"), "朝倉 葵");
    for query in ["", "variables={}", "query={ __typename }&variables=x", "query={ __typename }&extensions=[]"] {
        let answer = get(&ana, &school, query).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_INPUT"), "{query}");
    }
    let batch = format!("{{sentAt: \"{NOW}\", activities: [{{id: \"{}\", pupilId: \"{AOI}\", verb: VIEWED, objectId: \"a\",
        objectKind: BOOK, occurredAt: \"{NOW}\"}}]}}", asagao_tests::nth(1)).replace('\n', " ");
    let drill = school.person("drill");
    for query in [
        format!("query=mutation {{ recordActivities(input: {batch}) {{ accepted }} }}"),
        format!("query=mutation M {{ recordActivities(input: {batch}) {{ accepted }} }}"),
        format!("query=query Q {{ __typename }} mutation M {{ recordActivities(input: {batch}) {{ accepted }} }}&operationName=M"),
    ] {
        let answer = get(&drill, &school, &query.replace('+', "%2B")).await;
        assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"), "{query}");
    }
    assert_eq!(school.totals(AOI, "2026-11-24", "2026-11-24").await, [] as [Value; 0], "nothing was stored");
    let put = school.send(drill.request("PUT", "/graphql").body(Body::empty()).unwrap()).await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_operation_that_is_named_runs() {
    let school = School::open().await;
    let drill = school.person("drill");
    let ask = async |name: Value| {
        let body = json!({ "query": "query A { a: __typename } query B { b: __typename }", "operationName": name });
        drill.post(body.to_string()).await
    };
    assert_eq!(ask(json!("B")).await.data(""), &json!({ "b": "Query" }));
    for name in [json!("C"), Value::Null] {
        let answer = ask(name).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_INPUT"));
    }
}

#[tokio::test]
async fn a_document_that_asks_for_too_much_is_refused() {
    let school = School::open().await;
    let deep = |levels: usize| {
        let (open, close) = ("{ school { classes { nodes ".repeat(levels), " } } }".repeat(levels));
        format!("{{ class(id: \"x\") {open}{{ name }}{close} }}")
    };
    let part = |n| format!("a{n}: schools(first: 200) {{ nodes {{ classes {{ nodes {{ name }} }} }} }}");
    let wide = format!("{{ {} }}", (0..200).map(part).collect::<Vec<_>>().join(" "));
    let hugo = school.person("hugo");
    assert_eq!(hugo.ask(&deep(2), json!({})).await.code(), "");
    for document in [deep(5), deep(100), wide] {
        let answer = hugo.ask(&document, json!({})).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "TOO_COMPLEX"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_a_full_batch_is_not() {
    let school = School::open().await;
    let drill = school.person("drill");
    let answer = drill.post(" ".repeat(4 * 1024 * 1024 + 1)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::PAYLOAD_TOO_LARGE, "BAD_INPUT"));
    let extensions = json!({ "text": "あ".repeat(700) });
    let batch: Vec<_> = (0..1_000).map(|n| asagao_tests::with(activity(n, AOI), json!({ "extensions": extensions }))).collect();
    assert_eq!(drill.record(&batch).await["accepted"], 1_000);
}

#[tokio::test]
async fn nobody_in_particular_sends_little() {
    let school = School::open().await;
    let long = json!({ "query": "{ __typename }", "extensions": { "padding": "x".repeat(70_000) } }).to_string();
    let answer = post(&school, None, Some("application/json"), &long).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::PAYLOAD_TOO_LARGE, "BAD_INPUT"));
    assert_eq!(school.person("ana").post(long).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_server_tells_whether_it_lives_and_what_it_does_not_have() {
    let school = School::open().await;
    for (path, status) in [("/healthz", StatusCode::OK), ("/readyz", StatusCode::OK), ("/nothing", StatusCode::NOT_FOUND)] {
        assert_eq!(school.send(Request::get(path).body(Body::empty()).unwrap()).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn where_the_access_log_is_not_written_nothing_is_shown() {
    let mut school = School::open().await;
    let document = format!("{{ pupil(id: \"{AOI}\") {{ name }} }}");
    assert_eq!(school.person("ana").ask(&document, serde_json::json!({})).await.data("/pupil/name"), "朝倉 葵");
    school.serve(|app| {
        let db = app.db.clone();
        // Its writer ends with the runtime that it was started in.
        let started = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(async { asagao_graphql::access::audit::Audit::start(db) })
        });
        asagao::router::App { audit: started.join().expect("a log"), ..app }
    });
    let answer = school.person("ana").ask(&document, serde_json::json!({})).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
    assert!(!answer.body.to_string().contains("葵"), "{}", answer.body);
    let page = Request::get("/sign-in").header("accept", "text/html").body(Body::empty()).unwrap();
    assert_eq!(school.send(page).await.status, StatusCode::OK, "what touches no record is shown");
    assert_eq!(school.send(Request::get("/readyz").body(Body::empty()).unwrap()).await.status, StatusCode::SERVICE_UNAVAILABLE);
}
