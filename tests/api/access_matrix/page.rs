//! docs/access.md: what it says is what is expected, and what was measured can be written into it.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The heading of the table of root fields.
const ROOTS: &str = "## Root fields";
/// The heading of the table of object fields.
const FIELDS: &str = "## Fields of objects";
/// The heading of the list of the fields that need no row.
const OPEN: &str = "## Fields without a row";

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// What stands between the field and the cells: what a root field names, the class of a field.
    pub about: String,
    /// A cell for each role.
    pub cells: BTreeMap<String, String>,
    /// Why no cell has an R; empty where one has.
    pub why: String,
}

/// The rows of a table by field.
pub type Table = BTreeMap<String, Row>;

/// What a page says, or what was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The root fields, such as `Query.pupil`.
    pub roots: Table,
    /// The object fields of class Ⅰ to Ⅲ, such as `Pupil.name`.
    pub fields: Table,
    /// The object fields of class Ⅳ, and those that only hold others.
    pub open: BTreeSet<String>,
    /// What stands in the page more than once.
    pub twice: BTreeSet<String>,
}

/// Where the page is.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/access.md")
}

/// What the page says.
pub fn read() -> Claims {
    parsed(&fs::read_to_string(path()).unwrap_or_default())
}

/// What a text says.
pub fn parsed(text: &str) -> Claims {
    let lines = |heading: &str| section(text, heading).lines().map(str::to_owned).collect::<Vec<_>>();
    let open = lines(OPEN).into_iter().filter_map(|line| {
        let (of, fields) = line.strip_prefix("- `")?.split_once("`: ")?;
        Some(fields.split(", ").map(|field| format!("{of}.{field}")).collect::<Vec<_>>())
    });
    let (roots, fields, open) = (table(&lines(ROOTS)), table(&lines(FIELDS)), open.flatten().collect::<Vec<_>>());
    let mut seen = BTreeSet::new();
    let names = roots.iter().chain(&fields).map(|(name, _)| name).chain(&open);
    let twice = names.filter(|name| !seen.insert(*name)).cloned().collect();
    let [roots, fields] = [roots, fields].map(|rows| rows.into_iter().collect());
    Claims { roots, fields, open: open.into_iter().collect(), twice }
}

fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let rest = text.split_once(&format!("{heading}\n")).map_or("", |(_, rest)| rest);
    rest.split("\n## ").next().unwrap_or_default()
}

fn table(lines: &[String]) -> Vec<(String, Row)> {
    let mut rows = lines.iter().filter(|line| line.starts_with('|')).map(|line| cells(line));
    let Some(head) = rows.next() else { return Vec::new() };
    let row = |cells: Vec<String>| {
        let name = cells.first()?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        let last = cells.len().checked_sub(1)?;
        let of_roles = head.iter().zip(&cells).take(last).skip(2).map(|(role, cell)| (role.clone(), cell.trim_matches('`').to_owned()));
        Some((name, Row { about: cells.get(1)?.clone(), cells: of_roles.collect(), why: cells[last].clone() }))
    };
    rows.filter_map(row).collect()
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_start_matches('|').trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// What differs between what the page says and what was measured, a line each.
pub fn differences(page: &Claims, measured: &Claims, roles: &[&str], places: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (said, found) in [(&page.roots, &measured.roots), (&page.fields, &measured.fields)] {
        for (name, row) in found {
            let Some(says) = said.get(name) else {
                wrong.push(format!("{name} has no row"));
                continue;
            };
            if says.about != row.about {
                wrong.push(format!("{name}: the page says {:?}, and it is {:?}", says.about, row.about));
            }
            wrong.extend(roles.iter().flat_map(|role| cell(name, role, says, row, places)));
            if row.cells.values().all(|cell| !cell.contains('R')) && says.why.is_empty() {
                wrong.push(format!("{name} is answered to nobody, and the page does not say why"));
            }
            if says.cells.len() != row.cells.len() {
                wrong.push(format!("{name} has a cell for {:?}, who is nobody here", says.cells.keys().filter(|role| !row.cells.contains_key(*role)).collect::<Vec<_>>()));
            }
        }
        wrong.extend(said.keys().filter(|name| !found.contains_key(*name)).map(|name| format!("{name} has a row, and there is no such field")));
    }
    wrong.extend(page.twice.iter().map(|name| format!("{name} stands in the page twice")));
    wrong.extend(measured.open.difference(&page.open).map(|name| format!("{name} has no row, and is not in the list either")));
    wrong.extend(page.open.difference(&measured.open).map(|name| format!("{name} is in the list, and there is no such field, or it has a row")));
    wrong
}

fn cell(name: &str, role: &str, says: &Row, row: &Row, places: &[&str]) -> Vec<String> {
    let (said, found) = (says.cells.get(role), &row.cells[role]);
    let Some(said) = said.filter(|said| said.chars().count() == found.chars().count()) else {
        return vec![format!("{name}, {role}: the page says {said:?}, measured {found}")];
    };
    let letters = said.chars().zip(found.chars()).enumerate().filter(|(_, (said, found))| said != found);
    let place = |at: usize| if found.len() == 1 { "own" } else { places[at] };
    letters.map(|(at, (said, found))| format!("{name}, {role}, {}: the page says {said}, measured {found}", place(at))).collect()
}

/// A page with what was measured in place of what it says. `order` is that of the schema.
pub fn written(text: &str, measured: &Claims, roles: &[&str], order: &[String]) -> String {
    let page = parsed(text);
    let rows = |said: &Table, found: &Table, about: &str| {
        let mut lines = vec![format!("| field | {about} | {} | no R, because |", roles.join(" | ")), format!("|---|---|{}---|", "---|".repeat(roles.len()))];
        for (name, row) in order.iter().filter_map(|name| found.get_key_value(name)) {
            let cells = roles.iter().map(|role| format!("`{}`", row.cells[*role]));
            let why = said.get(name).map_or("", |row| row.why.as_str());
            lines.push(format!("| `{name}` | {} | {} | {why} |", row.about, cells.collect::<Vec<_>>().join(" | ")));
        }
        lines.join("\n")
    };
    let mut open: Vec<(&str, Vec<&str>)> = Vec::new();
    for (of, field) in order.iter().filter(|name| measured.open.contains(*name)).filter_map(|name| name.split_once('.')) {
        match open.last_mut().filter(|(last, _)| *last == of) {
            Some((_, fields)) => fields.push(field),
            None => open.push((of, vec![field])),
        }
    }
    let open = open.iter().map(|(of, fields)| format!("- `{of}`: {}", fields.join(", "))).collect::<Vec<_>>().join("\n");
    let parts = [
        (ROOTS, rows(&page.roots, &measured.roots, "names"), '|'),
        (FIELDS, rows(&page.fields, &measured.fields, "class"), '|'),
        (OPEN, open, '-'),
    ];
    parts.iter().fold(text.to_owned(), |text, (heading, lines, first)| replaced(&text, heading, lines, *first))
}

/// A text with other lines in place of those of a section that begin with a letter.
fn replaced(text: &str, heading: &str, lines: &str, first: char) -> String {
    let old = section(text, heading);
    let prose: Vec<&str> = old.lines().filter(|line| !line.starts_with(first)).collect();
    let new = format!("{}\n\n{lines}\n", prose.join("\n").trim_end());
    let (before, rest) = text.split_once(&format!("{heading}\n")).unwrap_or_else(|| panic!("docs/access.md has no {heading}"));
    format!("{before}{heading}\n{new}{}", &rest[old.len()..])
}

#[test]
fn a_page_that_says_something_else_is_told() {
    let page = "## Root fields\n\nProse.\n\n| field | names | head | nobody | no R, because |\n|---|---|---|---|---|\n| `Query.pupil` | a pupil | `RR---` | `xxxxx` |  |\n\
                \n## Fields of objects\n\n| field | class | head | nobody | no R, because |\n|---|---|---|---|---|\n| `Pupil.name` | III | `R` | `x` |  |\n\n## Fields without a row\n\n- `PageInfo`: endCursor, hasNextPage\n";
    let measured = parsed(page);
    let order = ["Query.pupil", "Pupil.name", "PageInfo.endCursor", "PageInfo.hasNextPage"].map(str::to_owned);
    let (roles, places) = (["head", "nobody"], ["own class", "other class", "other school", "former pupil", "other board"]);
    let told = |page: &str| differences(&parsed(page), &measured, &roles, &places);
    assert_eq!(told(page), [] as [String; 0]);
    for (from, to, expected) in [
        ("`RR---`", "`R----`", "Query.pupil, head, other class: the page says -, measured R"),
        ("`RR---`", "`*`", "Query.pupil, head: the page says Some(\"*\"), measured RR---"),
        ("| `R` |", "| `-` |", "Pupil.name, head, own: the page says -, measured R"),
        ("| a pupil |", "| a class |", "Query.pupil: the page says \"a class\", and it is \"a pupil\""),
        ("`Pupil.name`", "`Pupil.kana`", "Pupil.name has no row"),
        ("endCursor, ", "", "PageInfo.endCursor has no row, and is not in the list either"),
        ("endCursor, ", "endCursor, endCursor, ", "PageInfo.endCursor stands in the page twice"),
        ("- `PageInfo`: ", "- `Pupil`: name\n- `PageInfo`: ", "Pupil.name stands in the page twice"),
        ("endCursor", "start, endCursor", "PageInfo.start is in the list, and there is no such field, or it has a row"),
    ] {
        assert_eq!(told(&page.replace(from, to))[0], expected);
    }
    let other = written(&page.replace("`RR---`", "`-----`").replace("- `PageInfo`: endCursor, hasNextPage", ""), &measured, &roles, &order);
    assert_eq!(parsed(&other), measured);
    assert!(other.contains("\n\nProse.\n\n"), "{other}");
}
