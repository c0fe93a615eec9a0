//! The office and teachers at a browser with the register: closures, decisions, 出席扱い, timetable, lessons, a year, files.
use crate::register::november;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, TODAY, TSUMUGI, YUI};
use axum::http::StatusCode;

fn page(name: &str) -> String {
    format!("/classes/{CLASS_5_2}/{name}")
}

/// A table's row by the pupil's name.
fn row<'a>(text: &'a str, name: &str) -> &'a str {
    text.split("<tr").find(|row| row.contains(name) && !row.contains("<caption")).unwrap_or_else(|| panic!("no row of {name} in {text}"))
}

#[tokio::test]
async fn the_office_closes_a_class_opens_it_again_and_takes_it_all_back() {
    let school = november().await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = page("closures");
    let shown = hugo.get(&path).await;
    assert!(shown.text.contains("この年度に、閉鎖はありません") && shown.text.contains("出停") && !shown.text.contains(">病欠<"), "{}", shown.text);
    let close = |begins, ends, reason| [("do", "close"), ("kind", "SUSPENDED"), ("begins", begins), ("ends", ends), ("reason", reason)];
    for (fields, words) in [
        (close("2026-11-25", "2027-02-01", "x"), "31日のうちで"),
        (close("2026-11-28", "2026-11-29", "x"), "どれも授業のない日"),
        (close("2026-11-25", "2026-11-27", " "), "理由を書いて"),
        (close("11/25", "2026-11-27", "x"), "2026-11-24 のように"),
        (close("", "2026-11-27", "x"), "最初の日を"),
    ] {
        let refused = hugo.submit(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(refused.text.contains(words) && refused.text.contains("保存していません"), "{words}: {}", refused.text);
    }
    let done = hugo.submit(&path, &close("2026-11-24", "2026-11-27", "インフルエンザ")).await;
    assert_eq!(done.location(), (StatusCode::SEE_OTHER, format!("{path}#list").as_str()), "{}", done.text);
    let shown = hugo.get(&path).await;
    assert!(row(&shown.text, "インフルエンザ").contains("閉鎖中") && shown.text.contains("日向 悟"), "{}", shown.text);
    let again = hugo.submit(&path, &close("2026-11-26", "2026-11-27", "x")).await;
    assert!(again.text.contains("もう閉鎖になっています"), "{}", again.text);

    let id = shown.hidden("closure").to_owned();
    let none = hugo.submit(&path, &[("do", "reopen"), ("closure", &id), ("from", ""), ("reason", "x")]).await;
    assert!(none.text.contains("登校を始める日を"), "{}", none.text);
    let late = hugo.submit(&path, &[("do", "reopen"), ("closure", &id), ("from", "2026-12-01"), ("reason", "x")]).await;
    assert!(late.text.contains("閉鎖していない日です"), "{}", late.text);
    let open = hugo.submit(&path, &[("do", "reopen"), ("closure", &id), ("from", "2026-11-26"), ("reason", "回復")]).await;
    assert_eq!(open.status, StatusCode::SEE_OTHER, "{}", open.text);
    assert!(hugo.get(&path).await.text.contains("11/26 から再開"));
    let undone = hugo.submit(&path, &[("do", "undo"), ("closure", &id), ("reason", "まちがい")]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    let shown = hugo.get(&path).await;
    assert!(row(&shown.text, "インフルエンザ").contains("取り消し") && shown.hidden("closure").is_empty(), "{}", shown.text);
    assert!(hugo.get(&page("register")).await.text.contains("授業日数"), "the way back");
}

#[tokio::test]
async fn the_office_decides_over_a_homeroom_and_the_page_shows_both() {
    let school = november().await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = format!("{}?day=2026-11-05", page("decisions"));
    let shown = hugo.get(&path).await;
    assert!(row(&shown.text, "朝倉 葵").contains("事故欠") && row(&shown.text, "朝倉 葵").contains("有村 安奈"), "{}", shown.text);
    let (aoi, seen) = (AOI.to_string(), shown.hidden("seen").to_owned());
    let send = page("decisions");
    let decide = [("do", "decide"), ("day", "2026-11-05"), ("seen", &*seen), ("pupil", &*aoi), ("kind", "MOURNING"), ("reason", "祖父の葬儀")];
    let nobody: Vec<_> = decide.iter().copied().filter(|(name, _)| *name != "pupil").collect();
    assert!(hugo.submit(&send, &nobody).await.text.contains("だれのことか"));
    let mut silent = decide;
    silent[5].1 = " ";
    let refused = hugo.submit(&send, &silent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("理由を書いて") && row(&refused.text, "朝倉 葵").contains("checked"), "{}", refused.text);
    let done = hugo.submit(&send, &decide).await;
    assert_eq!(done.location(), (StatusCode::SEE_OTHER, path.as_str()), "{}", done.text);
    let shown = hugo.get(&path).await;
    let both = row(&shown.text, "朝倉 葵");
    assert!(both.contains("事故欠") && both.contains("有村 安奈") && both.contains("忌引") && both.contains("日向 悟") && both.contains("祖父の葬儀"), "{both}");

    let mut ana = school.visitor_as("ana").await;
    assert_eq!(ana.get(&path).await.status, StatusCode::NOT_FOUND, "a homeroom teacher decides nothing over others");
    let back = [("do", "back"), ("day", "2026-11-05"), ("pupil", &*aoi), ("reason", "取り違え")];
    assert!(hugo.submit(&send, &back).await.text.contains("決めたことのある人を"));
    let decided = format!("decided.{AOI}");
    let done = hugo.submit(&send, &[&back[..], &[(&*decided, "1")]].concat()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(!row(&hugo.get(&path).await.text, "朝倉 葵").contains("忌引"));
    let free = hugo.get(&format!("{}?day=2026-11-23", page("decisions"))).await;
    assert!(free.text.contains("授業のない日です") && !free.text.contains("選んだ人の印"), "{}", free.text);
    assert!(hugo.get(&format!("{}?day=2026-11-25", page("decisions"))).await.text.contains("まだ来ていない日です"));
    assert!(hugo.get("/attendance-today").await.text.contains(&page("decisions")), "the way from today's attendance");
}

#[tokio::test]
async fn the_head_records_attendance_elsewhere_and_the_register_leads_there() {
    let school = november().await;
    let mut hugo = school.visitor_as("hugo").await;
    let path = format!("/pupils/{MINATO}/attendance");
    assert!(hugo.get(&page("register")).await.text.contains(&format!("{path}#decisions")), "the register names who has no decision");
    let shown = hugo.get(&path).await;
    assert!(shown.text.contains("決定が記録されていない日：別室　11/10（火）") && shown.text.contains("教育支援センター等　11/11（水）"), "{}", shown.text);
    let decide = [("recognition", ""), ("place", "SUPPORT_CENTRE"), ("begins", "2026-11-01"), ("ends", ""), ("note", "保護者と面談")];
    for (at, value, words) in [(1, "CLASSROOM", "場所を"), (2, "11月1日", "2026-11-24 のように"), (2, "", "最初の日を"), (3, "2026-10-01", "最初の日より前"), (4, " ", "もとになったこと")] {
        let mut wrong = decide;
        wrong[at].1 = value;
        let refused = hugo.submit(&path, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    let done = hugo.submit(&path, &decide).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let shown = hugo.get(&path).await;
    assert!(shown.text.contains("令和8年11月1日〜続いています") && shown.text.contains("日向 悟") && !shown.text.contains("教育支援センター等　11/11"), "{}", shown.text);
    let id = shown.hidden("recognition").to_owned();
    let mut ended = decide;
    (ended[0].1, ended[3].1) = (&id, "2026-11-30");
    assert_eq!(hugo.submit(&path, &ended).await.status, StatusCode::SEE_OTHER);
    assert!(hugo.get(&path).await.text.contains("令和8年11月1日〜令和8年11月30日"));
    let mut ana = school.visitor_as("ana").await;
    let shown = ana.get(&path).await;
    assert!(shown.text.contains("保護者と面談") && !shown.text.contains("出席扱いにすると決める"), "a teacher reads it: {}", shown.text);
    assert_eq!(ana.submit(&path, &decide).await.status, StatusCode::NOT_FOUND);
    assert!(ana.get(&format!("/pupils/{MINATO}")).await.text.contains(&path), "the pupil's page leads there");
    let mut mari = school.visitor_as("mari").await;
    assert_eq!(mari.get(&path).await.status, StatusCode::NOT_FOUND, "another school");
}

#[tokio::test]
async fn a_year_of_a_class_and_a_pupil_is_counted_for_the_school_record() {
    let school = november().await;
    let mut ana = school.visitor_as("ana").await;
    let shown = ana.get(&page("register/year")).await;
    let aoi: Vec<&str> = row(&shown.text, "朝倉 葵").split("<td class=\"n\">").skip(2).map(|cell| cell.split('<').next().expect("a cell")).collect();
    // 授業日数, 出停等, 出席しなければ, 欠席, 出席, 遅刻, 早退, 出席扱い, 未記入: the calendar began in April, marks in November.
    assert_eq!(aoi, ["132", "0", "132", "2", "13", "0", "0", "0", "117"]);
    assert!(shown.text.contains("令和8年度") && shown.text.contains("未記入が のべ"), "{}", shown.text);
    let record = ana.get(&format!("/pupils/{AOI}/attendance")).await;
    assert!(record.text.contains("令和8年度") && record.text.contains("<td class=\"n\">132</td>"), "{}", record.text);
    let csv = ana.submit(&page("register/year"), &[("kind", "utf-8"), ("year", "2026")]).await;
    assert!(csv.text.starts_with("\u{feff}番号,氏名,授業日数") && csv.text.contains("1,朝倉 葵,132,0,132,2,13,0,0,0,117,"), "{}", csv.text);
    let xlsx = ana.submit(&page("register/year"), &[("kind", "xlsx"), ("year", "2026")]).await;
    assert!(xlsx.text.starts_with("PK") && xlsx.header("content-disposition").contains("filename*=UTF-8''5%E5%B9%B42"));
    assert_eq!(ana.submit(&page("register/year"), &[("kind", "pdf")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(ana.get(&format!("{}?year=1800", page("register/year"))).await.status, StatusCode::NOT_FOUND);
    let mut mari = school.visitor_as("mari").await;
    assert_eq!(mari.get(&page("register/year")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn trap_13_a_register_says_which_names_cp932_cannot_hold_before_it_is_saved() {
    let school = november().await;
    let mut ana = school.visitor_as("ana").await;
    let path = page("register");
    ana.get(&path).await;
    for (path, fields) in [(path.clone(), [("month", "2026-11"), ("kind", "cp932")]), (page("register/year"), [("year", "2026"), ("kind", "cp932")])] {
        let told = ana.submit(&path, &fields).await;
        assert!(told.header("content-type").starts_with("text/html") && told.header("content-disposition").is_empty());
        for text in ["CP932 で書けない文字があります", "𠮷田 結衣", "吉田 結衣", "氏名", "まだ保存していません"] {
            assert!(told.text.contains(text), "{text}: {}", told.text);
        }
        let usual = ana.submit(&path, &[fields[0], ("kind", "cp932-usual")]).await;
        assert!(usual.header("content-type").ends_with("Shift_JIS") && !usual.text.contains('?'), "never a question mark");
    }
    let csv = ana.submit(&path, &[("month", "2026-11"), ("kind", "utf-8")]).await;
    assert!(csv.text.contains("6,𠮷田 結衣,") && csv.text.contains(",病,"), "{}", csv.text);
    let xlsx = ana.submit(&path, &[("month", "2026-11"), ("kind", "xlsx")]).await;
    assert!(xlsx.text.starts_with("PK"), "{}", xlsx.text);
    let mut mari = school.visitor_as("mari").await;
    mari.get("/pupils").await;
    assert_eq!(mari.submit(&path, &[("month", "2026-11"), ("kind", "utf-8")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_office_sets_a_week_and_a_subject_teacher_marks_who_missed_a_lesson() {
    let mut school = november().await;
    let from = "2026-04-01".parse().expect("a date");
    school.hire("rika", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_2), from)]).await;
    let mut hugo = school.visitor_as("hugo").await;
    let timetable = page("timetable");
    assert!(hugo.get(&timetable).await.text.contains("この日の時間割はありません"));
    let long = "長".repeat(41);
    for (fields, words) in [
        (vec![("from", ""), ("l.2.3", "理科")], "いつからか"),
        (vec![("from", TODAY), ("l.2.3", &*long)], "40字まで"),
    ] {
        let refused = hugo.submit(&timetable, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    let week = [("from", "2026-11-09"), ("l.2.3", "理科"), ("l.2.4", "音楽"), ("l.3.1", "")];
    let done = hugo.submit(&timetable, &week).await;
    assert_eq!(done.location(), (StatusCode::SEE_OTHER, format!("{timetable}?day=2026-11-09").as_str()), "{}", done.text);
    assert!(hugo.get(&timetable).await.text.contains("name=\"l.2.3\" value=\"理科\""));

    let mut rika = school.visitor_as("rika").await;
    let shown = rika.get(&timetable).await;
    assert!(shown.text.contains("<td>理科</td>") && !shown.text.contains("この時間割にする"), "{}", shown.text);
    let lessons = page("lessons");
    assert!(rika.get(&format!("/classes/{CLASS_5_2}")).await.text.contains(&lessons), "the class page leads there");
    let shown = rika.get(&format!("{lessons}?day=2026-11-17&period=3")).await;
    assert!(shown.text.contains("3時間目 理科") && shown.text.contains("4 音楽"), "{}", shown.text);
    let (kaede, tsumugi) = (KAEDE.to_string(), TSUMUGI.to_string());
    let [k, wk, t, wt] = [format!("kind.{kaede}"), format!("was.{kaede}"), format!("kind.{tsumugi}"), format!("was.{tsumugi}")];
    let done = rika.submit(&lessons, &[("day", "2026-11-17"), ("period", "3"), (&wk, ""), (&k, "MISSED"), (&wt, ""), (&t, "")]).await;
    assert_eq!(done.location(), (StatusCode::SEE_OTHER, format!("{lessons}?day=2026-11-17&period=3").as_str()), "{}", done.text);
    let shown = rika.get(&format!("{lessons}?day=2026-11-17&period=4")).await;
    assert!(shown.text.contains("11/17（火） 3時間目 理科　") && shown.text.contains("欠課"), "{}", shown.text);
    let record = rika.get(&format!("/pupils/{KAEDE}/attendance")).await;
    assert!(record.text.contains("3時間目 理科　欠課"), "{}", record.text);
    let sheet = rika.get(&format!("{}?month=2026-11", page("register"))).await;
    assert!(!sheet.text.contains("欠課"), "a lesson's mark is no mark of the day");
    let ahead = rika.submit(&lessons, &[("day", "2026-11-26"), ("period", "3"), (&wk, ""), (&k, "MISSED")]).await;
    assert_eq!(ahead.status, StatusCode::CONFLICT);
    assert!(ahead.text.contains("まだ来ていない日"), "{}", ahead.text);
    assert_eq!(rika.get(&format!("/classes/{CLASS_5_1}/lessons")).await.status, StatusCode::NOT_FOUND, "another class");
    let mut ana = school.visitor_as("ana").await;
    assert_eq!(ana.get(&format!("/classes/{LESSON}/lessons")).await.status, StatusCode::NOT_FOUND, "another's lesson");
}

#[tokio::test]
async fn pages_of_the_register_are_not_for_a_wall_and_not_for_strangers() {
    let school = november().await;
    let mut hugo = school.visitor_as("hugo").await;
    let all = [page("closures"), page("decisions"), page("lessons"), page("register/year"), format!("/pupils/{HARUTO}/attendance")];
    for path in &all {
        assert_eq!(hugo.get(path).await.status, StatusCode::OK, "{path}");
    }
    hugo.submit("/presentation", &[("on", "true"), ("class", &CLASS_5_2.to_string())]).await;
    for path in &all {
        assert_eq!(hugo.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut mari = school.visitor_as("mari").await;
    for path in all.iter().chain([&page("timetable"), &format!("/pupils/{YUI}/attendance")]) {
        assert_eq!(mari.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(mari.get(&format!("/classes/{CLASS_4_1}/closures")).await.status, StatusCode::OK, "the own school");
    let mut outside = school.visitor();
    for path in &all {
        assert_ne!(outside.get(path).await.status, StatusCode::OK, "{path}");
    }
}
