//! The header of a file: which columns it has, and why it seems to have none.
use super::columns::Need;
use super::finding::{Finding, Rule, Severity};
use super::version::Version;
use super::{File, Mode, rules};

/// What is found in a header, and whether it makes the file unreadable.
pub(super) fn findings(file: File, mode: Mode, version: Version, header: &[String]) -> Vec<(bool, Finding)> {
    let found = |severity, rule, column: &str| Finding::new(severity, rule, file.name(), 1).at(column, "");
    let needed: Vec<&str> = file.columns().iter().filter(|column| column.need == Need::Must).map(|column| column.name).collect();
    if let Some(rule) = cause(header, &needed) {
        return vec![(true, Finding::new(Severity::Error, rule, file.name(), 1))];
    }
    let mut findings = Vec::new();
    for (at, column) in file.columns().iter().enumerate() {
        let spellings: Vec<_> = header.iter().filter(|name| column.is(name)).collect();
        let needed = if at < 3 && mode == Mode::Delta { Need::Must } else { column.need };
        match (spellings.as_slice(), needed) {
            ([], Need::Must) => findings.push((true, found(Severity::Error, &rules::COLUMN_MISSING, column.name))),
            // Rows can be read without.
            ([], Need::Should | Need::Japan) => {
                let spelling = column.spelling(version).unwrap_or(column.name);
                findings.push((false, found(Severity::Warning, &rules::COLUMN_MISSING, spelling)));
            }
            ([_, second, ..], _) => findings.push((true, found(Severity::Error, &rules::COLUMN_TWICE, second))),
            _ => {}
        }
    }
    let unknown = header.iter().filter(|name| !name.is_empty() && !file.columns().iter().any(|column| column.is(name)));
    findings.extend(unknown.map(|name| (false, found(Severity::Warning, &rules::COLUMN_UNKNOWN, name))));
    findings
}

/// The one reason for which columns that are needed are not found, if there is one.
pub(super) fn cause(header: &[String], needed: &[&str]) -> Option<&'static Rule> {
    let has = |name: &str| header.iter().any(|column| column == name);
    if needed.iter().all(|name| has(name)) {
        return None;
    }
    if header.iter().any(|column| column.contains('\0')) {
        return Some(&rules::UTF16_WITHOUT_MARK);
    }
    if header.len() == 1 && header[0].contains([';', '\t']) {
        return Some(&rules::NO_COMMAS);
    }
    let spelled = |name: &&str| header.iter().any(|column| column.eq_ignore_ascii_case(name));
    needed.iter().all(spelled).then_some(&rules::COLUMNS_IN_OTHER_CASE)
}
