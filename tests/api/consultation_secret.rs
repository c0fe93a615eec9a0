//! What a pupil has written to one adult is in no answer, page, history, search or export of anybody else, whatever is asked.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_graphql::formats::oneroster::Version;
use asagao_graphql::jobs::roster_export::{Receiver, Wanted};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, Person, School, TODAY, nth};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const SECRET: &str = "ほかの人に言わないでください";
const AGREED: &str = "放課後に図書室";

const INTROSPECTION: &str = "{ __schema { types { kind name fields { name type { ...T } args { name defaultValue type { ...T } } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

struct Types(BTreeMap<String, Value>);

impl Types {
    async fn of(school: &School) -> Self {
        let answer = school.person("hugo").ask(INTROSPECTION, json!({})).await;
        let types = answer.data("/__schema/types").as_array().expect("a list").clone();
        Types(types.into_iter().map(|of| (of["name"].as_str().expect("a name").to_owned(), of)).collect())
    }

    fn fields(&self, of: &str) -> Vec<&Value> {
        self.0.get(of).and_then(|of| of["fields"].as_array()).into_iter().flatten().collect()
    }

    fn is_object(&self, of: &str) -> bool {
        self.0.get(of).is_some_and(|of| of["kind"] == "OBJECT")
    }

    /// A field with its arguments and everything below it to a depth; nothing where an argument cannot be made up.
    fn field(&self, field: &Value, depth: usize) -> Option<String> {
        let arguments: Result<Vec<String>, Unknown> = field["args"].as_array()?.iter().filter_map(|of| argument(of).transpose()).collect();
        let arguments = arguments.ok()?;
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let name = field["name"].as_str()?;
        let of = innermost(&field["type"]);
        if !self.is_object(of) {
            return Some(format!("{name}{arguments}"));
        }
        if depth == 0 {
            return None;
        }
        // A list does not count as a step of its own.
        let list = of.ends_with("Connection");
        let below = self.fields(of).into_iter().filter(|of| !list || of["name"] == "nodes");
        let below: Vec<String> = below.filter_map(|of| self.field(of, if list { depth } else { depth - 1 })).collect();
        if below.is_empty() { None } else { Some(format!("{name}{arguments} {{ {} }}", below.join(" "))) }
    }

    /// A document for each field below each field that can be asked for.
    fn documents(&self) -> Vec<String> {
        let mut documents = Vec::new();
        for root in self.fields("Query") {
            let Some(head) = self.field(&json!({ "name": root["name"], "args": root["args"], "type": { "name": "String" } }), 1) else { continue };
            let of = innermost(&root["type"]);
            if !self.is_object(of) {
                documents.push(format!("{{ {head} }}"));
                continue;
            }
            let (open, of, close) = match self.fields(of).into_iter().find(|field| field["name"] == "nodes") {
                Some(nodes) => ("nodes { ", innermost(&nodes["type"]), " }"),
                None => ("", of, ""),
            };
            for field in self.fields(of) {
                let below = self.field(field, 2);
                documents.extend(below.map(|below| format!("{{ {head} {{ {open}{below}{close} }} }}")));
            }
        }
        documents
    }
}

fn innermost(of: &Value) -> &str {
    if of["ofType"].is_null() { of["name"].as_str().unwrap_or_default() } else { innermost(&of["ofType"]) }
}

/// An argument that must be there and that cannot be made up.
struct Unknown;

/// An argument of a field; none where it need not be there.
fn argument(argument: &Value) -> Result<Option<String>, Unknown> {
    let name = argument["name"].as_str().unwrap_or_default();
    let value = match (name, innermost(&argument["type"])) {
        ("id" | "classId", "ID") => format!("\"{CLASS_5_2}\""),
        ("pupilId", "ID") => format!("\"{AOI}\""),
        ("schoolId", "ID") => format!("\"{HIBARINO}\""),
        ("from", "Date") => "\"2026-11-01\"".into(),
        ("day" | "to" | "on" | "until", "Date") => format!("\"{TODAY}\""),
        ("month", _) => "\"2026-11\"".into(),
        ("year", "Int") => "2026".into(),
        ("text" | "query" | "search", "String") => format!("\"{SECRET}\""),
        _ if argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null() => return Err(Unknown),
        _ => return Ok(None),
    };
    Ok(Some(format!("{name}: {value}")))
}

fn over_school(kind: DutyKind) -> impl FnOnce(Uuid) -> Vec<Duty> {
    move |id| vec![duty::new(id, kind, Some(HIBARINO), None, TODAY.parse().expect("a date"))]
}

/// How many documents and pages tell somebody of it.
async fn told(person: &Person<'_>, documents: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for document in documents {
        for text in [document.clone(), document.replace(&CLASS_5_2.to_string(), &AOI.to_string())] {
            let answer = person.ask(&text, json!({})).await.body.to_string();
            if answer.contains(SECRET) || answer.contains(AGREED) || answer.contains(&nth(1).to_string()) {
                found.push(text);
            }
        }
    }
    found
}

#[tokio::test]
async fn what_was_sent_to_one_adult_is_nowhere_for_anybody_else() {
    let mut school = School::open().await;
    for (name, kind) in [("mei", DutyKind::Nurse), ("sora", DutyKind::Counsellor), ("kyomu", DutyKind::AcademicAffairs), ("ict", DutyKind::IctSupport), ("shunin", DutyKind::GradeHead)] {
        school.hire(name, over_school(kind)).await;
    }
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, TODAY.parse().unwrap())]).await;
    school.hire("toru", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1), TODAY.parse().unwrap())]).await;
    let code = school.pupil_token(AOI).await;
    let sora = school.person("sora").id;
    let document = "mutation ($input: RequestConsultationInput!) { requestConsultation(input: $input) { userErrors { code } } }";
    let input = json!({ "id": nth(1), "staffId": sora, "words": SECRET });
    assert_eq!(school.bearer(&code).ask(document, json!({ "input": input })).await.data("/requestConsultation/userErrors"), &json!([]));
    let document = "mutation ($input: NoteConsultationInput!) { noteConsultation(input: $input) { userErrors { code } } }";
    let input = json!({ "consultationId": nth(1), "agreed": AGREED });
    assert_eq!(school.person("sora").ask(document, json!({ "input": input })).await.data("/noteConsultation/userErrors"), &json!([]));
    assert_eq!(school.holding(SECRET).await, ["consultation.words"], "nor does it stand anywhere else");
    assert_eq!(school.holding(AGREED).await, ["consultation.agreed"]);

    let documents = Types::of(&school).await.documents();
    assert!(documents.len() > 60, "{}", documents.len());
    assert!(!told(&school.person("sora"), &documents).await.is_empty(), "the documents find it for whom it is for");
    assert!(!told(&school.bearer(&code), &documents).await.is_empty());
    let other = school.pupil_token(HARUTO).await;
    let mut people: Vec<Person> = ["hugo", "ana", "mei", "kyomu", "ict", "shunin", "board", "toru", "portal"].iter().map(|name| school.person(name)).collect();
    people.push(school.bearer(&other));
    for person in people {
        assert_eq!(told(&person, &documents).await, [] as [String; 0]);
    }

    let class = format!("/classes/{CLASS_5_2}");
    let pages = [
        class.clone(), format!("{class}/history"), format!("{class}/attendance"), format!("{class}/health"), format!("/pupils/{AOI}"),
        format!("/pupils/{AOI}/history"), "/consultations".into(), "/retention".into(), "/classes".into(), format!("/schools/{HIBARINO}/health"),
        format!("/schools/{HIBARINO}/infirmary"), "/check-in".into(),
    ];
    for name in ["hugo", "ana", "mei", "kyomu", "board"] {
        let mut visitor = school.visitor_as(name).await;
        for path in &pages {
            let page = visitor.get(path).await.text;
            assert!(!page.contains(SECRET) && !page.contains(AGREED) && !page.contains(&nth(1).to_string()), "{name} finds it at {path}");
        }
        let found = visitor.submit("/pupils", &[("text", SECRET)]).await.text;
        assert!(!found.contains(AGREED));
    }
    assert!(school.visitor_as("sora").await.get("/consultations").await.text.contains(SECRET));
    let (package, _) = school.export(None, Wanted { version: Version::V1_2_1, receiver: Receiver::Own, school: Some(HIBARINO) }).await.expect("the roster can be given away");
    let holds = |text: &str| package.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(!holds(SECRET) && !holds(&nth(1).to_string()));
}
