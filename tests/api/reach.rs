//! What the viewer may do here: a right over one class opens nothing in another, and says so.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_graphql::access::right::Right;
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, Answer, CLASS_5_1, CLASS_5_2, HIBARINO, REN, School, TODAY, activity};
use serde_json::{Value, json};
use uuid::Uuid;

fn over(id: Uuid, kind: DutyKind, class: Option<Uuid>) -> Duty {
    duty::new(id, kind, Some(HIBARINO), class, TODAY.parse().expect("a date"))
}

/// A full 5年2組 with a flag, and `dora`, homeroom teacher of 5年1組, who has a second duty over 5年2組 or the school.
pub async fn with_second_duty(kind: DutyKind, class: Option<Uuid>) -> School {
    let mut school = School::open().await;
    school.fill_class().await;
    let run = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&run, json!({})).await.data("/analyze/userErrors"), &json!([]));
    school.hire("dora", |id| vec![over(id, DutyKind::HomeroomTeacher, Some(CLASS_5_1)), over(id, kind, class)]).await;
    school
}

const CLASS: &str = "query ($id: ID!, $from: Date!, $to: Date!) {
    class(id: $id) {
        viewerRights pupilCount schoolDays isSchoolDay(day: $to) attendanceSummary(day: $to) { enrolled }
        learningMiddle(from: $from, to: $to) { total } workMiddle(from: $from, to: $to) assignments(from: $from, to: $to) { title }
        lastRun { asOf } freshness { attendanceAt activityDay moodAt moodsToday analysisAt }
        pupils(first: 1) { nodes { viewerRights } }
    }
    supportFlags(classId: $id) { nodes { id } }
}";

const PUPIL: &str = "query ($id: ID!, $from: Date!, $to: Date!) {
    pupil(id: $id) {
        viewerRights attendance(from: $from, to: $to) { day } attendanceHistory(day: $to) { day }
        learning(from: $from, to: $to) { total } dailyTotals(from: $from, to: $to) { day } work(from: $from, to: $to) { state }
        moods(from: $from, to: $to) { day } moodReaders { name }
        supportFlags { id } supportActions { id } supportReaders { name }
    }
}";

async fn ask(school: &School, who: &str, document: &str, id: Uuid) -> Answer {
    school.person(who).ask(document, json!({ "id": id, "from": "2026-10-26", "to": TODAY })).await
}

/// Which of these fields read as null.
fn nulls<'a>(record: &Value, fields: &[&'a str]) -> Vec<&'a str> {
    fields.iter().filter(|field| record[**field].is_null()).copied().collect()
}

const OF_CLASS: [&str; 10] = [
    "pupilCount",
    "schoolDays",
    "isSchoolDay",
    "attendanceSummary",
    "learningMiddle",
    "workMiddle",
    "assignments",
    "lastRun",
    "freshness",
    "pupils",
];
const OF_PUPIL: [&str; 10] = [
    "attendance",
    "attendanceHistory",
    "learning",
    "dailyTotals",
    "work",
    "moods",
    "moodReaders",
    "supportFlags",
    "supportActions",
    "supportReaders",
];

#[tokio::test]
async fn a_nurse_of_one_class_who_teaches_another_sees_in_each_what_the_duty_there_gives() {
    let school = with_second_duty(DutyKind::Nurse, Some(CLASS_5_2)).await;
    let answer = ask(&school, "dora", CLASS, CLASS_5_2).await;
    let rights = json!(["SCHOOL_READ", "ROSTER_READ", "PROTECTED_READ", "GUARDIAN_READ", "ATTENDANCE_READ", "ATTENDANCE_WRITE", "MOOD_READ", "HEALTH_READ", "HEALTH_WRITE",
        "VISIT_READ", "VISIT_WRITE", "CONSULTATION_TAKE", "SUPPORT_OPEN", "SUPPORT_JOIN"]);
    assert_eq!(answer.data("/class/viewerRights"), &rights);
    assert_eq!(answer.data("/class/pupils/nodes/0/viewerRights"), &rights);
    assert_eq!(nulls(answer.data("/class"), &OF_CLASS), ["learningMiddle", "workMiddle", "assignments", "lastRun"]);
    assert_eq!((answer.data("/class/pupilCount"), answer.data("/class/attendanceSummary/enrolled")), (&json!(22), &json!(22)));
    assert_eq!(answer.data("/class/freshness/moodsToday"), 0);
    assert_eq!(nulls(answer.data("/class/freshness"), &["activityDay", "analysisAt"]).len(), 2);
    assert!(answer.data("/supportFlags").is_null());

    let answer = ask(&school, "dora", PUPIL, AOI).await;
    assert_eq!(answer.data("/pupil/viewerRights"), &rights);
    let hidden = ["learning", "dailyTotals", "work", "supportFlags", "supportActions", "supportReaders"];
    assert_eq!(nulls(answer.data("/pupil"), &OF_PUPIL), hidden);
    let own = ask(&school, "dora", PUPIL, REN).await;
    assert_eq!(nulls(own.data("/pupil"), &OF_PUPIL), [] as [&str; 0]);
    assert_eq!(own.data("/pupil/learning/total"), 0, "in the own class nothing done is zero");
}

#[tokio::test]
async fn a_class_of_which_only_the_name_may_be_seen_has_no_numbers() {
    let school = with_second_duty(DutyKind::IctSupport, None).await;
    let answer = ask(&school, "dora", CLASS, CLASS_5_2).await;
    assert_eq!(answer.data("/class/viewerRights"), &json!(["SCHOOL_READ"]));
    assert_eq!(nulls(answer.data("/class"), &OF_CLASS), OF_CLASS);
    assert!(ask(&school, "dora", PUPIL, AOI).await.data("/pupil").is_null());
    let own = ask(&school, "dora", CLASS, CLASS_5_1).await;
    assert_eq!(nulls(own.data("/class"), &OF_CLASS), ["workMiddle", "lastRun"], "one pupil has no middle and nothing was analysed");
}

#[tokio::test]
async fn a_right_over_nothing_at_all_is_still_refused() {
    let mut school = School::open().await;
    school.hire("ines", |id| vec![over(id, DutyKind::IctSupport, None)]).await;
    let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ viewerRights attendanceSummary(day: \"{TODAY}\") {{ enrolled }} }} }}");
    assert_eq!(school.person("ines").ask(&document, json!({})).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_token_narrows_the_rights_and_a_pupil_has_their_own() {
    let school = School::open().await;
    let secret = school.token("ana", &[Right::SchoolRead, Right::RosterRead, Right::MoodRead], 1).await;
    let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ viewerRights pupils {{ nodes {{ viewerRights }} }} }} }}");
    let answer = school.bearer(&secret).ask(&document, json!({})).await;
    let narrow = json!(["SCHOOL_READ", "ROSTER_READ", "MOOD_READ"]);
    assert_eq!(answer.data("/class/viewerRights"), &narrow);
    assert_eq!(answer.data("/class/pupils/nodes/5/viewerRights"), &narrow);
    assert!(answer.queries() <= 6, "{}", answer.queries());

    school.person("drill").record(&[activity(1, AOI)]).await;
    let secret = school.pupil_token(AOI).await;
    let document = format!("{{ viewer {{ pupil {{ viewerRights learning(from: \"{TODAY}\", to: \"{TODAY}\") {{ total }} }} }} }}");
    let answer = school.bearer(&secret).ask(&document, json!({})).await;
    let own = json!(["ROSTER_READ", "OFFICIAL_NAME_READ", "PROTECTED_READ", "ACTIVITY_READ", "ACTIVITY_WRITE", "ATTENDANCE_READ", "MARK_READ", "MOOD_READ", "MOOD_WRITE",
        "CONSULTATION_WRITE", "ACCESS_LOG_READ"]);
    assert_eq!((answer.data("/viewer/pupil/viewerRights"), answer.data("/viewer/pupil/learning/total")), (&own, &json!(1)));
}

#[tokio::test]
async fn strangers_learn_nothing_of_a_class_or_a_pupil() {
    let school = School::open().await;
    for who in ["mari", "stranger"] {
        let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ viewerRights }} pupil(id: \"{AOI}\") {{ viewerRights }} }}");
        let answer = school.person(who).ask(&document, json!({})).await;
        assert!(answer.data("/class").is_null() && answer.data("/pupil").is_null(), "{who}");
    }
}
