//! The lines beside a class's name: how many and by whom, and which day of the term it is.
use super::{Class, ClassKind};
use crate::pages::pupil;
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
    fn day_of_term(&self, today: NaiveDate) -> Option<String> {
        let days = self.calendar.as_ref().filter(|calendar| calendar.laid_out)?;
        let (term, _) = pupil::term(today);
        (days.school_days.last() == Some(&today)).then(|| format!("{term}学期 {}授業日め", days.school_days.len()))
    }
}

/// The lines; `None` where the pupils may not be counted.
pub(super) fn lines(class: &Class, today: NaiveDate) -> Option<Vec<String>> {
    let teachers: Vec<&str> = class.teachers.iter().map(|teacher| teacher.name.as_str()).collect();
    let teachers = if teachers.is_empty() { String::new() } else { format!("・担任 {}", teachers.join("、")) };
    let day = class.school.as_ref().filter(|_| class.kind == ClassKind::Homeroom).and_then(|school| school.day_of_term(today));
    Some([format!("{}人{teachers}", class.pupil_count?)].into_iter().chain(day).collect())
}
