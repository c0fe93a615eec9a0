//! The access log at its edges: signing out, which of several duties it was, who listens, who breaks off before the answer.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{ANA, AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HIBARINO, Listening, School, TODAY};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use uuid::Uuid;

fn brief(entries: &[Value]) -> Vec<(&str, &str, &Value)> {
    entries.iter().map(|of| (of["act"].as_str().unwrap_or_default(), of["what"].as_str().unwrap_or_default(), &of["changed"])).collect()
}

#[tokio::test]
async fn signing_out_and_ending_other_sessions_are_entries() {
    let school = School::open().await;
    let mut here = school.visitor_as("ana").await;
    let _elsewhere = school.visitor_as("ana").await;
    let mut third = school.visitor_as("ana").await;
    let begun = school.access_entries(ANA).await.len();
    school.clock.advance(TimeDelta::seconds(1));
    let page = here.get("/sessions").await;
    let ids: Vec<&str> = page.text.split("name=\"end\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), 4, "three, and all the others: {ids:?}");
    let own = page.text.split("この端末").nth(1).and_then(|rest| rest.split("value=\"").nth(2)).and_then(|rest| rest.split('"').next());
    let one = ids.iter().find(|id| Some(**id) != own && **id != "others").expect("another session");
    assert_eq!(here.submit("/sessions", &[("end", one)]).await.status, StatusCode::SEE_OTHER);
    school.clock.advance(TimeDelta::seconds(1));
    assert_eq!(here.submit("/sessions", &[("end", one)]).await.status, StatusCode::SEE_OTHER, "it is over already");
    assert_eq!(here.submit("/sessions", &[("end", "others")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.submit("/sessions", &[("end", "others")]).await.status, StatusCode::SEE_OTHER, "there are none any more");
    assert_eq!(third.get("/classes").await.status, StatusCode::SEE_OTHER);
    school.clock.advance(TimeDelta::seconds(1));
    assert_eq!(here.submit("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    let entries = school.access_entries(ANA).await;
    let one_ended = json!([["page_session", 1]]);
    let expected = [("SIGN_OUT", "POST /sessions", &one_ended), ("SIGN_OUT", "POST /sessions", &one_ended), ("SIGN_OUT", "POST /sign-out", &Value::Null)];
    assert_eq!(brief(&entries[begun..]), expected, "{entries:#?}");
    // The head is told of it.
    let document = "query ($staff: ID) { accessLog(staffId: $staff, first: 1) { nodes { act by subjects { kind } } } }";
    let told = school.person("hugo").ask(document, json!({ "staff": ANA })).await;
    assert_eq!(told.data("/accessLog/nodes/0"), &json!({ "act": "SIGN_OUT", "by": "有村 安奈", "subjects": [] }));
    let page = school.visitor_as("hugo").await.get(&format!("/staff/{ANA}/looks")).await;
    assert!(page.text.contains("サインアウトした"), "{}", page.text);
}

#[tokio::test]
async fn of_several_duties_the_entry_names_the_one_that_it_was() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school
        .hire("dora", |id| {
            let over = |class| duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(class), from);
            vec![over(CLASS_5_1), over(CLASS_5_2), duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, from)]
        })
        .await;
    let dora = school.person("dora");
    let duties = dora.ask("{ viewer { duties { id kind classId } } }", json!({})).await;
    let duty = |class: Option<Uuid>| {
        let held = duties.data("/viewer/duties").as_array().expect("a list").iter();
        let of = held.clone().find(|of| of["classId"] == class.map_or(Value::Null, |class| json!(class))).expect("a duty");
        of["id"].as_str().expect("an id").to_owned()
    };
    let ask = async |document: &str| {
        school.clock.advance(TimeDelta::seconds(1));
        assert_eq!(dora.ask(document, json!({})).await.code(), "");
        let entry = school.access_entries(dora.id).await.pop().expect("an entry");
        let mut held: Vec<String> = entry["held"].as_array().into_iter().flatten().map(|of| of["id"].as_str().unwrap_or_default().to_owned()).collect();
        held.sort();
        (held, entry)
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    let office = duty(None);
    // Moods are read by homeroom teachers, and not by the office.
    let mood = |pupil: Uuid| format!("{{ pupil(id: \"{pupil}\") {{ name moods(from: \"{TODAY}\", to: \"{TODAY}\") {{ day }} }} }}");
    let (held, entry) = ask(&mood(AOI)).await;
    assert_eq!(held, sorted(vec![duty(Some(CLASS_5_2)), office.clone()]), "{entry:#}");
    let of_class = entry["held"].as_array().expect("a list").iter().find(|of| of["kind"] == "HOMEROOM_TEACHER").cloned().unwrap_or_default();
    assert_eq!((&of_class["class"], &of_class["school"]), (&json!(CLASS_5_2), &json!(HIBARINO)));
    let (held, entry) = ask(&mood(asagao_tests::REN)).await;
    assert_eq!(held, sorted(vec![duty(Some(CLASS_5_1)), office.clone()]), "{entry:#}");
    let (held, entry) = ask(&format!("{{ class(id: \"{CLASS_5_1}\") {{ name }} }}")).await;
    assert_eq!(held, sorted(vec![duty(Some(CLASS_5_1)), office.clone()]), "{entry:#}");
    let (held, _) = ask("{ homerooms { nodes { name pupilCount } } }").await;
    assert_eq!(held, sorted(vec![duty(Some(CLASS_5_1)), duty(Some(CLASS_5_2)), office.clone()]));
    // As the head and the pupil are told.
    let log = "query ($pupil: ID) { accessLog(pupilId: $pupil, first: 50) { nodes { by duties held { id kind classId className schoolId } } } }";
    let told = school.person("hugo").ask(log, json!({ "pupil": AOI })).await;
    let nodes = told.data("/accessLog/nodes").as_array().expect("a list").clone();
    let looked = nodes.iter().find(|of| of["held"].as_array().is_some_and(|held| held.len() == 2)).expect("the look at the pupil");
    let of_class = looked["held"].as_array().expect("a list").iter().find(|of| of["classId"] == json!(CLASS_5_2)).expect("the duty");
    assert_eq!(of_class, &json!({ "id": duty(Some(CLASS_5_2)), "kind": "HOMEROOM_TEACHER", "classId": CLASS_5_2, "className": "5年2組", "schoolId": HIBARINO }));
    let code = school.pupil_token(AOI).await;
    let own = school.bearer(&code).ask(log, json!({ "pupil": AOI })).await;
    assert!(own.data("/accessLog/nodes").as_array().expect("a list").iter().all(|of| of["held"] == json!([]) && of["duties"] != json!([])), "{}", own.body);
    let page = school.visitor_as("hugo").await.get(&format!("/pupils/{AOI}/looks")).await;
    assert!(page.text.contains("担任（5年2組）"), "{}", page.text);
    let broken = school.verify_access_log(&[]).await.breaks;
    assert_eq!(broken, []);
}

#[tokio::test]
async fn who_listens_leaves_entries_with_their_address() {
    let mut school = School::open().await;
    school.hire("tea", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(asagao_tests::MIZUUMI), Some(CLASS_4_1), TODAY.parse().expect("a date"))]).await;
    let address = school.on_a_port().await;
    let document = format!("subscription {{ attendanceTaken(classId: \"{CLASS_5_2}\") {{ unmarked absent }} }}");
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    ana.subscribe("1", &document).await;
    assert_eq!(ana.until_now().await, [] as [Value; 0]);
    let take = format!("mutation Take {{ takeAttendance(input: {{ classId: \"{CLASS_5_2}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("hugo").ask(&take, json!({})).await.data("/takeAttendance/userErrors"), &json!([]));
    assert_eq!(ana.hear().await.said()["type"], "next");
    let entries = school.access_entries(ANA).await;
    let heard = entries.iter().find(|of| of["what"] == "subscription").unwrap_or_else(|| panic!("an entry: {entries:#?}"));
    assert_eq!((&heard["act"], &heard["address"]), (&json!("READ"), &json!("127.0.0.1")));
}

/// A future that is given up after it was woken so often.
struct GivenUp<F> {
    inner: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for GivenUp<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<F::Output>> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        let polled = self.inner.as_mut().poll(context).map(Some);
        // It is woken once more to be given up.
        if polled.is_pending() && self.polls == 0 {
            context.waker().wake_by_ref();
        }
        polled
    }
}

#[tokio::test]
async fn whoever_breaks_off_before_the_answer_leaves_what_was_read_until_then() {
    let school = School::open().await;
    let document = format!("query Long {{ pupil(id: \"{AOI}\") {{ name attendance(from: \"{TODAY}\", to: \"{TODAY}\") {{ day }} work(from: \"{TODAY}\", to: \"{TODAY}\") {{ state }} }} }}");
    let ana = school.person("ana");
    let (mut answered, mut with_nothing, mut with_pupil) = (0, 0, 0);
    for polls in 1..=40 {
        let before = school.access_entries(ANA).await.len();
        let answer = GivenUp { inner: Box::pin(ana.ask(&document, json!({}))), polls }.await;
        let entries = school.access_entries(ANA).await[before..].to_vec();
        assert!(entries.len() <= 1, "no request leaves two: {entries:#?}");
        if let Some(answer) = answer {
            answered += 1;
            assert_eq!((answer.code(), entries.len()), ("", 1), "an answer leaves one entry: {entries:#?}");
        } else if let Some(entry) = entries.first() {
            assert_eq!((&entry["act"], &entry["what"]), (&json!("READ"), &json!("POST /graphql Long")));
            // Before the pupil is found there is only that one was looked for.
            with_pupil += usize::from(entry["subjects"][0]["id"] == json!(AOI));
        } else {
            with_nothing += 1;
        }
    }
    assert!(with_pupil > 0 && with_nothing > 0 && answered > 0, "{with_pupil}, {with_nothing}, {answered}");
}
