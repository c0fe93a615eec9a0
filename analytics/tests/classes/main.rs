//! Whole classes through the one way in.

mod random;
mod register;

use asagao_analytics::{
    Analysis, Assignment, Attendance, Attended, Cohort, DOMAINS, DayTotals, Error, FeatureId, History, Level, Rule, Settings,
    Side, Source, VERSION, Withheld, Work, analyze,
};

fn run(cohort: &Cohort) -> Analysis {
    analyze(cohort, &Settings::default()).expect("a plain cohort")
}

fn day(day: usize, interactions: f64) -> DayTotals {
    DayTotals { day, interactions, ..DayTotals::default() }
}

fn assignments(count: usize) -> Vec<Assignment> {
    vec![Assignment { weight: 1.0, due: 8 }; count]
}

/// Thirty pupils, thirty school days, five assignments. Nobody's record is random: small steps tell pupils apart. 0 to 3 stop
/// after the twelfth day and hand in little; 4 to 6 work as the others do and hand in nothing.
fn synthetic() -> Cohort {
    let pupil = |number: usize| {
        let step = f64::from(u32::try_from(number * 7 % 30).expect("below thirty"));
        let until = if number < 4 { 12 } else { 30 };
        let days = (0..until).filter(|day| !(day + number).is_multiple_of(5)).map(|at| day(at, 10.0 + step)).collect();
        let work = (0..5).map(|assignment| match number {
            0..=3 if assignment >= 1 => Work::Missing,
            4..=6 => Work::Missing,
            _ => Work::Submitted { days_early: step / 10.0, score: Some(0.4 + step / 60.0), on: 6 },
        });
        History { in_class: true, days, work: work.collect(), ..History::default() }
    };
    Cohort { school_days: 30, pupils: (0..30).map(pupil).collect(), assignments: assignments(5) }
}

#[test]
fn those_who_stop_or_hand_in_nothing_are_pointed_out_in_a_class() {
    let analysis = run(&synthetic());
    let named: Vec<usize> = (0..30).filter(|&pupil| analysis.pupils[pupil].level > Level::None).collect();
    // Pupils 13 and 26 do everything, and the least of it among those who do.
    assert_eq!(named, [0, 1, 2, 3, 4, 5, 6, 13, 26]);
    let supported: Vec<usize> = (0..30).filter(|&pupil| analysis.pupils[pupil].level == Level::Support).collect();
    // Three of the five places are for support; a rule alone is watched.
    assert_eq!(supported, [0, 1, 2]);
    assert_eq!(analysis.pupils[0].rules, [Rule::NoActivity { school_days: 18 }, Rule::MissedInARow { assignments: 4 }]);
}

#[test]
fn the_figures_of_that_class_stay_what_they_were() {
    let analysis = run(&synthetic());
    assert!(VERSION.ends_with(" model 3"), "other figures are of another version");
    let figures: Vec<String> = [0, 4, 10, 29].map(|pupil| format!("{:.6}", analysis.pupils[pupil].score)).to_vec();
    assert_eq!(figures, ["0.964528", "0.608265", "0.568447", "0.310420"]);
    assert_eq!(format!("{:.6}", analysis.stability), "0.683549");
    let sizes: Vec<usize> = analysis.groups.iter().map(|group| group.size).collect();
    assert_eq!(sizes, [4, 9, 3, 14]);
    // Those who hand in nothing are alike.
    assert_eq!([4, 5, 6].map(|pupil| analysis.pupils[pupil].group), [Some(2); 3]);
}

#[test]
fn the_week_before_stands_beside_today() {
    let analysis = run(&synthetic());
    let stopped = &analysis.pupils[0];
    let line = |feature| stopped.lines.iter().find(|line| line.source == Source::Feature(feature)).expect("observed");
    let idle = line(FeatureId::DaysSinceLast);
    assert_eq!((idle.value, idle.before, idle.alone), (Some(18.0), Some(13.0), true));
    assert!(!stopped.held && !stopped.otherwise.is_empty());
    assert!(analysis.pupils[29].otherwise.is_empty());
    let lowest = analysis.groups[0].before.as_ref().expect("they were alike a week before as well");
    assert_eq!((lowest.stayed, lowest.size), (4, 4));
}

#[test]
fn records_of_one_kind_alone_or_of_few_pupils_are_too_little() {
    let mut register = synthetic();
    for (number, pupil) in register.pupils.iter_mut().enumerate() {
        let mark = if number < 3 { Attendance::Absent } else { Attendance::Present { late: false } };
        *pupil =
            History { in_class: true, attendance: (0..30).map(|day| Attended { day, mark }).collect(), ..History::default() };
        pupil.work = vec![Work::NotForPupil; 5];
    }
    assert_eq!(run(&register).withheld, Some(Withheld::TooLittleRecorded));
    let mut few = synthetic();
    few.pupils.iter_mut().skip(14).for_each(|pupil| (pupil.days, pupil.work) = (vec![], vec![Work::Missing; 5]));
    assert_eq!(run(&few).withheld, Some(Withheld::TooLittleRecorded));
}

#[test]
fn groups_count_everybody_once_and_begin_with_the_lowest() {
    let analysis = run(&synthetic());
    for (place, group) in analysis.groups.iter().enumerate() {
        let members = analysis.pupils.iter().filter(|pupil| pupil.group == Some(place)).count();
        assert_eq!((group.size, group.in_class), (members, members));
        assert_eq!(group.centroid.len(), DOMAINS.len());
        assert!((0.0..=1.0).contains(&group.certainty));
    }
    assert_eq!(analysis.pupils[0].group, Some(0));
    assert!(analysis.groups[0].traits.iter().all(|each| each.side == Side::Low));
}

#[test]
fn classes_without_anything_to_compare_score_one_half() {
    let pupil = History { in_class: true, days: vec![day(2, 5.0)], ..History::default() };
    let idle = History { in_class: true, ..History::default() };
    let cohorts = [
        Cohort::default(),
        Cohort { school_days: 20, pupils: vec![pupil.clone()], assignments: vec![] },
        Cohort { school_days: 20, pupils: vec![pupil; 12], assignments: vec![] },
        Cohort { school_days: 20, pupils: vec![idle.clone(); 12], assignments: vec![] },
        Cohort { school_days: 0, pupils: vec![idle; 12], assignments: vec![] },
    ];
    for cohort in cohorts {
        let analysis = run(&cohort);
        assert_eq!(analysis.pupils.len(), cohort.pupils.len());
        assert!(analysis.groups.is_empty());
        assert!(analysis.withheld.is_some());
        for pupil in &analysis.pupils {
            assert_eq!((pupil.score, pupil.level, pupil.group), (0.5, Level::None, None));
        }
    }
}

#[test]
fn levels_are_withheld_from_short_records_and_small_cohorts() {
    let mut short = synthetic();
    short.school_days = 9;
    short.pupils.iter_mut().for_each(|pupil| pupil.days.retain(|day| day.day < 9));
    let mut small = synthetic();
    small.pupils.drain(..3);
    small.pupils.truncate(7);
    for (cohort, reason) in [(short, Withheld::TooFewSchoolDays), (small, Withheld::CohortTooSmall)] {
        let analysis = run(&cohort);
        assert_eq!(analysis.withheld, Some(reason));
        assert!(analysis.pupils.iter().all(|pupil| pupil.level == Level::None));
        assert!(analysis.pupils.iter().any(|pupil| !pupil.rules.is_empty()));
    }
}

#[test]
fn where_little_is_recorded_plain_rules_alone_give_levels() {
    let pupil = |number: usize| {
        let away = |day: usize| number == 3 && day >= 16;
        let mark = |day| if away(day) { Attendance::Absent } else { Attendance::Present { late: false } };
        let attendance = (0..20).map(|day| Attended { day, mark: mark(day) }).collect();
        History { in_class: number < 11, attendance, ..History::default() }
    };
    let analysis = run(&Cohort { school_days: 20, pupils: (0..12).map(pupil).collect(), assignments: vec![] });
    assert_eq!(analysis.withheld, Some(Withheld::TooLittleRecorded), "a register alone");
    let named: Vec<usize> = (0..12).filter(|&pupil| analysis.pupils[pupil].level > Level::None).collect();
    assert_eq!(named, [3]);
    assert_eq!(analysis.pupils[3].level, Level::Watch);
    assert_eq!(analysis.pupils[3].rules, [Rule::AbsentInARow { school_days: 4 }]);
}

#[test]
fn medians_are_the_class_s_own_unless_it_is_very_small() {
    let mut cohort = synthetic();
    cohort.pupils.iter_mut().for_each(|pupil| pupil.in_class = false);
    let everybody = run(&cohort).medians;
    cohort.pupils[0].in_class = true;
    assert_eq!(run(&cohort).medians, everybody);
    (0..5).for_each(|pupil| cohort.pupils[pupil].in_class = true);
    assert_ne!(run(&cohort).medians, everybody);
}

#[test]
fn pupils_lent_for_comparison_get_no_level() {
    let mut cohort = synthetic();
    cohort.pupils[0].in_class = false;
    assert_eq!(run(&cohort).pupils[0].level, Level::None);
}

#[test]
fn impossible_records_are_refused() {
    let mut cohort = synthetic();
    cohort.pupils[3].work.pop();
    let refused = analyze(&cohort, &Settings::default());
    assert_eq!(refused, Err(Error::WorkLength { pupil: 3, work: 4, assignments: 5 }));
}
