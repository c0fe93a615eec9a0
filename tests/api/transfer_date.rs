//! 転学の日付 follows the day on which the other school takes the pupil in, as far as that harms nothing in the former school.
use crate::moves::{done, leave, mark, names, of_pupil, refused};
use asagao_tests::{CLASS_4_1, CLASS_5_2, MIZUUMI, School, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn arrival(out: &Value, day: &str) -> Value {
    json!({ "moveId": out["id"], "classId": CLASS_4_1, "day": day })
}

async fn seen(school: &School, who: &str) -> bool {
    of_pupil(school, who, YUI, "name").await.data("/pupil").is_object()
}

#[tokio::test]
async fn a_school_whose_last_day_is_over_is_given_no_access_and_no_school_days_back() {
    let school = School::open().await;
    let mari = school.person("mari");
    let out = leave(&school, &[]).await;
    school.clock.advance(TimeDelta::days(3));
    assert!(!seen(&school, "ana").await);
    for day in ["2027-03-31", "2026-11-28", "2026-11-27", "2026-11-26"] {
        let answer = refused(&mari, "transferPupilIn", "TransferPupilIn", arrival(&out, day)).await;
        assert_eq!(answer, ("CONFLICT".into(), "day".into()), "{day}");
    }
    done(&mari, "transferPupilIn", "TransferPupilIn", arrival(&out, "2026-11-25")).await;
    assert!(!seen(&school, "ana").await && seen(&school, "mari").await);
}

#[tokio::test]
async fn days_without_school_are_added_to_the_former_school_so_that_the_dates_follow_each_other() {
    let school = School::open().await;
    let input = json!({ "pupilId": YUI, "day": "2026-11-27", "destinationSchoolId": MIZUUMI });
    let out = done(&school.person("hugo"), "transferPupilOut", "TransferPupilOut", input).await;
    school.clock.advance(TimeDelta::days(6));
    done(&school.person("mari"), "transferPupilIn", "TransferPupilIn", arrival(&out, "2026-11-30")).await;
    assert_eq!(school.count("pupil_move", "kind = 'TRANSFER_OUT' AND day = '2026-11-29' AND undone_at IS NULL").await, 1);
    assert!(!seen(&school, "ana").await, "Monday, when the other school has the pupil");
}

#[tokio::test]
async fn marked_days_of_the_former_school_are_not_dropped_by_an_earlier_arrival() {
    let school = School::open().await;
    mark(&school, "ana", CLASS_5_2, YUI, "PRESENT").await;
    let out = leave(&school, &[]).await;
    let mari = school.person("mari");
    for day in ["2026-11-24", "2026-11-10"] {
        let answer = refused(&mari, "transferPupilIn", "TransferPupilIn", arrival(&out, day)).await;
        assert_eq!(answer, ("IN_USE".into(), "day".into()), "{day}");
    }
    done(&mari, "transferPupilIn", "TransferPupilIn", arrival(&out, "2026-11-25")).await;
}

#[tokio::test]
async fn an_arrival_that_is_undone_gives_the_former_school_its_own_date_back() {
    let school = School::open().await;
    let mari = school.person("mari");
    let out = leave(&school, &["ATTENDANCE"]).await;
    let taken = done(&mari, "transferPupilIn", "TransferPupilIn", arrival(&out, "2026-11-30")).await;
    assert_eq!(school.count("enrolment", "ends = '2026-11-29' AND known_until > '9000-01-01'").await, 1);
    done(&mari, "undoMove", "UndoMove", json!({ "moveId": taken["id"], "reason": "とりやめ" })).await;
    let moves = of_pupil(&school, "hugo", YUI, "moves { kind day undoneAt awaited handedOver }").await.data("/pupil/moves").clone();
    let holding: Vec<&Value> = moves.as_array().unwrap().iter().filter(|of| of["undoneAt"].is_null()).collect();
    let expected = json!({ "kind": "TRANSFER_OUT", "day": "2026-11-24", "undoneAt": null, "awaited": true, "handedOver": ["ATTENDANCE"] });
    assert_eq!(holding, [&expected]);
    school.clock.advance(TimeDelta::days(1));
    assert!(!seen(&school, "ana").await, "the day after the last day that the school itself had said");
    let awaited = mari.ask("{ schools { nodes { expectedPupils { id } } } }", json!({})).await;
    let again = json!({ "id": awaited.data("/schools/nodes/0/expectedPupils/0/id") });
    done(&mari, "transferPupilIn", "TransferPupilIn", arrival(&again, "2026-11-25")).await;
    assert_eq!(names(&school, "mari", CLASS_4_1).await, ["小川 颯太", "𠮷田 結衣"]);
}

#[tokio::test]
async fn records_of_the_days_that_were_added_stay_with_the_date_when_the_arrival_is_undone() {
    let school = School::open().await;
    let mari = school.person("mari");
    let out = leave(&school, &[]).await;
    let taken = done(&mari, "transferPupilIn", "TransferPupilIn", arrival(&out, "2026-11-30")).await;
    school.clock.advance(TimeDelta::days(1));
    mark(&school, "ana", CLASS_5_2, YUI, "PRESENT").await;
    done(&mari, "undoMove", "UndoMove", json!({ "moveId": taken["id"], "reason": "とりやめ" })).await;
    assert_eq!(school.count("pupil_move", "kind = 'TRANSFER_OUT' AND day = '2026-11-29' AND undone_at IS NULL").await, 1);
}
