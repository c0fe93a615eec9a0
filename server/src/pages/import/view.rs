//! What the page shows of an import, from the API's answers.
use super::fields;
use crate::pages::day;
use crate::pages::imports::words::{self, Words};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// Where an import is on its way.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::pages) enum State {
    /// Being read.
    Reading,
    /// Could not be read.
    Failed,
    /// Read; it waits for somebody to look at it.
    Read,
    /// Being applied.
    Committing,
    /// The records are as it says.
    Committed,
    /// Being taken back.
    Undoing,
    /// The records have changed since it was read.
    Stale,
    /// Put away.
    Discarded,
    /// Taken back after it was committed.
    Undone,
}

impl State {
    /// Whether it goes on by itself.
    pub(in crate::pages) fn works(self) -> bool {
        matches!(self, State::Reading | State::Committing | State::Undoing)
    }

    /// In a word, and how that is coloured.
    pub(in crate::pages) fn words(self) -> (&'static str, &'static str) {
        match self {
            State::Reading => ("読み取り中", "new"),
            State::Failed => ("読めません", "wait"),
            State::Read => ("確かめる", "new"),
            State::Committing => ("反映中", "new"),
            State::Committed => ("反映ずみ", "care"),
            State::Undoing => ("取り消し中", "new"),
            State::Stale => ("古くなりました", "wait"),
            State::Discarded => ("やめました", ""),
            State::Undone => ("取り消しました", ""),
        }
    }
}

/// What an import would do to the records of one kind.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(default)]
pub(in crate::pages) struct Count {
    record: String,
    unchanged: i64,
    pub(in crate::pages) new: i64,
    pub(in crate::pages) changed: i64,
    pub(in crate::pages) leaving: i64,
    pub(in crate::pages) returning: i64,
    conflicts: i64,
    unmatched: i64,
    kept: i64,
    suspicious: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    pub(super) roster_import: Option<AskedImport>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskedImport {
    id: String,
    state: State,
    file_name: String,
    version: String,
    encoding: String,
    at: DateTime<Utc>,
    made_by: Option<String>,
    rows_read: i64,
    counts: Vec<Count>,
    suspicion: Option<String>,
    schools: Vec<School>,
    pub(super) finding_counts: Vec<FindingCount>,
    committed_at: Option<DateTime<Utc>>,
    undone_at: Option<DateTime<Utc>>,
    undo_until: Option<DateTime<Utc>>,
    doubtful: ChangePage,
    conflicts: ChangePage,
    unmatched: ChangePage,
    leaving: ChangePage,
    returning: ChangePage,
    new: ChangePage,
    changed: ChangePage,
    kept: ChangePage,
}

#[derive(Deserialize)]
struct School {
    name: String,
}

#[derive(Deserialize)]
pub(super) struct FindingCount {
    severity: String,
    code: String,
    file: String,
    column: String,
    count: i64,
}

/// A list of which a page is shown, by whichever name it was asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: serde::de::DeserializeOwned")]
pub(super) struct List<T> {
    pub(super) roster_import: Option<OneList<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: serde::de::DeserializeOwned")]
pub(super) struct OneList<T> {
    pub(super) file_name: String,
    #[serde(default)]
    pub(super) finding_counts: Vec<FindingCount>,
    #[serde(alias = "changes", alias = "findings")]
    pub(super) list: T,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    pub(super) fn next(&self) -> Option<&String> {
        self.end_cursor.as_ref().filter(|_| self.has_next_page)
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangePage {
    nodes: Vec<AskedChange>,
    pub(super) page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AskedChange {
    id: String,
    record: String,
    kind: String,
    line: Option<i64>,
    name: String,
    class_name: Option<String>,
    school_name: Option<String>,
    candidate_name: Option<String>,
    fields: Vec<AskedField>,
}

#[derive(Deserialize)]
struct AskedField {
    field: String,
    before: Option<String>,
    after: Option<String>,
    theirs: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingPage {
    nodes: Vec<Finding>,
    pub(super) page_info: PageInfo,
}

/// A finding as a row.
#[derive(Deserialize)]
pub(super) struct Finding {
    pub(super) file: String,
    pub(super) line: i64,
    pub(super) column: String,
    pub(super) value: String,
}

/// A kind of change.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
}

const KINDS: [Kind; 7] = [
    Kind {
        code: "UNMATCHED", name: "同じ人かもしれない人", about: "別の ID で来ています。選ばなければ、取り込みません。"
    },
    Kind {
        code: "CONFLICT",
        name: "ここでも変えたところ",
        about: "ここで変えたあと、名簿でも変わりました。選ばなければ、ここのままです。",
    },
    Kind {
        code: "LEAVING", name: "転出", about: "名簿にいなくなりました。在籍と役目が終わります。消える記録はありません。"
    },
    Kind {
        code: "RETURNING", name: "復帰", about: "前にいた人です。同じ人として、もういちど在籍します。"
    },
    Kind { code: "NEW", name: "新規", about: "ここにまだありません。" },
    Kind { code: "CHANGED", name: "変更", about: "名簿で変わりました。" },
    Kind {
        code: "KEPT", name: "ここのまま残すところ", about: "ここで変えて、名簿では変わっていません。ここのままにします。"
    },
];

/// A kind of change by its code.
pub(super) fn kind(code: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.code == code)
}

/// Changes of one kind.
pub(super) struct Group {
    pub(super) kind: Kind,
    /// By school and class.
    pub(super) places: Vec<(String, Vec<Change>)>,
    /// Whether there are more than these.
    pub(super) more: bool,
}

impl Group {
    pub(super) fn new(kind: Kind, page: ChangePage) -> Self {
        let more = page.page_info.has_next_page;
        let mut places: Vec<(String, Vec<Change>)> = Vec::new();
        for change in page.nodes {
            let place = [&change.school_name, &change.class_name].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            let change = Change::new(change);
            match places.iter_mut().find(|(of, _)| *of == place) {
                Some((_, changes)) => changes.push(change),
                None => places.push((place, vec![change])),
            }
        }
        Group { kind, places, more }
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.places.iter().flat_map(|(_, changes)| changes)
    }
}

/// One record that would change.
pub(super) struct Change {
    pub(super) id: String,
    kind: String,
    /// What kind of record it is.
    pub(super) record: &'static str,
    pub(super) name: String,
    /// Whom it may be.
    pub(super) candidate: Option<String>,
    pub(super) line: Option<i64>,
    pub(super) place: String,
    pub(super) fields: Vec<Field>,
}

impl Change {
    /// Why somebody has to look at it.
    pub(super) fn doubt(&self) -> &'static str {
        match self.kind.as_str() {
            "CHANGED" => "同じ ID が別の人になっていないか、確かめてください。",
            _ => "まちがいではないか、確かめてください。",
        }
    }

    fn new(asked: AskedChange) -> Self {
        let place = [asked.school_name, asked.class_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Change {
            id: asked.id,
            kind: asked.kind,
            record: record(&asked.record),
            name: asked.name,
            candidate: asked.candidate_name,
            line: asked.line,
            place,
            fields: asked.fields.into_iter().filter_map(Field::new).collect(),
        }
    }
}

/// A field that differs: each side as what is the same, what differs, what is the same again.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) before: Option<(String, String, String)>,
    pub(super) after: Option<(String, String, String)>,
    /// What the package says where a change made here is kept.
    pub(super) theirs: Option<String>,
}

impl Field {
    fn new(asked: AskedField) -> Option<Self> {
        let name = fields::name(&asked.field)?;
        // An id says nothing to a person.
        let words = |value: Option<String>| {
            value.filter(|text| uuid::Uuid::try_parse(text).is_err()).map(|text| fields::value(&asked.field, &text))
        };
        let (before, after, theirs) = (words(asked.before), words(asked.after), words(asked.theirs));
        // What stays is said once.
        let before = before.filter(|before| after.as_ref() != Some(before));
        if before.is_none() && after.is_none() && theirs.is_none() {
            return None;
        }
        let parts = |one: &Option<String>, other: &Option<String>| {
            let (same, differs, tail) = fields::difference(one.as_deref()?, other.as_deref().unwrap_or_default());
            Some((same.to_owned(), differs.to_owned(), tail.to_owned()))
        };
        Some(Field { name, before: parts(&before, &after), after: parts(&after, &before), theirs })
    }
}

fn record(code: &str) -> &'static str {
    match code {
        "BOARD" => "教育委員会",
        "SCHOOL" => "学校",
        "ACADEMIC_YEAR" => "年度",
        "CLASS" => "学級",
        "PUPIL" => "児童生徒",
        "STAFF" => "教職員",
        "DUTY" => "役目",
        "ENROLMENT" => "在籍",
        _ => "記録",
    }
}

/// What was found of one kind, in how many places.
pub(super) struct Code {
    pub(super) name: String,
    error: bool,
    count: i64,
    /// Where: `users.csv` with the columns, and how often.
    places: Vec<(String, i64)>,
}

/// The kinds of findings: errors first, then what was found most.
pub(super) fn codes(counts: &[FindingCount]) -> Vec<Code> {
    let mut codes: Vec<Code> = Vec::new();
    for of in counts {
        let place =
            [of.file.as_str(), of.column.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let error = of.severity == "ERROR";
        let place = (place, of.count);
        match codes.iter_mut().find(|code| code.name == of.code) {
            Some(code) => {
                code.error |= error;
                code.count += of.count;
                code.places.push(place);
            }
            None => codes.push(Code { name: of.code.clone(), error, count: of.count, places: vec![place] }),
        }
    }
    codes.sort_by_key(|code| (!code.error, -code.count));
    codes
}

/// What was found of one kind, with its first rows.
pub(super) struct Found {
    pub(super) code: String,
    pub(super) error: bool,
    pub(super) count: i64,
    pub(super) places: Vec<(String, i64)>,
    pub(super) words: Words,
    pub(super) rows: Vec<Finding>,
    pub(super) more: bool,
}

impl Found {
    pub(super) fn new(code: &Code, page: FindingPage) -> Self {
        Found {
            code: code.name.clone(),
            error: code.error,
            count: code.count,
            places: code.places.clone(),
            words: words::of(&code.name),
            more: page.page_info.has_next_page,
            rows: page.nodes,
        }
    }
}

/// An import as the page shows it.
pub(super) struct Import {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) file: String,
    /// 「OneRoster 1.2_JP・UTF-8」.
    pub(super) format: String,
    pub(super) rows: String,
    pub(super) at: String,
    pub(super) by: String,
    pub(super) schools: String,
    pub(super) suspicion: Option<String>,
    /// The seven sums with where they lead.
    pub(super) tiles: Vec<(&'static str, i64, &'static str)>,
    /// A line a kind of record: what it is, and the sums of it.
    pub(super) records: Vec<(&'static str, [i64; 5])>,
    /// How many places of a school end at once, where that can hardly be meant; whether there are more.
    pub(super) emptied: Vec<(String, usize)>,
    pub(super) doubtful: Group,
    pub(super) unmatched: Group,
    pub(super) conflicts: Group,
    pub(super) groups: Vec<(Group, i64)>,
    pub(super) committed_at: String,
    pub(super) undone_at: String,
    pub(super) undo_until: Option<String>,
    /// How many records would be written.
    pub(super) writes: i64,
}

impl Import {
    pub(super) fn new(asked: AskedImport, today: NaiveDate) -> Self {
        let sum = |of: fn(&Count) -> i64| asked.counts.iter().map(of).sum::<i64>();
        let errors = asked.finding_counts.iter().filter(|count| count.severity == "ERROR").map(|count| count.count).sum();
        let open = sum(|count| count.suspicious) + sum(|count| count.conflicts) + sum(|count| count.unmatched);
        let tiles = vec![
            ("新規", sum(|count| count.new), "#NEW"),
            ("変更", sum(|count| count.changed), "#CHANGED"),
            ("転出", sum(|count| count.leaving), "#LEAVING"),
            ("復帰", sum(|count| count.returning), "#RETURNING"),
            ("変わらない", sum(|count| count.unchanged) + sum(|count| count.kept), "#records"),
            ("要確認", open, "#doubts"),
            ("取り込めない", errors, "#found"),
        ];
        let writes = tiles[..4].iter().map(|(_, count, _)| count).sum();
        let of_doubt: (Vec<_>, Vec<_>) = asked.doubtful.nodes.into_iter().partition(|change| change.kind == "LEAVING");
        let (leaving, doubtful) = (of_doubt.0, ChangePage { nodes: of_doubt.1, page_info: asked.doubtful.page_info });
        let line = |count: &Count| {
            (record(&count.record), [count.new, count.changed, count.leaving, count.returning, count.unchanged + count.kept])
        };
        let near = |at: Option<DateTime<Utc>>| at.map(|at| day::near(at, today));
        let version = if asked.version.is_empty() { String::new() } else { format!("OneRoster {}", asked.version) };
        let format = [version, asked.encoding];
        let of = |code, page| Group::new(kind(code).expect("a kind of the list"), page);
        let groups = [
            (of("LEAVING", asked.leaving), sum(|count| count.leaving)),
            (of("RETURNING", asked.returning), sum(|count| count.returning)),
            (of("NEW", asked.new), sum(|count| count.new)),
            (of("CHANGED", asked.changed), sum(|count| count.changed)),
            (of("KEPT", asked.kept), sum(|count| count.kept)),
        ];
        Import {
            id: asked.id,
            state: asked.state,
            file: asked.file_name,
            format: format.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("・"),
            rows: thousands(asked.rows_read),
            at: day::near(asked.at, today),
            by: asked.made_by.unwrap_or_default(),
            schools: schools(&asked.schools),
            suspicion: asked.suspicion,
            writes,
            tiles,
            records: asked.counts.iter().map(line).collect(),
            emptied: emptied(leaving),
            doubtful: Group::new(Kind { code: "", name: "", about: "" }, doubtful),
            unmatched: of("UNMATCHED", asked.unmatched),
            conflicts: of("CONFLICT", asked.conflicts),
            groups: groups.into_iter().filter(|(group, _)| !group.places.is_empty()).collect(),
            committed_at: near(asked.committed_at).unwrap_or_default(),
            undone_at: near(asked.undone_at).unwrap_or_default(),
            undo_until: near(asked.undo_until),
        }
    }

    /// Whether it waits for a decision.
    pub(super) fn open(&self) -> bool {
        self.state == State::Read
    }

    /// Whether a person has to look at anything first.
    pub(super) fn doubts(&self) -> bool {
        let groups = [&self.doubtful, &self.unmatched, &self.conflicts];
        !self.emptied.is_empty() || groups.into_iter().any(|group| !group.places.is_empty())
    }

    /// How many there are of a tile.
    pub(super) fn count(&self, tile: &str) -> i64 {
        self.tiles.iter().find(|(name, ..)| *name == tile).map_or(0, |(_, count, _)| *count)
    }
}

/// How many of these leave each school.
fn emptied(leaving: Vec<AskedChange>) -> Vec<(String, usize)> {
    let mut schools: Vec<(String, usize)> = Vec::new();
    for school in leaving.into_iter().map(|change| change.school_name.unwrap_or_default()) {
        match schools.iter_mut().find(|(name, _)| *name == school) {
            Some((_, count)) => *count += 1,
            None => schools.push((school, 1)),
        }
    }
    schools
}

fn schools(schools: &[School]) -> String {
    match schools {
        [] => String::new(),
        [one] => one.name.clone(),
        [first, ..] => format!("{} ほか {}校", first.name, schools.len() - 1),
    }
}

/// 12,345.
fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Why something was not done, in words.
pub(super) fn refusal(what: &str, code: &str) -> &'static str {
    match (what, code) {
        ("commit", "NOT_READY") => "要確認が残っています。見たうえで「確かめました」に印を付けてください。",
        ("commit", "CONFLICT") => "読み取ったあとに記録が変わったか、ほかの人が先に進めています。何も反映していません。",
        ("undo", "NOT_READY") => "取り消せる期間（1週間）を過ぎています。",
        ("undo", "IN_USE") => "反映したあとに、ほかの人が変えたところがあるため、取り消せません。",
        (_, "CONFLICT") => "ほかの人が先に進めています。いまの様子を確かめてください。",
        (_, "EMPTY" | "INVALID_TEXT") => "理由を書いてください。",
        (_, "TOO_LONG") => "理由が長すぎます。",
        _ => "見つからないか、できる人が決まっています。",
    }
}
