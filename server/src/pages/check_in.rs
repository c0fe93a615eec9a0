//! 心の天気: a pupil says in one tap how it is today, or does not.
use super::check_in_words::Words;
use super::csrf::Posted;
use super::error::PageError;
use super::frame::Frame;
use super::session::PupilSession;
use super::{address, html, ruby};
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

/// The weathers, by their names in the API, in the order of the page.
pub(super) const WEATHERS: [&str; 4] = ["SUNNY", "CLOUDY", "RAINY", "STORMY"];

#[derive(Deserialize)]
struct Asked {
    viewer: Option<Viewer>,
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
    weather: Option<String>,
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
    /// The index of the weather that was sent.
    Sent(usize),
    /// The pupil chose not to say.
    Skipped,
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
    state: State,
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
    again: Option<String>,
}

/// `GET /check-in`.
pub(super) async fn page(session: PupilSession, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let words = Words::of(wish.lang.as_deref().unwrap_or_default());
    show(&session, words, wish.again.is_some(), false).await
}

async fn show(session: &PupilSession, words: &'static Words, again: bool, choose: bool) -> Result<Html<String>, PageError> {
    let any = session.as_ref();
    let (now, today) = (any.scope.now().with_timezone(&japan()), any.scope.today());
    let asked: Asked = any.ask(DOCUMENT, json!({ "day": today })).await?;
    let pupil = asked.viewer.and_then(|viewer| viewer.pupil).ok_or(PageError::NotFound)?;
    let asking = Asking { again, choose, now: now.hour(), today };
    html(&CheckInPage::of(&pupil, words, any.csrf(), &asking))
}

/// When the page is asked for, and how.
struct Asking {
    /// The pupil wants to answer anew.
    again: bool,
    /// The form came without a weather.
    choose: bool,
    /// The hour of the day.
    now: u32,
    today: NaiveDate,
}

impl CheckInPage {
    fn of(pupil: &Pupil, words: &'static Words, csrf: String, asking: &Asking) -> Self {
        let state = match pupil.moods.iter().flatten().next() {
            Some(mood) if !asking.again => match WEATHERS.iter().position(|name| mood.weather.as_deref() == Some(name)) {
                Some(weather) => State::Sent(weather),
                None => State::Skipped,
            },
            _ => State::Asking,
        };
        let name = if words.ruby { ruby::name(&pupil.name, pupil.kana.as_deref()) } else { ruby::japanese(&pupil.name) };
        CheckInPage {
            frame: Frame::outside(csrf),
            words,
            greeting: words.greeting(&name, asking.now, asking.today),
            readers: words.readers(pupil.mood_readers.as_deref().unwrap_or_default()),
            named: pupil.mood_readers.as_ref().is_some_and(|readers| !readers.is_empty()),
            choose: asking.choose,
            state,
        }
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
    rejected: Vec<serde::de::IgnoredAny>,
    user_errors: Vec<serde::de::IgnoredAny>,
}

/// `POST /check-in`.
pub(super) async fn send(posted: Posted<PupilSession>) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let words = Words::of(fields.get("lang"));
    let weather = WEATHERS.into_iter().find(|name| *name == fields.get("weather"));
    let skip = fields.get("act") == "skip";
    if weather.is_none() && !skip {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&session, words, true, true).await?).into_response());
    }
    let mood = json!({ "pupilId": session.pupil, "weather": weather.filter(|_| !skip) });
    let recorded: Recorded = session.as_ref().ask(RECORD, json!({ "input": { "moods": [mood] } })).await?;
    let payload = recorded.record_moods.ok_or(PageError::NotFound)?;
    if !payload.rejected.is_empty() || !payload.user_errors.is_empty() {
        tracing::error!("a pupil's mood was not taken");
        return Err(PageError::Internal);
    }
    Ok(Redirect::to(&address::with("/check-in", "lang", words.lang)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;
    use serde_json::Value;

    fn page(lang: &str, moods: &Value, asking: &Asking) -> CheckInPage {
        let pupil = json!({ "id": "p-19", "name": "髙橋 朝陽", "kana": "タカハシ アサヒ", "moods": moods, "moodReaders": [
            { "name": "中島 由紀", "kana": "ナカジマ ユキ", "duty": "HOMEROOM_TEACHER" },
            { "name": "三浦 恵", "kana": "ミウラ メグミ", "duty": "NURSE" },
        ] });
        CheckInPage::of(&serde_json::from_value(pupil).unwrap(), Words::of(lang), "token".into(), asking)
    }

    fn asking() -> Asking {
        Asking { again: false, choose: false, now: 8, today: scene::today() }
    }

    #[test]
    fn nothing_is_chosen_beforehand_in_any_language() {
        for lang in ["ja", "pt", "en"] {
            let html = scene::render(&format!("check_in_{lang}"), &page(lang, &json!([]), &asking()));
            assert_eq!((html.matches("type=\"radio\"").count(), html.matches("checked").count()), (4, 0));
            assert!(html.contains(&format!("<html lang=\"{lang}\">")) && html.contains("value=\"skip\""));
        }
    }

    #[test]
    fn what_was_sent_is_thanked_for_and_a_skipped_day_is_not_asked_again() {
        let html = scene::render("check_in_sent", &page("ja", &json!([{ "weather": "CLOUDY" }]), &asking()));
        assert!(!html.contains("とどきました"), "nobody was asked to look at it");
        assert!(html.contains("なおす") && html.contains("くもり") && !html.contains("type=\"radio\""));
        let html = scene::render("check_in_skipped", &page("ja", &json!([{ "weather": null }]), &asking()));
        assert!(html.contains("again=1") && !html.contains("type=\"radio\""));
        let again = Asking { again: true, ..asking() };
        assert!(scene::render("check_in_again", &page("ja", &json!([{ "weather": null }]), &again)).contains("type=\"radio\""));
    }
}
