//! Whose a token is, for many calls that come together. Each is answered by a look that began after the call came, so that a token that was
//! revoked before is refused; those who come while somebody looks are the next look's, all of one token together.
use super::scope::Viewer;
use super::token;
use crate::db::Db;
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Looks that are under way, each with those who wait for the next one.
#[derive(Clone, Default)]
pub struct Viewers(Arc<Mutex<HashMap<String, Vec<Asker>>>>);

type Asker = oneshot::Sender<Result<Option<Viewer>>>;

impl Viewers {
    /// Who a token speaks for now; `None` when it is unknown, revoked, not yet or no longer valid.
    pub async fn of(&self, db: &Db, secret: &str) -> Result<Option<Viewer>> {
        let (asker, answered) = oneshot::channel();
        let first = {
            let mut under_way = self.under_way();
            if let Some(waiting) = under_way.get_mut(secret) {
                waiting.push(asker);
                None
            } else {
                under_way.insert(secret.to_owned(), Vec::new());
                Some(asker)
            }
        };
        if let Some(first) = first {
            tokio::spawn(look(self.clone(), db.clone(), secret.to_owned(), first));
        }
        // Only a runtime that ends drops it.
        answered.await.unwrap_or(Err(Error::Unavailable))
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<String, Vec<Asker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks as long as there are askers.
async fn look(viewers: Viewers, db: Db, secret: String, first: Asker) {
    let mut askers = vec![first];
    while !askers.is_empty() {
        let found = token::viewer(&db, &secret).await;
        for asker in askers {
            // Whoever asked may have gone.
            drop(asker.send(found.clone()));
        }
        let mut under_way = viewers.under_way();
        askers = under_way.get_mut(&secret).map(std::mem::take).unwrap_or_default();
        if askers.is_empty() {
            under_way.remove(&secret);
        }
    }
}
