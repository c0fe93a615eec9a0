//! Chance that falls alike for the same seed.
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use uuid::Uuid;

/// Chance for one thing of one town, such as a pupil's day: it does not depend on what else was drawn before.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub(super) fn new(seed: u64, what: &str, numbers: &[usize]) -> Self {
        // FNV-1a: the seed of the town and what is drawn become the seed of one stream.
        let bytes = seed.to_le_bytes().into_iter().chain(what.bytes());
        let bytes = bytes.chain(numbers.iter().flat_map(|number| (*number as u64).to_le_bytes()));
        let mixed = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Dice(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// From 0 to below 1.
    pub(super) fn roll(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / (f64::from(u32::MAX) + 1.0)
    }

    /// True with this chance.
    pub(super) fn happens(&mut self, chance: f64) -> bool {
        self.roll() < chance
    }

    /// A value between two.
    pub(super) fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.roll()
    }

    /// A whole number from 0 to below `bound`, which is above 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("what fits in memory fits in 64 bits");
        usize::try_from((u64::from(self.0.next_u32()) * bound) >> 32).expect("it is below a number that fits")
    }

    /// One of some things.
    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// Brings things into another order.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            things.swap(end, self.below(end + 1));
        }
    }

    /// An id as an app makes it at a time.
    pub(super) fn id(&mut self, milliseconds: u64) -> Uuid {
        let mut bytes = [0; 10];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
    }
}
