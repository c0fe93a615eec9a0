//! Which days the class page shows: asked first, because what is asked of each pupil follows from them.
use super::{ClassKind, Rights};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

/// Asks for the days.
pub(in crate::pages) const DAYS: &str = include_str!("../class_days.graphql");

/// What `class_days.graphql` answers: from these the days of `class.graphql` follow.
#[derive(Deserialize, Debug)]
pub(in crate::pages) struct DaysData {
    pub(in crate::pages) class: Option<ClassDays>,
}

/// The days that the page shows.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(in crate::pages) struct ClassDays {
    #[serde(default)]
    pub(super) kind: ClassKind,
    #[serde(default)]
    grades: Vec<String>,
    pub(super) viewer_rights: Rights,
    #[serde(default)]
    school_days: Option<Vec<NaiveDate>>,
    #[serde(default)]
    assignments: Option<Vec<Due>>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Due {
    due_day: NaiveDate,
}

impl ClassDays {
    /// The latest school days; none without the right to see attendance, which tells them.
    pub(in crate::pages) fn days(&self) -> &[NaiveDate] {
        self.school_days.as_deref().unwrap_or_default()
    }

    /// The variables of `class.graphql`; `term` is the first day of the running term.
    pub(in crate::pages) fn variables(&self, class: &str, today: NaiveDate, term: NaiveDate) -> serde_json::Value {
        let (days, assignments) = (self.days(), self.assignments.as_deref().unwrap_or_default());
        let from = days.first().copied().unwrap_or(today);
        let recent = days.iter().rev().nth(9).copied().unwrap_or(from);
        let works = assignments.iter().rev().nth(5).or(assignments.first()).map_or(today, |of| of.due_day);
        let shown = days.last().copied().unwrap_or(today);
        let grade = self.grades.first().map(String::as_str).unwrap_or_default();
        json!({ "id": class, "today": today, "shown": shown, "from": from, "recent": recent, "works": works, "term": term,
            "grade": grade })
    }
}
