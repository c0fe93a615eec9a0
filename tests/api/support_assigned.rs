//! Whoever is assigned to a support sheet notes what they did, and reads what those assigned read; nobody else by it.
use crate::support_sheet::{done, open, with_team};
use asagao_tests::{AOI, HARUTO, Person, School, TODAY};
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn note(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: RecordSupportActionInput!) { done: recordSupportAction(input: $input) {
        action { text level by } userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/done").clone()
}

fn talk(text: &str, level: &str) -> Value {
    json!({ "pupilId": AOI, "kind": "MEETING", "text": text, "level": level })
}

/// The texts of what was done, by way of the sheet.
async fn by_sheet(school: &School, who: &str) -> Vec<String> {
    let document = "query ($pupil: ID!) { supportOf(pupilId: $pupil) { actions { nodes { text } } } }";
    let answer = school.person(who).ask(document, json!({ "pupil": AOI })).await;
    let actions = answer.data("/supportOf").pointer("/0/actions/nodes").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut texts: Vec<String> = actions.iter().map(|of| of["text"].as_str().expect("a text").to_owned()).collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn nurses_and_counsellors_who_are_assigned_note_what_they_did() {
    let school = with_team().await;
    let (ana, nao, kei) = (school.person("ana"), school.person("nao"), school.person("kei"));
    let not_found = json!([{ "code": "NOT_FOUND", "field": "pupilId" }]);
    for who in ["nao", "kei", "sub", "kyomu"] {
        assert_eq!(note(&school.person(who), talk("x", "SCHOOL_TEAM")).await["userErrors"], not_found, "{who} is not assigned");
    }
    let sheet = open(&ana, AOI).await;
    for who in ["nao", "kei"] {
        done(&ana, "assignSupport", json!({ "sheetId": sheet["id"], "staffId": school.person(who).id })).await;
    }
    for (person, level) in [(&kei, "ASSIGNED"), (&nao, "SCHOOL_TEAM"), (&ana, "SHAREABLE")] {
        let noted = note(person, talk(level, level)).await;
        assert_eq!((&noted["userErrors"], &noted["action"]["level"]), (&json!([]), &json!(level)));
    }
    let all = ["ASSIGNED", "SCHOOL_TEAM", "SHAREABLE"];
    for who in ["kei", "nao", "ana", "hugo"] {
        assert_eq!(by_sheet(&school, who).await, all, "{who}");
    }
    assert_eq!(by_sheet(&school, "goro").await, ["SCHOOL_TEAM", "SHAREABLE"], "the head of the grade is not assigned");
    for who in ["sub", "tomo", "kyomu"] {
        assert_eq!(by_sheet(&school, who).await, [""; 0], "{who}");
    }
    let of_pupil = format!("{{ pupil(id: \"{AOI}\") {{ supportActions {{ text }} }} }}");
    let texts = nao.ask(&of_pupil, json!({})).await;
    assert_eq!(texts.data("/pupil/supportActions").as_array().map(Vec::len), Some(3), "the nurse sees them with the pupil, too");
    let other = json!({ "pupilId": HARUTO, "kind": "TALK", "text": "x" });
    assert_eq!(note(&kei, other).await["userErrors"], not_found, "it is for this pupil alone");
    let same = json!({ "id": "0a5a9a00-0000-4000-8000-0000000000f2", "pupilId": AOI, "kind": "TALK", "text": "廊下で話した", "day": TODAY });
    let first = note(&kei, same.clone()).await;
    assert_eq!((&first["userErrors"], note(&kei, same.clone()).await), (&json!([]), first.clone()), "sent twice it is one");
    assert_eq!(note(&nao, same).await["userErrors"][0]["code"], "CONFLICT", "somebody else's");
    assert_eq!(school.count("support_action", "sheet IS NULL").await, 0);
}

#[tokio::test]
async fn it_ends_with_the_assignment_and_with_the_sheet() {
    let school = with_team().await;
    let (ana, nao, kei) = (school.person("ana"), school.person("nao"), school.person("kei"));
    let sheet = open(&ana, AOI).await;
    let mut assigned = json!([]);
    for who in ["nao", "kei"] {
        assigned = done(&ana, "assignSupport", json!({ "sheetId": sheet["id"], "staffId": school.person(who).id })).await["assigned"].clone();
    }
    assert_eq!(note(&nao, talk("保健室で話した", "ASSIGNED")).await["userErrors"], json!([]));
    let of_nao = assigned.as_array().expect("a list").iter().find(|of| of["name"] == "nao").expect("nao")["id"].clone();
    done(&ana, "unassignSupport", json!({ "assignmentId": of_nao })).await;
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(note(&nao, talk("x", "ASSIGNED")).await["userErrors"][0]["code"], "NOT_FOUND");
    let of_pupil = format!("{{ pupil(id: \"{AOI}\") {{ supportActions {{ text }} }} }}");
    assert_eq!(nao.ask(&of_pupil, json!({})).await.data("/pupil/supportActions"), &Value::Null, "not even what she wrote");
    assert_eq!(note(&kei, talk("話した", "SCHOOL_TEAM")).await["userErrors"], json!([]));
    done(&ana, "closeSupport", json!({ "sheetId": sheet["id"], "outcome": "SETTLED", "reason": "毎日来られる" })).await;
    assert_eq!(note(&kei, talk("x", "SCHOOL_TEAM")).await["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(note(&ana, talk("あとで", "SCHOOL_TEAM")).await["userErrors"], json!([]), "whoever looks after the class goes on");
}
