//! Listening: an adult is told at once that a pupil asks to talk, over WebSocket and by events, and nobody is told what is not theirs.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{ANA, AOI, CLASS_5_2, HIBARINO, Heard, Listening, School, TODAY, nth};
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const ARRIVED: &str = "subscription { consultationArrived { id words pupilName } }";
const PROTOCOL: &str = "graphql-transport-ws";

async fn request(school: &School, n: u64, words: &str) {
    let code = school.pupil_token(AOI).await;
    let document = "mutation ($input: RequestConsultationInput!) { requestConsultation(input: $input) { userErrors { code } } }";
    let input = json!({ "id": nth(n), "staffId": ANA, "words": words });
    let answer = school.bearer(&code).ask(document, json!({ "input": input })).await;
    assert_eq!(answer.data("/requestConsultation/userErrors"), &json!([]));
}

fn told(n: u64, words: &str) -> Heard {
    let arrived = json!({ "id": nth(n), "words": words, "pupilName": "朝倉 葵" });
    Heard::Said(json!({ "id": "1", "type": "next", "payload": { "data": { "consultationArrived": arrived } } }))
}

#[tokio::test]
async fn the_adult_is_told_at_once_and_nobody_else_is() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    request(&school, 1, "まえから").await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    let mut hugo = Listening::with_token(address, school.code("hugo")).await;
    ana.subscribe("1", ARRIVED).await;
    hugo.subscribe("1", ARRIVED).await;
    assert_eq!(ana.hear().await, told(1, "まえから"), "what waits already comes first");
    assert_eq!(hugo.until_now().await, Vec::<Value>::new());
    request(&school, 2, "いま").await;
    assert_eq!(ana.hear().await, told(2, "いま"), "and what waits is not told again");
    assert_eq!(hugo.until_now().await, Vec::<Value>::new());
    ana.say(&json!({ "type": "complete", "id": "1" })).await;
    assert_eq!(ana.until_now().await, Vec::<Value>::new());
    request(&school, 3, "あと").await;
    assert_eq!(ana.until_now().await, Vec::<Value>::new(), "nothing comes after the end");
}

#[tokio::test]
async fn the_rules_of_the_protocol_are_kept() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    assert_eq!(Listening::open(address, "graphql-ws", &[]).await.err(), Some(400), "the old protocol is another one");
    let init = |token: &str| json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } });

    let mut early = Listening::open(address, PROTOCOL, &[]).await.unwrap();
    early.subscribe("1", ARRIVED).await;
    assert_eq!(early.hear().await, Heard::Closed(4401));
    let mut stranger = Listening::open(address, PROTOCOL, &[]).await.unwrap();
    stranger.say(&init("asagao_nobody")).await;
    assert_eq!(stranger.hear().await, Heard::Closed(4403));
    let mut nobody = Listening::open(address, PROTOCOL, &[]).await.unwrap();
    nobody.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(nobody.hear().await, Heard::Closed(4403));
    let mut silent = Listening::open(address, PROTOCOL, &[]).await.unwrap();
    assert_eq!(silent.hear().await, Heard::Closed(4408));
    for text in ["{", "[]", "{\"type\":\"start\"}", "{\"type\":\"subscribe\",\"id\":1}"] {
        let mut odd = Listening::with_token(address, school.code("ana")).await;
        odd.say_text(text).await;
        assert_eq!(odd.hear().await, Heard::Closed(4400), "{text}");
    }
    let mut twice = Listening::with_token(address, school.code("ana")).await;
    twice.say(&init(school.code("ana"))).await;
    assert_eq!(twice.hear().await, Heard::Closed(4429));
    let mut same = Listening::with_token(address, school.code("ana")).await;
    same.subscribe("1", ARRIVED).await;
    same.subscribe("1", ARRIVED).await;
    assert_eq!(same.hear().await, Heard::Closed(4409));

    let mut ana = Listening::with_token(address, school.code("ana")).await;
    ana.say(&json!({ "type": "ping" })).await;
    assert_eq!(ana.hear().await, Heard::Said(json!({ "type": "pong" })));
    ana.subscribe("a", "subscription { nothing }").await;
    let answer = ana.hear().await.said();
    assert_eq!((&answer["type"], &answer["id"], &answer["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("a"), &json!("BAD_INPUT")));
    ana.subscribe("b", "{ viewer { name } }").await;
    assert_eq!(ana.hear().await.said()["type"], "error", "a query has its own way");
    for n in 0..20 {
        ana.subscribe(&format!("n{n}"), ARRIVED).await;
    }
    ana.subscribe("more", ARRIVED).await;
    assert_eq!(ana.hear().await.said()["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    let mut portal = Listening::with_token(address, school.code("portal")).await;
    portal.subscribe("1", ARRIVED).await;
    let refused = portal.hear().await.said().to_string();
    assert!(refused.contains("FORBIDDEN"), "an app is told nothing: {refused}");
}

#[tokio::test]
async fn a_revoked_token_and_an_ended_duty_end_what_is_listened_to() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    ana.subscribe("1", ARRIVED).await;
    assert_eq!(ana.until_now().await, Vec::<Value>::new());
    school.revoke("ana").await;
    request(&school, 1, "ひみつ").await;
    assert_eq!(ana.hear().await, Heard::Closed(4401));

    // Who it is by the handshake is not looked up again at once, and nothing is told before it is.
    let school = School::open().await;
    let bearer = format!("Bearer {}", school.code("ana"));
    let mut ana = Listening::open(school.on_a_port().await, PROTOCOL, &[("authorization", &bearer)]).await.unwrap();
    school.revoke("ana").await;
    ana.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(ana.hear().await, Heard::Said(json!({ "type": "connection_ack" })));
    ana.subscribe("1", ARRIVED).await;
    request(&school, 1, "ひみつ").await;
    assert_eq!(ana.hear().await, Heard::Closed(4401));

    let mut school = School::open().await;
    school.hire("mei", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, TODAY.parse().unwrap())]).await;
    let address = school.on_a_port().await;
    let mut mei = Listening::with_token(address, school.code("mei")).await;
    mei.subscribe("1", &format!("subscription {{ schoolHealthChanged(schoolId: \"{HIBARINO}\") {{ total {{ enrolled }} }} }}")).await;
    assert_eq!(mei.until_now().await, Vec::<Value>::new());
    school.end_duties("mei").await;
    school.clock.advance(TimeDelta::days(1));
    let visit = format!("mutation {{ recordHealthObservations(input: {{ classId: \"{CLASS_5_2}\" }}) {{ changed }} }}");
    assert!(school.person("ana").ask(&visit, json!({})).await.data("/recordHealthObservations/changed").as_u64() > Some(0));
    assert_eq!(mei.until_now_or_end().await, Heard::Said(json!({ "type": "pong", "payload": { "now": true } })), "nothing is told any more");
}

#[tokio::test]
async fn a_page_listens_by_its_cookie_from_its_own_origin_alone() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let ana = school.visitor_as("ana").await;
    let cookie = ana.cookies();
    let (own, evil) = (format!("http://{address}"), "http://evil.example".to_owned());
    for (origin, answer) in [(&own, None), (&evil, Some(4403))] {
        let mut open = Listening::open(address, PROTOCOL, &[("cookie", &cookie), ("origin", origin)]).await.unwrap();
        open.say(&json!({ "type": "connection_init" })).await;
        match answer {
            None => {
                assert_eq!(open.hear().await, Heard::Said(json!({ "type": "connection_ack" })));
                open.subscribe("q", "mutation { acceptConsultation(consultationId: \"x\") { userErrors { code } } }").await;
                assert_eq!(open.hear().await.said()["type"], "error", "a cookie changes nothing here");
                for document in ["mutation M { acceptConsultation(consultationId: \"x\") { userErrors { code } } }", "query Q { viewer { name } }"] {
                    open.subscribe("q", document).await;
                    let said = open.hear().await.said();
                    assert_eq!(said["type"], "error", "nor reads it anything, under whatever name: {said}");
                }
                open.subscribe("1", ARRIVED).await;
                request(&school, 1, "ページに").await;
                assert_eq!(open.hear().await, told(1, "ページに"));
            }
            Some(code) => assert_eq!(open.hear().await, Heard::Closed(code)),
        }
    }
}

#[tokio::test]
async fn events_come_by_a_plain_answer_too() {
    let school = School::open().await;
    request(&school, 1, "まえから").await;
    let ana = school.person("ana");
    let body = json!({ "query": ARRIVED }).to_string();
    let listen = |person: &asagao_tests::Person<'_>, body: &str| {
        let request = person.request("POST", "/graphql").body(Body::from(body.to_owned())).unwrap();
        let (mut head, body) = request.into_parts();
        head.headers.insert("accept", "text/event-stream".parse().unwrap());
        axum::http::Request::from_parts(head, body)
    };
    let answer = school.answer(listen(&ana, &body)).await;
    assert_eq!((answer.status(), answer.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, "text/event-stream"));
    let mut events = answer.into_body().into_data_stream();
    let event = next(&mut events).await;
    assert!(event.starts_with("event: next\ndata: {\"data\":{\"consultationArrived\":{") && event.contains("まえから"), "{event}");
    school.revoke("ana").await;
    request(&school, 2, "ひみつ").await;
    assert_eq!(next(&mut events).await, "event: complete\ndata: {}\n\n");

    for query in ["{ viewer { name } }", "query Q { viewer { name } }"] {
        let query = json!({ "query": query }).to_string();
        assert_eq!(school.answer(listen(&school.person("hugo"), &query)).await.status(), StatusCode::BAD_REQUEST);
    }
    let nobody = school.answer(listen(&school.nobody(), &body)).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let text = to_bytes(nobody.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&text).contains("UNAUTHENTICATED"));
}

async fn next(events: &mut axum::body::BodyDataStream) -> String {
    use futures_util::StreamExt;
    String::from_utf8(events.next().await.expect("an event").expect("the stream is whole").to_vec()).expect("events are text")
}

#[tokio::test]
async fn nobody_takes_the_places_of_the_others() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let mut held = Vec::new();
    for _ in 0..50 {
        held.push(Listening::with_token(address, school.code("ana")).await);
    }
    let mut one_more = Listening::open(address, PROTOCOL, &[]).await.unwrap();
    let init = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {}", school.code("ana")) } });
    one_more.say(&init).await;
    assert_eq!(one_more.hear().await, Heard::Closed(4429));
    Listening::with_token(address, school.code("hugo")).await;
    let mut guessing = Listening::open(address, PROTOCOL, &[]).await.unwrap();
    guessing.say(&json!({ "type": "connection_init", "payload": { "Authorization": "Bearer asagao_guessed" } })).await;
    assert_eq!(guessing.hear().await, Heard::Closed(4403));
    let nobody = school.access_entries(Uuid::nil()).await;
    assert_eq!(nobody.iter().filter(|entry| entry["refused"] == json!(["token"])).count(), 1, "a wrong token is noted");
}

#[tokio::test]
async fn a_second_server_of_the_same_database_tells_as_well() {
    let school = School::open().await;
    if !school.database_url().starts_with("postgres") {
        // A file has one server.
        return;
    }
    let address = school.second_server().await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    ana.subscribe("1", ARRIVED).await;
    assert_eq!(ana.until_now().await, Vec::<Value>::new());
    request(&school, 1, "となりから").await;
    assert_eq!(ana.hear().await, told(1, "となりから"));
}

#[tokio::test]
async fn attendance_is_told_to_whoever_may_see_it() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let document = format!("subscription {{ attendanceTaken(classId: \"{CLASS_5_2}\") {{ unmarked absent }} }}");
    let mut hugo = Listening::with_token(address, school.code("hugo")).await;
    let mut mari = Listening::with_token(address, school.code("mari")).await;
    for listening in [&mut hugo, &mut mari] {
        listening.subscribe("1", &document).await;
        assert_eq!(listening.until_now().await, Vec::<Value>::new());
    }
    let take = format!("mutation {{ takeAttendance(input: {{ classId: \"{CLASS_5_2}\", marks: [{{ pupilId: \"{AOI}\", kind: \"ILLNESS\" }}] }}) {{ changed }} }}");
    school.person("ana").ask(&take, json!({})).await;
    let told = hugo.hear().await.said();
    assert_eq!(told["payload"]["data"]["attendanceTaken"], json!({ "unmarked": 0, "absent": 1 }));
    assert_eq!(mari.until_now().await, Vec::<Value>::new(), "the head of another school hears nothing");
}
