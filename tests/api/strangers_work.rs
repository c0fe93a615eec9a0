//! What one may not see takes as much work as what is not there: the same statements, with as many rows, and the same answer. So the time that
//! an answer takes says nothing of whether a stranger's record exists.
//!
//! The statements are those that the database driver tells of, which it tells to the whole process: so the test runs in one of its own.
mod asked;
mod hearing;
mod lived;
mod schema;

use asagao_tests::{AOI, CLASS_4_1, CLASS_5_2, HIBARINO, HUGO, MARI, MIZUUMI, SOTA, School, nth};
use asked::asked;
use hearing::{Hearing, WORK, Work};
use lived::{Ids, Place, live};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use uuid::Uuid;

/// Where in an input ids stand, as paths.
fn placeholders(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, of)| placeholders(of, &format!("{path}.{name}"), found)),
        Value::Array(list) => list.iter().for_each(|of| placeholders(of, path, found)),
        Value::String(text) if text.starts_with(['@', '+', '=']) => found.push((path.to_owned(), text.clone())),
        _ => {}
    }
}

/// The input with one's own ids, but for one place.
fn filled(value: &Value, path: &str, (own, there): (&Ids, &Ids), other: (&str, &str)) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, of)| (name.clone(), filled(of, &format!("{path}.{name}"), (own, there), other))).collect(),
        Value::Array(list) => list.iter().map(|of| filled(of, path, (own, there), other)).collect(),
        Value::String(text) if text.starts_with('@') && path == other.0 => other.1.into(),
        Value::String(text) if text.starts_with('@') => own[&text[1..]].clone().into(),
        Value::String(text) if text.starts_with('=') => there[&text[1..]].clone().into(),
        Value::String(text) if text.starts_with('+') => nth(777).to_string().into(),
        other => other.clone(),
    }
}

/// An id of nothing that looks like one of something.
fn unknown(id: &str, n: u128) -> String {
    let nothing = Uuid::from_u128((0x0a5a_9a01_0000_4000_8000 << 48) + n).to_string();
    let real = id.split('.').find(|part| part.parse::<Uuid>().is_ok()).expect("an id has a UUID");
    id.replace(real, &nothing)
}

const ALONE: &str = "ASAGAO_TEST_ALONE";

#[tokio::test]
async fn what_one_may_not_see_takes_as_much_work_as_what_is_not_there() {
    // So the test tells its own process from the one of all tests.
    if std::env::var_os(ALONE).is_none() {
        let itself = std::env::current_exe().expect("a test is a program");
        let name = format!("{}::what_one_may_not_see_takes_as_much_work_as_what_is_not_there", module_path!().split_once("::").expect("a module").1);
        let run = Command::new(itself).args([&name, "--exact", "--nocapture"]).env(ALONE, "1").output().expect("the test runs");
        let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let mut school = School::open().await;
    school.fill_class().await;
    let here = Place { school: HIBARINO, class: CLASS_5_2, head: HUGO, pupil: AOI };
    let there = live(&mut school, "of ひばり野", "portal", &here).await;
    let own = live(&mut school, "of みずうみ", "stranger", &Place { school: MIZUUMI, class: CLASS_4_1, head: MARI, pupil: SOTA }).await;
    let child = school.pupil_token(SOTA).await;
    tracing::subscriber::set_global_default(Hearing).expect("nobody else listens");
    let fields = schema::root_fields(&school).await;
    let asked = asked();
    let mut tested: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut unlike = Vec::new();
    for (field, who, arguments) in &asked {
        let of = &fields[*field];
        let arguments = if of.mutation && of.arguments.contains_key("input") { json!({ "input": arguments }) } else { arguments.clone() };
        let mut places = Vec::new();
        placeholders(&arguments, "", &mut places);
        let variables: Vec<_> = arguments.as_object().expect("an object").keys().map(|name| format!("${name}: {}", of.arguments[name])).collect();
        let given: Vec<_> = arguments.as_object().expect("an object").keys().map(|name| format!("{name}: ${name}")).collect();
        let document = format!("{} ({}) {{ {field}({}) {} }}", if of.mutation { "mutation" } else { "query" }, variables.join(", "), given.join(", "), of.selection);
        for (path, kind) in places {
            tested.entry((*field).to_owned()).or_default().insert(path.clone());
            let Some(kind) = kind.strip_prefix('@') else { continue };
            let ask = async |id: &str| {
                let variables = filled(&arguments, "", (&own, &there), (&path, id));
                let person = match *who {
                    "app" => school.person("stranger"),
                    "pupil" => school.bearer(&child),
                    _ => school.person("of みずうみ"),
                };
                school.settle().await;
                WORK.lock().expect("nobody fails while holding it").clear();
                let answer = person.ask(&document, variables).await;
                school.settle().await;
                let mut work = std::mem::take(&mut *WORK.lock().expect("nobody fails while holding it"));
                work.sort();
                let at_root = |error: &Value| error["path"].as_array().is_none_or(|path| path.len() < 2);
                let refused = answer.body["errors"].as_array().is_some_and(|errors| errors.iter().any(at_root));
                assert!(!refused && !work.is_empty(), "{field}{path} is not looked for: {}", answer.body);
                (work, answer.body.to_string().replace(id, "ID"))
            };
            let (first, stranger, second) = (ask(&unknown(&there[kind], 1)).await, ask(&there[kind]).await, ask(&unknown(&there[kind], 2)).await);
            if first != stranger || second != stranger {
                let only = |a: &Work, b: &Work| a.iter().filter(|of| !b.contains(of)).cloned().collect::<Vec<_>>();
                unlike.push(format!("{field}{path}: {} / {}\n  unknown {:?}\n  stranger {:?}\n  again {:?}", first.1, stranger.1, only(&first.0, &stranger.0), only(&stranger.0, &first.0), only(&second.0, &first.0)));
            }
        }
    }
    for (field, of) in &fields {
        assert_eq!(tested.get(field).unwrap_or(&BTreeSet::new()), &of.ids, "{field}: every argument that is an id is in the table");
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}
