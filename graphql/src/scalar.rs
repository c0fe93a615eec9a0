//! Scalars that carry what was sent, so that one bad value is refused with its item instead of failing the whole call.
use crate::error::{UserError, UserErrorCode};
use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// A time as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timestamp(String);

/// A point in time in RFC 3339 with an offset, such as `2026-11-24T08:20:00+09:00`. Answers are in UTC with milliseconds.
///
/// A text that is no such time is refused with the item it belongs to (`INVALID_TIME`); the rest of the call goes on.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Timestamp(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Timestamp(time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Timestamp {
    /// The text as it was sent, or as it will be.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The time in whole milliseconds, or what is wrong with the text at this field.
    pub fn instant(&self, field: &str) -> Result<DateTime<Utc>, UserError> {
        let time = DateTime::parse_from_rfc3339(&self.0).map_err(|_| {
            let message = format!(
                "{:?} is no RFC 3339 time with an offset: send one like 2026-11-24T08:20:00+09:00",
                self.0.chars().take(40).collect::<String>()
            );
            UserError::new(UserErrorCode::InvalidTime, field, message)
        })?;
        Ok(time.with_timezone(&Utc).trunc_subsecs(3))
    }
}

/// A date of the calendar.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(transparent)]
pub struct Day(pub NaiveDate);

/// A date of the calendar, such as `2026-11-24`.
#[Scalar(name = "Date", specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let day = match &value {
            Value::String(text) if is_written(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
            _ => None,
        };
        day.map(Day).ok_or_else(|| InputValueError::custom(format!("{value} is no date: send one like 2026-11-24")))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Whether a text has the digits and hyphens of a date: chrono takes signs and spaces, too.
fn is_written(text: &str) -> bool {
    let digit_or_hyphen = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(digit_or_hyphen)
}

/// A number as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Count(serde_json::Number);

/// A whole number. One that is outside what its field allows, or has a fraction, is refused with the item it belongs to
/// (`OUT_OF_RANGE`); the rest of the call goes on.
#[Scalar]
impl ScalarType for Count {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Number(number) => Ok(Count(number)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Number(_))
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.clone())
    }
}

impl From<i64> for Count {
    fn from(number: i64) -> Self {
        Count(Number::from(number))
    }
}

impl Count {
    /// The number if it is whole and from 1 to `most`, or what is wrong with it at this field.
    pub fn within(&self, most: i64, field: &str) -> Result<i64, UserError> {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number under 2^53 in size")]
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
        // Some languages write a whole number as 3.0.
        let number = self.0.as_i64().or_else(|| self.0.as_f64().and_then(whole));
        number.filter(|number| (1..=most).contains(number)).ok_or_else(|| {
            let message = format!("{} is not a whole number from 1 to {most}", self.0);
            UserError::new(UserErrorCode::OutOfRange, field, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_in_ten_digits_and_hyphens() {
        let read = |text: &str| Day::parse(Value::from(text)).ok().map(|day| day.0.to_string());
        assert_eq!(read("2026-11-24").as_deref(), Some("2026-11-24"));
        for text in ["+12345-1-1", "-0001-1-01", " 2026-1-01", "2026-1-001", "2026-02-30", "2026/11/24", "２026-1-4"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
