//! A sorted list of keys of which one is found with a look or two: a package may have half a million rows, each of which is looked for.

/// Keys in order. Their bits have to be spread evenly, as those of digests are: the first of them say where in the list a key must be.
pub(super) struct Sorted<K> {
    keys: Vec<K>,
    /// Where the keys begin whose first bits are a number.
    starts: Vec<usize>,
    /// How many of a key's bits that number does not have.
    shift: u32,
}

/// About so many keys begin with the same bits.
const ALIKE: usize = 8;

impl<K> Default for Sorted<K> {
    fn default() -> Self {
        Sorted { keys: Vec::new(), starts: vec![0, 0], shift: u128::BITS }
    }
}

impl<K: Copy + Ord + Into<u128>> Sorted<K> {
    /// From a list in order.
    pub(super) fn new(keys: Vec<K>) -> Self {
        debug_assert!(keys.is_sorted(), "a list in order");
        let bits = (keys.len() / ALIKE).max(1).ilog2();
        let shift = u8::BITS * u32::try_from(size_of::<K>()).expect("a key has a few bytes") - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (at, key) in keys.iter().enumerate() {
            while starts.len() <= first_bits(*key, shift) {
                starts.push(at);
            }
        }
        starts.resize((1 << bits) + 1, keys.len());
        Sorted { keys, starts, shift }
    }

    /// Where a key is.
    pub(super) fn find(&self, key: K) -> Option<usize> {
        let of = first_bits(key, self.shift);
        let (begins, ends) = (self.starts[of], self.starts[of + 1]);
        self.keys[begins..ends].binary_search(&key).ok().map(|at| begins + at)
    }

    /// The keys in order.
    pub(super) fn keys(&self) -> &[K] {
        &self.keys
    }

    pub(super) fn into_keys(self) -> Vec<K> {
        self.keys
    }
}

/// The number that a key's first bits are.
fn first_bits<K: Into<u128>>(key: K, shift: u32) -> usize {
    let bits = key.into().checked_shr(shift).unwrap_or_default();
    usize::try_from(bits).expect("they count the parts of a list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_where_it_is_and_nowhere_else() {
        for many in [0, 1, 2, 15, 16, 17, 1_000, 30_000] {
            let mut keys: Vec<u64> = (1..=many).map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
            keys.extend([u64::MAX, 0]);
            keys.sort_unstable();
            let sorted = Sorted::new(keys.clone());
            assert!(keys.iter().enumerate().all(|(at, key)| sorted.find(*key) == Some(at)), "{many}");
            assert!(keys.iter().all(|key| sorted.find(key ^ 2).is_none()), "{many}");
        }
        assert_eq!(Sorted::<u128>::default().find(7), None);
    }
}
