//! Attendance and moods: what they add, and what they never add.

use asagao_analytics::{Assessment, Attendance, Attended, Cohort, DomainId, FEATURES, FeatureId, Level, MoodOn, Rule, Source};
use proptest::prelude::*;

use super::random::cohorts;
use super::{run, synthetic};

const PRESENT: Attendance = Attendance::Present { late: false };

/// The same class with a register on which everybody is present on every day.
fn all_present() -> Cohort {
    let mut cohort = synthetic();
    let present: Vec<Attended> = (0..30).map(|day| Attended { day, mark: PRESENT }).collect();
    cohort.pupils.iter_mut().for_each(|pupil| pupil.attendance.clone_from(&present));
    cohort
}

/// Pupil 10 is away from the twenty-second day on, with a mark for each day, and does nothing.
fn away(mark: Attendance) -> Cohort {
    let mut cohort = all_present();
    cohort.pupils[10].days.retain(|day| day.day < 22);
    (22..30).for_each(|day| cohort.pupils[10].attendance[day].mark = mark);
    cohort
}

/// What the lines of one domain add to a pupil's sum.
fn added_by(pupil: &Assessment, domain: DomainId) -> f64 {
    let of_domain = |source| matches!(source, Source::Feature(feature) if FEATURES[feature as usize].domain == domain);
    pupil.lines.iter().filter(|line| of_domain(line.source)).map(|line| line.contribution).sum()
}

fn value(pupil: &Assessment, feature: FeatureId) -> Option<f64> {
    pupil.lines.iter().find(|line| line.source == Source::Feature(feature))?.value
}

#[test]
fn who_is_ill_is_absent_and_not_idle() {
    let ill = run(&away(Attendance::Absent)).pupils.swap_remove(10);
    let share = Rule::AbsentShare { percent: 26, days: 8, of: 30 };
    assert_eq!(ill.rules, [Rule::AbsentInARow { school_days: 8 }, Rule::AbsentOften { days: 8, of: 30 }, share]);
    assert_eq!((value(&ill, FeatureId::DaysAbsent), value(&ill, FeatureId::DaysSinceLast)), (Some(8.0), Some(0.0)));
    assert!(ill.level > Level::None && added_by(&ill, DomainId::Attendance) > 0.0);

    let idle = run(&away(PRESENT)).pupils.swap_remove(10);
    assert_eq!(idle.rules, [Rule::NoActivity { school_days: 8 }]);
    let less_done = [DomainId::Volume, DomainId::Regularity].map(|domain| (added_by(&ill, domain), added_by(&idle, domain)));
    assert!(less_done.iter().all(|(ill, idle)| ill < idle), "{less_done:?}");
}

#[test]
fn who_is_excused_is_neither_absent_nor_idle() {
    let excused = run(&away(Attendance::Excused)).pupils.swap_remove(10);
    assert_eq!((&excused.rules[..], excused.level), (&[][..], Level::None));
    assert_eq!(value(&excused, FeatureId::DaysAbsent), Some(0.0));
}

#[test]
fn a_register_with_everybody_present_and_moods_all_bright_change_no_score() {
    let mut plain = all_present();
    plain.pupils.iter_mut().for_each(|pupil| pupil.moods = (10..30).map(|day| MoodOn { day, low: false }).collect());
    let (without, with) = (run(&synthetic()), run(&plain));
    assert_eq!(without.groups, with.groups);
    for (without, with) in without.pupils.iter().zip(&with.pupils) {
        assert_eq!((without.score, without.level, without.group), (with.score, with.level, with.group));
        assert_eq!((value(without, FeatureId::DaysAbsent), value(with, FeatureId::DaysAbsent)), (None, Some(0.0)));
    }
}

#[test]
fn low_moods_add_to_the_concern_and_silence_to_nothing() {
    let mut cohort = synthetic();
    for (number, pupil) in cohort.pupils.iter_mut().enumerate().filter(|(number, _)| *number != 20) {
        pupil.moods = (20..30).map(|day| MoodOn { day, low: number == 10 && day > 25 }).collect();
    }
    let analysis = run(&cohort);
    assert_eq!(analysis.pupils[10].rules, [Rule::LowMoodInARow { entries: 4 }]);
    assert!(added_by(&analysis.pupils[10], DomainId::Wellbeing) > 0.0);
    assert_eq!(value(&analysis.pupils[20], FeatureId::LowMoods), None);
    assert_eq!(analysis.pupils[20].rules, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn one_more_absence_never_lowers_what_attendance_adds(cohort in cohorts(), pupil: prop::sample::Index, at in 0_usize..14) {
        prop_assume!(!cohort.pupils.is_empty());
        let pupil = pupil.index(cohort.pupils.len());
        let marked = |mark: Attendance| {
            let mut cohort = cohort.clone();
            let attendance = &mut cohort.pupils[pupil].attendance;
            attendance.retain(|attended| attended.day != at);
            attendance.push(Attended { day: at, mark });
            attendance.sort_by_key(|attended| attended.day);
            run(&cohort).pupils.swap_remove(pupil)
        };
        let (before, after) = (marked(PRESENT), marked(Attendance::Absent));
        // With the tenth day present goes what is said of late days, whichever way that spoke.
        prop_assume!(value(&before, FeatureId::DaysLate).is_some() == value(&after, FeatureId::DaysLate).is_some());
        prop_assert!(added_by(&after, DomainId::Attendance) >= added_by(&before, DomainId::Attendance) - 1e-12);
    }

    #[test]
    fn a_day_excused_is_in_attendance_as_a_day_without_a_mark(cohort in cohorts()) {
        let mut unmarked = cohort.clone();
        unmarked.pupils.iter_mut().for_each(|pupil| pupil.attendance.retain(|attended| attended.mark != Attendance::Excused));
        for (with, without) in run(&cohort).pupils.iter().zip(&run(&unmarked).pupils) {
            for feature in [FeatureId::DaysAbsent, FeatureId::DaysLate] {
                prop_assert_eq!(value(with, feature), value(without, feature));
            }
        }
    }

    #[test]
    fn a_mood_not_entered_adds_no_more_than_it_did_and_never_more_than_nothing(
        cohort in cohorts(), pupil: prop::sample::Index, at in 0_usize..14,
    ) {
        prop_assume!(!cohort.pupils.is_empty());
        let pupil = pupil.index(cohort.pupils.len());
        let mut silent = cohort.clone();
        silent.pupils[pupil].moods.retain(|mood| mood.day != at);
        let added = |cohort: &Cohort| added_by(&run(cohort).pupils[pupil], DomainId::Wellbeing);
        prop_assert!(added(&silent) <= added(&cohort).max(0.0) + 1e-12);
        silent.pupils[pupil].moods.clear();
        prop_assert!(added(&silent) == 0.0);
        let rules = &run(&silent).pupils[pupil].rules;
        let low = |rule: &Rule| matches!(rule, Rule::LowMoodInARow { .. });
        prop_assert!(!rules.iter().any(low));
    }
}
