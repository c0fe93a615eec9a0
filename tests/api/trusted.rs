//! Trusted documents: named by their digest, and nothing else where it is set so.
use asagao::router::App;
use asagao::trusted::Trusted;
use asagao_tests::{Answer, CLASS_5_2, School};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

const BOARD: &str = "{ board { name } }";
/// Of `BOARD`.
const DIGEST: &str = "f889166742b8f2ccf45fffaca2d051239d7bb2a9e0933a12e3b532f8a6852fff";
const SAID: &str = "query Said($x: Boolean!) { __typename @include(if: $x) }";

async fn trusting(only: bool) -> School {
    let mut school = School::open().await;
    let trusted = Trusted::of(&json!({ DIGEST: BOARD }).to_string(), only).expect("a manifest");
    school.serve(|app| App { trusted: Arc::new(trusted), ..app });
    school
}

async fn post(school: &School, body: Value) -> Answer {
    school.person("ana").post(body.to_string()).await
}

fn refused(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_INPUT"), "{}", answer.body);
}

#[tokio::test]
async fn a_document_is_named_by_its_digest() {
    for only in [false, true] {
        let school = trusting(only).await;
        let name = json!("朝霧市教育委員会");
        for body in [
            json!({ "documentId": DIGEST }),
            json!({ "documentId": format!("sha256:{DIGEST}") }),
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": DIGEST } } }),
            json!({ "query": BOARD, "extensions": { "persistedQuery": { "version": 1, "sha256Hash": DIGEST } } }),
            json!({ "query": BOARD }),
        ] {
            let answer = post(&school, body.clone()).await;
            assert_eq!((answer.status, answer.data("/board/name")), (StatusCode::OK, &name), "{body}");
        }
        let address = format!("/graphql?documentId={DIGEST}");
        let answer = school.send(school.person("ana").request("GET", &address).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.data("/board/name"), &name);
        refused(&post(&school, json!({ "documentId": "0".repeat(64) })).await);
        refused(&post(&school, json!({ "query": SAID, "documentId": DIGEST })).await);
        refused(&post(&school, json!({ "extensions": { "persistedQuery": 1 } })).await);
        refused(&post(&school, json!({ "variables": {} })).await);
    }
}

#[tokio::test]
async fn nothing_else_runs_where_it_is_set_so() {
    let school = trusting(true).await;
    for query in ["{ __typename }", "{ board { name } } ", "{ __schema { types { name } } }", SAID] {
        refused(&post(&school, json!({ "query": query, "variables": { "x": true } })).await);
        refused(&school.nobody().post(json!({ "query": query }).to_string()).await);
    }
    let mut ana = school.visitor_as("ana").await;
    assert_eq!(ana.get(&format!("/classes/{CLASS_5_2}")).await.status, StatusCode::OK, "the pages have documents of their own");
    let open = trusting(false).await;
    assert_eq!(post(&open, json!({ "query": "{ __typename }" })).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_manifest_no_digest_is_known() {
    let school = School::open().await;
    refused(&post(&school, json!({ "documentId": DIGEST })).await);
}
