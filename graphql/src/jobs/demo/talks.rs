//! 相談したい: a pupil of 5年2組 asks the homeroom teacher to talk, once in the last days and once this morning.
use super::answers::ask;
use super::weeks::Weeks;
use crate::access::scope::Scope;
use crate::clock::new_id;
use crate::error::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// So many school days before the last one they have talked.
const TALKED: usize = 3;

const REQUEST: &str = "mutation ($input: RequestConsultationInput!) { done: requestConsultation(input: $input) { consultation { id } userErrors { field message } } }";
const NOTE: &str = "mutation ($input: NoteConsultationInput!) { done: noteConsultation(input: $input) { consultation { id } userErrors { field message } } }";

impl Weeks<'_> {
    /// A talk that was asked for and is over, a few days ago.
    pub(super) async fn talked(&self, on: usize) -> Result<()> {
        let Some((class, child)) = self.at_work.child.as_ref().filter(|_| on + TALKED == self.town.calendar.days.len()) else {
            return Ok(());
        };
        let teacher = &self.at_work.teachers[*class];
        let id = self.request(child, teacher, "席がえのことで、話を聞いてほしいです。").await?;
        let note =
            json!({ "consultationId": id, "agreed": "席は、来月の席がえまでこのまま。こまったら、またすぐ言う。", "end": true });
        self.taken(teacher, NOTE, note).await.map(drop)
    }

    /// A talk that was asked for a few minutes ago.
    pub(super) async fn asks_to_talk(&self, now: DateTime<Utc>) -> Result<()> {
        let Some((class, child)) = &self.at_work.child else { return Ok(()) };
        self.set(now - TimeDelta::minutes(4));
        self.request(child, &self.at_work.teachers[*class], "休み時間のことで、先生と二人で話したいです。").await.map(drop)
    }

    async fn request(&self, child: &Scope, teacher: &Scope, words: &str) -> Result<Value> {
        let input = json!({ "id": new_id(), "staffId": teacher.holder(), "topic": "FRIENDS", "words": words });
        Ok(self.taken(child, REQUEST, input).await?["consultation"]["id"].clone())
    }

    async fn taken(&self, scope: &Scope, document: &str, input: Value) -> Result<Value> {
        let answer: Value = ask(&self.schema, scope, document, json!({ "input": input })).await?;
        if answer["done"]["consultation"].is_null() {
            tracing::error!(%answer, "a consultation of the demo was refused");
            return Err(Error::Internal);
        }
        Ok(answer["done"].clone())
    }
}
