//! What the schema says of the fields of the roots.
use asagao_tests::School;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A field of a root: which arguments it has, of which types; where ids stand in them.
pub struct RootField {
    pub mutation: bool,
    pub arguments: BTreeMap<String, String>,
    pub selection: String,
    pub ids: BTreeSet<String>,
}

const INTROSPECTION: &str = "{ __schema { types { kind name fields { name type { ...T } args { name type { ...T } } }
    inputFields { name type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

pub async fn root_fields(school: &School) -> BTreeMap<String, RootField> {
    let answer = school.person("hugo").ask(INTROSPECTION, json!({})).await;
    let types: BTreeMap<String, Value> =
        answer.data("/__schema/types").as_array().expect("a list").iter().map(|of| (text(&of["name"]), of.clone())).collect();
    let mut fields = BTreeMap::new();
    for (root, mutation) in [("Query", false), ("Mutation", true)] {
        for field in types[root]["fields"].as_array().expect("a list") {
            let (mut arguments, mut ids) = (BTreeMap::new(), BTreeSet::new());
            for argument in field["args"].as_array().expect("a list") {
                arguments.insert(text(&argument["name"]), written(&argument["type"]));
                ids_of(argument, "", &types, &mut ids);
            }
            let selection = selection(&innermost(&field["type"]), &types, 2);
            if !ids.is_empty() {
                fields.insert(text(&field["name"]), RootField { mutation, arguments, selection, ids });
            }
        }
    }
    fields
}

/// What can be asked of a type without more arguments, down to some depth.
fn selection(name: &str, types: &BTreeMap<String, Value>, depth: usize) -> String {
    let Some(fields) = types[name]["fields"].as_array() else { return String::new() };
    let plain = |field: &&Value| list(field).all(|of| of["type"]["kind"] != "NON_NULL");
    let asked = fields.iter().filter(plain).filter_map(|field| {
        let of = innermost(&field["type"]);
        let leaf = types[&of]["fields"].is_null();
        (leaf || depth > 0).then(|| format!("{} {}", text(&field["name"]), selection(&of, types, depth.saturating_sub(1))))
    });
    format!("{{ __typename {} }}", asked.collect::<Vec<_>>().join(" "))
}

fn list(field: &Value) -> impl Iterator<Item = &Value> {
    field["args"].as_array().into_iter().flatten()
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn innermost(of: &Value) -> String {
    if of["ofType"].is_null() { text(&of["name"]) } else { innermost(&of["ofType"]) }
}

fn written(of: &Value) -> String {
    match of["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&of["ofType"])),
        Some("LIST") => format!("[{}]", written(&of["ofType"])),
        _ => text(&of["name"]),
    }
}

fn ids_of(argument: &Value, path: &str, types: &BTreeMap<String, Value>, found: &mut BTreeSet<String>) {
    let path = format!("{path}.{}", text(&argument["name"]));
    let of = innermost(&argument["type"]);
    if of == "ID" {
        found.insert(path);
    } else if let Some(fields) = types[&of]["inputFields"].as_array() {
        fields.iter().for_each(|field| ids_of(field, &path, types, found));
    }
}

