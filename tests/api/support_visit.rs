//! A support sheet that is opened from a visit to the infirmary, and visits that are added to one.
use crate::support_sheet::{call, done, open, refused, with_team};
use asagao_tests::{AOI, HARUTO, Person, nth};
use serde_json::{Value, json};

async fn visit(nurse: &Person<'_>, n: u64, pupil: uuid::Uuid) -> Value {
    let document = "mutation ($input: RecordInfirmaryVisitInput!) { done: recordInfirmaryVisit(input: $input) { visit { id } userErrors { code } } }";
    let input = json!({ "id": nth(n), "pupilId": pupil, "reason": "TALK", "nurseNote": "ないしょの話" });
    nurse.ask(document, json!({ "input": input })).await.data("/done/visit/id").clone()
}

/// The visits of the sheet of a pupil.
async fn visits(person: &Person<'_>) -> Value {
    let document = "query ($pupil: ID!) { supportOf(pupilId: $pupil) { origin infirmaryVisits { id reason { label } nurseNote } } }";
    person.ask(document, json!({ "pupil": AOI })).await.data("/supportOf/0").clone()
}

#[tokio::test]
async fn a_sheet_shows_the_visit_from_which_it_was_opened_to_those_who_may_see_visits() {
    let school = with_team().await;
    let (ana, nao, kei) = (school.person("ana"), school.person("nao"), school.person("kei"));
    let from = visit(&nao, 1, AOI).await;
    let input = json!({ "pupilId": AOI, "reason": "よく保健室に来る", "fromVisitId": from });
    for wrong in [json!({ "fromVisitId": nth(9) }), json!({ "pupilId": HARUTO }), json!({ "fromVisitId": "x" })] {
        assert_eq!(refused(&nao, "openSupport", asagao_tests::with(input.clone(), wrong)).await, ("NOT_FOUND".into(), "fromVisitId".into()));
    }
    let sheet = done(&nao, "openSupport", input).await;
    assert_eq!(sheet["origin"], "NURSE_ROOM");
    done(&ana, "assignSupport", json!({ "sheetId": sheet["id"], "staffId": school.person("kei").id })).await;
    let seen = |secret: Value| json!({ "origin": "NURSE_ROOM", "infirmaryVisits": [{ "id": from, "reason": { "label": "話したい" }, "nurseNote": secret }] });
    assert_eq!(visits(&nao).await, seen(json!("ないしょの話")));
    for who in ["ana", "hugo", "goro"] {
        assert_eq!(visits(&school.person(who)).await, seen(Value::Null), "{who}");
    }
    assert_eq!(visits(&kei).await, json!({ "origin": "NURSE_ROOM", "infirmaryVisits": null }), "the counsellor sees no visits");
    let of_visit = format!("{{ pupil(id: \"{AOI}\") {{ infirmaryVisits(from: \"2026-11-01\", to: \"2026-11-30\") {{ supportSheet {{ id }} openSupportSheet {{ id }} }} }} }}");
    let linked = json!([{ "supportSheet": { "id": sheet["id"] }, "openSupportSheet": { "id": sheet["id"] } }]);
    assert_eq!(ana.ask(&of_visit, json!({})).await.data("/pupil/infirmaryVisits"), &linked);
}

#[tokio::test]
async fn a_visit_is_added_to_the_open_sheet_by_whoever_noted_it() {
    let school = with_team().await;
    let (ana, nao) = (school.person("ana"), school.person("nao"));
    let later = visit(&nao, 1, AOI).await;
    let add = json!({ "visitId": later });
    assert_eq!(refused(&nao, "addVisitToSupport", add.clone()).await, ("NOT_READY".into(), "visitId".into()), "there is no sheet yet");
    let sheet = open(&ana, AOI).await;
    for _ in 0..2 {
        assert_eq!(call(&nao, "addVisitToSupport", add.clone()).await["userErrors"], json!([]));
    }
    assert_eq!(school.count("trail", "record = 'infirmary_visit'").await, 2, "noted and added, once each");
    assert_eq!(visits(&ana).await["infirmaryVisits"][0]["id"], later);
    assert_eq!(visits(&nao).await, json!({ "origin": null, "infirmaryVisits": null }), "nobody has assigned the nurse: the sheet is not hers to read");
    for visit in [json!(nth(9)), json!("x")] {
        assert_eq!(refused(&nao, "addVisitToSupport", json!({ "visitId": visit })).await, ("NOT_FOUND".into(), "visitId".into()));
    }
    assert_eq!(refused(&school.person("tomo"), "addVisitToSupport", add.clone()).await.0, "NOT_FOUND", "another class's teacher");
    let document = "mutation ($input: AddVisitToSupportInput!) { addVisitToSupport(input: $input) { userErrors { code } } }";
    for who in ["kei", "sub", "portal"] {
        assert_eq!(school.person(who).ask(document, json!({ "input": add })).await.code(), "FORBIDDEN", "{who}");
    }
    let gone = "mutation ($id: ID!) { correctInfirmaryVisit(input: { visitId: $id, withdrawn: true }) { userErrors { code } } }";
    nao.ask(gone, json!({ "id": later })).await;
    assert_eq!(visits(&ana).await["infirmaryVisits"], json!([]), "what was a mistake is gone here, too");
    assert_eq!(sheet["origin"], "STAFF");
}
