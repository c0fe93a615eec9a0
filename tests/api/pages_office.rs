//! The office at a browser: moves, duties, next year. Everything goes without scripts.
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HIBARINO, LESSON, MIZUUMI, Package, Page, School, TODAY, YUI};
use axum::http::StatusCode;
use serde_json::json;

/// The value of a hidden field or the first line of a select in front of a text.
fn between<'a>(page: &'a Page, before: &str, after: &str) -> &'a str {
    page.text.split(before).nth(1).and_then(|rest| rest.split(after).next()).unwrap_or_else(|| panic!("no {before:?} in {}", page.text))
}

fn moves(school: impl std::fmt::Display) -> String {
    format!("/schools/{school}/moves")
}

#[tokio::test]
async fn a_pupil_goes_and_is_taken_in_at_the_other_school() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = format!("/pupils/{YUI}/move");
    let page = hugo.get(&path).await;
    assert!(page.text.contains("𠮷田 結衣の異動") && page.text.contains("みずうみ小学校"), "{}", page.text);
    let to = MIZUUMI.to_string();
    let page = hugo.submit(&path, &[("do", "out"), ("day", TODAY), ("school", &to), ("kinds", "ATTENDANCE"), ("reason", "転居")]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, path.as_str()));
    let page = hugo.get(&path).await;
    assert!(page.text.contains("5年2組 → みずうみ小学校") && page.text.contains("受け入れ待ち") && page.text.contains("（出欠）"), "{}", page.text);

    let mut mari = school.visitor_as("mari").await;
    let page = mari.get(&moves(MIZUUMI)).await;
    assert!(page.text.contains("受け入れを待つ人　1人"), "{}", page.text);
    let id = between(&page, "name=\"move\" value=\"", "\"").to_owned();
    let class = CLASS_4_1.to_string();
    let refused = mari.submit(&moves(MIZUUMI), &[("do", "in"), ("move", &id), ("day", "2026-11-25"), ("class", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("学級を選んでください"));
    let page = mari.submit(&moves(MIZUUMI), &[("do", "in"), ("move", &id), ("day", "2026-11-25"), ("class", &class), ("number", "")]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, moves(MIZUUMI).as_str()));
    let page = mari.get(&moves(MIZUUMI)).await;
    assert!(page.text.contains("ひばり野小学校 → 4年1組") && !page.text.contains("受け入れを待つ人"), "{}", page.text);
    let id = between(&page, "name=\"move\" value=\"", "\"").to_owned();
    let page = mari.submit(&moves(MIZUUMI), &[("do", "undo"), ("move", &id), ("day", "2026-11-25"), ("reason", "まちがい")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = mari.get(&moves(MIZUUMI)).await;
    assert!(page.text.contains("取り消し：まちがい") && page.text.contains("受け入れを待つ人　1人"), "{}", page.text);
}

#[tokio::test]
async fn a_pupil_changes_class_and_what_is_wrong_is_said_in_words() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = format!("/pupils/{AOI}/move");
    hugo.get(&path).await;
    let class = CLASS_5_1.to_string();
    for (fields, words) in [
        (vec![("do", "class"), ("class", &*class), ("day", "あした")], "日は、2026-11-24 のように"),
        (vec![("do", "class"), ("class", &*class), ("day", "2027-05-01")], "年度の外"),
        (vec![("do", "class"), ("class", &*class), ("day", TODAY), ("number", "1")], "ほかの人が使っています"),
        (vec![("do", "class"), ("class", &*class), ("day", TODAY), ("number", "一")], "数字で"),
        (vec![("do", "out"), ("day", TODAY)], "行き先を"),
        (vec![("do", "withdraw"), ("day", TODAY), ("kind", "ADMISSION")], "種類を"),
        (vec![("do", "")], "何をするか"),
    ] {
        let page = hugo.submit(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(page.text.contains(words), "{words} for {fields:?}");
    }
    let page = hugo.submit(&path, &[("do", "class"), ("class", &class), ("day", TODAY), ("number", "")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    assert!(hugo.get(&path).await.text.contains("学級の変更"));
    let board = hugo.get("/classes").await;
    assert!(board.text.contains(&format!("/schools/{HIBARINO}/next-year")), "{}", board.text);
    let page = hugo.get(&format!("/pupils/{AOI}")).await;
    assert!(page.text.contains(&path), "{}", page.text);
}

#[tokio::test]
async fn somebody_who_is_not_of_the_office_finds_none_of_its_pages() {
    let school = School::open().await;
    for (who, other) in [("ana", HIBARINO), ("mari", HIBARINO), ("hugo", MIZUUMI)] {
        let mut visitor = school.visitor_as(who).await;
        for page in ["moves", "staff", "next-year"] {
            let answer = visitor.get(&format!("/schools/{other}/{page}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who} {page}");
        }
    }
    let mut ana = school.visitor_as("ana").await;
    assert_eq!(ana.get(&format!("/pupils/{AOI}/move")).await.status, StatusCode::NOT_FOUND);
    assert!(!ana.get(&format!("/pupils/{AOI}")).await.text.contains("学籍の異動"));
}

#[tokio::test]
async fn duties_are_given_taken_over_and_ended() {
    let mut school = School::open().await;
    school.hire("rin", |_| vec![]).await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = format!("/schools/{HIBARINO}/staff");
    let page = hugo.get(&path).await;
    assert!(page.text.contains("有村 安奈") && page.text.contains("5年2組 担任"), "{}", page.text);
    let duty = between(&page, "name=\"duty\" value=\"", "\"").to_owned();
    let class = CLASS_5_2.to_string();
    let wrong = hugo.submit(&path, &[("do", "give"), ("email", "nobody@asagiri.example"), ("kind", "NURSE")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("メールアドレスを確かめて"));
    let fields = [("do", "give"), ("email", "rin@asagiri.example"), ("kind", "HOMEROOM_TEACHER"), ("class", &*class), ("begins", "2026-12-01"), ("replaces", &*duty)];
    let page = hugo.submit(&path, &fields).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, path.as_str()), "{}", page.text);
    let page = hugo.get(&path).await;
    assert!(page.text.contains("令和8年4月1日〜令和8年11月30日") && page.text.contains("これから"), "{}", page.text);
    let page = hugo.submit(&path, &[("do", "end"), ("duty", &duty), ("lastDay", "2026-11-27")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(hugo.get(&path).await.text.contains("〜令和8年11月27日"));
}

#[tokio::test]
async fn next_year_is_prepared_committed_and_taken_back() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = format!("/schools/{HIBARINO}/next-year");
    let page = hugo.get(&path).await;
    assert!(page.text.contains("来年度の準備を始める"), "{}", page.text);
    let page = hugo.submit(&path, &[("do", "start")]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, path.as_str()), "{}", page.text);
    let page = hugo.get(&path).await;
    assert!(page.text.contains("学級が決まっていない児童生徒が 7人") && page.text.contains("6年2組"), "{}", page.text);
    assert!(page.text.contains("来年度に反映する") && page.text.contains("disabled"));
    let draft = between(&page, "name=\"turnover\" value=\"", "\"").to_owned();
    let of_grade = format!("{path}?grade=P6");
    let none = hugo.submit(&of_grade, &[("do", "move"), ("turnover", &draft), ("of", "P6"), ("to", "")]).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.text.contains("選んでください"), "{}", none.text);
    let page = hugo.submit(&of_grade, &[("do", "keep"), ("turnover", &draft), ("of", "P6")]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, format!("{of_grade}#pupils").as_str()));
    let page = hugo.get(&of_grade).await;

    // The table as it stands, with one number and one class typed over.
    let fields = form(&page, &draft);
    let aoi = fields.iter().find(|(name, value)| name.starts_with("who-") && value == "朝倉 葵").expect("a row of hers").0.replace("who-", "");
    let class = between(&page, "6年1組</th>", "</tr>").split("name=\"class\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a class").to_owned();
    let (number, place) = (format!("n-{aoi}"), format!("c-{aoi}"));
    let typed = fields.iter().map(|(name, value)| match name {
        name if *name == number => (name.as_str(), "5"),
        name if *name == place => (name.as_str(), class.as_str()),
        name => (name.as_str(), value.as_str()),
    });
    let typed: Vec<(&str, &str)> = [("do", "place")].into_iter().chain(typed).collect();
    let page = hugo.submit(&of_grade, &typed).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let stale = hugo.submit(&of_grade, &typed).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text.contains("朝倉 葵：ほかの人が先に変えています"), "{}", stale.text);

    let second = between(&stale, "6年2組</th>", "</tr>").split("name=\"class\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a class").to_owned();
    let page = hugo.submit(&of_grade, &[("do", "number"), ("turnover", &draft), ("class", &class), ("class", &second)]).await;
    assert_eq!(page.location().1, format!("{of_grade}#classes"));
    let page = hugo.get(&of_grade).await;
    assert!(page.text.contains("すべて決まっています"), "{}", page.text);
    let ana = school.person("ana").id.to_string();
    let nurse = [("do", "duty"), ("turnover", &*draft), ("kind", "NURSE"), ("of", ""), ("staff", &*ana)];
    let page = hugo.submit(&of_grade, &nurse).await;
    assert_eq!(page.location().1, format!("{of_grade}#duties"));
    let page = hugo.get(&of_grade).await;
    assert!(between(&page, "養護</th>", "</tr>").contains("selected>有村 安奈"), "{}", page.text);
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let page = hugo.submit(&of_grade, &[("do", "commit"), ("turnover", &draft), ("version", &version)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = hugo.get(&path).await;
    assert!(page.text.contains("反映ずみ") && !page.text.contains("表のとおりに保存する") && !page.text.contains("来た人を加える"), "{}", page.text);

    // Somebody comes after all.
    let document = "mutation ($input: AdmitPupilInput!) { admitPupil(input: $input) { userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_2, "kind": "TRANSFER_IN", "day": TODAY, "pupil": { "familyName": "青木", "givenName": "空" } });
    school.person("hugo").ask(document, json!({ "input": input })).await;
    let page = hugo.get(&of_grade).await;
    assert!(page.text.contains("反映したあとに来た児童生徒が 1人います") && page.text.contains("来た人を加える"), "{}", page.text);
    let page = hugo.submit(&of_grade, &[("do", "start")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = hugo.get(&of_grade).await;
    assert!(!page.text.contains("来た人を加える") && page.text.contains("表のとおりに保存する"), "{}", page.text);
    let fields = form(&page, &draft);
    assert_eq!(fields.iter().filter(|(name, _)| name.starts_with("who-")).count(), 1, "whose place is carried out is not changed here");
    let typed = fields.iter().map(|(name, value)| (name.as_str(), if name.starts_with("c-") { class.as_str() } else { value.as_str() }));
    let typed: Vec<(&str, &str)> = [("do", "place")].into_iter().chain(typed).collect();
    let page = hugo.submit(&of_grade, &typed).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    assert!(hugo.get(&of_grade).await.text.contains("すべて決まっています"));
    let page = hugo.submit(&path, &[("do", "undo"), ("turnover", &draft), ("reason", "")]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("理由を書いて"), "{}", page.text);
    let page = hugo.submit(&path, &[("do", "undo"), ("turnover", &draft), ("reason", "組みかえ")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    assert!(hugo.get(&path).await.text.contains("準備中"));
}

/// The hidden fields of the table.
fn form(page: &Page, draft: &str) -> Vec<(String, String)> {
    let table = page.text.split("class=\"placing\"").nth(1).expect("the table").to_owned();
    let mut fields = vec![("turnover".to_owned(), draft.to_owned()), ("of".to_owned(), "P6".to_owned())];
    for piece in table.split("<input type=\"hidden\" name=\"").skip(1) {
        let name = piece.split('"').next().expect("something before").to_owned();
        let value = piece.split("value=\"").nth(1).expect("a value").split('"').next().expect("something before").to_owned();
        if name.len() > 30 {
            if let Some(entry) = name.strip_prefix("o-") {
                fields.push((format!("c-{entry}"), value.clone()));
            }
            if let Some(entry) = name.strip_prefix("m-") {
                fields.push((format!("n-{entry}"), value.clone()));
            }
            fields.push((name, value));
        }
    }
    fields
}

#[tokio::test]
async fn first_graders_are_pasted_as_a_spreadsheet_has_them() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = format!("/schools/{HIBARINO}/next-year");
    hugo.get(&path).await;
    hugo.submit(&path, &[("do", "start")]).await;
    let page = hugo.get(&path).await;
    let draft = between(&page, "name=\"turnover\" value=\"", "\"").to_owned();
    let page = hugo.submit(&format!("{path}?grade=P6"), &[("do", "class"), ("turnover", &draft), ("of", "P1"), ("name", "1年1組")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let first = format!("{path}?grade=P1");
    let wrong = hugo.submit(&first, &[("do", "incoming"), ("turnover", &draft), ("incoming", "青木空\tアオキ ソラ\t2020-08-01")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("1行目：氏名は") && wrong.text.contains("青木空"), "what was typed stays: {}", wrong.text);
    let late = hugo.submit(&first, &[("do", "incoming"), ("turnover", &draft), ("incoming", "青木 空, , 2021/04/02")]).await;
    assert!(late.text.contains("青木 空：生年月日から見て"), "{}", late.text);
    let typed = "青木 空\tアオキ ソラ\t2020/08/01\tひばり園\n\n石田 海, イシダ ウミ, 2021-04-01";
    let page = hugo.submit(&first, &[("do", "incoming"), ("turnover", &draft), ("incoming", typed)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = hugo.get(&first).await;
    assert!(page.text.contains("1年の児童生徒　2人") && page.text.contains("ひばり園"), "{}", page.text);
}

#[tokio::test]
async fn the_grade_of_a_pupil_of_a_class_of_several_grades_is_said_on_the_page_of_the_pupils_moves() {
    let school = School::open().await;
    let path = format!("/pupils/{AOI}/move");
    let mut hugo = school.visitor_as("hugo").await;
    assert!(!hugo.get(&path).await.text.contains("学年を決める"), "a class of one grade says it");
    let mut package = Package::usual();
    package.change("classes.csv", &format!(",P5,\n{LESSON}"), &format!(",\"P5,P6\",\n{LESSON}"));
    school.import(&package).await;
    let page = hugo.get(&path).await;
    assert!(page.text.contains("学年を決める") && !page.text.contains("value=\"P6\" selected"), "{}", page.text);
    let class = CLASS_5_2.to_string();
    let wrong = hugo.submit(&path, &[("do", "grade"), ("class", &class), ("grade", "P1")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("この学級にある学年"), "{}", wrong.text);
    let page = hugo.submit(&path, &[("do", "grade"), ("class", &class), ("grade", "P6")]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, path.as_str()), "{}", page.text);
    assert!(hugo.get(&path).await.text.contains("value=\"P6\" selected"));
}
