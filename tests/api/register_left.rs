//! The register of who is no longer in the class: the school that kept it corrects it, says what was changed, and calls a change of class one.
use crate::register::{counted, decide, november, register, row, take};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HIBARINO, MIZUUMI, Person, REN, School, YUI, time};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

pub async fn leave(hugo: &Person<'_>, day: &str) {
    let document = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { userErrors { code field } } }";
    let input = json!({ "pupilId": YUI, "day": day, "destinationSchoolId": MIZUUMI, "reason": "転居", "handOver": [] });
    assert_eq!(hugo.ask(document, json!({ "input": input })).await.data("/transferPupilOut/userErrors"), &json!([]));
}

pub async fn change_class(hugo: &Person<'_>, day: &str) {
    let document = "mutation ($input: MoveToClassInput!) { moveToClass(input: $input) { userErrors { code field } } }";
    let input = json!({ "pupilId": AOI, "classId": CLASS_5_1, "day": day, "number": 2 });
    assert_eq!(hugo.ask(document, json!({ "input": input })).await.data("/moveToClass/userErrors"), &json!([]));
}

/// The school on the morning of a later day, and who of it is asked: tokens hold for ninety days.
pub fn later(school: &School, day: &str) {
    school.clock.advance(time(&format!("{day}T08:20:00+09:00")) - school.clock.now());
}

const REGISTERED: &str = "query ($id: ID!, $day: Date!) { class(id: $id) { registered(day: $day) { pupilId name number left
    mark { kind { code } note reason office overruled { kind { code } } } } } }";

async fn registered(person: &Person<'_>, class: Uuid, day: &str) -> Value {
    person.ask(REGISTERED, json!({ "id": class, "day": day })).await.data("/class/registered").clone()
}

#[tokio::test]
async fn the_old_school_decides_on_a_page_over_the_days_of_who_has_left() {
    let school = november().await;
    take(&school.person("ana"), "2026-11-20", json!([{ "pupilId": YUI, "kind": "ILLNESS", "note": "電話" }])).await;
    leave(&school.person("hugo"), "2026-11-24").await;
    later(&school, "2026-11-25");
    let mut hugo = school.visitor_as("hugo").await;
    assert_eq!(hugo.get(&format!("/pupils/{YUI}/attendance")).await.status, StatusCode::NOT_FOUND, "her own page is the new school's");
    let path = format!("/classes/{CLASS_5_2}/decisions");
    let shown = hugo.get(&format!("{path}?day=2026-11-20")).await;
    assert!(shown.text.contains("𠮷田 結衣 <small class=\"quiet\">11/24まで在籍</small>") && shown.text.contains("病欠"), "{}", shown.text);
    let yui = YUI.to_string();
    let decided = hugo.submit(&path, &[("do", "decide"), ("day", "2026-11-11"), ("seen", shown.hidden("seen")), ("pupil", &*yui), ("kind", "PRESENT"), ("reason", "名簿の確認")]).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    let sheet = register(&school.person("hugo"), CLASS_5_2, "2026-11").await;
    assert_eq!(counted(&row(&sheet, YUI)["count"]), [15, 0, 15, 1, 14, 0, 0, 0, 0], "what nobody had marked is marked");
    let year = hugo.get(&format!("/classes/{CLASS_5_2}/register/year")).await;
    assert!(year.text.contains(&format!("<a href=\"{path}?day=2026-11-24\">𠮷田 結衣</a>")), "the year leads there: {}", year.text);
    let mut ana = school.visitor_as("ana").await;
    let year = ana.get(&format!("/classes/{CLASS_5_2}/register/year")).await;
    assert!(year.text.contains("<th scope=\"row\" class=\"name\">𠮷田 結衣</th>"), "who decides nothing finds no dead end: {}", year.text);
    let today = hugo.get(&path).await;
    assert!(!today.text.contains("結衣"), "on a day after the last one: {}", today.text);
}

#[tokio::test]
async fn who_stands_in_the_register_of_a_day_is_for_the_office_of_that_school() {
    let school = november().await;
    let hugo = school.person("hugo");
    decide(&hugo, CLASS_5_2, "2026-11-20", json!([{ "pupilId": YUI, "kind": "MOURNING", "note": "祖父" }]), "連絡帳").await;
    leave(&hugo, "2026-11-20").await;
    let all = registered(&hugo, CLASS_5_2, "2026-11-20").await;
    let of_yui = json!({ "pupilId": YUI, "name": "𠮷田 結衣", "number": 6, "left": "2026-11-20",
        "mark": { "kind": { "code": "MOURNING" }, "note": "祖父", "reason": "連絡帳", "office": true, "overruled": { "kind": { "code": "PRESENT" } } } });
    assert_eq!((all.as_array().unwrap().len(), &all[5], &all[0]["left"]), (6, &of_yui, &Value::Null));
    assert_eq!(registered(&hugo, CLASS_5_2, "2026-11-24").await.as_array().unwrap().len(), 5);
    assert_eq!(school.person("ana").ask(REGISTERED, json!({ "id": CLASS_5_2, "day": "2026-11-20" })).await.code(), "FORBIDDEN");
    let mari = school.person("mari");
    assert_eq!(mari.ask(REGISTERED, json!({ "id": CLASS_5_2, "day": "2026-11-20" })).await.data("/class"), &Value::Null);
    assert_eq!(registered(&mari, CLASS_4_1, "2026-11-20").await[0]["name"], "小川 颯太");
}

#[tokio::test]
async fn a_leaving_that_is_recorded_late_corrects_the_finished_register() {
    let school = november().await;
    later(&school, "2026-12-03");
    let hugo = school.person("hugo");
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!((&sheet["version"], &sheet["corrections"]), (&json!(1), &json!([])));
    leave(&hugo, "2026-11-20").await;
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!(counted(&row(&sheet, YUI)["count"])[0], 14);
    let said = json!([{ "day": "2026-11-24", "number": 6, "name": "𠮷田 結衣", "before": "在籍", "after": "11/20まで在籍", "by": "日向 悟",
        "at": "2026-12-02T23:20:00.000Z", "reason": "転居" }]);
    assert_eq!((&sheet["version"], &sheet["corrections"]), (&json!(2), &said));
    let december = register(&hugo, CLASS_5_2, "2026-12").await;
    assert_eq!((&december["version"], &december["corrections"]), (&json!(1), &json!([])), "a month that is not over is not corrected");
    let mut visitor = school.visitor_as("hugo").await;
    let page = visitor.get(&format!("/classes/{CLASS_5_2}/register?month=2026-11")).await;
    assert!(page.text.contains("訂正 11/24 6番 𠮷田 結衣 在籍→11/20まで在籍 日向 悟 12/3（転居）"), "{}", page.text);
}

#[tokio::test]
async fn a_change_of_class_that_is_recorded_late_corrects_both_registers() {
    let school = november().await;
    later(&school, "2026-12-03");
    let hugo = school.person("hugo");
    change_class(&hugo, "2026-11-16").await;
    for (class, before, after) in [(CLASS_5_2, "在籍", "11/15まで在籍"), (CLASS_5_1, "在籍なし", "11/16から在籍")] {
        let sheet = register(&hugo, class, "2026-11").await;
        let correction = &sheet["corrections"][0];
        assert_eq!((&correction["day"], &correction["before"], &correction["after"]), (&json!("2026-11-16"), &json!(before), &json!(after)));
        assert_eq!((&correction["name"], &sheet["version"]), (&json!("朝倉 葵"), &json!(2)));
    }
}

#[tokio::test]
async fn a_change_of_class_is_no_transfer_on_the_sheet() {
    let school = november().await;
    change_class(&school.person("hugo"), "2026-11-16").await;
    leave(&school.person("hugo"), "2026-11-20").await;
    let mut hugo = school.visitor_as("hugo").await;
    let old = hugo.get(&format!("/classes/{CLASS_5_2}/register?month=2026-11")).await.text;
    assert!(old.contains("4人（月初 6・転入 0・転出 1・ほかの学級から 0・ほかの学級へ 1）"), "{old}");
    assert!(old.contains("1番 朝倉 葵 11/15まで在籍（5年1組へ）") && old.contains("6番 𠮷田 結衣 11/20まで在籍　"), "{old}");
    let new = hugo.get(&format!("/classes/{CLASS_5_1}/register?month=2026-11")).await.text;
    assert!(new.contains("2人（月初 1・転入 0・転出 0・ほかの学級から 1・ほかの学級へ 0）") && new.contains("2番 朝倉 葵 11/16 5年2組から"), "{new}");
    assert!(!new.contains("11/16転入"), "{new}");
    let document = "query ($id: ID!) { class(id: $id) { register(month: \"2026-11\") { rows { pupilId fromClass toClass reached } } } }";
    let sheet = school.person("ana").ask(document, json!({ "id": CLASS_5_2 })).await.data("/class/register").clone();
    assert_eq!(row(&sheet, AOI), &json!({ "pupilId": AOI, "fromClass": null, "toClass": "5年1組", "reached": false }), "she is not of this class any more");
    assert_eq!(row(&sheet, YUI)["toClass"], Value::Null);
}

#[tokio::test]
async fn the_year_of_a_class_adds_up_its_own_days_alone() {
    let school = november().await;
    change_class(&school.person("hugo"), "2026-11-16").await;
    let mut hugo = school.visitor_as("hugo").await;
    let total = |text: &str| text.split("<tfoot>").nth(1).and_then(|foot| foot.split("<td class=\"n\">").nth(1)).and_then(|cell| cell.split('<').next()).map(str::to_owned);
    let path = |class: Uuid| format!("/classes/{class}/register/year");
    let (old, new) = (hugo.get(&path(CLASS_5_2)).await.text, hugo.get(&path(CLASS_5_1)).await.text);
    assert!(old.contains("計（この学級の日だけ）") && new.contains("計（この学級の日だけ）"), "{old}");
    // Seven pupils of 132 days each: nobody is counted in both.
    assert_eq!((total(&old).as_deref(), total(&new).as_deref()), (Some("786"), Some("138")));
    let csv = hugo.submit(&path(CLASS_5_1), &[("kind", "utf-8"), ("year", "2026")]).await;
    assert!(csv.text.contains(",計（この学級の日だけ）,138,"), "{}", csv.text);
    assert!(csv.text.contains("11/16 5年2組から　ほかの学級の日を合わせて") || csv.text.contains("11/16 5年2組から"), "{}", csv.text);
    let _ = (REN, HIBARINO);
}
