//! 心の天気: a pupil says in one tap how it is today, or does not.
use super::check_in_talk::{self, Choices, Talk, Typed, Wish};
use super::check_in_words::Words;
use super::csrf::Posted;
use super::error::PageError;
use super::frame::Frame;
use super::record::{Connection, Weather};
use super::session::PupilSession;
use super::{address, html, my_looks, my_marks, my_sessions, ruby};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::japan;
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{NaiveDate, Timelike};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("check_in.graphql");
const RECORD: &str = "mutation Record($input: RecordMoodsInput!) { recordMoods(input: $input) {
    recorded unchanged rejected { code } userErrors { code } } }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    viewer: Option<Viewer>,
    #[serde(default)]
    moods: Vec<Word>,
    #[serde(default)]
    purposes: Vec<Word>,
    #[serde(default)]
    pub(super) consultation_choices: Option<Choices>,
    #[serde(default)]
    pub(super) consultations: Option<Connection<Wish>>,
}

/// A word of the board.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Word {
    pub(super) code: String,
    label: String,
    easy: String,
    english: String,
    portuguese: String,
    #[serde(default)]
    weather: Option<Weather>,
    #[serde(default)]
    retired_on: Option<NaiveDate>,
}

impl Word {
    /// The word in a language, and what stands smaller below it.
    pub(super) fn said(&self, words: &Words) -> (String, String) {
        let text = match words.lang {
            "pt" => &self.portuguese,
            "en" => &self.english,
            _ => &self.easy,
        };
        let text = if text.is_empty() { &self.label } else { text };
        let (word, below) = text.split_once('\n').unwrap_or((text, ""));
        (ruby::marked(word), ruby::marked(below))
    }
}

#[derive(Deserialize)]
struct Viewer {
    #[serde(default)]
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    name: String,
    #[serde(default)]
    kana: Option<String>,
    #[serde(default)]
    moods: Option<Vec<Mood>>,
    #[serde(default)]
    mood_readers: Option<Vec<Adult>>,
}

#[derive(Deserialize)]
struct Mood {
    #[serde(default)]
    word: Option<String>,
}

/// A mood to choose, or that was sent.
pub(super) struct Choice {
    code: String,
    /// The place of its picture.
    picture: usize,
    word: String,
    feeling: String,
}

impl Choice {
    fn of(word: &Word, words: &Words) -> Option<Self> {
        let picture = Weather::ALL.iter().position(|weather| Some(*weather) == word.weather)?;
        let (said, feeling) = word.said(words);
        Some(Choice { code: word.code.clone(), picture, word: said, feeling })
    }
}

/// Somebody who reads the moods of this pupil.
#[derive(Deserialize)]
pub(super) struct Adult {
    pub(super) name: String,
    #[serde(default)]
    pub(super) kana: Option<String>,
    pub(super) duty: String,
}

/// Where the pupil stands today.
enum State {
    /// Nothing was said yet, or the pupil wants to say it anew.
    Asking,
    /// What was sent.
    Sent(Choice),
    /// The pupil chose not to say.
    Skipped,
    /// The pupil wants to talk to somebody.
    Talking(Box<Talk>),
}

/// What else of their own the pupil may read.
#[derive(Clone, Copy)]
struct Ways {
    marks: bool,
    /// Who looked at their records.
    looks: bool,
}

#[derive(Template)]
#[template(path = "check_in.html")]
struct CheckInPage {
    frame: Frame,
    words: &'static Words,
    greeting: String,
    readers: String,
    /// Whether anybody is named who can see it.
    named: bool,
    choose: bool,
    weathers: Vec<Choice>,
    state: State,
    ways: Ways,
    /// For what it is taken in what is sent here.
    purposes: Vec<(String, String)>,
    /// What the pupil has asked for and is not over, by its id.
    asked: Vec<(String, String)>,
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wanted {
    lang: Option<String>,
    again: Option<String>,
    talk: Option<String>,
}

/// `GET /check-in`.
pub(super) async fn page(session: PupilSession, Query(wish): Query<Wanted>) -> Result<Html<String>, PageError> {
    let words = Words::of(wish.lang.as_deref().unwrap_or_default());
    let talking = wish.talk.is_some().then(Typed::default);
    show(&session, words, wish.again.is_some(), false, talking).await
}

/// Shows the page; with what was typed where the pupil wants to talk to somebody.
pub(super) async fn show(
    session: &PupilSession,
    words: &'static Words,
    again: bool,
    choose: bool,
    talking: Option<Typed>,
) -> Result<Html<String>, PageError> {
    let any = session.as_ref();
    let (now, today) = (any.scope.now().with_timezone(&japan()), any.scope.today());
    let asked: Asked = any.ask(DOCUMENT, json!({ "day": today })).await?;
    let ways = Ways { marks: any.scope.holds(Right::MarkRead), looks: any.scope.holds(Right::AccessLogRead) };
    let asking = Asking { again, choose, talking, ways, now: now.hour(), today };
    html(&CheckInPage::of(&asked, words, any.csrf(), asking).ok_or(PageError::NotFound)?)
}

/// When the page is asked for, and how.
struct Asking {
    /// The pupil wants to answer anew.
    again: bool,
    /// The form came without a weather.
    choose: bool,
    /// The pupil wants to talk to somebody.
    talking: Option<Typed>,
    ways: Ways,
    /// The hour of the day.
    now: u32,
    today: NaiveDate,
}

impl CheckInPage {
    fn talking(&self) -> bool {
        matches!(self.state, State::Talking(_))
    }

    fn of(asked: &Asked, words: &'static Words, csrf: String, asking: Asking) -> Option<Self> {
        let pupil = asked.viewer.as_ref()?.pupil.as_ref()?;
        let mood = |code: &str| asked.moods.iter().find(|word| word.code == code).and_then(|word| Choice::of(word, words));
        let state = match (asking.talking, pupil.moods.iter().flatten().next()) {
            (Some(typed), _) => State::Talking(Box::new(Talk::of(asked.consultation_choices.as_ref()?, words, typed))),
            (None, Some(said)) if !asking.again => said.word.as_deref().and_then(mood).map_or(State::Skipped, State::Sent),
            _ => State::Asking,
        };
        let name = if words.ruby { ruby::name(&pupil.name, pupil.kana.as_deref()) } else { ruby::japanese(&pupil.name) };
        let offered = |word: &&Word| word.retired_on.is_none_or(|retired| asking.today < retired);
        let taken_in = |word: &&Word| ["MOOD", "CONSULTATION"].contains(&word.code.as_str());
        let wishes = asked.consultations.iter().flat_map(|wishes| &wishes.nodes);
        Some(CheckInPage {
            frame: Frame::outside(csrf),
            words,
            greeting: words.greeting(&name, asking.now, asking.today),
            readers: words.readers(pupil.mood_readers.as_deref().unwrap_or_default()),
            named: pupil.mood_readers.as_ref().is_some_and(|readers| !readers.is_empty()),
            choose: asking.choose,
            ways: asking.ways,
            purposes: asked.purposes.iter().filter(taken_in).map(|word| word.said(words)).collect(),
            weathers: asked.moods.iter().filter(offered).filter_map(|word| Choice::of(word, words)).collect(),
            state,
            asked: wishes.map(|wish| (wish.id.clone(), wish.said(words))).collect(),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    record_moods: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    rejected: Vec<Refused>,
    user_errors: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Refused {
    code: String,
}

/// `POST /check-in`.
pub(super) async fn send(posted: Posted<PupilSession>) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let words = Words::of(fields.get("lang"));
    match fields.get("act") {
        "talk" => return check_in_talk::ask(&session, words, &fields).await,
        "withdraw" => return check_in_talk::withdraw(&session, words, &fields).await,
        _ => {}
    }
    let skip = fields.get("act") == "skip";
    let word = fields.typed("weather").filter(|_| !skip);
    if word.is_none() && !skip {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&session, words, true, true, None).await?).into_response());
    }
    let mood = json!({ "pupilId": session.pupil, "word": word });
    let recorded: Recorded = session.as_ref().ask(RECORD, json!({ "input": { "moods": [mood] } })).await?;
    let payload = recorded.record_moods.ok_or(PageError::NotFound)?;
    if payload.rejected.iter().any(|of| of.code == "NOT_FOUND") {
        // The board has changed its moods since the page was opened.
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&session, words, true, true, None).await?).into_response());
    }
    if !payload.rejected.is_empty() || !payload.user_errors.is_empty() {
        tracing::error!("a pupil's mood was not taken");
        return Err(PageError::Internal);
    }
    Ok(Redirect::to(&address::with("/check-in", "lang", words.lang)).into_response())
}

#[cfg(test)]
mod tests;
