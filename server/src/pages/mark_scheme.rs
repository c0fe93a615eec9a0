//! 評価の規準: by which rule a school marks, for whom, since when; the office saves another version.
mod rule;

use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Connection, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::marks::subject;
use asagao_graphql::roster::moves::school_age::GRADES;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, Utc};
use rule::{Rule, SCALES, Scale};
use serde::Deserialize;
use serde_json::json;

const SAVE: &str =
    "mutation Save($input: SaveMarkSchemeInput!) { done: saveMarkScheme(input: $input) { userErrors { code field } } }";
const WITHDRAW: &str = "mutation Withdraw($input: WithdrawMarkSchemeInput!) { done: withdrawMarkScheme(input: $input) { userErrors { code field } } }";

#[derive(Deserialize)]
pub(super) struct Wish {
    year: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    school: Option<School>,
    #[serde(default)]
    terms: Vec<Term>,
    mark_schemes: Option<Connection<Scheme>>,
    #[serde(default)]
    mark_scheme_proposal: Option<Rule>,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    name: String,
    begins: NaiveDate,
    ends: NaiveDate,
    is_set: bool,
}

#[derive(Deserialize)]
struct Scheme {
    version: i32,
    grade: Option<String>,
    subject: Option<String>,
    holds: bool,
    reason: String,
    by: Option<String>,
    at: DateTime<Utc>,
    rule: Option<Rule>,
}

/// A version in the list.
struct Version {
    whose: String,
    said: String,
    lines: Vec<String>,
    /// What the form to take it back sends, where it may be taken back.
    back: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "mark_scheme.html")]
struct MarkSchemePage {
    frame: Frame,
    here: String,
    school: String,
    year: i32,
    year_in_words: String,
    terms: Vec<String>,
    terms_set: bool,
    holding: Vec<Version>,
    former: Vec<Version>,
    /// Whether the school has none that holds for all.
    missing: bool,
    proposed: Option<Vec<String>>,
    sets: bool,
    grades: Vec<(&'static str, String, bool)>,
    subjects: Vec<(&'static str, bool)>,
    cuts: (String, String),
    weights: [String; 3],
    scales: Vec<Scale>,
    reason: String,
    refused: Option<String>,
}

/// `GET /schools/{id}/mark-scheme`.
pub(super) async fn page(session: Session, Path(school): Path<String>, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    let year = wish.year.unwrap_or_else(|| asagao_graphql::marks::term::school_year(session.scope().today()));
    Ok(html(&load(&session, &school, year, None).await?)?.into_response())
}

async fn load(session: &Session, school: &str, year: i32, typed: Option<&Fields>) -> Result<MarkSchemePage, PageError> {
    let first = NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..2100).contains(&year) && !session.presenting());
    let first = first.ok_or(PageError::NotFound)?;
    let answer: Answer = session.ask(include_str!("mark_scheme.graphql"), json!({ "school": school, "year": year })).await?;
    let School { id, name } = answer.school.ok_or(PageError::NotFound)?;
    let schemes = answer.mark_schemes.ok_or(PageError::NotFound)?.nodes;
    let proposal = answer.mark_scheme_proposal;
    let sets = proposal.is_some() && session.may(Right::MarkSchemeWrite);
    let of_all = schemes.iter().find(|scheme| scheme.holds && scheme.grade.is_none() && scheme.subject.is_none());
    let rule_of_all = of_all.and_then(|scheme| scheme.rule.clone());
    let missing = rule_of_all.is_none();
    let shown = rule_of_all.or(proposal.clone()).unwrap_or_default();
    let today = session.scope().today();
    let (holding, former): (Vec<_>, Vec<_>) = schemes.iter().partition(|scheme| scheme.holds && scheme.rule.is_some());
    let mut page = MarkSchemePage {
        frame: session.frame(if sets { Nav::office(&id, Here::MarkScheme) } else { Nav::staff(Here::Elsewhere) }),
        here: format!("/schools/{id}/mark-scheme"),
        school: name,
        year,
        year_in_words: words::school_year(first),
        terms: answer
            .terms
            .iter()
            .map(|term| format!("{} {}〜{}", term.name, day::short(term.begins), day::short(term.ends)))
            .collect(),
        terms_set: answer.terms.iter().any(|term| term.is_set),
        holding: holding.into_iter().map(|scheme| scheme.version(today)).collect(),
        former: former.into_iter().map(|scheme| scheme.version(today)).collect(),
        missing,
        proposed: proposal.filter(|_| missing && sets).map(|rule| rule.lines()),
        sets,
        grades: GRADES.map(|grade| (grade, words::grades(&[grade.to_owned()]), false)).into(),
        subjects: subject::by_points("").map(|subject| (subject, false)).collect(),
        cuts: (shown.cut_a.to_string(), shown.cut_b.to_string()),
        weights: [shown.weights.knowledge, shown.weights.thinking, shown.weights.attitude].map(|weight| weight.to_string()),
        scales: SCALES.into_iter().map(|scale| Scale::of(scale, &shown)).collect(),
        reason: String::new(),
        refused: None,
    };
    if let Some(fields) = typed {
        page.fill(fields);
    }
    Ok(page)
}

impl MarkSchemePage {
    /// Puts what was typed back into the form.
    fn fill(&mut self, fields: &Fields) {
        self.cuts = (fields.get("cutA").to_owned(), fields.get("cutB").to_owned());
        self.weights = ["0", "1", "2"].map(|at| fields.get(&format!("weight.{at}")).to_owned());
        self.grades.iter_mut().for_each(|grade| grade.2 = fields.is("grade", grade.0));
        self.subjects.iter_mut().for_each(|subject| subject.1 = fields.is("subject", subject.0));
        for scale in &mut self.scales {
            scale.on = fields.is(&format!("on.{}", scale.code), "1");
            scale.by_cuts = fields.is(&format!("by.{}", scale.code), "cuts");
            for (letters, rating) in &mut scale.table {
                *rating = fields.get(&format!("{}.{letters}", scale.code)).parse().unwrap_or(*rating);
            }
            for (at, cut) in &mut scale.cuts {
                fields.get(&format!("{}.cut.{at}", scale.code)).clone_into(cut);
            }
        }
        fields.get("reason").clone_into(&mut self.reason);
    }
}

/// 「5年の算数」, 「すべての学年の算数」.
fn whose(grade: Option<&str>, subject: Option<&str>) -> String {
    match (grade.map(|grade| words::grades(&[grade.to_owned()])), subject) {
        (None, None) => "学校全体".to_owned(),
        (Some(grade), None) => format!("{grade}のすべての教科"),
        (None, Some(subject)) => format!("すべての学年の{subject}"),
        (Some(grade), Some(subject)) => format!("{grade}の{subject}"),
    }
}

impl Scheme {
    fn version(&self, today: NaiveDate) -> Version {
        let by = self.by.as_deref().map(|by| format!(" {by}")).unwrap_or_default();
        let special = self.grade.is_some() || self.subject.is_some();
        Version {
            whose: format!("{}　第{}版", whose(self.grade.as_deref(), self.subject.as_deref()), self.version),
            said: format!("{}{by}　{}", day::near(self.at, today), self.reason),
            lines: self
                .rule
                .as_ref()
                .map_or_else(|| vec!["この規準をやめて、広いほうの規準に戻しました。".to_owned()], Rule::lines),
            back: (self.holds && special && self.rule.is_some())
                .then(|| (self.grade.clone().unwrap_or_default(), self.subject.clone().unwrap_or_default())),
        }
    }
}

/// `POST /schools/{id}/mark-scheme`.
pub(super) async fn send(Path(school): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let year: i32 = fields.get("year").parse().map_err(|_| PageError::BadForm)?;
    let said = |name: &str| fields.typed(name).map(str::to_owned);
    let mut input = json!({ "schoolId": school, "year": year, "grade": said("grade"), "subject": said("subject"), "reason": fields.get("reason") });
    let document = match fields.get("act") {
        "withdraw" => WITHDRAW,
        "propose" => {
            let answer: Answer =
                session.ask(include_str!("mark_scheme.graphql"), json!({ "school": school, "year": year })).await?;
            input["rule"] = answer.mark_scheme_proposal.as_ref().map(Rule::input).ok_or(PageError::NotFound)?;
            SAVE
        }
        _ => {
            input["rule"] = rule::rule(&fields);
            SAVE
        }
    };
    let sent: Sent = session.ask(document, json!({ "input": input })).await?;
    let Some(refused) = sent.refusals()?.into_iter().next() else {
        return Ok(Redirect::to(&format!("/schools/{school}/mark-scheme?year={year}")).into_response());
    };
    let typed = (document == SAVE && !fields.is("act", "propose")).then_some(&fields);
    let mut page = load(&session, &school, year, typed).await?;
    page.refused = Some(refusal(&refused.code, &refused.field).to_owned());
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

/// Why a rule was not taken.
fn refusal(code: &str, field: &str) -> &'static str {
    match field {
        "rule.cutB" => "Aの下限はBの下限より上で、どちらも1から100までの整数です。",
        "rule.weights" => "重みは0から100までの整数で、一つは1以上です。",
        "rule.conversions.table" => "よい評価のほうが低い評定になるところがあるか、評定の空いている組合せがあります。",
        "rule.conversions.cuts" => "評定の下限は1から100までの整数で、上の評定ほど高くします。",
        "rule.conversions" => "この学校の学年に要る評定の決め方がありません。",
        _ => words::refusal(code, field),
    }
}
