//! What the columns of a table are, as a TOML file says it.
use super::super::{Failure, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What the columns of a table are.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The column with the ids; rows are numbered from 1 without it.
    pub(super) id: Option<String>,
    /// The column with the cohorts; the whole table is one without it.
    pub(super) cohort: Option<String>,
    /// The column with the outcomes.
    pub(super) label: Option<String>,
    /// Columns by whose values flags are compared.
    #[serde(default)]
    pub(super) audit: Vec<String>,
    /// Which values of features are the better ones.
    #[serde(default)]
    pub(super) higher_is: HigherIs,
    /// The columns of the features, by domain.
    pub(super) domains: BTreeMap<String, Vec<String>>,
}

/// Which values of features are the better ones.
#[derive(Deserialize, Clone, Copy, Debug, Default, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum HigherIs {
    /// The higher ones.
    #[default]
    Better,
    /// The lower ones.
    Worse,
}

impl Spec {
    /// Reads a file.
    pub(super) fn load(path: &Path) -> Result<Self> {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| Failure::new(format!("{name} cannot be read: {error}")))?;
        Spec::of(&text).map_err(|wrong| Failure::new(format!("{name}: {wrong}")))
    }

    fn of(text: &str) -> std::result::Result<Self, String> {
        let spec: Spec =
            toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| error.to_string().trim_end().to_owned())?;
        let spec = spec.trimmed();
        spec.check()?;
        Ok(spec)
    }

    /// Without spaces around names, as the header of a table is read.
    fn trimmed(self) -> Spec {
        let one = |name: Option<String>| name.map(|name| name.trim().to_owned());
        let all = |names: Vec<String>| names.iter().map(|name| name.trim().to_owned()).collect::<Vec<_>>();
        Spec {
            id: one(self.id),
            cohort: one(self.cohort),
            label: one(self.label),
            audit: all(self.audit),
            higher_is: self.higher_is,
            domains: self.domains.into_iter().map(|(domain, columns)| (domain, all(columns))).collect(),
        }
    }

    /// Refuses a column that has two parts to play: what is judged by must not be compared by.
    fn check(&self) -> std::result::Result<(), String> {
        let mut part_of: BTreeMap<&str, String> = BTreeMap::new();
        let mut parts: Vec<(&String, String)> = Vec::new();
        let single = [(&self.id, "the id"), (&self.cohort, "the cohort"), (&self.label, "the label")];
        parts.extend(single.into_iter().filter_map(|(column, part)| Some((column.as_ref()?, part.to_owned()))));
        parts.extend(self.audit.iter().map(|column| (column, "in audit".to_owned())));
        for (domain, columns) in &self.domains {
            parts.extend(columns.iter().map(|column| (column, format!("in the domain {domain}"))));
        }
        for (column, part) in parts {
            if column.trim().is_empty() {
                return Err(format!("{part} is a column without a name"));
            }
            if let Some(before) = part_of.insert(column, part.clone()) {
                return Err(format!("column {column} is {before} and {part}; name every column once"));
            }
        }
        if self.domains.values().all(Vec::is_empty) {
            return Err("[domains] names no columns; give each domain the columns that belong to it".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_of_a_spec_is_understood() {
        let text = "id = \"row\"\ncohort = \"class\"\nlabel = \"left\"\naudit = [\"sex\"]\nhigher_is = \"worse\"\n[domains]\nb = [\"x\", \"y\"]\n";
        let spec = Spec::of(text).expect("a spec");
        assert_eq!((spec.id.as_deref(), spec.higher_is), (Some("row"), HigherIs::Worse));
        let least = Spec::of("[domains]\nb = [\"x\"]\n").expect("a spec");
        assert_eq!((least.id, least.audit.len(), least.higher_is), (None, 0, HigherIs::Better));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let told = |text: &str| Spec::of(text).expect_err("it is wrong");
        assert!(told("lable = \"y\"\n[domains]\na = [\"x\"]\n").contains("unknown field `lable`"));
        assert!(told("higher_is = \"more\"\n[domains]\na = [\"x\"]\n").contains("unknown variant `more`"));
        assert!(told("id = \"row\"\n").contains("domains"));
        assert!(told("[domains]\na = []\n").contains("names no columns"));
        let twice = told("[domains]\na = [\"x\"]\nb = [\"y\", \"x\"]\n");
        assert_eq!(twice, "column x is in the domain a and in the domain b; name every column once");
        for judged_by in ["label = \"x\"", "audit = [\"x\"]", "id = \"x\"", "cohort = \"x\""] {
            assert!(told(&format!("{judged_by}\n[domains]\na = [\" x\"]\n")).contains("column x is"), "{judged_by}");
        }
    }
}
