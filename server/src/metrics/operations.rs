//! What an operation is called in figures: by a name of the schema, of which there are only so many, and never by a client's.
use asagao_graphql::Schema;
use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The names of the root fields of the schema.
pub struct Operations(BTreeSet<Arc<str>>);

/// How an operation is told.
#[derive(Clone)]
pub(crate) struct Told {
    /// Its one root field; `several`, or `other` for what is none of the schema's.
    pub(crate) name: Arc<str>,
    /// `query`, `mutation` or `subscription`; `unknown` where the document does not say.
    pub(crate) kind: &'static str,
}

impl Operations {
    /// Those of a schema.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        Operations(schema.root_fields().into_iter().map(Arc::from).collect())
    }

    /// What is told of a call that posts activities on the short way.
    pub(crate) fn of_posts() -> Told {
        Told { name: "recordActivities".into(), kind: "mutation" }
    }

    /// What an operation is called.
    pub(crate) fn told(&self, operation: Option<&OperationDefinition>) -> Told {
        let Some(operation) = operation else { return Told { name: "other".into(), kind: "unknown" } };
        let kind = match operation.ty {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        let name = match operation.selection_set.node.items.as_slice() {
            [only] => match &only.node {
                Selection::Field(field) => self.0.get(field.node.name.node.as_str()).cloned(),
                _ => None,
            },
            _ => Some("several".into()),
        };
        Told { name: name.unwrap_or_else(|| "other".into()), kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::Request;

    fn told(document: &str) -> (String, &'static str) {
        let operations = Operations::of(&asagao_graphql::schema());
        let told = operations.told(crate::graphql::operation(&mut Request::new(document)));
        (told.name.to_string(), told.kind)
    }

    #[test]
    fn an_operation_is_called_by_its_field_of_the_schema_and_never_by_what_a_client_wrote() {
        for (document, name, kind) in [
            ("query Secret { viewer { name } }", "viewer", "query"),
            ("{ alias: viewer { name } }", "viewer", "query"),
            ("mutation M { recordActivities(input: {}) { accepted } }", "recordActivities", "mutation"),
            ("subscription { consultationArrived { id } }", "consultationArrived", "subscription"),
            ("{ viewer { name } board { name } }", "several", "query"),
            ("{ madeUp }", "other", "query"),
            ("{ __typename }", "other", "query"),
            ("{ ...F } fragment F on Query { viewer { name } }", "other", "query"),
            ("query A { viewer { name } } query B { viewer { name } }", "other", "unknown"),
            ("{", "other", "unknown"),
        ] {
            assert_eq!(told(document), (name.to_owned(), kind), "{document}");
        }
    }
}
