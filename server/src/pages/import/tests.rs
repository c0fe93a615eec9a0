use super::asked::{AskedImport, Count};
use super::*;
use crate::pages::scene;

fn data(state: &str) -> Value {
    let none = json!({ "nodes": [], "pageInfo": { "hasNextPage": false, "endCursor": null } });
    let change = |id: &str, kind: &str, record: &str, name: &str, class: &str, fields: Value| {
        json!({ "id": id, "record": record, "kind": kind, "line": 12, "name": name, "className": class, "schoolName": "ひばり野小学校",
                "candidateName": null, "fields": fields })
    };
    let page = |nodes: Vec<Value>, more: bool| json!({ "nodes": nodes, "pageInfo": { "hasNextPage": more, "endCursor": "9" } });
    let field = |name: &str, before: Option<&str>, after: Option<&str>| json!({ "field": name, "before": before, "after": after, "theirs": null });
    let mut unmatched = change("7", "UNMATCHED", "PUPIL", "鈴木 葵", "5年2組", json!([]));
    unmatched["candidateName"] = json!("鈴木 葵");
    let mut ours = field("preferredFamilyName", Some("ラミレス"), Some("ラミレス"));
    ours["theirs"] = json!("RAMIREZ");
    json!({
        "id": "i-1", "state": state, "fileName": "RO_20261124_B122210000011.zip", "version": "1.2_JP", "encoding": "CP932 (Shift_JIS)",
        "at": "2026-11-23T23:02:00Z", "madeBy": "山口 純", "rowsRead": 12345,
        "counts": [
            { "record": "PUPIL", "unchanged": 407, "new": 3, "changed": 12, "leaving": 0, "returning": 0, "conflicts": 1, "unmatched": 1, "kept": 0, "suspicious": 1 },
            { "record": "ENROLMENT", "unchanged": 400, "new": 3, "changed": 2, "leaving": 2, "returning": 1, "conflicts": 0, "unmatched": 0, "kept": 0, "suspicious": 0 },
        ],
        "suspicion": "5f00", "schools": [{ "id": "s-1", "name": "ひばり野小学校" }],
        "rowsLeftOut": 2, "findingCounts": [
            { "severity": "WARNING", "code": "HALF_WIDTH_KANA", "file": "users.csv", "column": "metadata.jp.kanaGivenName", "count": 31 },
            { "severity": "ERROR", "code": "NOT_A_DATE", "file": "enrollments.csv", "column": "beginDate", "count": 2 },
        ],
        "committedAt": if state == "COMMITTED" { json!("2026-11-23T23:10:00Z") } else { Value::Null },
        "undoneAt": if state == "UNDONE" { json!("2026-11-23T23:15:00Z") } else { Value::Null },
        "undoUntil": if state == "COMMITTED" { json!("2026-11-30T23:10:00Z") } else { Value::Null },
        "doubtful": page(vec![change("3", "CHANGED", "PUPIL", "中村 湊", "5年2組", json!([field("familyName", Some("中村"), Some("上野")), field("givenName", Some("湊"), Some("悠真")), field("birthDate", Some("2015-05-02"), Some("2015-11-20"))]))], false),
        "conflicts": page(vec![change("5", "CONFLICT", "PUPIL", "ラミレス ルカス", "5年1組", json!([ours]))], false),
        "unmatched": page(vec![unmatched], false),
        "leaving": page(vec![change("11", "LEAVING", "ENROLMENT", "田中 陽菜", "5年2組", json!([field("ends", None, Some("2026-11-23"))]))], false),
        "returning": none, "new": page(vec![change("12", "NEW", "PUPIL", "青木 空", "6年1組", json!([field("kanaFamilyName", None, Some("アオキ"))]))], true),
        "changed": page(vec![change("13", "CHANGED", "PUPIL", "髙橋 朝陽", "5年2組", json!([field("familyName", Some("高橋"), Some("髙橋"))]))], false),
        "kept": none,
    })
}

fn page(name: &str, data: Value, refused: Vec<&'static str>) -> String {
    let asked: AskedImport = serde_json::from_value(data).unwrap();
    let codes = found::codes(&asked.finding_counts);
    let rows = |at: usize| -> FindingPage {
        let row = |line: i64| json!({ "file": "enrollments.csv", "line": line, "column": "beginDate", "value": "1/05/2023" });
        serde_json::from_value(json!({ "nodes": [row(14), row(97)], "pageInfo": { "hasNextPage": at > 0, "endCursor": "2" } }))
            .unwrap()
    };
    let found = codes.iter().enumerate().map(|(at, code)| Found::new(code, rows(at))).collect();
    let frame = Frame { nav: Nav::staff(Here::Imports), ..scene::frame(false) };
    scene::render(name, &ImportPage { frame, import: Import::new(asked, scene::today()), found, more_found: 0, refused })
}

#[test]
fn a_difference_is_shown_before_anything_changes() {
    let html = page("import", data("READ"), Vec::new());
    for said in [
        "ここでは何も変わりません",
        "要確認",
        "<mark>",
        "同じ人かもしれません",
        "1/05/2023",
        "消える記録はありません",
        "すべて表示",
        "名簿では RAMIREZ",
    ] {
        assert!(html.contains(said), "{said}");
    }
    assert!(
        html.find("取り込めない</span><b>日付として").unwrap() < html.find("気づいたこと</span><b>半角").unwrap(),
        "errors come first"
    );
    assert_eq!(html.matches("filled").count(), 1);
    assert!(html.contains("name=\"suspicion\" value=\"5f00\" required"));
}

#[test]
fn a_school_that_would_be_emptied_is_said_once_and_not_pupil_by_pupil() {
    let mut data = data("READ");
    let leaving = data["leaving"]["nodes"][0].clone();
    data["doubtful"]["nodes"] = (0..50).map(|_| leaving.clone()).collect();
    data["doubtful"]["pageInfo"]["hasNextPage"] = json!(true);
    let html = page("import_emptied", data, Vec::new());
    assert!(html.contains("ひばり野小学校の多くの人がいなくなります") && html.contains("50件以上"));
    assert!(html.matches("田中 陽菜").count() < 3);
}

#[test]
fn each_state_says_what_has_become_of_the_records() {
    for (state, said) in [
        ("READING", "12,345</b>行まで読みました"),
        ("FAILED", "何も変わっていません"),
        ("COMMITTING", "反映しています"),
        ("UNDOING", "取り消しています"),
        ("COMMITTED", "反映を取り消す"),
        ("STALE", "もういちど送る"),
        ("DISCARDED", "やめました"),
        ("UNDONE", "取り込む前の名簿に戻っています"),
    ] {
        let html = page(&format!("import_{}", state.to_lowercase()), data(state), Vec::new());
        assert!(html.contains(said), "{state}");
        assert!(!html.contains("value=\"commit\""), "{state} cannot be committed");
    }
}

#[test]
fn the_same_roster_says_so() {
    let mut data = data("READ");
    for list in ["doubtful", "conflicts", "unmatched", "leaving", "returning", "new", "changed", "kept"] {
        data[list]["nodes"] = json!([]);
    }
    data["counts"] = json!([{ "record": "PUPIL", "unchanged": 400 }]);
    assert!(page("import_same", data, Vec::new()).contains("今の名簿と同じです"));
}

#[test]
fn a_list_in_full_leads_to_its_next_page() {
    let kind = change::kind("CHANGED").unwrap();
    let group = Group::new(kind, serde_json::from_value(data("READ")["changed"].clone()).unwrap());
    let frame = Frame { nav: Nav::staff(Here::Imports), ..scene::frame(false) };
    let (id, file, title) = ("i-1".into(), "RO_20261124.zip".into(), kind.name.into());
    let html = scene::render(
        "import_list",
        &ListPage {
            frame,
            id,
            file,
            title,
            about: kind.about,
            group: Some(group),
            found: None,
            next: Some("/imports/i-1?show=CHANGED&after=9".into()),
        },
    );
    assert!(html.contains("つぎの 100件") && html.contains("<mark>髙</mark>橋"));
    let count: Count = serde_json::from_value(json!({ "record": "PUPIL" })).unwrap();
    assert_eq!(count.new, 0);
}
