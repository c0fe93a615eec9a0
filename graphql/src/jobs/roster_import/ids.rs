//! A set of ids in hardly more memory than the ids themselves: a package may have half a million.
use std::collections::HashSet;
use uuid::Uuid;

/// Ids that were met. The latest are in a small table, all others in one sorted list.
#[derive(Default)]
pub(super) struct Ids {
    sorted: Vec<u128>,
    latest: HashSet<u128>,
}

impl Ids {
    /// Adds an id; false where it is there already.
    pub(super) fn insert(&mut self, id: Uuid) -> bool {
        if self.sorted.binary_search(&id.as_u128()).is_ok() || !self.latest.insert(id.as_u128()) {
            return false;
        }
        if self.latest.len() > 4096 + self.sorted.len() / 16 {
            self.merge();
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.latest.is_empty() && self.sorted.is_empty()
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        self.latest.contains(&id.as_u128()) || self.sorted.binary_search(&id.as_u128()).is_ok()
    }

    /// Moves the latest into the list, from its end on, so that no second list is needed.
    fn merge(&mut self) {
        let mut latest: Vec<u128> = self.latest.drain().collect();
        latest.sort_unstable();
        let mut old = self.sorted.len();
        self.sorted.reserve_exact(latest.len());
        self.sorted.resize(old + latest.len(), 0);
        for at in (0..self.sorted.len()).rev() {
            let Some(last) = latest.last() else { break };
            if old > 0 && self.sorted[old - 1] > *last {
                old -= 1;
                self.sorted[at] = self.sorted[old];
            } else {
                self.sorted[at] = *last;
                latest.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_met_once_however_many_came_before() {
        let id = |n: u128| Uuid::from_u128(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        let mut ids = Ids::default();
        assert!((0..30_000).all(|n| ids.insert(id(n))));
        assert!((0..30_000).all(|n| !ids.insert(id(n)) && ids.contains(id(n))));
        assert!(ids.sorted.is_sorted() && !ids.contains(id(30_000)));
    }
}
