//! The class page and the pupil page: who sees them and how much of them, what is on a wall, what an answer to a flag changes.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_2, HIBARINO, School};
use axum::http::StatusCode;
use serde_json::json;

async fn with_flag() -> School {
    let school = School::open().await;
    school.fill_class().await;
    let run = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&run, json!({})).await.data("/analyze/userErrors"), &json!([]));
    school
}

fn class() -> String {
    format!("/classes/{CLASS_5_2}")
}

fn pupil() -> String {
    format!("/pupils/{AOI}")
}

#[tokio::test]
async fn a_homeroom_teacher_sees_the_class_and_each_pupil() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&class()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in ["きょうの出欠", "気にかけたい子", "朝倉 葵", "学級のようす", "心の天気", "最後の支援の記録", "データの新しさ"] {
        assert!(page.text.contains(part), "{part}");
    }
    let page = ana.get(&pupil()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in ["朝倉 葵", "閲覧できる理由", "5年2組の担任", "気にかけたい知らせ", "これまでの経過"] {
        assert!(page.text.contains(part), "{part}");
    }
    let table = ana.get(&format!("{}?view=table", pupil())).await;
    assert!(table.status == StatusCode::OK && table.text.contains("学級の中央</th>"));
}

#[tokio::test]
async fn an_answer_folds_the_card_until_it_is_taken_back() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&class()).await;
    let answer = format!("/flags/{}", page.between("action=\"/flags/", "\""));
    let back = page.hidden("back").to_owned();
    let answered = ana.submit(&answer, &[("answer", "USEFUL"), ("back", back.as_str())]).await;
    assert_eq!(answered.location().0, StatusCode::SEE_OTHER, "{}", answered.text);
    let page = ana.get(&class()).await;
    assert!(page.text.contains("役に立った（") && page.text.contains("元に戻す") && !page.text.contains(&answer));
    let withdraw = answer.replace("/answer", "/withdraw");
    ana.submit(&withdraw, &[("back", back.as_str())]).await;
    assert!(ana.get(&class()).await.text.contains(&answer));
}

#[tokio::test]
async fn what_was_done_stands_on_both_pages() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&class()).await;
    let fields = [("kind", "PHONE"), ("text", "家庭と話した<b>"), ("nextOn", ""), ("back", &pupil())];
    let done = ana.submit(&format!("{}/actions", pupil()), &fields).await;
    assert_eq!(done.location(), (StatusCode::SEE_OTHER, pupil().as_str()));
    for path in [class(), pupil()] {
        let page = ana.get(&path).await;
        assert!(page.text.contains("家庭と話した&#60;b&#62;") && page.text.contains("対応中"), "{path}");
    }
}

#[tokio::test]
async fn on_a_wall_there_are_no_records_and_no_pupil_pages() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&class()).await;
    ana.submit("/presentation", &[("on", "true"), ("class", &CLASS_5_2.to_string())]).await;
    let wall = ana.get(&class()).await;
    assert_eq!(wall.status, StatusCode::OK);
    for hidden in ["朝倉", "気にかけたい", "心の天気", "/pupils/"] {
        assert!(!wall.text.contains(hidden), "{hidden}");
    }
    let named = ana.get(&format!("{}?names=1", class())).await;
    assert!(named.text.contains("朝倉 葵") && !named.text.contains("気にかけたい"));
    assert_eq!(ana.get(&pupil()).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stranger_finds_nothing() {
    let school = with_flag().await;
    let mut ana = school.visitor_as("ana").await;
    for path in [format!("/classes/{CLASS_4_1}"), "/classes/x".into(), "/pupils/x".into(), format!("/pupils/{CLASS_5_2}")] {
        assert_eq!(ana.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(school.visitor().get(&class()).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn columns_without_a_right_are_absent() {
    let mut school = with_flag().await;
    let from = "2026-04-01".parse().unwrap();
    school.hire("iris", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_2), from)]).await;
    let mut iris = school.visitor_as("iris").await;
    let page = iris.get(&class()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("学級のようす") && !page.text.contains("気にかけたい子") && !page.text.contains("最後の支援の記録"));
}
