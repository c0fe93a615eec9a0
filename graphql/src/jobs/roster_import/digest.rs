//! What any import of a package has to do at the least.
use super::record::{Digest, digest, json};
use crate::formats::oneroster::{Package, Records};

/// Reads and digests every row of a package, and nothing else.
#[must_use]
pub fn digest_alone(package: &Package) -> (u64, Digest) {
    let (mut rows, mut all) = (0, [0; 16]);
    let mut add = |digest: Digest| {
        rows += 1;
        all.iter_mut().zip(digest).for_each(|(sum, byte)| *sum ^= byte);
    };
    each(package.orgs(), &mut add);
    each(package.sessions(), &mut add);
    each(package.courses(), &mut add);
    each(package.classes(), &mut add);
    each(package.user_profiles(), &mut add);
    each(package.roles(), &mut add);
    each(package.demographics(), &mut add);
    each(package.users(), &mut add);
    each(package.enrollments(), &mut add);
    (rows, all)
}

fn each<T: serde::Serialize>(records: Records<T>, add: &mut impl FnMut(Digest)) {
    for value in records.filter_map(|row| row.value) {
        add(digest(json(&value).as_bytes()));
    }
}
