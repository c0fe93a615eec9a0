//! Finding pupils: in every spelling, by those who may see them, and never by a name that the searcher may not know.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, Answer, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, MIZUUMI, Package, School, SOTA, TODAY, YUI};
use serde_json::{Value, json};
use uuid::Uuid;

const TAKAHASHI: Uuid = Uuid::from_u128(0x5ea1);
const SAITO: Uuid = Uuid::from_u128(0x5ea2);

/// The usual school with 髙橋 健太郎, whose 学籍番号 begins with zeros, and 齋藤 マリア, who is called 川田 マリア.
async fn school() -> School {
    let school = School::open().await;
    let mut package = Package::usual();
    let columns = "kanaGivenName,email,preferredFamilyName,preferredGivenName,identifier";
    package.change("users.csv", "kanaGivenName,email", columns);
    package.pad("users.csv", ",,,");
    package.user(TAKAHASHI, "髙橋,健太郎,タカハシ,ケンタロウ,,,,0012345", "student", HIBARINO);
    package.enrol(TAKAHASHI, CLASS_5_2, HIBARINO, "31");
    package.user(SAITO, "齋藤,マリア,カワダ,マリア,,川田,マリア,0012399", "student", HIBARINO);
    package.enrol(SAITO, CLASS_5_1, HIBARINO, "32");
    assert_eq!(school.import(&package).await.problems, []);
    school
}

async fn search(school: &School, who: &str, text: &str) -> Answer {
    let document = "query ($search: String!) { pupils(search: $search) { nodes { pupil { id name number officialName identifier enrolledUntil }
        class { name school { name } } } pageInfo { hasNextPage endCursor } } }";
    school.person(who).ask(document, json!({ "search": text })).await
}

async fn found(school: &School, who: &str, text: &str) -> Vec<Uuid> {
    let answer = search(school, who, text).await;
    let nodes = answer.data("/pupils/nodes").as_array().expect("a list");
    nodes.iter().map(|node| node["pupil"]["id"].as_str().expect("an id").parse().expect("a UUID")).collect()
}

#[tokio::test]
async fn a_pupil_is_found_in_every_spelling() {
    let school = school().await;
    for text in [
        "高橋", "髙橋", "高橋　健太郎", "健太郎 高橋", "高橋健太郎", "太郎", "たかはし", "ﾀｶﾊｼ", "タカハシ ケンタロー", "0012345", "00123 高橋", "5年2組 31番",
        "5-2 31", "５年２組　高橋", "31",
    ] {
        assert_eq!(found(&school, "ana", text).await, [TAKAHASHI], "{text}");
    }
    assert_eq!(found(&school, "ana", "吉田").await, [YUI]);
    for text in ["高橋 花子", "5年1組 高橋", "5-2 30", "100%", "_", "ガガーリン"] {
        assert_eq!(found(&school, "ana", text).await, [] as [Uuid; 0], "{text}");
    }
}

#[tokio::test]
async fn what_is_found_says_class_school_and_what_the_register_says() {
    let school = school().await;
    let answer = search(&school, "hugo", "川田").await;
    assert_eq!(
        answer.data("/pupils/nodes"),
        &json!([{
            "pupil": { "id": SAITO, "name": "川田 マリア", "number": 32, "officialName": "齋藤 マリア", "identifier": "0012399",
                       "enrolledUntil": Value::Null },
            "class": { "name": "5年1組", "school": { "name": "ひばり野小学校" } },
        }])
    );
    assert!(search(&school, "hugo", "5年").await.queries() <= 7, "as many statements for many as for one");
}

#[tokio::test]
async fn only_pupils_within_reach_are_found() {
    let school = school().await;
    assert_eq!(found(&school, "ana", "マリア").await, [] as [Uuid; 0], "another class");
    assert_eq!(found(&school, "hugo", "マリア").await, [SAITO]);
    assert_eq!(found(&school, "mari", "マリア").await, [] as [Uuid; 0], "another school");
    assert_eq!(found(&school, "mari", "4年").await, [SOTA]);
    assert_eq!(search(&school, "drill", "マリア").await.code(), "FORBIDDEN");
    assert_eq!(school.nobody().ask("{ pupils(search: \"高橋\") { nodes { pupil { id } } } }", json!({})).await.code(), "UNAUTHENTICATED");
    let secret = school.pupil_token(AOI).await;
    let document = "query ($search: String!) { pupils(search: $search) { nodes { pupil { id } class { name } } } }";
    let own = school.bearer(&secret).ask(document, json!({ "search": "朝倉" })).await;
    assert_eq!(own.data("/pupils/nodes"), &json!([{ "pupil": { "id": AOI }, "class": null }]));
    assert_eq!(school.bearer(&secret).ask(document, json!({ "search": "高橋" })).await.data("/pupils/nodes"), &json!([]));
}

#[tokio::test]
async fn a_name_of_the_register_finds_nobody_for_those_who_may_not_see_it() {
    let mut school = school().await;
    let from = TODAY.parse().expect("a date");
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    school.hire("kai", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, from)]).await;
    for who in ["hugo", "kai"] {
        for text in ["斉藤", "齋藤", "斎藤", "12399", "川田", "カワダ"] {
            assert_eq!(found(&school, who, text).await, [SAITO], "{who} {text}");
        }
    }
    for who in ["nurse", "portal"] {
        for (text, finds) in [("斉藤", false), ("12399", false), ("0012399", false), ("川田", true), ("カワダ", true)] {
            assert_eq!(!found(&school, who, text).await.is_empty(), finds, "{who} {text}");
        }
    }
    let answer = search(&school, "nurse", "川田").await;
    assert_eq!(answer.data("/pupils/nodes/0/pupil/officialName"), &Value::Null);
    assert_eq!(answer.data("/pupils/nodes/0/pupil/identifier"), &Value::Null);
}

#[tokio::test]
async fn results_come_page_by_page_by_class_and_number() {
    let school = school().await;
    let whole = found(&school, "hugo", "5年").await;
    let document = "query ($after: String) { pupils(search: \"5年\", first: 3, after: $after) { nodes { pupil { id } class { name } }
        pageInfo { hasNextPage endCursor } } }";
    let (mut paged, mut classes, mut after) = (Vec::new(), Vec::new(), Value::Null);
    loop {
        let answer = school.person("hugo").ask(document, json!({ "after": after })).await;
        for node in answer.data("/pupils/nodes").as_array().unwrap() {
            paged.push(node["pupil"]["id"].as_str().unwrap().parse::<Uuid>().unwrap());
            classes.push(node["class"]["name"].as_str().unwrap().to_owned());
        }
        after = answer.data("/pupils/pageInfo/endCursor").clone();
        assert!(!after.as_str().unwrap().contains("田"), "a cursor holds no name");
        if answer.data("/pupils/pageInfo/hasNextPage") == &json!(false) {
            break;
        }
    }
    assert_eq!(paged, whole);
    assert!(classes.is_sorted() && classes.len() > 6, "{classes:?}");
}

#[tokio::test]
async fn a_search_that_cannot_be_made_says_so_without_the_name() {
    let school = school().await;
    for text in ["", " 　", "髙橋 ".repeat(9).as_str(), "髙橋".repeat(51).as_str()] {
        let answer = search(&school, "ana", text).await;
        assert_eq!(answer.code(), "BAD_INPUT");
        assert!(!answer.message().contains('橋'), "{}", answer.message());
    }
}

#[tokio::test]
async fn a_changed_name_is_found_and_the_old_one_no_more() {
    let school = school().await;
    let mut package = Package::usual();
    package.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    school.import(&package).await;
    assert_eq!(found(&school, "ana", "こばやし").await, [AOI]);
    assert_eq!(found(&school, "ana", "朝倉").await, [] as [Uuid; 0]);
}

#[tokio::test]
async fn pupils_from_before_there_was_a_search_are_folded_when_the_database_is_brought_up_to_date() {
    let school = school().await;
    school.tamper("UPDATE pupil SET folded = '', folded_official = '', folded_by = 0").await;
    assert_eq!(found(&school, "ana", "高橋").await, [] as [Uuid; 0]);
    school.migrate().await;
    assert_eq!(found(&school, "ana", "高橋").await, [TAKAHASHI]);
    assert_eq!(found(&school, "mari", "4-1").await, [SOTA]);
    assert_eq!(school.count("pupil", &format!("folded = '' OR id = '{MIZUUMI}'")).await, 0);
    assert_ne!(found(&school, "hugo", "はると").await, [HARUTO; 0]);
}
