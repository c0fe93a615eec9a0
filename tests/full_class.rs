//! 5年2組 with enough pupils and records to be compared: 22 pupils, 20 school days, four assignments.
use crate::{AOI, CLASS_5_2, HARUTO, HIBARINO, KAEDE, MINATO, Package, School, TSUMUGI, YUI, enrolment};
use chrono::{Datelike, NaiveDate, Weekday};
use serde_json::{Value, json};
use uuid::Uuid;

/// The last school day of the records; today has none yet.
pub const YESTERDAY: &str = "2026-11-23";

/// The pupil of a number beyond the usual six.
#[must_use]
pub fn pupil(number: u64) -> Uuid {
    Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_1000 + u128::from(number))
}

/// The school days of the records, weekdays up to yesterday.
#[must_use]
pub fn school_days() -> Vec<NaiveDate> {
    let last: NaiveDate = YESTERDAY.parse().expect("a date");
    let weekdays = last.iter_days().rev().filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    let mut days: Vec<NaiveDate> = weekdays.take(20).collect();
    days.reverse();
    days
}

/// What a pupil did on a day: more with a higher number, and not the same every day.
#[must_use]
pub fn lesson(pupil: Uuid, number: u64, day: NaiveDate) -> Value {
    let id = Uuid::new_v5(&pupil, day.to_string().as_bytes());
    json!({
        "id": id, "pupilId": pupil, "classId": CLASS_5_2, "verb": "ANSWERED", "objectId": "https://drill.example/fractions",
        "objectKind": "QUIZ", "occurredAt": format!("{day}T10:00:00+09:00"), "durationSeconds": 600,
        "count": 5 + number / 4 + u64::from(day.day()) % 3,
    })
}

impl School {
    /// The roster with which 5年2組 is filled.
    #[must_use]
    pub fn full_roster() -> Package {
        let mut package = Package::usual();
        for number in 7..=22 {
            package.user(pupil(number), &format!("仮名,{number}番,カメイ,{number},"), "student", HIBARINO);
            package.enrol(pupil(number), CLASS_5_2, HIBARINO, &number.to_string());
        }
        package
    }

    /// Fills 5年2組. 朝倉 葵 (number 1) has done nothing for the last eight school days and handed nothing in; the others work.
    pub async fn fill_class(&self) {
        assert_eq!(self.import(&School::full_roster()).await.problems, []);
        let days = school_days();
        let assignment = |week: usize| Uuid::new_v5(&CLASS_5_2, &[u8::try_from(week).expect("a week")]);
        let assignments: Vec<Value> = (0..4).map(|week| {
            json!({ "id": assignment(week), "classId": CLASS_5_2, "title": format!("第{week}週"), "dueAt": format!("{}T16:00:00+09:00", days[week * 5 + 3]) })
        }).collect();
        self.person("drill").share(&assignments).await;
        let usual = [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI].into_iter().zip(1..);
        let pupils = usual.chain((7..=22).map(|number| (pupil(number), number)));
        for (pupil, number) in pupils {
            let mut batch: Vec<Value> = Vec::new();
            for (at, day) in days.iter().enumerate().filter(|(at, _)| pupil != AOI || *at < 12) {
                batch.push(lesson(pupil, number, *day));
                if pupil != AOI && at % 5 == 3 {
                    let mark = 60 + (number * 7 + at as u64) % 35;
                    batch.push(json!({
                        "id": enrolment(pupil, assignment(at / 5)), "pupilId": pupil, "classId": CLASS_5_2, "verb": "SUBMITTED",
                        "objectId": assignment(at / 5), "objectKind": "ASSIGNMENT", "occurredAt": format!("{day}T15:00:00+09:00"),
                        "score": { "raw": mark, "max": 100 },
                    }));
                }
            }
            let answer = self.person("drill").record(&batch).await;
            assert_eq!(answer["rejected"], json!([]));
        }
    }
}
