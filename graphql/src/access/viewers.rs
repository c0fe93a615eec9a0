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
pub struct Viewers(Arc<Mutex<HashMap<Vec<u8>, Vec<Asker>>>>);

type Asker = oneshot::Sender<Result<Option<Viewer>>>;

impl Viewers {
    /// Who a token speaks for now; `None` when it is unknown, revoked, not yet or no longer valid.
    pub async fn of(&self, db: &Db, secret: &str) -> Result<Option<Viewer>> {
        let (asker, answered) = oneshot::channel();
        let key = token::hash(secret);
        let first = {
            let mut under_way = self.under_way();
            if let Some(waiting) = under_way.get_mut(&key) {
                waiting.push(asker);
                None
            } else {
                under_way.insert(key.clone(), Vec::new());
                Some(asker)
            }
        };
        if let Some(first) = first {
            let looking = Looking { viewers: self.clone(), key };
            tokio::spawn(look(looking, db.clone(), secret.to_owned(), first));
        }
        // Who looks has ended badly, or the runtime ends.
        answered.await.unwrap_or(Err(Error::Unavailable))
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Vec<Asker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token that is being looked for.
struct Looking {
    viewers: Viewers,
    key: Vec<u8>,
}

impl Drop for Looking {
    fn drop(&mut self) {
        // Where a look ends badly the next call begins anew; else it has been taken away already.
        if std::thread::panicking() {
            self.viewers.under_way().remove(&self.key);
        }
    }
}

/// Looks as long as there are askers.
async fn look(looking: Looking, db: Db, secret: String, first: Asker) {
    let mut askers = vec![first];
    while !askers.is_empty() {
        let found = token::viewer(&db, &secret).await;
        for asker in askers {
            // Whoever asked may have gone.
            drop(asker.send(found.clone()));
        }
        let mut under_way = looking.viewers.under_way();
        askers = under_way.get_mut(&looking.key).map(std::mem::take).unwrap_or_default();
        if askers.is_empty() {
            under_way.remove(&looking.key);
        }
    }
}
