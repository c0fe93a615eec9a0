//! From what an app sent to a row: every field checked, with the field named where it is wrong.
use super::ActivityInput;
use super::insert::{Points, Row};
use super::totals::Counted;
use super::verb::ActivityVerb;
use crate::clock::school_day;
use crate::error::{UserError, UserErrorCode};
use async_graphql::ID;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const MOST_COUNT: i64 = 1_000_000;
const MOST_SECONDS: f64 = 31.0 * 86_400.0;
const MOST_POINTS: f64 = 1e9;
const MOST_EXTENSIONS: usize = 16 * 1024;

/// The error of a device's clock: what to add to its times. Errors under a minute are the network's and are left alone.
pub(crate) fn clock_error(sent_at: DateTime<Utc>, received_at: DateTime<Utc>) -> TimeDelta {
    let error = received_at - sent_at;
    if error.abs() < TimeDelta::minutes(1) { TimeDelta::zero() } else { error }
}

/// The row of an activity that somebody sent; its school is not known yet.
pub(crate) fn row(input: &ActivityInput, clock_error: TimeDelta, now: DateTime<Utc>, sent_by: Uuid) -> Result<Row, UserError> {
    let id = uuid(&input.id, "id")?;
    let pupil = uuid(&input.pupil_id, "pupilId")?;
    let class = input.class_id.as_ref().map(|id| uuid(id, "classId")).transpose()?.unwrap_or_default();
    let device_at = input.occurred_at.instant("occurredAt")?;
    let occurred_at = device_at + clock_error;
    let extensions = input.extensions.as_ref().filter(|value| !value.is_null()).map(canonical);
    let extensions = extensions.map(|value| value.to_string());
    if extensions.as_ref().is_some_and(|text| text.len() > MOST_EXTENSIONS) {
        let message =
            format!("the extensions are over {MOST_EXTENSIONS} bytes: keep large content in the app and send its address");
        return Err(UserError::new(UserErrorCode::TooLong, "extensions", message));
    }
    let counted = Counted {
        pupil,
        id,
        class,
        verb: input.verb,
        object_kind: input.object_kind,
        duration_ms: input.duration_seconds.map(duration_ms).transpose()?,
        interactions: input.count.as_ref().map_or(Ok(1), |count| count.within(MOST_COUNT, "count"))?,
        place: input.place,
        occurred_at,
        day: school_day(occurred_at),
        school: Uuid::nil(),
    };
    let mut row = Row {
        counted,
        object_id: object_id(input)?,
        object_name: optional(input.object_name.as_ref(), 500, "objectName")?,
        device_at,
        score: points(input)?,
        success: input.success,
        subject: optional(input.subject.as_ref(), 100, "subject")?,
        course_of_study_code: optional(input.course_of_study_code.as_ref(), 64, "courseOfStudyCode")?,
        extensions,
        content: Vec::new(),
        sent_by,
        refused: impossible(occurred_at, now),
    };
    row.content = digest(&row);
    Ok(row)
}

pub(crate) fn uuid(id: &ID, field: &str) -> Result<Uuid, UserError> {
    // Only the usual form with hyphens: another spelling of a known id is more likely a mistake than meant.
    Uuid::try_parse(id).ok().filter(|uuid| id.len() == 36 && !uuid.is_nil()).ok_or_else(|| {
        let message = format!(
            "{:?} is no UUID: send one like 018f3f0e-7c1a-7000-8000-000000000000",
            id.chars().take(40).collect::<String>()
        );
        UserError::new(UserErrorCode::InvalidId, field, message)
    })
}

/// The object's id as it was sent; an assignment's in the form in which assignments are kept.
fn object_id(input: &ActivityInput) -> Result<String, UserError> {
    let sent = text(&input.object_id, 2_000, "objectId")?;
    let of_assignment = matches!(input.verb, ActivityVerb::Submitted | ActivityVerb::Scored | ActivityVerb::Waived);
    let assignment = Uuid::try_parse(&sent).ok().filter(|_| of_assignment);
    Ok(assignment.map_or(sent, |assignment| assignment.to_string()))
}

/// What is wrong with a corrected time, if it cannot be.
fn impossible(occurred_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<UserError> {
    let refused = |code, message: &str| Some(UserError::new(code, "occurredAt", message));
    if occurred_at > now + TimeDelta::days(1) {
        let message =
            "the time is more than a day ahead, even with the device's clock error taken off: check `sentAt` and the clock";
        return refused(UserErrorCode::InTheFuture, message);
    }
    if occurred_at < DateTime::UNIX_EPOCH {
        return refused(UserErrorCode::OutOfRange, "the time is before 1970: check `sentAt` and the device's clock");
    }
    None
}

#[expect(clippy::cast_possible_truncation, reason = "at most 31 days of milliseconds, checked just before")]
fn duration_ms(seconds: f64) -> Result<i64, UserError> {
    if !(0.0..=MOST_SECONDS).contains(&seconds) {
        let message = format!("{seconds} is not a duration of 0 to {MOST_SECONDS} seconds");
        return Err(UserError::new(UserErrorCode::OutOfRange, "durationSeconds", message));
    }
    Ok((seconds * 1000.0).round() as i64)
}

fn points(input: &ActivityInput) -> Result<Points, UserError> {
    let Some(score) = &input.score else { return Ok(Points::default()) };
    let (min, max) = (score.min.unwrap_or(0.0), score.max.unwrap_or(MOST_POINTS));
    let refused = |field, message: String| Err(UserError::new(UserErrorCode::OutOfRange, field, message));
    for (points, field) in [(Some(score.raw), "score.raw"), (score.min, "score.min"), (score.max, "score.max")] {
        if points.is_some_and(|points| points.is_nan() || points.abs() > MOST_POINTS) {
            return refused(field, "the points are no number that anyone could reach".into());
        }
    }
    if max <= min {
        return refused("score.max", format!("the maximum {max} is not above the minimum {min}"));
    }
    if score.raw > max {
        return refused("score.raw", format!("{} points are above the maximum {max}", score.raw));
    }
    if score.raw < min {
        return refused("score.raw", format!("{} points are below the minimum {min}", score.raw));
    }
    Ok(Points { raw: Some(score.raw), min: score.min, max: score.max })
}

pub(crate) fn text(text: &str, most: usize, field: &str) -> Result<String, UserError> {
    if text.trim().is_empty() || text.contains('\0') {
        let message = "the text is empty or holds U+0000, which cannot be stored";
        return Err(UserError::new(UserErrorCode::InvalidText, field, message));
    }
    let length = text.chars().count();
    if length > most {
        return Err(UserError::new(UserErrorCode::TooLong, field, format!("{length} characters are over the {most} allowed")));
    }
    Ok(text.to_owned())
}

fn optional(value: Option<&String>, most: usize, field: &str) -> Result<Option<String>, UserError> {
    value.filter(|value| !value.is_empty()).map(|value| text(value, most, field)).transpose()
}

/// The same JSON however it was written: keys in order, whole numbers without a fraction.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| key.as_str());
            Value::Object(fields.into_iter().map(|(key, value)| (key.clone(), canonical(value))).collect())
        }
        Value::Number(number) => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number under 2^53 in size")]
            Some(float) if !number.is_i64() && float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

/// A digest of what the app sent: 128 bits of SHA-256, plenty to tell two contents of one key apart.
fn digest(row: &Row) -> Vec<u8> {
    let Row { counted, score, .. } = row;
    let sent = json!([
        counted.class,
        counted.verb,
        row.object_id,
        counted.object_kind,
        row.object_name,
        row.device_at.timestamp_millis(),
        counted.duration_ms,
        counted.interactions,
        score.raw,
        score.min,
        score.max,
        row.success,
        counted.place,
        row.subject,
        row.course_of_study_code,
        row.extensions,
    ]);
    Sha256::digest(sent.to_string())[..16].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_json_is_the_same_content_however_it_is_written() {
        let one: Value = serde_json::from_str(r#"{"b": [1.0, {"y": 2, "x": 1}], "a": null}"#).expect("JSON");
        let other: Value = serde_json::from_str(r#"{"a": null, "b": [1, {"x": 1, "y": 2.0}]}"#).expect("JSON");
        assert_eq!(canonical(&one).to_string(), canonical(&other).to_string());
    }

    #[test]
    fn a_clock_error_under_a_minute_is_left_alone() {
        let sent: DateTime<Utc> = "2026-11-24T08:20:00Z".parse().expect("a time");
        assert_eq!(clock_error(sent, sent + TimeDelta::seconds(59)), TimeDelta::zero());
        assert_eq!(clock_error(sent, sent - TimeDelta::seconds(60)), TimeDelta::seconds(-60));
    }
}
