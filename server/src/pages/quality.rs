//! 知らせのふりかえり: how many flags there were, what was answered, what became of the pupils, how steady it was. Never by class or teacher.
use super::chart::quality::{Bar, Share, shares, weeks};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::record::Connection;
use super::session::Session;
use super::words;
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Query;
use axum::response::Html;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("quality.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    year: Option<i32>,
    school: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    schools: Option<Connection<School>>,
    analysis_quality: Option<Quality>,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Quality {
    step: Option<u64>,
    weeks: Vec<Week>,
    total: Counts,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Week {
    #[serde(rename = "week")]
    begins: NaiveDate,
    as_of: NaiveDate,
    settled: bool,
    counts: Counts,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Counts {
    pupils: Option<u64>,
    watch: Option<u64>,
    support: Option<u64>,
    useful: Option<u64>,
    already_known: Option<u64>,
    not_right: Option<u64>,
    useful_share: Option<f64>,
    known: Option<u64>,
    outcome: Option<u64>,
    places: Option<u64>,
    hits: Option<u64>,
    precision: Option<f64>,
    base_rate: Option<f64>,
    precision_by_absence: Option<f64>,
    precision_by_work: Option<f64>,
    precision_by_activity: Option<f64>,
    flagged_again: Option<u64>,
    kept_share: Option<f64>,
    overlap: Option<f64>,
}

impl Counts {
    /// Whether anybody has answered, as far as it is told.
    fn answered(&self) -> bool {
        [self.useful, self.already_known, self.not_right].iter().any(|count| count.is_some_and(|count| count > 0))
    }

    fn judged(&self) -> bool {
        self.places.is_some_and(|places| places > 0)
    }
}

/// 「43%」, or a dash where it is not told.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "—".to_owned(), |share| format!("{:.0}%", share * 100.0))
}

#[derive(Template)]
#[template(path = "quality.html")]
struct QualityPage {
    frame: Frame,
    /// The years to choose from, with the one that is shown.
    years: Vec<(i32, bool)>,
    year_in_words: String,
    /// The schools to choose from, with the one that is shown.
    schools: Vec<(School, bool)>,
    /// Whose figures these are.
    whose: String,
    step: Option<u64>,
    weeks: Vec<Week>,
    total: Counts,
    /// Bars by week.
    by_week: String,
    /// Bars of what was found.
    found: String,
}

impl QualityPage {
    fn told(&self, count: Option<u64>) -> String {
        words::count(count, self.step)
    }

    /// What stands where a count is too small to be told.
    fn untold(&self) -> String {
        words::count(None, self.step)
    }

    /// The latest week.
    fn latest(&self) -> Option<&Week> {
        self.weeks.last()
    }
}

/// `GET /quality`.
pub(super) async fn page(session: Session, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    if !session.may(Right::QualityRead) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let today = session.scope().today();
    let newest = today.year() - i32::from(today.month() < 4);
    let year = wish.year.unwrap_or(newest);
    let first = NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..2099).contains(&year)).ok_or(PageError::NotFound)?;
    let chosen = wish.school.filter(|school| !school.is_empty());
    let asked: Asked = session.ask(DOCUMENT, json!({ "school": chosen, "year": year })).await?;
    let Quality { step, weeks: of_weeks, total } = asked.analysis_quality.ok_or(PageError::NotFound)?;
    let schools = asked.schools.map(|schools| schools.nodes).unwrap_or_default();
    let schools: Vec<(School, bool)> =
        schools.into_iter().map(|of| (chosen.as_deref() == Some(&*of.id), of)).map(|(chosen, of)| (of, chosen)).collect();
    let whose = match (schools.iter().find(|(_, chosen)| *chosen), schools.as_slice()) {
        (Some((school, _)), _) | (None, [(school, _)]) => school.name.clone(),
        _ => "すべての学校".to_owned(),
    };
    let bars: Vec<Bar> =
        of_weeks.iter().map(|of| Bar { week: of.begins, watch: of.counts.watch, support: of.counts.support }).collect();
    let of_shares = [
        Share { label: "気にかけたい知らせ", share: total.precision, own: true },
        Share { label: "欠席の多い順に同じ人数", share: total.precision_by_absence, own: false },
        Share { label: "提出の少ない順に同じ人数", share: total.precision_by_work, own: false },
        Share { label: "記録のある日の少ない順に同じ人数", share: total.precision_by_activity, own: false },
        Share { label: "全員（くじで選ぶのと同じ）", share: total.base_rate, own: false },
    ];
    html(&QualityPage {
        frame: session.frame(Nav::staff(Here::Quality)),
        years: BTreeSet::from([newest - 1, newest, year]).into_iter().map(|of| (of, of == year)).collect(),
        year_in_words: words::school_year(first),
        schools,
        whose,
        step,
        by_week: weeks(&bars),
        found: shares(&of_shares),
        weeks: of_weeks,
        total,
    })
}
