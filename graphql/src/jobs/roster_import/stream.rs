//! The rows of one kind of record as they come, in lots. A lot that the last import had just so is passed over whole.
use super::record::{Digest, Kept, digest};
use std::collections::{HashMap, HashSet};

/// A lot ends where a digest does in so many noughts: 32 rows on the average, wherever a row was put in or taken out.
const ENDS: u8 = 31;
const LONGEST: usize = 256;

/// What a row of a package says.
#[derive(Clone, Debug)]
pub(super) struct Said<T> {
    pub(super) line: u64,
    pub(super) digest: Digest,
    pub(super) record: T,
    pub(super) lot: usize,
}

/// The rows of one kind of record.
pub(super) struct Stream<T> {
    known: HashSet<Digest>,
    lot: Vec<Said<T>>,
    /// The digest of each lot that was read; none where a row of it was left out.
    made: Vec<Option<Digest>>,
    spoilt: bool,
    /// Rows that have to be looked up.
    pub(super) pending: Vec<Said<T>>,
    /// How many rows were passed over.
    pub(super) unchanged: usize,
    /// How many rows had been said before, otherwise or just so.
    pub(super) said_before: usize,
}

impl<T: Kept> Stream<T> {
    /// A stream that knows the lots of the last import.
    pub(super) fn new(lots: &HashMap<super::record::Record, Vec<u8>>) -> Self {
        let bytes = lots.get(&T::RECORD).map(Vec::as_slice).unwrap_or_default();
        let known = bytes.chunks_exact(16).map(|lot| lot.try_into().expect("chunks of sixteen")).collect();
        Stream { known, lot: Vec::new(), made: Vec::new(), spoilt: false, pending: Vec::new(), unchanged: 0, said_before: 0 }
    }

    pub(super) fn push(&mut self, line: u64, record: T) {
        let digest = record.digest();
        self.lot.push(Said { line, digest, record, lot: self.made.len() });
        if digest[15] & ENDS == 0 || self.lot.len() >= LONGEST {
            self.close();
        }
    }

    /// A row of this lot was left out, so that it will have to be looked at again.
    pub(super) fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// A row was not taken as it was said.
    pub(super) fn spoil_lot(&mut self, lot: usize) {
        if let Some(made) = self.made.get_mut(lot) {
            *made = None;
        }
    }

    /// Nothing of this import is to be passed over next time.
    pub(super) fn forget(&mut self) {
        self.made.clear();
    }

    /// Ends the lot.
    pub(super) fn close(&mut self) {
        if self.lot.is_empty() {
            return;
        }
        let bytes: Vec<u8> = self.lot.iter().flat_map(|said| said.digest).collect();
        let whole = digest(&bytes);
        let known = self.known.contains(&whole);
        self.made.push((!self.spoilt || known).then_some(whole));
        self.spoilt = false;
        if known {
            self.unchanged += self.lot.len();
            self.said_before += self.lot.len();
            self.lot.clear();
        } else {
            self.pending.append(&mut self.lot);
        }
    }

    /// The lots to know next time.
    pub(super) fn lots(&self) -> Vec<u8> {
        self.made.iter().flatten().flatten().copied().collect()
    }
}
