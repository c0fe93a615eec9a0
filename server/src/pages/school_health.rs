//! 全校の健康観察 for the nurse: every class at once, counts beside every share. Nothing here is ordered by how many are ill.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Named, Rights};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Html;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("school_health.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    school: Option<Named>,
    school_health: Option<Health>,
}

#[derive(Deserialize)]
struct Health {
    total: Counts,
    trend: Vec<Then>,
    classes: Vec<Of>,
}

#[derive(Deserialize)]
struct Of {
    class: Class,
    counts: Counts,
    trend: Vec<Then>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    id: String,
    name: String,
    viewer_rights: Rights,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    enrolled: usize,
    observed: usize,
    absent_ill: usize,
    suspended: usize,
    ill: usize,
    share: Option<f64>,
    symptoms: Vec<Count>,
    diseases: Vec<Count>,
}

#[derive(Deserialize)]
struct Count {
    label: String,
    count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Then {
    day: NaiveDate,
    absent_ill: usize,
    suspended: usize,
    ill: usize,
}

/// 「11/20 3　11/24 5」.
fn trend(days: &[Then]) -> String {
    let of = |of: &Then| format!("{} {}", day::short(of.day), of.absent_ill + of.suspended + of.ill);
    days.iter().map(of).collect::<Vec<_>>().join("　")
}

/// A class's line.
struct Line {
    id: String,
    name: String,
    /// Whether the viewer notes its mornings.
    notes: bool,
    share: String,
    trend: String,
    words: String,
    counts: Counts,
}

impl From<Of> for Line {
    fn from(Of { class, counts, trend: days }: Of) -> Self {
        let away = counts.absent_ill + counts.suspended + counts.ill;
        let share = counts.share.map(|share| format!("{:.0}%（{away}/{}）", share * 100.0, counts.enrolled));
        let said = counts.symptoms.iter().chain(&counts.diseases).map(|of| format!("{} {}", of.label, of.count));
        Line {
            notes: class.viewer_rights.to(Right::HealthWrite),
            id: class.id,
            name: class.name,
            share: share.unwrap_or_default(),
            trend: trend(&days),
            words: said.collect::<Vec<_>>().join("、"),
            counts,
        }
    }
}

#[derive(Template)]
#[template(path = "school_health.html")]
struct SchoolHealthPage {
    frame: Frame,
    id: String,
    here: String,
    school: String,
    day: NaiveDate,
    today: NaiveDate,
    day_in_words: String,
    infirmary: bool,
    total: Counts,
    /// Classes of which not everybody is known.
    waiting: Vec<String>,
    classes: Vec<Line>,
    trend: String,
    days: usize,
}

/// `GET /schools/{id}/health`.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let today = session.scope().today();
    let day = match wish.day.as_deref().filter(|day| !day.is_empty()) {
        Some(day) => day::read(day).ok_or(PageError::NotFound)?,
        None => today,
    };
    if !session.may(Right::HealthRead) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "day": day })).await?;
    let health = asked.school_health.ok_or(PageError::NotFound)?;
    let waits = |of: &&Of| of.counts.enrolled > 0 && of.counts.observed < of.counts.enrolled;
    html(&SchoolHealthPage {
        frame: session.frame(Nav::staff(Here::Infirmary)),
        here: format!("/schools/{id}/health"),
        school: asked.school.map(|school| school.name).unwrap_or_default(),
        day,
        today,
        day_in_words: words::long_day(day),
        infirmary: session.may(Right::VisitRead),
        waiting: health.classes.iter().filter(waits).map(|of| of.class.name.clone()).collect(),
        trend: trend(&health.trend),
        days: health.trend.len(),
        total: health.total,
        classes: health.classes.into_iter().map(Line::from).collect(),
        id,
    })
}
