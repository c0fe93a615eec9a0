//! The fields of objects: how each type is reached, and what a role reads of each of its fields over what is its own.
use super::documents::filled;
use super::letters::{ANSWERED, NOT_THERE, REFUSED};
use super::town::{Role, Town};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// How the types are reached from a root, such as `Pupil` by `pupil(id: "<pupil>")`, and single fields that not every object has, such as
/// `ReportCard.left`; each in one way or more, of some steps.
pub fn ways() -> BTreeMap<String, Vec<Vec<String>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("api/access_matrix/types.txt");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut ways: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for (of, way) in lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no way in {line:?}"))) {
        ways.entry(of.to_owned()).or_default().push(way.split(" / ").map(str::to_owned).collect());
    }
    ways
}

/// The types whose fields are roots.
pub const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// What is asked of the schema.
const INTROSPECTION: &str = "{ __schema { types { kind name fields { name type { ...T } args { name defaultValue type { ...T } } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// A field of the schema.
#[derive(Clone, Debug)]
pub struct Field {
    /// The type that has it.
    pub of: String,
    /// Its name.
    pub name: String,
    selection: String,
}

impl Field {
    /// As it stands in the page.
    pub fn key(&self) -> String {
        format!("{}.{}", self.of, self.name)
    }
}

/// All fields of all objects in the order of the schema, the roots among them.
pub async fn of_schema(town: &Town) -> Vec<Field> {
    let answer = town.school.person("hugo").ask(INTROSPECTION, json!({})).await;
    let types = answer.data("/__schema/types").as_array().expect("a list").clone();
    let objects = types.iter().filter(|of| of["kind"] == "OBJECT" && !text(of, "name").starts_with("__"));
    objects.flat_map(|of| of["fields"].as_array().into_iter().flatten().map(|field| self::field(text(of, "name"), field))).collect()
}

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().expect("a text")
}

fn field(of: &str, field: &Value) -> Field {
    if ROOTS.contains(&of) {
        return Field { of: of.to_owned(), name: text(field, "name").to_owned(), selection: String::new() };
    }
    let required = field["args"].as_array().into_iter().flatten().filter(|of| of["type"]["kind"] == "NON_NULL" && of["defaultValue"].is_null());
    let arguments: Vec<_> = required.map(|argument| text(argument, "name")).map(|name| format!("{name}: {}", usual(of, name))).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let mut innermost = &field["type"];
    while !innermost["ofType"].is_null() {
        innermost = &innermost["ofType"];
    }
    let below = match innermost["name"].as_str() {
        Some(name) if name.ends_with("Connection") => " { nodes { __typename } }",
        _ if innermost["kind"] == "OBJECT" => " { __typename }",
        _ => "",
    };
    Field { of: of.to_owned(), name: text(field, "name").to_owned(), selection: format!("{}{arguments}{below}", text(field, "name")) }
}

/// What is asked where a field has to be told something.
fn usual(of: &str, argument: &str) -> &'static str {
    match argument {
        // A month at most.
        "from" if of == "Board" => "\"2026-11-01\"",
        "from" => "\"2026-10-20\"",
        "to" => "\"2026-11-30\"",
        "day" => "\"2026-11-24\"",
        "month" => "\"2026-11\"",
        "year" => "2026",
        "term" => "1",
        "by" => "QUESTION",
        other => panic!("say in fields.rs what {other} is asked with"),
    }
}

/// What a role reads of fields by their names in the page, and the rights that each itself asks for.
pub type Letters = BTreeMap<String, (char, BTreeSet<String>)>;

/// What a role reads of the fields of a type, or of one of its fields, in the widest of the ways to it.
pub async fn read(town: &Town, role: &Role, ways: &[Vec<String>], fields: &[&Field], widest: &mut Letters) -> Result<(), String> {
    for way in ways {
        for (field, (letter, rights)) in fields.iter().zip(read_by(town, role, way, fields).await?) {
            let found = widest.entry(field.key()).or_insert((REFUSED, BTreeSet::new()));
            let wide = |letter| [REFUSED, NOT_THERE, ANSWERED].iter().position(|of| *of == letter);
            found.0 = if wide(letter) > wide(found.0) { letter } else { found.0 };
            found.1.extend(rights);
        }
    }
    Ok(())
}

async fn read_by(town: &Town, role: &Role, way: &[String], fields: &[&Field]) -> Result<Vec<(char, BTreeSet<String>)>, String> {
    // All at once where nothing is refused, and one by one where something is.
    let all: Vec<&str> = fields.iter().map(|field| field.selection.as_str()).collect();
    let whole = ask(town, role, way, &all.join(" ")).await;
    if whole["errors"].is_null() {
        let letters = fields.iter().map(|field| (letter(&whole["data"], way, field), BTreeSet::new()));
        return Ok(letters.collect());
    }
    let mut letters = Vec::new();
    for field in fields {
        let answer = ask(town, role, way, &field.selection).await;
        let Some(error) = answer["errors"].get(0) else {
            letters.push((letter(&answer["data"], way, field), BTreeSet::new()));
            continue;
        };
        if !matches!(error["extensions"]["code"].as_str(), Some("FORBIDDEN" | "UNAUTHENTICATED")) {
            return Err(format!("{}, {}: {answer}", field.key(), role.name));
        }
        let own = error["path"].as_array().and_then(|path| path.last()).is_some_and(|last| *last == field.name.as_str());
        let message = error["message"].as_str().unwrap_or_default();
        let right = message.split_once("the right ").and_then(|(_, rest)| rest.split(',').next()).filter(|_| own);
        letters.push((REFUSED, right.map(str::to_owned).into_iter().collect()));
    }
    Ok(letters)
}

async fn ask(town: &Town, role: &Role, way: &[String], selection: &str) -> Value {
    let document = way.iter().rev().fold(selection.to_owned(), |inner, step| format!("{step} {{ {inner} }}"));
    let document = filled(&format!("{{ {document} }}"), &town.places[0], role.name);
    role.of(&town.school).ask(&document, json!({})).await.body
}

/// Whether anything stands in a field, in any of the objects that the way leads to.
fn letter(data: &Value, way: &[String], field: &Field) -> char {
    let mut objects = vec![data];
    for step in way {
        let name = step.split(['(', ' ']).next().unwrap_or_default();
        objects = objects.into_iter().flat_map(|of| listed(&of[name])).collect();
    }
    let there = |of: &Value| match &of[field.name.as_str()] {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => fields.get("nodes").is_none_or(|nodes| nodes.as_array().is_some_and(|list| !list.is_empty())),
        _ => true,
    };
    if objects.into_iter().any(there) { ANSWERED } else { NOT_THERE }
}

fn listed(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().flat_map(listed).collect())
}
