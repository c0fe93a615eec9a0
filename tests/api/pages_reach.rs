//! Pages of somebody with two duties: a column, a form or a number is there where the duty over this very class gives it.
use crate::reach::with_second_duty;
use asagao_graphql::access::duty::DutyKind;
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HIBARINO, REN, School};
use axum::http::StatusCode;

fn has(text: &str, words: &[&str]) -> Vec<String> {
    words.iter().filter(|word| text.contains(**word)).map(|word| (*word).to_owned()).collect()
}

const LEARNING: [&str; 4] = ["学習の記録", "10日計", "直近4課題", "学級の<wbr>中央"];
const SUPPORT: [&str; 4] = ["気にかけたい", "最後の支援の記録", "対応を記録", "/actions\""];
const NONE: [String; 0] = [];

#[tokio::test]
async fn a_nurse_of_the_class_has_no_columns_of_learning_and_no_forms() {
    let school = with_second_duty(DutyKind::Nurse, Some(CLASS_5_2)).await;
    let mut dora = school.visitor_as("dora").await;
    let page = dora.get(&format!("/classes/{CLASS_5_2}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(has(&page.text, &["きょうの出欠", "朝の出欠をつける", "心の天気", "データの新しさ"]).len(), 4, "{}", page.text);
    assert_eq!(has(&page.text, &LEARNING), NONE);
    assert_eq!(has(&page.text, &SUPPORT), NONE);

    let page = dora.get(&format!("/pupils/{AOI}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("出欠・心の天気・保健室を見られます。"), "{}", page.text);
    assert!(page.text.contains("学習の記録・提出・成績・気にかけたい知らせ・支援の記録は表示されません。"));
    assert_eq!(has(&page.text, &["学習の記録</text>", "学級の中央", "id=\"flags\"", "id=\"actions\"", "/actions\"", "<li>学習の記録"]), NONE);
    let table = dora.get(&format!("/pupils/{AOI}?view=table")).await;
    assert_eq!(has(&table.text, &["学習の記録</th>", "学級の中央</th>", "提出（期限の日）", "支援</th>"]), NONE);

    // The same person is the homeroom teacher next door.
    let page = dora.get(&format!("/classes/{CLASS_5_1}")).await;
    assert_eq!(has(&page.text, &["学習の記録", "気にかけたい子", "最後の支援の記録"]).len(), 3, "{}", page.text);
    assert!(dora.get(&format!("/pupils/{REN}")).await.text.contains(&format!("/pupils/{REN}/actions\"")));
}

#[tokio::test]
async fn a_subject_teacher_of_the_class_takes_no_attendance_there() {
    let school = with_second_duty(DutyKind::SubjectTeacher, Some(CLASS_5_2)).await;
    let mut dora = school.visitor_as("dora").await;
    let page = dora.get(&format!("/classes/{CLASS_5_2}")).await;
    assert_eq!(has(&page.text, &LEARNING).len(), 4, "{}", page.text);
    assert_eq!(has(&page.text, &SUPPORT), NONE);
    assert_eq!(has(&page.text, &["心の天気", "朝の出欠をつける", "/attendance\""]), NONE);
    assert_eq!(dora.get(&format!("/classes/{CLASS_5_2}/attendance")).await.status, StatusCode::NOT_FOUND);
    let own = dora.get(&format!("/classes/{CLASS_5_1}/attendance")).await;
    assert_eq!(own.status, StatusCode::OK, "{}", own.text);
    let sent = dora.submit(&format!("/classes/{CLASS_5_2}/attendance"), &[("act", "all")]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND, "{}", sent.text);
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 0);
    let page = dora.get(&format!("/pupils/{AOI}")).await;
    assert!(page.text.contains("心の天気・保健室・気にかけたい知らせ・支援の記録は表示されません。"), "{}", page.text);
}

#[tokio::test]
async fn what_an_address_has_that_is_no_place_in_a_list_is_a_wrong_address() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let lists = [format!("/pupils/{AOI}/history"), format!("/schools/{HIBARINO}/moves"), format!("/classes/{CLASS_5_2}/history")];
    for list in &lists {
        assert_eq!(hugo.get(list).await.status, StatusCode::OK, "{list}");
        for after in ["", "x", "1e9", "1.2", "%00", "9999999999999999999.00000000000000000000000000000000"] {
            let page = hugo.get(&format!("{list}?after={after}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{list} {after:?}");
        }
    }
}

#[tokio::test]
async fn a_class_of_which_only_the_name_may_be_seen_has_no_page() {
    let school = with_second_duty(DutyKind::IctSupport, None).await;
    let mut dora = school.visitor_as("dora").await;
    for path in [format!("/classes/{CLASS_5_2}"), format!("/classes/{CLASS_5_2}/attendance"), format!("/pupils/{AOI}")] {
        assert_eq!(dora.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(dora.get("/classes").await.status, StatusCode::SEE_OTHER, "one class alone");
    dora.get(&format!("/classes/{CLASS_5_1}")).await;
    dora.submit("/presentation", &[("on", "true"), ("class", &CLASS_5_1.to_string())]).await;
    assert_eq!(dora.get(&format!("/classes/{CLASS_5_2}")).await.status, StatusCode::NOT_FOUND);
    assert!(dora.get(&format!("/classes/{CLASS_5_1}")).await.text.contains("きょう</th>"));
}
