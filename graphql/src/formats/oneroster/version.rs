//! The three versions of a package that Japanese systems write.
use super::finding::Severity;
use std::fmt;
use std::str::FromStr;

/// The version that a manifest names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// 1.2: the base standard, and the Japan profile 1.1.
    V1_2,
    /// 1.2.1: the Japan profile 1.2.
    V1_2_1,
    /// `1.2_JP`: the Japan profile for schools, of the 相互運用標準モデル 6.
    Jp,
}

impl Version {
    /// Every version, the oldest first.
    pub const ALL: [Version; 3] = [Version::V1_2, Version::V1_2_1, Version::Jp];

    /// As a manifest spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Version::V1_2 => "1.2",
            Version::V1_2_1 => "1.2.1",
            Version::Jp => "1.2_JP",
        }
    }

    /// The version of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Version::ALL.into_iter().find(|version| version.name() == name)
    }

    /// What it is to break a rule that only the Japan profile has: a package that does not claim the profile is told, and read.
    #[must_use]
    pub fn japanese_rule(self) -> Severity {
        if self == Version::Jp { Severity::Error } else { Severity::Warning }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Version {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Version::of_name(text).ok_or("use 1.2, 1.2.1 or 1.2_JP")
    }
}
