//! Who reads which note of a pupil's support: every level, every duty, every query and page that could show one.
use crate::support_sheet::{call, done, open, with_team};
use asagao_tests::{AOI, CLASS_5_2, School, TODAY};
use serde_json::{Value, json};

const LEVELS: [&str; 3] = ["ASSIGNED", "SCHOOL_TEAM", "SHAREABLE"];
/// The kinds of note, by what stands in them.
const KINDS: [&str; 6] = ["共通", "学年別", "会議", "手だて", "計画", "対応"];

/// What could show a note.
const QUERIES: [&str; 6] = [
    "pupil(id: $id) { supportActions { text } }",
    "pupil(id: $id) { support { reason sections { text } meetings { nodes { said decided tookPart } } tasks { nodes { what word } } plans { guardians goals { goal means } } actions { nodes { text } } }
        supportSheets { sections { text } } }",
    "supportOf(pupilId: $id) { sections { text } meetings { nodes { said } } tasks { nodes { what } } plans { goals { goal } } actions { nodes { text } } }",
    "pupil(id: $id) { history { nodes { changes { before after } } } }",
    "mySupport { cases { nodes { sections { text } meetings { nodes { said } } actions { nodes { text } } } } tasks { nodes { what sheet { sections { text } } } } reviews { nodes { goals { goal } sheet { sections { text } } } } }",
    "class(id: $class) { pupils { nodes { supportActions { text } support { sections { text } } } } }",
];

/// What is written where.
fn mark(kind: &str, level: &str) -> String {
    format!("【{kind}・{level}】")
}

/// The head writes a note of each kind at each level.
async fn written() -> (School, Value) {
    let school = with_team().await;
    let hugo = school.person("hugo");
    let id = open(&hugo, AOI).await["id"].clone();
    for level in LEVELS {
        let text = |kind: &str| mark(kind, level);
        done(&hugo, "writeSupportSection", json!({ "sheetId": id, "part": "BACKGROUND", "level": level, "text": text("共通") })).await;
        done(&hugo, "writeSupportSection", json!({ "sheetId": id, "part": "AIMS", "level": level, "text": text("学年別") })).await;
        done(&hugo, "saveSupportMeeting", json!({ "sheetId": id, "tookPart": "学年", "said": text("会議"), "level": level })).await;
        done(&hugo, "saveSupportTask", json!({ "sheetId": id, "what": text("手だて"), "staffId": hugo.id, "dueOn": TODAY, "level": level })).await;
        let plan = json!({ "sheetId": id, "kind": "GUIDANCE", "level": level, "begins": TODAY, "ends": "2027-03-31", "reviewOn": TODAY, "goals": [{ "goal": text("計画") }] });
        done(&hugo, "saveSupportPlan", plan).await;
        let action = format!("mutation {{ recordSupportAction(input: {{ pupilId: \"{AOI}\", kind: TALK, level: {level}, text: \"{}\" }}) {{ userErrors {{ code }} }} }}", text("対応"));
        assert_eq!(hugo.ask(&action, json!({})).await.data("/recordSupportAction/userErrors"), &json!([]));
    }
    for who in ["kei", "sub"] {
        done(&hugo, "assignSupport", json!({ "sheetId": id, "staffId": school.person(who).id })).await;
    }
    (school, id)
}

/// Which of the notes stand in a text.
fn found(text: &str) -> Vec<String> {
    let all = LEVELS.iter().flat_map(|level| KINDS.iter().map(move |kind| mark(kind, level)));
    all.filter(|mark| text.contains(mark.as_str())).collect()
}

fn all_of(levels: &[&str]) -> Vec<String> {
    levels.iter().flat_map(|level| KINDS.iter().map(move |kind| mark(kind, level))).collect()
}

#[tokio::test]
async fn each_reads_the_levels_that_are_theirs_and_no_other_by_any_way() {
    let (school, _) = written().await;
    let pupil = school.pupil_token(AOI).await;
    let everybody: [(&str, &[&str]); 13] = [
        ("hugo", &LEVELS),
        ("kei", &LEVELS),
        ("sub", &LEVELS),
        ("ana", &["SCHOOL_TEAM", "SHAREABLE"]),
        ("goro", &["SCHOOL_TEAM", "SHAREABLE"]),
        ("nao", &[]),
        ("kyomu", &[]),
        ("iku", &[]),
        ("board", &[]),
        ("tomo", &[]),
        ("mari", &[]),
        ("portal", &[]),
        ("pupil", &[]),
    ];
    for (who, levels) in everybody {
        let person = if who == "pupil" { school.bearer(&pupil) } else { school.person(who) };
        let mut seen = String::new();
        for query in QUERIES {
            let variables = if query.contains("$class") { "$class: ID!" } else { "$id: ID!" };
            let head = if query.starts_with("mySupport") { String::new() } else { format!("({variables})") };
            let answer = person.ask(&format!("query {head} {{ {query} }}"), json!({ "id": AOI, "class": CLASS_5_2 })).await;
            let marks = found(&answer.body.to_string());
            let expected = all_of(levels);
            assert!(marks.iter().all(|mark| expected.contains(mark)), "{who} by {query}: {marks:?}");
            seen.push_str(&answer.body.to_string());
        }
        assert_eq!(found(&seen), all_of(levels), "{who} reads all that is theirs");
    }
}

#[tokio::test]
async fn no_page_shows_a_note_to_whom_it_is_not_for() {
    let (school, _) = written().await;
    for (who, levels) in [
        ("hugo", LEVELS.as_slice()),
        ("kei", LEVELS.as_slice()),
        ("ana", ["SCHOOL_TEAM", "SHAREABLE"].as_slice()),
        ("goro", ["SCHOOL_TEAM", "SHAREABLE"].as_slice()),
        ("nao", [].as_slice()),
        ("kyomu", [].as_slice()),
        ("board", [].as_slice()),
        ("tomo", [].as_slice()),
        ("mari", [].as_slice()),
    ] {
        let mut visitor = school.visitor_as(who).await;
        let mut seen = String::new();
        for path in ["", "/support", "/support?for=guardian", "/history", "?view=table"] {
            seen += &visitor.get(&format!("/pupils/{AOI}{path}")).await.text;
        }
        seen += &visitor.get(&format!("/classes/{CLASS_5_2}")).await.text;
        seen += &visitor.get("/support").await.text;
        assert_eq!(found(&seen), all_of(levels), "{who}");
        let shown = visitor.get(&format!("/pupils/{AOI}/support?for=guardian")).await.text;
        assert!(found(&shown).iter().all(|mark| mark.contains("SHAREABLE")), "{who} prints for the guardians what may be shared alone");
    }
}

#[tokio::test]
async fn whoever_wrote_a_note_reads_it_as_long_as_they_look_after_the_pupil() {
    let school = with_team().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let id = open(&hugo, AOI).await["id"].clone();
    let section = json!({ "sheetId": id, "part": "BACKGROUND", "level": "ASSIGNED", "text": "担任が聞いたこと" });
    let read = done(&ana, "writeSupportSection", section).await;
    assert_eq!(read["sections"][0]["text"], "担任が聞いたこと");
    let theirs = crate::support_sheet::sheets(&school.person("goro"), AOI).await;
    assert_eq!(theirs[0]["sections"], json!([]));
    // The head's note at the same level is another text's, and she does not read it.
    done(&hugo, "writeSupportSection", json!({ "sheetId": id, "part": "STRENGTHS", "level": "ASSIGNED", "text": "校長だけの話" })).await;
    let read = crate::support_sheet::sheets(&ana, AOI).await;
    assert_eq!(read[0]["sections"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_a_note_said_when_it_was_for_few_stays_with_those() {
    let school = with_team().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let id = open(&hugo, AOI).await["id"].clone();
    let meeting = |level: &str, said: &str, version: i64| {
        json!({ "id": "0a5a9a00-0000-4000-8000-0000000000f2", "sheetId": id, "tookPart": "学年", "said": said, "level": level, "version": version })
    };
    done(&hugo, "saveSupportMeeting", meeting("ASSIGNED", "くわしい話", 0)).await;
    assert_eq!(call(&ana, "saveSupportMeeting", meeting("SCHOOL_TEAM", "書きかえ", 1)).await["userErrors"][0]["code"], "CONFLICT", "nobody opens what they may not read");
    done(&hugo, "saveSupportMeeting", meeting("SCHOOL_TEAM", "まとめ", 1)).await;
    let history = format!("{{ pupil(id: \"{AOI}\") {{ history(kinds: [SUPPORT]) {{ nodes {{ changes {{ before after }} }} }} support {{ meetings {{ nodes {{ said }} }} }} }} }}");
    let of_ana = ana.ask(&history, json!({})).await;
    assert_eq!(of_ana.data("/pupil/support/meetings/nodes/0/said"), "まとめ");
    assert!(!of_ana.body.to_string().contains("くわしい話"), "{}", of_ana.body);
    assert!(hugo.ask(&history, json!({})).await.body.to_string().contains("くわしい話"));
}
