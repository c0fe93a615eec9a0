//! Calls that are committed together, and the short way by which they come: nobody can tell the difference.
use asagao_tests::{AOI, CLASS_5_2, HARUTO, KAEDE, LESSON, MINATO, NOW, School, activity, nth, with};
use axum::http::StatusCode;
use futures_util::future::join_all;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use serde_json::{Value, json};

const ANSWER: &str = "accepted duplicates __typename conflicts { index id message kind: __typename } rejected { index id code field message }
    userErrors { code field message }";

/// A document that is recognised, and one that asks the same of the executor.
fn documents() -> [String; 2] {
    let recognised = format!("mutation Post($input: RecordActivitiesInput!) {{ done: recordActivities(input: $input) {{ {ANSWER} }} }}");
    let other = format!(
        "mutation Post($input: RecordActivitiesInput!) {{ done: recordActivities(input: $input) {{ ...A }} }}
         fragment A on RecordActivitiesPayload {{ {ANSWER} }}"
    );
    // As long as the other, so that what is wrong with a body is in the same column.
    let length = json!(other).to_string().len() - json!(recognised).to_string().len();
    [recognised + &" ".repeat(length), other]
}

/// Texts that stand where a value is expected.
const TEXTS: [&str; 31] = [
    "null", "true", "\"\"", "\"x\"", "0", "-1", "1", "3.0", "2.5", "1e3", "1e400", "99999999999999999999", "[]", "{}", "[1]", "{\"a\":1.0,\"b\":[null]}",
    "\"2026-11-24T08:20:00+09:00\"", "\"2020-01-01T00:00:00Z\"", "\"2026-11-26T08:20:00+09:00\"", "\"VIEWED\"", "\"viewed\"", "\"SCHOOL\"",
    "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "{\"raw\":5,\"max\":10}", "{\"raw\":5,\"max\":1,\"more\":0}",
    "[5,0,10]", "{\"VIEWED\":null}", "{\"SCHOOL\":null}", "[\"a\",\"b\"]",
];

const FIELDS: [&str; 18] = [
    "id", "pupilId", "classId", "verb", "objectId", "objectKind", "objectName", "occurredAt", "durationSeconds", "count", "score", "success",
    "place", "subject", "courseOfStudyCode", "extensions", "colour", "sentAt",
];

/// An activity as text, with some fields said otherwise, or twice.
fn item() -> impl Strategy<Value = String> {
    let changes = prop::collection::vec((prop::sample::select(&FIELDS[..]), prop::sample::select(&TEXTS[..]), any::<bool>()), 0..3);
    let changes = prop_oneof![3 => Just(Vec::new()), 2 => changes];
    let who = prop::sample::select(vec![AOI, HARUTO, nth(9)]);
    let class = prop::sample::select(vec![json!(CLASS_5_2), json!(LESSON), json!(nth(8)), Value::Null]);
    (0..6_u64, who, class, 1..3_i64, changes).prop_map(|(n, pupil, class, count, changes)| {
        let Value::Object(fields) = with(activity(n, pupil), json!({ "classId": class, "count": count })) else { panic!("an object") };
        let mut text: Vec<(String, String)> = fields.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        for (name, value, twice) in changes {
            if !twice {
                text.retain(|(other, _)| other != name);
            }
            text.push((name.to_owned(), value.to_owned()));
        }
        let fields: Vec<String> = text.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    })
}

/// The rest of a body behind its document.
fn call() -> impl Strategy<Value = String> {
    let items = prop::collection::vec(item(), 0..6);
    let sent = prop_oneof![4 => Just(format!("\"{NOW}\"")), 1 => prop::sample::select(&TEXTS[..]).prop_map(str::to_owned)];
    (items, sent, 0..24_u32).prop_map(|(items, sent, shape)| {
        let list = items.join(",");
        let list = if shape == 1 && items.len() == 1 { list } else { format!("[{list}]") };
        let input = match shape {
            2 => "null".to_owned(),
            3 => format!("{{\"activities\":{list}}}"),
            4 => format!("{{\"sentAt\":{sent},\"activities\":{list},\"more\":1}}"),
            5 => "[]".to_owned(),
            13 => format!("[{sent},{list}]"),
            _ => format!("{{\"sentAt\":{sent},\"activities\":{list}}}"),
        };
        match shape {
            6 => format!("\"operationName\":\"Post\",\"variables\":{{\"input\":{input}}}"),
            7 => format!("\"operationName\":\"Other\",\"variables\":{{\"input\":{input}}}"),
            8 => format!("\"variables\":{{\"other\":1,\"input\":{input}}}"),
            9 => "\"variables\":{}".to_owned(),
            10 => format!("\"extensions\":{{}},\"variables\":{{\"input\":{input},\"input\":{input}}}"),
            11 => format!("\"variables\":[{input}]"),
            12 => format!("\"variables\":{{\"input\":{input}}},\"extensions\":null,\"more\":[1]"),
            _ => format!("\"variables\":{{\"input\":{input}}}"),
        }
    })
}

/// All that is told of an answer, to the letter.
async fn told(school: &School, who: &str, document: &str, rest: &str) -> (StatusCode, String, String) {
    let body = format!("{{\"query\":{},{rest}}}", json!(document));
    let answer = school.answer(school.person(who).request("POST", "/graphql").body(body.into()).expect("a request")).await;
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("the answer can be read");
    let body = String::from_utf8(body.to_vec()).expect("a text");
    let kind = head.headers["content-type"].to_str().expect("a text").to_owned();
    // Where it stands in the document is another place in another document.
    let places = ["locations"].into_iter().any(|word| body.contains(word));
    let body = if places { without_places(&body) } else { body };
    (head.status, kind, body)
}

fn without_places(body: &str) -> String {
    let mut value: Value = serde_json::from_str(body).expect("JSON");
    for error in value["errors"].as_array_mut().into_iter().flatten() {
        error.as_object_mut().expect("an object").remove("locations");
    }
    value.to_string()
}

async fn totals(school: &School) -> Vec<Value> {
    let mut totals = Vec::new();
    for pupil in [AOI, HARUTO] {
        totals.extend(school.totals(pupil, "2026-01-01", "2026-11-30").await);
    }
    totals
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_short_way_answers_and_stores_what_the_executor_does(calls in prop::collection::vec(call(), 1..10)) {
        let run = async {
            let (short, long) = (School::open().await, School::open().await);
            let [recognised, other] = documents();
            for rest in &calls {
                let who = if rest.len() % 7 == 0 { "ana" } else { "drill" };
                assert_eq!(told(&short, who, &recognised, rest).await, told(&long, who, &other, rest).await, "{rest}");
            }
            assert_eq!(totals(&short).await, totals(&long).await);
            assert_eq!((short.recount().await, long.recount().await), (0, 0));
            // What is stored is told by what is a duplicate of it, and what a conflict.
            for rest in &calls {
                assert_eq!(told(&short, "drill", &other, rest).await, told(&long, "drill", &recognised, rest).await, "{rest}");
            }
            let of = |school| School::count(school, "activity", "1 = 1");
            assert_eq!(of(&short).await, of(&long).await);
        };
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run);
    }
}

#[tokio::test]
async fn what_many_post_at_once_is_there_once() {
    let school = School::open().await;
    let drill = school.person("drill");
    let batches: Vec<Vec<Value>> = (0..30).map(|call| (call..call + 20).map(|n| activity(n, [AOI, HARUTO, KAEDE, MINATO][(n % 4) as usize])).collect()).collect();
    let answers = join_all(batches.iter().map(|batch| drill.record(batch))).await;
    let number = |answer: &Value, field: &str| answer[field].as_u64().expect("a number");
    assert_eq!(answers.iter().map(|answer| number(answer, "accepted")).sum::<u64>(), 49, "activities 0 to 48");
    assert_eq!(answers.iter().map(|answer| number(answer, "duplicates")).sum::<u64>(), 30 * 20 - 49);
    assert_eq!(school.count("activity", "1 = 1").await, 49);
    assert_eq!(school.recount().await, 0);
    // The same ids with another content: whoever comes first has the key, and one alone.
    let other = |call: u64| vec![with(activity(100, AOI), json!({ "count": call }))];
    let batches: Vec<Vec<Value>> = (1..=12).map(other).collect();
    let answers = join_all(batches.iter().map(|batch| drill.record(batch))).await;
    assert_eq!(answers.iter().map(|answer| number(answer, "accepted")).sum::<u64>(), 1);
    assert_eq!(answers.iter().filter(|answer| answer["conflicts"].as_array().is_some_and(|of| of.len() == 1)).count(), 11);
}

#[tokio::test]
async fn what_the_database_refuses_costs_its_own_call_alone() {
    let school = School::open().await;
    let drill = school.person("drill");
    school.tamper("CREATE UNIQUE INDEX once ON activity (object_name) WHERE object_name = 'once'").await;
    let once = |n: u64| with(activity(n, AOI), json!({ "objectName": "once" }));
    assert_eq!(drill.record(&[once(1)]).await["accepted"], 1);
    let batches: Vec<Vec<Value>> = (0..20_u64)
        .map(|call| (0..5).map(|n| if (call, n) == (7, 3) { once(2) } else { activity(10 + call * 5 + n, HARUTO) }).collect())
        .collect();
    let answers = join_all(batches.iter().map(|batch| drill.try_record(NOW, batch))).await;
    for (call, answer) in answers.iter().enumerate() {
        if call == 7 {
            assert_eq!(answer.code(), "INTERNAL");
            assert!(!answer.body.to_string().contains("once"), "what the database says is not told: {}", answer.body);
        } else {
            assert_eq!(answer.data("/recordActivities/accepted"), 5, "call {call}");
        }
    }
    assert_eq!(school.count("activity", "1 = 1").await, 1 + 19 * 5, "nothing of the refused call");
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn a_token_revoked_before_a_call_is_refused_however_many_call() {
    let school = School::open().await;
    let ask = async || school.person("drill").try_record(NOW, &[activity(1, AOI)]).await;
    let answers = join_all((0..20).map(|_| ask())).await;
    assert_eq!(answers.iter().filter(|answer| answer.data("/recordActivities/accepted") == 1).count(), 1);
    school.revoke("drill").await;
    for answer in join_all((0..20).map(|_| ask())).await {
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    }
}

#[tokio::test]
async fn a_document_that_asks_for_too_much_is_refused_as_ever() {
    let school = School::open().await;
    let drill = school.person("drill");
    let input = json!({ "sentAt": NOW, "activities": [activity(1, AOI)] });
    let many: String = (0..201).map(|n| format!("a{n}: accepted ")).collect::<Vec<_>>().join(" ");
    let document = format!("mutation ($input: RecordActivitiesInput!) {{ recordActivities(input: $input) {{ {many} }} }}");
    let answer = drill.ask(&document, json!({ "input": input })).await;
    assert_eq!(answer.code(), "TOO_COMPLEX", "{}", answer.body);
    let deep = format!("mutation {{ recordActivities(input: {}{}) {{ accepted }} }}", "[".repeat(1_900), "]".repeat(1_900));
    assert_eq!(drill.ask(&deep, json!({})).await.code(), "TOO_COMPLEX");
    assert_eq!(school.count("activity", "1 = 1").await, 0);
}

#[tokio::test]
async fn what_cannot_be_stored_just_now_may_be_sent_again_and_says_so() {
    let school = School::open().await;
    let drill = school.person("drill");
    school.lose_database().await;
    for document in documents() {
        let answer = drill.ask(&document, json!({ "input": { "sentAt": NOW, "activities": [activity(1, AOI)] } })).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"), "{}", answer.body);
        assert_eq!(answer.header("retry-after"), "5");
    }
}
