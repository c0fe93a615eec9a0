//! What a page costs: no statement for each pupil, and no more than a ceiling. A busy machine splits some lots in two, so the ceilings
//! leave room for that.
use asagao_tests::{AOI, CLASS_5_2, School, TODAY};
use serde_json::{Value, json};

const CLASS: &str = include_str!("../../server/src/pages/class.graphql");
const PUPIL: &str = include_str!("../../server/src/pages/pupil.graphql");

fn class() -> Value {
    let recent = "2026-11-11";
    json!({ "id": CLASS_5_2, "today": TODAY, "shown": TODAY, "from": "2026-10-26", "recent": recent, "works": recent,
        "term": "2026-08-01", "grade": "P5" })
}

#[tokio::test]
async fn the_class_page_asks_for_its_pupils_in_lots() {
    let school = School::open().await;
    let small = school.person("ana").ask(CLASS, class()).await;
    assert_eq!(small.data("/class/pupilCount"), 6);
    school.fill_class().await;
    let large = school.person("ana").ask(CLASS, class()).await;
    assert_eq!(large.data("/class/pupilCount"), 22);
    assert!(large.queries() < small.queries() + 16, "sixteen pupils more, {} and {}", small.queries(), large.queries());
    assert!(large.queries() <= 50, "{}", large.queries());
}

#[tokio::test]
async fn the_pupil_page_has_a_ceiling() {
    let school = School::open().await;
    school.fill_class().await;
    let answer = school.person("ana").ask(PUPIL, json!({ "id": AOI, "from": "2026-08-01", "today": TODAY })).await;
    assert_eq!(answer.data("/pupil/name"), "朝倉 葵");
    assert!(answer.queries() <= 55, "{}", answer.queries());
}
