//! `whyCanISee` and `whoCanSee`: the reasons are those by which access is decided, for everybody.
use crate::support_sheet::{done, open};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, LESSON, School, TODAY};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const WHY: &str = "query ($id: ID!) { whyCanISee(pupilId: $id) { by duty { kind className } rights } pupil(id: $id) { viewerRights } }";

fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
}

async fn school() -> School {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    let over = |kind: DutyKind, school: Option<Uuid>, class: Option<Uuid>| move |id| vec![duty::new(id, kind, school, class, from)];
    school.hire("mei", over(DutyKind::Nurse, Some(HIBARINO), None)).await;
    school.hire("sato", over(DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON))).await;
    school.hire("toru", over(DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1))).await;
    school.hire("board", over(DutyKind::BoardOfficial, None, None)).await;
    school.hire("ict", over(DutyKind::IctSupport, Some(HIBARINO), None)).await;
    school.hire("both", |id| {
        vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_2), from), duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]
    }).await;
    school.hire("sora", over(DutyKind::Counsellor, Some(HIBARINO), None)).await;
    school
}

#[tokio::test]
async fn the_reasons_give_exactly_the_rights_that_there_are() {
    let school = school().await;
    for who in ["ana", "hugo", "mari", "mei", "sato", "toru", "board", "ict", "both", "sora", "portal", "drill", "stranger"] {
        for pupil in [AOI, HARUTO] {
            let answer = school.person(who).ask(WHY, json!({ "id": pupil })).await;
            let reasons = answer.body.pointer("/data/whyCanISee").cloned().unwrap_or_default();
            let given: BTreeSet<String> = reasons.as_array().into_iter().flatten().flat_map(|of| names(&of["rights"])).collect();
            let rights = names(&answer.body.pointer("/data/pupil/viewerRights").cloned().unwrap_or_default());
            // Who may not see the pupil as such is told nothing of rights there; the reasons are still theirs.
            assert!(rights.is_empty() || given == rights, "{who}: {given:?} and {rights:?}");
            assert_eq!(given.contains("ROSTER_READ"), !rights.is_empty(), "{who}: {}", answer.body);
        }
    }
    for who in ["ict", "sora", "toru"] {
        let nothing = school.person(who).ask("query ($id: ID!) { whyCanISee(pupilId: $id) { rights } }", json!({ "id": AOI })).await;
        assert_eq!(nothing.data("/whyCanISee"), &json!([]), "{who} sees nothing of the pupil and learns of none");
    }
    let both = school.person("both").ask(WHY, json!({ "id": AOI })).await;
    let kinds: BTreeSet<String> = both.data("/whyCanISee").as_array().expect("a list").iter().map(|of| of["duty"]["kind"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(kinds, BTreeSet::from(["HOMEROOM_TEACHER".to_owned(), "NURSE".to_owned()]));
    let aoi = school.pupil_token(AOI).await;
    let own = school.bearer(&aoi).ask(WHY, json!({ "id": AOI })).await;
    assert_eq!((own.data("/whyCanISee/0/by"), own.data("/whyCanISee/0/rights")), (&json!("ONESELF"), own.data("/pupil/viewerRights")));
    assert_eq!(school.bearer(&aoi).ask(WHY, json!({ "id": HARUTO })).await.data("/whyCanISee"), &json!([]));
    assert_eq!(school.nobody().ask(WHY, json!({ "id": AOI })).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn whoever_sees_a_pupil_and_the_pupil_learn_who_else_does() {
    let school = school().await;
    let ask = "query ($id: ID!) { whoCanSee(pupilId: $id) { name by duty rights } }";
    let readers = school.person("ana").ask(ask, json!({ "id": AOI })).await;
    let list = readers.data("/whoCanSee").as_array().expect("a list").clone();
    let of = |name: &str| list.iter().filter(|of| of["name"] == name).cloned().collect::<Vec<_>>();
    assert_eq!(list[0]["duty"], "HOMEROOM_TEACHER", "the nearest first: {list:#?}");
    assert_eq!((of("有村 安奈").len(), of("both").len(), of("mei").len(), of("hugo").len()), (1, 2, 1, 0));
    assert!(of("toru").is_empty() && of("ict").is_empty() && of("sora").is_empty() && of("stranger").is_empty() && of("mari").is_empty(), "{list:#?}");
    assert_eq!(of("portal")[0]["duty"], "APP", "programs, too");
    let aoi = school.pupil_token(AOI).await;
    assert_eq!(school.bearer(&aoi).ask(ask, json!({ "id": AOI })).await.data("/whoCanSee"), readers.data("/whoCanSee"));
    for (who, pupil) in [("mari", AOI), ("toru", AOI)] {
        assert_eq!(school.person(who).ask(ask, json!({ "id": pupil })).await.data("/whoCanSee"), &json!([]), "{who}");
    }
    assert_eq!(school.bearer(&aoi).ask(ask, json!({ "id": HARUTO })).await.data("/whoCanSee"), &json!([]));
}

#[tokio::test]
async fn being_assigned_is_no_reason_any_more_once_the_pupil_has_left() {
    let school = school().await;
    let (ana, sora) = (school.person("ana"), school.person("sora"));
    let sheet = open(&ana, AOI).await;
    done(&ana, "assignSupport", json!({ "sheetId": sheet["id"], "staffId": sora.id, "part": "面談" })).await;
    let why = "query ($id: ID!) { whyCanISee(pupilId: $id) { by } supportOf(pupilId: $id) { id } }";
    let asked = sora.ask(why, json!({ "id": AOI })).await;
    assert_eq!((asked.data("/whyCanISee"), asked.data("/supportOf/0/id")), (&json!([{ "by": "ASSIGNED" }]), &sheet["id"]));
    let out = format!("mutation {{ withdrawPupil(input: {{ pupilId: \"{AOI}\", kind: WITHDRAWAL, day: \"{TODAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("hugo").ask(&out, json!({})).await.data("/withdrawPupil/userErrors"), &json!([]));
    school.clock.advance(chrono::TimeDelta::days(1));
    for who in ["ana", "sora"] {
        let asked = school.person(who).ask(why, json!({ "id": AOI })).await;
        assert_eq!(asked.data(""), &json!({ "whyCanISee": [], "supportOf": [] }), "{who}");
    }
}
