//! What a document may ask for at most, found out before it is parsed and before it is validated: both take their time, and both go down as
//! far as a document is nested. Costs that reflect rows stand at the fields (`complexity`), see [`crate::schema`].
use crate::error::{Error, Result};
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Request};
use std::collections::HashMap;

/// Tokens of a document. What is long goes into variables.
pub const MOST_TOKENS: usize = 10_000;
/// Brackets of any kind within one another.
pub const MOST_BRACKETS: usize = 60;
/// Fields within one another, with fragments put in.
pub const MOST_DEPTH: usize = 12;
/// The same of what asks about the schema, where a type is of a type is of a type.
pub const MOST_DEPTH_OF_SCHEMA: usize = 20;
/// Fragments within one another.
pub const MOST_FRAGMENTS: usize = 12;
/// Fields, with fragments put in.
pub const MOST_FIELDS: usize = 3_000;
/// Fields at the root, with fragments put in.
pub const MOST_ROOT_FIELDS: usize = 50;
/// Fields under another name.
pub const MOST_ALIASES: usize = 200;
/// Directives of the whole document, and of one place.
pub const MOST_DIRECTIVES: usize = 200;
/// Directives of one place.
pub const MOST_DIRECTIVES_OF_A_PLACE: usize = 20;

/// Refuses a document that asks for too much. One that cannot be read at all passes: the executor says what is wrong with it.
pub fn check(request: &mut Request) -> Result<()> {
    check_text(&request.query)?;
    match request.parsed_query() {
        Ok(document) => check_document(document),
        Err(_) => Ok(()),
    }
}

fn too_many(count: usize, most: usize, what: &str) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    Err(Error::TooComplex(format!(
        "the limit of a document is {most} {what}: ask for less at once, and send what is long in `variables`"
    )))
}

/// Counts tokens and brackets without reading the document any further: what is in texts and comments does not count.
fn check_text(text: &str) -> Result<()> {
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut open) = (0, 0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => continue,
            b'#' => {
                at += bytes[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
                continue;
            }
            b'"' => at = end_of_text(bytes, at),
            b'{' | b'[' | b'(' => open += 1,
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            byte if is_of_word(byte) => at += bytes[at..].iter().take_while(|byte| is_of_word(**byte)).count(),
            _ => {}
        }
        tokens += 1;
        too_many(tokens, MOST_TOKENS, "tokens")?;
        too_many(open, MOST_BRACKETS, "brackets within one another")?;
    }
    Ok(())
}

/// Names, numbers, and whatever is not of ASCII.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.' | 0x80..)
}

/// Behind a text that begins before `at`; at the end where it has none.
fn end_of_text(bytes: &[u8], mut at: usize) -> usize {
    let block = bytes[at..].starts_with(b"\"\"");
    at += if block { 2 } else { 0 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if block && bytes[at..].starts_with(b"\\\"\"\"") => at += 4,
            b'\\' if !block => at += 2,
            b'"' if block && bytes[at..].starts_with(b"\"\"\"") => return at + 3,
            b'"' if !block => return at + 1,
            b'\n' if !block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn check_document(document: &ExecutableDocument) -> Result<()> {
    let mut walk = Walk { document, known: HashMap::new(), aliases: 0, directives: 0 };
    for fragment in document.fragments.keys() {
        walk.fragment(fragment)?;
    }
    for (_, operation) in document.operations.iter() {
        walk.directives(&operation.node.directives)?;
        let size = walk.set(&operation.node.selection_set.node)?;
        too_many(size.root, MOST_ROOT_FIELDS, "fields at its root")?;
        too_many(size.fields, MOST_FIELDS, "fields")?;
        too_many(size.depth, MOST_DEPTH, "fields within one another")?;
        too_many(size.schema_depth, MOST_DEPTH_OF_SCHEMA, "fields within one another")?;
    }
    too_many(walk.aliases, MOST_ALIASES, "fields under another name")
}

/// What a selection comes to once its fragments are put in.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: usize,
    root: usize,
    depth: usize,
    schema_depth: usize,
    fragments: usize,
}

impl Size {
    fn add(&mut self, other: Size) {
        self.fields = self.fields.saturating_add(other.fields);
        self.root = self.root.saturating_add(other.root);
        self.depth = self.depth.max(other.depth);
        self.schema_depth = self.schema_depth.max(other.schema_depth);
        self.fragments = self.fragments.max(other.fragments);
    }
}

/// Every fragment is looked at once, however often it is put in.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    /// The size of a fragment; `None` while it is looked at, which finds circles.
    known: HashMap<&'a str, Option<Size>>,
    aliases: usize,
    directives: usize,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Size> {
        let mut size = Size::default();
        for selection in &set.items {
            size.add(match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.node.directives)?;
                    self.set(&fragment.node.selection_set.node)?
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives)?;
                    self.fragment(&spread.node.fragment_name.node)?
                }
            });
        }
        Ok(size)
    }

    fn field(&mut self, field: &'a Field) -> Result<Size> {
        self.aliases += usize::from(field.alias.is_some());
        self.directives(&field.directives)?;
        let below = self.set(&field.selection_set.node)?;
        let of_schema = field.name.node.starts_with("__");
        let (depth, schema_depth) = if of_schema {
            (1, 1 + below.depth.max(below.schema_depth))
        } else {
            (1 + below.depth, if below.schema_depth > 0 { 1 + below.schema_depth } else { 0 })
        };
        Ok(Size { fields: below.fields.saturating_add(1), root: 1, depth, schema_depth, fragments: below.fragments })
    }

    fn fragment(&mut self, name: &Name) -> Result<Size> {
        // One that is not there is told by the executor.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return Ok(Size::default()) };
        match self.known.get(name.as_str()) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(Error::BadInput(format!("fragments form a cycle: {name} is put into itself"))),
            None => {}
        }
        self.known.insert(name, None);
        self.directives(&fragment.node.directives)?;
        let mut size = self.set(&fragment.node.selection_set.node)?;
        size.fragments += 1;
        too_many(size.fragments, MOST_FRAGMENTS, "fragments within one another")?;
        self.known.insert(name, Some(size));
        Ok(size)
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) -> Result<()> {
        self.directives += directives.len();
        too_many(directives.len(), MOST_DIRECTIVES_OF_A_PLACE, "directives at one place")?;
        too_many(self.directives, MOST_DIRECTIVES, "directives")
    }
}

#[cfg(test)]
mod tests;
