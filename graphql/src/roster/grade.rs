//! The grade that a birth date gives.
use chrono::{Datelike, NaiveDate};

/// The year in whose April a child comes to school: who is six on the day before the first of April. The law counts a birthday from the day
/// before it, so that who is born on the first of April is the youngest of the older grade.
#[must_use]
pub fn first_school_year(born: NaiveDate) -> i32 {
    born.year() + if (born.month(), born.day()) <= (4, 1) { 6 } else { 7 }
}

/// The grade of somebody born on a day in a school year, `P1` to `P6` and `J1` to `J3`; `None` before and after compulsory school. A pupil
/// may be in another: this is to ask about, never to correct by.
#[must_use]
pub fn by_birth(born: NaiveDate, school_year: i32) -> Option<String> {
    match school_year - first_school_year(born) {
        years @ 0..6 => Some(format!("P{}", years + 1)),
        years @ 6..9 => Some(format!("J{}", years - 5)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;

    #[test]
    fn trap_14_who_is_born_on_the_first_of_april_is_in_the_older_grade() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(by_birth(day("2019-04-01"), 2025).as_deref(), Some("P1"));
        assert_eq!(by_birth(day("2019-04-02"), 2025), None);
        assert_eq!(by_birth(day("2019-04-02"), 2026).as_deref(), Some("P1"));
        assert_eq!(by_birth(day("2010-04-02"), 2025).as_deref(), Some("J3"));
        assert_eq!(by_birth(day("2010-04-01"), 2025), None);
        for year in 2000..2030 {
            let first = NaiveDate::from_ymd_opt(year, 4, 2).unwrap();
            let last = NaiveDate::from_ymd_opt(year + 1, 4, 1).unwrap();
            assert!(first.iter_days().take_while(|day| *day <= last).all(|day| first_school_year(day) == year + 7));
            assert_eq!(first_school_year(first - Days::new(1)), year + 6);
        }
    }
}
