//! What becomes of the forms of the page: an assessment, or the grid with its decisions. Only what was changed is sent.
use super::super::csrf::{Fields, Posted};
use super::super::error::PageError;
use super::super::html;
use super::super::marking::refusal;
use super::{Form, TermMarksPage, Wish, load};
use crate::pages::record::Sent;
use crate::pages::session::Session;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use form_urlencoded::byte_serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

const SAVE: &str =
    "mutation Save($input: SaveAssessmentInput!) { done: saveAssessment(input: $input) { userErrors { code field } } }";
const WITHDRAW: &str = "mutation Withdraw($input: WithdrawAssessmentInput!) { done: withdrawAssessment(input: $input) { userErrors { code field } } }";
const RECORD: &str = "mutation Record($input: RecordResultsInput!) { done: recordResults(input: $input) {
    rejected { index code field } userErrors { code field } } }";
const DECIDE: &str = "mutation Decide($input: DecideMarksInput!) { done: decideMarks(input: $input) {
    rejected { index code field } userErrors { code field } } }";

/// The most results of a call.
const MOST: usize = 1_000;

/// `POST /classes/{id}/marks`.
pub(in crate::pages) async fn send(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let term: i32 = fields.get("term").parse().map_err(|_| PageError::BadForm)?;
    let wish = Wish { term: Some(term), subject: fields.typed("subject").map(str::to_owned), edit: None };
    match fields.get("act") {
        "assessment" => assessment(&session, &class, &wish, &fields).await,
        "withdraw" => withdraw(&session, &class, &wish, &fields).await,
        _ => grid(&session, &class, &wish, &fields).await,
    }
}

fn back(class: &str, wish: &Wish) -> Response {
    let subject: String = byte_serialize(wish.subject.as_deref().unwrap_or_default().as_bytes()).collect();
    Redirect::to(&format!("/classes/{class}/marks?term={}&subject={subject}", wish.term.unwrap_or_default())).into_response()
}

fn shown_again(page: &TermMarksPage) -> Result<Response, PageError> {
    Ok((StatusCode::CONFLICT, html(page)?).into_response())
}

async fn assessment(session: &Session, class: &str, wish: &Wish, fields: &Fields) -> Result<Response, PageError> {
    let number = |name: &str| match fields.typed(name) {
        None => Value::Null,
        // What is no number is refused as one that is out of range.
        Some(text) => json!(plain(text).parse::<i32>().unwrap_or(0)),
    };
    let day = fields.typed("day").and_then(super::super::day::read).ok_or(PageError::BadForm)?;
    let input = json!({ "id": fields.typed("id"), "classId": class, "term": wish.term, "subject": wish.subject, "name": fields.get("name").trim(),
        "day": day, "knowledgeMax": number("most.0"), "thinkingMax": number("most.1"), "attitudeMax": number("most.2"),
        "weight": fields.typed("weight").map_or(json!(1), |_| number("weight")) });
    let sent: Sent = session.ask(SAVE, json!({ "input": input })).await?;
    let Some(refused) = sent.refusals()?.into_iter().next() else { return Ok(back(class, wish)) };
    let mut page = load(session, class, wish).await?;
    page.form = Form {
        id: fields.get("id").to_owned(),
        name: fields.get("name").to_owned(),
        day: day.to_string(),
        most: ["most.0", "most.1", "most.2"].map(|name| fields.get(name).to_owned()),
        weight: fields.get("weight").to_owned(),
        wrong: Some(refusal(&refused.code, &refused.field)),
    };
    shown_again(&page)
}

async fn withdraw(session: &Session, class: &str, wish: &Wish, fields: &Fields) -> Result<Response, PageError> {
    let input = json!({ "assessmentId": fields.get("id"), "reason": fields.get("reason") });
    let sent: Sent = session.ask(WITHDRAW, json!({ "input": input })).await?;
    let Some(refused) = sent.refusals()?.into_iter().next() else { return Ok(back(class, wish)) };
    let edit = Some(fields.get("id").to_owned());
    let mut page = load(session, class, &Wish { edit, ..wish.clone() }).await?;
    page.form.wrong = Some(refusal(&refused.code, &refused.field));
    shown_again(&page)
}

/// What was typed, in half width and without spaces around it.
fn plain(text: &str) -> String {
    let half = |letter: char| match letter {
        '０'..='９' => char::from_u32(u32::from(letter) - u32::from('０') + u32::from('0')).unwrap_or(letter),
        '．' => '.',
        other => other,
    };
    text.trim().chars().map(half).collect()
}

/// A result as it is typed; `None` where it says nothing that can be recorded.
fn result(pupil: &str, viewpoint: &str, text: &str) -> Option<Value> {
    let state = |state: &str| Some(json!({ "pupilId": pupil, "viewpoint": viewpoint, "state": state }));
    match plain(text).as_str() {
        "" => state("NONE"),
        "未" | "未受験" | "欠" => state("NOT_TAKEN"),
        "除" | "除く" => state("EXCUSED"),
        number => {
            let points: f64 = number.parse().ok().filter(|points: &f64| points.is_finite())?;
            Some(json!({ "pupilId": pupil, "viewpoint": viewpoint, "points": points }))
        }
    }
}

/// What was not taken, by the key of the cell or the choice.
#[derive(Default)]
struct Wrong {
    cells: HashMap<String, &'static str>,
    messages: Vec<&'static str>,
}

impl Wrong {
    async fn send(&mut self, session: &Session, document: &str, input: Value, keys: &[String]) -> Result<(), PageError> {
        let sent: Sent = session.ask(document, json!({ "input": input })).await?;
        let (whole, items) = sent.parted()?;
        for item in items {
            if let Some(key) = keys.get(item.index) {
                self.cells.insert(key.clone(), refusal(&item.code, &item.field));
            }
        }
        self.messages.extend(whole.iter().map(|of| refusal(&of.code, &of.field)));
        Ok(())
    }
}

async fn grid(session: &Session, class: &str, wish: &Wish, fields: &Fields) -> Result<Response, PageError> {
    let typed: HashMap<&str, &str> = fields.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let of = |prefix: &str, key: &str| typed.get(format!("{prefix}{key}").as_str()).copied().unwrap_or_default();
    let mut wrong = Wrong::default();
    let mut tests: BTreeMap<&str, Vec<(String, Value)>> = BTreeMap::new();
    for (key, was) in fields.0.iter().filter_map(|(name, was)| Some((name.strip_prefix("was.")?, was.as_str()))) {
        let now = of("r.", key);
        if plain(now) == was {
            continue;
        }
        let mut parts = key.splitn(3, '.');
        let (Some(test), Some(viewpoint), Some(pupil)) = (parts.next(), parts.next(), parts.next()) else { continue };
        match result(pupil, viewpoint, now) {
            Some(result) => tests.entry(test).or_default().push((key.to_owned(), result)),
            None => drop(wrong.cells.insert(key.to_owned(), "点の数か、未（受けていない）か、除（数えない）を入れてください。")),
        }
    }
    for (test, results) in tests {
        for chunk in results.chunks(MOST) {
            let (keys, results): (Vec<String>, Vec<Value>) = chunk.iter().cloned().unzip();
            wrong.send(session, RECORD, json!({ "assessmentId": test, "results": results }), &keys).await?;
        }
    }
    let (mut keys, mut decisions) = (Vec::new(), Vec::new());
    for (key, was) in fields.0.iter().filter_map(|(name, was)| Some((name.strip_prefix("dwas.")?, was.as_str()))) {
        let (now, Some((item, pupil))) = (of("d.", key), key.split_once('.')) else { continue };
        if now == was {
            continue;
        }
        let reason = Some(of("reason.", pupil).trim()).filter(|reason| !reason.is_empty());
        let value = Some(now).filter(|now| !now.is_empty());
        decisions.push(json!({ "pupilId": pupil, "item": item, "value": value, "reason": reason }));
        keys.push(key.to_owned());
    }
    if !decisions.is_empty() {
        let input = json!({ "classId": class, "term": wish.term, "subject": wish.subject, "decisions": decisions });
        wrong.send(session, DECIDE, input, &keys).await?;
    }
    if wrong.cells.is_empty() && wrong.messages.is_empty() {
        return Ok(back(class, wish));
    }
    let mut page = load(session, class, wish).await?;
    for row in &mut page.rows {
        for cell in &mut row.cells {
            if let Some(why) = wrong.cells.get(&cell.key).copied() {
                (cell.wrong, cell.value) = (Some(why), of("r.", &cell.key).to_owned());
            }
        }
        for mark in &mut row.marks {
            if wrong.cells.contains_key(&mark.key)
                || (!wrong.messages.is_empty() && typed.contains_key(format!("d.{}", mark.key).as_str()))
            {
                mark.wrong = wrong.cells.get(&mark.key).copied();
                of("d.", &mark.key).clone_into(&mut mark.chosen);
                of("reason.", &row.id).clone_into(&mut row.reason);
            }
        }
    }
    let count = wrong.cells.len();
    if count > 0 {
        page.messages.push(format!("保存していないところが{count}か所あります。ほかは保存しました。"));
    }
    page.messages.extend(wrong.messages.iter().map(|message| format!("保存していないものがあります。{message}")));
    shown_again(&page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_teachers_type_them() {
        let state = |text: &str| result("p", "KNOWLEDGE", text).and_then(|of| of["state"].as_str().map(str::to_owned));
        assert_eq!(
            (state("").as_deref(), state(" 未 ").as_deref(), state("除").as_deref()),
            (Some("NONE"), Some("NOT_TAKEN"), Some("EXCUSED"))
        );
        assert_eq!(result("p", "KNOWLEDGE", " ８０．５ ").expect("points")["points"], 80.5);
        assert!(["A", "8 0", "inf", "NaN", "-"].iter().all(|text| result("p", "KNOWLEDGE", text).is_none()));
    }
}
