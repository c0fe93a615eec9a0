//! What each role hears of each place, once something was told in all of them.
use super::documents::{Document, filled};
use super::letters::{ANSWERED, NOT_THERE, REFUSED};
use super::town::{PLACES, Town};
use asagao_tests::{Heard, Listening};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// By name what a subscription tells each role, a word as of the other root fields.
pub async fn all(town: &Town, subscriptions: &[Document]) -> Vec<(String, BTreeMap<&'static str, String>)> {
    let address = town.school.on_a_port().await;
    let mut listening: Vec<(&'static str, Option<Listening>)> = Vec::new();
    let mut told: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
    for role in &town.roles {
        let Some(secret) = &role.secret else {
            let mut open = Listening::open(address, "graphql-transport-ws", &[]).await.expect("the server agrees");
            open.say(&json!({ "type": "connection_init" })).await;
            assert_eq!(open.hear().await, Heard::Closed(4403), "nobody is let in");
            listening.push((role.name, None));
            continue;
        };
        let mut open = Listening::with_token(address, secret).await;
        for document in subscriptions {
            for (place, name) in town.places.iter().zip(PLACES) {
                open.subscribe(&format!("{} {name}", document.name), &document.at(place, role.name)).await;
            }
        }
        told.entry(role.name).or_default().extend(open.until_now().await);
        listening.push((role.name, Some(open)));
    }
    for place in &town.places[..3] {
        for mutation in [
            "mutation { recordHealthObservations(input: { classId: \"<class>\", others: UNCHANGED, observations: [{ pupilId: \"<pupil>\", state: FINE }] }) { userErrors { code } } }",
            "mutation { takeAttendance(input: { classId: \"<class>\", others: UNCHANGED, marks: [{ pupilId: \"<pupil>\", kind: \"OTHER\" }] }) { userErrors { code } } }",
        ] {
            let answer = town.school.person(&place.id("teacher", "")).ask(&filled(mutation, place, ""), json!({})).await;
            assert!(answer.body["errors"].is_null() && answer.body.to_string().contains("\"userErrors\":[]"), "{}", answer.body);
        }
    }
    // Until nobody hears any more, and long after.
    let mut quiet = 0;
    while quiet < 50 {
        quiet += 1;
        for (role, open) in &mut listening {
            let Some(open) = open else { continue };
            let heard = open.until_now().await;
            quiet = if heard.is_empty() { quiet } else { 0 };
            told.entry(role).or_default().extend(heard);
        }
    }
    let words = |document: &Document| {
        let of_role = town.roles.iter().map(|role| {
            let heard = told.get(role.name);
            let letter = |(place, name): (_, &str)| {
                let id = format!("{} {name}", document.name);
                let Some(heard) = heard else { return REFUSED };
                let of_it: Vec<&Value> = heard.iter().filter(|told| told["id"] == id.as_str()).collect();
                let among = filled(document.note("among").expect("what has to be among what is told"), place, role.name);
                match of_it.first() {
                    Some(first) if first.to_string().contains("FORBIDDEN") => REFUSED,
                    Some(_) if of_it.iter().any(|told| told["type"] == "next" && told["payload"].to_string().contains(&among)) => ANSWERED,
                    _ => NOT_THERE,
                }
            };
            (role.name, town.places.iter().zip(PLACES).map(letter).collect())
        });
        (document.name.clone(), of_role.collect())
    };
    subscriptions.iter().map(words).collect()
}
