//! The information class of single fields: what `docs/access.md` says of each, and what a board holds for graver.
use super::class::InformationClass;
use super::scope::Scope;
use crate::error::Error;
use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerResult, Value};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

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

/// Refuses fields of staff who have shown one factor alone: those that the board has raised to a class from which on more is asked for.
pub(crate) struct Guarded(pub(super) Arc<BTreeSet<FieldName>>);

impl ExtensionFactory for Guarded {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Guarded(Arc::clone(&self.0)))
    }
}

#[async_trait]
impl Extension for Guarded {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let field = format!("{}.{}", info.parent_type, info.name);
        if self.0.contains(&field)
            && let Some(scope) = ctx.data_opt::<Scope>()
            && scope.lacks_factor()
        {
            let error: async_graphql::Error = Error::Forbidden("of more than one factor (多要素認証)").into();
            return Err(error.into_server_error(async_graphql::Pos::default()));
        }
        next.run(ctx, info).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_the_class_of_fields() {
        assert_eq!(of("Pupil.name"), Some(InformationClass::Three));
        assert_eq!(of("SupportFlag.reasons"), Some(InformationClass::Two));
        assert_eq!((of("Pupil.nothing"), of("pupil")), (None, None));
    }
}
