//! わたしの成績 at a pupil's browser.
use crate::marks::{decide, record, save_test, three, with_rule, write};
use crate::marks_closed::close;
use asagao_tests::{AOI, CLASS_5_2, HARUTO, School, Visitor};
use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

async fn pupil(school: &School, pupil: Uuid) -> Visitor<'_> {
    let code = school.pupil_token(pupil).await;
    let mut visitor = school.visitor();
    visitor.enter(&code).await;
    visitor
}

async fn marked() -> School {
    let school = with_rule().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    record(&ana, 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    record(&ana, 1, json!(three(HARUTO, [10.0, 5.0, 1.0]))).await;
    decide(&ana, json!([{ "pupilId": AOI, "item": "THINKING", "value": "A", "reason": "先生どうしのことば" }])).await;
    let words = json!([{ "pupilId": AOI, "text": "係の仕事を進んで行いました。" }, { "pupilId": AOI, "subject": "道徳", "text": "友だちの考えを聞きました。" },
        { "pupilId": HARUTO, "text": "ほかの子のことば" }]);
    write(&ana, CLASS_5_2, words).await;
    school
}

#[tokio::test]
async fn a_pupil_finds_the_own_closed_terms_from_the_first_page() {
    let school = marked().await;
    let mut aoi = pupil(&school, AOI).await;
    assert!(aoi.get("/check-in").await.text.contains("href=\"/my-marks?lang=ja\""));
    let page = aoi.get("/my-marks").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("まだ ありません") && !page.text.contains("<table") && !page.text.contains("係の仕事"), "an open term is not shown: {}", page.text);
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    let page = aoi.get("/my-marks").await;
    for part in ["2<ruby>学期", "<ruby>算数<rp>（</rp><rt>さんすう</rt>", "係の仕事を進んで行いました。", "<ruby>道徳", "友だちの考え", "よく できて いる", "<ruby>先生", "くらべる ものでは ありません"] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    let row = page.text.split("<ruby>算数").nth(1).and_then(|rest| rest.split("</tr>").next()).unwrap_or_default();
    assert_eq!(row.matches("<td>A</td>").count() + row.matches("<td>3</td>").count(), 4, "{row}");
    // Nothing of others, of teachers among themselves, of percents.
    let main = page.text.split("<main").nth(1).expect("a page has a main part");
    for part in ["ほかの子", "先生どうし", "80", "%", "％", "計算", "学級"] {
        assert!(!main.contains(part), "{part} in {main}");
    }
    for (lang, part) in [("pt", "Aritmética"), ("en", "Arithmetic")] {
        let page = aoi.get(&format!("/my-marks?lang={lang}")).await;
        assert!(page.text.contains(&format!("<html lang=\"{lang}\">")) && page.text.contains(part), "{}", page.text);
    }
    let mut haruto = pupil(&school, HARUTO).await;
    let page = haruto.get("/my-marks").await;
    assert!(page.text.contains("ほかの子のことば") && !page.text.contains("係の仕事"), "each the own");
}

#[tokio::test]
async fn terms_and_years_are_chosen_and_others_are_not_there() {
    let school = marked().await;
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    let mut aoi = pupil(&school, AOI).await;
    assert_eq!(aoi.get("/my-marks?year=2026&term=2").await.status, StatusCode::OK);
    assert!(aoi.get("/my-marks?year=2025").await.text.contains("いまの <ruby>学年"), "and the way back");
    for path in ["/my-marks?term=1", "/my-marks?term=9", "/my-marks?year=2027", "/my-marks?year=1999"] {
        assert_eq!(aoi.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(school.visitor_as("ana").await.get("/my-marks").await.status, StatusCode::NOT_FOUND, "it is a pupil's page");
    assert_ne!(school.visitor().get("/my-marks").await.status, StatusCode::OK);
}
