//! 相談の届き方: how long a pupil waits for an answer, and who comes next then.
use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::record::{Named, Sent};
use super::session::Session;
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("talk_setting.graphql");
const SAVE: &str = "mutation Save($input: SaveConsultationSettingInput!) { done: saveConsultationSetting(input: $input) { userErrors { code field } } }";

/// Who can come next, in words.
const ROLES: [(&str, &str); 5] = [
    ("HOMEROOM", "担任"),
    ("GRADE", "学年の先生"),
    ("NURSE", "保健室"),
    ("COUNSELLOR", "スクールカウンセラー"),
    ("HEAD", "校長・教頭"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    school: Option<Named>,
    consultation_setting: Option<Setting>,
}

#[derive(Deserialize)]
struct Setting {
    minutes: i32,
    opens: String,
    closes: String,
    next: Vec<String>,
}

#[derive(Template)]
#[template(path = "talk_setting.html")]
struct TalkSettingPage {
    frame: Frame,
    id: String,
    school: String,
    setting: Setting,
    refused: Option<&'static str>,
}

impl TalkSettingPage {
    /// The choices of the n-th to come next, with the one that stands there.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over what it goes through by reference")]
    fn choices(&self, place: &usize) -> Vec<(&'static str, &'static str, bool)> {
        let held = self.setting.next.get(*place);
        ROLES.iter().map(|(code, words)| (*code, *words, held.is_some_and(|held| held == code))).collect()
    }
}

/// `GET /schools/{id}/talk`.
pub(super) async fn page(session: Session, Path(id): Path<String>) -> Result<Html<String>, PageError> {
    html(&load(&session, id, None).await?)
}

async fn load(session: &Session, id: String, refused: Option<&'static str>) -> Result<TalkSettingPage, PageError> {
    if !session.may(Right::ConsultationSettingWrite) {
        return Err(PageError::NotFound);
    }
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id })).await?;
    let (school, setting) = asked.school.zip(asked.consultation_setting).ok_or(PageError::NotFound)?;
    Ok(TalkSettingPage { frame: session.frame(Nav::office(&id, Here::Elsewhere)), school: school.name, id, setting, refused })
}

/// `POST /schools/{id}/talk`.
pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let next: Vec<&str> =
        (0..ROLES.len()).map(|place| fields.get(&format!("next{place}"))).filter(|role| !role.is_empty()).collect();
    // What is no number is none that a pupil could wait.
    let minutes: i32 = fields.get("minutes").trim().parse().unwrap_or_default();
    let input =
        json!({ "schoolId": id, "minutes": minutes, "opens": fields.get("opens"), "closes": fields.get("closes"), "next": next });
    let sent: Sent = session.ask(SAVE, json!({ "input": input })).await?;
    let why = match sent.refusals()?.first().map(|refused| refused.field.clone()).as_deref() {
        None => return Ok(Redirect::to(&format!("/schools/{id}/talk")).into_response()),
        Some("minutes") => "待つ時間は、5分から480分までの数で書いてください。",
        Some("opens" | "closes") => "学校の時間は、8:00 のように、1時間より長く選んでください。",
        Some("next") => "次の人を、同じ人が2回にならないように、1人より多く選んでください。",
        Some(_) => "この学校の設定は、変えられる人が決まっています。",
    };
    Ok((StatusCode::CONFLICT, html(&load(&session, id, Some(why)).await?)?).into_response())
}
