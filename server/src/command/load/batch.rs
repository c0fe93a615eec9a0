//! The body of a batch. It is made anew from its place in the plan whenever it is sent: the same items under the same ids.
use super::plan::{Batch, Dice};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use std::fmt::Write;
use uuid::{Builder, Uuid};

/// What is asked of a batch.
const DOCUMENT: &str = "mutation Record($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted duplicates \
                        conflicts { index } rejected { index code } userErrors { code } } }";

/// What a pupil does with what.
const DONE: [(&str, &str); 6] = [
    ("ANSWERED", "QUESTION"),
    ("ANSWERED", "QUESTION"),
    ("ANSWERED", "QUESTION"),
    ("VIEWED", "MATERIAL"),
    ("VIEWED", "VIDEO"),
    ("LAUNCHED", "TOOL"),
];

/// What makes the batches of one run.
pub(super) struct Maker {
    /// When the run began, by which its items are told from those of another run.
    pub(super) began: DateTime<Utc>,
}

impl Maker {
    /// The body of a batch of a pupil in a class, sent now.
    pub(super) fn body(&self, (place, batch): (usize, &Batch), (pupil, class): (Uuid, Uuid), now: DateTime<Utc>) -> String {
        let mut body = String::with_capacity(300 + 330 * batch.items as usize);
        body.push_str("{\"query\":\"");
        body.push_str(DOCUMENT);
        body.push_str("\",\"variables\":{\"input\":{\"sentAt\":\"");
        body.push_str(&text(now));
        body.push_str("\",\"activities\":[");
        let run = self.began.timestamp_micros().unsigned_abs();
        let mut dice = Dice(run ^ (place as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let at = self.began + TimeDelta::from_std(batch.at).unwrap_or_default();
        for item in 0..batch.items {
            let done = at - TimeDelta::seconds(i64::from(batch.items - item));
            let mut random = [0; 10];
            random[..8].copy_from_slice(&dice.next().to_be_bytes());
            random[8..].copy_from_slice(&dice.next().to_be_bytes()[..2]);
            let id = Builder::from_unix_timestamp_millis(done.timestamp_millis().unsigned_abs(), &random).into_uuid();
            let (verb, kind) = DONE[dice.below(6) as usize];
            let (unit, question) = (dice.below(40), dice.below(30));
            let comma = if item == 0 { "" } else { "," };
            // Writing to a text does not fail.
            let _ = write!(
                body,
                "{comma}{{\"id\":\"{id}\",\"pupilId\":\"{pupil}\",\"classId\":\"{class}\",\"verb\":\"{verb}\",\
                 \"objectId\":\"https://drill.example/units/{unit}/{question}\",\"objectKind\":\"{kind}\",\"occurredAt\":\"{}\",\
                 \"durationSeconds\":{}",
                text(done),
                1 + dice.below(120)
            );
            if verb == "ANSWERED" {
                body.push_str(if dice.below(4) == 0 { ",\"success\":false" } else { ",\"success\":true" });
            }
            body.push('}');
        }
        body.push_str("]}}}");
        body
    }
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::HashSet;
    use std::time::Duration;

    #[test]
    fn a_batch_is_the_same_each_time_but_for_the_time_of_sending() {
        let began: DateTime<Utc> = "2026-11-24T08:20:00+09:00".parse().unwrap();
        let maker = Maker { began };
        let batch = Batch { class: 0, pupil: 0, items: 20, at: Duration::from_secs(3) };
        let made = |maker: &Maker, place, seconds| -> Value {
            let who = (Uuid::from_u128(1), Uuid::from_u128(2));
            let body = maker.body((place, &batch), who, began + TimeDelta::seconds(seconds));
            serde_json::from_str(&body).expect("it is JSON")
        };
        let (one, again) = (made(&maker, 5, 3), made(&maker, 5, 60));
        let items = |body: &Value| body["variables"]["input"]["activities"].clone();
        assert_eq!(items(&one), items(&again));
        assert_ne!(one["variables"]["input"]["sentAt"], again["variables"]["input"]["sentAt"]);
        let ids = |body: &Value| -> Vec<String> {
            items(body).as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        let others = [made(&maker, 6, 3), made(&Maker { began: began + TimeDelta::milliseconds(1) }, 5, 3)];
        let all: HashSet<String> = others.iter().chain([&one]).flat_map(ids).collect();
        assert_eq!(all.len(), 60, "no other batch and no other run has the same ids");
    }
}
