//! The rows of one kind of record as they come. A row that the last import was made of is passed over without a statement.
use super::record::{Digest, Kept, Record};
use super::sorted::Sorted;
use std::collections::{HashMap, HashSet};

/// A row that was told: the first half of its digest. That a changed row has the key of one of a million others is less likely than one in
/// ten million million.
pub(super) type Key = u64;

/// The key of a digest.
pub(super) fn key(digest: &[u8]) -> Key {
    Key::from_be_bytes(digest[..8].try_into().expect("digests have sixteen bytes"))
}

/// What a row of a package says.
#[derive(Clone, Debug)]
pub(super) struct Said<T> {
    pub(super) line: u64,
    pub(super) digest: Digest,
    pub(super) record: T,
}

/// The rows of one kind of record.
pub(super) struct Stream<T> {
    told: Told,
    /// The keys of rows that the last import did not have.
    new: Vec<Key>,
    /// Those that are to be looked at again next time.
    doubtful: HashSet<Key>,
    /// Whether all are.
    forgotten: bool,
    /// Rows that have to be looked up.
    pub(super) pending: Vec<Said<T>>,
    /// How many rows were passed over.
    pub(super) unchanged: usize,
    /// How many rows had been said before, otherwise or just so.
    pub(super) said_before: usize,
}

impl<T: Kept> Stream<T> {
    /// A stream that knows the rows of the last import, which are taken from those of all records.
    pub(super) fn new(told: &mut HashMap<Record, Vec<Key>>) -> Self {
        let told = Told::new(told.remove(&T::RECORD).unwrap_or_default());
        let doubtful = HashSet::new();
        Stream { told, new: Vec::new(), doubtful, forgotten: false, pending: Vec::new(), unchanged: 0, said_before: 0 }
    }

    pub(super) fn push(&mut self, line: u64, record: T) {
        let digest = record.digest();
        if self.told.comes(&digest, Coming::Again) {
            self.unchanged += 1;
            self.said_before += 1;
        } else {
            self.new.push(key(&digest));
            self.pending.push(Said { line, digest, record });
        }
    }

    /// A record was said before in these words, and is not any more.
    pub(super) fn said_otherwise(&mut self, digest: &[u8]) {
        self.said_before += 1;
        self.told.comes(digest, Coming::Otherwise);
    }

    /// A row was not taken as it was said.
    pub(super) fn doubt(&mut self, digest: &[u8]) {
        self.doubtful.insert(key(digest));
    }

    /// Nothing of this import is to be passed over next time.
    pub(super) fn forget(&mut self) {
        self.forgotten = true;
    }

    /// The rows to know next time.
    pub(super) fn keys(&self) -> Vec<Key> {
        let all = self.told.again().chain(&self.new).filter(|key| !self.forgotten && !self.doubtful.contains(*key));
        all.copied().collect()
    }

    /// What was met of the last import, once all rows were read.
    pub(super) fn into_met(self) -> Met {
        Met { said_before: self.said_before, missed: self.told.missed() }
    }
}

/// What a package has of the last import.
#[derive(Default)]
pub(super) struct Met {
    /// How many records the last imports had spoken of, too.
    pub(super) said_before: usize,
    /// The rows of the last import that did not come again, in these words or in others.
    pub(super) missed: Vec<Key>,
}

/// How a row of the last import comes this time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coming {
    NotYet,
    Otherwise,
    Again,
}

/// The rows of the last import, and how they come: a package may have half a million, so there is no second list of them.
struct Told {
    keys: Sorted<Key>,
    coming: Vec<Coming>,
}

impl Told {
    fn new(mut keys: Vec<Key>) -> Self {
        keys.sort_unstable();
        Told { coming: vec![Coming::NotYet; keys.len()], keys: Sorted::new(keys) }
    }

    /// Whether a row was told; it has come then.
    fn comes(&mut self, digest: &[u8], how: Coming) -> bool {
        let Some(at) = self.keys.find(key(digest)) else { return false };
        if self.coming[at] != Coming::Again {
            self.coming[at] = how;
        }
        true
    }

    fn again(&self) -> impl Iterator<Item = &Key> {
        self.of(Coming::Again)
    }

    fn missed(self) -> Vec<Key> {
        self.of(Coming::NotYet).copied().collect()
    }

    fn of(&self, how: Coming) -> impl Iterator<Item = &Key> {
        self.keys.keys().iter().zip(&self.coming).filter(move |(_, coming)| **coming == how).map(|(key, _)| key)
    }
}
