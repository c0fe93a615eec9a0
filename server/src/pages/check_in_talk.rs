//! だれかに話したい: a pupil asks one adult to talk, with a mood or without one.
use super::check_in::{Word, show};
use super::check_in_words::Words;
use super::csrf::Fields;
use super::error::PageError;
use super::record::Sent;
use super::session::PupilSession;
use super::{address, ruby};
use asagao_graphql::clock::new_id;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const REQUEST: &str = "mutation Request($input: RequestConsultationInput!) { done: requestConsultation(input: $input) {
    userErrors { code field } } }";
const WITHDRAW: &str =
    "mutation Withdraw($id: ID!) { done: withdrawConsultation(consultationId: $id) { userErrors { code field } } }";

/// Whom a pupil can ask, and about what.
#[derive(Deserialize)]
pub(super) struct Choices {
    adults: Vec<Adult>,
    topics: Vec<Word>,
    outside: Vec<Word>,
}

/// Somebody whom a pupil can ask.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Adult {
    staff_id: String,
    name: String,
    #[serde(default)]
    kana: Option<String>,
    role: String,
}

impl Adult {
    fn said(&self, words: &Words) -> String {
        words.adult(&self.name, self.kana.as_deref(), &self.role)
    }
}

/// What a pupil has asked for.
#[derive(Deserialize)]
pub(super) struct Wish {
    pub(super) id: String,
    state: String,
    addressee: Adult,
}

impl Wish {
    /// With whom it is, and whether they have taken it.
    pub(super) fn said(&self, words: &Words) -> String {
        words.arrived(&self.addressee.said(words), self.state == "ACCEPTED")
    }
}

/// What was typed in a form that was not taken.
#[derive(Default)]
pub(super) struct Typed {
    fields: Fields,
    wrong: bool,
}

/// The form in which a pupil asks.
pub(super) struct Talk {
    pub(super) id: String,
    pub(super) adults: Vec<(String, String, bool)>,
    pub(super) topics: Vec<(String, String, bool)>,
    /// Whom to call outside of the school, and how.
    pub(super) outside: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) wrong: bool,
}

impl Talk {
    pub(super) fn of(choices: &Choices, words: &Words, Typed { fields, wrong }: Typed) -> Self {
        let adult = |of: &Adult| (of.staff_id.clone(), of.said(words), fields.is("staff", &of.staff_id));
        let topic = |of: &Word| (of.code.clone(), of.said(words).0, fields.is("topic", &of.code));
        Talk {
            id: fields.typed("id").map_or_else(|| new_id().to_string(), str::to_owned),
            adults: choices.adults.iter().map(adult).collect(),
            topics: choices.topics.iter().map(topic).collect(),
            outside: choices.outside.iter().map(|of| of.said(words)).collect(),
            text: fields.get("text").to_owned(),
            wrong,
        }
    }
}

/// The mood's page in a language.
fn home(words: &Words) -> String {
    format!("{}#talk", address::with("/check-in", "lang", words.lang))
}

/// Asks an adult; without one the form is given back.
pub(super) async fn ask(session: &PupilSession, words: &'static Words, fields: &Fields) -> Result<Response, PageError> {
    let (staff, topic, text) = (fields.typed("staff"), fields.typed("topic"), fields.typed("text"));
    let input = json!({ "id": fields.get("id"), "staffId": staff.unwrap_or_default(), "topic": topic, "words": text });
    let refused = match staff {
        Some(_) => {
            let sent: Sent = session.as_ref().ask(REQUEST, json!({ "input": input })).await?;
            !sent.refusals()?.is_empty()
        }
        None => true,
    };
    if refused {
        let typed = Typed { fields: fields.clone(), wrong: true };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(session, words, false, false, Some(typed)).await?).into_response());
    }
    Ok(Redirect::to(&home(words)).into_response())
}

/// Takes back what was asked for. That it is over already is no error.
pub(super) async fn withdraw(session: &PupilSession, words: &'static Words, fields: &Fields) -> Result<Response, PageError> {
    let sent: Sent = session.as_ref().ask(WITHDRAW, json!({ "id": fields.get("wish") })).await?;
    drop(sent.refusals()?);
    Ok(Redirect::to(&home(words)).into_response())
}

impl Words {
    /// 「保健室の 三浦 先生」, with readings.
    fn adult(&self, name: &str, kana: Option<&str>, role: &str) -> String {
        let role = self.role(role);
        let family = super::words::family(name);
        match self.lang {
            "ja" => {
                let name = ruby::name(family, kana.map(super::words::family));
                format!("{}{name} {}", ruby::marked(role), ruby::marked("{先生|せんせい}"))
            }
            _ => format!("{role}{}", ruby::japanese(family)),
        }
    }
}
