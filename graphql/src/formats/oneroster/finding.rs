//! What is found in a package: something wrong, or worth a look, told so that an office can mend it.
use serde::Serialize;
use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// The row, or the file, is left out.
    Error,
    /// It is read; somebody should look.
    Warning,
}

/// Something that can be found, written once: its name, what is wrong and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable name.
    pub code: &'static str,
    /// What is wrong.
    pub message: &'static str,
    /// What to do.
    pub advice: &'static str,
}

/// Something found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The stable name of what was found.
    pub code: &'static str,
    /// The file, such as `users.csv`.
    pub file: &'static str,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column as the file spells it; empty for the row as a whole.
    pub column: String,
    /// What stands there, at most 60 characters of it.
    pub value: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub advice: String,
}

impl Finding {
    /// A finding of a rule at a place.
    #[must_use]
    pub fn new(severity: Severity, rule: &Rule, file: &'static str, line: u64) -> Self {
        let (message, advice) = (rule.message.to_owned(), rule.advice.to_owned());
        Finding { severity, code: rule.code, file, line, column: String::new(), value: String::new(), message, advice }
    }

    /// The same in a column.
    #[must_use]
    pub fn at(mut self, column: &str, value: &str) -> Self {
        column.clone_into(&mut self.column);
        self.value = value.chars().take(60).collect();
        self
    }

    /// The same with the particulars of this case instead of the rule's words.
    #[must_use]
    pub fn because(mut self, message: String) -> Self {
        self.message = message;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.file.is_empty() { "the package" } else { self.file })?;
        if self.line > 0 {
            write!(f, " line {}", self.line)?;
        }
        match (self.column.as_str(), self.value.as_str()) {
            ("", "") => {}
            ("", value) => write!(f, ", {value:?}")?,
            (column, value) => write!(f, ", {column} = {value:?}")?,
        }
        let look = if self.severity == Severity::Warning { "note: " } else { "" };
        write!(f, ": {look}{}: {}", self.message, self.advice)
    }
}
