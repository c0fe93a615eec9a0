//! Whether what was acknowledged is there: the same keys once more, which all have to be duplicates, and the totals.
use super::Failure;
use super::client::Server;
use super::people::People;
use super::run::{Fate, Run};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use tokio::task::JoinSet;
use uuid::Uuid;

/// What was found.
#[derive(Serialize, Default)]
pub(super) struct Verified {
    /// How many batches were acknowledged, and how many items were stored with them.
    acknowledged_batches: usize,
    acknowledged_items: u64,
    /// Batches that were sent and never acknowledged: they may be there.
    unknown_batches: usize,
    /// Items that were acknowledged and not there.
    missing_items: u64,
    /// Batches of which more or fewer items were told to be new than they have.
    counted_wrongly: usize,
    /// Batches that nobody answered when they were sent once more.
    unanswered: usize,
    /// Pupils whose totals are not what was acknowledged; `None` where the token may not read them.
    wrong_totals: Option<usize>,
}

impl Verified {
    /// Whether nothing is lost or counted twice.
    pub(super) fn is_right(&self) -> bool {
        self.missing_items == 0 && self.counted_wrongly == 0 && self.unanswered == 0 && self.wrong_totals.unwrap_or(0) == 0
    }

    /// The same for people.
    pub(super) fn text(&self) -> String {
        let totals = match self.wrong_totals {
            None => "the token may not read them".to_owned(),
            Some(0) => "as acknowledged".to_owned(),
            Some(wrong) => format!("wrong for {wrong} pupils"),
        };
        format!(
            "acknowledged: {} batches, {} items; never acknowledged: {} batches\nsent once more: missing {}, not answered {}; \
             counted wrongly: {}; totals: {totals}\n{}",
            self.acknowledged_batches,
            self.acknowledged_items,
            self.unknown_batches,
            self.missing_items,
            self.unanswered,
            self.counted_wrongly,
            if self.is_right() { "everything acknowledged is there, once" } else { "NOT everything acknowledged is there, once" }
        )
    }
}

/// Sends everything that was acknowledged once more and compares it, and the totals with those of before.
pub(super) async fn verify(run: &Arc<Run>, before: Option<Totals>) -> Result<Verified, Failure> {
    let fates: Vec<Fate> = run.fates.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut verified = Verified::default();
    let mut sent = JoinSet::new();
    for (place, fate) in fates.iter().enumerate() {
        let items = u64::from(run.plan.batches[place].items);
        if fate.acknowledged == 0 {
            verified.unknown_batches += usize::from(fate.unknown > 0);
            continue;
        }
        let stored = items - fate.refused;
        verified.acknowledged_batches += 1;
        verified.acknowledged_items += stored;
        // What was stored by a call whose answer got lost is new in no answer.
        let right = if fate.unknown == 0 { fate.accepted == stored } else { fate.accepted <= stored };
        verified.counted_wrongly += usize::from(!right);
        let run = run.clone();
        sent.spawn(async move {
            run.once_more(place).await.map(|posted| stored.saturating_sub(posted.duplicates).max(posted.accepted))
        });
    }
    while let Some(missing) = sent.join_next().await {
        match missing {
            Ok(Some(missing)) => verified.missing_items += missing,
            _ => verified.unanswered += 1,
        }
    }
    if let (Some(before), Some(after)) = (before, totals(&run.server, &run.people).await?) {
        verified.wrong_totals = Some(wrong_totals(run, &fates, &before, &after));
    }
    Ok(verified)
}

fn wrong_totals(run: &Run, fates: &[Fate], before: &Totals, after: &Totals) -> usize {
    // What has to be there, and what may be.
    let mut expected: HashMap<Uuid, (u64, u64)> = HashMap::new();
    for (batch, fate) in run.plan.batches.iter().zip(fates) {
        let pupil = run.people.classes[batch.class as usize].pupils[batch.pupil as usize];
        let (has_to, may) = expected.entry(pupil).or_default();
        let items = u64::from(batch.items);
        match fate {
            Fate { acknowledged: 0, unknown: 0, .. } => {}
            Fate { acknowledged: 0, .. } => *may += items,
            Fate { refused, .. } => *has_to += items - refused,
        }
    }
    let of = |totals: &Totals, pupil: &Uuid| totals.get(pupil).copied().unwrap_or_default();
    let pupils = run.people.classes.iter().flat_map(|class| &class.pupils);
    let right = |pupil: &&Uuid| {
        let (has_to, may) = expected.get(*pupil).copied().unwrap_or_default();
        let came = of(after, pupil).checked_sub(of(before, pupil));
        came.is_some_and(|came| (has_to..=has_to + may).contains(&came))
    };
    pupils.filter(|pupil| !right(pupil)).count()
}

/// How many activities each pupil has.
pub(super) type Totals = HashMap<Uuid, u64>;

const DOCUMENT: &str = "query Totals($id: ID!, $from: Date!, $to: Date!) { class(id: $id) { pupils(first: 100) { nodes { id
    dailyTotals(from: $from, to: $to) { activities } } } } }";

#[derive(Deserialize)]
struct Data {
    class: Option<OfClass>,
}

#[derive(Deserialize)]
struct OfClass {
    pupils: Option<Pupils>,
}

#[derive(Deserialize)]
struct Pupils {
    nodes: Vec<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: Uuid,
    daily_totals: Option<Vec<Total>>,
}

#[derive(Deserialize)]
struct Total {
    activities: u64,
}

/// How many activities there are in the school year; `None` where the token may not read them.
pub(super) async fn totals(server: &Server, people: &People) -> Result<Option<Totals>, Failure> {
    let mut found = Totals::new();
    for class in &people.classes {
        let variables = json!({ "id": class.id, "from": class.year.begins, "to": class.year.ends });
        let data = server.ask(&people.apps[0], DOCUMENT, &variables).await?;
        let data: Data =
            serde_json::from_value(data).map_err(|error| Failure::new(format!("the totals cannot be read: {error}")))?;
        let Some(pupils) = data.class.and_then(|class| class.pupils) else { return Ok(None) };
        for pupil in pupils.nodes {
            let Some(totals) = pupil.daily_totals else { return Ok(None) };
            *found.entry(pupil.id).or_default() += totals.iter().map(|total| total.activities).sum::<u64>();
        }
    }
    Ok(Some(found))
}
