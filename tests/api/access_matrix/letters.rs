//! What a role is answered, in one letter.
use super::documents::{Document, filled};
use super::town::{PLACES, Role, Town};
use asagao_tests::{Answer, School, Snapshot};
use serde_json::{Value, json};
use std::sync::Arc;

/// Answered with what is there; done.
pub const ANSWERED: char = 'R';
/// Reads as not there: null, empty, or the user error `NOT_FOUND`.
pub const NOT_THERE: char = '-';
/// Refused: `FORBIDDEN`, and to whoever is not signed in `UNAUTHENTICATED`.
pub const REFUSED: char = 'x';
/// Allowed, and told that something else stands against it.
pub const ALLOWED: char = 'e';


/// What an answer says of a root field that reads.
fn read(answer: &Answer, among: Option<&str>) -> Result<char, String> {
    if let Some(refused) = refusal(answer)? {
        return Ok(refused);
    }
    let value = asked_of(answer);
    let text = value.to_string();
    let there = among.map_or_else(|| something(value), |among| among.split('|').any(|among| text.contains(among)));
    Ok(if there { ANSWERED } else { NOT_THERE })
}

/// What an answer says of a root field that writes.
fn written(answer: &Answer) -> Result<char, String> {
    if let Some(refused) = refusal(answer)? {
        return Ok(refused);
    }
    let wrong = ["userErrors", "rejected"].into_iter().filter_map(|list| asked_of(answer)[list].as_array()).flatten();
    let codes: Vec<&str> = wrong.map(|error| error["code"].as_str().unwrap_or_default()).collect();
    Ok(match codes[..] {
        [] => ANSWERED,
        _ if codes.iter().all(|code| *code == "NOT_FOUND") => NOT_THERE,
        _ => ALLOWED,
    })
}

fn asked_of(answer: &Answer) -> &Value {
    answer.body["data"].as_object().and_then(|data| data.values().next()).unwrap_or(&Value::Null)
}

/// The letter for an answer that failed as a whole; an error where it failed otherwise.
fn refusal(answer: &Answer) -> Result<Option<char>, String> {
    match answer.code() {
        "" if answer.body["data"].is_object() => Ok(None),
        "FORBIDDEN" | "UNAUTHENTICATED" => Ok(Some(REFUSED)),
        _ => Err(answer.body.to_string()),
    }
}

/// Whether a value is more than nothing.
fn something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => list.iter().any(something),
        Value::Object(fields) => fields.get("nodes").map_or_else(|| fields.is_empty() || fields.values().any(something), something),
        _ => true,
    }
}

/// A root field with the documents that ask it: one for every place, or another for the former pupil's.
pub struct Asked<'a> {
    /// The document of the own class.
    pub usual: &'a Document,
    /// That of the former pupil, where it is another.
    pub former: Option<&'a Document>,
    /// What has to be done before, and by whom.
    pub first: Option<(&'a str, &'a Document)>,
}

impl<'a> Asked<'a> {
    /// The root fields of a file's documents.
    pub fn of(documents: &'a [Document]) -> Vec<Self> {
        let named = |name: &str| documents.iter().find(|of| of.name == name);
        let usual = documents.iter().filter(|of| !of.name.ends_with("_former"));
        usual
            .map(|usual| {
                let first = usual.note("first").and_then(|first| first.split_once(' '));
                let first = first.map(|(who, name)| (who, named(name).expect("a document that comes first")));
                Asked { usual, former: named(&format!("{}_former", usual.name)), first }
            })
            .collect()
    }

    fn at(&self, place: usize) -> &'a Document {
        if PLACES[place] == "former pupil" { self.former.unwrap_or(self.usual) } else { self.usual }
    }
}

/// Where a role asks: the town itself, or for what changes it a copy that is taken anew after each change.
pub struct Asking {
    town: Arc<Town>,
    kept: Option<Arc<Snapshot>>,
    copy: Option<School>,
    /// What went otherwise than any letter says.
    pub wrong: Vec<String>,
}

impl Asking {
    /// From the town as it is, or as it was kept.
    pub fn new(town: &Arc<Town>, kept: Option<&Arc<Snapshot>>) -> Self {
        Asking { town: town.clone(), kept: kept.cloned(), copy: None, wrong: Vec::new() }
    }

    /// The word of a role for a root field that reads.
    pub async fn read(&mut self, asked: &Asked<'_>, role: &Role) -> String {
        let town = self.town.clone();
        let mut word = String::new();
        for (at, place) in town.places.iter().enumerate() {
            let answer = role.of(&town.school).ask(&asked.at(at).at(place, role.name), json!({})).await;
            let among = asked.at(at).note("among").map(|among| filled(among, place, role.name));
            let of_board = asked.usual.is_of_board() && asked.usual.note("among").is_none();
            let found = read(&answer, among.as_deref());
            word.push(self.noted(found, asked, role, at, of_board));
        }
        word
    }

    /// The word of a role for a root field that writes. Without copies only what `expected` says is refused is asked, and the rest is taken
    /// as expected.
    pub async fn write(&mut self, asked: &Asked<'_>, role: &Role, expected: &str) -> String {
        let town = self.town.clone();
        let mut word = String::new();
        for (at, place) in town.places.iter().enumerate() {
            let expects = expected.chars().nth(at).unwrap_or(ANSWERED);
            if self.kept.is_none() && (asked.first.is_some() || !matches!(expects, NOT_THERE | REFUSED)) {
                word.push(expects);
                continue;
            }
            if let Some((who, first)) = asked.first {
                self.copy = None;
                let school = self.school().await;
                if who == "oneself" {
                    role.of(school).ask(&first.at(place, role.name), json!({})).await;
                } else {
                    let own = if PLACES[at] == "other board" { &town.places[0] } else { place };
                    let done = school.person(&filled(who, own, "")).ask(&first.at(own, ""), json!({})).await;
                    if written(&done) != Ok(ANSWERED) {
                        self.wrong.push(format!("{} comes first and is answered {}", first.name, done.body));
                    }
                }
            }
            let text = asked.at(at).at(place, role.name);
            let answer = match self.kept {
                Some(_) => role.of(self.school().await).ask(&text, json!({})).await,
                None => role.of(&town.school).ask(&text, json!({})).await,
            };
            let found = written(&answer);
            if found == Ok(ALLOWED) && expects != ALLOWED {
                self.wrong.push(format!("{}, {}, {}: {}", asked.usual.name, role.name, PLACES[at], answer.body));
            }
            let letter = self.noted(found, asked, role, at, asked.usual.is_of_board());
            if letter == ANSWERED || asked.first.is_some() {
                self.copy = None;
            }
            word.push(letter);
        }
        word
    }

    async fn school(&mut self) -> &School {
        if self.copy.is_none() {
            let kept = self.kept.clone().expect("what changes a town is asked where it was kept");
            self.copy = Some(kept.school().await);
        }
        self.copy.as_ref().expect("a copy was taken")
    }

    /// A letter, with nothing of another board where a field names nothing and so means this one alone.
    fn noted(&mut self, found: Result<char, String>, asked: &Asked<'_>, role: &Role, at: usize, of_board: bool) -> char {
        match found {
            Ok(ANSWERED) if of_board && PLACES[at] == "other board" => NOT_THERE,
            Ok(letter) => letter,
            Err(body) => {
                self.wrong.push(format!("{}, {}, {}: {body}", asked.usual.name, role.name, PLACES[at]));
                '!'
            }
        }
    }
}
