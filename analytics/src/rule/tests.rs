use super::*;
use crate::cohort::{Assignment, Attendance, Attended, DayTotals, History, MoodOn, Work};

fn class(pupils: usize, school_days: usize) -> Cohort {
    let pupil = History { in_class: true, ..History::default() };
    Cohort { school_days, pupils: vec![pupil; pupils], assignments: vec![] }
}

/// What speaks of the first pupil.
fn first(cohort: &Cohort, thresholds: Thresholds) -> Vec<Rule> {
    spoken(cohort, &thresholds).swap_remove(0)
}

/// Only one rule, at its usual threshold.
fn only(rule: RuleId) -> Thresholds {
    Thresholds([0; RULES.len()]).with(rule, RULES[rule as usize].usual)
}

/// A register, a letter a school day: present, late, absent, excused, `-` without a mark.
fn register(letters: &str) -> Cohort {
    let mut cohort = class(1, letters.len());
    let mark = |(day, letter): (usize, char)| {
        let mark = match letter {
            'a' => Attendance::Absent,
            'e' => Attendance::Excused,
            '-' => return None,
            letter => Attendance::Present { late: letter == 'l' },
        };
        Some(Attended { day, mark })
    };
    cohort.pupils[0].attendance = letters.chars().enumerate().filter_map(mark).collect();
    cohort
}

/// Pupils who do so much on each day of so many: first before, then in the last ten days.
fn working(before: usize, done: &[(f64, f64)]) -> Cohort {
    let mut cohort = class(done.len(), before + 10);
    for (pupil, (earlier, lately)) in cohort.pupils.iter_mut().zip(done) {
        let on = |day| DayTotals { day, interactions: if day < before { *earlier } else { *lately }, ..DayTotals::default() };
        pupil.days = (0..before + 10).map(on).collect();
    }
    cohort
}

#[test]
fn each_rule_stands_in_its_place_with_thresholds_that_hold() {
    for (at, rule) in RULES.iter().enumerate() {
        assert_eq!(rule.id as usize, at, "{}", rule.key);
        assert!(rule.least > 0 && (rule.least..=rule.most).contains(&rule.usual), "{}", rule.key);
        let set = |threshold| Thresholds::default().with(rule.id, threshold);
        assert!([0, rule.least, rule.most].iter().all(|threshold| set(*threshold).check().is_ok()), "{}", rule.key);
        let refused = set(rule.most + 1).check();
        assert!(matches!(refused, Err(Error::RuleThreshold { rule: key, .. }) if key == rule.key), "{}", rule.key);
    }
}

#[test]
fn rules_count_up_to_the_latest_and_since_enrolment() {
    let mut cohort = class(1, 20);
    cohort.assignments = vec![Assignment { weight: 1.0, due: 19 }; 4];
    cohort.pupils[0].days = vec![DayTotals { day: 12, interactions: 1.0, ..DayTotals::default() }];
    cohort.pupils[0].work = vec![Work::Missing, Work::Missing, Work::NotForPupil, Work::Missing];
    let speak = |cohort: &Cohort| first(cohort, Thresholds::default());
    let both = [Rule::NoActivity { school_days: 7 }, Rule::MissedInARow { assignments: 3 }];
    assert_eq!(speak(&cohort), both);
    assert_eq!(first(&cohort, Thresholds::default().with(RuleId::NoActivity, 0)), both[1..], "0 is off");
    cohort.pupils[0].first_day = 14;
    cohort.pupils[0].work[3] = Work::Submitted { days_early: -9.0, score: None, on: 19 };
    assert_eq!(speak(&cohort), []);
}

#[test]
fn rules_of_absences_and_moods_speak_from_their_threshold_on() {
    let thresholds = Thresholds([0; RULES.len()]).with(RuleId::AbsentInARow, 2).with(RuleId::AbsentOften, 3);
    let thresholds = thresholds.with(RuleId::LowMoodInARow, 3);
    let speak = |letters: &str| first(&register(letters), thresholds);
    assert_eq!(speak("pppapppapppa"), [Rule::AbsentOften { days: 3, of: 12 }]);
    assert_eq!(speak("llllllllllaa"), [Rule::AbsentInARow { school_days: 2 }]);
    assert_eq!(speak("ppppppppaapp"), []);
    let mut cohort = class(1, 20);
    cohort.pupils[0].moods = [15, 17, 19].map(|day| MoodOn { day, low: true }).to_vec();
    assert_eq!(first(&cohort, thresholds), [Rule::LowMoodInARow { entries: 3 }]);
    cohort.pupils[0].moods[2].low = false;
    assert_eq!(first(&cohort, thresholds), []);
}

#[test]
fn the_share_of_absences_is_of_the_days_to_attend_from_thirty_of_them_on() {
    let speak = |letters: &str| first(&register(letters), only(RuleId::AbsentShare));
    let present = |days: usize| "p".repeat(days);
    assert_eq!(speak(&format!("aaa{}", present(26))), [], "29 days to attend are too few");
    assert_eq!(speak(&format!("aaa{}", present(27))), [Rule::AbsentShare { percent: 10, days: 3, of: 30 }]);
    assert_eq!(speak(&format!("aaa{}", present(28))), [], "9.7 % is not 10 %");
    assert_eq!(speak(&format!("aaa{}{}{}", "e".repeat(9), "-".repeat(9), present(26))), [], "excused and unmarked are no days");
    let many = format!("{}a{}aaaaa", present(40), present(4));
    assert_eq!(speak(&many), [Rule::AbsentShare { percent: 12, days: 6, of: 50 }]);
    let mut come = register(&many);
    come.pupils[0].enrolled = 35;
    assert_eq!(first(&come, only(RuleId::AbsentShare)), [], "since enrolment there were 15");
}

#[test]
fn a_rise_of_late_days_is_against_the_ten_days_present_before() {
    let speak = |letters: &str| first(&register(letters), only(RuleId::LateRise));
    assert_eq!(speak(&format!("{}lllll{}", "p".repeat(9), "p".repeat(5))), [], "nineteen days present");
    assert_eq!(speak(&format!("l{}lllllppppp", "p".repeat(9))), [Rule::LateRise { days: 5, before: 1 }]);
    assert_eq!(speak(&format!("ll{}lllllppppp", "p".repeat(8))), [], "three more are under four");
    assert_eq!(speak(&format!("{}llaeel-lppppeap", "p".repeat(11))), [Rule::LateRise { days: 4, before: 0 }]);
    assert_eq!(speak(&"l".repeat(20)), [], "always late is no rise");
}

#[test]
fn less_activity_is_less_than_the_pupils_own_and_not_less_with_the_whole_class() {
    let speak = |cohort: &Cohort| first(cohort, only(RuleId::ActivityDrop));
    let steady = [(10.0, 10.0); 7];
    let with = |own: (f64, f64), class: &[(f64, f64)]| working(20, &[&[own], class].concat());
    let fell = Rule::ActivityDrop { lately: 29, before: 100, percent: 29, class: 100 };
    assert_eq!(speak(&with((10.0, 2.9), &steady)), [fell]);
    assert_eq!(speak(&with((10.0, 3.0), &steady)), [], "30 % is not under 30 %");
    assert_eq!(speak(&with((0.5, 0.0), &steady)), [], "half a record a day says nothing of a pupil's habit");
    assert_eq!(speak(&working(19, &[&[(10.0, 1.0)], &steady[..]].concat())), [], "nineteen days are no habit yet");
    let examinations = [(10.0, 2.5); 7];
    assert_eq!(speak(&with((10.0, 2.5), &examinations)), []);
    assert_eq!(speak(&with((10.0, 0.5), &examinations)), [Rule::ActivityDrop { lately: 5, before: 100, percent: 5, class: 25 }]);
    assert_eq!(speak(&with((10.0, 0.0), &[(10.0, 0.0); 7])), [], "where all stopped nobody did");
    let more = [(10.0, 40.0); 7];
    assert_eq!(speak(&with((10.0, 10.0), &more)), [], "that others do more is no drop");
}

#[test]
fn who_is_away_does_not_do_less_and_who_stopped_is_named_once() {
    let mut ill = working(20, &[(10.0, 10.0); 8]);
    ill.pupils[0].days.truncate(20);
    let none = Rule::NoActivity { school_days: 10 };
    assert_eq!(first(&ill, Thresholds::default()), [none]);
    let only = only(RuleId::ActivityDrop);
    assert_eq!(first(&ill, only), [Rule::ActivityDrop { lately: 0, before: 100, percent: 0, class: 100 }]);
    ill.pupils[0].attendance = (20..30).map(|day| Attended { day, mark: Attendance::Absent }).collect();
    assert_eq!(first(&ill, only), []);
}

#[test]
fn what_happens_to_the_whole_class_is_no_childs() {
    // Nobody has done anything for twelve days: the portal is down, or no app posts.
    let mut cohort = working(20, &[(10.0, 10.0); 8]);
    cohort.pupils.iter_mut().for_each(|pupil| pupil.days.truncate(18));
    assert_eq!(spoken(&cohort, &only(RuleId::NoActivity)), vec![vec![]; 8]);
    // For half of them it works.
    let on = |day| DayTotals { day, interactions: 1.0, ..DayTotals::default() };
    cohort.pupils[..4].iter_mut().for_each(|pupil| pupil.days.extend((18..30).map(on)));
    assert_eq!(first(&cohort, only(RuleId::NoActivity)), []);
    assert_eq!(spoken(&cohort, &only(RuleId::NoActivity))[7], [Rule::NoActivity { school_days: 12 }]);
    // Four are too few to be a measure.
    cohort.pupils.drain(..4);
    assert_eq!(first(&cohort, only(RuleId::NoActivity)), [Rule::NoActivity { school_days: 12 }]);
    let mut cohort = class(6, 20);
    cohort.assignments = vec![Assignment { weight: 1.0, due: 19 }; 4];
    cohort.pupils.iter_mut().for_each(|pupil| pupil.work = vec![Work::Missing; 4]);
    assert_eq!(spoken(&cohort, &only(RuleId::MissedInARow)), vec![vec![]; 6]);
    for pupil in &mut cohort.pupils[1..5] {
        pupil.work[3] = Work::Submitted { days_early: 0.0, score: None, on: 19 };
    }
    assert_eq!(first(&cohort, only(RuleId::MissedInARow)), [Rule::MissedInARow { assignments: 4 }]);
}
