//! What stands in a cell: read once, as what its column asks for.
use super::columns::Kind;
use chrono::NaiveDate;
use std::borrow::Cow;
use uuid::Uuid;

/// A value that was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// Nothing, or nothing that could be read.
    Empty,
    Text(Cow<'a, str>),
    Id(Uuid),
    Ids(Vec<Uuid>),
    Day(NaiveDate),
    Flag(bool),
    Number(i32),
}

impl Value<'_> {
    pub(super) fn text(self) -> String {
        if let Value::Text(text) = self { text.into_owned() } else { String::new() }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Value::Text(text) if text == word)
    }

    pub(super) fn id(&self) -> Option<Uuid> {
        if let Value::Id(id) = self { Some(*id) } else { None }
    }

    pub(super) fn ids(self) -> Vec<Uuid> {
        if let Value::Ids(ids) = self { ids } else { Vec::new() }
    }

    pub(super) fn day(&self) -> Option<NaiveDate> {
        if let Value::Day(day) = self { Some(*day) } else { None }
    }

    pub(super) fn flag(&self) -> bool {
        *self == Value::Flag(true)
    }

    pub(super) fn number(&self) -> Option<i32> {
        if let Value::Number(number) = self { Some(*number) } else { None }
    }
}

/// What a removed row still says, as far as it can be read.
pub(super) fn loose(kind: Kind, cell: &str) -> Value<'_> {
    let value = match kind {
        Kind::Id => uuid(cell).map(Value::Id),
        Kind::Ids => cell.split(',').map(|id| uuid(id.trim())).collect::<Option<Vec<_>>>().map(Value::Ids),
        Kind::Day => date(cell).map(Value::Day),
        Kind::Flag => flag(cell).map(Value::Flag),
        Kind::Year | Kind::Number => number(cell, 1..=2999).map(Value::Number),
        Kind::Unread | Kind::Vacant | Kind::Password | Kind::Own | Kind::Status | Kind::Modified => None,
        Kind::Text | Kind::Kana | Kind::Word { .. } | Kind::Grades | Kind::SubjectCodes => Some(Value::Text(Cow::Borrowed(cell))),
    };
    value.unwrap_or(Value::Empty)
}

/// A cell without what surrounds it; the word NULL is nothing.
pub(super) fn clean(cell: &str) -> &str {
    let cell = cell.trim();
    if cell == "NULL" { "" } else { cell }
}

/// The nil UUID stands for nobody and for no class, so it is nobody's id.
pub(super) fn uuid(cell: &str) -> Option<Uuid> {
    Uuid::try_parse(cell).ok().filter(|id| !id.is_nil())
}

/// The id in a cell.
pub(super) fn own_id(cell: &str) -> Option<Uuid> {
    uuid(clean(cell))
}

pub(super) fn date(cell: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok().filter(|_| cell.len() == 10)
}

pub(super) fn flag(cell: &str) -> Option<bool> {
    if cell.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    cell.eq_ignore_ascii_case("false").then_some(false)
}

pub(super) fn number(cell: &str, within: std::ops::RangeInclusive<i32>) -> Option<i32> {
    cell.parse().ok().filter(|number| within.contains(number))
}

/// 出席番号 as it is written in many places: 3, 03, ３, 3番.
pub(super) fn in_class(cell: &str) -> Option<i32> {
    let digits = cell.strip_suffix('番').unwrap_or(cell).trim();
    let narrow = |c| if let '０'..='９' = c { char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c) } else { c };
    number(&digits.chars().map(narrow).collect::<String>(), 1..=999)
}
