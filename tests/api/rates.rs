//! How often clients may ask, and what they are told beyond that.
use asagao::front::ClientAddress;
use asagao::rate::Rates;
use asagao::router::App;
use asagao_tests::{AOI, Answer, School, activity};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

async fn limited(holders: &str, addresses: &str) -> School {
    let mut school = School::open().await;
    let rates = Rates::new(holders.parse().expect("a rate"), addresses.parse().expect("a rate"), &school.clock);
    school.serve(|app| App { rates: Arc::new(rates), ..app });
    school
}

/// A request from an address.
async fn from(school: &School, address: &str, mut request: Request<Body>) -> Answer {
    request.extensions_mut().insert(ClientAddress(address.parse().expect("an address")));
    school.send(request).await
}

fn told_to_wait(answer: &Answer, seconds: &str) {
    assert_eq!((answer.status, answer.code(), answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", seconds));
    assert!(answer.body.get("data").is_none());
}

#[tokio::test]
async fn each_app_and_person_has_room_of_their_own_and_gets_it_back() {
    let school = limited("60/min:3", "off").await;
    let (drill, portal) = (school.person("drill"), school.person("portal"));
    for n in 1..=3 {
        assert_eq!(drill.record(&[activity(n, AOI)]).await["accepted"], 1);
    }
    told_to_wait(&drill.ask("{ __typename }", json!({})).await, "1");
    let upload = school.send(drill.request("POST", "/uploads").body(Body::from("x")).unwrap()).await;
    told_to_wait(&upload, "1");
    let again = school.token("ana", &[], 1).await;
    assert_eq!(portal.ask("{ __typename }", json!({})).await.status, StatusCode::OK, "another app goes on");
    assert_eq!(school.bearer(&again).ask("{ __typename }", json!({})).await.status, StatusCode::OK);
    school.clock.advance(TimeDelta::seconds(1));
    assert_eq!(drill.record(&[activity(4, AOI)]).await["accepted"], 1);
    told_to_wait(&drill.ask("{ __typename }", json!({})).await, "1");
    assert_eq!(school.sum(AOI, "activities").await, 4, "what was refused is not stored");
}

#[tokio::test]
async fn whoever_has_no_credentials_is_counted_by_their_address() {
    let school = limited("off", "60/min:2").await;
    let ask = async |address: &str, secret: Option<&str>| {
        let mut request = Request::post("/graphql").header("content-type", "application/json");
        if let Some(secret) = secret {
            request = request.header("authorization", format!("Bearer {secret}"));
        }
        from(&school, address, request.body(Body::from("{\"query\": \"{ __typename }\"}")).unwrap()).await
    };
    for _ in 0..2 {
        assert_eq!(ask("192.0.2.1", Some("asagao_guessed")).await.status, StatusCode::UNAUTHORIZED);
    }
    told_to_wait(&ask("192.0.2.1", Some("asagao_guessed")).await, "1");
    told_to_wait(&ask("192.0.2.1", None).await, "1");
    assert_eq!(ask("192.0.2.2", None).await.status, StatusCode::OK, "another machine goes on");
    assert_eq!(ask("192.0.2.1", Some(school.code("ana"))).await.status, StatusCode::OK, "who is known is not counted by the address");
    let token = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    let answer = from(&school, "192.0.2.1", token.body(Body::from("grant_type=client_credentials")).unwrap()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert_eq!(answer.body["error"], "temporarily_unavailable", "in the shape of RFC 6749");
    let nobody = school.access_entries(Uuid::nil()).await;
    let refused = nobody.iter().filter(|entry| entry["refused"] == json!(["token"])).count();
    assert_eq!(refused, 2, "what had no room has left nothing behind");
}

#[tokio::test]
async fn a_browser_is_told_on_a_page() {
    let school = limited("off", "60/min:1").await;
    let mut visitor = school.visitor();
    let enter = [("code", "asagao_guessed")];
    let headers = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
    assert_eq!(visitor.post("/sign-in", &enter, &headers).await.status, StatusCode::FORBIDDEN);
    let page = visitor.post("/sign-in", &enter, &headers).await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert!(page.text.contains("送られる数が多すぎます") && !page.text.contains("asagao_guessed"));
    assert_eq!(visitor.get("/sign-in").await.status, StatusCode::OK, "reading the page is not counted");
}

#[tokio::test]
async fn a_class_of_forty_behind_one_address_signs_in_at_once() {
    let school = limited("3000/min", "3000/min").await;
    let code = school.pupil_token(AOI).await;
    for _ in 0..40 {
        let mut visitor = school.visitor();
        let page = visitor.post("/sign-in", &[("code", &code)], &[("sec-fetch-site", "same-origin")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }
}
