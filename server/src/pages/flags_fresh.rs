//! How fresh the flags of a class are, in a few words beside them.
use super::record::Run;
use super::words;
use asagao_graphql::clock::{japan, school_day};
use chrono::{DateTime, Days, NaiveDate, Timelike, Utc};

/// Until which day records went into the flags, when that was, and what is not in them yet.
pub(super) struct FlagsFresh {
    /// 「11/23（月）までの記録・けさ3:00に更新」.
    pub(super) words: String,
    /// 「きのうの記録はまだ入っていません」; `None` where every school day that is over is in them.
    pub(super) lacking: Option<String>,
}

impl FlagsFresh {
    /// Those of a run, beside the class's latest school days.
    pub(super) fn of(run: &Run, days: &[NaiveDate], today: NaiveDate) -> Self {
        let words = format!("{}までの記録・{}に更新", words::short_day(run.as_of), made(run.made_at, today));
        FlagsFresh { words, lacking: lacking(run.as_of, days, today) }
    }
}

fn made(at: DateTime<Utc>, today: NaiveDate) -> String {
    let (day, clock) = (school_day(at), words::clock(at));
    if day == today {
        let early = at.with_timezone(&japan()).hour() < 9;
        format!("{}{clock}", if early { "けさ" } else { "きょう " })
    } else if day + Days::new(1) == today {
        format!("きのう {clock}")
    } else {
        format!("{} {clock}", words::short_day(day))
    }
}

fn lacking(as_of: NaiveDate, days: &[NaiveDate], today: NaiveDate) -> Option<String> {
    let mut missing = days.iter().filter(|day| as_of < **day && **day < today);
    let first = *missing.next()?;
    Some(match missing.next_back() {
        Some(last) => format!("そのあとの {}までの記録はまだ入っていません", words::short_day(*last)),
        None if first + Days::new(1) == today => "きのうの記録はまだ入っていません".to_owned(),
        None => format!("{}の記録はまだ入っていません", words::short_day(first)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn fresh(as_of: &str, made_at: &str) -> (String, Option<String>) {
        let run = serde_json::json!({ "asOf": as_of, "madeAt": made_at, "schoolDays": 60, "cohortSize": 36, "withheldText": null, "version": "1" });
        let run: Run = serde_json::from_value(run).expect("a run");
        // Thursday, Friday, Tuesday; today is Wednesday.
        let days = ["2026-07-09", "2026-07-10", "2026-07-14", "2026-07-15"].map(day);
        let FlagsFresh { words, lacking } = FlagsFresh::of(&run, &days, day("2026-07-15"));
        (words, lacking)
    }

    #[test]
    fn flags_of_the_night_say_until_when_and_since_when() {
        let (words, lacking) = fresh("2026-07-14", "2026-07-14T18:00:00Z");
        assert_eq!((words.as_str(), lacking), ("7/14（火）までの記録・けさ3:00に更新", None));
        assert_eq!(fresh("2026-07-14", "2026-07-15T03:05:00Z").0, "7/14（火）までの記録・きょう 12:05に更新");
    }

    #[test]
    fn what_is_not_in_them_is_said_plainly() {
        let lacking = |as_of: &str| fresh(as_of, "2026-07-13T18:00:00Z").1;
        assert_eq!(fresh("2026-07-10", "2026-07-13T18:00:00Z").0, "7/10（金）までの記録・きのう 3:00に更新");
        assert_eq!(lacking("2026-07-10").as_deref(), Some("きのうの記録はまだ入っていません"));
        assert_eq!(lacking("2026-07-09").as_deref(), Some("そのあとの 7/14（火）までの記録はまだ入っていません"));
        assert_eq!(lacking("2026-07-13"), lacking("2026-07-10"), "a day without school lacks nothing");
        assert_eq!(lacking("2026-07-15"), None, "today is not over");
    }

    #[test]
    fn after_a_weekend_the_day_is_named() {
        let days = ["2026-07-09", "2026-07-10"].map(day);
        let said = super::lacking(day("2026-07-09"), &days, day("2026-07-13"));
        assert_eq!(said.as_deref(), Some("7/10（金）の記録はまだ入っていません"));
    }
}
