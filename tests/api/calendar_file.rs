//! The calendar from a file and into one: what would change, what cannot be read, and then exactly that.
use crate::calendar::{set, year};
use asagao_tests::{HIBARINO, MIZUUMI, Person, School};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

const FILE: &str = "日,曜日,学年,種類,名前\r\n2026-10-17,土,,授業日,運動会\r\n2026/10/19,月,,振替休業日,\r\n令和8年11月6日,金,５年,行事,社会見学\r\n\
                    R8.11.9,月,5年,臨時休業,学年閉鎖\r\n";

async fn import(person: &Person<'_>, school: Uuid, text: &str, fingerprint: Option<&str>) -> Value {
    let document = "mutation ($input: ImportCalendarInput!) { importCalendar(input: $input) {
        changes { line day grade before { kind title } kind title } unchanged findings { line column value code message messageJa }
        fingerprint applied userErrors { code field } } }";
    let input = json!({ "schoolId": school, "text": text, "fingerprint": fingerprint, "reason": "年間計画" });
    person.ask(document, json!({ "input": input })).await.data("/importCalendar").clone()
}

#[tokio::test]
async fn a_file_is_looked_at_first_and_then_applied_just_so() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    year(&hugo).await;
    set(&hugo, json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-10-19", "kind": "SUBSTITUTE" }] })).await;
    let shown = import(&hugo, HIBARINO, FILE, None).await;
    assert_eq!((&shown["applied"], &shown["unchanged"], &shown["findings"]), (&json!(false), &json!(1), &json!([])), "{shown}");
    let changes: Vec<Value> = shown["changes"].as_array().expect("a list").iter().map(|of| json!([of["line"], of["day"], of["grade"], of["kind"], of["title"]])).collect();
    // The usual school has 5年 only.
    assert_eq!(changes[..2], [json!([2, "2026-10-17", null, "SCHOOL", "運動会"]), json!([4, "2026-11-06", "P5", "EVENT", "社会見学"])]);
    assert_eq!(school.count("calendar_day", "title = '運動会'").await, 0, "nothing has changed");

    let fingerprint = shown["fingerprint"].as_str().expect("something would change").to_owned();
    let other = import(&hugo, HIBARINO, FILE, Some("x")).await;
    assert_eq!(other["userErrors"], json!([{ "code": "CONFLICT", "field": "fingerprint" }]));
    let done = import(&hugo, HIBARINO, FILE, Some(&fingerprint)).await;
    assert_eq!((&done["applied"], &done["userErrors"]), (&json!(true), &json!([])), "{done}");
    assert_eq!(school.count("calendar_day", "title = '運動会' AND reason = '年間計画'").await, 1);
    let again = import(&hugo, HIBARINO, FILE, None).await;
    assert_eq!((&again["changes"], &again["fingerprint"]), (&json!([]), &Value::Null), "the same again changes nothing");

    // Somebody changes a day between the look and the press.
    let back = "日\t種類\n2026-10-17\t暦のとおり\n";
    let shown = import(&hugo, HIBARINO, back, None).await;
    assert_eq!(shown["changes"], json!([{ "line": 2, "day": "2026-10-17", "grade": null, "before": { "kind": "SCHOOL", "title": "運動会" }, "kind": null, "title": "" }]));
    set(&hugo, json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-10-17", "kind": "SCHOOL", "title": "秋の運動会" }] })).await;
    let stale = import(&hugo, HIBARINO, back, shown["fingerprint"].as_str()).await;
    assert_eq!(stale["userErrors"][0]["code"], "CONFLICT");
}

#[tokio::test]
async fn every_wrong_cell_is_told_by_line_and_column_and_the_other_lines_go_on() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    year(&hugo).await;
    let file = "日,学年,種類,名前\n2026-10-17,,授業日,\n\n8.10.18,,授業日,\n2026-10-19,9年,休み,\n2027-04-05,,行事,入学式\n2026-10-17,,行事,\n2026-02-30,,行事,\n";
    let shown = import(&hugo, HIBARINO, file, None).await;
    let told: Vec<Value> = shown["findings"].as_array().expect("a list").iter().map(|of| json!([of["line"], of["column"], of["value"], of["code"]])).collect();
    assert_eq!(told, [
        json!([4, "日", "8.10.18", "INVALID_DATE"]),
        json!([5, "学年", "9年", "UNKNOWN_GRADE"]),
        json!([5, "種類", "休み", "UNKNOWN_KIND"]),
        json!([6, "日", "2027-04-05", "OUTSIDE"]),
        json!([7, "日", "2026-10-17", "TWICE"]),
        json!([8, "日", "2026-02-30", "INVALID_DATE"]),
    ]);
    assert!(shown["findings"][0]["messageJa"].as_str().is_some_and(|text| text.contains("2026-10-18（令和8年10月18日）")), "{}", shown["findings"][0]);
    assert_eq!(shown["changes"].as_array().map(Vec::len), Some(1));
    let done = import(&hugo, HIBARINO, file, shown["fingerprint"].as_str()).await;
    assert_eq!((&done["applied"], school.count("calendar_day", "kind = 'SCHOOL'").await), (&json!(true), 1));
    let none = import(&hugo, HIBARINO, "なにか,ほか\n1,2\n", None).await;
    assert_eq!((&none["findings"][0]["code"], &none["findings"][0]["column"]), (&json!("NO_COLUMN"), &json!("日")));
}

#[tokio::test]
async fn only_the_office_of_the_school_reads_a_calendar_in() {
    let school = School::open().await;
    year(&school.person("hugo")).await;
    assert_eq!(import(&school.person("hugo"), MIZUUMI, FILE, None).await["userErrors"][0]["code"], "NOT_FOUND");
    let document = "mutation ($input: ImportCalendarInput!) { importCalendar(input: $input) { applied } }";
    let input = json!({ "input": { "schoolId": HIBARINO, "text": FILE } });
    assert_eq!(school.person("ana").ask(document, input).await.code(), "FORBIDDEN");
    let large = import(&school.person("hugo"), HIBARINO, &"あ".repeat(200_000), None).await;
    assert_eq!(large["userErrors"][0]["field"], "text");
}

#[tokio::test]
async fn on_the_page_a_calendar_goes_out_and_comes_back_without_a_difference() {
    let school = School::open().await;
    year(&school.person("hugo")).await;
    let mut hugo = school.visitor_as("hugo").await;
    let id = HIBARINO.to_string();
    let place = [("school", &*id), ("year", "2026")];
    let page = hugo.get("/calendar?year=2026").await;
    assert!(page.text.contains("ファイルで出し入れする"), "{}", page.text);
    let shown = hugo.send_file("/calendar/import", &place, "calendar.csv", FILE.as_bytes()).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    for text in ["ここでは何も変わりません", "授業日（運動会）", "11/6（金）", "社会見学", "臨時休業（学年閉鎖）"] {
        assert!(shown.text.contains(text), "{text}: {}", shown.text);
    }
    let fingerprint = shown.hidden("fingerprint").to_owned();
    let file = FILE.replace("\r\n", "\n");
    let apply = [&place[..], &[("fingerprint", &*fingerprint), ("text", &*file)]].concat();
    let done = hugo.submit("/calendar/import/apply", &apply).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(hugo.get("/calendar?year=2026").await.text.contains("17（土） 運動会"));
    let twice = hugo.submit("/calendar/import/apply", &apply).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.text.contains("変わる日はありません"), "{}", twice.text);

    for kind in ["utf-8", "cp932"] {
        let saved = hugo.submit("/calendar/file", &[&place[..], &[("kind", kind)]].concat()).await;
        assert!(saved.header("content-disposition").starts_with("attachment"), "{}", saved.text);
    }
    let saved = hugo.submit("/calendar/file", &[&place[..], &[("kind", "utf-8")]].concat()).await;
    assert!(saved.text.contains("2026-10-17,土,,授業日,運動会\r\n"), "{}", saved.text);
    let back = hugo.send_file("/calendar/import", &place, "calendar.csv", saved.text.as_bytes()).await;
    assert!(back.text.contains("変わる日はありません") && back.text.contains("読めないところ 0"), "{}", back.text);
    // CP932, as a spreadsheet saves it by a double click: 「日,種類」 and a Saturday.
    let old = b"\x93\xfa,\x8e\xed\x97\xde\n2026-12-05,\x8e\xf6\x8b\xc6\x93\xfa\n";
    let shown = hugo.send_file("/calendar/import", &place, "calendar.csv", old).await;
    assert!(shown.text.contains("CP932") && shown.text.contains("12/5（土）"), "{}", shown.text);
    let broken = hugo.send_file("/calendar/import", &place, "calendar.csv", b"\x93\xfa,\xff\xff\n").await;
    assert!(broken.status == StatusCode::UNPROCESSABLE_ENTITY && broken.text.contains("読めない文字があります"), "{}", broken.text);
    assert!(hugo.send_file("/calendar/import", &place, "calendar.csv", b"").await.text.contains("ファイルを選んで"));
    let mut ana = school.visitor_as("ana").await;
    ana.get("/pupils").await;
    assert_eq!(ana.send_file("/calendar/import", &place, "calendar.csv", FILE.as_bytes()).await.status, StatusCode::NOT_FOUND);
}
