//! The register (出席簿): what is counted of whom, in which class and school, and what was changed afterwards.
use crate::calendar::{set, year};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, MIZUUMI, Package, Person, REN, School, TSUMUGI, YUI, enrolment, time};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

pub const COUNT: &str = "schoolDays excused toAttend absent present late leftEarly elsewhere unmarked";

/// The register of a class and month.
pub async fn register(person: &Person<'_>, class: Uuid, month: &str) -> Value {
    let document = format!("query ($id: ID!, $month: String!) {{ class(id: $id) {{ register(month: $month) {{
        from to until schoolDays enrolledFirst joined left version total {{ {COUNT} }}
        closures {{ reason begins ends withdrawnOn }}
        corrections {{ day number name before after by at reason }}
        days {{ day isSchoolDay words {{ title }} count {{ absent excused late leftEarly unmarked }} }}
        rows {{ pupilId name number joined left notRecognised count {{ {COUNT} }} cells {{ day state sign office }} }} }} }} }}");
    person.ask(&document, json!({ "id": class, "month": month })).await.data("/class/register").clone()
}

pub fn row(register: &Value, pupil: Uuid) -> &Value {
    let rows = register["rows"].as_array().expect("a list");
    rows.iter().find(|row| row["pupilId"] == json!(pupil)).unwrap_or_else(|| panic!("{pupil} is not in {register}"))
}

/// What is counted, in the order of the sheet: 授業日数, 出停・忌引等, 出席しなければならない, 欠席, 出席, 遅刻, 早退, and 出席扱い, 未記入.
pub fn counted(count: &Value) -> [u64; 9] {
    ["schoolDays", "excused", "toAttend", "absent", "present", "late", "leftEarly", "elsewhere", "unmarked"]
        .map(|name| count[name].as_u64().unwrap_or_else(|| panic!("{name} of {count}")))
}

pub fn cell(register: &Value, pupil: Uuid, day: &str) -> (String, String) {
    let cells = row(register, pupil)["cells"].as_array().expect("a list");
    let cell = cells.iter().find(|cell| cell["day"] == day).expect("a cell a day");
    (cell["state"].as_str().expect("a state").to_owned(), cell["sign"].as_str().expect("a sign").to_owned())
}

pub async fn take(person: &Person<'_>, day: &str, marks: Value) -> Value {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed conflicts { pupilId mark { by office } }
        rejected { code field } userErrors { code field } } }";
    let input = json!({ "classId": CLASS_5_2, "day": day, "marks": marks, "reason": "訂正" });
    person.ask(document, json!({ "input": input })).await.data("/takeAttendance").clone()
}

pub async fn decide(person: &Person<'_>, class: Uuid, day: &str, marks: Value, reason: &str) -> Value {
    let document = "mutation ($input: DecideAttendanceInput!) { decideAttendance(input: $input) { changed unchanged conflicts { pupilId }
        rejected { code field } userErrors { code field } } }";
    let input = json!({ "classId": class, "day": day, "marks": marks, "reason": reason });
    person.ask(document, json!({ "input": input })).await.data("/decideAttendance").clone()
}

/// The school days of November up to today.
const NOVEMBER: [&str; 15] = [
    "2026-11-02", "2026-11-04", "2026-11-05", "2026-11-06", "2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13",
    "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-24",
];

/// ひばり野 with a calendar and with attendance taken on every school day of November.
pub async fn november() -> School {
    let school = School::open().await;
    year(&school.person("hugo")).await;
    for day in NOVEMBER {
        let marks = match day {
            "2026-11-04" => json!([{ "pupilId": AOI, "kind": "ILLNESS" }, { "pupilId": HARUTO, "kind": "PRESENT", "late": true }]),
            "2026-11-05" => json!([{ "pupilId": AOI, "kind": "OTHER" }, { "pupilId": HARUTO, "kind": "SUSPENDED", "late": true }]),
            "2026-11-06" => json!([{ "pupilId": HARUTO, "kind": "SUSPENDED" }, { "pupilId": KAEDE, "kind": "MOURNING" }]),
            "2026-11-10" => json!([{ "pupilId": MINATO, "kind": "PRESENT", "late": true, "leftEarly": true, "place": "OTHER_ROOM" }]),
            "2026-11-11" => json!([{ "pupilId": MINATO, "kind": "PRESENT", "place": "SUPPORT_CENTRE" }, { "pupilId": YUI, "kind": null }]),
            _ => json!([]),
        };
        assert_eq!(take(&school.person("ana"), day, marks).await["userErrors"], json!([]), "{day}");
    }
    school
}

#[tokio::test]
async fn a_month_adds_up_for_every_pupil_and_the_class() {
    let school = november().await;
    let sheet = register(&school.person("ana"), CLASS_5_2, "2026-11").await;
    assert_eq!((&sheet["until"], &sheet["schoolDays"], &sheet["version"]), (&json!("2026-11-24"), &json!(15), &json!(1)));
    assert_eq!(sheet["days"].as_array().unwrap().len(), 30);
    for (pupil, expected) in [
        (AOI, [15, 0, 15, 2, 13, 0, 0, 0, 0]),
        (HARUTO, [15, 2, 13, 0, 13, 1, 0, 0, 0]),
        (KAEDE, [15, 1, 14, 0, 14, 0, 0, 0, 0]),
        (MINATO, [15, 0, 15, 0, 15, 1, 1, 2, 0]),
        (TSUMUGI, [15, 0, 15, 0, 15, 0, 0, 0, 0]),
        (YUI, [15, 0, 15, 0, 14, 0, 0, 0, 1]),
    ] {
        assert_eq!(counted(&row(&sheet, pupil)["count"]), expected, "{pupil}");
    }
    assert_eq!(counted(&sheet["total"]), [90, 3, 87, 2, 84, 2, 1, 2, 1]);
    assert_eq!(cell(&sheet, AOI, "2026-11-04"), ("MARKED".into(), "病".into()));
    assert_eq!(cell(&sheet, MINATO, "2026-11-10"), ("MARKED".into(), "チ早".into()));
    assert_eq!(cell(&sheet, MINATO, "2026-11-11"), ("MARKED".into(), "○".into()));
    assert_eq!(cell(&sheet, YUI, "2026-11-11"), ("UNMARKED".into(), String::new()), "nobody is silently present");
    assert_eq!((cell(&sheet, AOI, "2026-11-03").0, cell(&sheet, AOI, "2026-11-25").0), ("NO_SCHOOL".into(), "AHEAD".into()));
    let day = &sheet["days"][4];
    assert_eq!(day["count"], json!({ "absent": 1, "excused": 1, "late": 0, "leftEarly": 0, "unmarked": 0 }));
}

#[tokio::test]
async fn trap_1_a_closed_class_keeps_its_school_days_and_a_closed_grade_has_fewer() {
    let school = november().await;
    let hugo = school.person("hugo");
    let close = "mutation ($input: CloseClassInput!) { closeClass(input: $input) { closure { id } marked kept userErrors { code field } } }";
    let input = json!({ "classId": CLASS_5_2, "begins": "2026-11-19", "ends": "2026-11-25", "reason": "インフルエンザ" });
    let closed = hugo.ask(close, json!({ "input": input })).await.data("/closeClass").clone();
    assert_eq!((&closed["marked"], &closed["userErrors"]), (&json!(4 * 6), &json!([])), "19, 20, 24 and 25, tomorrow included");
    assert_eq!(hugo.ask(close, json!({ "input": input })).await.data("/closeClass/userErrors/0/code"), "CONFLICT");
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!(counted(&row(&sheet, TSUMUGI)["count"]), [15, 3, 12, 0, 12, 0, 0, 0, 0]);
    assert_eq!(cell(&sheet, TSUMUGI, "2026-11-25"), ("MARKED".into(), "停".into()), "seen ahead, counted when it has come");
    assert_eq!(sheet["closures"][0]["reason"], "インフルエンザ");
    let over = take(&school.person("ana"), "2026-11-20", json!([])).await;
    assert_eq!((&over["changed"], over["conflicts"].as_array().unwrap().len()), (&json!(0), 6), "all present does not open a closed class");

    let back = "mutation ($input: WithdrawClassClosureInput!) { withdrawClassClosure(input: $input) { marked userErrors { code } } }";
    let from = json!({ "input": { "closureId": closed["closure"]["id"], "from": "2026-11-24", "reason": "早く回復した" } });
    assert_eq!(hugo.ask(back, from.clone()).await.data("/withdrawClassClosure/marked"), &json!(2 * 6));
    assert_eq!(hugo.ask(back, from).await.data("/withdrawClassClosure/userErrors/0/code"), "OUT_OF_RANGE");
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!(counted(&row(&sheet, TSUMUGI)["count"]), [15, 2, 13, 0, 13, 0, 0, 0, 0], "what the homeroom had said holds again");
    assert_eq!(cell(&sheet, TSUMUGI, "2026-11-25").0, "AHEAD");

    set(&hugo, json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-11-16", "grade": "P5", "kind": "CLOSURE", "title": "学年閉鎖" }] })).await;
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!(counted(&row(&sheet, TSUMUGI)["count"]), [14, 2, 12, 0, 12, 0, 0, 0, 0], "marks of that day are kept and not counted");
}

#[tokio::test]
async fn trap_3_attendance_elsewhere_counts_and_says_who_decided() {
    let school = november().await;
    let (hugo, ana) = (school.person("hugo"), school.person("ana"));
    let sheet = register(&ana, CLASS_5_2, "2026-11").await;
    assert_eq!((&row(&sheet, MINATO)["count"]["present"], &row(&sheet, MINATO)["notRecognised"]), (&json!(15), &json!(2)));
    let document = "mutation ($input: RecogniseAttendanceInput!) { recogniseAttendance(input: $input) { recognition { decidedBy place }
        userErrors { code field } } }";
    let input = json!({ "pupilId": MINATO, "place": "SUPPORT_CENTRE", "begins": "2026-11-01", "note": "保護者・センターと面談" });
    assert_eq!(ana.ask(document, json!({ "input": input })).await.code(), "FORBIDDEN", "the head decides");
    let done = hugo.ask(document, json!({ "input": input })).await;
    assert_eq!(done.data("/recogniseAttendance/recognition"), &json!({ "decidedBy": "日向 悟", "place": "SUPPORT_CENTRE" }));
    let elsewhere = json!({ "pupilId": Uuid::nil(), "place": "HOME", "begins": "2026-11-01", "note": "x" });
    assert_eq!(hugo.ask(document, json!({ "input": elsewhere })).await.data("/recogniseAttendance/userErrors/0/field"), "pupilId");
    let sheet = register(&ana, CLASS_5_2, "2026-11").await;
    assert_eq!(row(&sheet, MINATO)["notRecognised"], 1);
    let document = "query ($id: ID!) { pupil(id: $id) { attendance(from: \"2026-11-10\", to: \"2026-11-11\") { place recognisedBy { decidedBy } }
        attendanceRecognitions { begins ends note } } }";
    let marks = ana.ask(document, json!({ "id": MINATO })).await;
    assert_eq!(marks.data("/pupil/attendance"), &json!([
        { "place": "OTHER_ROOM", "recognisedBy": null }, { "place": "SUPPORT_CENTRE", "recognisedBy": { "decidedBy": "日向 悟" } } ]));
    assert_eq!(marks.data("/pupil/attendanceRecognitions/0/note"), "保護者・センターと面談");
}

#[tokio::test]
async fn the_office_decides_over_a_homeroom_and_both_are_kept() {
    let school = november().await;
    let (hugo, ana) = (school.person("hugo"), school.person("ana"));
    let mourning = json!([{ "pupilId": AOI, "kind": "MOURNING" }]);
    let document = "mutation ($input: DecideAttendanceInput!) { decideAttendance(input: $input) { changed } }";
    let input = json!({ "input": { "classId": CLASS_5_2, "day": "2026-11-05", "marks": mourning, "reason": "x" } });
    assert_eq!(ana.ask(document, input).await.code(), "FORBIDDEN");
    assert_eq!(decide(&hugo, CLASS_4_1, "2026-11-05", mourning.clone(), "x").await["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(decide(&hugo, CLASS_5_2, "2026-11-05", mourning.clone(), " ").await["userErrors"][0]["field"], "reason");
    school.clock.advance(TimeDelta::minutes(5));
    assert_eq!(decide(&hugo, CLASS_5_2, "2026-11-05", mourning.clone(), "祖父の葬儀（連絡帳）").await["changed"], 1);
    let document = "query ($id: ID!) { pupil(id: $id) { attendance(from: \"2026-11-05\", to: \"2026-11-05\") { kind { code } office by reason at
        overruled { kind { code } by } } } }";
    let mark = ana.ask(document, json!({ "id": AOI })).await.data("/pupil/attendance/0").clone();
    assert_eq!((&mark["kind"]["code"], &mark["by"], &mark["reason"]), (&json!("MOURNING"), &json!("日向 悟"), &json!("祖父の葬儀（連絡帳）")));
    assert_eq!(mark["overruled"], json!({ "kind": { "code": "OTHER" }, "by": "有村 安奈" }));
    school.clock.advance(TimeDelta::minutes(5));
    let later = take(&ana, "2026-11-05", json!([{ "pupilId": AOI, "kind": "ILLNESS" }, { "pupilId": YUI, "kind": "ILLNESS" }])).await;
    assert_eq!(later["conflicts"], json!([{ "pupilId": AOI, "mark": { "by": "日向 悟", "office": true } }]), "not silently overwritten");
    assert_eq!(later["changed"], 2, "結衣 is ill, 陽翔 is present");
    let sheet = register(&ana, CLASS_5_2, "2026-11").await;
    assert_eq!((counted(&row(&sheet, AOI)["count"])[1], counted(&row(&sheet, AOI)["count"])[3]), (1, 1));
    // The office takes its word back: the homeroom's holds again.
    school.clock.advance(TimeDelta::minutes(5));
    assert_eq!(decide(&hugo, CLASS_5_2, "2026-11-05", json!([{ "pupilId": AOI, "kind": null }]), "取り違え").await["changed"], 1);
    let mark = ana.ask(document, json!({ "id": AOI })).await.data("/pupil/attendance/0").clone();
    assert_eq!((&mark["kind"]["code"], &mark["office"]), (&json!("OTHER"), &json!(false)));
    assert_eq!(take(&ana, "2026-11-05", json!([{ "pupilId": AOI, "kind": "ILLNESS" }])).await["conflicts"], json!([]));
}

#[tokio::test]
async fn a_finished_month_says_what_was_corrected_by_whom_and_why() {
    let school = november().await;
    school.clock.advance(time("2026-12-02T16:40:00+09:00") - school.clock.now());
    let hugo = school.person("hugo");
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!((&sheet["version"], &sheet["corrections"]), (&json!(1), &json!([])));
    take(&school.person("ana"), "2026-11-04", json!([{ "pupilId": HARUTO, "kind": "PRESENT", "late": true }])).await;
    school.clock.advance(TimeDelta::hours(1));
    decide(&hugo, CLASS_5_2, "2026-11-05", json!([{ "pupilId": AOI, "kind": "MOURNING" }]), "祖父の葬儀").await;
    school.clock.advance(TimeDelta::hours(1));
    set(&hugo, json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-11-20", "kind": "CLOSURE", "title": "大雨" }], "reason": "記入もれ" })).await;
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!(sheet["version"], 4);
    let said: Vec<_> = sheet["corrections"].as_array().unwrap().iter()
        .map(|of| json!([of["day"], of["name"], of["before"], of["after"], of["by"], of["reason"]])).collect();
    assert_eq!(said, [
        json!(["2026-11-20", null, "暦のとおり", "大雨", "日向 悟", "記入もれ"]),
        json!(["2026-11-05", "朝倉 葵", "事", "忌", "日向 悟", "祖父の葬儀"]),
        json!(["2026-11-04", "朝倉 葵", "病", "出席", "有村 安奈", "訂正"]),
    ]);
    assert_eq!(counted(&row(&sheet, AOI)["count"])[..4], [18, 1, 17, 0], "19 school days of November but one");
}

#[tokio::test]
async fn trap_15_each_school_counts_its_own_days_of_a_transfer() {
    let school = november().await;
    let mut package = Package::usual();
    let id = enrolment(AOI, CLASS_5_2);
    package.change("enrollments.csv", &format!("{id},{CLASS_5_2},{HIBARINO},{AOI},student,,,,1"), &format!("{id},{CLASS_5_2},{HIBARINO},{AOI},student,,,2026-11-11,1"));
    let id = enrolment(AOI, LESSON);
    package.change("enrollments.csv", &format!("{id},{LESSON},{HIBARINO},{AOI},student,,,,"), &format!("{id},{LESSON},{HIBARINO},{AOI},student,,,2026-11-11,"));
    let new = enrolment(AOI, CLASS_4_1);
    package.line("enrollments.csv", &format!("{new},{CLASS_4_1},{MIZUUMI},{AOI},student,,2026-11-12,,2"));
    assert_eq!(school.import(&package).await.problems, []);
    let sheet = register(&school.person("hugo"), CLASS_5_2, "2026-11").await;
    assert_eq!(counted(&row(&sheet, AOI)["count"]), [7, 0, 7, 2, 5, 0, 0, 0, 0], "2 to 11 November");
    assert_eq!((&row(&sheet, AOI)["left"], &sheet["left"], &sheet["enrolledFirst"]), (&json!("2026-11-11"), &json!(1), &json!(6)));
    assert_eq!(cell(&sheet, AOI, "2026-11-12").0, "NOT_ENROLLED");
    let mari = school.person("mari");
    crate::calendar::lay_out(&mari, json!({ "schoolId": MIZUUMI, "year": 2026 })).await;
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    mari.ask(document, json!({ "input": { "classId": CLASS_4_1, "day": "2026-11-12", "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] } })).await;
    let theirs = register(&mari, CLASS_4_1, "2026-11").await;
    assert_eq!(counted(&row(&theirs, AOI)["count"]), [8, 0, 8, 1, 0, 0, 0, 0, 7], "12 to 24 November");
    assert_eq!((&row(&theirs, AOI)["joined"], &theirs["joined"]), (&json!("2026-11-12"), &json!(1)));
    let document = format!("query ($id: ID!) {{ pupil(id: $id) {{ registerYear(year: 2026) {{ from until school {{ id }} count {{ {COUNT} }} }} }} }}");
    let of_mari = mari.ask(&document, json!({ "id": AOI })).await.data("/pupil/registerYear").clone();
    assert_eq!((of_mari.as_array().unwrap().len(), &of_mari[0]["school"]["id"], &of_mari[0]["from"]), (1, &json!(MIZUUMI), &json!("2026-11-12")));
    assert_eq!(school.person("hugo").ask(&document, json!({ "id": AOI })).await.data("/pupil"), &Value::Null, "access has ended");
    let document = format!("query ($id: ID!) {{ class(id: $id) {{ registerYear(year: 2026) {{ rows {{ pupilId left count {{ {COUNT} }} }} }} }} }}");
    let kept = school.person("hugo").ask(&document, json!({ "id": CLASS_5_2 })).await.data("/class/registerYear").clone();
    let aoi = counted(&row(&kept, AOI)["count"]);
    assert_eq!((aoi[3], aoi[4], row(&kept, AOI)["left"].as_str()), (2, 5, Some("2026-11-11")), "the old school still writes its 指導要録");
}

#[tokio::test]
async fn trap_16_a_pupil_of_a_special_class_stands_in_one_register() {
    let school = november().await;
    // 5年1組 with one pupil is the 特別支援学級 here; 蓮 visits 5年2組 as his 交流学級.
    let mut package = Package::usual();
    package.change("classes.csv", "grades,subjects", "grades,subjects,metadata.jp.specialNeeds");
    package.pad("classes.csv", ",");
    let room = package.text("classes.csv").lines().find(|line| line.contains("5年1組")).expect("a class").to_owned();
    package.change("classes.csv", &room, &format!("{room}true"));
    package.enrol(REN, CLASS_5_2, HIBARINO, "7");
    let report = school.import(&package).await;
    assert_eq!((report.problems.len(), report.refused.as_str()), (0, ""));
    let hugo = school.person("hugo");
    let own = register(&hugo, CLASS_5_1, "2026-11").await;
    assert_eq!(counted(&row(&own, REN)["count"])[0], 15);
    let visited = register(&hugo, CLASS_5_2, "2026-11").await;
    assert!(visited["rows"].as_array().unwrap().iter().all(|row| row["pupilId"] != json!(REN)));
    assert_eq!(counted(&visited["total"])[0], 90);
    let document = format!("query ($id: ID!) {{ pupil(id: $id) {{ registerYear(year: 2026) {{ count {{ {COUNT} }} }} }} }}");
    let year = hugo.ask(&document, json!({ "id": REN })).await.data("/pupil/registerYear").clone();
    let other = hugo.ask(&document, json!({ "id": YUI })).await.data("/pupil/registerYear").clone();
    assert_eq!(year[0]["count"]["schoolDays"], other[0]["count"]["schoolDays"]);
}

#[tokio::test]
async fn without_a_calendar_the_register_tells_the_school_days() {
    let school = School::open().await;
    let ana = school.person("ana");
    for day in ["2026-11-18", "2026-11-19", "2026-11-21"] {
        take(&ana, day, json!([])).await;
    }
    let sheet = register(&ana, CLASS_5_2, "2026-11").await;
    assert_eq!(counted(&row(&sheet, AOI)["count"]), [4, 0, 4, 0, 3, 0, 0, 0, 1], "a Saturday with school, and today, which nobody has marked yet");
}

#[tokio::test]
async fn the_register_is_for_those_who_may_see_attendance() {
    let school = november().await;
    assert_eq!(register(&school.person("hugo"), LESSON, "2026-11").await, Value::Null, "a lesson has none");
    let document = "query ($id: ID!) { class(id: $id) { register(month: \"2026-11\") { version } } }";
    assert_eq!(school.person("mari").ask(document, json!({ "id": CLASS_5_2 })).await.data("/class"), &Value::Null);
    assert_eq!(school.person("drill").ask(document, json!({ "id": CLASS_5_2 })).await.code(), "FORBIDDEN");
    let wrong = "query ($id: ID!) { class(id: $id) { register(month: \"2026-13\") { version } } }";
    assert_eq!(school.person("ana").ask(wrong, json!({ "id": CLASS_5_2 })).await.code(), "BAD_INPUT");
    let answer = school.person("ana").ask(document, json!({ "id": CLASS_5_2 })).await;
    assert!(answer.queries() <= 16, "{}", answer.queries());
}
