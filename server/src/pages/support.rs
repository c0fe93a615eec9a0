//! 支援: what somebody has to do for pupils: what is late, due, coming; the reviews of plans; their sheets.
use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::pupil_support::{Child, level, plan};
use super::record::{Connection, PageInfo, Sent};
use super::session::Session;
use super::{html, presenting_hidden, words};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};

const DONE: &str =
    "mutation Done($input: EndSupportTaskInput!) { done: endSupportTask(input: $input) { userErrors { code field } } }";

/// So many days ahead a task is due soon.
const SOON: u64 = 7;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    my_support: Option<Mine>,
}

#[derive(Deserialize)]
struct Mine {
    cases: Connection<Case>,
    tasks: Tasks,
    reviews: Connection<DuePlan>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tasks {
    nodes: Vec<Task>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    id: String,
    what: String,
    due_on: NaiveDate,
    level: String,
    sheet: Option<Sheet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DuePlan {
    kind: String,
    review_on: NaiveDate,
    sheet: Option<Sheet>,
}

#[derive(Deserialize)]
struct Sheet {
    pupil: Child,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    part: String,
    ends: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    opened_on: NaiveDate,
    pupil: Child,
    assigned: Vec<Named>,
    #[serde(skip)]
    since: String,
}

impl Case {
    /// 「有村 安奈・木村 圭（面談）」.
    fn names(&self) -> String {
        let name = |of: &Named| if of.part.is_empty() { of.name.clone() } else { format!("{}（{}）", of.name, of.part) };
        self.assigned.iter().map(name).collect::<Vec<_>>().join("・")
    }
}

/// A task or a review in the list.
struct Row {
    id: String,
    due: String,
    late: bool,
    what: String,
    level: &'static str,
    child: Option<Child>,
}

/// The tasks of a time: the title, a word on it, whether they are late.
type Group = (&'static str, &'static str, bool, Vec<Row>);

#[derive(Template)]
#[template(path = "support.html")]
struct SupportPage {
    frame: Frame,
    today: String,
    messages: Vec<&'static str>,
    tasks: Vec<Group>,
    more: bool,
    reviews: Vec<Row>,
    cases: Vec<Case>,
}

/// `GET /support`; not while the screen is shown to others.
pub(super) async fn page(session: Session) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show(&session, Vec::new()).await
}

async fn show(session: &Session, messages: Vec<&'static str>) -> Result<Response, PageError> {
    let asked: Asked = session.ask(include_str!("support.graphql"), Value::Null).await?;
    let mine = asked.my_support.ok_or(PageError::NotFound)?;
    let today = session.scope().today();
    let mut groups: [Group; 3] = [
        ("すぎているもの", "日をすぎた手だてです。できたか、日を変えるか、やめるかを決められます。", true, Vec::new()),
        ("まもなく", "きょうから7日のうちの手だてです。", false, Vec::new()),
        ("これから", "日が近い順です。", false, Vec::new()),
    ];
    for task in mine.tasks.nodes {
        let place = if task.due_on < today { 0 } else { 1 + usize::from(task.due_on > today + Days::new(SOON)) };
        groups[place].3.push(Row {
            id: task.id,
            due: words::short_day(task.due_on),
            late: task.due_on < today,
            what: task.what,
            level: level(&task.level),
            child: task.sheet.map(|sheet| sheet.pupil),
        });
    }
    let review = |of: DuePlan| Row {
        id: String::new(),
        due: words::short_day(of.review_on),
        late: of.review_on < today,
        what: plan(&of.kind).to_owned(),
        level: "",
        child: of.sheet.map(|sheet| sheet.pupil),
    };
    let mut cases = mine.cases.nodes;
    for case in &mut cases {
        case.since = format!("{}から", words::short_day(case.opened_on));
        case.assigned.retain(|of| of.ends.is_none_or(|ends| ends >= today));
    }
    cases.sort_by_key(|case| (case.pupil.class_name.clone(), case.pupil.number, case.pupil.id.clone()));
    let status = if messages.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SupportPage {
        frame: session.frame(Nav::staff(Here::Support)),
        today: words::long_day(today),
        messages,
        tasks: groups.into_iter().filter(|(.., rows)| !rows.is_empty()).collect(),
        more: mine.tasks.page_info.has_next_page,
        reviews: mine.reviews.nodes.into_iter().map(review).collect(),
        cases,
    };
    Ok((status, html(&page)?).into_response())
}

/// `POST /support`: one task is done.
pub(super) async fn send(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let input = json!({ "taskId": fields.get("task"), "state": "DONE" });
    let sent: Sent = session.ask(DONE, json!({ "input": input })).await?;
    let refused: Vec<&'static str> =
        sent.refusals()?.iter().map(|of| super::pupil_support::refusal(&of.code, &of.field)).collect();
    if refused.is_empty() {
        return Ok(Redirect::to("/support").into_response());
    }
    if session.presenting() {
        return presenting_hidden::page(&session, "/support", &fields, StatusCode::UNPROCESSABLE_ENTITY);
    }
    show(&session, refused).await
}
