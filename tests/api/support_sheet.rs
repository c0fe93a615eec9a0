//! The support sheet (支援シート): opened, written by those who take part, handed over on purpose, closed.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, MIZUUMI, Person, REN, School, TODAY, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

pub const SHEET: &str = "id readable writable leads openedOn origin reason closedOn outcome closeReason
    pupil { name className number } assigned { id name part } readers { level names }
    sections { part year level text version by } meetings { nodes { id day level tookPart said decided version } }
    tasks { nodes { id what staff dueOn level state endedOn word version } }
    plans { id kind level reviewOn version goals { id goal means evaluation evaluatedOn } consents { id givenBy withdrawnOn } }
    actions { nodes { text level } } handOvers { id to outside level parts consentBy ends }";

/// Does something with a sheet, as in `openSupport`, and gives what came of it.
pub async fn call(person: &Person<'_>, mutation: &str, input: Value) -> Value {
    let of = mutation[..1].to_uppercase() + &mutation[1..];
    let document = format!("mutation ($input: {of}Input!) {{ done: {mutation}(input: $input) {{ sheet {{ {SHEET} }} userErrors {{ code field }} }} }}");
    person.ask(&document, json!({ "input": input })).await.data("/done").clone()
}

/// Does something that is taken, and gives the sheet.
pub async fn done(person: &Person<'_>, mutation: &str, input: Value) -> Value {
    let answer = call(person, mutation, input).await;
    assert_eq!(answer["userErrors"], json!([]), "{mutation}");
    answer["sheet"].clone()
}

/// Does something that is refused, and gives why.
pub async fn refused(person: &Person<'_>, mutation: &str, input: Value) -> (String, String) {
    let answer = call(person, mutation, input).await;
    assert_eq!(answer["sheet"], Value::Null, "{mutation}");
    let text = |field: &str| answer["userErrors"][0][field].as_str().unwrap_or_default().to_owned();
    (text("code"), text("field"))
}

/// The sheets of a pupil of which somebody knows.
pub async fn sheets(person: &Person<'_>, pupil: Uuid) -> Value {
    let document = format!("query ($pupil: ID!) {{ supportOf(pupilId: $pupil) {{ {SHEET} }} }}");
    person.ask(&document, json!({ "pupil": pupil })).await.data("/supportOf").clone()
}

/// A school with everybody who may have to do with a pupil of 5年2組.
pub async fn with_team() -> School {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    let all = |kind| move |id| vec![duty::new(id, kind, Some(HIBARINO), None, from)];
    school.hire("nao", all(DutyKind::Nurse)).await;
    school.hire("kei", all(DutyKind::Counsellor)).await;
    school.hire("iku", all(DutyKind::IctSupport)).await;
    school.hire("kyomu", all(DutyKind::AcademicAffairs)).await;
    school.hire("goro", |id| vec![Duty { grade: "P5".into(), ..duty::new(id, DutyKind::GradeHead, Some(HIBARINO), None, from) }]).await;
    school.hire("sub", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(CLASS_5_2), from)]).await;
    school.hire("tomo", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1), from)]).await;
    school.hire("tea", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(MIZUUMI), Some(CLASS_4_1), from)]).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school
}

pub async fn open(person: &Person<'_>, pupil: Uuid) -> Value {
    done(person, "openSupport", json!({ "pupilId": pupil, "reason": "朝、教室に入りにくい日がある" })).await
}

#[tokio::test]
async fn a_pupil_has_one_open_sheet_in_a_school() {
    let school = with_team().await;
    let (ana, hugo, nao) = (school.person("ana"), school.person("hugo"), school.person("nao"));
    let sheet = open(&ana, AOI).await;
    assert_eq!(sheet["pupil"], json!({ "name": "朝倉 葵", "className": "5年2組", "number": 1 }));
    assert_eq!((&sheet["openedOn"], &sheet["origin"], &sheet["closedOn"]), (&json!(TODAY), &json!("STAFF"), &Value::Null));
    assert_eq!(sheet["assigned"][0]["name"], "有村 安奈", "who opens it takes part");
    let again = json!({ "pupilId": AOI, "reason": "もう一枚" });
    assert_eq!(refused(&hugo, "openSupport", again.clone()).await, ("CONFLICT".into(), "pupilId".into()));
    assert_eq!(refused(&nao, "openSupport", again.clone()).await.0, "CONFLICT");
    for pupil in [json!(REN), json!("x")] {
        let of_another = json!({ "pupilId": pupil, "reason": "よその学級" });
        assert_eq!(refused(&ana, "openSupport", of_another).await, ("NOT_FOUND".into(), "pupilId".into()));
    }
    assert_eq!(refused(&ana, "openSupport", json!({ "pupilId": HARUTO, "reason": " " })).await, ("INVALID_TEXT".into(), "reason".into()));
    let document = "mutation ($input: OpenSupportInput!) { openSupport(input: $input) { userErrors { code } } }";
    for who in ["sub", "kei", "kyomu", "board", "iku", "portal"] {
        assert_eq!(school.person(who).ask(document, json!({ "input": again })).await.code(), "FORBIDDEN", "{who}");
    }
    let close = json!({ "sheetId": sheet["id"], "outcome": "SETTLED", "reason": "毎日来られるようになった" });
    let closed = done(&ana, "closeSupport", close.clone()).await;
    assert_eq!((&closed["closedOn"], &closed["outcome"], &closed["writable"]), (&json!(TODAY), &json!("SETTLED"), &json!(false)));
    assert_eq!(refused(&ana, "closeSupport", close).await, ("NOT_READY".into(), "sheetId".into()));
    let section = json!({ "sheetId": sheet["id"], "part": "BACKGROUND", "text": "あとから" });
    assert_eq!(refused(&ana, "writeSupportSection", section).await, ("NOT_READY".into(), "sheetId".into()), "a closed sheet stays as it is");
    let second = done(&ana, "openSupport", json!({ "pupilId": AOI, "reason": "また話を聞きたい" })).await;
    let reopen = json!({ "sheetId": sheet["id"], "reason": "まちがえて閉じた" });
    assert_eq!(refused(&ana, "reopenSupport", reopen.clone()).await, ("CONFLICT".into(), "sheetId".into()));
    done(&ana, "closeSupport", json!({ "sheetId": second["id"], "outcome": "OTHER", "reason": "前のシートにつづける" })).await;
    let open_again = done(&ana, "reopenSupport", reopen).await;
    assert_eq!((&open_again["closedOn"], &open_again["outcome"]), (&Value::Null, &Value::Null));
    assert_eq!(sheets(&ana, AOI).await.as_array().expect("a list").len(), 2);
    let pupil = ana.ask(&format!("{{ pupil(id: \"{AOI}\") {{ support {{ id }} supportSheets {{ id }} }} }}"), json!({})).await;
    assert_eq!((pupil.data("/pupil/support/id"), pupil.data("/pupil/supportSheets/1/id")), (&sheet["id"], &second["id"]), "the open one first");
}

#[tokio::test]
async fn a_flag_with_an_open_sheet_is_under_support() {
    let school = with_team().await;
    school.fill_class().await;
    let ana = school.person("ana");
    let run = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(ana.ask(&run, json!({})).await.data("/analyze/userErrors"), &json!([]));
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ id underSupport pupil {{ id }} }} }} }}");
    let flag = ana.ask(&flags, json!({})).await.data("/supportFlags/nodes/0").clone();
    assert_eq!(flag["underSupport"], false);
    let pupil: Uuid = flag["pupil"]["id"].as_str().expect("an id").parse().expect("a UUID");
    let other = if pupil == HARUTO { AOI } else { HARUTO };
    let wrong = json!({ "pupilId": other, "reason": "ほかの子", "fromFlagId": flag["id"] });
    assert_eq!(refused(&ana, "openSupport", wrong).await, ("NOT_FOUND".into(), "fromFlagId".into()));
    let sheet = done(&ana, "openSupport", json!({ "pupilId": pupil, "reason": "知らせを見て", "fromFlagId": flag["id"] })).await;
    assert_eq!(sheet["origin"], "FLAG");
    assert_eq!(ana.ask(&flags, json!({})).await.data("/supportFlags/nodes/0/underSupport"), true);
    assert_eq!(school.person("goro").ask(&flags, json!({})).await.data("/supportFlags/nodes/0/underSupport"), true);
}

#[tokio::test]
async fn what_it_was_opened_from_and_what_is_done_since_belongs_to_it() {
    let school = with_team().await;
    let ana = school.person("ana");
    let note = "mutation ($input: RecordSupportActionInput!) { recordSupportAction(input: $input) { action { id } userErrors { code } } }";
    let noted = async |text: &str| {
        let input = json!({ "input": { "pupilId": AOI, "kind": "TALK", "text": text } });
        ana.ask(note, input).await.data("/recordSupportAction/action/id").clone()
    };
    noted("前の話").await;
    let talk = noted("朝の話").await;
    let sheet = done(&ana, "openSupport", json!({ "pupilId": AOI, "reason": "話を聞いて", "fromActionId": talk })).await;
    assert_eq!(sheet["origin"], "ACTION");
    noted("あとの話").await;
    done(&ana, "assignSupport", json!({ "sheetId": sheet["id"], "staffId": school.person("kei").id, "part": "面談" })).await;
    let texts = sheets(&school.person("kei"), AOI).await[0]["actions"]["nodes"].clone();
    let texts: Vec<_> = texts.as_array().expect("a list").iter().map(|of| of["text"].as_str().expect("a text").to_owned()).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts.contains(&"朝の話".to_owned()) && texts.contains(&"あとの話".to_owned()), "{texts:?}");
}

#[tokio::test]
async fn being_assigned_gives_the_sheet_and_nothing_else_of_the_pupil() {
    let school = with_team().await;
    let (ana, kei) = (school.person("ana"), school.person("kei"));
    let sheet = open(&ana, AOI).await;
    let section = json!({ "sheetId": sheet["id"], "part": "WISH_OF_CHILD", "text": "図書室で休みたい" });
    done(&ana, "writeSupportSection", section).await;
    assert_eq!(sheets(&kei, AOI).await, json!([]), "not before");
    let assign = json!({ "sheetId": sheet["id"], "staffId": kei.id, "part": "面談" });
    let assigned = done(&ana, "assignSupport", assign.clone()).await;
    assert_eq!(done(&ana, "assignSupport", assign).await["assigned"], assigned["assigned"], "twice is once");
    let read = sheets(&kei, AOI).await;
    assert_eq!(read[0]["sections"][0]["text"], "図書室で休みたい");
    assert_eq!(read[0]["pupil"], json!({ "name": "朝倉 葵", "className": "5年2組", "number": 1 }));
    assert_eq!((&read[0]["writable"], &read[0]["leads"]), (&json!(true), &json!(false)));
    assert_eq!(kei.ask(&format!("{{ pupil(id: \"{AOI}\") {{ name }} }}"), json!({})).await.code(), "FORBIDDEN");
    assert_eq!(sheets(&kei, HARUTO).await, json!([]));
    let mine = "{ mySupport { cases { nodes { id } } } }";
    assert_eq!(kei.ask(mine, json!({})).await.data("/mySupport/cases/nodes"), &json!([{ "id": sheet["id"] }]));
    // Whoever takes part writes in it; who takes part is for those who lead.
    done(&kei, "saveSupportMeeting", json!({ "sheetId": sheet["id"], "tookPart": "母、担任", "said": "家でのようす", "level": "ASSIGNED" })).await;
    let document = "mutation ($input: AssignSupportInput!) { assignSupport(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "sheetId": sheet["id"], "staffId": school.person("sub").id } });
    assert_eq!(kei.ask(document, input).await.code(), "FORBIDDEN");
    for stranger in [json!(school.person("tea").id), json!(school.person("iku").id), json!("x")] {
        let input = json!({ "sheetId": sheet["id"], "staffId": stranger });
        assert_eq!(refused(&ana, "assignSupport", input).await, ("NOT_FOUND".into(), "staffId".into()));
    }
    // It ends when it is ended, and when the sheet is closed.
    let of_kei = assigned["assigned"].as_array().expect("a list").iter().find(|of| of["name"] == "kei").expect("kei")["id"].clone();
    done(&ana, "unassignSupport", json!({ "assignmentId": of_kei })).await;
    assert_eq!(sheets(&kei, AOI).await, json!([]));
    done(&ana, "assignSupport", json!({ "sheetId": sheet["id"], "staffId": kei.id })).await;
    assert_eq!(sheets(&kei, AOI).await[0]["readable"], true);
    done(&ana, "closeSupport", json!({ "sheetId": sheet["id"], "outcome": "WATCHING", "reason": "見守る" })).await;
    assert_eq!(sheets(&kei, AOI).await, json!([]));
    done(&ana, "reopenSupport", json!({ "sheetId": sheet["id"], "reason": "また話したい" })).await;
    assert_eq!(sheets(&kei, AOI).await[0]["readable"], true);
    school.end_duties("kei").await;
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(kei.ask(mine, json!({})).await.code(), "FORBIDDEN", "with the duty it ends, too");
}

#[tokio::test]
async fn a_nurse_opens_a_sheet_from_what_she_noted_and_leads_none() {
    let school = with_team().await;
    let nao = school.person("nao");
    let talk = format!("mutation {{ recordSupportAction(input: {{ pupilId: \"{AOI}\", kind: TALK, text: \"朝の声かけ\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&talk, json!({})).await.data("/recordSupportAction/userErrors"), &json!([]));
    let sheet = done(&nao, "openSupport", json!({ "pupilId": AOI, "reason": "保健室で休む日が続く", "origin": "NURSE_ROOM" })).await;
    assert_eq!((&sheet["readable"], &sheet["leads"], &sheet["origin"]), (&json!(true), &json!(false), &json!("NURSE_ROOM")));
    assert_eq!(sheets(&school.person("ana"), AOI).await[0]["readable"], true, "the homeroom that the pupil is in reads it");
    let pupil = format!("{{ pupil(id: \"{AOI}\") {{ supportActions {{ text }} }} }}");
    assert_eq!(nao.ask(&pupil, json!({})).await.data("/pupil/supportActions"), &json!([]), "she reads what belongs to the sheet, not what was noted before");
    let of_another = done(&school.person("ana"), "openSupport", json!({ "pupilId": HARUTO, "reason": "学習のこと" })).await;
    let known = sheets(&nao, HARUTO).await;
    assert_eq!((&known[0]["readable"], &known[0]["reason"], &known[0]["sections"]), (&json!(false), &Value::Null, &Value::Null));
    assert_eq!((&known[0]["id"], &known[0]["assigned"][0]["name"]), (&of_another["id"], &json!("有村 安奈")), "that there is one, and whom to ask");
}

#[tokio::test]
async fn nobody_overwrites_what_somebody_else_wrote() {
    let school = with_team().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let id = open(&ana, AOI).await["id"].clone();
    let section = |text: &str, version: i64| json!({ "sheetId": id, "part": "STATE", "text": text, "version": version });
    let first = done(&ana, "writeSupportSection", section("月曜日がつらい", 0)).await;
    assert_eq!(first["sections"][0], json!({ "part": "STATE", "year": 2026, "level": "SCHOOL_TEAM", "text": "月曜日がつらい", "version": 1, "by": "有村 安奈" }));
    assert_eq!(done(&ana, "writeSupportSection", section("月曜日がつらい", 0)).await, first, "sent twice it is written once");
    assert_eq!(refused(&hugo, "writeSupportSection", section("ほかの文", 0)).await, ("CONFLICT".into(), "version".into()));
    assert_eq!(done(&hugo, "writeSupportSection", section("火曜日も", 1)).await["sections"][0]["version"], 2);
    let gone = done(&hugo, "writeSupportSection", section("", 2)).await;
    assert_eq!(gone["sections"], json!([]), "an empty text takes it out");
    let history = format!("{{ pupil(id: \"{AOI}\") {{ history(kinds: [SUPPORT]) {{ nodes {{ by changes {{ field before after }} }} }} }} }}");
    let history = ana.ask(&history, json!({})).await;
    assert!(history.body.to_string().contains("月曜日がつらい"), "every text stays in the history: {}", history.body);
    for (fields, code, field) in [
        (json!({ "part": "BACKGROUND", "year": 2026 }), "OUT_OF_RANGE", "year"),
        (json!({ "part": "STATE", "year": 1999 }), "OUT_OF_RANGE", "year"),
        (json!({ "text": "あ".repeat(4_001) }), "TOO_LONG", "text"),
    ] {
        let input = asagao_tests::with(section("文", 3), fields);
        assert_eq!(refused(&ana, "writeSupportSection", input).await, (code.into(), field.into()));
    }
}

#[tokio::test]
async fn a_task_is_done_once_by_whoever_is_asked() {
    let school = with_team().await;
    let (ana, kei) = (school.person("ana"), school.person("kei"));
    let id = open(&ana, AOI).await["id"].clone();
    let task = json!({ "sheetId": id, "what": "週に一度、話を聞く", "staffId": kei.id, "dueOn": "2026-12-01" });
    assert_eq!(refused(&ana, "saveSupportTask", task.clone()).await, ("NOT_FOUND".into(), "staffId".into()), "assign them first");
    done(&ana, "assignSupport", json!({ "sheetId": id, "staffId": kei.id })).await;
    for (fields, code, field) in [
        (json!({ "what": " " }), "INVALID_TEXT", "what"),
        (json!({ "dueOn": YESTERDAY }), "OUT_OF_RANGE", "dueOn"),
        (json!({ "sheetId": "x" }), "NOT_FOUND", "sheetId"),
        (json!({ "id": "x" }), "INVALID_ID", "id"),
    ] {
        assert_eq!(refused(&ana, "saveSupportTask", asagao_tests::with(task.clone(), fields)).await, (code.into(), field.into()));
    }
    let with_id = asagao_tests::with(task.clone(), json!({ "id": "0a5a9a00-0000-4000-8000-0000000000f1" }));
    let set = done(&ana, "saveSupportTask", with_id.clone()).await;
    assert_eq!(done(&ana, "saveSupportTask", with_id).await["tasks"], set["tasks"], "sent twice it is set once");
    done(&ana, "saveSupportTask", asagao_tests::with(task, json!({ "what": "席を決める", "dueOn": TODAY, "staffId": ana.id }))).await;
    let mine = "query ($first: Int, $after: String) { mySupport { tasks(first: $first, after: $after) { nodes { what sheet { pupil { name } } } pageInfo { hasNextPage endCursor } } } }";
    let own = kei.ask(mine, json!({})).await;
    assert_eq!(own.data("/mySupport/tasks/nodes"), &json!([{ "what": "週に一度、話を聞く", "sheet": { "pupil": { "name": "朝倉 葵" } } }]));
    let task = set["tasks"]["nodes"][0]["id"].clone();
    assert_eq!(refused(&kei, "endSupportTask", json!({ "taskId": task, "state": "DROPPED" })).await, ("EMPTY".into(), "word".into()));
    assert_eq!(refused(&kei, "endSupportTask", json!({ "taskId": task, "state": "DONE", "day": "2026-11-25" })).await, ("IN_THE_FUTURE".into(), "day".into()));
    let end = json!({ "taskId": task, "state": "DONE", "word": "話せた" });
    let ended = done(&kei, "endSupportTask", end.clone()).await;
    assert_eq!(done(&kei, "endSupportTask", end).await["tasks"], ended["tasks"], "pressed twice it is done once");
    let of_kei = |sheet: &Value| sheet["tasks"]["nodes"].as_array().expect("a list").iter().find(|of| of["id"] == task).expect("it")["state"].clone();
    assert_eq!(of_kei(&ended), "DONE");
    assert_eq!(kei.ask(mine, json!({})).await.data("/mySupport/tasks/nodes"), &json!([]));
    let back = done(&kei, "endSupportTask", json!({ "taskId": task, "state": "OPEN" })).await;
    assert_eq!(of_kei(&back), "OPEN");
    assert_eq!(refused(&school.person("tomo"), "endSupportTask", json!({ "taskId": task, "state": "DONE" })).await, ("NOT_FOUND".into(), "taskId".into()));
    // Page two.
    for n in 0..3 {
        done(&ana, "saveSupportTask", json!({ "sheetId": id, "what": format!("手だて{n}"), "staffId": kei.id, "dueOn": "2026-12-02" })).await;
    }
    let one = kei.ask(mine, json!({ "first": 2 })).await;
    assert_eq!(one.data("/mySupport/tasks/pageInfo/hasNextPage"), true);
    let two = kei.ask(mine, json!({ "first": 2, "after": one.data("/mySupport/tasks/pageInfo/endCursor") })).await;
    assert_eq!((two.data("/mySupport/tasks/nodes").as_array().map(Vec::len), two.data("/mySupport/tasks/pageInfo/hasNextPage")), (Some(2), &json!(false)));
}

#[tokio::test]
async fn a_new_homeroom_teacher_knows_that_there_is_a_sheet_and_reads_it_once_it_is_handed_over() {
    let school = with_team().await;
    let (ana, hugo, tomo) = (school.person("ana"), school.person("hugo"), school.person("tomo"));
    let id = open(&ana, AOI).await["id"].clone();
    for (part, level) in [("BACKGROUND", "ASSIGNED"), ("STRENGTHS", "SCHOOL_TEAM"), ("WISH_OF_CHILD", "SHAREABLE")] {
        done(&ana, "writeSupportSection", json!({ "sheetId": id, "part": part, "level": level, "text": format!("{level}の文") })).await;
    }
    done(&ana, "saveSupportMeeting", json!({ "sheetId": id, "tookPart": "学年", "said": "会議の話", "level": "SHAREABLE" })).await;
    let note = "mutation ($input: RecordSupportActionInput!) { recordSupportAction(input: $input) { userErrors { code } } }";
    ana.ask(note, json!({ "input": { "pupilId": AOI, "kind": "TALK", "text": "朝の声かけ" } })).await;
    let moved = "mutation ($input: MoveToClassInput!) { moveToClass(input: $input) { userErrors { code field } } }";
    let moved = hugo.ask(moved, json!({ "input": { "pupilId": AOI, "classId": CLASS_5_1, "day": "2026-11-25" } })).await;
    assert_eq!(moved.data("/moveToClass/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(sheets(&ana, AOI).await[0]["assigned"][0]["name"], "有村 安奈", "she is still assigned, though not the homeroom teacher any more");
    let known = sheets(&tomo, AOI).await[0].clone();
    assert_eq!((&known["readable"], &known["assigned"][0]["name"]), (&json!(false), &json!("有村 安奈")), "that there is one, and whom to ask");
    for part in ["reason", "sections", "meetings", "tasks", "plans", "actions", "handOvers", "readers"] {
        assert_eq!(known[part], Value::Null, "{part}");
    }
    let actions = format!("{{ pupil(id: \"{AOI}\") {{ supportActions {{ text }} }} }}");
    assert_eq!(tomo.ask(&actions, json!({})).await.data("/pupil/supportActions"), &json!([]), "what was done while the sheet was open waits with it");
    let hand = |fields: Value| asagao_tests::with(json!({ "sheetId": id, "classId": CLASS_5_1, "level": "SHAREABLE", "parts": ["COMMON"] }), fields);
    assert_eq!(refused(&tomo, "handOverSupport", hand(json!({}))).await, ("NOT_FOUND".into(), "sheetId".into()), "nobody takes it");
    for (fields, code, field) in [
        (json!({ "level": "ASSIGNED" }), "OUT_OF_RANGE", "level"),
        (json!({ "parts": [] }), "EMPTY", "parts"),
        (json!({ "classId": CLASS_4_1 }), "NOT_FOUND", "classId"),
        (json!({ "classId": null }), "EMPTY", "classId"),
    ] {
        assert_eq!(refused(&hugo, "handOverSupport", hand(fields)).await, (code.into(), field.into()));
    }
    let texts = async |part: &str| -> Vec<String> {
        let read = sheets(&tomo, AOI).await;
        let all = read[0][part].as_array().cloned().unwrap_or_default();
        all.iter().map(|of| of["text"].as_str().expect("a text").to_owned()).collect()
    };
    done(&hugo, "handOverSupport", hand(json!({}))).await;
    assert_eq!(texts("sections").await, ["SHAREABLEの文"]);
    assert_eq!(sheets(&tomo, AOI).await[0]["meetings"]["nodes"], json!([]), "only the parts that were handed over");
    let given = done(&hugo, "handOverSupport", hand(json!({ "level": "SCHOOL_TEAM", "parts": ["COMMON", "MEETINGS", "ACTIONS"], "consentBy": "母", "consentOn": TODAY, "consentHow": "電話" }))).await;
    assert_eq!(texts("sections").await, ["SCHOOL_TEAMの文", "SHAREABLEの文"], "what is for those assigned is never handed over");
    assert_eq!(sheets(&tomo, AOI).await[0]["meetings"]["nodes"][0]["said"], "会議の話");
    assert_eq!(tomo.ask(&actions, json!({})).await.data("/pupil/supportActions/0/text"), "朝の声かけ");
    let of_now = given["handOvers"].as_array().expect("a list").iter().find(|of| of["to"] == "5年1組" && of["ends"].is_null()).expect("it")["id"].clone();
    done(&hugo, "endSupportHandOver", json!({ "handOverId": of_now })).await;
    assert_eq!(sheets(&tomo, AOI).await[0]["readable"], false);
}

#[tokio::test]
async fn another_school_reads_what_was_handed_over_with_consent_and_the_old_one_no_more() {
    let school = with_team().await;
    let (ana, hugo, mari, tea) = (school.person("ana"), school.person("hugo"), school.person("mari"), school.person("tea"));
    let id = open(&ana, YUI).await["id"].clone();
    for (part, level) in [("BACKGROUND", "ASSIGNED"), ("STRENGTHS", "SCHOOL_TEAM"), ("WISH_OF_CHILD", "SHAREABLE")] {
        done(&ana, "writeSupportSection", json!({ "sheetId": id, "part": part, "level": level, "text": format!("{level}の文") })).await;
    }
    let plan = json!({ "sheetId": id, "kind": "EDUCATIONAL_SUPPORT", "level": "SHAREABLE", "begins": TODAY, "ends": "2027-03-31", "goals": [{ "goal": "朝の支度" }] });
    let plan = done(&ana, "saveSupportPlan", plan).await["plans"][0]["id"].clone();
    let hand = |fields: Value| asagao_tests::with(json!({ "sheetId": id, "schoolId": MIZUUMI, "level": "SHAREABLE", "parts": ["COMMON", "PLANS"],
        "consentBy": "母", "consentOn": TODAY, "consentHow": "書面" }), fields);
    for (fields, code, field) in [
        (json!({ "consentBy": null }), "INVALID_TEXT", "consentBy"),
        (json!({ "consentHow": null }), "INVALID_TEXT", "consentHow"),
        (json!({ "consentOn": null }), "EMPTY", "consentOn"),
        (json!({ "consentOn": "2026-11-25" }), "IN_THE_FUTURE", "consentOn"),
        (json!({ "schoolId": HIBARINO }), "NOT_FOUND", "schoolId"),
        (json!({}), "NOT_READY", "parts"),
    ] {
        assert_eq!(refused(&ana, "handOverSupport", hand(fields)).await, (code.into(), field.into()));
    }
    let consent = json!({ "planId": plan, "givenBy": "母", "how": "書面", "shareWith": "次の学校" });
    let consent = done(&ana, "recordSupportConsent", consent).await["plans"][0]["consents"][0]["id"].clone();
    done(&ana, "handOverSupport", hand(json!({}))).await;
    let out = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { pupilMove { id } userErrors { code field } } }";
    let input = json!({ "pupilId": YUI, "day": TODAY, "destinationSchoolId": MIZUUMI, "handOver": ["ATTENDANCE"] });
    let out = hugo.ask(out, json!({ "input": input })).await.data("/transferPupilOut/pupilMove/id").clone();
    let taken = "mutation ($input: TransferPupilInInput!) { transferPupilIn(input: $input) { userErrors { code field } } }";
    let taken = mari.ask(taken, json!({ "input": { "moveId": out, "classId": CLASS_4_1, "day": "2026-11-25" } })).await;
    assert_eq!(taken.data("/transferPupilIn/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(sheets(&ana, YUI).await, json!([]), "the old school loses access the day after, those assigned, too");
    assert_eq!(sheets(&hugo, YUI).await, json!([]));
    assert_eq!(sheets(&tea, YUI).await, json!([]), "the office has not handed support over with the move");
    let over = "mutation ($input: HandOverRecordsInput!) { handOverRecords(input: $input) { userErrors { code } } }";
    hugo.ask(over, json!({ "input": { "moveId": out, "kinds": ["SUPPORT"] } })).await;
    for who in [&tea, &mari] {
        let read = sheets(who, YUI).await[0].clone();
        assert_eq!((&read["readable"], &read["writable"], &read["leads"]), (&json!(true), &json!(false), &json!(false)));
        let texts: Vec<_> = read["sections"].as_array().expect("a list").iter().map(|of| of["text"].clone()).collect();
        assert_eq!(texts, [json!("SHAREABLEの文")]);
        assert_eq!(read["plans"][0]["goals"][0]["goal"], "朝の支度");
    }
    let own = done(&tea, "openSupport", json!({ "pupilId": YUI, "reason": "前の学校からのつづき" })).await;
    assert_eq!(own["readable"], true, "the new school has a sheet of its own");
    assert_eq!(sheets(&tea, YUI).await.as_array().map(Vec::len), Some(2));
    assert!(consent.is_string());
}

#[tokio::test]
async fn a_consent_that_is_withdrawn_ends_what_others_read() {
    let school = with_team().await;
    let (ana, hugo, mari, tea) = (school.person("ana"), school.person("hugo"), school.person("mari"), school.person("tea"));
    let id = open(&ana, YUI).await["id"].clone();
    let plan = json!({ "sheetId": id, "kind": "GUIDANCE", "level": "SHAREABLE", "begins": TODAY, "ends": "2027-03-31", "goals": [{ "goal": "音読" }] });
    let plan = done(&ana, "saveSupportPlan", plan).await["plans"][0]["id"].clone();
    let consent = json!({ "planId": plan, "givenBy": "父", "how": "電話", "shareWith": "次の学校" });
    let consent = done(&ana, "recordSupportConsent", consent).await["plans"][0]["consents"][0]["id"].clone();
    let hand = json!({ "sheetId": id, "schoolId": MIZUUMI, "level": "SHAREABLE", "parts": ["PLANS"], "consentBy": "父", "consentOn": TODAY, "consentHow": "電話" });
    done(&ana, "handOverSupport", hand).await;
    let out = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { pupilMove { id } userErrors { code field } } }";
    let input = json!({ "pupilId": YUI, "day": TODAY, "destinationSchoolId": MIZUUMI, "handOver": ["SUPPORT"] });
    let out = hugo.ask(out, json!({ "input": input })).await.data("/transferPupilOut/pupilMove/id").clone();
    let withdrawn = done(&ana, "withdrawSupportConsent", json!({ "consentId": consent })).await;
    assert_eq!(withdrawn["plans"][0]["consents"][0]["withdrawnOn"], TODAY);
    let taken = "mutation ($input: TransferPupilInInput!) { transferPupilIn(input: $input) { userErrors { code field } } }";
    mari.ask(taken, json!({ "input": { "moveId": out, "classId": CLASS_4_1, "day": "2026-11-25" } })).await;
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(sheets(&tea, YUI).await[0]["plans"], json!([]), "the plan is not read without it");
}

#[tokio::test]
async fn a_sheet_costs_the_same_however_much_stands_in_it() {
    let school = with_team().await;
    let ana = school.person("ana");
    let mut ids = Vec::new();
    for pupil in [AOI, HARUTO, YUI] {
        let id = open(&ana, pupil).await["id"].clone();
        for n in 0..4 {
            done(&ana, "saveSupportTask", json!({ "sheetId": id, "what": format!("手だて{n}"), "staffId": ana.id, "dueOn": TODAY })).await;
            done(&ana, "saveSupportMeeting", json!({ "sheetId": id, "tookPart": "学年", "said": format!("話{n}") })).await;
        }
        ids.push(id);
    }
    let cases = "{ mySupport { cases { nodes { pupil { name } assigned { name } sections { text } meetings { nodes { said } } tasks { nodes { what } } plans { id goals { goal } consents { id } } actions { nodes { text } } handOvers { to } readers { names } } }
        tasks { nodes { what sheet { pupil { name } } } } reviews { nodes { id } } } }";
    let whole = ana.ask(cases, json!({})).await;
    assert_eq!(whole.data("/mySupport/cases/nodes").as_array().map(Vec::len), Some(3));
    assert_eq!(whole.data("/mySupport/tasks/nodes").as_array().map(Vec::len), Some(12));
    assert!(whole.queries() <= 14, "{} statements for three cases with all that is in them", whole.queries());
    let pupils = format!("{{ class(id: \"{CLASS_5_2}\") {{ pupils {{ nodes {{ supportSheets {{ openedOn closedOn meetings {{ nodes {{ day }} }} tasks(state: DONE) {{ nodes {{ endedOn }} }} }} }} }} }} }}");
    let timeline = ana.ask(&pupils, json!({})).await;
    assert!(timeline.queries() <= 8, "{} statements for a class's spans", timeline.queries());
}
