//! A set of ids in hardly more memory than the ids themselves: a package may have half a million.
use super::sorted::Sorted;
use foldhash::fast::RandomState;
use std::collections::HashSet;
use uuid::Uuid;

/// Ids that were met. The latest are in a small table, all others in one sorted list.
#[derive(Default)]
pub(super) struct Ids {
    sorted: Sorted<u128>,
    latest: HashSet<u128, RandomState>,
}

impl Ids {
    /// Adds an id; false where it is there already.
    pub(super) fn insert(&mut self, id: Uuid) -> bool {
        let id = spread(id);
        if self.sorted.find(id).is_some() || !self.latest.insert(id) {
            return false;
        }
        if self.latest.len() > 4096 + self.sorted.keys().len() / 16 {
            self.merge();
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.latest.is_empty() && self.sorted.keys().is_empty()
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        let id = spread(id);
        self.latest.contains(&id) || self.sorted.find(id).is_some()
    }

    /// Moves the latest into the list, from its end on, so that no second list is needed.
    fn merge(&mut self) {
        let mut latest: Vec<u128> = self.latest.drain().collect();
        latest.sort_unstable();
        let mut all = std::mem::take(&mut self.sorted).into_keys();
        let mut old = all.len();
        all.reserve_exact(latest.len());
        all.resize(old + latest.len(), 0);
        for at in (0..all.len()).rev() {
            let Some(last) = latest.last() else { break };
            if old > 0 && all[old - 1] > *last {
                old -= 1;
                all[at] = all[old];
            } else {
                all[at] = *last;
                latest.pop();
            }
        }
        self.sorted = Sorted::new(all);
    }
}

/// An id as another number of its own, whose first bits are those of no order in which ids may have been given. An odd factor makes one
/// number of each (Knuth, The Art of Computer Programming 3, 6.4).
fn spread(id: Uuid) -> u128 {
    id.as_u128().wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_met_once_however_many_came_before() {
        for apart in [1, 1 << 64, 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835_u128] {
            let id = |n: u128| Uuid::from_u128(n.wrapping_mul(apart));
            let mut ids = Ids::default();
            assert!((0..30_000).all(|n| ids.insert(id(n))));
            assert!((0..30_000).all(|n| !ids.insert(id(n)) && ids.contains(id(n))));
            assert!(!ids.contains(id(30_000)) && !ids.is_empty());
        }
    }
}
