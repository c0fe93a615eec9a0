//! The chain: every link has the digest of the one before, so that none can be removed, put in or altered without the next one showing it.
//! Digests are SHA-256 over fields with their lengths (FIPS 180-4); an entry is digested with 128 random bits of salt, so that what was
//! erased cannot be found by trying.
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A digest: 32 bytes.
pub type Digest = [u8; 32];

fn over(parts: &[&[u8]]) -> Digest {
    let mut sum = Sha256::new();
    for part in parts {
        let length = u64::try_from(part.len()).expect("a part is shorter than all memory");
        sum.update(length.to_be_bytes());
        sum.update(part);
    }
    sum.finalize().into()
}

/// The digest of an entry's text.
#[must_use]
pub fn entry(salt: &[u8], content: &str) -> Digest {
    over(&[b"asagao access entry", salt, content.as_bytes()])
}

/// What the first link of a chain goes on from.
#[must_use]
pub fn beginning(chain: Uuid, begun_at: DateTime<Utc>, follows: &str) -> Digest {
    over(&[b"asagao access chain", chain.as_bytes(), &begun_at.timestamp_millis().to_be_bytes(), follows.as_bytes()])
}

/// The digest of a link. `seq` counts from 1.
#[must_use]
pub fn link(before: &[u8], seq: i64, at: DateTime<Utc>, entry: &[u8]) -> Digest {
    over(&[b"asagao access link", before, &seq.to_be_bytes(), &at.timestamp_millis().to_be_bytes(), entry])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_is_altered_alters_the_link(seq in 1..1_000_i64, at in 0..1_000_000_i64, text in ".{0,40}", other in ".{0,40}") {
            let time = |millis| DateTime::from_timestamp_millis(millis).expect("a time");
            let (salt, before) = ([1; 16], [2; 32]);
            let whole = link(&before, seq, time(at), &entry(&salt, &text));
            prop_assert_eq!(whole, link(&before, seq, time(at), &entry(&salt, &text)));
            prop_assert_eq!(text == other, whole == link(&before, seq, time(at), &entry(&salt, &other)));
            prop_assert_ne!(whole, link(&before, seq + 1, time(at), &entry(&salt, &text)));
            prop_assert_ne!(whole, link(&before, seq, time(at + 1), &entry(&salt, &text)));
            prop_assert_ne!(whole, link(&[3; 32], seq, time(at), &entry(&salt, &text)));
            prop_assert_ne!(whole, link(&before, seq, time(at), &entry(&[4; 16], &text)));
        }
    }

    #[test]
    fn fields_cannot_be_moved_into_one_another() {
        assert_ne!(over(&[b"ab", b"c"]), over(&[b"a", b"bc"]));
    }
}
