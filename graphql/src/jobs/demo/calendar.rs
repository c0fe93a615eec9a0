//! The school days of the demo: weekdays without the national holidays.
use super::mornings::none;
use super::town::Town;
use crate::access::scope::Scope;
use crate::attendance::calendar::CalendarKind;
use crate::attendance::calendar::change::{self, CalendarDayInput, SetCalendarDaysInput};
use crate::attendance::calendar::lay_out::{self, LayOutCalendarInput, VacationInput};
use crate::attendance::school_day;
use crate::clock::school_midnight;
use crate::error::Result;
use crate::scalar::Day;
use async_graphql::ID;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

/// The days of the demo.
pub(super) struct Calendar {
    /// The school days of the records, ascending; the last one is the last before today.
    pub(super) days: Vec<NaiveDate>,
    /// The next school days, today's if it is one: work that was given lately is due then.
    pub(super) ahead: Vec<NaiveDate>,
}

/// School days ahead for which work may be given already.
pub(super) const AHEAD: usize = 3;

impl Calendar {
    pub(super) fn new(today: NaiveDate, days: usize) -> Self {
        let back = (1..).map(|back| today - Days::new(back));
        let mut days: Vec<NaiveDate> = back.filter(|day| is_school_day(*day)).take(days).collect();
        days.reverse();
        let ahead = (0..).map(|ahead| today + Days::new(ahead));
        Calendar { days, ahead: ahead.filter(|day| is_school_day(*day)).take(AHEAD).collect() }
    }

    /// A day by its place, those ahead included.
    pub(super) fn day(&self, at: usize) -> NaiveDate {
        self.days.get(at).copied().unwrap_or_else(|| self.ahead[at - self.days.len()])
    }

    /// Whether the school week begins with this day.
    pub(super) fn begins_week(&self, at: usize) -> bool {
        at == 0 || self.ends_week(at - 1)
    }

    /// Whether the school week ends with this day.
    pub(super) fn ends_week(&self, at: usize) -> bool {
        self.days.get(at + 1).is_none_or(|next| next.iso_week() != self.days[at].iso_week())
    }
}

/// Lays out the calendar of every school from the first day of the records on. A vacation in which the demo has lived is none: its records
/// have no long holidays.
pub(super) async fn lay_out(town: &Town, operator: &Scope, today: NaiveDate) -> Result<()> {
    let lived: Vec<NaiveDate> = town.calendar.days.iter().chain(&town.calendar.ahead).copied().collect();
    let first = lived[0];
    for year in school_year(first)..=school_year(today) {
        let april = NaiveDate::from_ymd_opt(year, 4, 1).expect("every year has an April");
        let begins = first.max(april);
        let vacation = |title: &str, (from, to): (MonthDay, MonthDay)| {
            let day =
                |(month, day)| NaiveDate::from_ymd_opt(year + i32::from(month < 4), month, day).expect("a date of the calendar");
            let (from, to) = (day(from), day(to));
            let free = to >= begins && !lived.iter().any(|day| from <= *day && *day <= to);
            free.then(|| VacationInput { title: title.to_owned(), from: Day(from), to: Day(to), grade: None })
        };
        let vacations: Vec<VacationInput> = VACATIONS.iter().filter_map(|(title, days)| vacation(title, *days)).collect();
        for school in &town.schools {
            let school_id = ID(school.id.to_string());
            let input = LayOutCalendarInput {
                school_id: school_id.clone(),
                year,
                begins: Some(Day(begins)),
                vacations: vacations.clone(),
            };
            none(&lay_out::lay_out(operator, input).await?.user_errors)?;
            let of_year = town.calendar.days.iter().filter(|day| school_year(**day) == year);
            let events: Vec<CalendarDayInput> = of_year
                .rev()
                .skip(7)
                .step_by(13)
                .zip(EVENTS)
                .map(|(day, title)| CalendarDayInput {
                    day: Day(*day),
                    grade: None,
                    kind: Some(CalendarKind::Event),
                    title: Some(title.to_owned()),
                })
                .collect();
            if !events.is_empty() {
                let input = SetCalendarDaysInput { school_id, days: events, reason: None };
                none(&change::set(operator, input).await?.user_errors)?;
            }
        }
    }
    Ok(())
}

/// A month and a day.
type MonthDay = (u32, u32);

/// Long vacations, from a month and day to a month and day.
const VACATIONS: [(&str, (MonthDay, MonthDay)); 4] = [
    ("学年始休業", ((4, 1), (4, 6))),
    ("夏季休業", ((7, 21), (8, 26))),
    ("冬季休業", ((12, 24), (1, 6))),
    ("学年末休業", ((3, 25), (3, 31))),
];
const EVENTS: [&str; 4] = ["授業参観", "避難訓練", "学習発表会", "校外学習"];

/// The year of the April in which a day's school year began.
fn school_year(day: NaiveDate) -> i32 {
    day.year() - i32::from(day.month() < 4)
}

/// A time of a day, by the minutes after midnight.
pub(super) fn at(day: NaiveDate, minutes: i64) -> DateTime<Utc> {
    school_midnight(day) + TimeDelta::minutes(minutes)
}

/// Whether there is school: a demo has no long holidays, so that its records are always fresh.
pub(super) fn is_school_day(day: NaiveDate) -> bool {
    school_day::is_ordinary(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_end_before_today_whatever_today_is() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let monday_off = Calendar::new(day("2026-11-23"), 3);
        assert_eq!(monday_off.days, [day("2026-11-18"), day("2026-11-19"), day("2026-11-20")]);
        assert_eq!(monday_off.ahead[0], day("2026-11-24"));
        assert_eq!(Calendar::new(day("2026-11-25"), 2).days, [day("2026-11-20"), day("2026-11-24")]);
        assert!((0..2).all(|at| Calendar::new(day("2026-11-25"), 2).ends_week(at)));
    }
}
