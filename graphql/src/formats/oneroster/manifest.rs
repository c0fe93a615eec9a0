//! manifest.csv: the version of a package, and what its files hold.
use super::finding::{Finding, Severity};
use super::rows::Rows;
use super::value::clean;
use super::version::Version;
use super::{File, Mode, rules};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const NAME: &str = "manifest.csv";

/// What a manifest says.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) version: Option<Version>,
    /// The files that it names, without `.csv`.
    modes: BTreeMap<String, Mode>,
}

impl Manifest {
    pub(super) fn read(mut rows: Rows, findings: &mut Vec<Finding>) -> Self {
        let mut manifest = Manifest::default();
        let place = |name| rows.header().iter().position(|column| column == name);
        let (Some(property), Some(value)) = (place("propertyName"), place("value")) else {
            let rule = super::header::cause(rows.header(), &["propertyName", "value"]).unwrap_or(&rules::COLUMN_MISSING);
            findings.push(Finding::new(Severity::Error, rule, NAME, 1).at("propertyName, value", ""));
            return manifest;
        };
        let (mut named, mut said) = (false, BTreeSet::new());
        while let Some(row) = rows.next() {
            match row {
                Ok((line, row)) => {
                    let (property, value) = (clean(&row[property]), clean(&row[value]));
                    if !property.is_empty() && !said.insert(property.to_owned()) {
                        findings.push(Finding::new(Severity::Error, &rules::MANIFEST_TWICE, NAME, line).at(property, value));
                    }
                    named |= property == "oneroster.version";
                    let found = |severity, rule| Finding::new(severity, rule, NAME, line).at(property, value);
                    findings.extend(manifest.read_property(property, value).map(|(severity, rule)| found(severity, rule)));
                }
                Err(finding) => findings.push(*finding),
            }
        }
        if !named {
            findings.push(Finding::new(Severity::Error, &rules::VERSION_MISSING, NAME, 0).at("oneroster.version", ""));
        }
        manifest
    }

    fn read_property(&mut self, property: &str, value: &str) -> Option<(Severity, &'static super::Rule)> {
        match property {
            "oneroster.version" => {
                self.version = Version::of_name(value);
                self.version.is_none().then_some((Severity::Error, &rules::VERSION_UNKNOWN))
            }
            "manifest.version" => (value != "1.0").then_some((Severity::Warning, &rules::MANIFEST_VERSION)),
            _ => {
                let file = property.strip_prefix("file.")?;
                let mode = match value {
                    "bulk" => Mode::Bulk,
                    "delta" => Mode::Delta,
                    "absent" | "" => Mode::Absent,
                    _ => return Some((Severity::Error, &rules::MANIFEST_VALUE)),
                };
                self.modes.insert(file.to_owned(), mode);
                None
            }
        }
    }

    /// What it says of a file; `None` where it does not name the file.
    pub(super) fn mode(&self, file: File) -> Option<Mode> {
        file.name().strip_suffix(".csv").and_then(|name| self.modes.get(name)).copied()
    }

    /// Whether any file holds changes alone.
    pub(super) fn any_delta(&self) -> bool {
        self.modes.values().any(|mode| *mode == Mode::Delta)
    }
}
