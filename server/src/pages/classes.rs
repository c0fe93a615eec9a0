//! 学級をえらぶ: the homerooms that somebody may see and the lessons that they teach, by school and grade. Nothing here compares them.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Rights};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!("classes.graphql");

/// The most lessons of one person that are asked for.
const LESSONS: usize = 60;

#[derive(Deserialize)]
struct Asked {
    homerooms: Option<Homerooms>,
    viewer: Option<Viewer>,
}

#[derive(Deserialize)]
struct Viewer {
    duties: Vec<Duty>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Duty {
    kind: String,
    class_id: Option<String>,
}

/// A lesson as its teacher is led to it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lesson {
    id: String,
    name: String,
    kind: ClassKind,
    #[serde(default)]
    pupil_count: Option<u32>,
    #[serde(default)]
    school: Option<School>,
}

impl Lesson {
    /// The classes behind the viewer's own duties that are lessons, by school and name: those that they teach, not all within reach.
    async fn taught(session: &Session, duties: &[Duty]) -> Result<Vec<Lesson>, PageError> {
        let taught = duties.iter().filter(|duty| duty.kind == "SUBJECT_TEACHER").filter_map(|duty| duty.class_id.clone());
        let taught: BTreeSet<String> = taught.collect();
        if taught.is_empty() {
            return Ok(Vec::new());
        }
        let taught: Vec<String> = taught.into_iter().take(LESSONS).collect();
        let variables: Map<String, Value> =
            taught.iter().enumerate().map(|(at, id)| (format!("i{at}"), Value::String(id.clone()))).collect();
        let names: Vec<String> = variables.keys().map(|name| format!("${name}: ID!")).collect();
        let fields = "{ id name kind pupilCount school { id name } }";
        let classes: Vec<String> = variables.keys().map(|name| format!("{name}: class(id: ${name}) {fields}")).collect();
        let document = format!("query Lessons({}) {{ {} }}", names.join(", "), classes.join(" "));
        let found: BTreeMap<String, Option<Lesson>> = session.ask(&document, Value::Object(variables)).await?;
        let lessons = found.into_values().flatten().filter(|lesson| lesson.kind == ClassKind::Scheduled);
        let mut lessons: Vec<Lesson> = lessons.filter(|lesson| lesson.pupil_count.is_some()).collect();
        lessons.sort_by(|one, other| one.place().cmp(&other.place()));
        Ok(lessons)
    }

    fn place(&self) -> (&str, &str, &str) {
        (self.school.as_ref().map_or("", |school| school.name.as_str()), &self.name, &self.id)
    }
}

#[derive(Deserialize)]
struct Homerooms {
    nodes: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    id: String,
    name: String,
    grades: Vec<String>,
    viewer_rights: Rights,
    pupil_count: u32,
    #[serde(default)]
    school: Option<School>,
    #[serde(default)]
    is_school_day: Option<bool>,
    #[serde(default)]
    attendance_summary: Option<Summary>,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    unmarked: u32,
    enrolled: u32,
    #[serde(default)]
    last_by: Option<String>,
    #[serde(default)]
    last_at: Option<DateTime<Utc>>,
}

impl Class {
    /// Whether attendance is taken, in words; with a hand that is waited for.
    fn taken(&self) -> Option<(String, bool)> {
        let summary = self.viewer_rights.shown(Right::AttendanceRead, self.attendance_summary.as_ref())?;
        if self.is_school_day == Some(false) {
            return Some(("授業のない日です".to_owned(), false));
        }
        if summary.enrolled == 0 {
            return None;
        }
        let Some(at) = summary.last_at else { return Some(("出欠はまだです".to_owned(), true)) };
        let by = summary.last_by.as_deref().map(|by| format!(" {}さん", words::family(by))).unwrap_or_default();
        match summary.unmarked {
            0 => Some((format!("出欠ずみ　{}{by}", words::clock(at)), false)),
            left => Some((format!("まだ印なし {left}人　{}{by}", words::clock(at)), true)),
        }
    }
}

/// The classes of a grade of a school.
struct Grade {
    name: String,
    classes: Vec<Class>,
}

struct SchoolOf {
    id: String,
    name: String,
    grades: Vec<Grade>,
    /// Whether the viewer is in the school's office.
    office: bool,
}

#[derive(Template)]
#[template(path = "classes.html")]
struct ClassesPage {
    frame: Frame,
    day: String,
    iso: String,
    now: String,
    schools: Vec<SchoolOf>,
    lessons: Vec<Lesson>,
}

/// `GET /classes`; a teacher who has one class alone goes straight to it.
pub(super) async fn page(session: Session) -> Result<Response, PageError> {
    let (now, today) = (session.scope().now(), session.scope().today());
    let asked: Asked = session.ask(DOCUMENT, json!({ "day": today })).await?;
    let classes = asked.homerooms.map(|homerooms| homerooms.nodes).unwrap_or_default();
    let duties = asked.viewer.map(|viewer| viewer.duties).unwrap_or_default();
    let lessons = Lesson::taught(&session, &duties).await?;
    // The office of a school finds the way to its own pages here, however few classes there are.
    let office = classes.iter().any(|class| class.viewer_rights.to(Right::MoveWrite));
    let mut all = classes.iter().map(|class| &class.id).chain(lessons.iter().map(|lesson| &lesson.id));
    if let (Some(only), None, false) = (all.next(), all.next(), office) {
        return Ok(Redirect::to(&format!("/classes/{only}")).into_response());
    }
    // A counsellor has no class, and one page.
    if !session.may(Right::RosterRead) && session.may(Right::ConsultationTake) {
        return Ok(Redirect::to("/consultations").into_response());
    }
    let page = ClassesPage {
        frame: session.frame(Nav::staff(Here::Class)),
        day: words::long_day(today),
        iso: today.to_string(),
        now: words::clock(now),
        schools: by_school(classes),
        lessons,
    };
    Ok(html(&page)?.into_response())
}

/// In the order in which the API lists them: by school, grade and name.
fn by_school(classes: Vec<Class>) -> Vec<SchoolOf> {
    let mut schools: Vec<SchoolOf> = Vec::new();
    for mut class in classes {
        let school = class.school.take().unwrap_or(School { id: String::new(), name: String::new() });
        let grade = words::grades(&class.grades);
        if schools.last().is_none_or(|last| last.id != school.id) {
            schools.push(SchoolOf {
                id: school.id,
                name: school.name,
                grades: Vec::new(),
                office: class.viewer_rights.to(Right::MoveWrite),
            });
        }
        let grades = &mut schools.last_mut().expect("the school was pushed where it was missing").grades;
        match grades.last_mut().filter(|last| last.name == grade) {
            Some(last) => last.classes.push(class),
            None => grades.push(Grade { name: grade, classes: vec![class] }),
        }
    }
    schools
}
