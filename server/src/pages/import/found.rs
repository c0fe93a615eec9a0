//! What was found in a package, by what it is.
use super::asked::{Finding, FindingCount, FindingPage};
use crate::pages::imports::words::{self, Words};

/// What was found of one kind, in how many places.
pub(super) struct Code {
    pub(super) name: String,
    pub(super) error: bool,
    pub(super) count: i64,
    /// Where: `users.csv` with the columns, and how often.
    pub(super) places: Vec<(String, i64)>,
}

/// The kinds of findings: errors first, then what was found most.
pub(super) fn codes(counts: &[FindingCount]) -> Vec<Code> {
    let mut codes: Vec<Code> = Vec::new();
    for of in counts {
        let place =
            [of.file.as_str(), of.column.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let error = of.severity == "ERROR";
        let place = (place, of.count);
        match codes.iter_mut().find(|code| code.name == of.code) {
            Some(code) => {
                code.error |= error;
                code.count += of.count;
                code.places.push(place);
            }
            None => codes.push(Code { name: of.code.clone(), error, count: of.count, places: vec![place] }),
        }
    }
    codes.sort_by_key(|code| (!code.error, -code.count));
    codes
}

/// What was found of one kind, with its first rows.
pub(super) struct Found {
    pub(super) code: String,
    pub(super) error: bool,
    pub(super) count: i64,
    pub(super) places: Vec<(String, i64)>,
    pub(super) words: Words,
    pub(super) rows: Vec<Finding>,
    pub(super) more: bool,
}

impl Found {
    pub(super) fn new(code: &Code, page: FindingPage) -> Self {
        Found {
            code: code.name.clone(),
            error: code.error,
            count: code.count,
            places: code.places.clone(),
            words: words::of(&code.name),
            more: page.page_info.has_next_page,
            rows: page.nodes,
        }
    }
}
