//! What a package would change, by kind, class and field.
use super::asked::{AskedChange, AskedField, ChangePage};
use super::fields;

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
    pub(super) kind: String,
    /// What kind of record it is.
    pub(super) record: &'static str,
    pub(super) name: String,
    /// Whom it may be.
    pub(super) candidate: Option<String>,
    /// Whether it is a place in a class.
    of_place: bool,
    pub(super) line: Option<i64>,
    pub(super) place: String,
    pub(super) fields: Vec<Field>,
}

impl Change {
    /// Why somebody has to look at it.
    pub(super) fn doubt(&self) -> &'static str {
        match self.kind.as_str() {
            _ if self.of_place => "2つの学籍クラスに同時にいることになります。まちがいではないか、確かめてください。",
            "CHANGED" => "同じ ID が別の人になっていないか、確かめてください。",
            _ => "まちがいではないか、確かめてください。",
        }
    }

    fn new(asked: AskedChange) -> Self {
        let place = [asked.school_name, asked.class_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Change {
            id: asked.id,
            of_place: asked.record == "ENROLMENT",
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

pub(super) fn record(code: &str) -> &'static str {
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
