//! 朝の出欠 at a browser: one tap each, kept on saving, and two people at once.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, KAEDE, LESSON, MINATO, School, Visitor};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

fn board() -> String {
    format!("/classes/{CLASS_5_2}")
}

fn sheet() -> String {
    format!("{}/attendance", board())
}

/// The form as a browser would send it from this page, with some fields set otherwise.
async fn filled(visitor: &mut Visitor<'_>, path: &str, set: &[(String, &str)]) -> Vec<(String, String)> {
    let page = visitor.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    read(&page.text, set)
}

fn read(text: &str, set: &[(String, &str)]) -> Vec<(String, String)> {
    let form = text.split("data-attendance").nth(1).and_then(|rest| rest.split("</form>").next()).expect("the form of the page");
    let mut fields: Vec<(String, String)> = Vec::new();
    let attribute = |tag: &str, name: &str| {
        let found = tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        found.map(|text| text.replace("&#60;", "<").replace("&#38;", "&"))
    };
    let mut select = String::new();
    for tag in form.split('<').skip(1).map(|rest| rest.split('>').next().expect("a split has a first part")) {
        let value = attribute(tag, "value");
        if tag.starts_with("select") {
            select = attribute(tag, "name").expect("a list has a name");
        } else if tag.starts_with("option") && tag.ends_with("selected") {
            fields.push((select.clone(), value.expect("an option has a value")));
        } else if tag.starts_with("input") {
            let choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
            if !choice || tag.ends_with("checked") {
                fields.push((attribute(tag, "name").expect("a field has a name"), value.unwrap_or_default()));
            }
        }
    }
    for (name, value) in set {
        fields.retain(|(of, _)| of != name);
        if !value.is_empty() {
            fields.push((name.clone(), (*value).to_owned()));
        }
    }
    fields
}

async fn send(visitor: &mut Visitor<'_>, fields: &[(String, String)]) -> asagao_tests::Page {
    let fields: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.submit(&sheet(), &fields).await
}

fn act(name: &str) -> (String, &str) {
    ("act".to_owned(), name)
}

fn of(name: &str, pupil: Uuid) -> String {
    format!("{name}.{pupil}")
}

/// What holds of a pupil's day: kind, late, early, place, note.
async fn mark(school: &School, pupil: Uuid, day: &str) -> Value {
    let document = "query ($id: ID!, $day: Date!) { pupil(id: $id) { attendance(from: $day, to: $day) {
        kind { code } late leftEarly place note reason } } }";
    let answer = school.person("hugo").ask(document, json!({ "id": pupil, "day": day })).await;
    answer.data("/pupil/attendance/0").clone()
}

const TODAY: &str = "2026-11-24";

#[tokio::test]
async fn everybody_is_here_but_those_who_are_not() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&sheet()).await;
    assert_eq!((page.text.matches("<fieldset").count(), page.text.matches("type=\"radio\"").count()), (6, 6 * 5));
    assert!(page.text.contains("1番 朝倉 葵") && page.text.contains("令和8年11月24日（火）"));
    assert!(!page.text.contains(" checked"), "nothing is marked beforehand");
    // A pupil who was chosen before 全員出席 stays as chosen.
    let set = [(of("kind", AOI), "ILLNESS"), (of("note", AOI), "発熱 38.2℃"), act("all")];
    let fields = filled(&mut ana, &sheet(), &set).await;
    assert_eq!(send(&mut ana, &fields).await.location(), (StatusCode::SEE_OTHER, sheet().as_str()), "it stays on the page");
    assert_eq!(mark(&school, AOI, TODAY).await["kind"]["code"], "ILLNESS");
    assert_eq!(mark(&school, AOI, TODAY).await["note"], "発熱 38.2℃");
    assert_eq!(mark(&school, HARUTO, TODAY).await["kind"]["code"], "PRESENT");
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 6);
    let page = ana.get(&sheet()).await;
    assert!(page.text.contains("8:20 まで保存ずみ（有村さん）") && page.text.contains("発熱 38.2℃"), "{}", page.text);
}

#[tokio::test]
async fn only_what_was_changed_is_sent_and_saving_twice_is_saving_once() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let fields = filled(&mut ana, &sheet(), &[act("all")]).await;
    send(&mut ana, &fields).await;
    let set = [
        (of("late", HARUTO), "1"),
        (of("kind", KAEDE), "SUSPENDED"),
        (of("late", KAEDE), "1"),
        (of("place", MINATO), "OTHER_ROOM"),
        (of("left", MINATO), "1"),
        act("save"),
    ];
    let fields = filled(&mut ana, &sheet(), &set).await;
    for _ in 0..2 {
        assert_eq!(send(&mut ana, &fields).await.location(), (StatusCode::SEE_OTHER, board().as_str()));
    }
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 6 + 3);
    assert_eq!(mark(&school, HARUTO, TODAY).await["late"], true);
    let kaede = mark(&school, KAEDE, TODAY).await;
    assert_eq!((&kaede["kind"]["code"], &kaede["late"]), (&json!("SUSPENDED"), &json!(false)), "nobody is late who need not come");
    let minato = mark(&school, MINATO, TODAY).await;
    assert_eq!((&minato["place"], &minato["leftEarly"]), (&json!("OTHER_ROOM"), &json!(true)));
    let fields = filled(&mut ana, &sheet(), &[(of("clear", HARUTO), "1"), act("save")]).await;
    send(&mut ana, &fields).await;
    assert_eq!(school.count("attendance_mark", "known_until > '9999-01-01T00:00:00+00:00' AND kind IS NULL").await, 1, "a mark can be taken away");
}

#[tokio::test]
async fn the_later_of_two_sees_what_the_other_did_and_decides() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let fields = filled(&mut ana, &sheet(), &[act("all")]).await;
    send(&mut ana, &fields).await;
    // Both have the page open; hugo saves first. Ana did not touch Haruto.
    school.clock.advance(TimeDelta::minutes(1));
    let late = filled(&mut ana, &sheet(), &[(of("kind", AOI), "OTHER"), (of("late", MINATO), "1"), act("save")]).await;
    school.clock.advance(TimeDelta::minutes(1));
    let mut hugo = school.visitor_as("hugo").await;
    let set = [(of("kind", AOI), "ILLNESS"), (of("note", AOI), "発熱"), (of("kind", HARUTO), "MOURNING"), act("save")];
    let first = filled(&mut hugo, &sheet(), &set).await;
    assert_eq!(send(&mut hugo, &first).await.status, StatusCode::SEE_OTHER);
    school.clock.advance(TimeDelta::minutes(1));

    let page = send(&mut ana, &late).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("8:22 に日向さんが「病欠」に変更　メモ「発熱」"), "{}", page.text);
    assert_eq!(page.text.matches("class=\"row differs\"").count(), 1, "only the row that differs");
    assert_eq!(mark(&school, AOI, TODAY).await["kind"]["code"], "ILLNESS", "nothing is overwritten");
    assert_eq!(mark(&school, HARUTO, TODAY).await["kind"]["code"], "MOURNING", "a row that ana did not touch stays hugo's");
    assert_eq!(mark(&school, MINATO, TODAY).await["late"], true, "the other rows are saved");
    // What holds is chosen: a second press without a look changes nothing.
    assert!(page.text.contains("わたしの入力「事故欠」にする"), "{}", page.text);
    let again = read(&page.text, &[act("save")]);
    assert!(again.contains(&(of("kind", AOI), "ILLNESS".to_owned())) && again.contains(&(of("note", AOI), "発熱".to_owned())));
    assert_eq!(send(&mut ana, &again).await.location(), (StatusCode::SEE_OTHER, board().as_str()));
    let held = mark(&school, AOI, TODAY).await;
    assert_eq!((&held["kind"]["code"], &held["note"]), (&json!("ILLNESS"), &json!("発熱")));
    // Her own choice is her decision; what was noted goes on.
    let mine = read(&page.text, &[(of("mine", AOI), "1"), act("save")]);
    assert_eq!(send(&mut ana, &mine).await.location(), (StatusCode::SEE_OTHER, board().as_str()));
    let held = mark(&school, AOI, TODAY).await;
    assert_eq!((&held["kind"]["code"], &held["note"]), (&json!("OTHER"), &json!("発熱")));
    assert_eq!(mark(&school, HARUTO, TODAY).await["kind"]["code"], "MOURNING");
}

#[tokio::test]
async fn a_running_suspension_is_not_ended_by_one_press() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let path = format!("{}?day=2026-11-20", sheet());
    let set = [(of("kind", AOI), "SUSPENDED"), (of("kind", HARUTO), "ILLNESS"), ("reason".to_owned(), "連絡"), act("all")];
    let fields = filled(&mut ana, &path, &set).await;
    assert_eq!(send(&mut ana, &fields).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&sheet()).await;
    assert!(page.text.contains("11/20 出停") && page.text.contains("前の授業日が出停・忌引の1人は"), "{}", page.text);
    let fields = read(&page.text, &[act("all")]);
    assert_eq!(send(&mut ana, &fields).await.location(), (StatusCode::SEE_OTHER, sheet().as_str()));
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 6 + 5, "the teacher decides on the sixth");
    assert_eq!(mark(&school, HARUTO, TODAY).await["kind"]["code"], "PRESENT");
    let page = ana.get(&sheet()).await;
    assert!(page.text.contains("11/20 出停"));
    let fields = read(&page.text, &[(of("kind", AOI), "SUSPENDED"), act("save")]);
    assert_eq!(send(&mut ana, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(!ana.get(&sheet()).await.text.contains("11/20 出停"));
}

#[tokio::test]
async fn a_lesson_has_no_morning_and_odd_days_are_none() {
    let school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let lesson = format!("/classes/{LESSON}");
    assert_eq!(hugo.get(&format!("{lesson}/attendance")).await.status, StatusCode::NOT_FOUND);
    let page = hugo.get(&lesson).await;
    assert!(page.status == StatusCode::OK && !page.text.contains(&format!("{lesson}/attendance")), "{}", page.text);
    for odd in ["%2B20000-01-01", "-0001-01-01", "2026-11-24x", "1899-01-01"] {
        for path in [sheet(), "/attendance-today".to_owned()] {
            assert_eq!(hugo.get(&format!("{path}?day={odd}")).await.status, StatusCode::NOT_FOUND, "{path} {odd}");
        }
    }
    hugo.get(&sheet()).await;
    let page = hugo.submit(&sheet(), &[("day", "+20000-01-01"), ("act", "save")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_teaches_lessons_alone_has_a_way_in() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    let teaches = |class| move |id| duty::new(id, DutyKind::SubjectTeacher, None, Some(class), from);
    school.hire("lea", |id| vec![teaches(LESSON)(id)]).await;
    let mut lea = school.visitor_as("lea").await;
    assert_eq!(lea.get("/classes").await.location(), (StatusCode::SEE_OTHER, format!("/classes/{LESSON}").as_str()));
    assert_eq!(lea.get(&format!("/classes/{LESSON}")).await.status, StatusCode::OK);
    school.hire("max", |id| vec![teaches(LESSON)(id), teaches(CLASS_5_1)(id)]).await;
    let page = school.visitor_as("max").await.get("/classes").await;
    assert!(page.text.contains("担当する授業") && page.text.contains("5年 算数 少人数") && page.text.contains("5年1組"), "{}", page.text);
    assert!(!school.visitor_as("hugo").await.get("/classes").await.text.contains("担当する授業"), "a head teaches none");
}

#[tokio::test]
async fn a_note_without_a_mark_is_kept_on_the_page() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let fields = filled(&mut ana, &sheet(), &[(of("note", AOI), "電話あり"), (of("kind", HARUTO), "PRESENT"), act("save")]).await;
    let page = send(&mut ana, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("印を選ぶと") && page.text.contains("value=\"電話あり\""));
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 1, "the other row is saved");
}

#[tokio::test]
async fn a_past_day_is_changed_with_a_reason() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let path = format!("{}?day=2026-11-20", sheet());
    let page = ana.get(&path).await;
    assert!(page.text.contains("過去の日を直しています") && page.text.contains("令和8年11月20日（金）"));
    let set = [(of("kind", AOI), "ILLNESS"), act("save")];
    let fields = filled(&mut ana, &path, &set).await;
    let page = send(&mut ana, &fields).await;
    assert_eq!((page.status, school.count("attendance_mark", "1 = 1").await), (StatusCode::CONFLICT, 0));
    assert!(page.text.contains("理由を書いてください"));
    let set = [("reason".to_owned(), "連絡帳で確認"), act("save")];
    let fields = read(&page.text, &set);
    assert!(fields.contains(&(of("kind", AOI), "ILLNESS".to_owned())), "what was chosen is still chosen");
    assert_eq!(send(&mut ana, &fields).await.status, StatusCode::SEE_OTHER);
    let mark = mark(&school, AOI, "2026-11-20").await;
    assert_eq!((&mark["kind"]["code"], &mark["reason"]), (&json!("ILLNESS"), &json!("連絡帳で確認")));
}

#[tokio::test]
async fn days_to_come_and_days_without_school_have_no_grid() {
    let school = School::open().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("{}?day=2026-11-25", sheet())).await;
    assert!(page.text.contains("まだ来ていない日です") && !page.text.contains("<fieldset"));
    let page = ana.get(&format!("{}?day=2026-11-21", sheet())).await;
    assert!(page.text.contains("授業のない日です") && page.text.contains("土曜日") && !page.text.contains("<fieldset"));
    assert!(page.text.contains("day=2026-11-21&amp;open=1"));
    let path = format!("{}?day=2026-11-21&open=1", sheet());
    let fields = filled(&mut ana, &path, &[("reason".to_owned(), "土曜授業"), act("all")]).await;
    let sent = send(&mut ana, &fields).await;
    assert_eq!(sent.location(), (StatusCode::SEE_OTHER, format!("{}?day=2026-11-21", sheet()).as_str()));
    let page = ana.get(sent.header("location")).await;
    assert_eq!(page.text.matches("<fieldset").count(), 6, "it is a school day now");
}

#[tokio::test]
async fn who_may_only_read_marks_takes_no_attendance() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    let teaches = |class| move |id| duty::new(id, DutyKind::SubjectTeacher, None, Some(class), from);
    school.hire("sam", |id| vec![teaches(CLASS_5_1)(id), teaches(CLASS_5_2)(id)]).await;
    let mut sam = school.visitor_as("sam").await;
    assert_eq!(sam.get(&sheet()).await.status, StatusCode::NOT_FOUND);
    assert!(sam.get("/classes").await.text.contains("出欠はまだです"), "whether it is taken may be seen");
    let page = sam.submit(&sheet(), &[("act", "all")]).await;
    assert_eq!((page.status, school.count("attendance_mark", "1 = 1").await), (StatusCode::NOT_FOUND, 0));
}
