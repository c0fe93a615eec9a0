//! Moves of pupils: coming, going, changing class; what follows a pupil and what does not; undoing what was wrong.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, Answer, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MIZUUMI, Person, REN, SOTA, School, TODAY, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const MOVE: &str = "pupilMove { id pupilId pupilName kind day className otherSchool reason by awaited undoneAt correctsId handedOver }
    userErrors { code field }";

pub async fn send(person: &Person<'_>, mutation: &str, of_type: &str, input: Value) -> Value {
    let document = format!("mutation ($input: {of_type}Input!) {{ done: {mutation}(input: $input) {{ {MOVE} }} }}");
    person.ask(&document, json!({ "input": input })).await.data("/done").clone()
}

pub async fn done(person: &Person<'_>, mutation: &str, of_type: &str, input: Value) -> Value {
    let answer = send(person, mutation, of_type, input).await;
    assert_eq!(answer["userErrors"], json!([]), "{mutation}: {answer}");
    answer["pupilMove"].clone()
}

pub async fn refused(person: &Person<'_>, mutation: &str, of_type: &str, input: Value) -> (String, String) {
    let answer = send(person, mutation, of_type, input).await;
    assert_eq!(answer["pupilMove"], Value::Null, "{answer}");
    let error = &answer["userErrors"][0];
    (error["code"].as_str().expect("a text").to_owned(), error["field"].as_str().expect("a text").to_owned())
}

pub async fn names(school: &School, who: &str, class: Uuid) -> Vec<String> {
    let document = "query ($id: ID!) { class(id: $id) { pupils { nodes { name } } } }";
    let answer = school.person(who).ask(document, json!({ "id": class })).await;
    let nodes = answer.data("/class/pupils/nodes").as_array().expect("a list").clone();
    nodes.iter().map(|node| node["name"].as_str().expect("a text").to_owned()).collect()
}

pub async fn mark(school: &School, who: &str, class: Uuid, pupil: Uuid, kind: &str) {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed rejected { code } userErrors { code } } }";
    let input = json!({ "classId": class, "others": "UNCHANGED", "marks": [{ "pupilId": pupil, "kind": kind }] });
    let answer = school.person(who).ask(document, json!({ "input": input })).await;
    assert_eq!(answer.data("/takeAttendance/changed"), 1, "{:?}", answer.body);
}

pub async fn of_pupil(school: &School, who: &str, pupil: Uuid, fields: &str) -> Answer {
    school.person(who).ask(&format!("query ($id: ID!) {{ pupil(id: $id) {{ {fields} }} }}"), json!({ "id": pupil })).await
}

const ATTENDANCE: &str = "attendance(from: \"2026-04-01\", to: \"2027-03-31\") { day kind { code } }";

/// 結衣 goes from ひばり野 to みずうみ: last day here today, first day there tomorrow.
pub async fn leave(school: &School, kinds: &[&str]) -> Value {
    let input = json!({ "pupilId": YUI, "day": TODAY, "destinationSchoolId": MIZUUMI, "reason": "転居", "handOver": kinds });
    done(&school.person("hugo"), "transferPupilOut", "TransferPupilOut", input).await
}

#[tokio::test]
async fn trap_15_a_pupil_who_changes_school_keeps_the_uuid_and_takes_nothing_along() {
    let school = School::open().await;
    mark(&school, "ana", CLASS_5_2, YUI, "ILLNESS").await;
    let out = leave(&school, &[]).await;
    assert_eq!((&out["kind"], &out["day"], &out["otherSchool"], &out["awaited"]), (&json!("TRANSFER_OUT"), &json!(TODAY), &json!("みずうみ小学校"), &json!(true)));
    assert_eq!(names(&school, "ana", CLASS_5_2).await.len(), 6, "on the last day the pupil is here");
    let document = "{ schools { nodes { expectedPupils { id pupilName schoolName } } } }";
    let answer = school.person("mari").ask(document, json!({})).await;
    assert_eq!(answer.data("/schools/nodes/0/expectedPupils"), &json!([{ "id": out["id"], "pupilName": "𠮷田 結衣", "schoolName": "ひばり野小学校" }]));
    let input = json!({ "moveId": out["id"], "classId": CLASS_4_1, "day": "2026-11-25" });
    let taken = done(&school.person("mari"), "transferPupilIn", "TransferPupilIn", input.clone()).await;
    assert_eq!((&taken["pupilId"], &taken["day"], &taken["otherSchool"]), (&json!(YUI), &json!("2026-11-25"), &json!("ひばり野小学校")));
    assert_eq!(refused(&school.person("mari"), "transferPupilIn", "TransferPupilIn", input).await, ("NOT_FOUND".into(), "moveId".into()));
    assert_eq!(of_pupil(&school, "mari", YUI, "name").await.data("/pupil"), &Value::Null, "not before the first day");

    school.clock.advance(TimeDelta::days(1));
    assert_eq!(of_pupil(&school, "ana", YUI, "name").await.data("/pupil"), &Value::Null, "the old school loses access the day after");
    assert_eq!(of_pupil(&school, "hugo", YUI, "name").await.data("/pupil"), &Value::Null);
    let there = of_pupil(&school, "mari", YUI, &format!("id name number homeroom {{ name }} {ATTENDANCE}")).await;
    assert_eq!(there.data("/pupil"), &json!({ "id": YUI, "name": "𠮷田 結衣", "number": 2, "homeroom": { "name": "4年1組" }, "attendance": [] }));
    assert_eq!(school.count("enrolment", "pupil = pupil AND known_until > '9000-01-01'").await, 11, "a new row beside the ended one");
}

#[tokio::test]
async fn what_the_old_school_hands_over_is_read_and_nothing_else() {
    let mut school = School::open().await;
    school.hire("tea", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(MIZUUMI), Some(CLASS_4_1), TODAY.parse().unwrap())]).await;
    school.hire("sub", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(MIZUUMI), Some(CLASS_4_1), TODAY.parse().unwrap())]).await;
    mark(&school, "ana", CLASS_5_2, YUI, "ILLNESS").await;
    let document = "mutation ($input: RecordSupportActionInput!) { recordSupportAction(input: $input) { userErrors { code } } }";
    for (text, level) in [("母と電話", "SHAREABLE"), ("学年で話した", "SCHOOL_TEAM"), ("本人の話", "ASSIGNED")] {
        let note = json!({ "pupilId": YUI, "kind": "PHONE", "text": text, "level": level });
        assert_eq!(school.person("ana").ask(document, json!({ "input": note })).await.data("/recordSupportAction/userErrors"), &json!([]));
    }
    let out = leave(&school, &["ATTENDANCE"]).await;
    assert_eq!(out["handedOver"], json!(["ATTENDANCE"]));
    let input = json!({ "moveId": out["id"], "classId": CLASS_4_1, "day": "2026-11-25" });
    done(&school.person("mari"), "transferPupilIn", "TransferPupilIn", input).await;
    school.clock.advance(TimeDelta::days(1));
    let marks = json!([{ "day": TODAY, "kind": { "code": "ILLNESS" } }]);
    let fields = format!("{ATTENDANCE} supportActions {{ text }}");
    for who in ["mari", "tea"] {
        let read = of_pupil(&school, who, YUI, &fields).await;
        assert_eq!(read.data("/pupil"), &json!({ "attendance": marks, "supportActions": [] }), "{who}");
    }
    let read = of_pupil(&school, "sub", YUI, ATTENDANCE).await;
    assert_eq!(read.data("/pupil/attendance"), &json!([]), "a subject teacher has no use for it");

    let hand = |kinds: Value| json!({ "moveId": out["id"], "kinds": kinds, "reason": "支援のひきつぎ" });
    let hugo = school.person("hugo");
    let set = done(&hugo, "handOverRecords", "HandOverRecords", hand(json!(["SUPPORT"]))).await;
    assert_eq!(set["handedOver"], json!(["SUPPORT"]), "the old school may still hand over, and take back");
    let read = of_pupil(&school, "tea", YUI, &fields).await;
    assert_eq!(read.data("/pupil"), &json!({ "attendance": [], "supportActions": [{ "text": "母と電話" }] }), "what may be handed over, and no more");
    done(&hugo, "handOverRecords", "HandOverRecords", hand(json!([]))).await;
    assert_eq!(of_pupil(&school, "tea", YUI, &fields).await.data("/pupil"), &json!({ "attendance": [], "supportActions": [] }));
    assert_eq!(refused(&school.person("mari"), "handOverRecords", "HandOverRecords", hand(json!([]))).await.0, "NOT_FOUND", "it is the old school's to do");
}

#[tokio::test]
async fn the_date_of_a_transfer_is_the_day_before_the_other_school_takes_the_pupil_in() {
    let school = School::open().await;
    let out = leave(&school, &["ATTENDANCE"]).await;
    let input = json!({ "moveId": out["id"], "classId": CLASS_4_1, "day": "2026-11-30", "number": 12 });
    done(&school.person("mari"), "transferPupilIn", "TransferPupilIn", input).await;
    let moves = of_pupil(&school, "hugo", YUI, "moves { kind day undoneAt correctsId awaited handedOver }").await;
    let moves = moves.data("/pupil/moves").clone();
    assert_eq!((&moves[0]["day"], &moves[0]["undoneAt"], &moves[0]["correctsId"]), (&json!("2026-11-29"), &Value::Null, &out["id"]));
    assert_eq!((&moves[0]["awaited"], &moves[0]["handedOver"]), (&json!(false), &json!(["ATTENDANCE"])), "what was handed over goes on");
    assert_eq!((&moves[1]["day"], moves[1]["undoneAt"].is_string()), (&json!(TODAY), true), "the former entry stays");
    school.clock.advance(TimeDelta::days(5));
    assert_eq!(names(&school, "ana", CLASS_5_2).await.len(), 6, "until 29 November");
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(names(&school, "ana", CLASS_5_2).await.len(), 5);
    assert_eq!(names(&school, "mari", CLASS_4_1).await, ["小川 颯太", "𠮷田 結衣"]);
}

#[tokio::test]
async fn a_newcomer_is_admitted_and_who_comes_back_is_not_made_twice() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let pupil = json!({ "familyName": "青木", "givenName": "空", "kanaFamilyName": "アオキ", "kanaGivenName": "ソラ", "identifier": "20260099" });
    let input = json!({ "classId": CLASS_5_2, "kind": "TRANSFER_IN", "day": TODAY, "pupil": pupil, "from": "横浜市立みなと小学校", "reason": "転居" });
    let came = done(&hugo, "admitPupil", "AdmitPupil", input.clone()).await;
    assert_eq!((&came["pupilName"], &came["otherSchool"], &came["by"]), (&json!("青木 空"), &json!("横浜市立みなと小学校"), &json!("日向 悟")));
    assert_eq!(names(&school, "ana", CLASS_5_2).await.last().unwrap(), "青木 空", "with the number after the highest");
    assert_eq!(refused(&hugo, "admitPupil", "AdmitPupil", input).await, ("CONFLICT".into(), "pupil.identifier".into()));
    let id = came["pupilId"].clone();
    let back = json!({ "classId": CLASS_5_1, "kind": "TRANSFER_IN", "day": "2026-12-10", "pupilId": id });
    assert_eq!(refused(&hugo, "admitPupil", "AdmitPupil", back.clone()).await, ("OVERLAP".into(), "day".into()));
    let gone = json!({ "pupilId": id, "day": "2026-11-30", "destination": "川崎市" });
    done(&hugo, "transferPupilOut", "TransferPupilOut", gone).await;
    let again = done(&hugo, "admitPupil", "AdmitPupil", back).await;
    assert_eq!(again["pupilId"], id);
    assert_eq!(school.count("pupil", "identifier = '20260099'").await, 1);
}

#[tokio::test]
async fn each_kind_of_leaving_is_recorded() {
    for kind in ["WITHDRAWAL", "EXEMPTION", "WHEREABOUTS_UNKNOWN", "DEATH", "GRADUATION"] {
        let school = School::open().await;
        let input = json!({ "pupilId": AOI, "kind": kind, "day": TODAY, "reason": "外国へ" });
        let left = done(&school.person("hugo"), "withdrawPupil", "WithdrawPupil", input.clone()).await;
        assert_eq!(left["kind"], kind);
        assert_eq!(refused(&school.person("hugo"), "withdrawPupil", "WithdrawPupil", input).await, ("CONFLICT".into(), "pupilId".into()));
        school.clock.advance(TimeDelta::days(1));
        assert!(!names(&school, "ana", CLASS_5_2).await.contains(&"朝倉 葵".to_owned()));
        assert_eq!(names(&school, "hugo", LESSON).await, ["伊藤 陽翔"], "lessons end, too");
    }
}

#[tokio::test]
async fn a_change_of_class_keeps_lessons_and_the_number_free() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let input = json!({ "pupilId": AOI, "classId": CLASS_5_1, "day": "2026-11-25" });
    let moved = done(&hugo, "moveToClass", "MoveToClass", input).await;
    assert_eq!((&moved["kind"], &moved["className"]), (&json!("CLASS_CHANGE"), &json!("5年1組")));
    assert_eq!(names(&school, "ana", CLASS_5_2).await.len(), 6);
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(names(&school, "hugo", CLASS_5_1).await, ["渡辺 蓮", "朝倉 葵"]);
    assert_eq!(names(&school, "ana", CLASS_5_2).await.len(), 5);
    assert_eq!(names(&school, "hugo", LESSON).await.len(), 2);
    let taken = json!({ "pupilId": HARUTO, "classId": CLASS_5_1, "day": "2026-11-25", "number": 1 });
    assert_eq!(refused(&hugo, "moveToClass", "MoveToClass", taken).await, ("CONFLICT".into(), "number".into()));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_code() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let admit = |fields: Value| asagao_tests::with(json!({ "classId": CLASS_5_2, "kind": "ADMISSION", "day": TODAY, "pupil": { "familyName": "林", "givenName": "花" } }), fields);
    for (fields, code, field) in [
        (json!({ "kind": "DEATH" }), "OUT_OF_RANGE", "kind"),
        (json!({ "classId": LESSON }), "NOT_FOUND", "classId"),
        (json!({ "classId": CLASS_4_1 }), "NOT_FOUND", "classId"),
        (json!({ "day": "2027-04-01" }), "OUTSIDE_YEAR", "day"),
        (json!({ "number": 6 }), "CONFLICT", "number"),
        (json!({ "number": 0 }), "OUT_OF_RANGE", "number"),
        (json!({ "pupil": null }), "EMPTY", "pupil"),
        (json!({ "pupilId": AOI }), "CONFLICT", "pupil"),
        (json!({ "pupil": null, "pupilId": SOTA }), "NOT_FOUND", "pupilId"),
        (json!({ "pupil": null, "pupilId": AOI }), "OVERLAP", "day"),
        (json!({ "pupil": { "familyName": " ", "givenName": "花" } }), "INVALID_TEXT", "pupil.familyName"),
        (json!({ "reason": "あ".repeat(501) }), "TOO_LONG", "reason"),
    ] {
        assert_eq!(refused(&hugo, "admitPupil", "AdmitPupil", admit(fields)).await, (code.into(), field.into()));
    }
    let out = |fields: Value| asagao_tests::with(json!({ "pupilId": AOI, "day": TODAY, "destination": "川崎市" }), fields);
    for (fields, code, field) in [
        (json!({ "destination": null }), "EMPTY", "destination"),
        (json!({ "destinationSchoolId": HIBARINO }), "OUT_OF_RANGE", "destinationSchoolId"),
        (json!({ "destinationSchoolId": AOI }), "NOT_FOUND", "destinationSchoolId"),
        (json!({ "handOver": ["MOODS"] }), "OUT_OF_RANGE", "handOver"),
        (json!({ "day": "2026-03-31" }), "OUT_OF_RANGE", "day"),
        (json!({ "day": "2027-04-01" }), "OUT_OF_RANGE", "day"),
        (json!({ "pupilId": SOTA }), "NOT_FOUND", "pupilId"),
        (json!({ "pupilId": "x" }), "NOT_FOUND", "pupilId"),
    ] {
        assert_eq!(refused(&hugo, "transferPupilOut", "TransferPupilOut", out(fields)).await, (code.into(), field.into()));
    }
    let to = |fields: Value| asagao_tests::with(json!({ "pupilId": AOI, "day": TODAY, "classId": CLASS_5_1 }), fields);
    for (fields, code, field) in [
        (json!({ "classId": CLASS_5_2 }), "WRONG_CLASS", "classId"),
        (json!({ "classId": CLASS_4_1 }), "NOT_FOUND", "classId"),
        (json!({ "day": "2026-01-01" }), "OUTSIDE_YEAR", "day"),
        (json!({ "day": "2027-04-02" }), "OUTSIDE_YEAR", "day"),
        (json!({ "pupilId": SOTA }), "NOT_FOUND", "pupilId"),
    ] {
        assert_eq!(refused(&hugo, "moveToClass", "MoveToClass", to(fields)).await, (code.into(), field.into()));
    }
    assert_eq!(school.count("pupil_move", "1 = 1").await, 0, "nothing of it was stored");
    assert_eq!(school.count("pupil", "1 = 1").await, 8);
}

#[tokio::test]
async fn a_mistaken_move_is_undone_and_a_wrong_day_corrected() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let out = leave(&school, &["ATTENDANCE"]).await;
    school.clock.advance(TimeDelta::minutes(1));
    let right = json!({ "moveId": out["id"], "day": "2026-11-27", "reason": "日の書きまちがい" });
    let corrected = done(&hugo, "correctMove", "CorrectMove", right).await;
    assert_eq!((&corrected["day"], &corrected["correctsId"], &corrected["handedOver"]), (&json!("2026-11-27"), &out["id"], &json!(["ATTENDANCE"])));
    let undo = |id: &Value| json!({ "moveId": id, "reason": "とりやめ" });
    assert_eq!(refused(&hugo, "undoMove", "UndoMove", undo(&out["id"])).await, ("NOT_FOUND".into(), "moveId".into()), "it holds no more");
    let undone = done(&hugo, "undoMove", "UndoMove", undo(&corrected["id"])).await;
    assert!(undone["undoneAt"].is_string());
    school.clock.advance(TimeDelta::days(30));
    assert_eq!(names(&school, "ana", CLASS_5_2).await.len(), 6, "as if it had never been");
    assert_eq!(school.count("hand_over", "ends > '9000-01-01'").await, 0);
    assert!(school.count("trail", "record = 'pupil_move'").await >= 4);
}

#[tokio::test]
async fn a_move_on_which_others_depend_is_not_undone() {
    let school = School::open().await;
    let (hugo, mari) = (school.person("hugo"), school.person("mari"));
    let out = leave(&school, &[]).await;
    let undo = |id: &Value| json!({ "moveId": id, "reason": "とりやめ" });
    let input = json!({ "moveId": out["id"], "classId": CLASS_4_1, "day": "2026-11-25" });
    let taken = done(&mari, "transferPupilIn", "TransferPupilIn", input).await;
    assert_eq!(refused(&hugo, "undoMove", "UndoMove", undo(&out["id"])).await, ("IN_USE".into(), "moveId".into()));
    assert_eq!(refused(&hugo, "undoMove", "UndoMove", undo(&taken["id"])).await, ("NOT_FOUND".into(), "moveId".into()), "another school's");
    school.clock.advance(TimeDelta::days(1));
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    let marks = json!({ "classId": CLASS_4_1, "others": "UNCHANGED", "marks": [{ "pupilId": YUI, "kind": "PRESENT" }] });
    assert_eq!(mari.ask(document, json!({ "input": marks })).await.data("/takeAttendance/changed"), 1);
    assert_eq!(refused(&mari, "undoMove", "UndoMove", undo(&taken["id"])).await, ("IN_USE".into(), "moveId".into()), "attendance was taken");
    let away = json!({ "classId": CLASS_4_1, "others": "UNCHANGED", "marks": [{ "pupilId": YUI }] });
    assert_eq!(mari.ask(document, json!({ "input": away })).await.data("/takeAttendance/changed"), 1);
    done(&mari, "undoMove", "UndoMove", undo(&taken["id"])).await;
    let first = json!({ "pupilId": AOI, "classId": CLASS_5_1, "day": TODAY });
    let first = done(&hugo, "moveToClass", "MoveToClass", first).await;
    let second = done(&hugo, "moveToClass", "MoveToClass", json!({ "pupilId": AOI, "classId": CLASS_5_2, "day": "2026-11-26" })).await;
    assert_eq!(refused(&hugo, "undoMove", "UndoMove", undo(&first["id"])).await, ("IN_USE".into(), "moveId".into()));
    done(&hugo, "undoMove", "UndoMove", undo(&second["id"])).await;
    done(&hugo, "undoMove", "UndoMove", undo(&first["id"])).await;
    assert_eq!(names(&school, "ana", CLASS_5_2).await[0], "朝倉 葵");
}

#[tokio::test]
async fn only_the_office_moves_pupils_and_reads_the_register_of_moves() {
    let school = School::open().await;
    leave(&school, &[]).await;
    let document = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { userErrors { code } } }";
    let input = json!({ "pupilId": AOI, "day": TODAY, "destination": "川崎市" });
    for who in ["ana", "portal"] {
        assert_eq!(school.person(who).ask(document, json!({ "input": input })).await.code(), "FORBIDDEN", "{who}");
    }
    assert_eq!(refused(&school.person("mari"), "transferPupilOut", "TransferPupilOut", input).await, ("NOT_FOUND".into(), "pupilId".into()));
    let document = "query ($first: Int, $after: String) { schools { nodes { moves(first: $first, after: $after) {
        nodes { pupilName kind } pageInfo { hasNextPage endCursor } } } } }";
    assert_eq!(school.person("ana").ask(document, json!({})).await.code(), "FORBIDDEN");
    let hugo = school.person("hugo");
    for pupil in [AOI, HARUTO, KAEDE] {
        let input = json!({ "pupilId": pupil, "classId": CLASS_5_1, "day": TODAY });
        done(&hugo, "moveToClass", "MoveToClass", input).await;
    }
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    for (rows, more) in [(3, true), (1, false)] {
        let answer = hugo.ask(document, json!({ "first": 3, "after": after })).await;
        let page = answer.data("/schools/nodes/0/moves");
        let nodes = page["nodes"].as_array().unwrap();
        assert_eq!((nodes.len(), &page["pageInfo"]["hasNextPage"]), (rows, &json!(more)));
        seen.extend(nodes.iter().map(|node| node["pupilName"].clone()));
        after = page["pageInfo"]["endCursor"].clone();
        assert!(answer.queries() <= 8, "{} statements", answer.queries());
    }
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 4, "nobody is on both pages");
    assert_eq!(school.person("mari").ask(document, json!({})).await.data("/schools/nodes/0/moves/nodes"), &json!([]));
}

/// 5年2組 is a special-needs class now, and 葵 of it a guest of 5年1組.
async fn exchange(school: &School) {
    let mark = "mutation ($input: MarkSpecialNeedsClassInput!) { markSpecialNeedsClass(input: $input) { class { specialNeeds } userErrors { code field } } }";
    let marked = school.person("hugo").ask(mark, json!({ "input": { "classId": CLASS_5_2, "specialNeeds": true } })).await;
    assert_eq!(marked.data("/markSpecialNeedsClass/class/specialNeeds"), true);
    let input = json!({ "pupilId": AOI, "classId": CLASS_5_1, "day": TODAY });
    done(&school.person("hugo"), "setExchangeClass", "SetExchangeClass", input).await;
}

#[tokio::test]
async fn trap_16_a_pupil_of_a_special_needs_class_and_its_exchange_class_is_counted_once() {
    let mut school = School::open().await;
    school.hire("rei", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1), TODAY.parse().unwrap())]).await;
    exchange(&school).await;
    assert_eq!(names(&school, "rei", CLASS_5_1).await, ["渡辺 蓮"]);
    let document = "query ($id: ID!) { class(id: $id) { pupilCount attendanceSummary(day: \"2026-11-24\") { enrolled unmarked }
        exchangePupils { name homeroom { name } } } }";
    let guest = school.person("rei").ask(document, json!({ "id": CLASS_5_1 })).await;
    assert_eq!(guest.data("/class/pupilCount"), 1);
    assert_eq!(guest.data("/class/attendanceSummary"), &json!({ "enrolled": 1, "unmarked": 1 }));
    assert_eq!(guest.data("/class/exchangePupils/0/name"), "朝倉 葵", "the teacher of the exchange class knows who comes");
    let home = school.person("ana").ask(document, json!({ "id": CLASS_5_2 })).await;
    assert_eq!((home.data("/class/pupilCount"), home.data("/class/exchangePupils")), (&json!(6), &json!([])));

    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed rejected { id code } summary { enrolled present } } }";
    let taken = school.person("rei").ask(take, json!({ "input": { "classId": CLASS_5_1 } })).await;
    assert_eq!((taken.data("/takeAttendance/changed"), taken.data("/takeAttendance/summary/enrolled")), (&json!(1), &json!(1)), "all present: the guest is not among them");
    let foreign = json!({ "classId": CLASS_5_1, "others": "UNCHANGED", "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] });
    let refused = school.person("rei").ask(take, json!({ "input": foreign })).await;
    assert_eq!(refused.data("/takeAttendance/rejected/0/code"), "NOT_FOUND", "the register is kept by the own class");
    mark(&school, "ana", CLASS_5_2, AOI, "ILLNESS").await;
    let read = of_pupil(&school, "rei", AOI, &format!("{ATTENDANCE} homeroom {{ name }} number")).await;
    assert_eq!(read.data("/pupil/attendance/0/kind/code"), "ILLNESS", "but it can be read");
    assert_eq!(read.data("/pupil/number"), 1, "the number of the own class");
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 2, "one mark a pupil and day");
}

#[tokio::test]
async fn a_guest_s_moods_and_support_stay_with_the_own_class() {
    let mut school = School::open().await;
    school.hire("rei", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1), TODAY.parse().unwrap())]).await;
    exchange(&school).await;
    let secret = school.pupil_token(AOI).await;
    let mood = "mutation ($input: RecordMoodsInput!) { recordMoods(input: $input) { recorded } }";
    let recorded = school.bearer(&secret).ask(mood, json!({ "input": { "moods": [{ "pupilId": AOI, "weather": "RAINY" }] } })).await;
    let recorded = if recorded.body["errors"].is_null() { recorded } else { school.person("portal").ask(mood, json!({ "input": { "moods": [{ "pupilId": AOI, "weather": "RAINY" }] } })).await };
    assert_eq!(recorded.data("/recordMoods/recorded"), 1);
    let fields = "moods(from: \"2026-11-24\", to: \"2026-11-24\") { weather }";
    assert_eq!(of_pupil(&school, "ana", AOI, fields).await.data("/pupil/moods/0/weather"), "RAINY");
    let read = of_pupil(&school, "rei", AOI, fields).await;
    assert!(read.data("/pupil/moods").as_array().is_none_or(Vec::is_empty), "{}", read.body);
    let readers = of_pupil(&school, "ana", AOI, "moodReaders { name }").await;
    assert!(!readers.data("/pupil/moodReaders").as_array().unwrap().iter().any(|reader| reader["name"] == "rei"));
}

#[tokio::test]
async fn an_exchange_class_is_an_ordinary_one_of_the_same_school_and_ends() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let visit = |pupil: Uuid, class: Value| json!({ "pupilId": pupil, "classId": class, "day": TODAY });
    assert_eq!(refused(&hugo, "setExchangeClass", "SetExchangeClass", visit(AOI, json!(CLASS_5_1))).await, ("WRONG_CLASS".into(), "pupilId".into()));
    exchange(&school).await;
    for (pupil, class, code, field) in [
        (AOI, json!(CLASS_5_2), "WRONG_CLASS", "classId"),
        (AOI, json!(CLASS_4_1), "NOT_FOUND", "classId"),
        (REN, json!(CLASS_5_1), "WRONG_CLASS", "pupilId"),
        (SOTA, json!(CLASS_5_1), "NOT_FOUND", "pupilId"),
        (HARUTO, Value::Null, "NOT_FOUND", "classId"),
    ] {
        assert_eq!(refused(&hugo, "setExchangeClass", "SetExchangeClass", visit(pupil, class)).await, (code.into(), field.into()));
    }
    let end = json!({ "pupilId": AOI, "classId": null, "day": "2026-11-30" });
    done(&hugo, "setExchangeClass", "SetExchangeClass", end).await;
    let document = "query ($id: ID!) { class(id: $id) { exchangePupils { name } } }";
    let count = |answer: &Answer| answer.data("/class/exchangePupils").as_array().unwrap().len();
    school.clock.advance(TimeDelta::days(5));
    assert_eq!(count(&hugo.ask(document, json!({ "id": CLASS_5_1 })).await), 1);
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(count(&hugo.ask(document, json!({ "id": CLASS_5_1 })).await), 0);
}
