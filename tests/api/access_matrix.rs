//! Who may see what, from the outside: every root field and every field of an object as every role asks it of every place, compared with
//! what docs/access.md says. `UPDATE=1` writes what was measured into the page, to be read there.
mod documents;
mod fields;
mod heard;
mod letters;
mod making;
mod page;
mod roster;
mod town;

use asagao_graphql::access::class::InformationClass;
use asagao_graphql::access::right::Right;
use asagao_tests::Snapshot;
use documents::Document;
use fields::{Field, Letters};
use letters::{Asked, Asking};
use page::{Claims, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use town::{PLACES, Role, Town};

/// The documents that ask the root fields.
struct Roots {
    queries: Vec<Document>,
    mutations: Vec<Document>,
    subscriptions: Vec<Document>,
}

impl Roots {
    fn read() -> Self {
        let read = documents::read;
        Roots { queries: read("queries.graphql"), mutations: read("mutations.graphql"), subscriptions: read("subscriptions.graphql") }
    }

    /// All of them under their names in the page.
    fn named(&self) -> BTreeMap<String, &Document> {
        let all = [("Query", &self.queries), ("Mutation", &self.mutations), ("Subscription", &self.subscriptions)];
        let named = all.into_iter().flat_map(|(root, documents)| documents.iter().map(move |of| (of.row(root), of)));
        named.filter(|(name, _)| !name.ends_with("_former")).collect()
    }
}

/// What one role is answered: its words by root field, its letters by field of an object.
#[derive(Default)]
struct Column {
    words: BTreeMap<String, String>,
    letters: Letters,
    wrong: Vec<String>,
}

async fn column(town: Arc<Town>, kept: Option<Arc<Snapshot>>, roots: Arc<Roots>, page: Arc<Claims>, all: Arc<Vec<Field>>, role: Role) -> Column {
    let mut column = Column::default();
    let mut asking = Asking::new(&town, kept.as_ref());
    for asked in Asked::of(&roots.queries) {
        let word = asking.read(&asked, &role).await;
        column.words.insert(asked.usual.row("Query"), word);
    }
    for asked in Asked::of(&roots.mutations) {
        let name = asked.usual.row("Mutation");
        let expected = page.roots.get(&name).and_then(|row| row.cells.get(role.name)).map_or("", String::as_str);
        let word = asking.write(&asked, &role, expected).await;
        column.words.insert(name, word);
    }
    column.wrong = asking.wrong;
    for (of, ways) in fields::ways() {
        let fields: Vec<&Field> = all.iter().filter(|field| field.of == of || field.key() == of).collect();
        if let Err(wrong) = fields::read(&town, &role, &ways, &fields, &mut column.letters).await {
            column.wrong.push(wrong);
        }
    }
    column
}

/// The rows of a root field: its own, and one for each further way to ask it.
fn rows_of(documents: &BTreeMap<String, &Document>, field: &str) -> Vec<String> {
    documents.keys().filter(|row| *row == field || row.starts_with(&format!("{field} by "))).cloned().collect()
}

/// What was measured. A field has a row where the page has one, and else where it is not in the page's list.
fn claims(page: &Claims, roots: &Roots, all: &[Field], columns: &[(&'static str, Column)], wrong: &mut Vec<String>) -> Claims {
    let mut measured = Claims::default();
    let documents = roots.named();
    for field in all {
        let name = field.key();
        if fields::ROOTS.contains(&field.of.as_str()) {
            let asked = rows_of(&documents, &name);
            if asked.first() != Some(&name) {
                wrong.push(format!("{name} is new: ask it in tests/api/access_matrix"));
            }
            for name in asked {
                let cells = columns.iter().map(|(role, column)| ((*role).to_owned(), column.words.get(&name).cloned().unwrap_or_default()));
                let (about, cells) = (documents[&name].note("names").unwrap_or_default().to_owned(), cells.collect());
                measured.roots.insert(name, Row { about, cells, why: String::new() });
            }
        } else if page.open.contains(&name) {
            measured.open.insert(name);
        } else {
            let letter = |column: &Column| column.letters.get(&name).map(|(letter, _)| letter.to_string()).unwrap_or_default();
            let cells: BTreeMap<String, String> = columns.iter().map(|(role, column)| ((*role).to_owned(), letter(column))).collect();
            if cells.values().any(String::is_empty) {
                wrong.push(format!("{name} is new: say in tests/api/access_matrix/types.txt how {} is reached, or name it in the list of docs/access.md", field.of));
                continue;
            }
            let about = page.fields.get(&name).map_or("?", |row| row.about.as_str()).to_owned();
            match InformationClass::of_name(&about).filter(|class| *class > InformationClass::Four) {
                None => wrong.push(format!("{name}: say in docs/access.md of which class it is, I, II or III")),
                Some(class) => {
                    let rights = columns.iter().filter_map(|(_, column)| column.letters.get(&name)).flat_map(|(_, rights)| rights).collect::<BTreeSet<_>>();
                    let graver = rights.into_iter().filter_map(|right| Right::of_name(right)).filter(|right| right.class() > class);
                    wrong.extend(graver.map(|right| format!("{name} is of class {about} in the page, and asks for {}, which is of class {}", right.name(), right.class().name())));
                }
            }
            measured.fields.insert(name, Row { about, cells, why: String::new() });
        }
    }
    wrong.extend(documents.keys().filter(|name| !measured.roots.contains_key(*name)).map(|name| format!("{name} is asked, and there is no such field")));
    measured
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_field_is_answered_to_every_role_as_the_page_says() {
    let town = Arc::new(Town::build().await);
    // What the making of it left in the access log is all there before anybody reads it.
    town.school.access_heads().await;
    // A server on PostgreSQL copies no database in passing: there what succeeds is left to the run on SQLite.
    let kept = town.school.snapshot().await.map(Arc::new);
    let (roots, page, all) = (Arc::new(Roots::read()), Arc::new(page::read()), Arc::new(fields::of_schema(&town).await));
    let columns = town.roles.iter().map(|role| {
        let column = column(town.clone(), kept.clone(), roots.clone(), page.clone(), all.clone(), role.clone());
        (role.name, tokio::spawn(column))
    });
    let mut columns_done = Vec::new();
    for (role, column) in columns.collect::<Vec<_>>() {
        columns_done.push((role, column.await.expect("a role asks to the end")));
    }
    for (name, words) in heard::all(&town, &roots.subscriptions).await {
        for (role, column) in &mut columns_done {
            column.words.insert(format!("Subscription.{name}"), words[*role].clone());
        }
    }
    let mut wrong: Vec<String> = columns_done.iter().flat_map(|(_, column)| column.wrong.clone()).collect();
    let measured = claims(&page, &roots, &all, &columns_done, &mut wrong);
    let roles: Vec<&str> = town.roles.iter().map(|role| role.name).collect();
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so")]
    if std::env::var("UPDATE").is_ok() {
        let (documents, is_root) = (roots.named(), |field: &&Field| fields::ROOTS.contains(&field.of.as_str()));
        let of_roots = fields::ROOTS.into_iter().flat_map(|root| all.iter().filter(move |field| field.of == root));
        let of_roots = of_roots.flat_map(|field| rows_of(&documents, &field.key()));
        let order: Vec<String> = of_roots.chain(all.iter().filter(|field| !is_root(field)).map(Field::key)).collect();
        let text = fs::read_to_string(page::path()).expect("docs/access.md can be read");
        fs::write(page::path(), page::written(&text, &measured, &roles, &order)).expect("docs/access.md can be written");
    }
    wrong.extend(page::differences(&page::read(), &measured, &roles, &PLACES));
    assert!(wrong.is_empty(), "{} of docs/access.md or of the code:\n{}", wrong.len(), wrong.join("\n"));
}
