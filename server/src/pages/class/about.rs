//! The lines beside a class's name: how many and by whom, and which day of the term it is.
use super::{Class, ClassKind};
use asagao_graphql::marks::term::Term;
use chrono::NaiveDate;
use serde::Deserialize;

/// The school of a class, with its calendar from the first day of the term to today.
#[derive(Deserialize, Debug)]
pub(super) struct School {
    pub(super) name: String,
    #[serde(default)]
    calendar: Option<TermDays>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
struct TermDays {
    laid_out: bool,
    school_days: Vec<NaiveDate>,
}

impl School {
    /// 「2学期 58授業日め」 on a day of school that the calendar knows as one; without a calendar nobody knows how many there were.
    fn day_of_term(&self, term: &Term, today: NaiveDate) -> Option<String> {
        let days = self.calendar.as_ref().filter(|calendar| calendar.laid_out)?;
        (days.school_days.last() == Some(&today)).then(|| format!("{} {}授業日め", term.name(), days.school_days.len()))
    }
}

/// The lines; `None` where the pupils may not be counted.
pub(super) fn lines(class: &Class, term: &Term, today: NaiveDate) -> Option<Vec<String>> {
    let teachers: Vec<&str> = class.teachers.iter().map(|teacher| teacher.name.as_str()).collect();
    let teachers = if teachers.is_empty() { String::new() } else { format!("・担任 {}", teachers.join("、")) };
    let day =
        class.school.as_ref().filter(|_| class.kind == ClassKind::Homeroom).and_then(|school| school.day_of_term(term, today));
    Some([format!("{}人{teachers}", class.pupil_count?)].into_iter().chain(day).collect())
}
