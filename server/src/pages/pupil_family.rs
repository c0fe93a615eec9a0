//! 保護者: a pupil's guardians and what they see, the protection of the household, and whether the family wants no analysis.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Rights, Sent};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("pupil_family.graphql");

#[derive(Deserialize)]
struct Asked {
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    viewer_rights: Rights,
    homeroom: Option<Class>,
    kept_out_of_analysis: Option<bool>,
    protection: Option<Protection>,
    guardians: Option<Vec<Guardian>>,
}

#[derive(Deserialize)]
struct Class {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Protection {
    reason: String,
    since: NaiveDate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guardian {
    #[serde(rename = "guardianId")]
    id: String,
    name: String,
    family_name: String,
    given_name: Option<String>,
    kana: Option<String>,
    kana_family_name: Option<String>,
    kana_given_name: Option<String>,
    email: Option<String>,
    language: String,
    relation: String,
    standing: String,
    in_household: bool,
    withheld: bool,
    sees_record: bool,
    ends: Option<NaiveDate>,
}

/// What guardians are to a pupil, by which standing, and the languages of their pages: as the API has them, and in words.
const RELATIONS: [(&str, &str); 7] = [
    ("MOTHER", "母"),
    ("FATHER", "父"),
    ("GRANDPARENT", "祖父母"),
    ("RELATIVE", "親族"),
    ("FOSTER_PARENT", "里親"),
    ("FACILITY", "施設"),
    ("OTHER", "そのほか"),
];
const STANDINGS: [(&str, &str); 3] = [("PARENTAL", "親権者"), ("CUSTODIAL", "監護者"), ("NONE", "親権・監護権なし")];
const LANGUAGES: [(&str, &str); 3] = [("JA", "日本語"), ("PT", "ポルトガル語"), ("EN", "英語")];

/// Whether a choice is the one that holds.
fn is_chosen(code: &str, chosen: &str) -> bool {
    code == chosen
}

fn named(list: &'static [(&'static str, &'static str)], code: &str) -> &'static str {
    list.iter().find(|(of, _)| *of == code).map_or("", |(_, words)| words)
}

impl Guardian {
    fn relation(&self) -> &'static str {
        named(&RELATIONS, &self.relation)
    }

    fn standing(&self) -> &'static str {
        named(&STANDINGS, &self.standing)
    }

    /// The last day, as the field of a form has it.
    fn last_day(&self) -> String {
        self.ends.map(|day| day.to_string()).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "pupil_family.html")]
struct PupilFamilyPage {
    frame: Frame,
    pupil: Pupil,
    guardians: Vec<Guardian>,
    writes: bool,
    chooses: bool,
    refused: Option<&'static str>,
}

impl PupilFamilyPage {
    /// Two who have parental authority.
    fn joint(&self) -> bool {
        self.guardians.iter().filter(|of| of.standing == "PARENTAL").count() > 1
    }
}

/// `GET /pupils/{id}/family`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(pupil): Path<String>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show(&session, &pupil, None).await
}

async fn show(session: &Session, pupil: &str, refused: Option<&'static str>) -> Result<Response, PageError> {
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": pupil })).await?;
    let mut pupil = asked.pupil.ok_or(PageError::NotFound)?;
    let guardians = pupil.guardians.take().ok_or(PageError::NotFound)?;
    let rights = &pupil.viewer_rights;
    let nav = match &pupil.homeroom {
        Some(class) => Nav::class(&class.id, rights, Here::Elsewhere),
        None => Nav::staff(Here::Elsewhere),
    };
    let page = PupilFamilyPage {
        frame: session.frame(nav),
        writes: rights.to(Right::GuardianWrite),
        chooses: rights.to(Right::AnalysisChoose),
        pupil,
        guardians,
        refused,
    };
    let status = if refused.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, html(&page)?).into_response())
}

/// `POST /pupils/{id}/family`.
pub(super) async fn send(Path(pupil): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let because = || json!({ "pupilId": pupil, "reason": fields.get("reason") });
    let (mutation, kind, input) = match fields.get("do") {
        "guardian" => ("saveGuardian", "SaveGuardianInput", guardian(&pupil, &fields)),
        "protect" => ("protectHousehold", "ProtectionInput", because()),
        "unprotect" => ("endProtection", "ProtectionInput", because()),
        "analysis" => {
            let input = json!({ "pupilId": pupil, "keepOut": fields.is("keepOut", "1") });
            ("chooseAnalysis", "ChooseAnalysisInput", input)
        }
        _ => return Err(PageError::BadForm),
    };
    let document =
        format!("mutation Send($input: {kind}!) {{ done: {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
    let sent: Sent = session.ask(&document, json!({ "input": input })).await?;
    match sent.refusals()?.first() {
        None => Ok(Redirect::to(&format!("/pupils/{pupil}/family")).into_response()),
        Some(refused) => show(&session, &pupil, Some(words::refusal(&refused.code, &refused.field))).await,
    }
}

/// What is sent of a guardian: the form for one who is there says all, and what is empty there is taken away; the one for a further
/// guardian says what was typed, for it may be a sibling's.
fn guardian(pupil: &str, fields: &Fields) -> Value {
    let mut input = json!({
        "pupilId": pupil,
        "guardianId": fields.typed("guardian"),
        "familyName": fields.get("familyName"),
        "givenName": fields.get("givenName"),
        "kanaFamilyName": fields.get("kanaFamilyName"),
        "kanaGivenName": fields.get("kanaGivenName"),
        "email": fields.get("email"),
        "language": fields.get("language"),
        "relation": fields.get("relation"),
        "standing": fields.get("standing"),
        "inHousehold": fields.is("inHousehold", "1"),
        "withheld": fields.is("withheld", "1"),
        "ends": fields.typed("ends"),
        "reason": fields.get("reason"),
    });
    let optional = ["guardianId", "givenName", "kanaFamilyName", "kanaGivenName", "email", "ends"];
    let is_said = |field: &str, value: &Value| match field {
        "withheld" => value == true,
        _ if optional.contains(&field) => !(value.is_null() || value == ""),
        _ => true,
    };
    if let Some(input) = input.as_object_mut().filter(|_| !fields.is("whole", "1")) {
        input.retain(|field, value| is_said(field, value));
    }
    input
}
