//! The identities of the register for every generated year: random calendars, marks, changes of class, closures and kinds of the board.
use super::*;
use crate::attendance::arithmetic::Count;
use proptest::prelude::*;

const DAYS: i64 = 60;
const COUNT: usize = 60;
const SCHOOL: Uuid = Uuid::from_u128(1);
const PUPIL: Uuid = Uuid::from_u128(2);

fn day(at: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 4, 1).expect("a date") + chrono::TimeDelta::days(at)
}

fn class(nth: u128) -> Uuid {
    Uuid::from_u128(10 + nth)
}

/// A kind by what it counts as; the board may call them anything.
fn kind(code: &str, absent: bool, excused: bool) -> AttendanceKind {
    AttendanceKind {
        code: code.into(),
        name: code.into(),
        mark: code.into(),
        absent,
        excused,
        usual: false,
        place: 0,
        retired_on: None,
    }
}

fn mark(at: i64, of: usize, late: bool, left_early: bool, place: AttendancePlace) -> AttendanceMark {
    let kind = [None, Some("HERE"), Some("OWN"), Some("ILL"), Some("STOP"), Some("FUNERAL")][of].map(str::to_owned);
    AttendanceMark {
        id: Uuid::nil(),
        pupil: PUPIL,
        day: day(at),
        known_from: DateTime::UNIX_EPOCH,
        school: SCHOOL,
        class: class(0),
        kind,
        late,
        left_early,
        place,
        note: None,
        reason: None,
        marked_by: Uuid::nil(),
        office: false,
        closure: None,
        by_name: None,
    }
}

fn place_of() -> impl Strategy<Value = AttendancePlace> {
    prop_oneof![4 => Just(AttendancePlace::Classroom), 1 => Just(AttendancePlace::OtherRoom), 1 => Just(AttendancePlace::Home)]
}

prop_compose! {
    fn marks()(of in prop::collection::vec(prop::option::weighted(0.8, (0usize..6, any::<bool>(), any::<bool>(), place_of())), COUNT)) -> Vec<AttendanceMark> {
        (0..).zip(of).filter_map(|(at, of)| of.map(|(kind, late, left_early, place)| mark(at, kind, late, left_early, place))).collect()
    }
}

/// A stay in a class: which one, from when, for how long, how large the class is.
fn stays() -> impl Strategy<Value = Vec<Place>> {
    let stay = (0u128..3, 0..DAYS, 0i64..40, 1i64..40).prop_map(|(nth, from, days, size)| Place {
        pupil: PUPIL,
        class: class(nth),
        number: None,
        begins: day(from),
        ends: day((from + days).min(DAYS - 1)),
        grade: None,
        size,
    });
    prop::collection::vec(stay, 0..4)
}

prop_compose! {
    fn gathered()(marks in marks(), stays in stays(), school in prop::collection::vec(prop::collection::vec(any::<bool>(), COUNT), 3),
        until in 0..DAYS) -> Gathered {
        let kinds = [kind("HERE", false, false), kind("OWN", false, false), kind("ILL", true, false), kind("STOP", false, true), kind("FUNERAL", false, true)];
        let days = |of: &Vec<bool>| (0..).zip(of).filter(|(_, on)| **on).map(|(at, _)| day(at)).collect::<BTreeSet<_>>();
        Gathered {
            from: day(0),
            to: day(DAYS - 1),
            until: day(until),
            places: [(PUPIL, stays)].into(),
            homerooms: HashMap::new(),
            kinds: kinds.into_iter().map(|kind| (kind.code.clone(), kind)).collect(),
            recognitions: Vec::new(),
            marks: marks.into_iter().map(|mark| ((mark.pupil, mark.day), mark)).collect(),
            replaced: Vec::new(),
            school_days: (0..3).zip(&school).map(|(nth, of)| (class(nth), days(of))).collect(),
            calendar: Calendar::default(),
        }
    }
}

/// The days of a class's register, or of the whole school.
fn counted(gathered: &Gathered, class: Option<Uuid>) -> Count {
    gathered.days().map(|day| Count::from(gathered.held(PUPIL, day, class))).sum()
}

proptest! {
    #[test]
    fn the_identities_hold_in_every_register(gathered in gathered()) {
        for class in [None, Some(class(0)), Some(class(1)), Some(class(2))] {
            let all = counted(&gathered, class);
            prop_assert_eq!(all.to_attend, all.school_days - all.excused);
            prop_assert_eq!(all.present, all.to_attend - all.absent - all.unmarked);
            prop_assert!(all.late <= all.present && all.left_early <= all.present && all.elsewhere <= all.present);
        }
    }

    #[test]
    fn registers_of_the_classes_add_up_to_the_school_and_nobody_is_counted_twice(gathered in gathered()) {
        let classes: Count = (0..3).map(|nth| counted(&gathered, Some(class(nth)))).sum();
        prop_assert_eq!(classes, counted(&gathered, None));
        let stays = &gathered.places[&PUPIL];
        let enrolled = gathered.days().filter(|day| stays.iter().any(|of| of.begins <= *day && *day <= of.ends) && *day <= gathered.until);
        prop_assert!(classes.school_days as usize <= enrolled.count());
    }

    #[test]
    fn a_plain_recount_of_the_marks_agrees(gathered in gathered()) {
        let all = counted(&gathered, None);
        let (mut absent, mut excused, mut late, mut unmarked) = (0, 0, 0, 0);
        for day in gathered.days().take_while(|day| *day <= gathered.until) {
            // The smallest of the classes in which the pupil is that day, and whether it has school.
            let mut here: Vec<&Place> = gathered.places[&PUPIL].iter().filter(|of| (of.begins..=of.ends).contains(&day)).collect();
            here.sort_by_key(|of| (of.size, of.class));
            let Some(place) = here.first() else { continue };
            if !gathered.school_days[&place.class].contains(&day) {
                continue;
            }
            match gathered.marks.get(&(PUPIL, day)).and_then(|mark| Some((mark.kind.as_deref()?, mark.late))) {
                Some(("ILL", _)) => absent += 1,
                Some(("STOP" | "FUNERAL", _)) => excused += 1,
                Some((_, is_late)) => late += u32::from(is_late),
                None => unmarked += 1,
            }
        }
        prop_assert_eq!((all.absent, all.excused, all.late, all.unmarked), (absent, excused, late, unmarked));
    }
}
