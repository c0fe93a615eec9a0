//! The pages of marks at a browser: everything goes without scripts.
use crate::marks::{mark, save_test, test, with_office, with_rule, write};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HARUTO, HIBARINO, LESSON, School, TODAY};
use axum::http::StatusCode;
use serde_json::json;

fn marks() -> String {
    format!("/classes/{CLASS_5_2}/marks")
}

async fn taught() -> School {
    let school = with_rule().await;
    save_test(&school.person("ana"), 1, json!({})).await;
    school
}

#[tokio::test]
async fn a_grid_is_typed_and_only_what_changed_is_saved() {
    let school = taught().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("{}?term=2&subject=算数", marks())).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("分数のテスト") && page.text.contains("第1版") && page.text.contains("勅使河原 ヴァレンティーナ"), "{}", page.text);
    let key = |viewpoint: &str, pupil| format!("{}.{viewpoint}.{pupil}", test(1));
    let names: Vec<(String, String)> = [
        ("KNOWLEDGE", AOI, "", "８０"),
        ("THINKING", AOI, "", "25"),
        ("ATTITUDE", AOI, "", "9.5"),
        ("KNOWLEDGE", HARUTO, "", "未"),
        ("THINKING", HARUTO, "", "51"),
        ("ATTITUDE", HARUTO, "", "よい"),
    ]
    .into_iter()
    .flat_map(|(viewpoint, pupil, was, now)| {
        let key = key(viewpoint, pupil);
        [(format!("was.{key}"), was.to_owned()), (format!("r.{key}"), now.to_owned())]
    })
    .collect();
    let mut fields = vec![("term", "2"), ("subject", "算数")];
    fields.extend(names.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let page = ana.submit(&marks(), &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("保存していないところが2か所") && page.text.contains("満点までの数を") && page.text.contains("value=\"51\""), "{}", page.text);
    assert!(page.text.contains("value=\"よい\"") && page.text.contains("（受けていない）か"), "{}", page.text);
    assert_eq!(mark(&school.person("ana"), AOI).await, "ABA 3");
    assert_eq!(school.count("assessment_result", "1 = 1").await, 4);
    let page = ana.get(&format!("{}?term=2&subject=算数", marks())).await;
    assert!(page.text.contains("未1") && page.text.contains("80％"), "{}", page.text);
}

#[tokio::test]
async fn a_decision_stands_beside_what_is_computed() {
    let school = taught().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&format!("{}?term=2&subject=算数", marks())).await;
    let (now, was, why) = (format!("d.THINKING.{AOI}"), format!("dwas.THINKING.{AOI}"), format!("reason.{AOI}"));
    let fields = [("term", "2"), ("subject", "算数"), (&*was, ""), (&*now, "A"), (&*why, "")];
    let refused = ana.submit(&marks(), &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("理由を書いてください"), "{}", refused.text);
    let fields = [("term", "2"), ("subject", "算数"), (&*was, ""), (&*now, "A"), (&*why, "ノートの説明")];
    assert_eq!(ana.submit(&marks(), &fields).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&format!("{}?term=2&subject=算数", marks())).await;
    assert!(page.text.contains("計算 なし") && page.text.contains("ノートの説明（有村）"), "{}", page.text);
}

#[tokio::test]
async fn an_assessment_is_added_changed_and_taken_back() {
    let school = with_rule().await;
    let mut ana = school.visitor_as("ana").await;
    ana.get(&marks()).await;
    let base = [("act", "assessment"), ("term", "2"), ("subject", "国語"), ("id", ""), ("day", "2026-11-20"), ("weight", "1")];
    let refused = ana.submit(&marks(), &[&base[..], &[("name", "漢字"), ("most.0", "ひゃく")]].concat()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("満点は1から1000") && refused.text.contains("value=\"漢字\""), "{}", refused.text);
    assert_eq!(ana.submit(&marks(), &[&base[..], &[("name", "漢字"), ("most.0", "50")]].concat()).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&format!("{}?term=2&subject=国語", marks())).await;
    let id = page.between("edit=", "#").to_owned();
    let page = ana.get(&format!("{}?term=2&subject=国語&edit={id}", marks())).await;
    assert!(page.text.contains("テスト・課題を直す"), "{}", page.text);
    let fields = [("act", "withdraw"), ("term", "2"), ("subject", "国語"), ("id", &*id), ("reason", "まちがい")];
    assert_eq!(ana.submit(&marks(), &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(school.count("assessment", "withdrawn").await, 1);
}

#[tokio::test]
async fn words_are_written_and_a_term_is_closed_on_the_page() {
    let school = taught().await;
    let mut ana = school.visitor_as("ana").await;
    let path = format!("/classes/{CLASS_5_2}/report");
    let page = ana.get(&path).await;
    assert!(page.text.contains("総合所見") && page.text.contains("2学期を締める"), "{}", page.text);
    let (was, now) = (format!("was.{AOI}"), format!("text.{AOI}"));
    let fields = [("term", "2"), ("about", ""), (&*was, ""), (&*now, "進んで手を挙げました。")];
    assert_eq!(ana.submit(&path, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(ana.get(&path).await.text.contains("進んで手を挙げました。"));
    let page = ana.submit(&path, &[("act", "close"), ("term", "2"), ("about", "")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("まだ付いていない評価がある") && page.text.contains("1番 朝倉 葵　国語、社会、"), "{}", page.text);
    let page = ana.submit(&path, &[("act", "close"), ("term", "2"), ("about", ""), ("accept", "1")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = ana.get(&path).await;
    assert!(page.text.contains("有村さんが締めました") && !page.text.contains("<textarea") && page.text.contains("進んで手を挙げました。"), "{}", page.text);
    let page = ana.get(&marks()).await;
    assert!(page.text.contains("もう変わりません") && !page.text.contains("data-cell"), "{}", page.text);
}

#[tokio::test]
async fn the_office_saves_the_proposal_with_one_press_and_changes_it() {
    let school = with_office().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&marks()).await;
    assert!(page.text.contains("評価の規準がまだ決まっていない"), "{}", page.text);
    let path = format!("/schools/{HIBARINO}/mark-scheme");
    let mut kyomu = school.visitor_as("kyomu").await;
    let page = kyomu.get(&path).await;
    assert!(page.text.contains("はじめの案") && page.text.contains("AAA→3") && page.text.contains("2学期 8/1〜12/31"), "{}", page.text);
    let fields = [("act", "propose"), ("year", "2026"), ("reason", "はじめの案のとおり")];
    assert_eq!(kyomu.submit(&path, &fields).await.status, StatusCode::SEE_OTHER);
    let page = kyomu.get(&path).await;
    assert!(page.text.contains("学校全体　第1版") && !page.text.contains("はじめの案</h2>"), "{}", page.text);
    let base = [("year", "2026"), ("grade", "P5"), ("subject", "算数"), ("cutA", "85"), ("cutB", "60"), ("weight.0", "1"), ("weight.1", "1"), ("weight.2", "1"),
        ("on.THREE", "1"), ("by.THREE", "cuts"), ("reason", "学年会")];
    let refused = kyomu.submit(&path, &[&base[..], &[("THREE.cut.3", "50"), ("THREE.cut.2", "80")]].concat()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("上の評定ほど高くします") && refused.text.contains("value=\"85\""), "{}", refused.text);
    assert_eq!(kyomu.submit(&path, &[&base[..], &[("THREE.cut.3", "80"), ("THREE.cut.2", "50")]].concat()).await.status, StatusCode::SEE_OTHER);
    let page = kyomu.get(&path).await;
    assert!(page.text.contains("5年の算数　第1版") && page.text.contains("3は80％から"), "{}", page.text);
    let read = ana.get(&path).await;
    assert!(read.status == StatusCode::OK && !read.text.contains("<form method=\"post\" action=\"/schools"), "others read it");
}

#[tokio::test]
async fn the_pages_are_not_there_for_who_has_no_marks() {
    let mut school = taught().await;
    let from = TODAY.parse().expect("a date");
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    school.hire("sato", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), from)]).await;
    school.hire("suzu", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_2), from)]).await;
    for who in ["nurse", "suzu", "mari"] {
        let mut visitor = school.visitor_as(who).await;
        for page in ["marks", "report"] {
            assert_eq!(visitor.get(&format!("/classes/{CLASS_5_2}/{page}")).await.status, StatusCode::NOT_FOUND, "{who} {page}");
        }
        assert!(!visitor.get(&format!("/classes/{CLASS_5_2}")).await.text.contains("/marks"), "{who}");
    }
    let mut sato = school.visitor_as("sato").await;
    let page = sato.get(&format!("/classes/{LESSON}/marks")).await;
    assert!(page.status == StatusCode::OK && page.text.contains("朝倉 葵"), "{}", page.text);
    assert!(!sato.get(&format!("/classes/{LESSON}/report")).await.text.contains("学期を締める"));
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get(&marks()).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("data-cell") && !page.text.contains("テスト・課題を加える"), "a head reads");
    assert!(hugo.get(&format!("/classes/{CLASS_5_2}/report")).await.text.contains("2学期を締める"), "and closes");
    write(&school.person("ana"), CLASS_5_2, json!([{ "pupilId": AOI, "text": "秘密の所見" }])).await;
    hugo.get("/classes").await;
    hugo.submit("/presentation", &[("on", "true")]).await;
    assert_ne!(hugo.get(&format!("/classes/{CLASS_5_2}/report")).await.status, StatusCode::OK, "not on a wall");
}
