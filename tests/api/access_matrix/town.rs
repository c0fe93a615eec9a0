//! The town of the proof: two schools of a board with a record of every kind in each place, and another board beside it.
use super::making::Making;
use super::roster::{self, id};
use asagao_tests::{Person, School};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is asked about, as seen from 5年2組.
pub const PLACES: [&str; 5] = ["own class", "other class", "other school", "former pupil", "other board"];

/// The ids of a place by name. `name@role` is what stands for a role in the place of what stands for the others.
#[derive(Clone, Debug, Default)]
pub struct Place(pub BTreeMap<String, String>);

impl Place {
    /// An id.
    pub fn id(&self, name: &str, role: &str) -> String {
        let found = self.0.get(&format!("{name}@{role}")).or_else(|| self.0.get(name));
        found.unwrap_or_else(|| panic!("the place has no {name}")).clone()
    }

    /// The place with more ids.
    pub fn with(mut self, more: &Place) -> Self {
        self.0.extend(more.0.clone());
        self
    }

    /// Keeps what an answer has as an id.
    pub fn keep(&mut self, name: &str, value: &Value) {
        assert!(!value.is_null(), "nothing to keep as {name}");
        self.0.insert(name.to_owned(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct Role {
    /// The word at the head of the column.
    pub name: &'static str,
    /// The token; `None` for nobody.
    pub secret: Option<String>,
}

impl Role {
    /// The role as somebody of a school, or of a copy of it.
    pub fn of<'a>(&self, school: &'a School) -> Person<'a> {
        self.secret.as_deref().map_or_else(|| school.nobody(), |secret| school.bearer(secret))
    }
}

/// A board, and the ids that are asked about.
pub struct Town {
    /// The board's two schools behind their server.
    pub school: School,
    /// The places in the order of [`PLACES`].
    pub places: Vec<Place>,
    /// Who asks, a column each.
    pub roles: Vec<Role>,
}

impl Town {
    /// The board, and another one from which the last place is.
    pub async fn build() -> Self {
        let other = Making::board(1).await.place(&["here", "5-2", "own"]);
        let mut made = Making::board(0).await;
        let own = id(0, roster::OWN + 1);
        made.school.guardian("haha", own, "PARENTAL", true).await;
        let of = |parts: [&str; 3]| made.place(&parts);
        let places = [["here", "5-2", "own"], ["here", "6-1", "other"], ["there", "4-1", "elsewhere"], ["here", "5-2", "former"]];
        let places = places.into_iter().map(of).chain([other]).collect();
        let named = |name: &'static str, who: &str| Role { name, secret: Some(made.school.code(who).to_owned()) };
        // A further role is a line here and a column in docs/access.md.
        let roles = vec![
            named("homeroom", "ana"),
            named("subject", "sub"),
            named("grade", "goro"),
            named("head", "hugo"),
            named("office", "kyomu"),
            named("nurse", "mei"),
            named("counsellor", "sora"),
            named("board", "board"),
            named("ict", "iku"),
            named("app", "portal"),
            Role { name: "pupil", secret: Some(made.school.pupil_token(own).await) },
            named("guardian", "haha"),
            Role { name: "nobody", secret: None },
        ];
        Town { school: made.school, places, roles }
    }
}
