//! The pages 支援 and 支援シート at a browser.
use crate::support_sheet::{done, open, sheets, with_team};
use asagao_tests::{AOI, HARUTO, Page, TODAY, Visitor};
use axum::http::StatusCode;
use serde_json::json;

async fn sent(visitor: &mut Visitor<'_>, fields: &[(&str, &str)]) -> Page {
    visitor.submit(&format!("/pupils/{AOI}/support"), fields).await
}

#[tokio::test]
async fn a_teacher_opens_a_sheet_writes_in_it_and_sets_a_task_that_is_done_with_one_touch() {
    let school = with_team().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("/pupils/{AOI}")).await;
    assert!(page.text.contains(&format!("/pupils/{AOI}/support")), "the pupil's page leads there");
    let page = ana.get(&format!("/pupils/{AOI}/support")).await;
    assert!(page.text.contains("支援シートを開く"), "{}", page.text);
    let opened = sent(&mut ana, &[("do", "open"), ("origin", "CHILD"), ("reason", "話を聞いた")]).await;
    assert_eq!(opened.location(), (StatusCode::SEE_OTHER, format!("/pupils/{AOI}/support#sheet").as_str()));
    let sheet = sheets(&school.person("ana"), AOI).await[0].clone();
    let (id, ana_id) = (sheet["id"].as_str().expect("an id").to_owned(), school.person("ana").id.to_string());
    let section = [("do", "section"), ("sheet", id.as_str()), ("part", "STRENGTHS"), ("level", "SHAREABLE"), ("version", "0"), ("text", "絵が好き")];
    assert_eq!(sent(&mut ana, &section).await.status, StatusCode::SEE_OTHER);
    let task = [("do", "task"), ("sheet", id.as_str()), ("what", "朝の声かけ"), ("staff", ana_id.as_str()), ("dueOn", TODAY), ("level", "SCHOOL_TEAM")];
    assert_eq!(sent(&mut ana, &task).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&format!("/pupils/{AOI}/support")).await;
    for words in ["絵が好き", "朝の声かけ", "学校のチーム（共有可）", "だれが読めるか", "本人から"] {
        assert!(page.text.contains(words), "{words}");
    }
    let mine = ana.get("/support").await;
    assert!(mine.text.contains("まもなく") && mine.text.contains("朝の声かけ") && mine.text.contains("5年2組 1番 朝倉 葵"), "{}", mine.text);
    let task = sheets(&school.person("ana"), AOI).await[0]["tasks"]["nodes"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(ana.submit("/support", &[("task", &task)]).await.location(), (StatusCode::SEE_OTHER, "/support"));
    assert!(!ana.get("/support").await.text.contains("朝の声かけ"));
    assert_eq!(sheets(&school.person("ana"), AOI).await[0]["tasks"]["nodes"][0]["state"], "DONE");
}

#[tokio::test]
async fn what_is_not_taken_is_given_back_with_what_was_typed() {
    let school = with_team().await;
    let id = open(&school.person("ana"), AOI).await["id"].as_str().expect("an id").to_owned();
    let mut ana = school.visitor_as("ana").await;
    ana.get(&format!("/pupils/{AOI}/support")).await;
    let meeting = [("do", "meeting"), ("sheet", id.as_str()), ("day", TODAY), ("level", "SCHOOL_TEAM"), ("version", "0"), ("tookPart", ""), ("said", "長い話し合い")];
    let page = sent(&mut ana, &meeting).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("参加した人を書いてください。") && page.text.contains(">長い話し合い</textarea>"), "{}", page.text);
    // The head was first: her words stand below what the head wrote, and go with the next press.
    let hugo = school.person("hugo");
    done(&hugo, "writeSupportSection", json!({ "sheetId": id, "part": "BACKGROUND", "text": "校長の文" })).await;
    let section = [("do", "section"), ("sheet", id.as_str()), ("part", "BACKGROUND"), ("level", "SCHOOL_TEAM"), ("version", "0"), ("text", "担任の文")];
    let page = sent(&mut ana, &section).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("担任の文</textarea>") && page.text.contains("校長の文") && page.text.contains("name=\"version\" value=\"1\""), "{}", page.text);
}

#[tokio::test]
async fn those_assigned_have_the_sheet_and_others_have_no_page() {
    let school = with_team().await;
    let ana = school.person("ana");
    let id = open(&ana, AOI).await["id"].clone();
    done(&ana, "assignSupport", json!({ "sheetId": id, "staffId": school.person("kei").id, "part": "面談" })).await;
    let mut kei = school.visitor_as("kei").await;
    let page = kei.get(&format!("/pupils/{AOI}/support")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("朝倉 葵") && !page.text.contains("児童カルテ") && !page.text.contains("支援を終える"), "{}", page.text);
    assert!(kei.get("/support").await.text.contains("朝倉 葵"));
    assert_eq!(kei.get(&format!("/pupils/{AOI}")).await.status, StatusCode::NOT_FOUND);
    for who in ["sub", "kyomu", "mari", "tomo", "board"] {
        let mut other = school.visitor_as(who).await;
        assert_eq!(other.get(&format!("/pupils/{AOI}/support")).await.status, StatusCode::NOT_FOUND, "{who}");
    }
    let mut nao = school.visitor_as("nao").await;
    let page = nao.get(&format!("/pupils/{AOI}/support")).await.text;
    assert!(page.contains("まだ、あなたには引きつがれていません") && page.contains("有村 安奈・kei さんにきいてください"), "{page}");
    assert!(nao.get(&format!("/pupils/{HARUTO}/support")).await.text.contains("支援シートを開く"), "a nurse may open one");
    // On a wall nothing of it is seen.
    let mut shown = school.visitor_as("ana").await;
    shown.get("/support").await;
    shown.submit("/presentation", &[("on", "true")]).await;
    for path in ["/support".to_owned(), format!("/pupils/{AOI}/support")] {
        assert_eq!(shown.get(&path).await.location(), (StatusCode::SEE_OTHER, "/classes"), "{path}");
    }
}
