//! From when on a pupil's records are shown: 学期, 直近60授業日 or 今年度. Each is a link.
use crate::pages::day;
use asagao_graphql::marks::term::Term;
use chrono::{Days, NaiveDate};

/// Sixty school days lie within so many days, with the longest holidays between them.
const DAYS_OF_SIXTY: u64 = 150;
/// More school days than a year has.
const MOST_DAYS: usize = 260;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// The running term.
    Term,
    /// The last sixty school days, which reach back over the beginning of a term.
    Sixty,
    /// The running school year, a column a week.
    Year,
}

impl Range {
    const ALL: [Range; 3] = [Range::Term, Range::Sixty, Range::Year];

    /// What the address asks for.
    pub(super) fn of(name: Option<&str>) -> Self {
        Range::ALL.into_iter().find(|range| Some(range.code()) == name).unwrap_or(Range::Term)
    }

    fn code(self) -> &'static str {
        match self {
            Range::Term => "term",
            Range::Sixty => "60",
            Range::Year => "year",
        }
    }

    /// The first day that is asked for, in the running term.
    pub(super) fn from(self, today: NaiveDate, term: &Term) -> NaiveDate {
        match self {
            Range::Term => term.begins,
            Range::Sixty => today - Days::new(DAYS_OF_SIXTY),
            Range::Year => day::school_year(today).0,
        }
    }

    /// How many school days are asked for.
    pub(super) fn most(self) -> usize {
        if self == Range::Sixty { 60 } else { MOST_DAYS }
    }

    /// What so many school days are called: 「2学期（64授業日）」.
    pub(super) fn words(self, term: &Term, days: usize) -> String {
        match self {
            Range::Term => format!("{}（{days}授業日）", term.name()),
            Range::Sixty => format!("直近{days}授業日"),
            Range::Year => format!("今年度（{days}授業日）"),
        }
    }

    /// The links to all ranges of a pupil's page, with the one that is shown.
    pub(super) fn links(self, pupil: &str, as_table: bool) -> Vec<(String, &'static str, bool)> {
        let label = |range| match range {
            Range::Term => "学期",
            Range::Sixty => "直近60授業日",
            Range::Year => "今年度",
        };
        Range::ALL.into_iter().map(|range| (range.href(pupil, as_table), label(range), range == self)).collect()
    }

    /// The address of the range as a picture or as a table.
    pub(super) fn href(self, pupil: &str, as_table: bool) -> String {
        let range = (self != Range::Term).then(|| format!("range={}", self.code()));
        let query: Vec<String> = range.into_iter().chain(as_table.then(|| "view=table".to_owned())).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/pupils/{pupil}{mark}{}#course", query.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use asagao_graphql::marks::term;

    #[test]
    fn terms_and_years_begin_on_their_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (today, from, year, words) in [
            ("2026-11-24", "2026-08-01", "2026-04-01", "2学期（3授業日）"),
            ("2026-07-31", "2026-04-01", "2026-04-01", "1学期（3授業日）"),
            ("2027-03-31", "2027-01-01", "2026-04-01", "3学期（3授業日）"),
            ("2027-04-01", "2027-04-01", "2027-04-01", "1学期（3授業日）"),
        ] {
            let today = day(today);
            let term = term::usual(term::school_year(today)).into_iter().rev().find(|term| term.begins <= today).unwrap();
            assert_eq!((Range::Term.from(today, &term), Range::Year.from(today, &term)), (day(from), day(year)));
            assert_eq!(Range::Term.words(&term, 3), words);
        }
    }

    #[test]
    fn every_range_has_an_address_of_its_own() {
        assert_eq!(Range::Term.href("p", false), "/pupils/p#course");
        assert_eq!(Range::Year.href("p", true), "/pupils/p?range=year&view=table#course");
        for range in Range::ALL {
            assert_eq!(Range::of(Some(range.code())), range);
        }
        assert_eq!(Range::of(Some("x")), Range::Term);
    }
}
