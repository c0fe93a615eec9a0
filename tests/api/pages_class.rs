//! The class page and the pupil page at a browser: each viewer sees what the API gives them, and nothing else is there.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, School};
use axum::http::StatusCode;
use serde_json::json;

async fn with_flag() -> School {
    let school = School::open().await;
    school.fill_class().await;
    let document = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "classId": CLASS_5_2, "asOf": YESTERDAY } });
    school.person("ana").ask(document, input).await;
    school
}

#[tokio::test]
async fn the_homeroom_teacher_answers_on_the_class_page() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    let board = format!("/classes/{CLASS_5_2}");
    let page = ana.get(&board).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("気にかけたい子") && page.text.contains("朝倉 葵") && page.text.contains("心の天気"));
    assert!(page.text.contains("有村 安奈") && page.text.contains("5年2組 担任"), "the bar says who looks");
    let path = format!("/flags/{}/answer", page.between("action=\"/flags/", "/answer"));
    let back = page.between("name=\"back\" value=\"", "\"").replace("&#35;", "#");
    let answered = ana.submit(&path, &[("answer", "USEFUL"), ("back", &back)]).await;
    assert_eq!(answered.location(), (StatusCode::SEE_OTHER, back.as_str()));
    assert!(back.starts_with(&board));
    let page = ana.get(back.split('#').next().unwrap()).await;
    assert!(page.text.contains("役に立った（有村 安奈 11/24") && page.text.contains("/withdraw\""), "{}", page.text);
}

#[tokio::test]
async fn the_pupil_page_says_why_it_may_be_seen() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("/pupils/{AOI}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("閲覧できる理由") && page.text.contains("朝倉 葵"));
    assert!(ana.get(&format!("/pupils/{AOI}?view=table")).await.text.contains("<table"));
    let mut mari = school.visitor_as("mari").await;
    assert_eq!(mari.get(&format!("/pupils/{AOI}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_duty_does_not_give_is_not_on_the_page() {
    let mut school = with_flag().await;
    let from = "2026-11-24".parse().expect("a date");
    school.hire("sam", |id| vec![duty::new(id, DutyKind::SubjectTeacher, None, Some(CLASS_5_2), from)]).await;
    school.hire("ines", |id| vec![duty::new(id, DutyKind::IctSupport, Some(HIBARINO), None, from)]).await;
    school.hire("kai", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, from)]).await;
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    for (name, flags) in [("hugo", true), ("nurse", false), ("sam", false), ("kai", false), ("ines", false), ("board", false)] {
        let mut visitor = school.visitor();
        let entered = visitor.submit("/sign-in", &[("code", school.code(name))]).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{name}");
        let classes = visitor.get("/classes").await;
        assert!(classes.status == StatusCode::OK || classes.status == StatusCode::SEE_OTHER, "{name}: {}", classes.text);
        let page = visitor.get(&format!("/classes/{CLASS_5_2}")).await;
        assert!(page.status == StatusCode::OK || page.status == StatusCode::NOT_FOUND, "{name}: {}", page.text);
        assert_eq!((page.text.contains("この知らせは"), page.text.contains("/actions\"")), (flags, flags), "{name}");
        let pupil = visitor.get(&format!("/pupils/{AOI}")).await;
        assert!(pupil.status == StatusCode::OK || pupil.status == StatusCode::NOT_FOUND, "{name}: {}", pupil.text);
    }
}

#[tokio::test]
async fn a_wall_shows_nothing_of_a_single_pupil() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    let board = format!("/classes/{CLASS_5_2}");
    ana.get(&board).await;
    ana.submit("/presentation", &[("on", "true"), ("class", &CLASS_5_2.to_string())]).await;
    let page = ana.get(&board).await;
    assert!(page.text.contains("提示中　個人の記録を隠しています"), "{}", page.text);
    for word in ["気にかけたい", "心の天気", "提出", "/pupils/", "支援"] {
        assert!(!page.text.contains(word), "{word}: {}", page.text);
    }
    assert_eq!(ana.get(&format!("/pupils/{AOI}")).await.location(), (StatusCode::SEE_OTHER, "/classes"));
}
