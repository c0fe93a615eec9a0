//! The made-up school itself: who is in it, and how each of them works.
use crate::clock::school_midnight;
use crate::learning::activity::verb::{ActivityVerb, ObjectKind, Place};
use crate::learning::activity::{ActivityInput, ScoreInput};
use crate::learning::assignment::AssignmentInput;
use crate::scalar::{Count, Timestamp};
use async_graphql::ID;
use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use uuid::Uuid;

/// Eight weeks of records.
const DAYS: u64 = 56;
const PUPILS: usize = 36;
const FAMILY: [(&str, &str); 12] = [
    ("青木", "アオキ"),
    ("石川", "イシカワ"),
    ("上田", "ウエダ"),
    ("遠藤", "エンドウ"),
    ("大石", "オオイシ"),
    ("加藤", "カトウ"),
    ("佐野", "サノ"),
    ("鈴木", "スズキ"),
    ("髙橋", "タカハシ"),
    ("中村", "ナカムラ"),
    ("松浦", "マツウラ"),
    ("渡邉", "ワタナベ"),
];
const GIVEN: [(&str, &str); 6] =
    [("蒼", "アオイ"), ("結衣", "ユイ"), ("陽斗", "ハルト"), ("美咲", "ミサキ"), ("颯太", "ソウタ"), ("リカルド", "リカルド")];

pub(super) struct Town {
    pub(super) today: NaiveDate,
    pub(super) namespace: Uuid,
}

/// How a made-up pupil works; 0 to 1 each.
struct Habit {
    steadiness: f64,
    diligence: f64,
    handing_in: f64,
    marks: f64,
    /// From this day on the pupil does hardly anything.
    stops: Option<u64>,
}

impl Town {
    pub(super) fn id(&self, of: &str) -> Uuid {
        Uuid::new_v5(&self.namespace, of.as_bytes())
    }

    fn pupil(&self, class: usize, number: usize) -> Uuid {
        self.id(&format!("pupil {class} {number}"))
    }

    pub(super) fn yesterday(&self) -> NaiveDate {
        self.today - Days::new(1)
    }

    /// School days: no weekends; holidays are left to the calendar that a real school has.
    fn school_days(&self) -> impl Iterator<Item = (u64, NaiveDate)> {
        let first = self.today - Days::new(DAYS);
        (0..DAYS)
            .map(move |at| (at, first + Days::new(at)))
            .filter(|(_, day)| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
    }

    fn habit(class: usize, number: usize) -> Habit {
        let mut dice = Dice::new(class, number);
        let mut habit = Habit {
            steadiness: 0.75 + 0.25 * dice.roll(),
            diligence: 0.3 + 0.7 * dice.roll(),
            handing_in: 0.8 + 0.2 * dice.roll(),
            marks: 0.5 + 0.45 * dice.roll(),
            stops: None,
        };
        match number {
            7 => habit.stops = Some(DAYS - 12),
            15 => habit = Habit { handing_in: 0.2, marks: 0.4, ..habit },
            23 => habit = Habit { steadiness: 0.35, diligence: 0.2, ..habit },
            31 => habit = Habit { marks: 0.15, handing_in: 0.6, ..habit },
            _ => {}
        }
        habit
    }

    pub(super) fn roster(&self, file: &str) -> Option<Vec<u8>> {
        let begins = NaiveDate::from_ymd_opt(self.today.year() - i32::from(self.today.month() < 4), 4, 1)?;
        let begins = begins.min(self.today - Days::new(DAYS));
        let (school, board, year) = (self.id("school"), self.id("board"), self.id("year"));
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut row = |cells: &[&str]| rows.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
        let members = (1..=2).flat_map(|class| (1..=PUPILS).map(move |number| (class, number)));
        match file {
            "manifest.csv" => {
                row(&["propertyName", "value"]);
                row(&["oneroster.version", "1.2"]);
            }
            "orgs.csv" => {
                row(&["sourcedId", "name", "type", "identifier"]);
                row(&[&board.to_string(), "朝霧市教育委員会", "district", ""]);
                row(&[&school.to_string(), "朝霧市立ひばり野小学校", "school", ""]);
            }
            "academicSessions.csv" => {
                row(&["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"]);
                let ends = begins + Days::new(364);
                let title = format!("{}年度", begins.year());
                row(&[
                    &year.to_string(),
                    &title,
                    "schoolYear",
                    &begins.to_string(),
                    &ends.to_string(),
                    &begins.year().to_string(),
                ]);
            }
            "classes.csv" => {
                row(&["sourcedId", "title", "classType", "schoolSourcedId", "termSourcedIds", "grades"]);
                for class in 1..=2 {
                    let id = self.id(&format!("class {class}")).to_string();
                    row(&[&id, &format!("5年{class}組"), "homeroom", &school.to_string(), &year.to_string(), "P5"]);
                }
            }
            "users.csv" => {
                row(&[
                    "sourcedId",
                    "enabledUser",
                    "givenName",
                    "familyName",
                    "metadata.jp.kanaGivenName",
                    "metadata.jp.kanaFamilyName",
                ]);
                for (class, number) in members {
                    let ((family, family_kana), (given, given_kana)) =
                        (FAMILY[(number - 1) / 3], GIVEN[(number + class * 2) % GIVEN.len()]);
                    row(&[&self.pupil(class, number).to_string(), "true", given, family, given_kana, family_kana]);
                }
            }
            "roles.csv" => {
                row(&["sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"]);
                for (class, number) in members {
                    let id = self.id(&format!("role {class} {number}")).to_string();
                    row(&[&id, &self.pupil(class, number).to_string(), "primary", "student", &school.to_string()]);
                }
            }
            "enrollments.csv" => {
                let number_column = "metadata.jp.ShussekiNo";
                row(&[
                    "sourcedId",
                    "classSourcedId",
                    "schoolSourcedId",
                    "userSourcedId",
                    "role",
                    "beginDate",
                    "endDate",
                    number_column,
                ]);
                for (class, number) in members {
                    let (id, class_id) = (self.id(&format!("enrolment {class} {number}")), self.id(&format!("class {class}")));
                    let pupil = self.pupil(class, number).to_string();
                    row(&[
                        &id.to_string(),
                        &class_id.to_string(),
                        &school.to_string(),
                        &pupil,
                        "student",
                        "",
                        "",
                        &number.to_string(),
                    ]);
                }
            }
            _ => return None,
        }
        Some(rows.into_iter().map(|row| row.join(",") + "\r\n").collect::<String>().into_bytes())
    }

    pub(super) fn assignments(&self) -> Vec<AssignmentInput> {
        let weekly = |class: usize| {
            self.school_days().filter(|(_, day)| day.weekday() == Weekday::Thu).map(move |(at, day)| AssignmentInput {
                id: ID(self.id(&format!("assignment {class} {at}")).to_string()),
                class_id: ID(self.id(&format!("class {class}")).to_string()),
                title: format!("算数ワーク {}月{}日", day.month(), day.day()),
                due_at: Timestamp::from(school_midnight(day) + TimeDelta::hours(16)),
                weight: None,
            })
        };
        (1..=2).flat_map(weekly).collect()
    }

    pub(super) fn activities(&self) -> Vec<ActivityInput> {
        let mut all = Vec::new();
        for (class, number) in (1..=2).flat_map(|class| (1..=PUPILS).map(move |number| (class, number))) {
            let habit = Town::habit(class, number);
            let mut dice = Dice::new(class + 10, number);
            for (at, day) in self.school_days() {
                if habit.stops.is_some_and(|stops| at >= stops) || dice.roll() > habit.steadiness {
                    continue;
                }
                let count = |dice: &mut Dice, most: i64| Count::from(1 + dice.below(most, habit.diligence));
                let base = self.activity(class, number, at, day);
                all.push(ActivityInput { count: Some(count(&mut dice, 14)), ..base("material", ActivityVerb::Viewed, 10) });
                all.push(ActivityInput {
                    count: Some(count(&mut dice, 9)),
                    object_kind: ObjectKind::Quiz,
                    ..base("drill", ActivityVerb::Answered, 11)
                });
                if dice.roll() < habit.diligence {
                    let home = base("home", ActivityVerb::Viewed, 18);
                    all.push(ActivityInput { count: Some(count(&mut dice, 6)), place: Some(Place::Home), ..home });
                }
                if day.weekday() == Weekday::Thu && dice.roll() < habit.handing_in {
                    let mark = (100.0 * (habit.marks + 0.1 * (dice.roll() - 0.5))).round();
                    all.push(ActivityInput {
                        object_id: self.id(&format!("assignment {class} {at}")).to_string(),
                        object_kind: ObjectKind::Assignment,
                        score: Some(ScoreInput { raw: mark, min: None, max: Some(100.0) }),
                        ..base("work", ActivityVerb::Submitted, 15)
                    });
                }
            }
        }
        all
    }

    fn activity(
        &self,
        class: usize,
        number: usize,
        at: u64,
        day: NaiveDate,
    ) -> impl Fn(&str, ActivityVerb, i64) -> ActivityInput {
        let (pupil, class_id) = (self.pupil(class, number), self.id(&format!("class {class}")));
        let namespace = self.namespace;
        move |what, verb, hour| ActivityInput {
            id: ID(Uuid::new_v5(&namespace, format!("{what} {class} {number} {at}").as_bytes()).to_string()),
            pupil_id: ID(pupil.to_string()),
            class_id: Some(ID(class_id.to_string())),
            verb,
            object_id: format!("demo:{what}"),
            object_kind: ObjectKind::Material,
            object_name: None,
            occurred_at: Timestamp::from(school_midnight(day) + TimeDelta::hours(hour)),
            duration_seconds: Some(600.0),
            count: None,
            score: None,
            success: None,
            place: Some(Place::School),
            subject: Some("P030".into()),
            course_of_study_code: None,
            extensions: None,
        }
    }
}

/// Chance that falls alike every time.
struct Dice(Xoshiro256PlusPlus);

impl Dice {
    fn new(class: usize, number: usize) -> Self {
        Dice(Xoshiro256PlusPlus::seed_from_u64((class * 1_000 + number) as u64))
    }

    /// From 0 to 1.
    fn roll(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX)
    }

    /// From 0 to below `most`, more for the more diligent.
    fn below(&mut self, most: i64, diligence: f64) -> i64 {
        let bound = u32::try_from(most).expect("a handful");
        #[expect(clippy::cast_possible_truncation, reason = "a handful")]
        let drawn = (f64::from(bound) * self.roll() * diligence) as i64;
        drawn
    }
}
