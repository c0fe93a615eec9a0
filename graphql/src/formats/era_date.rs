//! Dates as schools write them: 2025-04-01, 2025/4/1, 20250401, 令和7年4月1日, R7.4.1, and Excel's numbers where they are asked for.
use chrono::{Datelike, NaiveDate, TimeDelta};
use std::fmt::{self, Display};
use unicode_normalization::UnicodeNormalization;

/// An era (元号).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// 明治, from the day that the calendar is the one of today: 1873-01-01.
    Meiji,
    /// 大正, from 1912-07-30.
    Taisho,
    /// 昭和, from 1926-12-25.
    Showa,
    /// 平成, from 1989-01-08.
    Heisei,
    /// 令和, from 2019-05-01.
    Reiwa,
}

impl Era {
    /// Every era, the oldest first.
    pub const ALL: [Era; 5] = [Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];

    /// The name, such as 令和.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["明治", "大正", "昭和", "平成", "令和"][self as usize]
    }

    /// The letter that stands for the name, such as R.
    #[must_use]
    pub fn letter(self) -> char {
        ['M', 'T', 'S', 'H', 'R'][self as usize]
    }

    /// The era that a day is named by; `None` before 1873. A day on which one era gave way to the next belongs to the next.
    #[must_use]
    pub fn of(day: NaiveDate) -> Option<Era> {
        Era::ALL.into_iter().rev().find(|era| era.first_day() <= day)
    }

    /// A day's year in this era; the year in which it began is 1.
    #[must_use]
    pub fn year(self, day: NaiveDate) -> i32 {
        day.year() - self.year_before()
    }

    fn year_before(self) -> i32 {
        [1867, 1911, 1925, 1988, 2018][self as usize]
    }

    fn first_day(self) -> NaiveDate {
        let (year, month, day) = [(1873, 1, 1), (1912, 7, 30), (1926, 12, 25), (1989, 1, 8), (2019, 5, 1)][self as usize];
        NaiveDate::from_ymd_opt(year, month, day).expect("a date of the calendar")
    }

    /// The days of 1912 and 1926 on which an era gave way to the next have both names.
    fn has(self, day: NaiveDate) -> bool {
        let shared = matches!(self, Era::Meiji | Era::Taisho);
        let next = Era::ALL.get(self as usize + 1).map(|next| next.first_day());
        self.first_day() <= day && next.is_none_or(|next| if shared { day <= next } else { day < next })
    }
}

/// A day as it is written out: 令和7年4月1日, 令和元年5月1日; in western years before 1873.
#[must_use]
pub fn written(day: NaiveDate) -> String {
    let date = format!("{}月{}日", day.month(), day.day());
    match Era::of(day).map(|era| (era.name(), era.year(day))) {
        Some((name, 1)) => format!("{name}元年{date}"),
        Some((name, year)) => format!("{name}{year}年{date}"),
        None => format!("{}年{date}", day.year()),
    }
}

/// How dates of a file are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The era of years without one, so that 7.4.1 is a date.
    pub era: Option<Era>,
    /// Whether a number of five digits is a day as Excel counts them.
    pub serials: bool,
}

/// Why a text is no date, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateError {
    /// It is written like no date.
    NotADate,
    /// The calendar has no such day.
    NoSuchDay,
    /// Day, month and year, in an order that cannot be told; what it may be.
    YearLast(Vec<NaiveDate>),
    /// A year of one or two digits without an era; what it may be.
    WithoutEra(Vec<NaiveDate>),
    /// The era had ended, or not begun; the day meant.
    OtherEra(NaiveDate),
    /// A number that may be Excel's for a day.
    Serial(NaiveDate),
}

impl DateError {
    /// What is wrong and what to write, in Japanese.
    #[must_use]
    pub fn japanese(&self) -> String {
        let either = |days: &[NaiveDate]| list(days, "か", |day| format!("{day}（{}）", written(*day)));
        match self {
            DateError::NotADate => "日付として読めません。2025-04-01 か 令和7年4月1日 のように書いてください".into(),
            DateError::NoSuchDay => "暦にない日です。年月日を確かめてください".into(),
            DateError::YearLast(days) => format!("日と月の順が分かりません。{}と書いてください", either(days)),
            DateError::WithoutEra(days) => format!("元号がないため年が分かりません。{}と書いてください", either(days)),
            DateError::OtherEra(day) => format!("この元号の日ではありません。{} と書いてください", written(*day)),
            DateError::Serial(day) => {
                format!("日付が数のままです。{day} のことなら、表計算ソフトで列を日付にして保存し直してください")
            }
        }
    }
}

impl Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let either = |days: &[NaiveDate]| list(days, " or ", NaiveDate::to_string);
        match self {
            DateError::NotADate => f.write_str("this is no date: write it like 2025-04-01 or 令和7年4月1日"),
            DateError::NoSuchDay => f.write_str("the calendar has no such day: check year, month and day"),
            DateError::YearLast(days) => write!(f, "day and month cannot be told apart: write {}", either(days)),
            DateError::WithoutEra(days) => write!(f, "the year has no era: write {}", either(days)),
            DateError::OtherEra(day) => write!(f, "this day is not of that era: write {}", written(*day)),
            DateError::Serial(day) => {
                write!(f, "this is a number, perhaps Excel's for {day}: format the column as a date and save again")
            }
        }
    }
}

impl std::error::Error for DateError {}

fn list(days: &[NaiveDate], between: &str, word: impl Fn(&NaiveDate) -> String) -> String {
    if days.is_empty() { "2025-04-01".into() } else { days.iter().map(word).collect::<Vec<_>>().join(between) }
}

/// Reads a date that names its year: a western one of four digits, or one of an era.
pub fn read(text: &str) -> Result<NaiveDate, DateError> {
    Reading::default().read(text)
}

impl Reading {
    /// Reads a date.
    pub fn read(self, text: &str) -> Result<NaiveDate, DateError> {
        let text = plain(text);
        let (era, rest) = split_era(&text);
        match (era, Parts::of(rest).ok_or(DateError::NotADate)?) {
            (Some(era), Parts::Three(year, month, day)) => in_era(era, &year, &month, &day),
            (Some(era), Parts::Digits(digits)) if digits.len() == 6 => in_era(era, &digits[..2], &digits[2..4], &digits[4..]),
            (None, Parts::Three(year, month, day)) if year.len() == 4 => western(&year, &month, &day),
            (None, Parts::Three(day, month, year)) if year.len() == 4 => Err(year_last(&year, &day, &month)),
            (None, Parts::Three(year, month, day)) => match self.era {
                Some(era) => in_era(era, &year, &month, &day),
                None => Err(without_era(&year, &month, &day)),
            },
            (None, Parts::Digits(digits)) if digits.len() == 8 => western(&digits[..4], &digits[4..6], &digits[6..]),
            (None, Parts::Digits(digits)) if digits.len() == 5 => match serial(&digits) {
                Some(day) if self.serials => Ok(day),
                Some(day) => Err(DateError::Serial(day)),
                None => Err(DateError::NotADate),
            },
            (_, Parts::Digits(_)) => Err(DateError::NotADate),
        }
    }
}

/// Width and look taken off: ㋿ becomes 令和, full-width digits plain ones, every dash a hyphen; a midnight that a spreadsheet added goes.
fn plain(text: &str) -> String {
    let text: String = text.nfkc().collect();
    let midnight = |time: &str| matches!(time, "0:00" | "00:00" | "0:00:00" | "00:00:00" | "00:00:00Z" | "00:00:00.000");
    let date = text.trim().rsplit_once([' ', 'T']).filter(|(_, time)| midnight(time)).map_or(text.trim(), |(date, _)| date);
    let dash = |c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー') { '-' } else { c };
    date.chars().filter(|c| !c.is_whitespace()).map(dash).collect()
}

fn split_era(text: &str) -> (Option<Era>, &str) {
    for era in Era::ALL {
        let letter = |rest: &str| rest.strip_prefix([era.letter(), era.letter().to_ascii_lowercase()]).map(str::len);
        if let Some(rest) = text.strip_prefix(era.name()).map(str::len).or_else(|| letter(text)) {
            return (Some(era), text[text.len() - rest..].trim_start_matches('.'));
        }
    }
    (None, text.strip_prefix("西暦").unwrap_or(text))
}

/// The numbers of a date, not yet known to be one.
enum Parts {
    Three(String, String, String),
    Digits(String),
}

impl Parts {
    fn of(text: &str) -> Option<Parts> {
        let number = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) || part == "元";
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Parts::Digits(text.to_owned()));
        }
        let parts: Vec<&str> = if let Some(text) = text.strip_suffix('日') {
            let (year, rest) = text.split_once('年')?;
            let (month, day) = rest.split_once('月')?;
            vec![year, month, day]
        } else {
            let mark = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
            text.split(mark).collect()
        };
        match parts[..] {
            [year, month, day] if [year, month, day].into_iter().all(number) && month != "元" && day != "元" => {
                Some(Parts::Three(year.into(), month.into(), day.into()))
            }
            _ => None,
        }
    }
}

fn date(year: i32, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

fn western(year: &str, month: &str, day: &str) -> Result<NaiveDate, DateError> {
    let year = year.parse().map_err(|_| DateError::NotADate)?;
    date(year, month, day).filter(|_| year >= 1000).ok_or(DateError::NoSuchDay)
}

fn in_era(era: Era, year: &str, month: &str, day: &str) -> Result<NaiveDate, DateError> {
    let year: i32 = if year == "元" { 1 } else { year.parse().map_err(|_| DateError::NotADate)? };
    if !(1..=99).contains(&year) {
        return Err(DateError::NotADate);
    }
    let day = date(era.year_before() + year, month, day).ok_or(DateError::NoSuchDay)?;
    if era.has(day) { Ok(day) } else { Err(DateError::OtherEra(day)) }
}

/// 1/05/2023 is the first of May or the fifth of January.
fn year_last(year: &str, first: &str, second: &str) -> DateError {
    let Ok(year) = year.parse() else { return DateError::NotADate };
    let mut days: Vec<_> = [date(year, first, second), date(year, second, first)].into_iter().flatten().collect();
    days.dedup();
    if days.is_empty() { DateError::NoSuchDay } else { DateError::YearLast(days) }
}

/// 7.4.1 is of 令和, of 平成, or of 2007.
fn without_era(year: &str, month: &str, day: &str) -> DateError {
    let eras = Era::ALL.into_iter().rev().take(3);
    let days: Vec<_> = eras.filter_map(|era| in_era(era, year, month, day).ok()).collect();
    if days.is_empty() { DateError::NotADate } else { DateError::WithoutEra(days) }
}

/// Excel counts days from 1900 and has a 29 February 1900; five digits are long after it.
fn serial(digits: &str) -> Option<NaiveDate> {
    let days = digits.parse().ok().filter(|days| *days >= 10_000)?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(TimeDelta::days(days))
}

#[cfg(test)]
mod tests;
