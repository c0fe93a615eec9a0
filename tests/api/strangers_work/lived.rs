//! A school with a record of every kind, and somebody with every duty there.
use super::schema::text;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{HIBARINO, MIZUUMI, Package, Person, School, TODAY, nth};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a record of a school is found by.
const FOUND: [(&str, &str); 25] = [
    ("move", "SELECT id FROM pupil_move WHERE school = $1"),
    ("turnover", "SELECT id FROM turnover WHERE school = $1"),
    ("turnover_class", "SELECT c.id FROM turnover_class c JOIN turnover t ON t.id = c.turnover WHERE t.school = $1 ORDER BY c.id"),
    ("entry", "SELECT p.id FROM turnover_pupil p JOIN turnover t ON t.id = p.turnover WHERE t.school = $1 ORDER BY p.id"),
    ("other_entry", "SELECT p.id FROM turnover_pupil p JOIN turnover t ON t.id = p.turnover WHERE t.school = $1 ORDER BY p.id DESC"),
    ("run", "SELECT id FROM analysis_run WHERE school = $1"),
    ("sheet", "SELECT id FROM support_sheet WHERE school = $1"),
    ("duty", "SELECT id FROM duty WHERE school = $1 AND kind = 'NURSE'"),
    ("activity", "SELECT id FROM activity WHERE school = $1"),
    ("closure", "SELECT id FROM class_closure WHERE school = $1"),
    ("recognition", "SELECT id FROM attendance_recognition WHERE school = $1"),
    ("assessment", "SELECT id FROM assessment WHERE school = $1"),
    ("consultation", "SELECT id FROM consultation WHERE school = $1"),
    ("visit", "SELECT id FROM infirmary_visit WHERE school = $1"),
    ("flag", "SELECT id FROM support_flag WHERE school = $1"),
    ("action", "SELECT id FROM support_action WHERE school = $1"),
    ("meeting", "SELECT id FROM support_meeting WHERE school = $1"),
    ("task", "SELECT id FROM support_task WHERE school = $1"),
    ("support_assignment", "SELECT id FROM support_assignment WHERE school = $1"),
    ("hand_over", "SELECT id FROM support_share WHERE school = $1"),
    ("plan", "SELECT id FROM support_plan WHERE school = $1"),
    ("goal", "SELECT g.id FROM support_goal g JOIN support_plan p ON p.id = g.plan WHERE p.school = $1"),
    ("consent", "SELECT c.id FROM support_consent c JOIN support_plan p ON p.id = c.plan WHERE p.school = $1"),
    ("guardian", "SELECT s.guardian FROM guardianship s JOIN enrolment e ON e.pupil = s.pupil WHERE e.school = $1"),
    ("hold", "SELECT h.id FROM legal_hold h JOIN enrolment e ON e.pupil = h.pupil WHERE e.school = $1"),
];

/// Of a small class nobody can say who is unlike the others.
const NEVER_OWN: [&str; 2] = ["run", "flag"];

pub type Ids = BTreeMap<&'static str, String>;

pub struct Place {
    pub school: Uuid,
    pub class: Uuid,
    pub head: Uuid,
    pub pupil: Uuid,
}

async fn done(person: &Person<'_>, mutation: &str, input: Value) {
    let of = mutation[..1].to_uppercase() + &mutation[1..];
    let document = format!("mutation ($input: {of}Input!) {{ done: {mutation}(input: $input) {{ userErrors {{ code field message }} }} }}");
    let answer = person.ask(&document, json!({ "input": input })).await;
    assert_eq!(answer.data("/done/userErrors"), &json!([]), "{mutation}: {input}");
}

/// Somebody with every duty of a school, and a record of every kind there.
pub async fn live(school: &mut School, who: &str, app: &str, at: &Place) -> Ids {
    let from = TODAY.parse().expect("a date");
    let kinds = [DutyKind::Head, DutyKind::AcademicAffairs, DutyKind::Nurse, DutyKind::Counsellor];
    school
        .hire(who, |id| {
            let of_school = kinds.into_iter().map(|kind| duty::new(id, kind, Some(at.school), None, from));
            of_school.chain([duty::new(id, DutyKind::HomeroomTeacher, Some(at.school), Some(at.class), from)]).collect()
        })
        .await;
    let (all, n) = (school.person(who), u64::from(at.school == HIBARINO));
    let (class, pupil, school_id) = (at.class, at.pupil, at.school);
    let record = |id: u64| json!({ "id": nth(id), "pupilId": pupil, "classId": class, "verb": "ANSWERED", "objectId": "https://drill.example/1",
        "objectKind": "QUESTION", "occurredAt": "2026-11-24T08:10:00+09:00" });
    assert_eq!(school.person(app).record(&[record(900)]).await["accepted"], 1);
    for (name, number) in [("去", 30), ("残", 31)] {
        let pupil = json!({ "familyName": "新", "givenName": name });
        done(&all, "admitPupil", json!({ "classId": class, "kind": "ENTRY", "day": "2026-11-02", "pupil": pupil, "number": number })).await;
    }
    let named = async |sql| school.ids(sql, school_id).await[0];
    let leaving = named("SELECT e.pupil FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.school = $1 AND p.given_name = '去'").await;
    let other = named("SELECT e.pupil FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.school = $1 AND p.given_name = '残'").await;
    done(&all, "withdrawPupil", json!({ "pupilId": leaving, "kind": "WITHDRAWAL", "day": YESTERDAY })).await;
    done(&all, "closeClass", json!({ "classId": class, "begins": "2026-12-03", "ends": "2026-12-03", "reason": "停電" })).await;
    done(&all, "recogniseAttendance", json!({ "pupilId": pupil, "place": "HOME", "begins": "2026-11-20", "ends": YESTERDAY, "note": "面談" })).await;
    done(&all, "saveMarkScheme", json!({ "schoolId": school_id, "reason": "会議", "rule": { "cutA": 80, "cutB": 50,
        "weights": { "knowledge": 1, "thinking": 1, "attitude": 1 }, "conversions": [
            { "scale": "THREE", "cuts": [80, 50] }, { "scale": "FIVE", "cuts": [90, 80, 50, 30] }] } })).await;
    done(&all, "saveAssessment", json!({ "classId": class, "term": 2, "subject": "算数", "name": "分数", "day": "2026-11-20", "knowledgeMax": 100 })).await;
    done(&all, "recordInfirmaryVisit", json!({ "pupilId": pupil, "reason": "FEVER" })).await;
    done(&all, "recordSupportAction", json!({ "pupilId": pupil, "kind": "TALK", "text": "話した" })).await;
    done(&all, "openSupport", json!({ "pupilId": pupil, "reason": "欠席が続く" })).await;
    let find = async |kind: &str| {
        let sql = FOUND.iter().find(|(name, _)| *name == kind).expect("a kind of record").1;
        school.ids(sql, school_id).await.first().copied()
    };
    let sheet = find("sheet").await.expect("a sheet");
    done(&all, "saveSupportMeeting", json!({ "sheetId": sheet, "tookPart": "担任", "said": "文" })).await;
    done(&all, "saveSupportTask", json!({ "sheetId": sheet, "what": "電話", "staffId": all.id, "dueOn": "2026-12-10" })).await;
    done(&all, "assignSupport", json!({ "sheetId": sheet, "staffId": at.head })).await;
    done(&all, "saveSupportPlan", json!({ "sheetId": sheet, "kind": "GUIDANCE", "begins": "2026-09-01", "ends": "2027-03-31", "goals": [{ "goal": "月に3冊読む" }] })).await;
    let plan = find("plan").await.expect("a plan");
    done(&all, "recordSupportConsent", json!({ "planId": plan, "givenBy": "母", "givenOn": YESTERDAY, "how": "書面", "shareWith": "デイサービス" })).await;
    done(&all, "handOverSupport", json!({ "sheetId": sheet, "classId": class, "level": "SCHOOL_TEAM", "parts": ["COMMON"] })).await;
    let guardian = json!({ "pupilId": pupil, "familyName": "母", "relation": "MOTHER", "standing": "PARENTAL", "inHousehold": true });
    done(&all, "saveGuardian", guardian).await;
    done(&all, "placeLegalHold", json!({ "pupilId": pupil, "reason": "開示請求" })).await;
    let child = school.pupil_token(pupil).await;
    done(&school.bearer(&child), "requestConsultation", json!({ "id": nth(500 + n), "staffId": all.id, "topic": "FRIENDS" })).await;
    if school_id == HIBARINO {
        done(&all, "analyze", json!({ "classId": class, "asOf": YESTERDAY })).await;
    }
    done(&all, "startTurnover", json!({ "schoolId": school_id })).await;
    let package = Package::usual();
    let sent = school.send(all.request("POST", "/uploads").body(package.zip().into()).expect("a request")).await;
    let import = all.preview(&package).await;
    let mut ids: Ids = [("school", school_id), ("class", class), ("pupil", pupil), ("other_pupil", other), ("gone", leaving), ("staff", at.head)]
        .into_iter()
        .map(|(kind, id)| (kind, id.to_string()))
        .collect();
    ids.extend([("upload", text(&sent.body["uploadId"])), ("import", text(&import["id"])), ("due", format!("ATTENDANCE_REGISTER.{school_id}.2026"))]);
    ids.insert("change", import["changes"]["nodes"][0]["id"].as_str().map_or_else(|| Uuid::nil().to_string(), str::to_owned));
    for (kind, _) in FOUND {
        let found = find(kind).await;
        assert!(found.is_some() || (school_id == MIZUUMI && NEVER_OWN.contains(&kind)), "no {kind} in {who}'s school");
        ids.insert(kind, found.unwrap_or_default().to_string());
    }
    ids
}

