//! What asks for too much, or is no request at all: each is refused clearly, before it costs anything.
use asagao::front::Front;
use asagao::router::App;
use asagao_tests::{AOI, Answer, CLASS_5_2, NOW, Person, School, activity, with};
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MIB: usize = 1024 * 1024;

async fn ask(person: &Person<'_>, document: &str) -> Answer {
    let began = Instant::now();
    let answer = person.ask(document, json!({})).await;
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
    answer
}

/// A refusal before anything ran: a status, a code, a sentence, nothing of what was sent.
fn refused(answer: &Answer, status: StatusCode, code: &str) {
    let told = answer.body.to_string();
    assert_eq!((answer.status, answer.code()), (status, code), "{}", told.chars().take(500).collect::<String>());
    assert!(answer.body.get("data").is_none());
    assert!(told.len() < 1_000, "{} bytes", told.len());
    assert!(answer.body["errors"][0]["message"].as_str().is_some_and(|text| text.len() > 10));
}

#[tokio::test]
async fn a_document_that_asks_for_too_much_is_refused_by_what_it_has_too_much_of() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let many = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<Vec<_>>().join(" ");
    let bomb = many(11, &|n| format!("fragment f{n} on Query {{ ...f{m} ...f{m} }}", m = n + 1));
    for (document, word) in [
        (format!("{{ {} }}", many(10_000, &|n| format!("f{n}: __typename"))), "tokens"),
        (format!("{{ {} }}", many(51, &|_| "__typename".into())), "root"),
        (format!("{{ board {{ {} }} }}", many(201, &|n| format!("a{n}: name"))), "another name"),
        (format!("{{ board {{ {} }} }}", many(3_001, &|_| "name".into())), "fields"),
        (format!("{{ board {{ name {} }} }}", "@include(if: true) ".repeat(21)), "directives"),
        (format!("{{ board {{ {} }} }}", many(50, &|_| "name @include(if: true) @skip(if: false) @include(if: true) @skip(if: false) @include(if: true)".into())), "directives"),
        (format!("{{ ...f0 }} {bomb} fragment f11 on Query {{ board {{ name }} }}"), "root"),
        (format!("{{ class(id: {}1{}) {{ name }} }}", "[".repeat(100), "]".repeat(100)), "brackets"),
        (format!("query {} {{ __typename }}", "(".repeat(2 * MIB)), "brackets"),
        (format!("{{ board {} }}", "{ name ".repeat(500_000)), "brackets"),
        (format!("{{ board {{ {} }} }}", "name ".repeat(700_000)), "tokens"),
    ] {
        let answer = ask(&hugo, &document).await;
        refused(&answer, StatusCode::BAD_REQUEST, "TOO_COMPLEX");
        assert!(answer.body.to_string().contains(word), "{word}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_million_aliases_are_refused_at_once() {
    let school = School::open().await;
    let aliases = |count: usize| (0..count).map(|n| format!("a{n}:a")).collect::<Vec<_>>().join(" ");
    let document = aliases(300_000);
    let answer = ask(&school.person("hugo"), &format!("{{{document}}}")).await;
    refused(&answer, StatusCode::BAD_REQUEST, "TOO_COMPLEX");
    let document = aliases(1_000_000);
    let answer = ask(&school.person("hugo"), &format!("{{{document}}}")).await;
    refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "BAD_INPUT");
}

#[tokio::test]
async fn fragments_in_a_circle_are_refused() {
    let school = School::open().await;
    for document in [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...c } fragment c on Query { ...a board { name } }",
        "{ board { name } } fragment a on Query { ...a }",
    ] {
        refused(&ask(&school.person("hugo"), document).await, StatusCode::BAD_REQUEST, "BAD_INPUT");
    }
}

#[tokio::test]
async fn rows_within_rows_cost_what_they_come_to() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let rows = |first: &str| format!("{{ schools(first: {first}) {{ nodes {{ classes(first: {first}) {{ nodes {{ pupils(first: {first}) {{ nodes {{ name }} }} }} }} }} }} }}");
    assert_eq!(ask(&hugo, &rows("5")).await.code(), "");
    refused(&ask(&hugo, &rows("200")).await, StatusCode::BAD_REQUEST, "TOO_COMPLEX");
    // A number that would run over in reckoning is still a large number.
    refused(&ask(&hugo, &rows("2147483647")).await, StatusCode::BAD_REQUEST, "TOO_COMPLEX");
    let one = |first: &str| format!("{{ schools(first: {first}) {{ nodes {{ name }} }} }}");
    assert_eq!(ask(&hugo, &one("-1")).await.code(), "BAD_INPUT");
    assert_eq!(ask(&hugo, &one("2147483647")).await.code(), "");
    for number in ["2147483648", "99999999999999999999999999", "1e400", "-0.5"] {
        assert_eq!(ask(&hugo, &one(number)).await.code(), "BAD_INPUT", "{number}");
    }
}

#[tokio::test]
async fn nesting_goes_down_nowhere_too_deep() {
    let school = School::open().await;
    let drill = school.person("drill");
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        for name in ["variables", "extensions"] {
            let body = format!("{{\"query\": \"{{ __typename }}\", \"{name}\": {{\"x\": {}}}}}", nested(3 * MIB / (open.len() + close.len())));
            refused(&drill.post(body).await, StatusCode::BAD_REQUEST, "BAD_INPUT");
        }
        refused(&drill.post(nested(200)).await, StatusCode::BAD_REQUEST, "BAD_INPUT");
        refused(&drill.post(nested(5 * MIB)).await, StatusCode::PAYLOAD_TOO_LARGE, "BAD_INPUT");
        refused(&drill.post(open.repeat(4 * MIB / open.len())).await, StatusCode::BAD_REQUEST, "BAD_INPUT");
        let extensions: Value = serde_json::from_str(&nested(100)).expect("that is deep, and JSON");
        let answer = drill.try_record(NOW, &[with(activity(1, AOI), json!({ "extensions": extensions }))]).await;
        assert!(answer.status.is_success() || answer.status == StatusCode::BAD_REQUEST, "{}", answer.status);
    }
}

#[tokio::test]
async fn huge_numbers_and_texts_are_told_and_not_stored() {
    let school = School::open().await;
    let drill = school.person("drill");
    let long = "あ".repeat(MIB);
    let items = [
        with(activity(1, AOI), json!({ "count": 9_007_199_254_740_993_u64 })),
        with(activity(2, AOI), json!({ "durationSeconds": 1e308 })),
        with(activity(3, AOI), json!({ "objectName": long })),
        with(activity(4, AOI), json!({ "score": { "raw": -1e300 } })),
        activity(5, AOI),
    ];
    let answer = drill.record(&items).await;
    assert_eq!((&answer["accepted"], answer["rejected"].as_array().unwrap().len()), (&json!(1), 4));
    assert!(answer.to_string().len() < 5_000, "what was sent is not sent back");
    let find = format!("{{ class(id: \"{}\") {{ name }} }}", "x".repeat(MIB));
    assert_eq!(ask(&school.person("ana"), &find).await.data("/class"), &Value::Null);
    let search = "query ($of: String!) { pupils(search: $of) { nodes { pupil { name } } } }";
    let answer = school.person("ana").ask(search, json!({ "of": "x".repeat(MIB) })).await;
    assert_eq!((answer.status, answer.body.to_string().len() < 1_000), (StatusCode::OK, true), "{}", answer.body.to_string().chars().take(300).collect::<String>());
    let class = format!("{{ class(id: \"{CLASS_5_2}\") {{ name }} }}");
    assert_eq!(ask(&school.person("ana"), &class).await.data("/class/name"), "5年2組");
}

/// A body that comes in parts and then breaks off.
fn broken(parts: Vec<&'static str>) -> Body {
    let parts = parts.into_iter().map(|part| Ok(Bytes::from(part)));
    Body::from_stream(stream::iter(parts.chain([Err(io::Error::other("the connection is gone"))])))
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let school = School::open().await;
    let drill = school.person("drill");
    let answer = school.send(drill.request("POST", "/graphql").body(broken(vec!["{\"query\": \"{ __type"])).unwrap()).await;
    refused(&answer, StatusCode::BAD_REQUEST, "BAD_INPUT");
    assert!(answer.body.to_string().contains("broke off"));
    // Cut off, with nothing to tell so but the text itself.
    let whole = json!({ "query": "{ __typename }", "variables": { "x": "あいう" } }).to_string();
    for end in 0..whole.len() {
        let answer = drill.post(whole.as_bytes()[..end].to_vec()).await;
        refused(&answer, StatusCode::BAD_REQUEST, "BAD_INPUT");
    }
}

#[tokio::test]
async fn what_is_no_utf_8_is_refused() {
    let school = School::open().await;
    for bytes in [&b"\xff"[..], b"\xc3", b"\xe3\x81", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80"] {
        let body = [&b"{\"query\": \"{ __typename } # "[..], bytes, b"\"}"].concat();
        refused(&school.person("drill").post(body).await, StatusCode::BAD_REQUEST, "BAD_INPUT");
        let utf16: Vec<u8> = "{\"query\": \"{ __typename }\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        refused(&school.person("drill").post(utf16).await, StatusCode::BAD_REQUEST, "BAD_INPUT");
    }
}

#[tokio::test]
async fn whoever_sends_too_slowly_is_told_so() {
    let mut school = School::open().await;
    school.serve(|app| App { most_time: Duration::from_millis(50), ..app });
    let never = || Body::from_stream(stream::pending::<Result<Bytes, io::Error>>());
    let answer = school.send(school.person("drill").request("POST", "/graphql").body(never()).unwrap()).await;
    refused(&answer, StatusCode::REQUEST_TIMEOUT, "BAD_INPUT");
    let form = Request::post("/sign-in").header("accept", "text/html").header("sec-fetch-site", "same-origin");
    let form = form.header("content-type", "application/x-www-form-urlencoded").body(never()).unwrap();
    let page = school.send(form).await;
    assert_eq!(page.status, StatusCode::REQUEST_TIMEOUT);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful_with_it() {
    let mut school = School::open().await;
    let asked = [("GET", "/graphql"), ("POST", "/graphql"), ("PUT", "/graphql"), ("POST", "/uploads"), ("GET", "/uploads"), ("GET", "/healthz"), ("GET", "/readyz"),
        ("POST", "/oauth/token"), ("GET", "/.well-known/oauth-authorization-server"), ("GET", "/nothing"), ("GET", "/sign-in"), ("GET", "/assets/asagao.css"),
        ("GET", "/classes"), ("POST", "/sign-out")];
    for https in [false, true] {
        let front = Arc::new(Front { https, ..Front::default() });
        school.serve(|app| App { front, ..app });
        for (method, path) in asked {
            let request = Request::builder().method(method).uri(path).header("host", "board.example").body(Body::empty()).unwrap();
            let answer = school.answer(request).await;
            let said = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            let policy = said("content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{method} {path}: {policy}");
            assert!(!policy.contains("unsafe"), "{method} {path}: {policy}");
            assert_eq!((said("x-content-type-options").as_str(), said("cross-origin-opener-policy").as_str()), ("nosniff", "same-origin"), "{method} {path}");
            assert_eq!(said("cross-origin-resource-policy"), "same-origin", "{method} {path}");
            assert!(["no-referrer", "same-origin"].contains(&said("referrer-policy").as_str()), "{method} {path}");
            assert!(said("permissions-policy").contains("camera=()"), "{method} {path}");
            assert!(!said("cache-control").is_empty(), "{method} {path}");
            assert_eq!(said("strict-transport-security").is_empty(), !https, "{method} {path}");
            assert!(said("access-control-allow-origin").is_empty() && said("server").is_empty(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn refusals_have_one_shape() {
    let school = School::open().await;
    for (method, path, status) in [
        ("PUT", "/graphql", StatusCode::METHOD_NOT_ALLOWED),
        ("DELETE", "/graphql", StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/nothing", StatusCode::NOT_FOUND),
        ("POST", "/uploads", StatusCode::UNAUTHORIZED),
        ("GET", "/uploads", StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/healthz", StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/graphql", StatusCode::BAD_REQUEST),
        ("POST", "/graphql", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let answer = school.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(["BAD_INPUT", "UNAUTHENTICATED"].contains(&answer.code()), "{method} {path}: {}", answer.body);
        assert!(answer.body["errors"][0]["message"].is_string());
    }
}

#[tokio::test]
async fn the_schema_can_still_be_asked_for_with_the_usual_document() {
    let school = School::open().await;
    let of_type = (0..9).fold("kind name".to_owned(), |inner, _| format!("kind name ofType {{ {inner} }}"));
    let document = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }} subscriptionType {{ name kind }}
           types {{ ...FullType }} directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL fields(includeDeprecated: true) {{ name description
           args(includeDeprecated: true) {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }}
           inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated deprecationReason }}
         fragment TypeRef on __Type {{ {of_type} }}"
    );
    let answer = ask(&school.person("ana"), &document).await;
    assert!(answer.status == StatusCode::OK && answer.body["data"]["__schema"]["types"].as_array().is_some_and(|types| types.len() > 100), "{}", answer.code());
}
