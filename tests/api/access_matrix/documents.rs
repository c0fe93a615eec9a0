//! GraphQL documents in a file, each with what is to be known about it in comments before it: `# by: <teacher>`. A word in angle brackets
//! stands for an id of the place that is asked about.
use super::town::Place;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A document, and what the comments say of it.
#[derive(Debug)]
pub struct Document {
    /// The name of the operation: the root field that it asks, with `_by_word` for one more way to ask it, and with `_former` for the place
    /// of the former pupil.
    pub name: String,
    notes: BTreeMap<String, String>,
    text: String,
}

impl Document {
    /// The row of the page: the root field, or `Query.field by word` for one more way to ask it, whose document is called `field_by_word`.
    pub fn row(&self, root: &str) -> String {
        format!("{root}.{}", self.name.replace("_by_", " by "))
    }

    /// What a comment says.
    pub fn note(&self, key: &str) -> Option<&str> {
        self.notes.get(key).map(String::as_str)
    }

    /// The document for a place, as a role asks it.
    pub fn at(&self, place: &Place, role: &str) -> String {
        filled(&self.text, place, role)
    }

    /// Whether it names nothing of a place, and so means the whole board.
    pub fn is_of_board(&self) -> bool {
        !self.text.contains('<')
    }
}

/// A text with the ids of a place in it.
pub fn filled(text: &str, place: &Place, role: &str) -> String {
    let mut parts = text.split('<');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (word, rest) = part.split_once('>').unwrap_or_else(|| panic!("no end of <{part}"));
        out += &place.id(word, role);
        out += rest;
    }
    out
}

/// The documents of a file beside this one, in their order.
pub fn read(file: &str) -> Vec<Document> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("api/access_matrix").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.split("\n\n").map(str::trim).filter(|block| block.lines().any(|line| !line.starts_with('#'))).map(document).collect()
}

fn document(block: &str) -> Document {
    let (comments, lines): (Vec<&str>, Vec<&str>) = block.lines().partition(|line| line.starts_with('#'));
    let note = |line: &&str| line.trim_start_matches("# ").split_once(": ").map(|(key, value)| (key.to_owned(), value.to_owned()));
    let text = lines.join("\n");
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let name = words.nth(1).unwrap_or_else(|| panic!("a document without a name: {text}")).to_owned();
    Document { name, notes: comments.iter().filter_map(note).collect(), text }
}
