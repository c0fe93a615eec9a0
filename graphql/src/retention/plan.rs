//! What would be deleted: the step before deleting, whose confirmation the deletion asks for. So nothing goes that nobody has looked at.
use super::due::{self, DueRecords};
use super::key;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::small_cell::{SmallCell, told_in};
use crate::error::{Error, Result};
use async_graphql::{Context, ID, Object};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The most of what is due that is deleted by one call.
pub const MOST: usize = 200;

/// What would be deleted.
#[derive(Clone, Debug)]
pub struct DeletionPlan {
    /// What is due of it, in the order in which it goes.
    pub due: Vec<DueRecords>,
    /// The ids that are not due, or not over records of the viewer's.
    pub missing: Vec<String>,
    confirmation: String,
}

/// What would be deleted if you went on.
#[Object]
impl DeletionPlan {
    /// What is due of it. The register of pupils goes last.
    async fn due(&self) -> &[DueRecords] {
        &self.due
    }
    /// The ids that are not due, or not yours to delete.
    async fn missing(&self) -> Vec<ID> {
        self.missing.iter().map(|id| ID(id.clone())).collect()
    }
    /// How many records would go, without what hangs on them; where you may not see whose they are, the sum of what `due` tells, and null
    /// where it tells nothing: sums of other parts say no more than the parts do.
    async fn record_count(&self) -> Option<usize> {
        let told = |due: &DueRecords| told_in(due.step(), usize::try_from(due.records()).unwrap_or_default());
        let sum = self.due.iter().filter_map(told).sum();
        Some(sum).filter(|sum| *sum > 0 || self.due.iter().all(|due| due.step().is_none()))
    }
    /// To whole multiples of what the count is rounded down; null where it is exact.
    async fn count_step(&self) -> Option<usize> {
        self.due.iter().find_map(DueRecords::step).map(SmallCell::step)
    }
    /// What `deleteDue` asks for: it stands for exactly these records of these pupils.
    async fn confirmation(&self) -> &str {
        self.confirmed()
    }
}

impl DeletionPlan {
    /// How many records would go.
    #[must_use]
    pub fn records(&self) -> i64 {
        self.due.iter().map(DueRecords::records).sum()
    }

    /// What stands for exactly these records of these pupils.
    #[must_use]
    pub fn confirmed(&self) -> &str {
        &self.confirmation
    }
}

/// The digest of a plan with a key that nobody is told: without it one could try of whom and how many the records are.
fn confirmation(key: &[u8], due: &[DueRecords]) -> String {
    let mut digest = Sha256::new().chain_update("asagao deletion plan").chain_update(key);
    for due in due {
        digest.update(due.key.id());
        for (pupil, records) in &due.pupils {
            digest.update(pupil.unwrap_or_default());
            digest.update(records.to_be_bytes());
        }
    }
    BASE64_URL_SAFE_NO_PAD.encode(&digest.finalize()[..12])
}

/// What may be asked before deleting.
#[derive(Default)]
pub struct DeletionPlanQuery;

#[Object]
impl DeletionPlanQuery {
    /// What would be deleted of what is due, for those who may delete it. Nothing is changed.
    #[graphql(complexity = "50 + child_complexity")]
    async fn deletion_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of `retentionDue`, at most 200.")] ids: Vec<ID>,
    ) -> Result<DeletionPlan> {
        let scope = Scope::with(ctx, Right::RetentionWrite)?;
        if ids.len() > MOST {
            return Err(Error::BadInput(format!("`ids` has more than {MOST} ids")));
        }
        of(scope, &ids.into_iter().map(|id| id.0).collect::<Vec<_>>()).await
    }
}

/// The plan for some of what is due.
pub async fn of(scope: &Scope, ids: &[String]) -> Result<DeletionPlan> {
    let wanted: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let mut due = due::list(scope, Right::RetentionWrite, None, None).await?;
    due.retain(|due| wanted.contains(due.key.id().as_str()));
    due.sort_by_key(|due| (due.key.kind == super::rule::KeptKind::StudentRegister, due.key));
    let found: BTreeSet<String> = due.iter().map(|due| due.key.id()).collect();
    let missing = wanted.into_iter().filter(|id| !found.contains(*id)).map(str::to_owned).collect();
    // Of nothing there is nothing to hide.
    let key = if due.is_empty() { Vec::new() } else { key::of_plans(scope).await? };
    let confirmation = confirmation(&key, &due);
    Ok(DeletionPlan { due, missing, confirmation })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_cannot_be_tried_without_the_key() {
        assert_eq!(confirmation(&[1; 32], &[]), confirmation(&[1; 32], &[]));
        assert_ne!(confirmation(&[1; 32], &[]), confirmation(&[2; 32], &[]));
    }
}
