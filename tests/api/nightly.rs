//! The nightly analysis: each school once after each school day, by one of the servers.
use crate::calendar;
use asagao::nightly::Nightly;
use asagao_graphql::jobs::night::Round;
use asagao_tests::full_class::{YESTERDAY, lesson, pupil};
use asagao_tests::{CLASS_5_2, HIBARINO, School, TODAY};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

async fn full() -> School {
    let school = School::open().await;
    school.fill_class().await;
    school
}

async fn look(server: &mut Nightly) -> Round {
    server.look(&|| false).await.expect("the database answers")
}

/// How many runs there are as of a day.
async fn runs(school: &School, day: &str) -> i64 {
    school.count("analysis_run", &format!("as_of = '{day}' AND NOT replay")).await
}

/// The one night that a condition holds for.
async fn is_night(school: &School, condition: &str) -> bool {
    school.count("analysis_night", condition).await == 1
}

const WHOLE: Round = Round { schools: 1, classes: 2, failed: 0, left: false };
const NOTHING: Round = Round { schools: 0, classes: 0, failed: 0, left: false };

/// The whole class works on a day, which is over when it is posted.
async fn work_on(school: &School, day: &str) {
    let day: NaiveDate = day.parse().expect("a date");
    let batch: Vec<Value> = (7..=22).map(|number| lesson(pupil(number), number, day)).collect();
    assert_eq!(school.person("drill").record(&batch).await["accepted"], 16);
}

#[tokio::test]
async fn a_server_catches_up_with_the_last_school_day_and_does_it_once() {
    let school = full().await;
    let mut server = school.nightly("03:00");
    assert_eq!(look(&mut server).await, WHOLE, "it is 8:20, and nobody was there at three");
    assert_eq!((runs(&school, YESTERDAY).await, look(&mut server).await), (2, NOTHING), "both homerooms, once");
    assert_eq!(look(&mut school.nightly("03:00")).await, NOTHING, "nor by a server that starts later");
    assert!(is_night(&school, "state = 'DONE' AND classes = 2 AND failed = 0 AND attempts = 1 AND ended_at IS NOT NULL").await);
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ since }} }} }}");
    assert_eq!(school.person("ana").ask(&flags, json!({})).await.data("/supportFlags/nodes/0/since"), YESTERDAY);
}

#[tokio::test]
async fn two_servers_at_once_are_one_analysis() {
    let school = full().await;
    let (mut one, mut other, mut third) = (school.nightly("03:00"), school.nightly("03:00"), school.nightly("03:00"));
    let (a, b, c) = tokio::join!(look(&mut one), look(&mut other), look(&mut third));
    assert_eq!((a.schools + b.schools + c.schools, a.classes + b.classes + c.classes), (1, 2), "{a:?} {b:?} {c:?}");
    assert_eq!(runs(&school, YESTERDAY).await, 2);
    let rounds = [look(&mut one).await, look(&mut other).await, look(&mut third).await];
    assert_eq!(rounds, [NOTHING; 3], "and they all know that it is done");
}

#[tokio::test]
async fn before_the_hour_the_night_is_that_before() {
    let school = full().await;
    assert_eq!(look(&mut school.nightly("09:00")).await.schools, 1);
    assert_eq!((runs(&school, "2026-11-20").await, runs(&school, YESTERDAY).await), (2, 0), "the 22nd was a Sunday");
    school.clock.advance(TimeDelta::minutes(40));
    assert_eq!(look(&mut school.nightly("09:00")).await, WHOLE);
    assert_eq!(runs(&school, YESTERDAY).await, 2);
}

#[tokio::test]
async fn off_is_off() {
    let school = full().await;
    assert_eq!(look(&mut school.nightly("off")).await, NOTHING);
    assert_eq!((school.count("analysis_run", "1 = 1").await, school.count("analysis_night", "1 = 1").await), (0, 0));
}

#[tokio::test]
async fn a_day_that_was_no_school_day_for_anybody_is_not_analysed() {
    let school = full().await;
    let mut server = school.nightly("03:00");
    assert_eq!(look(&mut server).await, WHOLE);
    // Without a calendar: nobody did anything today.
    school.clock.advance(TimeDelta::days(1));
    assert_eq!((look(&mut server).await, runs(&school, TODAY).await), (NOTHING, 0));
    // Somebody did.
    school.clock.advance(TimeDelta::days(1));
    work_on(&school, "2026-11-25").await;
    assert_eq!((look(&mut server).await, runs(&school, "2026-11-25").await), (WHOLE, 2));
    // With a calendar: Friday is a school day whether anybody did anything or not, the founding of the school is none whatever was done.
    let hugo = school.person("hugo");
    calendar::year(&hugo).await;
    let founded = json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-11-26", "kind": "HOLIDAY", "title": "創立記念日" }] });
    assert_eq!(calendar::set(&hugo, founded).await["changed"], 1);
    school.clock.advance(TimeDelta::days(1));
    work_on(&school, "2026-11-26").await;
    assert_eq!((look(&mut server).await, runs(&school, "2026-11-26").await), (NOTHING, 0));
    school.clock.advance(TimeDelta::days(1));
    assert_eq!((look(&mut server).await, runs(&school, "2026-11-27").await), (WHOLE, 2));
    school.clock.advance(TimeDelta::days(1));
    assert_eq!((look(&mut server).await, school.count("analysis_night", "1 = 1").await), (NOTHING, 3), "a Sunday");
}

#[tokio::test]
async fn what_a_server_died_of_is_taken_over_and_not_begun_anew() {
    let school = full().await;
    let asked = AtomicUsize::new(0);
    // It is told to stop after its first class.
    let stopping = || asked.fetch_add(1, Ordering::Relaxed) >= 2;
    let stopped = school.nightly("03:00").look(&stopping).await.expect("the database answers");
    assert_eq!(stopped, Round { classes: 1, left: true, ..NOTHING });
    assert!(is_night(&school, "state = 'WAITING' AND attempts = 0").await, "it has let go");
    assert_eq!(runs(&school, YESTERDAY).await, 1);
    // The next one dies without a word.
    school.tamper("UPDATE analysis_night SET state = 'RUNNING', attempts = 1, until = '2026-11-23T23:30:00+00:00'").await;
    let mut server = school.nightly("03:00");
    assert_eq!((look(&mut server).await.left, runs(&school, YESTERDAY).await), (true, 1), "it may still be at it");
    school.clock.advance(TimeDelta::minutes(10));
    let round = look(&mut server).await;
    assert_eq!((round.schools, round.classes, round.left), (1, 1, false), "the other class alone");
    assert_eq!(runs(&school, YESTERDAY).await, 2);
    assert!(is_night(&school, "state = 'DONE' AND classes = 2 AND attempts = 2").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_silent_for_too_long_finds_the_work_taken_and_leaves_it() {
    let school = full().await;
    let asked = AtomicUsize::new(0);
    // Before its second class it sleeps for eleven minutes, and another server takes over.
    let stopping = || {
        if asked.fetch_add(1, Ordering::Relaxed) == 2 {
            school.clock.advance(TimeDelta::minutes(11));
            let took = block_in_place(|| Handle::current().block_on(async { look(&mut school.nightly("03:00")).await }));
            assert_eq!(took, Round { schools: 1, classes: 1, ..NOTHING });
        }
        false
    };
    let round = school.nightly("03:00").look(&stopping).await.expect("the database answers");
    assert_eq!(round, Round { classes: 1, left: true, ..NOTHING });
    assert_eq!(runs(&school, YESTERDAY).await, 2);
    assert!(is_night(&school, "state = 'DONE' AND classes = 2 AND attempts = 2").await);
}

#[tokio::test]
async fn what_fails_is_tried_again_a_few_times_and_then_left() {
    let school = full().await;
    // Numbers that cannot be: the analysis refuses them.
    school.tamper("UPDATE daily_total SET quiz = -1").await;
    let mut server = school.nightly("03:00");
    assert_eq!(look(&mut server).await, Round { schools: 0, classes: 0, failed: 2, left: true });
    assert!(is_night(&school, "state = 'WAITING' AND attempts = 1 AND failed = 2").await);
    assert_eq!(look(&mut server).await, Round { left: true, ..NOTHING }, "not at once");
    for attempt in [2, 3, 4] {
        school.clock.advance(TimeDelta::minutes(20));
        assert_eq!(look(&mut server).await, Round { failed: 2, left: attempt < 4, ..NOTHING });
    }
    assert!(is_night(&school, "state = 'FAILED' AND attempts = 4 AND ended_at IS NOT NULL").await);
    school.clock.advance(TimeDelta::hours(2));
    assert_eq!(look(&mut school.nightly("03:00")).await, NOTHING, "nor by another server");
    assert_eq!(runs(&school, YESTERDAY).await, 0);
}

#[tokio::test]
async fn what_failed_once_succeeds_when_the_cause_is_gone() {
    let school = full().await;
    school.tamper("UPDATE daily_total SET quiz = -1").await;
    let mut server = school.nightly("03:00");
    assert_eq!(look(&mut server).await.failed, 2);
    assert!(school.recount().await > 0);
    school.clock.advance(TimeDelta::minutes(5));
    assert_eq!(look(&mut server).await, WHOLE);
    assert!(is_night(&school, "state = 'DONE' AND attempts = 2 AND failed = 0").await);
}

#[tokio::test]
async fn a_night_that_servers_die_of_again_and_again_is_given_up() {
    let school = full().await;
    assert_eq!(look(&mut school.nightly("03:00")).await, WHOLE);
    school.tamper("UPDATE analysis_night SET state = 'RUNNING', attempts = 4, ended_at = NULL").await;
    school.clock.advance(TimeDelta::hours(1));
    let mut server = school.nightly("03:00");
    assert!(look(&mut server).await.left);
    assert!(is_night(&school, "state = 'FAILED' AND ended_at IS NOT NULL").await);
    assert_eq!(look(&mut server).await, NOTHING);
}

#[tokio::test]
async fn the_nightly_analysis_is_in_the_access_log() {
    let school = full().await;
    look(&mut school.nightly("03:00")).await;
    let noted = school.access_entries(asagao_graphql::access::duty::OPERATOR).await;
    assert!(noted.iter().any(|entry| entry.to_string().contains("asagao serve: nightly analysis")), "{noted:?}");
}

#[tokio::test]
async fn flags_say_how_fresh_they_are() {
    let school = full().await;
    let mut server = school.nightly("03:00");
    look(&mut server).await;
    let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ lastRun {{ asOf lackingFrom }} }} }}");
    let fresh = async || school.person("ana").ask(&document, json!({})).await.data("/class/lastRun").clone();
    assert_eq!(fresh().await, json!({ "asOf": YESTERDAY, "lackingFrom": null }));
    let mut page = school.visitor_as("ana").await;
    let text = page.get(&format!("/classes/{CLASS_5_2}")).await.text;
    assert!(text.contains("11/23（月）までの記録・けさ8:20に更新") && !text.contains("まだ入っていません"));
    school.clock.advance(TimeDelta::days(1));
    work_on(&school, TODAY).await;
    assert_eq!(fresh().await, json!({ "asOf": YESTERDAY, "lackingFrom": TODAY }));
    let mut page = school.visitor_as("ana").await;
    for path in [format!("/classes/{CLASS_5_2}"), format!("/pupils/{}", asagao_tests::AOI)] {
        let text = page.get(&path).await.text;
        assert!(text.contains("11/23（月）までの記録・きのう 8:20に更新") && text.contains("きのうの記録はまだ入っていません"), "{path}");
    }
    look(&mut server).await;
    assert_eq!(fresh().await, json!({ "asOf": TODAY, "lackingFrom": null }));
}
