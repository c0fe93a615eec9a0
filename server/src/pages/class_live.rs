//! いまのようす: who has begun, who is done and who asked for help, as it happens.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Named, Rights};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::{school_day, school_midnight};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Html;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("class_live.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    /// From which time of today on, such as `09:40`.
    from: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<Named>,
    live: Option<Live>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Live {
    at: DateTime<Utc>,
    not_begun: usize,
    working: usize,
    done: usize,
    asked_for_help: usize,
    pupils: Vec<OfPupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfPupil {
    pupil: Pupil,
    state: String,
    last_at: Option<DateTime<Utc>>,
    done_at: Option<DateTime<Utc>>,
    asked_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Pupil {
    id: String,
    name: String,
    number: Option<u32>,
}

/// A state: its name in the API, how many pupils are in it, its word.
type Count = (&'static str, usize, &'static str);

/// A pupil's place.
struct Seat {
    id: String,
    number: String,
    name: String,
    state: String,
    word: &'static str,
    time: String,
}

#[derive(Template)]
#[template(path = "class_live.html")]
struct LivePage {
    frame: Frame,
    id: String,
    here: String,
    board: String,
    school: String,
    class: String,
    children: &'static str,
    /// The time of the field; empty for the whole day.
    from: String,
    /// The same for the subscription.
    since: DateTime<Utc>,
    now: String,
    counts: [Count; 4],
    seats: Vec<Seat>,
    /// Nothing of a single pupil stands on a wall.
    wall: bool,
}

/// `GET /classes/{id}/live`.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let now = session.scope().now();
    let from = wish.from.as_deref().and_then(|from| NaiveTime::parse_from_str(from, "%H:%M").ok());
    let since = school_midnight(school_day(now)) + from.map_or(TimeDelta::zero(), |from| from - NaiveTime::MIN);
    let data: Asked = session.ask(DOCUMENT, json!({ "id": id, "since": since })).await?;
    let class = data.class.filter(|class| class.viewer_rights.to(Right::ActivityRead)).ok_or(PageError::NotFound)?;
    let live = class.live.ok_or(PageError::NotFound)?;
    let board = format!("/classes/{id}");
    html(&LivePage {
        frame: session.frame(Nav::class(&id, &class.viewer_rights, Here::Elsewhere).of_kind(class.kind)),
        here: format!("{board}/live"),
        board,
        id,
        school: class.school.map(|school| school.name).unwrap_or_default(),
        class: class.name,
        children: words::children(&class.grades),
        from: from.map(|from| from.format("%H:%M").to_string()).unwrap_or_default(),
        since,
        now: words::clock(live.at),
        counts: [
            ("ASKED_FOR_HELP", live.asked_for_help, word("ASKED_FOR_HELP")),
            ("NOT_BEGUN", live.not_begun, word("NOT_BEGUN")),
            ("WORKING", live.working, word("WORKING")),
            ("DONE", live.done, word("DONE")),
        ],
        wall: session.presenting(),
        seats: if session.presenting() { Vec::new() } else { live.pupils.into_iter().map(Seat::of).collect() },
    })
}

fn word(state: &str) -> &'static str {
    match state {
        "ASKED_FOR_HELP" => "助けてほしい",
        "DONE" => "できた",
        "WORKING" => "取り組み中",
        _ => "まだ",
    }
}

impl Seat {
    fn of(of: OfPupil) -> Self {
        let at = match of.state.as_str() {
            "ASKED_FOR_HELP" => of.asked_at,
            "DONE" => of.done_at,
            _ => of.last_at,
        };
        Seat {
            id: of.pupil.id,
            number: of.pupil.number.map(|number| number.to_string()).unwrap_or_default(),
            name: of.pupil.name,
            word: word(&of.state),
            state: of.state,
            time: at.map(words::clock).unwrap_or_default(),
        }
    }
}
