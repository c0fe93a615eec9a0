//! People who ask, and what they are answered.
use crate::{Package, School};
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// Somebody at the school, or an app.
pub struct Person<'a> {
    pub(crate) school: &'a School,
    /// The id that the duties are held by.
    pub id: Uuid,
    pub(crate) secret: Option<String>,
}

impl Person<'_> {
    /// Asks the server a GraphQL document.
    pub async fn ask(&self, document: &str, variables: Value) -> Answer {
        self.post(json!({ "query": document, "variables": variables }).to_string()).await
    }

    /// Posts a body as it is.
    pub async fn post(&self, body: impl Into<Body>) -> Answer {
        self.school.send(self.request("POST", "/graphql").body(body.into()).expect("a request")).await
    }

    /// A request in this person's name, to be changed and sent by [`School::send`].
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("accept", "application/graphql-response+json").header("content-type", "application/json");
        match &self.secret {
            Some(secret) => request.header("authorization", format!("Bearer {secret}")),
            None => request,
        }
    }

    /// Sends a roster to be read, waits until it is, and gives the answer's import.
    pub async fn preview(&self, package: &Package) -> Value {
        let sent = self.school.send(self.request("POST", "/uploads").body(package.zip().into()).expect("a request")).await;
        let document = "mutation ($input: PreviewRosterImportInput!) { previewRosterImport(input: $input) { import { id }
            userErrors { code field message } } }";
        let input = json!({ "uploadId": sent.body["uploadId"], "fileName": "roster.zip" });
        let answer = self.ask(document, json!({ "input": input })).await;
        let id = answer.data("/previewRosterImport/import/id").clone();
        loop {
            let import = self.roster_import(&id).await;
            if import["state"] != "READING" {
                return import;
            }
            tokio::task::yield_now().await;
        }
    }

    /// An import of a roster as it is now; null where this person may not see it.
    pub async fn roster_import(&self, id: &Value) -> Value {
        let document =
            "query ($id: ID!) { rosterImport(id: $id) { id state fileName version encoding madeBy rowsRead suspicion undoUntil
            counts { record unchanged new changed leaving returning conflicts unmatched kept suspicious }
            schools { name } findingCounts { severity code file column count }
            findings { nodes { severity code file line column value message advice } }
            changes(first: 100) { nodes { id record recordId kind suspicious line name className schoolName candidateName leftOut
                fields { field before after theirs } } } } }";
        self.ask(document, json!({ "id": id })).await.data("/rosterImport").clone()
    }

    /// Commits an import and gives what became of it.
    pub async fn commit_roster(&self, id: &Value, suspicion: &Value, take: &[Value]) -> Value {
        let document =
            "mutation ($input: CommitRosterImportInput!) { commitRosterImport(input: $input) { import { id state undoUntil }
            userErrors { code field message } } }";
        let input = json!({ "importId": id, "suspicion": suspicion, "take": take });
        self.ask(document, json!({ "input": input })).await.data("/commitRosterImport").clone()
    }

    /// Takes an import back and gives what became of it.
    pub async fn undo_roster(&self, id: &Value) -> Value {
        let document = "mutation ($input: UndoRosterImportInput!) { undoRosterImport(input: $input) { import { state } staying
            userErrors { code field message } } }";
        let answer = self.ask(document, json!({ "input": { "importId": id, "reason": "前年度の名簿でした" } })).await;
        answer.data("/undoRosterImport").clone()
    }

    /// Posts activities from a device whose clock is right and returns what became of them.
    pub async fn record(&self, activities: &[Value]) -> Value {
        self.record_at(&self.school.clock.now().to_rfc3339(), activities).await
    }

    /// Posts activities from a device whose clock says this.
    pub async fn record_at(&self, sent_at: &str, activities: &[Value]) -> Value {
        self.try_record(sent_at, activities).await.data("/recordActivities").clone()
    }

    /// The whole answer to such a call.
    pub async fn try_record(&self, sent_at: &str, activities: &[Value]) -> Answer {
        let document = "mutation ($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted duplicates
            conflicts { index id message } rejected { index id code field message } userErrors { code field message } } }";
        self.ask(document, json!({ "input": { "sentAt": sent_at, "activities": activities } })).await
    }

    /// Takes activities back, by pupil and id.
    pub async fn withdraw(&self, keys: &[(Uuid, Uuid)], reason: &str) -> Value {
        let document = "mutation ($input: WithdrawActivitiesInput!) { withdrawActivities(input: $input) { withdrawn duplicates
            rejected { index id code field } userErrors { code field } } }";
        let keys: Vec<_> = keys.iter().map(|(pupil, id)| json!({ "pupilId": pupil, "id": id })).collect();
        let answer = self.ask(document, json!({ "input": { "activities": keys, "reason": reason } })).await;
        answer.data("/withdrawActivities").clone()
    }

    /// Shares assignments and returns what became of them.
    pub async fn share(&self, assignments: &[Value]) -> Value {
        let document = "mutation ($input: ShareAssignmentsInput!) { shareAssignments(input: $input) { accepted changed duplicates
            rejected { index id code field } userErrors { code field } } }";
        let answer = self.ask(document, json!({ "input": { "assignments": assignments } })).await;
        answer.data("/shareAssignments").clone()
    }
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON; null where the body is none.
    pub body: Value,
}

impl Answer {
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("the answer can be read");
        Answer { status: head.status, headers: head.headers, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    /// The data at a JSON pointer, of an answer without errors.
    #[must_use]
    pub fn data(&self, pointer: &str) -> &Value {
        assert!(self.body["errors"].is_null(), "the answer has errors: {}", self.body);
        self.body["data"].pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} in {}", self.body))
    }

    /// The code of the first error; empty where there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body.pointer("/errors/0/extensions/code").and_then(Value::as_str).unwrap_or_default()
    }

    /// The message of the first error; empty where there is none.
    #[must_use]
    pub fn message(&self) -> &str {
        self.body.pointer("/errors/0/message").and_then(Value::as_str).unwrap_or_default()
    }

    /// A header as text; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// How many statements the records were read with.
    #[must_use]
    pub fn queries(&self) -> u32 {
        let timing = self.header("server-timing");
        let digits: String = timing.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("no number of queries in {timing:?}"))
    }
}
