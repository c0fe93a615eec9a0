//! What a teacher asks: the document of the class page.
use super::people::Class;
use chrono::{Days, NaiveDate};
use serde_json::json;

const DOCUMENT: &str = include_str!("../../pages/class.graphql");

/// The request for the page of a class: the records of four weeks.
pub(super) fn body(class: &Class, today: NaiveDate) -> String {
    let before = |days| today - Days::new(days);
    let variables = json!({ "id": class.id, "today": today, "shown": today, "from": before(28), "recent": before(14), "works": before(14),
        "term": before(90), "grade": class.grade });
    json!({ "query": DOCUMENT, "variables": variables }).to_string()
}
