//! 職員の役目: who has which duty in a school, from when to when; giving, replacing and ending duties.
use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::session::Session;
use super::{address, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::roster::moves::school_age::GRADES;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Answer {
    school: Option<School>,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
    #[serde(default)]
    staff: Option<Vec<Member>>,
    classes: Nodes,
}

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    id: String,
    name: String,
    academic_year: Option<Year>,
}

#[derive(Deserialize)]
struct Year {
    ends: NaiveDate,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    name: String,
    kana: Option<String>,
    elsewhere: bool,
    duties: Vec<Duty>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Duty {
    id: String,
    kind: String,
    class_name: Option<String>,
    grade: Option<String>,
    begins: NaiveDate,
    ends: Option<NaiveDate>,
    school_id: Option<String>,
}

/// Somebody of the staff.
struct Person {
    id: String,
    name: String,
    kana: String,
    elsewhere: bool,
    duties: Vec<Line>,
}

/// A duty with its period.
struct Line {
    id: String,
    what: String,
    period: String,
    state: &'static str,
    /// Whether it can be ended or taken over here.
    open: bool,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct StaffPage {
    frame: Frame,
    school_id: String,
    school: String,
    refused: Vec<&'static str>,
    people: Vec<Person>,
    /// Duties that somebody else can take over.
    held: Vec<(String, String)>,
    classes: Vec<(String, String)>,
    today: String,
    /// Whether the viewer may say how long a pupil waits who asks to talk.
    talk: bool,
    /// Whether the viewer may say what share of a class the school can look after.
    share: bool,
    /// Whether the viewer may read who looked at what.
    looks: bool,
}

impl StaffPage {
    /// The grades to choose from.
    fn grades() -> Vec<(&'static str, String)> {
        GRADES.map(|grade| (grade, words::grades(&[grade.to_owned()]))).into()
    }
}

/// The duties that an office gives.
const GIVEN: [&str; 6] = ["HOMEROOM_TEACHER", "SUBJECT_TEACHER", "GRADE_HEAD", "ACADEMIC_AFFAIRS", "NURSE", "COUNSELLOR"];

impl Line {
    fn new(duty: &Duty, today: NaiveDate) -> Self {
        let grade = duty.grade.as_ref().map(|grade| words::grades(std::slice::from_ref(grade)));
        let over = duty.class_name.clone().or(grade).unwrap_or_default();
        let ends = duty.ends.map(words::era).unwrap_or_default();
        let state = match duty.ends {
            _ if duty.begins > today => "これから",
            Some(ends) if ends < today => "終わった役目",
            _ => "",
        };
        Line {
            id: duty.id.clone(),
            what: format!("{over} {}", words::duty(&duty.kind)).trim().to_owned(),
            // A roster that does not say since when has it since ever.
            period: if duty.begins.year() > 1900 {
                format!("{}〜{ends}", words::era(duty.begins))
            } else {
                format!("〜{ends}")
            },
            state,
            open: GIVEN.contains(&duty.kind.as_str()) && duty.ends.is_none_or(|ends| ends >= today),
        }
    }
}

/// `GET /schools/{id}/staff`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(school): Path<String>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show(&session, &school, Vec::new()).await
}

async fn show(session: &Session, school: &str, refused: Vec<&'static str>) -> Result<Response, PageError> {
    let today = session.scope().today();
    let answer: Answer = session.ask(include_str!("staff.graphql"), json!({ "school": school })).await?;
    let School { id, name, staff, classes } = answer.school.ok_or(PageError::NotFound)?;
    let staff = staff.ok_or(PageError::NotFound)?;
    let people: Vec<Person> = staff
        .into_iter()
        .map(|member| {
            let here = member.duties.iter().filter(|duty| duty.school_id.as_deref() == Some(id.as_str()));
            let duties = here.map(|duty| Line::new(duty, today)).collect();
            let kana = member.kana.unwrap_or_default();
            Person { id: member.id, name: member.name, kana, elsewhere: member.elsewhere, duties }
        })
        .collect();
    let open = |person: &Person| {
        let name = person.name.clone();
        person
            .duties
            .iter()
            .filter(|duty| duty.open)
            .map(move |duty| (duty.id.clone(), format!("{}　{name}", duty.what)))
            .collect::<Vec<_>>()
    };
    let held = people.iter().flat_map(open).collect();
    let now = classes.nodes.into_iter().filter(|class| class.academic_year.as_ref().is_some_and(|year| year.ends >= today));
    let mut classes: Vec<(String, String)> = now.map(|class| (class.id, class.name)).collect();
    classes.sort_by(|a, b| a.1.cmp(&b.1));
    let status = if refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = session.frame(Nav::office(&id, Here::Staff));
    let (today, talk) = (today.to_string(), session.may(Right::ConsultationSettingWrite));
    let share = session.may(Right::AnalysisCapacityWrite);
    let looks = session.may(Right::AccessLogRead);
    let page = StaffPage { looks, share, frame, school_id: id, school: name, refused, people, held, classes, today, talk };
    Ok((status, html(&page)?).into_response())
}

#[derive(Deserialize)]
struct Done {
    done: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    field: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    staff_by_email: Option<Id>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

/// `POST /schools/{id}/staff`.
pub(super) async fn send(Path(school): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let right = |day: &str| day.is_empty() || (day.len() == 10 && day.parse::<NaiveDate>().is_ok());
    if !right(fields.get("begins").trim()) || !right(fields.get("ends").trim()) || !right(fields.get("lastDay").trim()) {
        return show(&session, &school, vec!["日は、2026-11-24 のように書いてください。"]).await;
    }
    let (mutation, of_type, input): (&str, &str, Value) = match fields.get("do") {
        "give" => {
            let staff = match fields.typed("email") {
                Some(email) => {
                    let query = "query Staff($email: String!) { staffByEmail(email: $email) { id } }";
                    let found: Found = session.ask(query, json!({ "email": email })).await?;
                    found.staff_by_email.map(|staff| staff.id)
                }
                None => fields.typed("staff").map(str::to_owned),
            };
            let Some(staff) = staff else {
                return show(&session, &school, vec!["だれの役目か選ぶか、メールアドレスを確かめてください。"]).await;
            };
            let kind = fields.get("kind");
            if !GIVEN.contains(&kind) {
                return show(&session, &school, vec!["役目を選んでください。"]).await;
            }
            let teaches = matches!(kind, "HOMEROOM_TEACHER" | "SUBJECT_TEACHER");
            let input = json!({
                "staffId": staff, "kind": kind, "schoolId": school, "classId": fields.typed("class").filter(|_| teaches),
                "grade": fields.typed("grade").filter(|_| kind == "GRADE_HEAD"), "begins": fields.typed("begins"),
                "ends": fields.typed("ends"), "replacesId": fields.typed("replaces"),
            });
            ("giveDuty", "GiveDutyInput", input)
        }
        "end" => ("endDuty", "EndDutyInput", json!({ "dutyId": fields.get("duty"), "lastDay": fields.typed("lastDay") })),
        _ => return Err(PageError::BadForm),
    };
    let document =
        format!("mutation Duty($input: {of_type}!) {{ done: {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
    let done: Done = session.ask(&document, json!({ "input": input })).await?;
    let errors = done.done.ok_or(PageError::NotFound)?.user_errors;
    if errors.is_empty() {
        let back = format!("/schools/{school}/staff");
        return Ok(Redirect::to(address::local(&back).ok_or(PageError::NotFound)?).into_response());
    }
    show(&session, &school, errors.iter().map(|error| refusal(&error.code, &error.field)).collect()).await
}

fn refusal(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("WRONG_CLASS" | "NOT_FOUND", "classId") => "担任・教科担任には、学級を選んでください。",
        ("OUT_OF_RANGE", "grade") => "学年主任には、学年を選んでください。",
        ("OUT_OF_RANGE", "ends") => "終わりの日が、はじめの日より前です。",
        ("OUT_OF_RANGE", "staffId" | "dutyId") => "自分の役目は、ほかの人に決めてもらってください。",
        ("CONFLICT", _) => "この人は、同じ役目をもう持っています。",
        ("NOT_FOUND", "replacesId") => "代わる役目が、同じ学級・同じ種類ではありません。",
        _ => "入力を確かめてください。",
    }
}
