//! The rows of one kind of record as they come. A row that the last import was made of is passed over without a statement.
use super::record::{Digest, Kept, Record};
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
    /// The keys of the rows that were read.
    made: Vec<Key>,
    /// Those that are to be looked at again next time.
    doubtful: HashSet<Key>,
    /// Rows that have to be looked up.
    pub(super) pending: Vec<Said<T>>,
    /// How many rows were passed over.
    pub(super) unchanged: usize,
    /// How many rows had been said before, otherwise or just so.
    pub(super) said_before: usize,
}

impl<T: Kept> Stream<T> {
    /// A stream that knows the rows of the last import.
    pub(super) fn new(told: &HashMap<Record, Vec<u8>>) -> Self {
        let told = Told::new(told.get(&T::RECORD).map(Vec::as_slice).unwrap_or_default());
        Stream { told, made: Vec::new(), doubtful: HashSet::new(), pending: Vec::new(), unchanged: 0, said_before: 0 }
    }

    pub(super) fn push(&mut self, line: u64, record: T) {
        let digest = record.digest();
        self.made.push(key(&digest));
        if self.told.again(&digest) {
            self.unchanged += 1;
            self.said_before += 1;
        } else {
            self.pending.push(Said { line, digest, record });
        }
    }

    /// A record was said before in these words, and is not any more.
    pub(super) fn said_otherwise(&mut self, digest: &[u8]) {
        self.said_before += 1;
        self.told.again(digest);
    }

    /// A row was not taken as it was said.
    pub(super) fn doubt(&mut self, digest: &[u8]) {
        self.doubtful.insert(key(digest));
    }

    /// Nothing of this import is to be passed over next time.
    pub(super) fn forget(&mut self) {
        self.made.clear();
    }

    /// The rows to know next time.
    pub(super) fn keys(&self) -> Vec<u8> {
        self.made.iter().filter(|key| !self.doubtful.contains(*key)).flat_map(|key| key.to_be_bytes()).collect()
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

/// The rows of the last import, and which of them have come again.
struct Told {
    keys: Vec<Key>,
    again: Vec<bool>,
}

impl Told {
    fn new(bytes: &[u8]) -> Self {
        let mut keys: Vec<Key> = bytes.chunks_exact(size_of::<Key>()).map(key).collect();
        keys.sort_unstable();
        Told { again: vec![false; keys.len()], keys }
    }

    /// Whether a row was told; it has come again then.
    fn again(&mut self, digest: &[u8]) -> bool {
        let found = self.keys.binary_search(&key(digest));
        found.inspect(|at| self.again[*at] = true).is_ok()
    }

    fn missed(self) -> Vec<Key> {
        self.keys.into_iter().zip(self.again).filter(|(_, again)| !again).map(|(key, _)| key).collect()
    }
}
