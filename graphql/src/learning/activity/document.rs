//! A document that posts activities and does nothing else: its variables are read straight into the input, without the executor's tree of
//! values, and its answer is written straight from the payload. The executor would answer just the same.
use super::{ActivityConflict, RecordActivitiesInput, RecordActivitiesPayload, RejectedItem};
use crate::access::class::Mfa;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Result, UserError, UserErrorCode};
use crate::limits;
use crate::map_only::MapOnly;
use async_graphql::parser::types::{DocumentOperations, Field, OperationType, Selection, SelectionSet};
use async_graphql::{InputType, PathSegment, Pos, Positioned, Request, ServerError};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

/// A recognised document.
#[derive(Debug)]
pub struct PostingDocument {
    /// The name of its operation.
    name: Option<String>,
    /// The variable that is the whole of the input.
    variable: String,
    /// What the field is called in the answer, and where it stands in the document.
    field: (String, Pos),
    answer: Vec<Asked>,
}

/// A field of the payload that is asked for.
#[derive(Debug)]
struct Asked {
    /// What it is called in the answer.
    key: String,
    of: Known,
    /// Of a list, what is asked of each item.
    items: Vec<Asked>,
}

/// The fields of the payload and of what is in its lists.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    TypeName,
    Accepted,
    Duplicates,
    Conflicts,
    Rejected,
    UserErrors,
    Index,
    Id,
    Message,
    Code,
    Field,
}

/// Fields of an object that are asked for at most; who asks for more asks the executor, which weighs it.
const MOST_ASKED: usize = 12;

/// How deep JSON may be here: a little less than where reading a whole request would end.
const MOST_DEEP: usize = 100;

/// What a selection is of.
#[derive(Clone, Copy)]
enum Of {
    Payload,
    Conflict,
    Rejected,
    UserError,
}

impl Of {
    fn field(self, name: &str) -> Option<Known> {
        Some(match (self, name) {
            (_, "__typename") => Known::TypeName,
            (Of::Payload, "accepted") => Known::Accepted,
            (Of::Payload, "duplicates") => Known::Duplicates,
            (Of::Payload, "conflicts") => Known::Conflicts,
            (Of::Payload, "rejected") => Known::Rejected,
            (Of::Payload, "userErrors") => Known::UserErrors,
            (Of::Conflict | Of::Rejected, "index") => Known::Index,
            (Of::Conflict | Of::Rejected, "id") => Known::Id,
            (Of::Conflict | Of::Rejected | Of::UserError, "message") => Known::Message,
            (Of::Rejected | Of::UserError, "code") => Known::Code,
            (Of::Rejected | Of::UserError, "field") => Known::Field,
            _ => return None,
        })
    }
}

impl Known {
    /// What is in the list that a field is; `None` for a field that is no list.
    fn items(self) -> Option<Of> {
        match self {
            Known::Conflicts => Some(Of::Conflict),
            Known::Rejected => Some(Of::Rejected),
            Known::UserErrors => Some(Of::UserError),
            _ => None,
        }
    }
}

impl PostingDocument {
    /// Recognises a document: one mutation, of which `recordActivities` is the only field, its input one variable, and plain fields of the
    /// payload all that is asked for. `None` for every other, and for what the executor would refuse.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut request = Request::new(text);
        // Before it is parsed, which goes down as far as a text is nested.
        limits::check(&mut request).ok()?;
        let document = request.parsed_query().ok()?.clone();
        if !document.fragments.is_empty() {
            return None;
        }
        let (name, operation) = match document.operations {
            DocumentOperations::Single(operation) => (None, operation.node),
            DocumentOperations::Multiple(operations) if operations.len() == 1 => {
                let (name, operation) = operations.into_iter().next()?;
                (Some(name.to_string()), operation.node)
            }
            DocumentOperations::Multiple(_) => return None,
        };
        let [variable] = operation.variable_definitions.as_slice() else { return None };
        let variable = &variable.node;
        let whole = variable.var_type.node.to_string() == RecordActivitiesInput::qualified_type_name();
        let plain = variable.default_value.is_none() && variable.directives.is_empty() && operation.directives.is_empty();
        let field = only_field(&operation.selection_set.node)?;
        let [(argument, given)] = field.node.arguments.as_slice() else { return None };
        let whole = whole && given.node.to_string() == format!("${}", variable.name.node);
        let is_input = argument.node == "input" && field.node.name.node == "recordActivities";
        if !(operation.ty == OperationType::Mutation && whole && plain && is_input) {
            return None;
        }
        let key = field.node.response_key().node.to_string();
        let answer = asked(&field.node.selection_set.node, Of::Payload)?;
        Some(PostingDocument { name, variable: variable.name.node.to_string(), field: (key, field.pos), answer })
    }

    /// The name of its operation.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The input among the variables of a call; `None` where the executor has to say what is wrong with them, or can read what this cannot.
    #[must_use]
    pub fn input(&self, variables: &RawValue) -> Option<RecordActivitiesInput> {
        let variables: HashMap<&str, &RawValue> = serde_json::from_str(variables.get()).ok()?;
        let MapOnly(input): MapOnly<RecordActivitiesInput> =
            serde_json::from_str(variables.get(self.variable.as_str())?.get()).ok()?;
        let deep = |of: &Value| !is_within(of, MOST_DEEP);
        let deep = input.activities.iter().filter_map(|activity| activity.extensions.as_ref()).any(deep);
        (!deep).then_some(input)
    }

    /// Whether somebody may post by it: if not, the executor says so. It also asks what the board guards by single fields.
    #[must_use]
    pub fn is_for(scope: &Scope) -> bool {
        scope.holds(Right::ActivityWrite) && !scope.db().mfa.as_deref().is_some_and(Mfa::guards_fields)
    }

    /// Posts, and writes the answer as JSON.
    pub async fn post(&self, scope: &Scope, input: RecordActivitiesInput) -> Result<String, ServerError> {
        match super::record(scope, input).await {
            Ok(payload) => Ok(self.written(&payload)),
            Err(error) => {
                let error = async_graphql::Error::from(error).into_server_error(self.field.1);
                Err(ServerError { path: vec![PathSegment::Field(self.field.0.clone())], ..error })
            }
        }
    }

    fn written(&self, payload: &RecordActivitiesPayload) -> String {
        let mut text = String::with_capacity(128);
        text.push_str("{\"data\":{");
        text.push_str(&quoted(&self.field.0));
        text.push(':');
        object(&mut text, &self.answer, |text, asked| match asked.of {
            Known::Accepted => number(text, payload.accepted),
            Known::Duplicates => number(text, payload.duplicates),
            Known::Conflicts => list(text, &payload.conflicts, asked, conflict),
            Known::Rejected => list(text, &payload.rejected, asked, rejected),
            Known::UserErrors => list(text, &payload.user_errors, asked, user_error),
            _ => text.push_str("\"RecordActivitiesPayload\""),
        });
        text.push_str("}}");
        text
    }
}

/// The only selection of an operation, if it is a plain field.
fn only_field(of: &SelectionSet) -> Option<&Positioned<Field>> {
    match of.items.as_slice() {
        [Positioned { node: Selection::Field(field), .. }] if field.node.directives.is_empty() => Some(field),
        _ => None,
    }
}

/// What is asked of an object, if it is plain fields that it has, each once.
fn asked(selected: &SelectionSet, of: Of) -> Option<Vec<Asked>> {
    let mut keys = BTreeSet::new();
    let mut found = Vec::new();
    for selection in &selected.items {
        let Selection::Field(field) = &selection.node else { return None };
        let field = &field.node;
        let known = of.field(&field.name.node)?;
        let key = field.response_key().node.to_string();
        let inner = &field.selection_set.node;
        let fits = known.items().is_some() != inner.items.is_empty();
        if !fits || !field.arguments.is_empty() || !field.directives.is_empty() || !keys.insert(key.clone()) {
            return None;
        }
        let items = known.items().map_or(Some(Vec::new()), |of| asked(inner, of))?;
        found.push(Asked { key, of: known, items });
    }
    (1..=MOST_ASKED).contains(&found.len()).then_some(found)
}

fn object(text: &mut String, fields: &[Asked], value: impl Fn(&mut String, &Asked)) {
    text.push('{');
    for (place, asked) in fields.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&quoted(&asked.key));
        text.push(':');
        value(text, asked);
    }
    text.push('}');
}

fn list<T>(text: &mut String, items: &[T], asked: &Asked, item: fn(&mut String, &T, Known)) {
    text.push('[');
    for (place, of) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        object(text, &asked.items, |text, asked| item(text, of, asked.of));
    }
    text.push(']');
}

fn conflict(text: &mut String, of: &ActivityConflict, field: Known) {
    match field {
        Known::Index => number(text, of.index),
        Known::Id => text.push_str(&quoted(&of.id)),
        Known::Message => text.push_str(&quoted(&of.message)),
        _ => text.push_str("\"ActivityConflict\""),
    }
}

fn rejected(text: &mut String, of: &RejectedItem, field: Known) {
    match field {
        Known::Index => number(text, of.index),
        Known::Id => text.push_str(&quoted(&of.id)),
        Known::Code => code(text, of.code),
        Known::Field => text.push_str(&quoted(&of.field)),
        Known::Message => text.push_str(&quoted(&of.message)),
        _ => text.push_str("\"RejectedItem\""),
    }
}

fn user_error(text: &mut String, of: &UserError, field: Known) {
    match field {
        Known::Code => code(text, of.code),
        Known::Field => text.push_str(&quoted(&of.field)),
        Known::Message => text.push_str(&quoted(&of.message)),
        _ => text.push_str("\"UserError\""),
    }
}

fn number(text: &mut String, number: usize) {
    write!(text, "{number}").expect("a text takes what is written");
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

fn code(text: &mut String, code: UserErrorCode) {
    if let async_graphql::Value::Enum(name) = async_graphql::resolver_utils::enum_value(code) {
        text.push_str(&quoted(&name));
    }
}

/// Whether JSON is nested no deeper than so many levels.
fn is_within(of: &Value, levels: usize) -> bool {
    match of {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_within(item, levels - 1)),
        Value::Object(fields) => levels > 0 && fields.values().all(|value| is_within(value, levels - 1)),
        _ => true,
    }
}
