//! The lock: by hand or by a rest, who comes back to what, and forms that come too late.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, School, TODAY, Visitor};
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};

const SHEET: &str = "/classes/0a5a9a00-0000-4000-8000-000000000052/attendance";
const AGAIN: &str = "時間がたったため、もういちど入ってください";

fn locked(next: &str) -> String {
    format!("/locked?next={}", next.replace('/', "%2F"))
}

/// The key that the pages of a session carry.
async fn key(visitor: &mut Visitor<'_>) -> String {
    visitor.get(SHEET).await.between("data-keep=\"", "\"").to_owned()
}

/// A record of what was done, as its form sends it.
fn noted(text: &str) -> [(&'static str, &str); 4] {
    [("kind", "TALK"), ("text", text), ("id", "0a5a9a00-0000-4000-8000-0000000000f1"), ("back", "/classes")]
}

#[tokio::test]
async fn a_locked_screen_shows_nothing_until_the_same_person_is_back() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let before = key(&mut ana).await;
    assert_eq!(before.len(), 43);
    let page = ana.get(SHEET).await;
    assert!(page.text.contains(&format!("name=\"page\" value=\"{SHEET}\"")));
    let class = CLASS_5_2.to_string();
    ana.submit("/presentation", &[("on", "true"), ("class", &class)]).await;
    assert_eq!(ana.submit("/lock", &[("page", SHEET)]).await.location(), (StatusCode::SEE_OTHER, locked(SHEET).as_str()));
    for path in [SHEET.to_owned(), "/classes".into(), format!("/pupils/{AOI}")] {
        assert_eq!(ana.get(&path).await.location(), (StatusCode::SEE_OTHER, locked(&path).as_str()));
    }
    assert_eq!(ana.get("/stay").await.status, StatusCode::SEE_OTHER, "it cannot be kept");
    let page = ana.get(&locked(SHEET)).await;
    assert!(page.text.contains("ロック中") && page.text.contains("有村") && !page.text.contains("朝倉"), "{}", page.text);
    assert!(!page.text.contains(&before) && !page.text.contains("data-keep") && !page.text.contains(AGAIN));
    let wrong = ana.submit("/sign-in", &[("code", "asagao_wrong"), ("from", "lock"), ("next", SHEET)]).await;
    assert_eq!((wrong.status, wrong.hidden("next")), (StatusCode::FORBIDDEN, SHEET));
    assert!(wrong.text.contains("ロック中") && wrong.text.contains("role=\"alert\""));
    let back = ana.submit("/sign-in", &[("code", school.code("ana")), ("from", "lock"), ("next", SHEET)]).await;
    assert_eq!(back.location(), (StatusCode::SEE_OTHER, SHEET));
    let page = ana.get(SHEET).await;
    assert!(page.text.contains("提示中") && page.text.contains(&before), "the screen for all and the key go on");
}

#[tokio::test]
async fn somebody_else_finds_neither_the_page_nor_the_key() {
    let school = School::open().await;
    let mut desk = school.visitor_as("ana").await;
    let of_ana = key(&mut desk).await;
    desk.submit("/lock", &[("page", SHEET)]).await;
    let entered = desk.submit("/sign-in", &[("code", school.code("hugo")), ("next", SHEET)]).await;
    assert_eq!(entered.location(), (StatusCode::SEE_OTHER, "/classes"));
    let of_hugo = key(&mut desk).await;
    assert!(of_hugo != of_ana && of_hugo.len() == 43);
    desk.submit("/sign-out", &[]).await;
    desk.enter(school.code("ana")).await;
    assert_ne!(key(&mut desk).await, of_ana, "a session that was ended leaves no key");
    assert_eq!(school.visitor().get("/locked").await.location(), (StatusCode::SEE_OTHER, "/sign-in?expired=1&next=%2F"));
    assert_eq!(desk.get(&locked(SHEET)).await.location(), (StatusCode::SEE_OTHER, SHEET), "nothing is locked");
}

#[tokio::test]
async fn a_rest_locks_and_says_so() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    school.clock.advance(TimeDelta::minutes(14));
    assert_eq!(ana.get("/stay").await.status, StatusCode::NO_CONTENT);
    school.clock.advance(TimeDelta::minutes(14));
    assert_eq!(ana.get(SHEET).await.status, StatusCode::OK, "it was kept");
    school.clock.advance(TimeDelta::minutes(16));
    assert_eq!(ana.get(SHEET).await.location(), (StatusCode::SEE_OTHER, locked(SHEET).as_str()));
    assert!(ana.get(&locked(SHEET)).await.text.contains(AGAIN));
    assert_eq!(ana.submit("/sign-out", &[]).await.location(), (StatusCode::SEE_OTHER, "/locked"));
    school.clock.advance(TimeDelta::hours(12));
    let page = ana.get(SHEET).await;
    assert!(page.header("location").starts_with("/sign-in?expired=1"), "after a day's work it is over");
    assert!(ana.get(page.header("location")).await.text.contains(AGAIN));
}

#[tokio::test]
async fn a_form_that_comes_too_late_is_carried_through_signing_in_and_sent_by_a_press() {
    let school = School::open().await;
    let path = format!("/pupils/{AOI}/actions");
    for rest in [TimeDelta::minutes(16), TimeDelta::hours(13)] {
        let mut ana = school.visitor_as("ana").await;
        ana.get(SHEET).await;
        school.clock.advance(rest);
        let page = ana.submit(&path, &noted("話を「聞いた」<b>")).await;
        assert_eq!((page.status, page.hidden("late")), (StatusCode::FORBIDDEN, path.as_str()));
        assert!(page.text.contains(AGAIN) && page.text.contains("<dd class=\"written\">話を「聞いた」&#60;b&#62;</dd>"), "{}", page.text);
        assert!(!page.text.contains("name=\"late.csrf\""));
        let whose = page.hidden("late-whose").to_owned();
        assert_eq!(whose.len(), 43);
        let carried = [("late", path.as_str()), ("late-whose", &whose), ("late.kind", "TALK"), ("late.text", "話を聞いた"), ("late.back", "/classes")];
        let with = |code| carried.into_iter().chain([("code", code)]).collect::<Vec<_>>();
        let wrong = ana.submit("/sign-in", &with("asagao_wrong")).await;
        assert_eq!((wrong.status, wrong.hidden("late.text")), (StatusCode::FORBIDDEN, "話を聞いた"));
        assert!(!wrong.text.contains("asagao_wrong"));
        let ready = ana.submit("/sign-in", &with(school.code("ana"))).await;
        assert_eq!((ready.status, ready.hidden("text")), (StatusCode::OK, "話を聞いた"));
        assert!(ready.text.contains("確かめて送ってください") && ready.text.contains(&format!("action=\"{path}\"")));
        assert_eq!(school.count("support_action", "1 = 1").await, 0, "nothing is done by signing in");
        assert!(!ready.hidden("csrf").is_empty());
    }
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    let fields = noted("話を聞いた");
    for _ in 0..2 {
        assert_eq!(ana.submit(&path, &fields).await.location(), (StatusCode::SEE_OTHER, "/classes"));
    }
    assert_eq!(school.count("support_action", "1 = 1").await, 1, "sent twice, stored once");
    let mut changed = fields;
    changed[1].1 = "ほかの話";
    let page = ana.submit(&path, &changed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("前に別の内容で") && page.hidden("id") != fields[2].1 && page.hidden("id").len() == 36);
}

#[tokio::test]
async fn what_came_too_late_is_nothing_for_another_person_or_site() {
    let school = School::open().await;
    let path = format!("/pupils/{AOI}/actions");
    let mut desk = school.visitor_as("ana").await;
    desk.get(SHEET).await;
    desk.submit("/lock", &[]).await;
    let posted = desk.post(&path, &noted("話を聞いた"), &[("sec-fetch-site", "cross-site")]).await;
    assert!(posted.status == StatusCode::FORBIDDEN && !posted.text.contains("話を聞いた"), "{}", posted.text);
    let fields = [("late", path.as_str()), ("late.text", "話を聞いた"), ("code", school.code("hugo"))];
    assert_eq!(desk.submit("/sign-in", &fields).await.location(), (StatusCode::SEE_OTHER, "/classes"));
    for elsewhere in ["/sign-out", "//evil.example/pupils/", "https://evil.example/"] {
        let fields = [("late", elsewhere), ("late.text", "x"), ("code", school.code("hugo"))];
        assert_eq!(desk.submit("/sign-in", &fields).await.status, StatusCode::SEE_OTHER, "{elsewhere}");
    }
    // A form that does not say whose it is.
    let stale = desk.post(&path, &noted("話を聞いた"), &[("sec-fetch-site", "same-origin")]).await;
    assert!(stale.status == StatusCode::FORBIDDEN && !stale.text.contains("話を聞いた"), "{}", stale.text);
    assert_eq!(school.count("support_action", "1 = 1").await, 0);
}

#[tokio::test]
async fn one_persons_text_is_not_shown_under_the_session_of_another() {
    let school = School::open().await;
    let path = format!("/pupils/{AOI}/actions");
    let mut desk = school.visitor_as("ana").await;
    desk.get(SHEET).await;
    let of_ana = desk.csrf().to_owned();
    // In a second tab hugo signs in; somebody presses 記録する in ana's.
    desk.submit("/sign-in", &[("code", school.code("hugo"))]).await;
    let mut form = noted("秘密の話").to_vec();
    form.push(("csrf", &of_ana));
    let here = [("sec-fetch-site", "same-origin")];
    let page = desk.post(&path, &form, &here).await;
    assert!(page.status == StatusCode::FORBIDDEN && !page.text.contains("秘密の話"), "{}", page.text);
    desk.get(SHEET).await;
    desk.submit("/lock", &[]).await;
    let page = desk.post(&path, &form, &here).await;
    assert!(page.status == StatusCode::FORBIDDEN && !page.text.contains("秘密の話"), "locked by hugo: {}", page.text);
    // Signed out, the tab keeps it for her alone.
    let mut desk = school.visitor();
    let page = desk.post(&path, &form, &here).await;
    let whose = page.hidden("late-whose").to_owned();
    assert_eq!((page.hidden("late.text"), whose.len()), ("秘密の話", 43));
    let carried = |code| [("late", path.as_str()), ("late-whose", whose.as_str()), ("late.text", "秘密の話"), ("code", code)];
    let entered = desk.submit("/sign-in", &carried(school.code("hugo"))).await;
    assert_eq!(entered.location(), (StatusCode::SEE_OTHER, "/classes"));
    let entered = school.visitor().submit("/sign-in", &carried(school.code("ana"))).await;
    assert_eq!(entered.hidden("text"), "秘密の話");
    // A page of her session before this one, in the same browser.
    let mut desk = school.visitor_as("ana").await;
    let stale = desk.post(&path, &form, &here).await;
    assert!(stale.status == StatusCode::FORBIDDEN && stale.hidden("text") == "秘密の話" && stale.hidden("csrf") != of_ana);
    assert_eq!(school.count("support_action", "1 = 1").await, 0);
}

#[tokio::test]
async fn on_a_wall_a_form_that_was_not_taken_is_kept_and_not_shown() {
    let school = School::open().await;
    let path = format!("/pupils/{AOI}/actions");
    let mut ana = school.visitor_as("ana").await;
    ana.get(SHEET).await;
    let class = CLASS_5_2.to_string();
    ana.submit("/presentation", &[("on", "true"), ("class", &class)]).await;
    let fields = [("kind", "TALK"), ("text", "秘密の話"), ("nextOn", "+20000-01-01"), ("back", "/classes")];
    let page = ana.submit(&path, &fields).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("提示中のため隠しています"), "{}", page.text);
    assert_eq!((page.text.matches("秘密の話").count(), page.hidden("text")), (1, "秘密の話"));
    let mut shown = fields.to_vec();
    shown.push(("show", "1"));
    let page = ana.submit(&path, &shown).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("秘密の話</textarea>") && page.text.contains("次の日は") && !page.text.contains("name=\"show\""));
    assert!(!ana.get(SHEET).await.text.contains("提示中"), "it is off now");
}

#[tokio::test]
async fn a_late_form_outlasts_a_database_that_is_away() {
    let school = School::open().await;
    school.lose_database().await;
    let fields = [("late", "/flags/f/answer"), ("late.note", "メモ「一」"), ("code", "asagao_secret")];
    let page = school.visitor().submit("/sign-in", &fields).await;
    assert_eq!((page.status, page.hidden("late.note")), (StatusCode::SERVICE_UNAVAILABLE, "メモ「一」"));
    assert!(!page.text.contains("asagao_secret"));
}

#[tokio::test]
async fn what_is_typed_for_fewer_eyes_is_kept_and_read_by_nobody_before_its_person_is_back() {
    let mut school = School::open().await;
    let from: NaiveDate = TODAY.parse().expect("a date");
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school.hire("mei", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    let infirmary = format!("/schools/{HIBARINO}/infirmary");
    let hibarino = HIBARINO.to_string();
    for (who, path, fields, label, secret) in [
        ("ana", "/consultations", vec![("id", "x"), ("do", "note"), ("agreed", "ないしょの約束")], "決めたこと", "ないしょの約束"),
        ("board", "/records", vec![("school", hibarino.as_str()), ("name", "朝倉 葵"), ("reason", "転入の相談への対応のため")], "理由", "転入の相談への対応のため"),
        ("mei", &infirmary, vec![("visit", "x"), ("act", "correct"), ("day", TODAY), ("nurse", "家で眠れない")], "養護教諭だけのメモ", "家で眠れない"),
    ] {
        let mut desk = school.visitor_as(who).await;
        desk.get(path).await;
        desk.submit("/lock", &[]).await;
        let page = desk.submit(path, &fields).await;
        assert_eq!((page.status, page.hidden("late")), (StatusCode::FORBIDDEN, path), "{}", page.text);
        assert!(!page.text.contains("<dl class=\"typed\">") && page.text.matches(secret).count() == 1, "in its field alone: {}", page.text);
        let whose = page.hidden("late-whose").to_owned();
        let carried: Vec<(String, &str)> = fields.iter().map(|(name, value)| (format!("late.{name}"), *value)).collect();
        let with = |code| {
            let own = carried.iter().map(|(name, value)| (name.as_str(), *value));
            own.chain([("late", path), ("late-whose", whose.as_str()), ("code", code)]).collect::<Vec<_>>()
        };
        let other = desk.submit("/sign-in", &with(school.code("hugo"))).await;
        assert_eq!(other.location(), (StatusCode::SEE_OTHER, "/classes"), "{who}: nothing for another person");
        let ready = school.visitor().submit("/sign-in", &with(school.code(who))).await;
        assert_eq!(ready.status, StatusCode::OK);
        assert!(ready.text.contains(&format!("<dt>{label}</dt><dd class=\"written\">{secret}</dd>")) && ready.text.contains(&format!("action=\"{path}\"")), "{}", ready.text);
    }
    // A press that says that somebody comes now says something else later.
    let mut mei = school.visitor_as("mei").await;
    mei.get(&infirmary).await;
    mei.submit("/lock", &[]).await;
    let pupil = AOI.to_string();
    let page = mei.submit(&infirmary, &[("id", "0a5a9a00-0000-4000-8000-0000000000f2"), ("pupil", &pupil), ("reason", "FEVER")]).await;
    assert_eq!((page.status, page.hidden("late"), page.text.contains("送られた内容は記録していません")), (StatusCode::FORBIDDEN, "", true), "{}", page.text);
}
