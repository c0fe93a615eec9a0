//! What the forms of the page send, and why something was not taken, in the words of the page.
use super::super::csrf::Fields;
use super::super::error::PageError;
use super::super::record::{self, Refusal};
use super::super::session::Session;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a form asks for.
pub(super) enum Sent {
    /// To look at what would go.
    Plan(Vec<String>),
    /// To delete it, with what stands for what was shown.
    Delete(Vec<String>, String),
    /// A mutation with the type of its input.
    Call(&'static str, &'static str, Value),
}

/// Reads a form, or says what is wrong with it.
pub(super) fn read(fields: &Fields) -> Result<Sent, &'static str> {
    let ids: Vec<String> = fields.0.iter().filter(|(name, _)| name == "id").map(|(_, value)| value.clone()).collect();
    let reason = fields.get("reason");
    Ok(match fields.get("do") {
        "plan" | "delete" if ids.is_empty() => return Err("廃棄する記録を選んでください。"),
        "plan" => Sent::Plan(ids),
        "delete" => Sent::Delete(ids, fields.get("confirmation").to_owned()),
        "hold" => {
            let pupil = fields.typed("pupil");
            let (school, kind) = (fields.typed("school"), fields.typed("kind"));
            if pupil.is_none() && school.is_none() {
                return Err("学校を選んでください。");
            }
            let input = json!({ "pupilId": pupil, "schoolId": school, "kind": kind, "reason": reason });
            Sent::Call("placeLegalHold", "PlaceLegalHoldInput", input)
        }
        "lift" => Sent::Call("liftLegalHold", "LiftLegalHoldInput", json!({ "holdId": fields.get("hold"), "reason": reason })),
        "rule" => {
            let years: i32 = fields.get("years").trim().parse().map_err(|_| "年数は、1 から 100 の数字で書いてください。")?;
            let kind = fields.typed("kind").ok_or("記録の種類を選んでください。")?;
            let input =
                json!({ "kind": kind, "years": years, "countedFrom": fields.typed("from"), "basis": fields.get("basis") });
            Sent::Call("saveRetentionRule", "SaveRetentionRuleInput", input)
        }
        _ => return Err("何をするか、選んでください。"),
    })
}

#[derive(Deserialize)]
struct Done {
    done: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<Refusal>,
    rest: Option<Rest>,
}

#[derive(Deserialize)]
struct Rest {
    confirmation: String,
    due: Vec<Left>,
}

#[derive(Deserialize)]
struct Left {
    id: String,
}

/// Why a call was not taken; empty where it was.
pub(super) async fn call(session: &Session, mutation: &str, of_type: &str, input: &Value) -> Result<Vec<String>, PageError> {
    let document =
        format!("mutation Kept($input: {of_type}!) {{ done: {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
    let sent: record::Sent = session.ask(&document, json!({ "input": input })).await?;
    Ok(refusals(&sent.refusals()?))
}

/// Deletes some lots: why it was not taken, and what is left with what stands for it.
pub(super) async fn delete(session: &Session, input: &Value) -> Result<(Vec<String>, Option<(Vec<String>, String)>), PageError> {
    let document = "mutation Delete($input: DeleteDueInput!) {
        done: deleteDue(input: $input) { userErrors { code field } rest { confirmation due { id } } } }";
    let done: Done = session.ask(document, json!({ "input": input })).await?;
    let payload = done.done.ok_or(PageError::NotFound)?;
    let rest = payload.rest.map(|rest| (rest.due.into_iter().map(|left| left.id).collect(), rest.confirmation));
    Ok((refusals(&payload.user_errors), rest))
}

fn refusals(errors: &[Refusal]) -> Vec<String> {
    errors.iter().map(|error| words(&error.code, &error.field).to_owned()).collect()
}

fn words(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("CONFLICT", "confirmation") => "確かめたあとに、廃棄できる記録が変わりました。もういちど確かめてください。",
        ("CONFLICT", "holdId") => "この指示は、もう解除されています。",
        ("IN_USE", _) => "すべてに保存の指示が出ています。先に解除してください。",
        ("NOT_FOUND", "ids") => "もう廃棄されたか、保存期間がまだ終わっていません。",
        ("NOT_FOUND", _) => "見つからないか、決められる人が限られています。",
        ("INVALID_TEXT" | "EMPTY", "basis") => "根拠を書いてください。",
        ("INVALID_TEXT" | "EMPTY", _) => "理由を書いてください。",
        ("TOO_LONG", _) => "文が長すぎます。短くしてください。",
        ("OUT_OF_RANGE", "years") => {
            "年数は 1 から 100 までで、学籍の記録より長くはできません（だれの記録か分からなくなるため）。"
        }
        ("OUT_OF_RANGE", "countedFrom") => "この記録の数え始めは変えられません。",
        _ => "入力を確かめてください。",
    }
}
