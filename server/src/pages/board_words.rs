//! ことば: the board's words: moods, symptoms, diseases, reasons, topics, whom to call outside.
use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Sent, Weather};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("board_words.graphql");
const SAVE: &str =
    "mutation Save($input: SaveBoardWordInput!) { done: saveBoardWord(input: $input) { userErrors { code field } } }";

#[derive(Deserialize)]
struct Asked {
    moods: Vec<Word>,
    symptoms: Vec<Word>,
    diseases: Vec<Word>,
    reasons: Vec<Word>,
    topics: Vec<Word>,
    outside: Vec<Word>,
    purposes: Vec<Word>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Word {
    code: String,
    label: String,
    easy: String,
    english: String,
    portuguese: String,
    weather: Option<Weather>,
    low: bool,
    place: i32,
    retired_on: Option<NaiveDate>,
}

impl Word {
    fn first(&self) -> &str {
        self.label.lines().next().unwrap_or_default()
    }

    fn weather(&self) -> &'static str {
        self.weather.map(Weather::code).unwrap_or_default()
    }

    fn retired(&self) -> String {
        self.retired_on.map(|day| day.to_string()).unwrap_or_default()
    }

    fn offered(&self, today: NaiveDate) -> bool {
        self.retired_on.is_none_or(|retired| today < retired)
    }
}

struct Group {
    kind: &'static str,
    name: &'static str,
    words: Vec<Word>,
}

impl Group {
    /// The most characters of a word, in やさしい日本語, and in another language.
    fn most(&self) -> [u32; 3] {
        if self.kind == "PURPOSE" { [200, 500, 300] } else { [60, 200, 120] }
    }
}

#[derive(Template)]
#[template(path = "board_words.html")]
struct BoardWordsPage {
    frame: Frame,
    today: NaiveDate,
    groups: Vec<Group>,
    blank: Word,
    refused: Option<&'static str>,
}

/// `GET /words`.
pub(super) async fn page(session: Session) -> Result<Html<String>, PageError> {
    html(&load(&session, None).await?)
}

async fn load(session: &Session, refused: Option<&'static str>) -> Result<BoardWordsPage, PageError> {
    if !session.may(Right::BoardWordWrite) {
        return Err(PageError::NotFound);
    }
    let asked: Asked = session.ask(DOCUMENT, json!({})).await?;
    let group = |kind, name, words| Group { kind, name, words };
    Ok(BoardWordsPage {
        frame: session.frame(Nav::staff(Here::Words)),
        today: session.scope().today(),
        groups: vec![
            group("MOOD", "心の天気（3つから6つ）", asked.moods),
            group("SYMPTOM", "健康観察の症状", asked.symptoms),
            group("DISEASE", "病名", asked.diseases),
            group("VISIT_REASON", "保健室に来た理由", asked.reasons),
            group("CONSULTATION_TOPIC", "相談したいこと", asked.topics),
            group("OUTSIDE_CONTACT", "学校の外の相談先（1行めに名前、2行めに電話番号）", asked.outside),
            group(
                "PURPOSE",
                "利用目的（1行めに集めるもの、2行めに目的と見る人。入力の画面と保護者のページに出ます）",
                asked.purposes,
            ),
        ],
        blank: Word { place: 100, ..Word::default() },
        refused,
    })
}

/// `POST /words`.
pub(super) async fn send(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let kind = fields.get("kind");
    let input = json!({ "kind": kind, "code": fields.get("code").trim(), "label": fields.get("label"), "easy": fields.get("easy"),
        "english": fields.get("english"), "portuguese": fields.get("portuguese"), "weather": fields.typed("weather"),
        "low": fields.is("low", "1"), "place": fields.get("place").parse::<i32>().map_err(|_| PageError::BadForm)?,
        "retiredOn": fields.typed("retiredOn") });
    let sent: Sent = session.ask(SAVE, json!({ "input": input })).await?;
    match sent.refusals()?.first() {
        None => Ok(Redirect::to(&format!("/words#{kind}")).into_response()),
        Some(refused) => {
            let why = match (refused.code.as_str(), refused.field.as_str()) {
                ("INVALID_TEXT", "code") => "符号は、英大文字で始まる40字までの英大文字・数字・_ です。",
                ("OUT_OF_RANGE", "retiredOn") => "心の天気は、3つから6つの間にしてください。",
                ("CONFLICT", _) => "もう使われた心の天気の絵や意味は変えられません。新しいことばを足してください。",
                (code, field) => words::refusal(code, field),
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&load(&session, Some(why)).await?)?).into_response())
        }
    }
}
