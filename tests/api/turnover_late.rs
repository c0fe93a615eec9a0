//! Who comes after next year was committed.
use crate::turnover::{UNTIL_APRIL, class, codes, commit, done, entry, names, ready, send, start};
use asagao_tests::{AOI, CLASS_5_1, Person, School, TODAY};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

async fn admit(hugo: &Person<'_>, given: &str) -> Uuid {
    let document = "mutation ($input: AdmitPupilInput!) { admitPupil(input: $input) { pupilMove { pupilId } userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_1, "kind": "TRANSFER_IN", "day": TODAY, "pupil": { "familyName": "青木", "givenName": given } });
    let answer = hugo.ask(document, json!({ "input": input })).await;
    answer.data("/admitPupil/pupilMove/pupilId").as_str().expect("a pupil").parse().expect("an id")
}

#[tokio::test]
async fn a_late_transfer_is_placed_without_taking_the_year_back_and_goes_back_with_it() {
    let school = School::open().await;
    let token = school.token("hugo", &[], 300).await;
    let hugo = school.person("hugo");
    let draft = ready(&school).await;
    commit(&school, &draft).await;
    let (sora, umi) = (admit(&hugo, "空").await, admit(&hugo, "海").await);
    let draft = start(&school).await;
    assert_eq!((codes(&draft, true), &draft["state"]), (vec!["UNPLACED".to_owned()], &json!("COMMITTED")));
    let (first, second) = (class(&draft, "6年1組")["id"].clone(), class(&draft, "6年2組")["id"].clone());
    let place = |pupil: Uuid, class: &Value| {
        let of = entry(&draft, pupil);
        json!({ "entryId": of["id"], "version": of["version"], "classId": class })
    };
    assert_eq!((&entry(&draft, sora)["open"], &entry(&draft, AOI)["open"]), (&json!(true), &json!(false)));
    let placements = vec![place(AOI, &first), place(sora, &first), place(umi, &first)];
    let placed = send(&hugo, "placePupils", "PlacePupils", json!({ "turnoverId": draft["id"], "placements": placements })).await;
    assert_eq!(placed["rejected"], json!([{ "index": 0, "code": "CONFLICT", "field": "entryId" }]), "who has a place is moved otherwise");
    let now = &placed["turnover"];
    assert_eq!((&entry(now, sora)["number"], &entry(now, umi)["number"], codes(now, true)), (&json!(2), &json!(3), vec![]));
    assert_eq!(entry(now, AOI)["classId"], second);
    let again = send(&hugo, "placePupils", "PlacePupils", json!({ "turnoverId": draft["id"], "placements": [place(sora, &second)] })).await;
    assert_eq!(again["userErrors"][0]["code"], "CONFLICT", "everybody has a place");
    let undo = json!({ "turnoverId": draft["id"], "reason": "組みかえ" });
    let back = done(&hugo, "undoTurnover", "UndoTurnover", undo).await;
    assert_eq!(school.count("enrolment", "known_until > '9000-01-01' AND begins >= '2027-04-01'").await, 0, "taken back with the others");
    commit(&school, &back).await;
    school.clock.advance(TimeDelta::days(UNTIL_APRIL));
    assert_eq!(names(&school.bearer(&token), &first).await, ["渡辺 蓮", "青木 空", "青木 海"]);
}
