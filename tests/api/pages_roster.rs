//! The class roster and the search for pupils at a browser: who sees which names, files that lose nothing, no name in an address.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HIBARINO, School, TODAY, YUI};
use axum::http::StatusCode;

fn roster() -> String {
    format!("/classes/{CLASS_5_2}/roster")
}

#[tokio::test]
async fn the_roster_lists_names_as_they_are_shown_read_and_registered() {
    let school = School::open().await;
    let page = school.visitor_as("ana").await.get(&roster()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for text in ["5年2組 名簿", "朝倉 葵", "あさくら あおい", "正式氏名", "同じ", "6人", "担任 有村 安奈", "令和8年11月24日（火）"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
}

#[tokio::test]
async fn who_does_not_keep_the_register_sees_no_column_of_it() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    let mut nurse = school.visitor_as("nurse").await;
    let page = nurse.get(&roster()).await;
    assert!(page.text.contains("朝倉 葵") && !page.text.contains("正式氏名") && !page.text.contains("同じ"), "{}", page.text);
    let file = nurse.submit(&roster(), &[("kind", "utf-8")]).await;
    assert!(file.text.starts_with("\u{feff}番号,氏名,フリガナ,在籍はじめ,在籍おわり\r\n"), "{}", file.text);
    for who in ["mari", "ana"] {
        let class = if who == "mari" { CLASS_5_2 } else { CLASS_4_1 };
        let mut visitor = school.visitor_as(who).await;
        visitor.get("/pupils").await;
        assert_eq!(visitor.get(&format!("/classes/{class}/roster")).await.status, StatusCode::NOT_FOUND, "{who}");
        assert_eq!(visitor.submit(&format!("/classes/{class}/roster"), &[("kind", "xlsx")]).await.status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[tokio::test]
async fn the_roster_is_saved_for_excel_and_for_older_programs() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let other = format!("/classes/{CLASS_5_1}/roster");
    hugo.get(&other).await;
    let xlsx = hugo.submit(&other, &[("kind", "xlsx")]).await;
    assert!(xlsx.text.starts_with("PK") && xlsx.header("content-type").ends_with("spreadsheetml.sheet"));
    assert!(xlsx.header("content-disposition").contains("filename*=UTF-8''5%E5%B9%B41%E7%B5%84"), "{}", xlsx.header("content-disposition"));
    let csv = hugo.submit(&other, &[("kind", "utf-8")]).await;
    assert!(csv.text.contains("1,渡辺 蓮,ワタナベ レン,渡辺 蓮,,"), "{}", csv.text);
    let old = hugo.submit(&other, &[("kind", "cp932")]).await;
    assert_eq!((old.status, old.header("content-type")), (StatusCode::OK, "text/csv; charset=Shift_JIS"));
    assert_eq!(hugo.submit(&other, &[("kind", "pdf")]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn trap_13_a_name_that_cp932_cannot_hold_is_shown_before_the_file_is_made() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&roster()).await;
    let page = ana.submit(&roster(), &[("kind", "cp932")]).await;
    assert!(page.header("content-type").starts_with("text/html") && page.header("content-disposition").is_empty());
    for text in ["CP932 で書けない文字があります", "𠮷田 結衣", "吉田 結衣", "まだ保存していません", "正式氏名"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let replaced = ana.submit(&roster(), &[("kind", "cp932-usual")]).await;
    assert!(replaced.header("content-type").ends_with("Shift_JIS") && !replaced.text.contains('?'));
    assert!(ana.submit(&roster(), &[("kind", "utf-8")]).await.text.contains("𠮷田 結衣"));
}

#[tokio::test]
async fn pupils_are_found_without_a_name_in_the_address() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get("/pupils").await;
    assert!(page.text.contains("method=\"post\" action=\"/pupils\"") && !page.text.contains("method=\"get\""));
    for text in ["吉田", "ゆい よしだ", "5-2 6", "６番"] {
        let page = ana.submit("/pupils", &[("search", text)]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("𠮷田 結衣") && page.text.contains("ひばり野小学校"), "{text}: {}", page.text);
        assert!(page.text.contains(&format!("/pupils/{YUI}")) && !page.text.contains(&AOI.to_string()), "{text}");
        assert!(page.header("location").is_empty() && page.header("cache-control").contains("no-store"));
    }
    for text in ["渡辺", "小川 颯太", "いない", "々", "a,b,c,d,e,f,g,h,i,j"] {
        assert!(ana.submit("/pupils", &[("search", text)]).await.text.contains("見つかりません"), "{text}");
    }
    assert!(!ana.submit("/pupils", &[("search", " ・ ")]).await.text.contains("見つか"));
    let elsewhere = ana.post("/pupils", &[("search", "朝倉")], &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_wall_shows_no_roster_and_finds_nobody() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&roster()).await;
    ana.submit("/presentation", &[("on", "true"), ("class", &CLASS_5_2.to_string())]).await;
    let page = ana.get(&roster()).await;
    assert!(page.text.contains("提示中は名簿を出しません") && !page.text.contains("朝倉"), "{}", page.text);
    assert!(!ana.submit("/pupils", &[("search", "朝倉")]).await.text.contains("葵"));
    assert_eq!(ana.submit(&roster(), &[("kind", "utf-8")]).await.status, StatusCode::NOT_FOUND);
}
