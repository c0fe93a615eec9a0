//! Lists of plain records, written out as JSON at once. The executor makes a future and a map of every record and a value of every field, which
//! for the days of a class costs more than the database does. What it would answer is what is written here.
use async_graphql::async_trait::async_trait;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextSelectionSet, Name, OutputType, Positioned, Request, ServerResult, Value};
use async_graphql_value::RAW_VALUE_TOKEN;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Deref;

/// In the data of a request whose lists may be written at once.
struct AtOnce;

/// Lets the lists of a request be written at once: its answer is to be written out as JSON, and nothing has to be asked at every field.
pub(crate) fn at_once(mut request: Request) -> Request {
    match request.parsed_query() {
        Ok(document) if !puts_together(document) => request.data(AtOnce),
        _ => request,
    }
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Whether a name of the answer stands for two things in one place, with the fragments put in, of which one has fields of its own: the executor
/// would put them together. Fragments on their own are not looked at: nothing has limited what they come to.
fn puts_together(document: &ExecutableDocument) -> bool {
    document.operations.iter().any(|(_, operation)| names_twice(&operation.node.selection_set.node, &document.fragments))
}

fn names_twice(set: &SelectionSet, fragments: &Fragments) -> bool {
    let mut names: HashMap<&Name, &Field> = HashMap::new();
    let mut twice = false;
    each_field(set, fragments, &mut |field| {
        let below = &field.selection_set.node;
        let same = |other: &Field| below.items.is_empty() && field.name == other.name;
        twice |=
            names.insert(&field.response_key().node, field).is_some_and(|other| !same(other)) || names_twice(below, fragments);
        !twice
    });
    twice
}

/// Goes through the fields of a set with its fragments put in, for as long as they are wanted.
fn each_field<'a>(set: &'a SelectionSet, fragments: &'a Fragments, wanted: &mut impl FnMut(&'a Field) -> bool) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => wanted(&field.node),
        Selection::InlineFragment(fragment) => each_field(&fragment.node.selection_set.node, fragments, wanted),
        Selection::FragmentSpread(spread) => match fragments.get(&spread.node.fragment_name.node) {
            Some(fragment) => each_field(&fragment.node.selection_set.node, fragments, wanted),
            None => true,
        },
    })
}

/// JSON on its way out.
#[derive(Default)]
pub(crate) struct Json(Vec<u8>);

impl Json {
    pub(crate) fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        serde_json::to_writer(&mut self.0, value).expect("memory takes what is written, and plain values are JSON");
    }

    fn text(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn each<T>(&mut self, brackets: [&str; 2], items: &[T], write: impl Fn(&T, &mut Json)) {
        self.text(brackets[0]);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.text(",");
            }
            write(item, self);
        }
        self.text(brackets[1]);
    }
}

/// What writes a field of a record.
pub(crate) type Write<T> = Box<dyn Fn(&T, &mut Json) + Send + Sync>;

/// What writes a field that is read of its record.
#[expect(clippy::unnecessary_wraps, reason = "every arm of a record's fields is an option")]
pub(crate) fn shown<T: 'static, V: Serialize + 'static>(read: fn(&T) -> V) -> Option<Write<T>> {
    Some(Box::new(move |record, json| json.value(&read(record))))
}

/// A record that holds whatever its plain fields show.
pub(crate) trait Plain: Sized + 'static {
    /// The name of its type in the API.
    const NAME: &'static str;

    /// What writes a field; `None` where it takes the executor.
    fn field(asked: &Asked<'_>) -> Option<Write<Self>>;
}

/// A field that is asked for.
pub(crate) struct Asked<'a> {
    field: &'a Field,
    fragments: &'a Fragments,
}

impl Asked<'_> {
    pub(crate) fn name(&self) -> &str {
        self.field.name.node.as_str()
    }

    /// What writes a record within the record, or that there is none.
    pub(crate) fn part<T: 'static, P: Plain>(&self, part: fn(&T) -> Option<&P>) -> Option<Write<T>> {
        let plan = Plan::<P>::of(&self.field.selection_set.node, self.fragments)?;
        Some(Box::new(move |record, json| match part(record) {
            Some(part) => plan.write(part, json),
            None => json.text("null"),
        }))
    }

    /// What writes a list of records within the record.
    pub(crate) fn list<T: 'static, P: Plain>(&self, list: fn(&T) -> &[P]) -> Option<Write<T>> {
        let plan = Plan::<P>::of(&self.field.selection_set.node, self.fragments)?;
        Some(Box::new(move |record, json| plan.write_all(list(record), json)))
    }
}

/// How the records of a list are written: each field that is asked for, with its name before it.
pub(crate) struct Plan<T>(Vec<(String, Write<T>)>);

impl<T: Plain> Plan<T> {
    /// `None` where the list takes the executor.
    pub(crate) fn asked(ctx: &Context<'_>) -> Option<Self> {
        Plan::within(&ctx.with_selection_set(&ctx.item.node.selection_set))
    }

    fn within(ctx: &ContextSelectionSet<'_>) -> Option<Self> {
        ctx.data_opt::<AtOnce>()?;
        Plan::of(&ctx.item.node, &ctx.query_env.fragments)
    }

    fn of(set: &SelectionSet, fragments: &Fragments) -> Option<Self> {
        let mut names = HashSet::new();
        let mut fields = Vec::new();
        let plain = each_field(set, fragments, &mut |field| {
            let name = &field.response_key().node;
            if !names.insert(name) {
                return true;
            }
            let write = match field.name.node.as_str() {
                "__typename" => Some(Box::new(|_: &T, json: &mut Json| json.value(T::NAME)) as Write<T>),
                _ => T::field(&Asked { field, fragments }),
            };
            write.map(|write| fields.push((format!("\"{name}\":"), write))).is_some()
        });
        (plain && !fields.is_empty()).then_some(Plan(fields))
    }

    fn write(&self, record: &T, json: &mut Json) {
        json.each(["{", "}"], &self.0, |(name, write), json| {
            json.text(name);
            write(record, json);
        });
    }

    fn write_all(&self, records: &[T], json: &mut Json) {
        json.each(["[", "]"], records, |record, json| self.write(record, json));
    }

    /// The records as the executor would answer them.
    pub(crate) fn list(&self, records: &[T]) -> Value {
        let mut json = Json::default();
        self.write_all(records, &mut json);
        let text = String::from_utf8(json.0).expect("JSON is written in UTF-8");
        Value::Object(IndexMap::from([(Name::new(RAW_VALUE_TOKEN), Value::String(text))]))
    }
}

/// A list of plain records.
#[derive(Clone, Debug)]
pub struct Rows<R>(pub(crate) Vec<R>);

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Rows(Vec::new())
    }
}

impl<R> Deref for Rows<R> {
    type Target = [R];

    fn deref(&self) -> &[R] {
        &self.0
    }
}

#[async_trait]
impl<R: OutputType + Plain> OutputType for Rows<R> {
    fn type_name() -> Cow<'static, str> {
        Vec::<R>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<R>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<R>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match Plan::within(ctx) {
            Some(plan) => Ok(plan.list(&self.0)),
            None => self.0.resolve(ctx, field).await,
        }
    }
}

/// A list of records that are read as far as they are asked for.
pub enum List<R> {
    /// The executor answers of each what is asked for.
    Records(Vec<R>),
    /// It is answered.
    Written(Value),
}

#[async_trait]
impl<R: OutputType> OutputType for List<R> {
    fn type_name() -> Cow<'static, str> {
        Vec::<R>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<R>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<R>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            List::Records(records) => records.resolve(ctx, field).await,
            List::Written(value) => Ok(value.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    struct Fruit {
        name: &'static str,
        tree: Option<Box<Fruit>>,
    }

    impl Plain for Fruit {
        const NAME: &'static str = "Fruit";

        fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
            match asked.name() {
                "name" => shown(|fruit| fruit.name),
                "tree" => asked.part(|fruit| fruit.tree.as_deref()),
                _ => None,
            }
        }
    }

    /// What is written of a fruit and of its tree, by the selection of a document's first field.
    fn written(document: &str) -> Option<String> {
        let document = parse_query(document).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else { panic!("a field") };
        let plan = Plan::<Fruit>::of(&field.node.selection_set.node, &document.fragments)?;
        let tree = Fruit { name: "柿の\"木\"", tree: None };
        let value = plan.list(&[Fruit { name: "柿", tree: Some(Box::new(tree)) }, Fruit { name: "梅", tree: None }]);
        Some(serde_json::to_string(&value).expect("JSON"))
    }

    #[test]
    fn fields_are_written_by_their_names_in_the_answer() {
        for (document, expected) in [
            ("{ fruit { name } }", r#"[{"name":"柿"},{"name":"梅"}]"#),
            ("{ fruit { n: name name n: name } }", r#"[{"n":"柿","name":"柿"},{"n":"梅","name":"梅"}]"#),
            ("{ fruit { tree { name __typename } } }", r#"[{"tree":{"name":"柿の\"木\"","__typename":"Fruit"}},{"tree":null}]"#),
            (
                "{ fruit { ...F ... { t: tree { name } } } } fragment F on Fruit { name }",
                r#"[{"name":"柿","t":{"name":"柿の\"木\""}},{"name":"梅","t":null}]"#,
            ),
        ] {
            assert_eq!(written(document).as_deref(), Some(expected), "{document}");
        }
    }

    #[test]
    fn what_takes_the_executor_is_left_to_it() {
        for document in
            ["{ fruit { name smell } }", "{ fruit { tree { smell } } }", "{ fruit { ...F } } fragment F on Fruit { smell }"]
        {
            assert_eq!(written(document), None, "{document}");
        }
    }

    #[test]
    fn names_with_fields_of_their_own_are_found_twice() {
        for (document, twice) in [
            ("{ a { b } c { b } }", false),
            ("{ a { b b } a: a { b } }", true),
            ("{ a { b } ...F } fragment F on Query { a { c } }", true),
            ("{ a { x { b } ... { x { c } } } }", true),
            ("{ a { x { b } } b { x { b } } }", false),
            ("{ a { ...F } b { ...F } } fragment F on Fruit { tree { name } }", false),
            ("query A { a { b } } query B { a { b } }", false),
            ("{ a { b: c ... { b: d } } }", true),
            ("{ a { b: c { d } ... { b: d } } }", true),
            ("{ a } fragment F on Fruit { b { c } b { c } }", false),
        ] {
            assert_eq!(puts_together(&parse_query(document).expect("a document")), twice, "{document}");
        }
    }
}
