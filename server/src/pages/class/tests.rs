//! The page from answers of the API as samples.
use super::{ClassData, view};
use crate::pages::scene;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

fn page(name: &str, answer: Value, days: &[NaiveDate], now: DateTime<Utc>) -> String {
    let data: ClassData = serde_json::from_value(answer).unwrap();
    scene::render(name, &view(scene::frame(false), (days, &scene::term()), data, now).unwrap())
}

fn morning(name: &str, answer: Value) -> String {
    page(name, answer, &scene::days(20), scene::now())
}

/// The four children of the scene, one who is known, one who was answered before.
fn flags() -> Vec<Value> {
    let mut flags = vec![scene::flag(9, "NEW"), scene::flag(15, "CONTINUING"), scene::flag(25, "NEW"), scene::flag(30, "NEW")];
    flags.extend([scene::flag(33, "ANSWERED"), scene::flag(5, "ANSWERED")]);
    flags
}

fn place(html: &str, of: &str) -> usize {
    html.find(of).unwrap_or_else(|| panic!("{of} is not on the page"))
}

#[test]
fn the_morning_of_a_class() {
    let html = morning("class", scene::class(36, &flags()));
    assert_eq!(html.matches("<h1>").count(), 1);
    assert!(html.contains("令和8年11月24日（火）") && html.contains("朝霧市立ひばり野小学校"));
    assert!(html.contains("まだ印なし　2人") && html.contains("27 原田 海斗") && html.contains("発熱 38.2℃"));
    assert!(html.contains("4人。出席番号の順です（重さの順ではありません）。判断のきっかけで、結論ではありません。"));
    assert!(html.contains("確からしさ 中") && html.contains("どの規則にも当たりません") && html.contains("まだ記録はありません"));
    assert!(html.contains("支援が続いている子 1人") && html.contains("返事ずみ 1人"));
    // By number, whoever the analysis names first.
    assert!(
        place(&html, "id=\"pupil-p-9\"") < place(&html, "id=\"pupil-p-15\"")
            && place(&html, "id=\"pupil-p-25\"") < place(&html, "id=\"pupil-p-30\"")
    );
    assert_eq!(html.matches("<tr id=\"row-").count(), 36);
    assert!(html.contains("フェルナンデス・<wbr>オリヴェイラ"));
    assert_eq!(html.matches("class=\"button filled").count(), 1, "one filled button a page");
}

#[test]
fn the_day_of_the_term_is_told_by_a_calendar_alone() {
    let mut answer = scene::class(36, &[]);
    assert!(morning("term", answer.clone()).contains("2学期 58授業日め"));
    answer["class"]["school"]["calendar"]["laidOut"] = json!(false);
    assert!(!morning("term-unknown", answer.clone()).contains("授業日め"));
    answer["class"]["school"]["calendar"] = json!({ "laidOut": true, "schoolDays": ["2026-11-20"] });
    assert!(!morning("term-free", answer).contains("授業日め"), "today is no day of school");
}

#[test]
fn forms_carry_the_token_and_return_to_their_card() {
    let html = morning("forms", scene::class(36, &[scene::flag(9, "NEW")]));
    let forms = html.matches("method=\"post\"").count();
    assert_eq!(html.matches("name=\"csrf\" value=\"token\"").count(), forms);
    assert!(html.contains("action=\"/flags/f-9/answer\"") && html.contains("action=\"/pupils/p-9/actions\""));
    assert!(html.contains("value=\"/classes/c-52#pupil-p-9\""));
}

#[test]
fn an_answer_of_today_folds_its_card_and_can_be_taken_back() {
    let mut flag = scene::flag(9, "ANSWERED");
    flag["answeredToday"] = json!(true);
    let html = morning("answered", scene::class(36, &[flag]));
    assert!(html.contains("もう知っている（中島 由紀 11/18、12/2 まで出しません）"));
    assert!(html.contains("action=\"/flags/f-9/withdraw\"") && !html.contains("/flags/f-9/answer"));
}

#[test]
fn more_than_five_cards_are_folded() {
    let flags: Vec<Value> = [3, 6, 8, 9, 15, 25, 30].map(|number| scene::flag(number, "NEW")).to_vec();
    let html = morning("many", scene::class(45, &flags));
    assert!(html.contains("ほか 2人を見る"));
    assert!(
        place(&html, "id=\"pupil-p-15\"") < place(&html, "ほか 2人を見る")
            && place(&html, "ほか 2人を見る") < place(&html, "id=\"pupil-p-25\"")
    );
}

#[test]
fn when_nothing_is_new_the_section_says_so_and_when_it_was_calculated() {
    let html = morning("fine", scene::class(36, &[]));
    assert!(html.contains("いま新しい知らせはありません。") && html.contains("11/20（金）までの記録・けさ5:30に更新"));
}

#[test]
fn before_ten_school_days_and_in_small_cohorts_the_section_says_why_it_is_empty() {
    let mut early = scene::class(36, &[]);
    early["class"]["lastRun"]["withheldText"] = json!("授業日が10日になるまで、知らせは出しません（いま 6日）。");
    assert!(morning("early", early).contains("授業日が10日になるまで、知らせは出しません（いま 6日）"));
    let mut small = scene::class(1, &[]);
    small["class"]["lastRun"]["withheldText"] = json!("人数が少ないため、学級の中央は出しません。知らせも出しません。");
    let html = morning("one", small);
    assert!(html.contains("人数が少ないため、学級の中央は出しません") && !html.contains("学級の中央 "));
    let mut never = scene::class(36, &[]);
    never["class"]["lastRun"] = json!(null);
    assert!(morning("never", never).contains("知らせの計算はまだ行われていません"));
}

#[test]
fn an_empty_class_has_no_table() {
    let html = morning("empty", scene::class(0, &[]));
    assert!(html.contains("この学級にはまだ児童がいません") && !html.contains("<table"));
}

#[test]
fn what_may_not_be_seen_is_absent_and_not_empty() {
    let mut answer = scene::class(36, &[]);
    let class = answer["class"].as_object_mut().unwrap();
    // The API would answer null; that a page asks the rights alone shows where it does not.
    class["viewerRights"] = json!(["SCHOOL_READ", "ROSTER_READ", "ATTENDANCE_READ"]);
    let html = morning("subject", answer);
    assert!(html.contains("きょうの出欠"));
    for absent in
        ["気にかけたい子", "心の天気", "学習の記録", "直近6課題", "最後の支援の記録", "計算", "朝の出欠をつける", "/actions"]
    {
        assert!(!html.contains(absent), "{absent}");
    }
}

#[test]
fn old_sources_say_so_where_they_are_read() {
    let mut answer = scene::class(36, &flags());
    answer["class"]["freshness"]["activityDay"] = json!("2026-11-17");
    answer["class"]["lastRun"]["asOf"] = json!("2026-11-18");
    let html = morning("stale", answer);
    assert_eq!(html.matches("11/17 から届いていません").count(), 2, "beside the column and at the foot");
    assert!(html.contains("11/18（水）までの記録・けさ5:30に更新") && html.contains("11/20 時点</span>"));
    assert!(html.contains("そのあとの 11/20（金）までの記録はまだ入っていません"));
}

#[test]
fn a_day_without_school_shows_the_last_school_day_calmly() {
    let days = scene::days(21);
    let sunday = "2026-11-22T01:00:00Z".parse().unwrap();
    let html = page("sunday", scene::class(36, &[]), &days[..20], sunday);
    assert!(html.contains("きょうは授業のない日です。") && html.contains("前の授業日 11/20（金）の出欠"));
    assert!(!html.contains("朝の出欠をつける"));
}
