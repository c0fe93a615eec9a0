//! Apps that post: batches of all sizes, some with what was sent before, some with mistakes; again what was not acknowledged.
use crate::ledger::{Call, Ledger};
use asagao_graphql::clock::Clock;
use asagao_tests::{AOI, HARUTO, KAEDE, MINATO, REN, SOTA, TSUMUGI, YUI};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::RwLock;
use uuid::{Builder, Uuid};

const DOCUMENT: &str = "mutation ($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted duplicates
    conflicts { id } rejected { code } userErrors { code } } }";
const VERBS: [&str; 3] = ["ANSWERED", "VIEWED", "COMPLETED"];
const PUPILS: [Uuid; 8] = [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI, REN, SOTA];

/// What all apps of a database have in common.
pub(crate) struct Posting {
    pub url: String,
    pub token: String,
    /// The time that activities are before.
    pub begun: DateTime<Utc>,
    pub ledger: Ledger,
    /// Held for each try; who takes it all makes the apps wait.
    pub gate: Arc<RwLock<()>>,
    pub round: AtomicU32,
}

/// One app.
pub(crate) struct Posts {
    posting: Arc<Posting>,
    http: reqwest::Client,
    chance: Xoshiro256PlusPlus,
}

enum Answer {
    Stored(usize, usize, usize),
    NotNow,
    Strange(String),
}

/// A number under another one.
pub(crate) fn under(chance: &mut Xoshiro256PlusPlus, end: u64) -> u64 {
    chance.next_u64() % end.max(1)
}

impl Posts {
    pub(crate) fn new(posting: Arc<Posting>, seed: u64) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_mins(1)).build().expect("a client of HTTP");
        Posts { posting, http, chance: Xoshiro256PlusPlus::seed_from_u64(seed) }
    }

    /// Posts until it is ended.
    pub(crate) async fn run(mut self) {
        let mut left: Option<Call> = None;
        loop {
            let posting = self.posting.clone();
            let turn = posting.gate.read().await;
            let mut call = left.take().unwrap_or_else(|| self.call());
            call.sent += 1;
            if call.sent > 1 {
                posting.ledger.again();
            }
            match self.post(&call).await {
                Answer::Stored(accepted, duplicates, rejected) => {
                    posting.ledger.answered(&call, (accepted, duplicates, rejected));
                    continue;
                }
                Answer::NotNow => posting.ledger.not_now(),
                Answer::Strange(what) => posting.ledger.strange(what),
            }
            drop(turn);
            // Some tablets are switched off instead.
            left = (under(&mut self.chance, 8) > 0).then_some(call);
            tokio::time::sleep(Duration::from_millis(5 + under(&mut self.chance, 45))).await;
        }
    }

    fn call(&mut self) -> Call {
        let most = [1, 20, 40, 200][usize::try_from(under(&mut self.chance, 4)).unwrap_or_default()];
        let many = 1 + under(&mut self.chance, most);
        let fresh: Vec<Uuid> = (0..many).map(|_| self.id()).collect();
        let ledger = &self.posting.ledger;
        let mut again = Vec::new();
        if under(&mut self.chance, 3) == 0 {
            let of = ledger.acknowledged_near(self.chance.next_u64());
            again.extend(of.into_iter().flat_map(|call| call.fresh).take(30));
        }
        if under(&mut self.chance, 10) == 0 {
            again.push(fresh[0]);
        }
        let wrong = if under(&mut self.chance, 10) == 0 { 2 } else { 0 };
        ledger.begin(fresh, again, wrong, self.posting.round.load(Ordering::SeqCst))
    }

    fn id(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.chance.fill_bytes(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    async fn post(&self, call: &Call) -> Answer {
        let begun = self.posting.begun;
        let mut activities: Vec<Value> = call.fresh.iter().chain(&call.again).map(|id| activity(*id, begun)).collect();
        for nth in 0..call.wrong {
            let mut nobodys = activity(call.fresh[0], begun);
            nobodys["pupilId"] = json!(Uuid::from_u128(call.fresh[0].as_u128() ^ (nth as u128 + 1)));
            activities.insert(activities.len() / 2, nobodys);
        }
        let sent_at = Clock::System.now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let body = json!({ "query": DOCUMENT, "variables": { "input": { "sentAt": sent_at, "activities": activities } } });
        let request = self.http.post(format!("{}/graphql", self.posting.url)).bearer_auth(&self.posting.token).json(&body);
        // Whether anything was stored cannot be known where there is no whole answer.
        let Ok(response) = request.header("accept", "application/graphql-response+json").send().await else {
            return Answer::NotNow;
        };
        let (status, wait) = (response.status(), response.headers().contains_key("retry-after"));
        let Ok(bytes) = response.bytes().await else { return Answer::NotNow };
        let Ok(body) = serde_json::from_slice::<Value>(&bytes) else { return Answer::Strange(format!("{status} without JSON")) };
        if let Some(error) = body["errors"].get(0) {
            return match error["extensions"]["code"].as_str() {
                Some("UNAVAILABLE") if status != 503 || wait => Answer::NotNow,
                _ => Answer::Strange(format!("{status}: {error}")),
            };
        }
        let said = &body["data"]["recordActivities"];
        let many = |name: &str| said[name].as_array().map_or(usize::MAX, Vec::len);
        let number = |name: &str| said[name].as_u64().and_then(|number| usize::try_from(number).ok());
        match (number("accepted"), number("duplicates"), many("conflicts"), many("userErrors")) {
            (Some(accepted), Some(duplicates), 0, 0) => Answer::Stored(accepted, duplicates, many("rejected")),
            _ => Answer::Strange(format!("{status}: {said}")),
        }
    }
}

/// Whose activity it is.
pub(crate) fn pupil(id: Uuid) -> Uuid {
    PUPILS[usize::from(id.as_bytes()[0]) % PUPILS.len()]
}

/// The activity of an id, the same whenever it is sent.
fn activity(id: Uuid, begun: DateTime<Utc>) -> Value {
    let bytes = id.as_bytes();
    let before = TimeDelta::seconds(i64::from(u16::from_be_bytes([bytes[1], bytes[2]])) * 5);
    json!({
        "id": id,
        "pupilId": pupil(id),
        "verb": VERBS[usize::from(bytes[3]) % VERBS.len()],
        "objectId": format!("https://drill.example/{}", bytes[4]),
        "objectKind": "QUESTION",
        "occurredAt": (begun - before).to_rfc3339_opts(SecondsFormat::Millis, true),
        "durationSeconds": bytes[5],
        "extensions": { "https://drill.example/padding": "x".repeat(usize::from(bytes[6])) },
    })
}
