//! The information class of single fields: what `docs/access.md` says of each, and what a board holds for graver.
use super::class::InformationClass;
use super::scope::Scope;
use crate::error::Error;
use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use async_graphql::{PathSegment, QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, Value};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// A field of an object, such as `Pupil.number`.
pub type FieldName = String;

/// The page that says who may see what: a test holds the program to it, and it to the program.
const PAGE: &str = include_str!("../../../docs/access.md");

/// The class of every field that the page has in its table: rows like ``| `Pupil.name` | III | …``.
static CLASSES: LazyLock<HashMap<&str, InformationClass>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let (field, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        Some((field, InformationClass::of_name(rest.split_once(" |")?.0)?)).filter(|(field, _)| field.contains('.'))
    };
    PAGE.lines().filter_map(row).collect()
});

/// The class of a field; `None` of one that is no one's secret, or not there.
#[must_use]
pub fn of(field: &str) -> Option<InformationClass> {
    CLASSES.get(field).copied()
}

/// Whether a field can be null, so that it can be withheld by itself.
pub(super) fn can_be_null(field: &str) -> bool {
    let Some((object, name)) = field.split_once('.') else { return false };
    let Ok(document) = parse_schema(crate::schema().sdl()) else { return false };
    document.definitions.iter().any(|definition| match definition {
        TypeSystemDefinition::Type(of) if of.node.name.node == object => match &of.node.kind {
            TypeKind::Object(of) => of.fields.iter().any(|of| of.node.name.node == name && of.node.ty.node.nullable),
            _ => false,
        },
        _ => false,
    })
}

/// Withholds fields from staff who have shown one factor alone: those that the board has raised to a class from which on more is asked
/// for. They are null, with an error each, as every field is that is forbidden.
pub(crate) struct Guarded {
    /// The names by their type.
    fields: Arc<HashMap<String, HashSet<String>>>,
    /// What was withheld in this request.
    withheld: Mutex<Vec<ServerError>>,
}

impl Guarded {
    pub(super) fn new<'a>(fields: impl Iterator<Item = &'a FieldName>) -> Self {
        let mut of_types: HashMap<String, HashSet<String>> = HashMap::new();
        for (object, name) in fields.filter_map(|field| field.split_once('.')) {
            of_types.entry(object.to_owned()).or_default().insert(name.to_owned());
        }
        Guarded { fields: Arc::new(of_types), withheld: Mutex::default() }
    }

    fn withheld(&self) -> MutexGuard<'_, Vec<ServerError>> {
        self.withheld.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ExtensionFactory for Guarded {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Guarded { fields: Arc::clone(&self.fields), withheld: Mutex::default() })
    }
}

#[async_trait]
impl Extension for Guarded {
    async fn execute(&self, ctx: &ExtensionContext<'_>, name: Option<&str>, next: NextExecute<'_>) -> Response {
        let mut response = next.run(ctx, name).await;
        response.errors.append(&mut self.withheld());
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if self.fields.get(info.parent_type).is_some_and(|names| names.contains(info.name))
            && let Some(scope) = ctx.data_opt::<Scope>()
            && scope.lacks_factor()
        {
            let error: async_graphql::Error = Error::Factor.into();
            let mut error = error.into_server_error(info.field.name.pos);
            error.path = path(info.path_node);
            self.withheld().push(error);
            return Ok(None);
        }
        next.run(ctx, info).await
    }
}

/// Where a field stands in the answer.
fn path(node: &QueryPathNode<'_>) -> Vec<PathSegment> {
    let segment = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Index(at) => PathSegment::Index(at),
        QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
    };
    let mut path = vec![segment(node)];
    path.extend(node.parents().map(segment));
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_the_class_of_fields() {
        assert_eq!(of("Pupil.name"), Some(InformationClass::Three));
        assert_eq!(of("SupportFlag.reasons"), Some(InformationClass::Two));
        assert_eq!((of("Pupil.nothing"), of("pupil")), (None, None));
        assert!(can_be_null("Pupil.kana") && !can_be_null("Pupil.name") && !can_be_null("Pupil.nothing"));
    }
}
