//! What an answer says, as far as it is needed.
use super::client::Answer;
use asagao_graphql::error::code;
use hyper::StatusCode;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::time::Duration;

/// How long a client waits that is told to come later and not when.
pub(super) const LATER: Duration = Duration::from_secs(1);

/// The answer to a batch, as far as it is needed.
#[derive(Deserialize)]
pub(super) struct Posted {
    pub(super) accepted: u64,
    pub(super) duplicates: u64,
    pub(super) conflicts: Vec<IgnoredAny>,
    pub(super) rejected: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Body {
    data: Option<Data>,
    #[serde(default)]
    errors: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    record_activities: Option<Posted>,
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Deserialize, Default)]
struct Extensions {
    #[serde(default)]
    code: String,
}

/// The errors of an answer whose data is of no interest.
#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<Told>,
}

/// What became of a call.
pub(super) enum Outcome {
    Stored(Posted),
    Shown,
    /// Not now.
    Later(Duration),
    Failed(Vec<String>),
}

fn later(answer: &Answer) -> Option<Outcome> {
    let come_later = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&answer.status);
    come_later.then(|| Outcome::Later(answer.retry_after.unwrap_or(LATER)))
}

/// What became of a batch.
pub(super) fn stored(answer: &Answer) -> Outcome {
    if let Some(later) = later(answer) {
        return later;
    }
    match serde_json::from_slice::<Body>(&answer.body) {
        Ok(Body { data: Some(Data { record_activities: Some(posted) }), .. }) => Outcome::Stored(posted),
        Ok(Body { errors, .. }) => failed(answer, errors),
        Err(_) => failed(answer, Vec::new()),
    }
}

/// A page; what its teacher may not see is left out of it, as on the page itself.
pub(super) fn shown(answer: &Answer) -> Outcome {
    if let Some(later) = later(answer) {
        return later;
    }
    if answer.status == StatusCode::OK && answer.body.starts_with(b"{\"data\"") {
        return Outcome::Shown;
    }
    let mut errors = serde_json::from_slice::<Errors>(&answer.body).map_or_else(|_| Vec::new(), |body| body.errors);
    let some = !errors.is_empty();
    errors.retain(|error| error.extensions.code != code::FORBIDDEN);
    if answer.status == StatusCode::OK && some && errors.is_empty() { Outcome::Shown } else { failed(answer, errors) }
}

fn failed(answer: &Answer, errors: Vec<Told>) -> Outcome {
    let mut codes: Vec<String> = errors.into_iter().map(|error| error.extensions.code).collect();
    codes.sort();
    codes.dedup();
    if codes.iter().any(|code| code == code::UNAVAILABLE) {
        return Outcome::Later(answer.retry_after.unwrap_or(LATER));
    }
    Outcome::Failed(if codes.is_empty() { vec![answer.status.to_string()] } else { codes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str, seconds: Option<u64>) -> Answer {
        let status = StatusCode::from_u16(status).expect("a status");
        Answer { status, retry_after: seconds.map(Duration::from_secs), body: body.to_owned().into() }
    }

    #[test]
    fn a_batch_is_stored_refused_or_asked_for_later() {
        let body = r#"{"data":{"recordActivities":{"accepted":3,"duplicates":1,"conflicts":[{"index":0}],"rejected":[],"userErrors":[]}}}"#;
        let Outcome::Stored(posted) = stored(&answer(200, body, None)) else { panic!("it is stored") };
        assert_eq!((posted.accepted, posted.duplicates, posted.conflicts.len(), posted.rejected.len()), (3, 1, 1, 0));
        let later = |of: &Answer| if let Outcome::Later(wait) = stored(of) { Some(wait.as_secs()) } else { None };
        assert_eq!(later(&answer(429, "", Some(7))), Some(7));
        assert_eq!(later(&answer(503, "", None)), Some(1));
        let error = |code: &str| format!(r#"{{"errors":[{{"message":"no","extensions":{{"code":"{code}"}}}}],"data":null}}"#);
        assert_eq!(later(&answer(200, &error("UNAVAILABLE"), None)), Some(1));
        assert!(matches!(stored(&answer(200, &error("FORBIDDEN"), None)), Outcome::Failed(codes) if codes == ["FORBIDDEN"]));
        assert!(matches!(stored(&answer(502, "<html>", None)), Outcome::Failed(codes) if codes == ["502 Bad Gateway"]));
    }

    #[test]
    fn a_page_is_shown_without_what_its_teacher_may_not_see() {
        let error = |code: &str| format!(r#"{{"errors":[{{"message":"no","extensions":{{"code":"{code}"}}}}],"data":{{}}}}"#);
        assert!(matches!(shown(&answer(200, r#"{"data":{"class":{}}}"#, None)), Outcome::Shown));
        assert!(matches!(shown(&answer(200, &error("FORBIDDEN"), None)), Outcome::Shown));
        assert!(matches!(shown(&answer(200, &error("INTERNAL"), None)), Outcome::Failed(_)));
        assert!(matches!(shown(&answer(400, r#"{"errors":[]}"#, None)), Outcome::Failed(_)));
    }
}
