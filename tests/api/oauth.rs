//! Apps by OAuth 2.0: a token for a secret, its end, and what is said of all of it.
use asagao_graphql::access::right::Right;
use asagao_tests::{AOI, Answer, HIBARINO, MIZUUMI, NOW, SOTA, School, activity};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

const FORM: &str = "application/x-www-form-urlencoded";
const READS_AND_POSTS: [Right; 3] = [Right::SchoolRead, Right::RosterRead, Right::ActivityWrite];

/// Standard Base64, as the header has it.
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut written = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[usize::try_from((bits >> (18 - 6 * at)) & 63).expect("six bits are an index")];
            written.push(if at > three.len() { '=' } else { char::from(letter) });
        }
    }
    written
}

async fn send(school: &School, path: &str, header: Option<String>, body: &str) -> Answer {
    let mut request = Request::post(path).header("content-type", FORM);
    if let Some(header) = header {
        request = request.header("authorization", header);
    }
    school.send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

fn basic(id: Uuid, secret: &str) -> String {
    format!("Basic {}", base64(&format!("{id}:{secret}")))
}

/// Asks for a token with the secret in the header.
async fn ask(school: &School, (id, secret): (Uuid, &str), scope: &str) -> Answer {
    let scope = if scope.is_empty() { String::new() } else { format!("&scope={}", scope.replace(' ', "+").replace(':', "%3A")) };
    send(school, "/oauth/token", Some(basic(id, secret)), &format!("grant_type=client_credentials{scope}")).await
}

async fn token(school: &School, client: (Uuid, &str), scope: &str) -> String {
    let answer = ask(school, client, scope).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["access_token"].as_str().expect("a token").to_owned()
}

async fn rights(school: &School, token: &str) -> serde_json::Value {
    school.bearer(token).ask("{ viewer { rights } }", json!({})).await.data("/viewer/rights").clone()
}

async fn holds(school: &School, token: &str) -> bool {
    school.bearer(token).ask("{ __typename }", json!({})).await.status == StatusCode::OK
}

fn refused(answer: &Answer, status: StatusCode, error: &str) {
    assert_eq!((answer.status, &answer.body["error"]), (status, &json!(error)), "{}", answer.body);
    assert!(answer.body["error_description"].as_str().is_some_and(|text| text.len() > 10 && text.is_ascii()));
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("www-authenticate").starts_with("Basic realm="), status == StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_app_is_given_a_token_for_its_secret_and_posts_with_it() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let answer = ask(&school, (id, &secret), "").await;
    assert_eq!((answer.status, answer.header("cache-control"), answer.header("pragma")), (StatusCode::OK, "no-store", "no-cache"));
    let told = &answer.body;
    assert_eq!((&told["token_type"], &told["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(told["scope"], "school:read roster:read activity:write");
    let token = told["access_token"].as_str().expect("a token");
    let app = school.bearer(token);
    assert_eq!(app.record(&[activity(1, AOI)]).await["accepted"], 1);
    let other = app.record(&[activity(2, SOTA)]).await;
    assert_eq!(other["rejected"][0]["code"], "NOT_FOUND", "a pupil of another school");
    assert_eq!(school.count("activity", "sent_by IN (SELECT id FROM app WHERE name = 'drill 2')").await, 1, "it is the app's post");
    let schools = app.ask("{ schools { nodes { id } } }", json!({})).await;
    assert_eq!(schools.data("/schools/nodes"), &json!([{ "id": HIBARINO }]));
    school.clock.advance(TimeDelta::hours(1));
    assert!(!holds(&school, token).await, "an hour is over");
    for kept in [token, secret.as_str()] {
        assert_eq!(school.holding(kept).await, [] as [String; 0], "only its SHA-256 is kept");
    }
}

#[tokio::test]
async fn the_secret_comes_in_the_header_or_in_the_body() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let body = format!("client_id={id}&client_secret={secret}&grant_type=client_credentials&unknown=1&scope=");
    let answer = send(&school, "/oauth/token", None, &body).await;
    assert_eq!((answer.status, &answer.body["scope"]), (StatusCode::OK, &json!("school:read roster:read activity:write")));
    // Each part is encoded like in a form before both are in Base64.
    let encoded = format!("{id}:{secret}").replace('-', "%2D").replace('_', "%5f");
    let answer = send(&school, "/oauth/token", Some(format!("basic {}", base64(&encoded))), "grant_type=client_credentials").await;
    assert_eq!(answer.status, StatusCode::OK);
    let body = format!("grant_type=client_credentials&client_id={id}");
    assert_eq!(send(&school, "/oauth/token", Some(basic(id, &secret)), &body).await.status, StatusCode::OK, "the id may stand there, too");
}

#[tokio::test]
async fn a_scope_narrows_a_token_and_never_widens_it() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let narrow = ask(&school, (id, &secret), "activity:write activity:write").await;
    assert_eq!(narrow.body["scope"], "activity:write");
    assert_eq!(rights(&school, narrow.body["access_token"].as_str().unwrap()).await, json!(["activity:write"]));
    for scope in ["mark:read", "activity:write mark:read", "access:write", "nonsense", "activity:write  school:read", "ACTIVITY:WRITE", "\"", "あ"] {
        refused(&ask(&school, (id, &secret), scope).await, StatusCode::BAD_REQUEST, "invalid_scope");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_as_the_standard_says() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let (other, _) = school.client("another", &[MIZUUMI], &READS_AND_POSTS).await;
    let grant = "grant_type=client_credentials";
    let post = format!("client_id={id}&client_secret={secret}");
    let bad = StatusCode::BAD_REQUEST;
    for (header, body, status, error) in [
        (None, format!("{post}&grant_type=password"), bad, "unsupported_grant_type"),
        (None, format!("{post}&grant_type=authorization_code&code=x"), bad, "unsupported_grant_type"),
        (None, post.clone(), bad, "invalid_request"),
        (None, format!("{post}&grant_type="), bad, "invalid_request"),
        (None, format!("{post}&{grant}&{grant}"), bad, "invalid_request"),
        (None, format!("{post}&{grant}&scope=school:read&scope=school:read"), bad, "invalid_request"),
        (None, format!("{post}&{grant}&scope=%ff%00"), bad, "invalid_scope"),
        (Some(basic(id, &secret)), format!("{grant}&client_secret={secret}"), bad, "invalid_request"),
        (Some(basic(id, &secret)), format!("{grant}&client_id={other}"), bad, "invalid_request"),
        (None, grant.to_owned(), StatusCode::UNAUTHORIZED, "invalid_client"),
        (None, format!("{grant}&client_id={id}"), StatusCode::UNAUTHORIZED, "invalid_client"),
        (None, format!("{grant}&client_id={id}&client_secret=asagao_secret_x"), StatusCode::UNAUTHORIZED, "invalid_client"),
        (None, format!("{grant}&client_id={other}&client_secret={secret}"), StatusCode::UNAUTHORIZED, "invalid_client"),
        (None, format!("{grant}&client_id=nobody&client_secret={secret}"), StatusCode::UNAUTHORIZED, "invalid_client"),
        (Some(basic(id, "")), grant.to_owned(), StatusCode::UNAUTHORIZED, "invalid_client"),
        (Some(format!("Bearer {secret}")), grant.to_owned(), StatusCode::UNAUTHORIZED, "invalid_client"),
        (Some("Basic !".to_owned()), grant.to_owned(), StatusCode::UNAUTHORIZED, "invalid_client"),
        // Who is not known learns nothing about the rest.
        (None, "grant_type=password".to_owned(), StatusCode::UNAUTHORIZED, "invalid_client"),
    ] {
        refused(&send(&school, "/oauth/token", header, &body).await, status, error);
    }
    for kind in [None, Some("application/json"), Some("multipart/form-data; boundary=x"), Some("text/plain")] {
        let mut request = Request::post("/oauth/token").header("authorization", basic(id, &secret));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        refused(&school.send(request.body(Body::from(grant)).unwrap()).await, bad, "invalid_request");
    }
    let in_address = send(&school, &format!("/oauth/token?{post}"), None, grant).await;
    refused(&in_address, bad, "invalid_request");
    let mut body = b"grant_type=client_credentials&x=".to_vec();
    body.push(0xff);
    let request = Request::post("/oauth/token").header("content-type", FORM).header("authorization", basic(id, &secret));
    refused(&school.send(request.body(Body::from(body)).unwrap()).await, bad, "invalid_request");
    let long = format!("{grant}&x={}", "x".repeat(20_000));
    refused(&send(&school, "/oauth/token", Some(basic(id, &secret)), &long).await, StatusCode::PAYLOAD_TOO_LARGE, "invalid_request");
    let get = school.send(Request::get("/oauth/token").body(Body::empty()).unwrap()).await;
    assert_eq!((get.status, get.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert_eq!(school.count("access_token", "secret IS NOT NULL").await, 0, "nothing was given");
}

#[tokio::test]
async fn a_secret_is_changed_with_two_valid_at_a_time() {
    let school = School::open().await;
    let (id, first) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let of_first = token(&school, (id, &first), "").await;
    school.clock.advance(TimeDelta::seconds(1));
    let second = school.further_secret(id).await.expect("a second secret");
    for secret in [&first, &second] {
        assert!(holds(&school, &token(&school, (id, secret), "").await).await, "both hold");
    }
    let of_second = token(&school, (id, &second), "").await;
    school.clock.advance(TimeDelta::seconds(1));
    let third = school.further_secret(id).await.expect("a third secret");
    refused(&ask(&school, (id, &first), "").await, StatusCode::UNAUTHORIZED, "invalid_client");
    assert!(!holds(&school, &of_first).await, "what the oldest gave is over with it");
    assert!(holds(&school, &of_second).await);
    for secret in [&second, &third] {
        assert_eq!(ask(&school, (id, secret), "").await.status, StatusCode::OK);
    }
    assert_eq!(school.end_secrets(id).await, 2);
    refused(&ask(&school, (id, &third), "").await, StatusCode::UNAUTHORIZED, "invalid_client");
    assert!(!holds(&school, &of_second).await, "at once");
    let again = school.further_secret(id).await.expect("an app goes on with a new secret");
    assert_eq!(ask(&school, (id, &again), "").await.status, StatusCode::OK);
    assert_eq!(school.count("trail", "record = 'app_secret'").await, 4 + 3, "each beginning and each end");
}

#[tokio::test]
async fn an_app_that_is_shut_out_has_nothing_any_more() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let given = token(&school, (id, &secret), "").await;
    assert_eq!(school.shut_out(id).await, 1);
    assert!(!holds(&school, &given).await);
    refused(&ask(&school, (id, &secret), "").await, StatusCode::UNAUTHORIZED, "invalid_client");
    let revoke = send(&school, "/oauth/revoke", Some(basic(id, &secret)), &format!("token={given}")).await;
    refused(&revoke, StatusCode::UNAUTHORIZED, "invalid_client");
    assert!(school.further_secret(id).await.is_err());
}

#[tokio::test]
async fn an_app_of_before_asks_for_what_it_was_registered_for() {
    let school = School::open().await;
    let drill = school.person("drill");
    let secret = school.further_secret(drill.id).await.expect("a first secret");
    let given = token(&school, (drill.id, &secret), "").await;
    assert_eq!(rights(&school, &given).await, json!(["activity:write", "assignment:write"]));
    assert_eq!(drill.record(&[activity(1, AOI)]).await["accepted"], 1, "its long-lived token goes on");
    school.tamper("UPDATE app SET rights = ''").await;
    refused(&ask(&school, (drill.id, &secret), "").await, StatusCode::BAD_REQUEST, "unauthorized_client");
}

#[tokio::test]
async fn an_app_revokes_its_own_tokens_and_learns_nothing_of_others() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let (other, others) = school.client("another", &[MIZUUMI], &READS_AND_POSTS).await;
    let (mine, theirs) = (token(&school, (id, &secret), "").await, token(&school, (other, &others), "").await);
    let revoke = async |token: &str| {
        let body = format!("token={token}&token_type_hint=access_token");
        let answer = send(&school, "/oauth/revoke", Some(basic(id, &secret)), &body).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
        (answer.body, answer.headers)
    };
    let unknown = revoke("asagao_nothing").await;
    assert_eq!(revoke(&theirs).await, unknown);
    assert_eq!(revoke(school.code("ana")).await, unknown);
    assert!(holds(&school, &theirs).await && holds(&school, school.code("ana")).await && holds(&school, &mine).await);
    assert_eq!(revoke(&mine).await, unknown);
    assert!(!holds(&school, &mine).await);
    assert_eq!(revoke(&mine).await, unknown, "once more");
    refused(&send(&school, "/oauth/revoke", Some(basic(id, &secret)), "").await, StatusCode::BAD_REQUEST, "invalid_request");
    refused(&send(&school, "/oauth/revoke", Some(basic(id, "x")), "token=x").await, StatusCode::UNAUTHORIZED, "invalid_client");
    refused(&send(&school, "/oauth/revoke", None, "token=x").await, StatusCode::UNAUTHORIZED, "invalid_client");
}

#[tokio::test]
async fn tokens_that_are_over_for_a_day_are_gone_and_others_stay() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    token(&school, (id, &secret), "").await;
    school.clock.advance(TimeDelta::hours(25) - TimeDelta::milliseconds(1));
    assert_eq!(school.clear_tokens().await, 0);
    school.clock.advance(TimeDelta::milliseconds(1));
    let before = school.count("access_token", "secret IS NULL").await;
    assert_eq!(school.clear_tokens().await, 1);
    assert_eq!(school.count("access_token", "1 = 1").await, before);
}

#[tokio::test]
async fn the_metadata_say_where_everything_is() {
    let mut school = School::open().await;
    let get = async |school: &School, host: Option<&str>| {
        let mut request = Request::get("/.well-known/oauth-authorization-server");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        school.send(request.body(Body::empty()).unwrap()).await
    };
    let answer = get(&school, Some("Asagao.Board.example:8080")).await;
    let at = "http://asagao.board.example:8080";
    assert_eq!(answer.body["issuer"], at);
    assert_eq!(answer.body["token_endpoint"], format!("{at}/oauth/token"));
    assert_eq!(answer.body["revocation_endpoint"], format!("{at}/oauth/revoke"));
    assert_eq!(answer.body["grant_types_supported"], json!(["client_credentials"]));
    assert_eq!(answer.body["scopes_supported"].as_array().unwrap().len(), Right::OF_APPS.len());
    for host in [None, Some(""), Some("a b"), Some("evil.example/x"), Some("x@evil.example"), Some("evil.example?x"), Some("a\"b")] {
        assert_eq!(get(&school, host).await.status, StatusCode::BAD_REQUEST, "{host:?}");
    }
    let front = std::sync::Arc::new(asagao::front::Front { https: true, ..asagao::front::Front::default() });
    school.serve(|app| asagao::router::App { front, ..app });
    assert_eq!(get(&school, Some("asagao.board.example")).await.body["issuer"], "https://asagao.board.example");
}

#[tokio::test]
async fn a_database_that_is_away_is_told_without_its_words() {
    let school = School::open().await;
    let (id, secret) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    school.lose_database().await;
    let answer = ask(&school, (id, &secret), "").await;
    refused(&answer, StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test]
async fn whoever_is_no_client_cannot_be_told_from_one_with_a_wrong_secret() {
    let school = School::open().await;
    let (id, _) = school.client("drill 2", &[HIBARINO], &READS_AND_POSTS).await;
    let one = ask(&school, (id, "asagao_secret_wrong"), "").await;
    let another = ask(&school, (Uuid::from_u128(1), "asagao_secret_wrong"), "").await;
    assert_eq!((one.status, &one.body, &one.headers), (another.status, &another.body, &another.headers));
    // Its secret signs nobody in, and a token is no secret.
    assert!(!holds(&school, "asagao_secret_wrong").await);
    let portal = school.person("portal");
    refused(&ask(&school, (portal.id, school.code("portal")), "").await, StatusCode::UNAUTHORIZED, "invalid_client");
    assert_eq!(portal.try_record(NOW, &[activity(1, AOI)]).await.status, StatusCode::OK);
}
