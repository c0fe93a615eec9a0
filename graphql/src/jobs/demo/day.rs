//! One pupil, one school day: what is done, handed in and said.
use super::calendar::at;
use super::dice::Dice;
use super::illness::Kind;
use super::pupil::{Habit, Pupil, Story};
use super::timetable::Homework;
use super::town::{Class, Town};
use crate::learning::activity::verb::{ActivityVerb, ObjectKind, Place};
use crate::wellbeing::mood::MoodWeather;
use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

/// Something that a pupil did.
pub(super) struct Done {
    pub(super) id: Uuid,
    pub(super) verb: ActivityVerb,
    pub(super) object: String,
    pub(super) kind: ObjectKind,
    pub(super) name: String,
    pub(super) at: DateTime<Utc>,
    pub(super) minutes: usize,
    pub(super) count: usize,
    pub(super) mark: Option<f64>,
    pub(super) place: Place,
    pub(super) subject: &'static str,
}

/// What a pupil says in the morning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Weather(MoodWeather),
    /// 今日は答えない.
    NotToday,
}

/// What is used in a lesson, and what is done with it.
const USED: [(ActivityVerb, ObjectKind, &str); 5] = [
    (ActivityVerb::Viewed, ObjectKind::Material, "material"),
    (ActivityVerb::Answered, ObjectKind::Quiz, "drill"),
    (ActivityVerb::Read, ObjectKind::Book, "book"),
    (ActivityVerb::Created, ObjectKind::Material, "card"),
    (ActivityVerb::Answered, ObjectKind::Question, "question"),
];

/// What a pupil does on a school day.
pub(super) fn done(town: &Town, class: &Class, pupil: &Pupil, on: usize) -> Vec<Done> {
    if on < pupil.joined {
        return Vec::new();
    }
    let mut done = Vec::new();
    let mut dice = Dice::new(town.seed, "day", &[class.index, pupil.number, on]);
    let habit = pupil.habit(on, town.calendar.days.len());
    let today = pupil.presence[on];
    if today.is_at_school() {
        lessons(town, class, habit, on, &mut dice, &mut done);
        let handed_in = class.homework.iter().filter(|homework| hands_in_on(town, class, pupil, homework) == Some(on));
        handed_in.for_each(|homework| done.push(hand_in(town, homework, habit, on, &mut dice)));
    }
    // Whoever is kept away by influenza and feels better works a little at home.
    let at_home = match today.kind {
        Kind::Present => habit.home,
        Kind::Suspended if on > 2 && !pupil.presence[on - 3].is_at_school() => 0.3,
        _ => 0.0,
    };
    if dice.happens(at_home) {
        done.push(evening(town, class, pupil, on, habit, &mut dice));
    }
    done
}

fn lessons(town: &Town, class: &Class, habit: Habit, on: usize, dice: &mut Dice, done: &mut Vec<Done>) {
    let day = town.calendar.days[on];
    let weekday = day.weekday().num_days_from_monday() as usize;
    for (subject, begins) in class.timetable.with_devices(town.seed, class.index, on, weekday) {
        if !dice.happens(habit.steadiness) {
            continue;
        }
        // What the lesson uses is the same for the whole class.
        let mut of_lesson = Dice::new(town.seed, "lesson", &[class.index, on, usize::try_from(begins).unwrap_or_default()]);
        let (verb, kind, what) = *of_lesson.pick(&USED);
        let unit = subject.units[on / 7 % subject.units.len()];
        done.push(Done {
            object: format!("https://apps.asagao.example/{what}/{}/{}", class.grade, unit),
            name: unit.to_owned(),
            verb,
            kind,
            minutes: 6 + dice.below(22),
            count: count(dice.between(1.5, 5.5) * habit.volume),
            ..plain(at(day, begins + 5 + as_minutes(dice.below(20))), Place::School, subject.name, dice)
        });
    }
}

fn evening(town: &Town, class: &Class, pupil: &Pupil, on: usize, habit: Habit, dice: &mut Dice) -> Done {
    let late = pupil.story == Story::NightWorker;
    let hour = if late { 20 * 60 + 20 } else { 17 * 60 };
    let time = at(town.calendar.days[on], hour + as_minutes(dice.below(if late { 80 } else { 150 })));
    let more = if late { 2.5 } else { 1.0 };
    Done {
        object: format!("https://apps.asagao.example/drill/{}/home", class.grade),
        name: "家庭学習ドリル".into(),
        verb: ActivityVerb::Answered,
        kind: ObjectKind::Quiz,
        minutes: 8 + dice.below(25),
        count: count(dice.between(1.0, 4.5) * habit.volume * more),
        ..plain(time, Place::Home, "算数", dice)
    }
}

/// The school day on which a pupil hands a piece of work in; `None`: never, or not within these weeks.
fn hands_in_on(town: &Town, class: &Class, pupil: &Pupil, homework: &Homework) -> Option<usize> {
    let days = town.calendar.days.len();
    let mut dice = Dice::new(town.seed, "hands in", &[class.index, pupil.number, homework.due]);
    let chance = pupil.habit(homework.due.min(days - 1), days).handing_in;
    let planned = if dice.happens(chance) {
        homework.due - *dice.pick(&[0, 0, 0, 1, 1, 2])
    } else if chance > 0.0 && dice.happens(0.5) {
        homework.due + 1 + dice.below(2)
    } else {
        return None;
    };
    // Whoever is away then hands it in on coming back, for a week.
    let mut possible = planned.max(pupil.joined)..(homework.due + 6).min(days);
    possible.find(|on| pupil.presence[*on].is_at_school())
}

fn hand_in(town: &Town, homework: &Homework, habit: Habit, on: usize, dice: &mut Dice) -> Done {
    // On the due day before it is due, on another day also in the afternoon at home.
    let minutes = if on == homework.due { 500 + dice.below(440) } else { 900 + dice.below(240) };
    let place = if minutes > 16 * 60 { Place::Home } else { Place::School };
    Done {
        object: homework.id.to_string(),
        name: homework.title.clone(),
        verb: ActivityVerb::Submitted,
        kind: ObjectKind::Assignment,
        mark: Some((100.0 * (habit.marks + dice.between(-0.12, 0.12))).round().clamp(0.0, 100.0)),
        ..plain(at(town.calendar.days[on], as_minutes(minutes)), place, homework.subject, dice)
    }
}

/// What all have in common; the rest is filled in by who asks.
fn plain(at: DateTime<Utc>, place: Place, subject: &'static str, dice: &mut Dice) -> Done {
    let milliseconds = u64::try_from(at.timestamp_millis()).expect("a time after 1970");
    Done {
        id: dice.id(milliseconds),
        verb: ActivityVerb::Viewed,
        object: String::new(),
        kind: ObjectKind::Material,
        name: String::new(),
        at,
        minutes: 5,
        count: 1,
        mark: None,
        place,
        subject,
    }
}

/// The school day on which the pupil's device sends what was done; `None`: not within these weeks.
pub(super) fn sent_on(pupil: &Pupil, on: usize, days: usize) -> Option<usize> {
    if pupil.story != Story::Offline {
        return Some(on);
    }
    let next = on - on % 4 + (3 - pupil.number % 2);
    Some(if next < on { next + 4 } else { next }).filter(|sent| *sent < days)
}

/// What a pupil says in the morning, if anything.
pub(super) fn mood(town: &Town, class: &Class, pupil: &Pupil, on: usize) -> Option<Said> {
    let days = town.calendar.days.len();
    let mut dice = Dice::new(town.seed, "mood", &[class.index, pupil.number, on]);
    let habit = pupil.habit(on.min(days - 1), days);
    let is_there = pupil.presence.get(on).is_none_or(|today| today.is_at_school() && !today.late);
    if on < pupil.joined || !is_there || !dice.happens(habit.tells_mood) {
        return None;
    }
    if dice.happens(0.03) {
        return Some(Said::NotToday);
    }
    let brightness = habit.mood + dice.between(-0.48, 0.48);
    Some(Said::Weather(match brightness {
        0.56.. => MoodWeather::Sunny,
        0.28..0.56 => MoodWeather::Cloudy,
        0.06..0.28 => MoodWeather::Rainy,
        _ => MoodWeather::Stormy,
    }))
}

fn count(about: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let count = about.round() as usize;
    count.max(1)
}

fn as_minutes(number: usize) -> i64 {
    i64::try_from(number).expect("minutes of a day")
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn the_usual_town_stays_under_the_limit_and_keeps_its_stories() {
        let town = Town::new(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"), Settings::default());
        let total = |class: &Class, pupil: &Pupil, days: std::ops::Range<usize>| {
            days.map(|on| done(&town, class, pupil, on).iter().map(|done| done.count).sum::<usize>()).sum::<usize>()
        };
        let everybody = || town.classes.iter().flat_map(|class| class.pupils.iter().map(move |pupil| (class, pupil)));
        let records: usize =
            everybody().map(|(class, pupil)| (0..60).map(|on| done(&town, class, pupil, on).len()).sum::<usize>()).sum();
        assert!((130_000..200_000).contains(&records), "{records}");
        let of = |story: Story| everybody().filter(move |(_, pupil)| pupil.story == story);
        assert!(of(Story::StopsHandingIn).count() == town.classes.len());
        for (class, pupil) in of(Story::DriftsAway) {
            assert!(total(class, pupil, 50..60) * 2 < total(class, pupil, 0..10), "{}", pupil.name.whole());
        }
        for (class, pupil) in of(Story::StopsHandingIn) {
            let last: Vec<_> = class.homework.iter().filter(|homework| (47..60).contains(&homework.due)).collect();
            assert!(last.len() >= 6 && last.iter().all(|homework| hands_in_on(&town, class, pupil, homework).is_none()));
        }
        assert!(of(Story::NoMood).all(|(class, pupil)| (0..60).all(|on| mood(&town, class, pupil, on).is_none())));
        assert!(of(Story::Offline).all(|(_, pupil)| (0..56).all(|on| sent_on(pupil, on, 60).is_some_and(|sent| sent >= on))));
    }
}
