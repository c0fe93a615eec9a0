//! The schema: what is written down is what there is, and all of it is explained.
use asagao_tests::School;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } types { kind name description
    fields { name description type { ...T } args { name defaultValue type { ...T } } }
    inputFields { name description defaultValue type { ...T } } enumValues { name description } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The types of the API by name, without GraphQL's own.
async fn types(school: &School) -> BTreeMap<String, Value> {
    let answer = school.person("hugo").ask(INTROSPECTION, json!({})).await;
    let types = answer.data("/__schema/types").as_array().expect("a list").clone();
    let own = ["Boolean", "Float", "ID", "Int", "String"];
    let named = types.into_iter().map(|of| (of["name"].as_str().expect("a name").to_owned(), of));
    named.filter(|(name, _)| !name.starts_with("__") && !own.contains(&name.as_str())).collect()
}

fn list<'a>(of: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    of[field].as_array().into_iter().flatten()
}

/// A document for each field of the roots, with made-up arguments where it must have some.
pub(crate) async fn root_fields(school: &School) -> Vec<String> {
    let types = types(school).await;
    let document = |operation: &str, field: &Value| {
        let arguments: Vec<_> = list(field, "args").filter(|of| required(of)).map(|of| argument(of, &types)).collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let composite = matches!(innermost(&field["type"])["kind"].as_str(), Some("OBJECT" | "INTERFACE" | "UNION"));
        let selection = if composite { " { __typename }" } else { "" };
        format!("{operation} {{ {}{arguments}{selection} }}", field["name"].as_str().expect("a name"))
    };
    let roots = [("query", "Query"), ("mutation", "Mutation")];
    roots.iter().flat_map(|(operation, root)| list(&types[*root], "fields").map(|field| document(operation, field))).collect()
}

fn required(argument: &Value) -> bool {
    argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
}

fn innermost(of: &Value) -> &Value {
    if of["ofType"].is_null() { of } else { innermost(&of["ofType"]) }
}

fn argument(of: &Value, types: &BTreeMap<String, Value>) -> String {
    format!("{}: {}", of["name"].as_str().expect("a name"), literal(&of["type"], types))
}

/// A value of a type that is as good as any.
fn literal(of: &Value, types: &BTreeMap<String, Value>) -> String {
    let name = of["name"].as_str().unwrap_or_default();
    match of["kind"].as_str().expect("a kind") {
        "NON_NULL" => literal(&of["ofType"], types),
        "LIST" => "[]".into(),
        "ENUM" => types[name]["enumValues"][0]["name"].as_str().expect("a value").into(),
        "INPUT_OBJECT" => {
            let fields: Vec<_> = list(&types[name], "inputFields").filter(|of| required(of)).map(|of| argument(of, types)).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        _ if ["Int", "Float", "Count"].contains(&name) => "1".into(),
        _ if name == "Boolean" => "true".into(),
        _ => "\"2026-11-24\"".into(),
    }
}

#[test]
fn what_is_written_down_is_what_there_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let sdl = asagao_graphql::schema().sdl();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &sdl).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == sdl, "schema.graphql is not current: run `UPDATE=1 cargo test -p asagao-tests schema` and read what changed");
}

#[tokio::test]
async fn everything_is_explained() {
    let school = School::open().await;
    let mut silent = Vec::new();
    for (name, of) in types(&school).await {
        let explained = |of: &Value| of["description"].as_str().is_some_and(|text| !text.trim().is_empty());
        // The library writes the connections; their fields are explained.
        if !explained(&of) && !["Query", "Mutation"].contains(&name.as_str()) && !name.ends_with("Connection") {
            silent.push(name.clone());
        }
        for field in ["fields", "inputFields", "enumValues"].iter().flat_map(|part| list(&of, part)).filter(|of| !explained(of)) {
            silent.push(format!("{name}.{}", field["name"].as_str().expect("a name")));
        }
    }
    assert_eq!(silent, [] as [String; 0], "a description is missing");
}
