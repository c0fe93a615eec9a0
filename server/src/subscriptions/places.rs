//! The places for those who listen: so many connections in all, and so many of one holder, so that nobody takes the places of the others.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// So many connections a server holds.
const MOST: usize = 4_000;

/// So many of them one holder may have: some tabs on some devices, or an app that listens for a few hundred classes.
const MOST_OF_HOLDER: usize = 50;

/// The places of a server.
pub struct Places {
    free: Arc<Semaphore>,
    /// How many connections everybody has who has one.
    taken: Arc<Mutex<HashMap<Uuid, usize>>>,
}

impl Default for Places {
    fn default() -> Self {
        Places { free: Arc::new(Semaphore::new(MOST)), taken: Arc::default() }
    }
}

/// A place that is given back when it is dropped.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    taken: Arc<Mutex<HashMap<Uuid, usize>>>,
    holder: Option<Uuid>,
}

impl Places {
    /// How many connections are there.
    pub(crate) fn taken(&self) -> usize {
        MOST - self.free.available_permits()
    }

    /// A place for somebody who has not said yet who it is; `None` where all are taken.
    pub(super) fn take(&self) -> Option<Place> {
        let permit = self.free.clone().try_acquire_owned().ok()?;
        Some(Place { _permit: permit, taken: self.taken.clone(), holder: None })
    }
}

impl Place {
    /// The place as a holder's; `None`, and given back, where the holder has enough.
    pub(super) fn of(mut self, holder: Uuid) -> Option<Self> {
        // A count is right at every moment, whoever panicked beside it.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(holder).or_default();
        if *count >= MOST_OF_HOLDER {
            return None;
        }
        *count += 1;
        drop(taken);
        self.holder = Some(holder);
        Some(self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(holder) = self.holder else { return };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&holder) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_has_so_many_places_and_gives_them_back() {
        let places = Places::default();
        let (one, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut held: Vec<Place> =
            (0..MOST_OF_HOLDER).map(|_| places.take().and_then(|place| place.of(one)).expect("there is room")).collect();
        assert!(places.take().expect("there is room").of(one).is_none());
        assert!(places.take().expect("there is room").of(another).is_some());
        held.pop();
        assert!(places.take().expect("there is room").of(one).is_some());
        drop(held);
        assert!(places.taken.lock().expect("nobody panicked").is_empty());
        assert_eq!(places.free.available_permits(), MOST);
    }
}
