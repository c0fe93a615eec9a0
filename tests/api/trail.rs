//! The trail: nothing is written to a record without a word on who did it and why.
use crate::support_sheet;
use asagao_tests::full_class::YESTERDAY;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::access::right::Right;
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, KAEDE, MIZUUMI, School, TODAY};
use chrono::NaiveDate;
use serde_json::json;

/// Tables whose rows need no trail, and why.
const WITHOUT: [(&str, &str); 38] = [
    ("access_chain", "is the access log, which is only ever added to"),
    ("access_link", "is the access log"),
    ("access_entry", "is the access log"),
    ("access_subject", "follows from the access log"),
    ("access_dropped", "tells from where the access log goes on"),
    ("activity", "what apps posted is never changed; a withdrawal is on the row"),
    ("daily_total", "follows from the activities"),
    ("trail", "is the trail"),
    ("analysis_run", "is never changed"),
    ("analysis_night", "says itself which server analysed a school, and when"),
    ("run_score", "is part of an analysis run"),
    ("analysis_quality", "follows from the analyses and what was recorded later"),
    ("support_flag_event", "is the history of a flag"),
    ("duty_right", "comes with a migration"),
    ("support_level", "comes with a migration"),
    ("attendance_mark", "each marking is a row of its own, with who and when"),
    ("calendar_day", "each change is a row of its own, with who and when"),
    ("lesson_mark", "each marking is a row of its own, with who and when"),
    ("mark_scheme", "each version is a row of its own, with who, when and why"),
    ("assessment_result", "each result is a row of its own, with who and when"),
    ("mark_decision", "each decision is a row of its own, with who, when and why"),
    ("term_remark", "each writing is a row of its own, with who and when"),
    ("term_report", "is part of a closing and never changed"),
    ("mood", "each entry is a row of its own, with who and when"),
    ("health_observation", "each observation is a row of its own, with who and when"),
    ("consultation", "is read by those whom it is between alone, and a trail would tell others"),
    ("consultation_step", "is the history of a consultation"),
    ("deletion", "is never changed, and says who deleted"),
    ("deletion_subject", "is part of a deletion"),
    ("page_session", "tells who is signed in, which is no record of the school"),
    ("roster_import", "says itself who read, committed and took it back, and when"),
    ("roster_import_school", "is part of an import"),
    ("roster_import_change", "is part of an import; what is applied of it has a trail as the record that it changes"),
    ("roster_import_finding", "is part of an import"),
    ("roster_source", "is a digest of what another system said, and no record of the school"),
    ("roster_rows", "follows from what other systems said"),
    ("server_key", "is random bytes of the servers, and no record"),
    ("_sqlx_migrations", "tells which migrations ran"),
];

#[tokio::test]
async fn no_record_is_written_without_a_trail() {
    let mut school = School::open().await;
    school.fill_class().await;
    let analyze = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&analyze, json!({})).await.data("/analyze/userErrors"), &json!([]));
    let note = format!("mutation {{ recordSupportAction(input: {{ pupilId: \"{AOI}\", kind: TALK, text: \"朝の声かけ\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&note, json!({})).await.data("/recordSupportAction/userErrors"), &json!([]));
    let person = school.person("ana");
    let sheet = support_sheet::open(&person, AOI).await["id"].clone();
    support_sheet::done(&person, "writeSupportSection", json!({ "sheetId": sheet, "part": "STATE", "text": "ようす" })).await;
    support_sheet::done(&person, "saveSupportMeeting", json!({ "sheetId": sheet, "tookPart": "学年", "said": "話" })).await;
    support_sheet::done(&person, "saveSupportTask", json!({ "sheetId": sheet, "what": "声かけ", "staffId": person.id, "dueOn": TODAY })).await;
    let plan = json!({ "sheetId": sheet, "kind": "GUIDANCE", "begins": TODAY, "ends": "2027-03-31", "goals": [{ "goal": "めあて" }] });
    let plan = support_sheet::done(&person, "saveSupportPlan", plan).await["plans"][0]["id"].clone();
    support_sheet::done(&person, "recordSupportConsent", json!({ "planId": plan, "givenBy": "母", "how": "書面", "shareWith": "次の学校" })).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, school_day(TODAY))]).await;
    let kind = "mutation { saveAttendanceKind(input: { code: \"TRIP\", name: \"公欠\", mark: \"公\", absent: false, excused: false, place: 60 }) {
        userErrors { code } } }";
    assert_eq!(school.person("board").ask(kind, json!({})).await.data("/saveAttendanceKind/userErrors"), &json!([]));
    let word = "mutation { saveBoardWord(input: { kind: SYMPTOM, code: \"ITCH\", label: \"かゆみ\", place: 95 }) { userErrors { code } } }";
    assert_eq!(school.person("board").ask(word, json!({})).await.data("/saveBoardWord/userErrors"), &json!([]));
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, school_day(TODAY))]).await;
    let visit = format!("mutation {{ recordInfirmaryVisit(input: {{ pupilId: \"{AOI}\", reason: \"FEVER\", outcome: REST }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("nurse").ask(&visit, json!({})).await.data("/recordInfirmaryVisit/userErrors"), &json!([]));
    school.client("広報", &[HIBARINO], &[Right::SchoolRead]).await;
    let hugo = school.person("hugo");
    let waiting = format!("mutation {{ saveConsultationSetting(input: {{ schoolId: \"{HIBARINO}\", minutes: 30, opens: \"08:00\", closes: \"17:00\", next: [NURSE] }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(hugo.ask(&waiting, json!({})).await.data("/saveConsultationSetting/userErrors"), &json!([]));
    let out = format!("mutation {{ transferPupilOut(input: {{ pupilId: \"{KAEDE}\", day: \"{TODAY}\", destinationSchoolId: \"{MIZUUMI}\",
        handOver: [ATTENDANCE] }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(hugo.ask(&out, json!({})).await.data("/transferPupilOut/userErrors"), &json!([]));
    let start = format!("mutation {{ startTurnover(input: {{ schoolId: \"{HIBARINO}\" }}) {{ turnover {{ id classes {{ id }} pupils {{ nodes {{ id }} }} }} }} }}");
    let draft = hugo.ask(&start, json!({})).await.data("/startTurnover/turnover").clone();
    let ana = school.person("ana").id;
    let duty = json!({ "turnoverId": draft["id"], "staffId": ana, "kind": "HOMEROOM_TEACHER", "classId": draft["classes"][0]["id"] });
    let document = "mutation ($input: SetTurnoverDutyInput!) { setTurnoverDuty(input: $input) { userErrors { code } } }";
    assert_eq!(hugo.ask(document, json!({ "input": duty })).await.data("/setTurnoverDuty/userErrors"), &json!([]));
    let nodes = &draft["pupils"]["nodes"];
    let wish = json!({ "turnoverId": draft["id"], "entryId": nodes[0]["id"], "otherEntryId": nodes[1]["id"], "together": false });
    let document = "mutation ($input: SetTurnoverWishInput!) { setTurnoverWish(input: $input) { userErrors { code } } }";
    assert_eq!(hugo.ask(document, json!({ "input": wish })).await.data("/setTurnoverWish/userErrors"), &json!([]));
    for (name, document) in [
        ("layOutCalendar", format!("layOutCalendar(input: {{ schoolId: \"{HIBARINO}\", year: 2026 }}) {{ userErrors {{ code }} }}")),
        ("closeClass", format!("closeClass(input: {{ classId: \"{CLASS_5_2}\", begins: \"{TODAY}\", ends: \"{TODAY}\", reason: \"インフルエンザ\" }}) {{ userErrors {{ code }} }}")),
        ("recogniseAttendance", format!("recogniseAttendance(input: {{ pupilId: \"{AOI}\", place: HOME, begins: \"{TODAY}\", note: \"面談\" }}) {{ userErrors {{ code }} }}")),
        ("placeLegalHold", format!("placeLegalHold(input: {{ pupilId: \"{AOI}\", reason: \"開示請求\" }}) {{ userErrors {{ code }} }}")),
        ("setTimetable", format!("setTimetable(input: {{ classId: \"{CLASS_5_2}\", from: \"{TODAY}\", lessons: [{{ weekday: 1, period: 1, subject: \"国語\" }}] }}) {{ userErrors {{ code }} }}")),
    ] {
        let answer = hugo.ask(&format!("mutation {{ {document} }}"), json!({})).await;
        assert_eq!(answer.data(&format!("/{name}/userErrors")), &json!([]));
    }
    let rule = "mutation { saveRetentionRule(input: { kind: MOOD, years: 2, basis: \"委員会の決定\" }) { userErrors { code } } }";
    assert_eq!(school.person("board").ask(rule, json!({})).await.data("/saveRetentionRule/userErrors"), &json!([]));
    let rule = "mutation { setAnalysisRule(input: { rule: LATE_RISE, threshold: 5 }) { userErrors { code } } }";
    assert_eq!(school.person("board").ask(rule, json!({})).await.data("/setAnalysisRule/userErrors"), &json!([]));
    let share = format!("mutation {{ setAnalysisCapacity(input: {{ schoolId: \"{HIBARINO}\", share: 20 }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("hugo").ask(&share, json!({})).await.data("/setAnalysisCapacity/userErrors"), &json!([]));
    school.hire("kyomu", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, school_day(TODAY))]).await;
    let rule = "{ cutA: 80, cutB: 50, weights: { knowledge: 1, thinking: 1, attitude: 1 }, conversions: [{ scale: THREE, cuts: [80, 50] }] }";
    for (who, name, document) in [
        ("board", "setTerms", "setTerms(input: { year: 2026, begins: [\"2026-04-01\", \"2026-10-12\"], reason: \"規則\" })".to_owned()),
        ("kyomu", "saveMarkScheme", format!("saveMarkScheme(input: {{ schoolId: \"{HIBARINO}\", reason: \"会議\", rule: {rule} }})")),
        ("ana", "saveAssessment", format!("saveAssessment(input: {{ classId: \"{CLASS_5_2}\", term: 2, subject: \"国語\", name: \"漢字\", day: \"{TODAY}\", knowledgeMax: 50 }})")),
        ("ana", "closeTerm", format!("closeTerm(input: {{ classId: \"{CLASS_5_2}\", term: 2, acceptGaps: true }})")),
    ] {
        let answer = school.person(who).ask(&format!("mutation {{ {document} {{ userErrors {{ code }} }} }}"), json!({})).await;
        assert_eq!(answer.data(&format!("/{name}/userErrors")), &json!([]));
    }
    assert_eq!(school.put_subject(AOI, "google", "118").await, Ok(true));
    school.guardian("mother", AOI, "PARENTAL", true).await;
    let hugo = school.person("hugo");
    let input = json!({ "pupilId": AOI, "reason": "市から連絡があった" });
    let open = "mutation ($input: OpenRecordInput!) { openRecord(input: $input) { userErrors { code } } }";
    let reason = json!({ "pupilId": AOI, "reason": "申し立ての調査のため" });
    assert_eq!(school.person("board").ask(open, json!({ "input": reason })).await.data("/openRecord/userErrors"), &json!([]));
    for (name, kind, input) in [
        ("protectHousehold", "ProtectionInput", input),
        ("chooseAnalysis", "ChooseAnalysisInput", json!({ "pupilId": AOI, "keepOut": true })),
    ] {
        let document = format!("mutation ($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        assert_eq!(hugo.ask(&document, json!({ "input": input })).await.data(&format!("/{name}/userErrors")), &json!([]));
    }
    every_row_has_a_trail(&school).await;
}

async fn every_row_has_a_trail(school: &School) {
    let tables = school.tables().await;
    for (table, _) in WITHOUT {
        assert!(tables.iter().any(|name| name == table), "there is no table {table} any more");
    }
    for table in tables.iter().filter(|table| WITHOUT.iter().all(|(name, _)| name != table)) {
        // The operator's duty, the first kinds of attendance and the first rules come with the database itself; a kind's key is its code.
        let record = match table.as_str() {
            "duty" => "kind <> 'OPERATOR'",
            // What an app is given for its secret holds for an hour and is no record.
            "access_token" => "secret IS NULL",
            "attendance_kind" => "place > 50",
            "board_word" => "code = 'ITCH'",
            "retention_rule" => "years = 2",
            _ => "1 = 1",
        };
        let of_it = match table.as_str() {
            "attendance_kind" | "board_word" => format!("t.after LIKE '%\"' || {table}.code || '\"%'"),
            "analysis_rule" => format!("t.after LIKE '%\"' || {table}.rule || '\"%'"),
            "analysis_capacity" => format!("t.record_id = {table}.school"),
            "retention_rule" => format!("t.after LIKE '%\"' || {table}.kind || '\"%'"),
            _ => format!("t.record_id = {table}.id"),
        };
        assert!(school.count(table, record).await > 0, "nothing was written to {table}: write something");
        let trail = format!("SELECT 1 FROM trail t WHERE t.record = '{table}' AND {of_it}");
        assert_eq!(school.count(table, &format!("{record} AND NOT EXISTS ({trail})")).await, 0, "rows of {table} without a trail");
    }
}

fn school_day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}
