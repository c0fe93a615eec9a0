//! Who is in the classes and who asks: from the API, in the names of the tokens.
use super::Failure;
use super::client::Server;
use crate::command::demo::Told;
use crate::config::Load;
use asagao_graphql::jobs::demo::PersonRole;
use chrono::NaiveDate;
use hyper::header::HeaderValue;
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// A class.
pub(super) struct Class {
    pub(super) id: Uuid,
    pub(super) grade: String,
    /// The days of its school year, where the server is now.
    pub(super) year: Year,
    pub(super) pupils: Vec<Uuid>,
    /// Whoever opens its page.
    pub(super) teacher: Option<HeaderValue>,
}

/// Those who take part.
pub(super) struct People {
    pub(super) apps: Vec<HeaderValue>,
    pub(super) classes: Vec<Class>,
}

/// Where and in whose names calls are made.
pub(super) struct Access {
    pub(super) url: Url,
    apps: Vec<String>,
    teachers: Vec<String>,
}

impl Access {
    /// What was said, and what a demo has beside it.
    pub(super) fn of(asked: &Load) -> Result<Self, Failure> {
        let mut access = Access {
            url: Url::parse("http://127.0.0.1:8080").expect("it is an address"),
            apps: asked.token.clone(),
            teachers: asked.teacher_token.clone(),
        };
        if let Some(folder) = &asked.demo {
            let Told { url, demo } = Told::read(folder)?;
            access.url = url.parse().map_err(|_| Failure::new(format!("{url} of the demo is no address")))?;
            access.apps = if access.apps.is_empty() { vec![demo.app.token] } else { access.apps };
            if access.teachers.is_empty() {
                let teachers = demo.people.into_iter().filter(|person| person.role == PersonRole::HomeroomTeacher);
                access.teachers = teachers.map(|person| person.token).collect();
            }
        }
        if let Some(url) = &asked.url {
            access.url = url.clone();
        }
        Ok(access)
    }
}

const CLASSES: &str = "query Classes($after: String) { homerooms(first: 20, after: $after) { pageInfo { hasNextPage endCursor }
    nodes { id grades academicYear { begins ends } pupils(first: 100) { nodes { id } } } } }";
const OWN: &str =
    "query Own($after: String) { homerooms(first: 200, after: $after) { pageInfo { hasNextPage endCursor } nodes { id } } }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    page_info: PageInfo,
    nodes: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// The first and the last day of a school year.
#[derive(Deserialize, Clone, Copy)]
pub(super) struct Year {
    pub(super) begins: NaiveDate,
    pub(super) ends: NaiveDate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfClass {
    id: Uuid,
    grades: Vec<String>,
    academic_year: Option<Year>,
    pupils: Option<Pupils>,
}

#[derive(Deserialize)]
struct Pupils {
    nodes: Vec<Id>,
}

#[derive(Deserialize)]
struct Id {
    id: Uuid,
}

impl People {
    /// Those whom the tokens reach.
    pub(super) async fn find(server: &Server, access: &Access, asked: &Load) -> Result<Self, Failure> {
        let apps = access.apps.iter().map(|token| bearer(token)).collect::<Result<Vec<_>, _>>()?;
        let first = apps.first().ok_or_else(|| Failure::new("a --token of an app that posts is missing"))?;
        let mut classes = Vec::new();
        let most = asked.classes as usize;
        for class in homerooms::<OfClass>(server, first, CLASSES, most).await? {
            let pupils = class.pupils.map_or_else(Vec::new, |pupils| pupils.nodes);
            let pupils: Vec<Uuid> = pupils.into_iter().map(|pupil| pupil.id).take(asked.pupils as usize).collect();
            if let Some(year) = class.academic_year.filter(|_| !pupils.is_empty()) {
                let grade = class.grades.into_iter().next().unwrap_or_default();
                classes.push(Class { id: class.id, grade, year, pupils, teacher: None });
            }
        }
        if classes.is_empty() {
            return Err(Failure::new("the token reaches no class with pupils: it needs the right roster:read"));
        }
        let places: HashMap<Uuid, usize> = classes.iter().enumerate().map(|(place, class)| (class.id, place)).collect();
        for token in &access.teachers {
            let token = bearer(token)?;
            for class in homerooms::<Id>(server, &token, OWN, usize::MAX).await? {
                if let Some(place) = places.get(&class.id) {
                    classes[*place].teacher.get_or_insert_with(|| token.clone());
                }
            }
        }
        Ok(People { apps, classes })
    }
}

async fn homerooms<T: DeserializeOwned>(
    server: &Server,
    token: &HeaderValue,
    document: &str,
    most: usize,
) -> Result<Vec<T>, Failure> {
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut data = server.ask(token, document, &json!({ "after": after })).await?;
        let page: Page<T> = serde_json::from_value(data["homerooms"].take())
            .map_err(|error| Failure::new(format!("the classes cannot be read: {error}")))?;
        found.extend(page.nodes);
        match page.page_info.end_cursor.filter(|_| page.page_info.has_next_page && found.len() < most) {
            Some(cursor) => after = Value::String(cursor),
            None => break,
        }
    }
    found.truncate(most);
    Ok(found)
}

fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| Failure::new("this is no token"))
}
