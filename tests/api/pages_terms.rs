//! 学期 at a browser: who reads the terms of a year, and the board that sets them.
use crate::marks::{save_test, with_rule};
use crate::marks_closed::close;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{HIBARINO, School, TODAY};
use axum::http::StatusCode;
use serde_json::json;

async fn with_board() -> School {
    let mut school = with_rule().await;
    let from = TODAY.parse().expect("a date");
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school
}

#[tokio::test]
async fn the_board_sets_the_terms_and_the_schools_read_them() {
    let school = with_board().await;
    let mut hugo = school.visitor_as("hugo").await;
    for path in ["/calendar", &format!("/schools/{HIBARINO}/mark-scheme")] {
        assert!(hugo.get(path).await.text.contains("href=\"/terms?year=2026\""), "{path}");
    }
    let page = hugo.get("/terms").await;
    assert!(page.text.contains("令和8年8月1日（土）から令和8年12月31日（木）まで <span class=\"tag\">いまの学期") && page.text.contains("4月・8月・1月に始まる3学期制"), "{}", page.text);
    assert!(!page.text.contains("action=\"/terms\" class=\"rule\"") && page.text.contains("教育委員会に知らせて"), "a head reads: {}", page.text);
    let refused = hugo.submit("/terms", &[("year", "2026"), ("terms", "2"), ("second", "2026-10-10"), ("reason", "x")]).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER);
    let mut board = school.visitor_as("board").await;
    assert!(board.get("/terms").await.text.contains("<a href=\"/terms\" aria-current=\"page\">学期</a>"), "in the bar of the board alone");
    assert!(!hugo.get("/calendar").await.text.contains("<a href=\"/terms\">"));
    let fields = [("year", "2026"), ("terms", "2"), ("second", "2026-10-10"), ("third", "2027-01-08"), ("reason", "管理規則")];
    assert_eq!(board.submit("/terms", &fields).await.location(), (StatusCode::SEE_OTHER, "/terms?year=2026"));
    let page = hugo.get("/terms").await;
    assert!(page.text.contains("<strong>後期</strong> 令和8年10月10日（土）から令和9年3月31日（水）まで") && page.text.contains("教育委員会が決めた学期"), "{}", page.text);
    assert_eq!(school.count("trail", "record = 'term' AND reason LIKE '%管理規則%'").await, 2);
}

#[tokio::test]
async fn terms_that_make_no_sense_or_are_in_use_are_refused_with_what_was_typed() {
    let school = with_board().await;
    let mut board = school.visitor_as("board").await;
    board.get("/terms").await;
    let base = [("year", "2026"), ("terms", "3"), ("reason", "管理規則")];
    for (second, third, words) in [
        ("2026-09-01", "2026-08-25", "早い順に"),
        ("2026-09-01", "", "はじめの日を選んで"),
        ("2026-03-01", "2027-01-08", "4月2日から"),
        ("9月1日", "2027-01-08", "はじめの日を選んで"),
    ] {
        let page = board.submit("/terms", &[&base[..], &[("second", second), ("third", third)]].concat()).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.text.contains(words) && page.text.contains(&format!("value=\"{second}\"")) && page.text.contains("value=\"管理規則\""), "{}", page.text);
    }
    let page = board.submit("/terms", &[("year", "2026"), ("terms", "3"), ("second", "2026-09-01"), ("third", "2027-01-08"), ("reason", " ")]).await;
    assert!(page.status == StatusCode::CONFLICT && page.text.contains("理由を書いて"), "{}", page.text);
    save_test(&school.person("ana"), 1, json!({})).await;
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    let page = board.submit("/terms", &[&base[..], &[("second", "2026-09-01"), ("third", "2027-01-08")]].concat()).await;
    assert!(page.status == StatusCode::CONFLICT && page.text.contains("もう学期を締めた学級"), "{}", page.text);
    assert_eq!(school.count("term", "1 = 1").await, 0);
    assert_eq!(board.get("/terms?year=1999").await.status, StatusCode::NOT_FOUND);
}
