//! An import as its page shows it.
use super::asked::{AskedChange, AskedImport, ChangePage, Count, School, State};
use super::change::{Group, Kind, kind, record};
use crate::pages::day;
use chrono::{DateTime, NaiveDate, Utc};

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
        let open = sum(|count| count.suspicious) + sum(|count| count.conflicts) + sum(|count| count.unmatched);
        let tiles = vec![
            ("新規", sum(|count| count.new), "#NEW"),
            ("変更", sum(|count| count.changed), "#CHANGED"),
            ("転出", sum(|count| count.leaving), "#LEAVING"),
            ("復帰", sum(|count| count.returning), "#RETURNING"),
            ("変わらない", sum(|count| count.unchanged) + sum(|count| count.kept), "#records"),
            ("要確認", open, "#doubts"),
            ("取り込めない", asked.rows_left_out, "#found"),
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
