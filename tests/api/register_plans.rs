//! A year of attendance for a town: the register of a class and the list of long absence are answered from indexes, and their figures are
//! those of a recount that knows nothing of them.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::attendance::{long_absence, register};
use asagao_tests::{School, time};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use std::time::Instant;
use uuid::Uuid;

/// The holidays of the school year 2026 on weekdays, from the list of the Cabinet Office.
const HOLIDAYS: [&str; 17] = [
    "2026-04-29", "2026-05-04", "2026-05-05", "2026-05-06", "2026-07-20", "2026-08-11", "2026-09-21", "2026-09-22", "2026-09-23",
    "2026-10-12", "2026-11-03", "2026-11-23", "2027-01-01", "2027-01-11", "2027-02-11", "2027-02-23", "2027-03-22",
];
const CLASS_SIZE: u128 = 30;

/// The school days of the year: this town has no vacations, and the year ends on 5 February.
fn days() -> Vec<NaiveDate> {
    let first: NaiveDate = "2026-04-01".parse().expect("a date");
    let school = |day: &NaiveDate| day.weekday().number_from_monday() < 6 && !HOLIDAYS.contains(&day.to_string().as_str());
    first.iter_days().take_while(|day| day.to_string() != "2027-02-06").filter(school).collect()
}

/// The id of the n-th school, class, pupil.
fn id(kind: u128, n: u128) -> Uuid {
    Uuid::from_u128((kind << 40) + n)
}

/// What holds of the n-th pupil on the d-th day: absent, excused, elsewhere.
fn held(n: u128, d: u128) -> (bool, bool, bool) {
    let often = n.is_multiple_of(23) && (d * 7 + n) % 5 < 1 + n % 3;
    let absent = often || (n * 31 + d * 17).is_multiple_of(50);
    let excused = !absent && (n * 13 + d * 29).is_multiple_of(97);
    (absent, excused, !absent && !excused && n.is_multiple_of(41) && d.is_multiple_of(2))
}

/// The same as the database reckons it.
const KIND: &str = "CASE WHEN (p.n % 23 = 0 AND (d.n * 7 + p.n) % 5 < 1 + p.n % 3) OR (p.n * 31 + d.n * 17) % 50 = 0 THEN 'ILLNESS'
    WHEN (p.n * 13 + d.n * 29) % 97 = 0 THEN 'SUSPENDED' ELSE 'PRESENT' END";

async fn town(schools: u128, classes: u128) -> School {
    let mut school = School::open().await;
    school.clock.advance(time("2027-02-05T16:00:00+09:00") - school.clock.now());
    let (all_classes, pupils) = (schools * classes, schools * classes * CLASS_SIZE);
    let numbers = |most: u128| format!("(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {}) SELECT n FROM c)", most - 1);
    let of_days: Vec<String> = days().iter().enumerate().map(|(at, day)| format!("SELECT {at} AS n, '{day}' AS day")).collect();
    let (now, ever) = ("'2026-04-01T00:00:00+00:00'", "'9999-12-31T00:00:00+00:00'");
    let of_days = of_days.join(" UNION ALL ");
    school.execute_many(&[
        format!("INSERT INTO school (id, code, name) SELECT ID(1, n), '', '学校' || n FROM {} s", numbers(schools)),
        format!("INSERT INTO school_calendar (id, school, year, begins, ends, known_from)
                 SELECT ID(2, n), ID(1, n), 2026, DAY('2026-04-01'), DAY('2027-03-31'), AT({now}) FROM {} s", numbers(schools)),
        format!("INSERT INTO class (id, school, academic_year, kind, name, grades, subjects)
                 SELECT ID(3, n), ID(1, n / {classes}), (SELECT id FROM academic_year), 'HOMEROOM', 'c' || n, 'P5', '' FROM {} s", numbers(all_classes)),
        format!("INSERT INTO pupil (id, identifier, family_name, given_name, preferred_family_name, preferred_given_name, kana_family_name,
                     kana_given_name) SELECT ID(4, n), '', '', '' || n, '', '', '', '' FROM {} s", numbers(pupils)),
        format!("INSERT INTO enrolment (id, known_from, known_until, school, class, pupil, number, begins, ends)
                 SELECT ID(5, n), AT({now}), AT({ever}), ID(1, n / {}), ID(3, n / {CLASS_SIZE}), ID(4, n), 1 + n % {CLASS_SIZE},
                     DAY('2026-04-01'), DAY('2027-03-31') FROM {} s", classes * CLASS_SIZE, numbers(pupils)),
        format!("INSERT INTO attendance_mark (id, pupil, day, known_from, known_until, school, class, kind, late, left_early, place, marked_by, office)
                 SELECT ID(6, p.n * 1000 + d.n), ID(4, p.n), DAY(d.day), AT({now}), AT({ever}), ID(1, p.n / {}), ID(3, p.n / {CLASS_SIZE}), {KIND},
                     FALSE, FALSE, CASE WHEN p.n % 41 = 0 AND d.n % 2 = 0 AND {KIND} = 'PRESENT' THEN 'OTHER_ROOM' ELSE 'CLASSROOM' END,
                     ID(7, 0), FALSE FROM {} p CROSS JOIN ({of_days}) d", classes * CLASS_SIZE, numbers(pupils)),
        "SETTLE".to_owned(),
    ]).await;
    let begins = "2027-02-05".parse().expect("a date");
    school.hire("head", |holder| vec![duty::new(holder, DutyKind::Head, Some(id(1, 0)), None, begins)]).await;
    school.hire("board", |holder| vec![duty::new(holder, DutyKind::BoardOfficial, None, None, begins)]).await;
    school
}

/// How many days of the n-th pupil are absent, excused and elsewhere.
fn recount(n: u128, days: impl Iterator<Item = u128>) -> (u64, u64, u64) {
    days.map(|d| held(n, d)).fold((0, 0, 0), |(absent, excused, elsewhere), of| {
        (absent + u64::from(of.0), excused + u64::from(of.1), elsewhere + u64::from(of.2))
    })
}

async fn figures(schools: u128, classes: u128) {
    let school = town(schools, classes).await;
    let (days, head) = (days(), school.person("head"));
    let marks = school.count("attendance_mark", "1 = 1").await;
    assert_eq!(u128::try_from(marks).expect("a count"), schools * classes * CLASS_SIZE * days.len() as u128);

    let document = "query ($id: ID!) { class(id: $id) { register(month: \"2026-10\") { schoolDays rows { number
        count { schoolDays absent excused present elsewhere unmarked } } } } }";
    let begun = Instant::now();
    let answer = head.ask(document, json!({ "id": id(3, 1) })).await;
    println!("{marks} marks: the register of a class and month in {:?}", begun.elapsed());
    let rows = answer.data("/class/register/rows").as_array().expect("a list").clone();
    assert_eq!(rows.len() as u128, CLASS_SIZE);
    let october = || days.iter().enumerate().filter(|(_, day)| day.month() == 10).map(|(at, _)| at as u128);
    for row in rows {
        let n = CLASS_SIZE + u128::from(row["number"].as_u64().expect("a number")) - 1;
        let (absent, excused, elsewhere) = recount(n, october());
        let present = october().count() as u64 - absent - excused;
        let expected = json!({ "schoolDays": october().count(), "absent": absent, "excused": excused, "present": present, "elsewhere": elsewhere, "unmarked": 0 });
        assert_eq!(row["count"], expected, "pupil {n}");
    }

    let document = include_str!("../reading/school.graphql");
    let begun = Instant::now();
    let answer = head.ask(document, json!({ "id": id(1, 0), "month": "2026-10" })).await;
    println!("{marks} marks: the registers of a school and month in {:?}, {} statements", begun.elapsed(), answer.queries());
    let registers = answer.data("/school/classes/nodes").as_array().expect("a list").clone();
    assert_eq!(registers.len() as u128, classes);
    for class in registers {
        let nth: u128 = class["name"].as_str().and_then(|name| name.strip_prefix('c')?.parse().ok()).expect("a class of the town");
        for row in class["register"]["rows"].as_array().expect("a list") {
            let n = nth * CLASS_SIZE + u128::from(row["number"].as_u64().expect("a number")) - 1;
            let (absent, excused, _) = recount(n, october());
            let expected = json!({ "present": october().count() as u64 - absent - excused, "absent": absent, "excused": excused });
            assert_eq!((&row["pupilId"], &row["count"]), (&json!(id(4, n)), &expected), "pupil {n}");
        }
    }

    let document = "query ($id: ID!) { longAbsences(schoolId: $id, year: 2026) { pupilId away long count { elsewhere present } } }";
    let begun = Instant::now();
    let answer = head.ask(document, json!({ "id": id(1, 0) })).await;
    println!("{marks} marks: the list of a school in {:?}", begun.elapsed());
    let mut listed: Vec<Value> = answer.data("/longAbsences").as_array().expect("a list").clone();
    listed.sort_by_key(|row| row["pupilId"].as_str().expect("an id").to_owned());
    let all = || 0..days.len() as u128;
    let expected: Vec<Value> = (0..classes * CLASS_SIZE).filter_map(|n| {
        let (absent, excused, elsewhere) = recount(n, all());
        let away = absent + excused;
        (away + elsewhere >= 30).then(|| json!({ "pupilId": id(4, n), "away": away, "long": away >= 30,
            "count": { "elsewhere": elsewhere, "present": days.len() as u64 - away } }))
    }).collect();
    assert!(expected.len() > 2 && listed == expected, "{listed:?}\n{expected:?}");

    let begun = Instant::now();
    let answer = school.person("board").ask("{ longAbsenceCounts(year: 2026) { school { id } counts { long ninety } } }", json!({})).await;
    println!("{marks} marks: the counts of the board in {:?}", begun.elapsed());
    for row in answer.data("/longAbsenceCounts").as_array().expect("a list") {
        let Some(s) = (0..schools).find(|s| row["school"]["id"] == json!(id(1, *s))) else { continue };
        let of = |least: u64| (s * classes * CLASS_SIZE..(s + 1) * classes * CLASS_SIZE).filter(|n| {
            let (absent, excused, _) = recount(*n, all());
            absent + excused >= least
        }).count();
        let told = |count: usize| if (1..5).contains(&count) { Value::Null } else { json!(count) };
        assert_eq!(row["counts"], json!({ "long": told(of(30)), "ninety": told(of(90)) }), "school {s}");
    }

    let plan = school.explain(&register::marks_sql(30)).await;
    println!("{plan}");
    assert!(plan.contains("attendance_mark_by_pupil") || plan.contains("attendance_mark_holds"), "the register of a class: {plan}");
    assert!(!plan.contains("SCAN m") && !plan.contains("Seq Scan on attendance_mark"), "{plan}");
    let plan = school.explain(long_absence::DAYS_APART).await;
    println!("{plan}");
    assert!(plan.contains("attendance_mark_apart"), "the list of long absence: {plan}");
    assert!(plan.contains("COVERING INDEX") || plan.contains("Index Only Scan"), "the index alone: {plan}");
}

/// `ASAGAO_TOWN=31x10` makes it a town of 31 schools with ten classes each, 1.8 million marks: for measuring.
#[tokio::test]
async fn a_year_is_answered_from_indexes_and_the_figures_are_those_of_a_recount() {
    let town = std::env::var_os("ASAGAO_TOWN").and_then(|town| town.into_string().ok()).unwrap_or_else(|| "3x3".into());
    let (schools, classes) = town.split_once('x').expect("ASAGAO_TOWN is schools x classes");
    figures(schools.parse().expect("a number of schools"), classes.parse().expect("a number of classes")).await;
}
