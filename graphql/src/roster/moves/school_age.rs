//! Grades: which one a birth date gives, and which one follows another.
use chrono::{Datelike, NaiveDate};

/// The grades of the compulsory years, in their order.
pub const GRADES: [&str; 9] = ["P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3"];

/// The grade of the compulsory years in the school year that begins in the April of `year`, `P1` to `P6` and `J1` to `J3`; `None` for who
/// is younger or older.
///
/// Somebody becomes a year older at the end of the day before the birthday (年齢計算ニ関する法律), and whoever is six on 31 March enters
/// the first grade on 1 April: born on 2 April to 1 April of the next year, so that a child born on 1 April is the youngest of the grade
/// above and not the oldest of the one below.
#[must_use]
pub fn grade_of(birth_date: NaiveDate, year: i32) -> Option<&'static str> {
    let before_2_april = (birth_date.month(), birth_date.day()) < (4, 2);
    // The year of the April in which those born with this child become one year old.
    let cohort = birth_date.year() + i32::from(!before_2_april);
    usize::try_from(year - cohort - 6).ok().and_then(|grade| GRADES.get(grade)).copied()
}

/// Whether a text is the code of a grade of the compulsory years.
#[must_use]
pub fn is_grade(code: &str) -> bool {
    GRADES.contains(&code)
}

/// The grade after this one; `None` after the last one of a school without the years of junior high.
#[must_use]
pub fn next_grade(grade: &str, has_junior_high: bool) -> Option<&'static str> {
    Some(match grade {
        "P1" => "P2",
        "P2" => "P3",
        "P3" => "P4",
        "P4" => "P5",
        "P5" => "P6",
        "P6" if has_junior_high => "J1",
        "J1" => "J2",
        "J2" => "J3",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn trap_14_a_child_born_on_1_april_is_of_the_older_grade() {
        assert_eq!(grade_of(day("2021-04-01"), 2027), Some("P1"));
        assert_eq!(grade_of(day("2021-04-02"), 2027), None, "the oldest of those who enter a year later");
        assert_eq!(grade_of(day("2021-04-02"), 2028), Some("P1"));
        assert_eq!(grade_of(day("2020-04-02"), 2027), Some("P1"), "the oldest of the grade");
        assert_eq!(grade_of(day("2020-04-01"), 2027), Some("P2"));
        assert_eq!(grade_of(day("2020-12-31"), 2027), grade_of(day("2021-01-01"), 2027));
        assert_eq!(grade_of(day("2024-02-29"), 2030), Some("P1"));
    }

    #[test]
    fn nine_grades_follow_each_other() {
        let born = day("2020-06-01");
        let grades: Vec<_> = (2026..=2036).map(|year| grade_of(born, year)).collect();
        assert_eq!(grades[0], None);
        assert_eq!(grades[10], None);
        let years = (2027..=2035).map(|year| grade_of(born, year).expect("of school age")).collect::<Vec<_>>();
        for pair in years.windows(2) {
            assert_eq!(next_grade(pair[0], true), Some(pair[1]));
        }
        assert_eq!(next_grade("P6", false), None);
        assert_eq!(next_grade("J3", true), None);
    }
}
