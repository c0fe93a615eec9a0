//! What is drawn by chance, from a seed.

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::RngCore;

/// As many draws with replacement as there are rows (Efron 1979), but no more than `most`.
pub(crate) fn bag(rows: usize, most: usize, draws: &mut Xoshiro256Plus) -> Vec<usize> {
    (0..rows.min(most)).map(|_| below(rows, draws)).collect()
}

/// The numbers below `count` in an order by chance (Durstenfeld 1964, *Algorithm 235: Random permutation*).
pub(crate) fn shuffled(count: usize, draws: &mut Xoshiro256Plus) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, below(last + 1, draws));
    }
    order
}

/// A number below `count`, which is above 0; uneven by less than one in 2^30 for a count of a table's rows.
fn below(count: usize, draws: &mut Xoshiro256Plus) -> usize {
    let count = u64::try_from(count).expect("a count fits 64 bits");
    // The lowest bits of this generator are its weakest.
    usize::try_from((draws.next_u64() >> 8) % count).expect("below a count that was a usize")
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_shuffle_has_every_number_once_and_a_bag_only_those_there_are() {
        let mut draws = Xoshiro256Plus::seed_from_u64(5);
        let mut order = shuffled(50, &mut draws);
        assert!(!order.is_sorted());
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
        assert!(bag(7, 99, &mut draws).iter().all(|row| *row < 7));
        assert!(shuffled(0, &mut draws).is_empty() && bag(0, 9, &mut draws).is_empty());
        assert_eq!([bag(7, 99, &mut draws).len(), bag(7, 3, &mut draws).len()], [7, 3]);
    }
}
