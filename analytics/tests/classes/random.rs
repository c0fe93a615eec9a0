//! Random classes, and what holds for all of them.

use asagao_analytics::{Assignment, Attendance, Attended, Cohort, FEATURES, History, Level, MoodOn, Source, Work};
use proptest::prelude::*;

use super::{assignments, day, run};

fn histories() -> impl Strategy<Value = History> {
    let days = prop::collection::btree_map(0_usize..14, 0_u8..20, 0..14);
    let work = prop_oneof![
        Just(Work::NotForPupil),
        Just(Work::Missing),
        (-3.0..3.0, prop::option::of(0.0..=1.0), 0_usize..14).prop_map(|(days_early, score, on)| Work::Submitted {
            days_early,
            score,
            on
        }),
    ];
    let since = prop_oneof![3 => Just(0_usize), 1 => 0_usize..16];
    (any::<bool>(), since, days, prop::collection::vec(work, 3), attendance(), moods()).prop_map(
        |(in_class, first_day, days, work, attendance, moods)| {
            let days = days.into_iter().map(|(at, count)| day(at, f64::from(count))).collect();
            History { in_class, first_day, enrolled: first_day / 2, days, work, attendance, moods }
        },
    )
}

fn attendance() -> impl Strategy<Value = Vec<Attended>> {
    let mark = prop_oneof![
        5 => Just(Some(Attendance::Present { late: false })),
        2 => Just(Some(Attendance::Present { late: true })),
        2 => Just(Some(Attendance::Absent)),
        1 => Just(Some(Attendance::Excused)),
        1 => Just(None),
    ];
    let attended = |(day, mark): (usize, Option<Attendance>)| Some(Attended { day, mark: mark? });
    let full =
        prop::collection::vec(mark, 14).prop_map(move |marks| marks.into_iter().enumerate().filter_map(attended).collect());
    prop_oneof![4 => full, 1 => Just(vec![])]
}

fn moods() -> impl Strategy<Value = Vec<MoodOn>> {
    let mood = |(day, low): (usize, Option<bool>)| Some(MoodOn { day, low: low? });
    prop::collection::vec(prop::option::of(any::<bool>()), 0..=14)
        .prop_map(move |moods| moods.into_iter().enumerate().filter_map(mood).collect())
}

pub(crate) fn cohorts() -> impl Strategy<Value = Cohort> {
    prop::collection::vec(histories(), 0..40).prop_map(|pupils| Cohort { school_days: 14, pupils, assignments: assignments(3) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_lines_add_up_to_the_sum(cohort in cohorts()) {
        for pupil in run(&cohort).pupils {
            let sum: f64 = pupil.lines.iter().map(|line| line.contribution).sum();
            prop_assert!((sum - pupil.sum).abs() < 1e-9);
            prop_assert!(pupil.score.is_finite() && (0.0..=1.0).contains(&pupil.score));
            prop_assert!((0.0..=1.0).contains(&pupil.certainty));
            prop_assert_eq!(pupil.lines.iter().filter(|line| line.source == Source::Group).count(), 1);
            prop_assert!(pupil.lines.len() <= FEATURES.len() + 1);
        }
    }

    #[test]
    fn the_order_of_pupils_changes_nothing(cohort in cohorts(), turn in 0_usize..40) {
        let one = run(&cohort);
        let mut turned = cohort.clone();
        let turn = turn.min(turned.pupils.len());
        turned.pupils.rotate_left(turn);
        let mut other = run(&turned);
        other.pupils.rotate_right(turn);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn pupils_with_one_record_get_one_assessment(cohort in cohorts()) {
        let mut doubled = cohort;
        doubled.pupils.extend(doubled.pupils.clone());
        let analysis = run(&doubled);
        let (first, second) = analysis.pupils.split_at(doubled.pupils.len() / 2);
        prop_assert_eq!(first, second);
    }

    #[test]
    fn no_more_are_named_by_the_comparison_than_share_the_places(cohort in cohorts()) {
        let analysis = run(&cohort);
        let class = cohort.pupils.iter().filter(|pupil| pupil.in_class).count();
        let named = analysis.pupils.iter().filter(|pupil| pupil.level > Level::None && pupil.rules.is_empty());
        prop_assert!(named.count() <= 2 * (class * 15).div_ceil(100));
    }

    #[test]
    fn what_is_the_same_for_all_changes_nothing(cohort in cohorts()) {
        let mut padded = cohort.clone();
        padded.assignments.push(Assignment { weight: 1.0, due: 13 });
        padded.pupils.iter_mut().for_each(|pupil| pupil.work.push(Work::NotForPupil));
        prop_assert_eq!(run(&cohort), run(&padded));
    }
}
