//! The pages of families and of those who decide what families see, at browsers.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HARUTO, HIBARINO, School, TODAY, Visitor};
use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

async fn guardian<'a>(school: &'a School, name: &str) -> Visitor<'a> {
    let mut visitor = school.visitor();
    visitor.enter(school.code(name)).await;
    visitor
}

#[tokio::test]
async fn a_guardian_comes_to_the_children_and_goes_nowhere_else() {
    let mut school = School::open().await;
    school.guardian("朝倉 母", AOI, "PARENTAL", true).await;
    let mut mother = school.visitor();
    let home = mother.enter(school.code("朝倉 母")).await;
    assert_eq!((home.status, home.text.contains("朝倉 葵")), (StatusCode::OK, true), "{}", home.text);
    for part in ["5年2組", "成績を見る", "記録を見た人", "分析に使わない", "記録を使う目的", "評価には使いません"] {
        assert!(home.text.contains(part), "{part} in {}", home.text);
    }
    for (lang, part) in [("pt", "Não usar na análise"), ("en", "Keep out of the analysis")] {
        let page = mother.get(&format!("/family?lang={lang}")).await;
        assert!(page.text.contains(&format!("<html lang=\"{lang}\">")) && page.text.contains(part), "{}", page.text);
    }
    let marks = mother.get(&format!("/family/{AOI}/marks")).await;
    assert!(marks.text.contains("お子さんの成績") && marks.text.contains("href=\"/family?lang=ja\"") && marks.text.matches("<rt>").count() == 1, "only the mark has a reading: {}", marks.text);
    let looks = mother.get(&format!("/family/{AOI}/looks")).await;
    assert!(looks.text.contains("お子さんの記録を見た人"), "{}", looks.text);
    for path in [
        format!("/family/{HARUTO}/marks"),
        format!("/family/{HARUTO}/looks"),
        format!("/family/{}/marks", Uuid::nil()),
        "/classes".into(),
        format!("/pupils/{AOI}"),
        format!("/pupils/{AOI}/family"),
        "/check-in".into(),
        "/my-marks".into(),
        "/records".into(),
    ] {
        let page = mother.get(&path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.text.contains("葵") && !page.text.contains("陽翔"), "{path}: {}", page.text);
    }
    mother.get("/family").await;
    let done = mother.submit("/family", &[("pupil", &AOI.to_string()), ("keepOut", "1"), ("lang", "pt")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(mother.get(done.header("location")).await.text.contains("não entram na análise"));
    let other = mother.submit("/family", &[("pupil", &HARUTO.to_string()), ("keepOut", "1")]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert_eq!(school.count("analysis_exclusion", "1 = 1").await, 1);
}

#[tokio::test]
async fn the_office_notes_guardians_and_protects_a_household() {
    let mut school = School::open().await;
    school.guardian("朝倉 父", AOI, "PARENTAL", false).await;
    let path = format!("/pupils/{AOI}/family");
    let mut hugo = school.visitor_as("hugo").await;
    assert!(hugo.get(&format!("/pupils/{AOI}")).await.text.contains(&path));
    let page = hugo.get(&path).await;
    assert!(page.text.contains("朝倉 父") && page.text.contains("別の世帯") && !page.text.contains("支援措置の世帯です"), "{}", page.text);
    let fields = [("do", "guardian"), ("familyName", "朝倉"), ("givenName", "母"), ("relation", "MOTHER"), ("standing", "PARENTAL"), ("language", "PT"), ("inHousehold", "1"), ("email", "")];
    assert_eq!(hugo.submit(&path, &fields).await.status, StatusCode::SEE_OTHER);
    let page = hugo.get(&path).await;
    assert!(page.text.contains("朝倉 母") && page.text.contains("共同親権"), "{}", page.text);
    let wrong = hugo.submit(&path, &[("do", "guardian"), ("familyName", ""), ("relation", "MOTHER"), ("standing", "NONE"), ("language", "JA")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("保存していません"), "{}", wrong.text);
    assert_eq!(hugo.submit(&path, &[("do", "protect"), ("reason", "市から連絡があった")]).await.status, StatusCode::SEE_OTHER);
    let page = hugo.get(&path).await;
    assert!(page.text.contains("支援措置の世帯です") && page.text.contains("市から連絡があった") && page.text.contains("見えない"), "{}", page.text);
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&path).await;
    assert!(page.text.contains("支援措置の世帯です") && !page.text.contains("保護者を加える"), "the homeroom teacher reads: {}", page.text);
    assert_eq!(ana.submit(&path, &[("do", "protect"), ("reason", "試し")]).await.status, StatusCode::NOT_FOUND);
    let list = ana.get(&format!("/classes/{CLASS_5_2}/roster")).await;
    assert!(list.text.contains("支援措置") && list.text.contains("（非公開）"), "{}", list.text);
    let file = ana.submit(&format!("/classes/{CLASS_5_2}/roster"), &[("kind", "utf-8")]).await;
    assert!(file.text.contains("（非公開）") && file.text.contains("伊藤 陽翔") && !file.text.contains("葵"), "{}", file.text);
    assert_eq!(school.visitor_as("mari").await.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_board_states_a_reason_and_the_family_reads_it() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school.guardian("朝倉 母", AOI, "PARENTAL", true).await;
    let mut board = school.visitor_as("board").await;
    let page = board.get("/records").await;
    assert!(page.text.contains("ひばり野小学校") && page.text.contains("個別の記録を開く"), "{}", page.text);
    let (school_id, name) = (HIBARINO.to_string(), "朝倉 葵");
    let refused = board.submit("/records", &[("school", &school_id), ("name", "朝倉 蒼"), ("reason", "転入の相談への対応のため")]).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("その名前の人は今いません") && refused.text.contains("転入の相談"), "{}", refused.text);
    let opened = board.submit("/records", &[("school", &school_id), ("name", name), ("reason", "転入の相談への対応のため")]).await;
    assert_eq!(opened.header("location"), format!("/pupils/{AOI}"));
    let page = board.get(&format!("/pupils/{AOI}")).await;
    assert_eq!((page.status, page.text.contains(name)), (StatusCode::OK, true), "{}", page.text);
    assert!(page.text.contains("述べた理由により"), "{}", page.text);
    school.verify_access_log(&[]).await;
    let mut mother = guardian(&school, "朝倉 母").await;
    let looks = mother.get(&format!("/family/{AOI}/looks")).await;
    assert!(looks.text.contains("転入の相談への対応のため") && looks.text.contains("教育委員会"), "{}", looks.text);
    let told = school.visitor_as("hugo").await.get(&format!("/pupils/{AOI}/looks")).await;
    assert!(told.text.contains("転入の相談への対応のため"), "{}", told.text);
    assert_eq!(school.visitor_as("hugo").await.get("/records").await.status, StatusCode::NOT_FOUND);
    let json = school.person("board").ask("{ viewer { rights } }", json!({})).await;
    assert!(json.body.to_string().contains("attendance:read"), "{}", json.body);
}

#[tokio::test]
async fn a_name_in_several_words_stays_whole_when_something_else_is_changed() {
    let mut school = School::open().await;
    let id = school.guardian("da Silva", AOI, "PARENTAL", true).await;
    let save = "mutation ($input: SaveGuardianInput!) { saveGuardian(input: $input) { userErrors { code } } }";
    let input = json!({ "pupilId": AOI, "guardianId": id, "familyName": "da Silva", "givenName": "Maria Luz", "kanaFamilyName": "ダ シルバ",
        "kanaGivenName": "マリア", "relation": "MOTHER", "standing": "PARENTAL", "inHousehold": true });
    assert_eq!(school.person("hugo").ask(save, json!({ "input": input })).await.data("/saveGuardian/userErrors"), &json!([]));
    let path = format!("/pupils/{AOI}/family");
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get(&path).await;
    let form = page.between("name=\"whole\"", "</form>");
    let filled = |name: &str| {
        let field = form.split(&format!("name=\"{name}\"")).nth(1).and_then(|rest| rest.split("value=\"").nth(1));
        field.and_then(|rest| rest.split('"').next()).expect("a field that is filled").to_owned()
    };
    let names = ["guardian", "familyName", "givenName", "kanaFamilyName", "kanaGivenName"].map(|name| (name, filled(name)));
    let mut fields: Vec<(&str, &str)> = names.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("do", "guardian"), ("whole", "1"), ("relation", "MOTHER"), ("standing", "PARENTAL"), ("language", "PT"), ("inHousehold", "1")]);
    assert_eq!(hugo.submit(&path, &fields).await.status, StatusCode::SEE_OTHER);
    let asked = "query ($id: ID!) { pupil(id: $id) { guardians { language name familyName givenName kana kanaFamilyName kanaGivenName } } }";
    let told = school.person("hugo").ask(asked, json!({ "id": AOI })).await;
    let whole = json!({ "language": "PT", "name": "da Silva Maria Luz", "familyName": "da Silva", "givenName": "Maria Luz", "kana": "ダ シルバ マリア",
        "kanaFamilyName": "ダ シルバ", "kanaGivenName": "マリア" });
    assert_eq!(told.data("/pupil/guardians/0"), &whole);
    // What is not known is null.
    let father = school.guardian("朝倉", HARUTO, "PARENTAL", true).await;
    let told = school.person("hugo").ask(asked, json!({ "id": HARUTO })).await;
    let known = told.data("/pupil/guardians/0");
    assert!(known["givenName"].is_null() && known["kanaFamilyName"].is_null() && known["kanaGivenName"].is_null(), "{father}: {known}");
}
