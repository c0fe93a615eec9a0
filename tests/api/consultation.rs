//! 相談したい: it comes to one adult at once, goes on where nobody takes it, and is seen by nobody else.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::{ANA, AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, Person, SOTA, School, TODAY, nth};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

const FIELDS: &str = "id state pupilId pupilName className words topic { code } mine passedOn agreed acceptedAt
    addressee { staffId name role }";

fn first() -> NaiveDate {
    TODAY.parse().expect("a date")
}

fn of_school(kind: DutyKind) -> impl FnOnce(Uuid) -> Vec<Duty> {
    move |id| vec![duty::new(id, kind, Some(HIBARINO), None, first())]
}

/// ひばり野 with `mei` the nurse, `sora` the counsellor and `toru`, homeroom teacher of 5年1組.
async fn school() -> School {
    let mut school = School::open().await;
    school.hire("mei", of_school(DutyKind::Nurse)).await;
    school.hire("sora", of_school(DutyKind::Counsellor)).await;
    school.hire("toru", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1), first())]).await;
    school
}

pub async fn request(pupil: &Person<'_>, n: u64, staff: Uuid, words: &str) -> Value {
    let document = format!("mutation ($input: RequestConsultationInput!) {{ done: requestConsultation(input: $input) {{
        consultation {{ {FIELDS} }} userErrors {{ code field }} }} }}");
    let input = json!({ "id": nth(n), "staffId": staff, "topic": "FRIENDS", "words": words });
    pupil.ask(&document, json!({ "input": input })).await.data("/done").clone()
}

async fn act(person: &Person<'_>, mutation: &str, n: u64) -> Value {
    let document = format!("mutation ($id: ID!) {{ done: {mutation}(consultationId: $id) {{ consultation {{ {FIELDS} }} userErrors {{ code }} }} }}");
    person.ask(&document, json!({ "id": nth(n) })).await.data("/done").clone()
}

async fn note(person: &Person<'_>, n: u64, agreed: &str, end: bool) -> Value {
    let document = format!("mutation ($input: NoteConsultationInput!) {{ done: noteConsultation(input: $input) {{
        consultation {{ {FIELDS} }} userErrors {{ code }} }} }}");
    let input = json!({ "consultationId": nth(n), "agreed": agreed, "end": end });
    person.ask(&document, json!({ "input": input })).await.data("/done").clone()
}

async fn list(person: &Person<'_>) -> Vec<Value> {
    let answer = person.ask(&format!("{{ consultations {{ nodes {{ {FIELDS} }} }} }}"), json!({})).await;
    answer.data("/consultations/nodes").as_array().expect("a list").clone()
}

async fn sees(school: &School, who: &str) -> usize {
    list(&school.person(who)).await.len()
}

#[tokio::test]
async fn a_pupil_asks_one_adult_who_takes_it_notes_what_was_agreed_and_ends_it() {
    let school = school().await;
    let code = school.pupil_token(AOI).await;
    let aoi = school.bearer(&code);
    let choices = aoi.ask("{ consultationChoices { adults { name role } topics { code } outside { label } } }", json!({})).await;
    let adults = choices.data("/consultationChoices/adults").as_array().unwrap();
    let adults: Vec<_> = adults.iter().map(|of| (of["name"].as_str().unwrap(), of["role"].as_str().unwrap())).collect();
    assert_eq!(adults, [("有村 安奈", "HOMEROOM"), ("toru", "GRADE"), ("mei", "NURSE"), ("sora", "COUNSELLOR"), ("日向 悟", "HEAD")]);
    assert_eq!(choices.data("/consultationChoices/topics").as_array().unwrap().len(), 5);

    let sora = school.person("sora").id;
    let sent = request(&aoi, 1, sora, " 話を 聞いてください ").await;
    assert_eq!(sent["userErrors"], json!([]));
    assert_eq!((&sent["consultation"]["state"], &sent["consultation"]["words"]), (&json!("SENT"), &json!("話を 聞いてください")));
    assert_eq!(request(&aoi, 1, sora, "話を 聞いてください").await["userErrors"], json!([]), "sent again it is the same");
    assert_eq!(request(&aoi, 1, sora, "ほかの こと").await["userErrors"], json!([{ "code": "CONFLICT", "field": "id" }]));
    assert_eq!((sees(&school, "sora").await, school.count("consultation", "1 = 1").await), (1, 1));

    let held = &list(&school.person("sora")).await[0];
    assert_eq!((&held["pupilName"], &held["className"], &held["mine"]), (&json!("朝倉 葵"), &json!("5年2組"), &json!(true)), "although the counsellor sees no pupil");
    assert_eq!(act(&school.person("sora"), "acceptConsultation", 1).await["consultation"]["state"], "ACCEPTED");
    assert_eq!(act(&school.person("sora"), "acceptConsultation", 1).await["userErrors"], json!([]), "twice is once");
    assert!(list(&aoi).await[0]["acceptedAt"].is_string(), "the pupil sees that somebody has taken it");
    school.clock.advance(TimeDelta::days(2));
    assert_eq!(school.pass_on().await, 0, "what is taken stays");
    assert_eq!(note(&school.person("sora"), 1, "木曜の昼休みに 話す", false).await["consultation"]["agreed"], "木曜の昼休みに 話す");
    assert_eq!(note(&school.person("sora"), 1, "話した", true).await["consultation"]["state"], "ENDED");
    assert_eq!(note(&school.person("sora"), 1, "もう一度", false).await["userErrors"], json!([{ "code": "CONFLICT" }]));
    assert_eq!(list(&aoi).await[0]["agreed"], "話した");
    assert_eq!(act(&aoi, "withdrawConsultation", 1).await["userErrors"], json!([{ "code": "CONFLICT" }]));
    assert_eq!(school.count("trail", "reason LIKE 'consultation%'").await, 0, "no trail tells of it");
}

#[tokio::test]
async fn nobody_can_be_asked_who_is_no_choice_and_nobody_asks_but_a_pupil() {
    let school = school().await;
    let code = school.pupil_token(AOI).await;
    let aoi = school.bearer(&code);
    for staff in [school.person("mari").id, HARUTO, Uuid::nil()] {
        assert_eq!(request(&aoi, 1, staff, "").await["userErrors"], json!([{ "code": "NOT_FOUND", "field": "staffId" }]));
    }
    let document = format!("mutation {{ requestConsultation(input: {{ id: \"{}\", staffId: \"{ANA}\" }}) {{ userErrors {{ code }} }} }}", nth(9));
    for who in ["ana", "hugo", "mei", "portal"] {
        assert_eq!(school.person(who).ask(&document, json!({})).await.code(), "FORBIDDEN", "{who}");
    }
    assert_eq!(school.person("portal").ask("{ consultations { nodes { id } } }", json!({})).await.code(), "FORBIDDEN");
    let long = "あ".repeat(1_001);
    assert_eq!(request(&aoi, 1, ANA, &long).await["userErrors"], json!([{ "code": "TOO_LONG", "field": "words" }]));
    let topic = json!({ "input": { "id": nth(1), "staffId": ANA, "topic": "WEATHER" } });
    let document = "mutation ($input: RequestConsultationInput!) { requestConsultation(input: $input) { userErrors { code field } } }";
    assert_eq!(aoi.ask(document, topic).await.data("/requestConsultation/userErrors/0/field"), "topic");
    for n in 1..=5 {
        assert_eq!(request(&aoi, n, ANA, "").await["userErrors"], json!([]));
    }
    assert_eq!(request(&aoi, 6, ANA, "").await["userErrors"], json!([{ "code": "TOO_MANY", "field": "id" }]));
    let page = "query ($after: String) { consultations(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }";
    let one = aoi.ask(page, json!({})).await;
    let two = aoi.ask(page, json!({ "after": one.data("/consultations/pageInfo/endCursor") })).await;
    let ids = |answer: &asagao_tests::Answer| answer.data("/consultations/nodes").as_array().unwrap().iter().map(|of| of["id"].to_string()).collect::<Vec<_>>();
    assert_eq!((ids(&one).len(), ids(&two).len(), one.data("/consultations/pageInfo/hasNextPage")), (3, 2, &json!(true)));
    assert!(ids(&one).iter().all(|id| !ids(&two).contains(id)));
    // Another pupil's id is nobody's.
    let other = school.pupil_token(HARUTO).await;
    let haruto = school.bearer(&other);
    assert_eq!(request(&haruto, 1, ANA, "").await["userErrors"], json!([{ "code": "CONFLICT", "field": "id" }]));
    assert_eq!((list(&haruto).await.len(), act(&haruto, "withdrawConsultation", 1).await["userErrors"][0]["code"].clone()), (0, json!("NOT_FOUND")));
}

#[tokio::test]
async fn what_nobody_takes_goes_on_by_the_schools_order_and_the_former_sees_it_no_more() {
    let school = school().await;
    let code = school.pupil_token(AOI).await;
    let aoi = school.bearer(&code);
    request(&aoi, 1, ANA, "話したい").await;
    school.clock.advance(TimeDelta::minutes(59));
    assert_eq!(school.pass_on().await, 0);
    school.clock.advance(TimeDelta::minutes(1));
    let (one, two) = tokio::join!(school.pass_on(), school.pass_on());
    assert_eq!(one + two, 1, "several servers let it go on once");
    assert_eq!((sees(&school, "ana").await, sees(&school, "mei").await), (0, 1), "the nurse is next");
    assert_eq!(act(&school.person("ana"), "acceptConsultation", 1).await["userErrors"], json!([{ "code": "NOT_FOUND" }]));
    let held = &list(&aoi).await[0];
    assert_eq!((&held["addressee"]["name"], &held["passedOn"], &held["state"]), (&json!("mei"), &json!(true), &json!("SENT")));
    let setting = "mutation ($input: SaveConsultationSettingInput!) { saveConsultationSetting(input: $input) { setting { minutes next } userErrors { code field } } }";
    let input = json!({ "schoolId": HIBARINO, "minutes": 20, "opens": "08:00", "closes": "17:00", "next": ["GRADE", "HEAD"] });
    assert_eq!(school.person("mei").ask(setting, json!({ "input": input })).await.code(), "FORBIDDEN");
    assert_eq!(school.person("mari").ask(setting, json!({ "input": input })).await.data("/saveConsultationSetting/userErrors/0/code"), "NOT_FOUND");
    assert_eq!(school.person("hugo").ask(setting, json!({ "input": input })).await.data("/saveConsultationSetting/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::minutes(20));
    assert_eq!((school.pass_on().await, sees(&school, "mei").await, sees(&school, "toru").await), (1, 0, 1));
    school.clock.advance(TimeDelta::minutes(20));
    assert_eq!((school.pass_on().await, sees(&school, "hugo").await), (1, 1));
    school.clock.advance(TimeDelta::hours(24));
    assert_eq!((school.pass_on().await, sees(&school, "hugo").await), (0, 1), "there is nobody after the last one: it stays");
}

#[tokio::test]
async fn when_a_duty_ends_what_is_open_goes_to_the_next_at_once() {
    let school = school().await;
    let code = school.pupil_token(AOI).await;
    let aoi = school.bearer(&code);
    let sora = school.person("sora").id;
    request(&aoi, 1, sora, "聞いてほしい").await;
    act(&school.person("sora"), "acceptConsultation", 1).await;
    assert_eq!(school.end_duties("sora").await, 1);
    school.clock.advance(TimeDelta::days(1));
    let gone = school.person("sora").ask("{ consultations { nodes { words } } }", json!({})).await;
    assert!(!gone.body.to_string().contains("聞いてほしい"), "the day after nothing is seen, before anything has gone on");
    assert_eq!((school.pass_on().await, sees(&school, "mei").await), (1, 1));
    assert_eq!(list(&aoi).await[0]["state"], "SENT", "the pupil sees that somebody else has to take it");
}

#[tokio::test]
async fn what_a_pupil_takes_back_is_gone() {
    let school = school().await;
    let code = school.pupil_token(AOI).await;
    let aoi = school.bearer(&code);
    request(&aoi, 1, ANA, "やっぱり いいです").await;
    assert_eq!(act(&aoi, "withdrawConsultation", 1).await["consultation"]["state"], "WITHDRAWN");
    assert_eq!((sees(&school, "ana").await, school.holding("やっぱり").await), (0, Vec::<String>::new()));
    assert_eq!(request(&aoi, 1, ANA, "やっぱり いいです").await["consultation"]["state"], "WITHDRAWN", "an old tablet does not bring it back");
    assert_eq!(act(&school.person("ana"), "acceptConsultation", 1).await["userErrors"], json!([{ "code": "NOT_FOUND" }]));
    school.clock.advance(TimeDelta::days(500));
    assert_eq!((school.clear_consultations().await, school.count("consultation_step", "1 = 1").await), (1, 0), "and once it is old nothing tells that it was");
}

#[tokio::test]
async fn it_stands_first_on_the_class_page_of_that_adult_alone() {
    let school = school().await;
    let code = school.pupil_token(AOI).await;
    request(&school.bearer(&code), 1, ANA, "").await;
    let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ consultations {{ pupilId }} }} }}");
    assert_eq!(school.person("ana").ask(&document, json!({})).await.data("/class/consultations"), &json!([{ "pupilId": AOI }]));
    assert_eq!(school.person("hugo").ask(&document, json!({})).await.data("/class/consultations"), &json!([]));
    let elsewhere = school.pupil_token(SOTA).await;
    assert_eq!(request(&school.bearer(&elsewhere), 2, ANA, "").await["userErrors"][0]["code"], "NOT_FOUND", "a pupil of another school asks there");
}
