//! 成績: the marks of the year's terms, a line for each subject.
use super::answer::TermMarks;

/// The marks by subject.
pub(in crate::pages) struct Table {
    /// The terms, with whether each is closed.
    pub(in crate::pages) terms: Vec<(String, bool)>,
    /// A subject with what stands in each term.
    pub(in crate::pages) lines: Vec<(String, Vec<String>)>,
}

/// Whether anything stands in a line.
fn marked(line: &(String, Vec<String>)) -> bool {
    line.1.iter().any(|words| words.chars().any(|letter| letter != '–'))
}

/// The name of a term; where a former school has handed its marks over, with the school's.
fn title(term: &TermMarks, all: &[TermMarks]) -> String {
    if all.iter().all(|other| other.school_name == term.school_name) {
        term.term_name.clone()
    } else {
        format!("{}（{}）", term.term_name, term.school_name)
    }
}

impl Table {
    pub(in crate::pages) fn of(terms: &[TermMarks]) -> Self {
        let mut subjects: Vec<&str> = Vec::new();
        for mark in terms.iter().flat_map(|term| &term.marks) {
            if !subjects.contains(&mark.subject.as_str()) {
                subjects.push(&mark.subject);
            }
        }
        let line = |subject: &&str| {
            let of = |term: &TermMarks| {
                let mark = term.marks.iter().find(|mark| mark.subject == *subject);
                mark.map(super::answer::SubjectMark::words).unwrap_or_default()
            };
            ((*subject).to_owned(), terms.iter().map(of).collect())
        };
        Table {
            terms: terms.iter().map(|term| (title(term, terms), term.closed)).collect(),
            lines: subjects.iter().map(line).filter(marked).collect(),
        }
    }
}
