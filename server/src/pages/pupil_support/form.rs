//! What the forms of the sheet send, and what is given back where something was not taken.
use super::super::csrf::Fields;
use super::super::words;
use super::view::Sheet;
use serde_json::{Value, json};

/// A mutation with the type of its input, the input, and the part of the page to return to.
pub(super) struct Call {
    pub(super) mutation: &'static str,
    pub(super) input: Value,
    pub(super) part: &'static str,
}

/// A form that was not taken: what was typed, to be mended, and what goes along with it.
pub(super) struct Again {
    /// The name of a field, what it is called, what was typed, and whether it is a day.
    pub(in crate::pages) shown: Vec<(String, &'static str, String, bool)>,
    pub(in crate::pages) hidden: Vec<(String, String)>,
}

/// The fields that are typed, with what they are called.
const TYPED: [(&str, &str); 21] = [
    ("text", "内容"),
    ("said", "話し合ったこと"),
    ("decided", "決まったこと"),
    ("tookPart", "参加した人"),
    ("what", "手だて"),
    ("word", "ひとこと"),
    ("reason", "理由"),
    ("guardians", "保護者の参加"),
    ("goal", "めあて"),
    ("means", "手だて"),
    ("evaluation", "結果"),
    ("givenBy", "同意した人"),
    ("how", "同意のしかた"),
    ("shareWith", "だれと共有するか"),
    ("consentBy", "同意した人"),
    ("consentHow", "同意のしかた"),
    ("part", "役わり"),
    ("day", "日"),
    ("dueOn", "いつまでに"),
    ("reviewOn", "次の見直し"),
    ("nextOn", "次にようすを見る日"),
];
const DAYS: [&str; 9] = ["day", "dueOn", "reviewOn", "begins", "ends", "givenOn", "consentOn", "nextReview", "nextOn"];

impl Again {
    /// What was typed; where somebody else was first, what is sent again goes by what holds now, which the page shows below.
    pub(super) fn of(fields: &Fields, sheet: Option<&Sheet>, conflict: bool) -> Self {
        let (mut shown, mut hidden) = (Vec::new(), Vec::new());
        let written = fields.is("do", "section");
        for (name, value) in &fields.0 {
            let stem = name.split('.').next().unwrap_or(name);
            let label = TYPED.iter().find(|(of, _)| *of == stem).map(|(_, label)| *label);
            let day = DAYS.contains(&stem);
            match label.or(day.then_some("日")) {
                // Of a section the part is no text of somebody's.
                Some(label) if !(written && stem == "part") => shown.push((name.clone(), label, value.clone(), day)),
                _ if name == "csrf" => {}
                _ if name == "version" && conflict => {
                    let now = sheet.and_then(|sheet| version(fields, sheet)).map_or_else(|| value.clone(), |of| of.to_string());
                    hidden.push((name.clone(), now));
                }
                _ => hidden.push((name.clone(), value.clone())),
            }
        }
        Again { shown, hidden }
    }
}

/// The version that holds now of what a form is about.
fn version(fields: &Fields, sheet: &Sheet) -> Option<i32> {
    let id = fields.get("id");
    match fields.get("do") {
        "section" => {
            let year = fields.typed("year").and_then(|year| year.parse().ok());
            let held = sheet.sections_of(fields.get("part"), year);
            Some(held.iter().find(|of| of.level == fields.get("level")).map_or(0, |of| of.version))
        }
        "meeting" => sheet.meetings.as_ref()?.nodes.iter().find(|of| of.id == id).map(|of| of.version),
        "task" => sheet.tasks.as_ref()?.nodes.iter().find(|of| of.id == id).map(|of| of.version),
        "plan" | "review" => {
            let plan = if id.is_empty() { fields.get("plan") } else { id };
            sheet.plans.iter().flatten().find(|of| of.id == plan).map(|of| of.version)
        }
        _ => None,
    }
}

/// Reads a form, or says what is missing.
pub(super) fn read(pupil: &str, fields: &Fields) -> Result<Call, &'static str> {
    let of = |name: &str| fields.typed(name);
    let number = |name: &str| fields.get(name).parse::<i32>().unwrap_or_default();
    let sheet = fields.get("sheet");
    let call = |mutation, part, input| Ok(Call { mutation, input, part });
    match fields.get("do") {
        "open" => call(
            "openSupport",
            "sheet",
            json!({ "pupilId": pupil, "reason": fields.get("reason"), "origin": of("origin"), "fromFlagId": of("flag"),
                "fromVisitId": of("visit") }),
        ),
        "close" => {
            let outcome = of("outcome").ok_or("どうなったかを選んでください。")?;
            call("closeSupport", "sheet", json!({ "sheetId": sheet, "outcome": outcome, "reason": fields.get("reason") }))
        }
        "reopen" => call("reopenSupport", "sheet", json!({ "sheetId": sheet, "reason": fields.get("reason") })),
        "section" => {
            let year = of("year").and_then(|year| year.parse::<i32>().ok());
            let input = json!({ "sheetId": sheet, "part": fields.get("part"), "year": year, "level": fields.get("level"),
                "text": fields.get("text"), "version": number("version") });
            call("writeSupportSection", if year.is_some() { "years" } else { "common" }, input)
        }
        "meeting" => call(
            "saveSupportMeeting",
            "meetings",
            json!({ "id": of("id"), "sheetId": sheet, "day": of("day"), "level": fields.get("level"), "tookPart": fields.get("tookPart"),
                "said": fields.get("said"), "decided": fields.get("decided"), "version": number("version") }),
        ),
        "task" => {
            let (staff, due) =
                (of("staff").ok_or("だれがするかを選んでください。")?, of("dueOn").ok_or("いつまでにするかを選んでください。")?);
            let input = json!({ "id": of("id"), "sheetId": sheet, "what": fields.get("what"), "staffId": staff, "dueOn": due,
                "level": fields.get("level"), "version": number("version") });
            call("saveSupportTask", "tasks", input)
        }
        "end" => call(
            "endSupportTask",
            "tasks",
            json!({ "taskId": fields.get("task"), "state": fields.get("state"), "word": fields.get("word") }),
        ),
        "assign" => {
            let staff = of("staff").ok_or("だれが担当するかを選んでください。")?;
            call("assignSupport", "assigned", json!({ "sheetId": sheet, "staffId": staff, "part": fields.get("part") }))
        }
        "unassign" => call("unassignSupport", "assigned", json!({ "assignmentId": fields.get("assignment") })),
        "action" => {
            let kind = of("kind").ok_or("何をしたかを選んでください。")?;
            let input = json!({ "id": of("id"), "pupilId": pupil, "kind": kind, "text": fields.get("text"), "level": fields.get("level"),
                "day": of("day"), "nextOn": of("nextOn") });
            call("recordSupportAction", "actions", input)
        }
        "plan" => {
            let (begins, ends) =
                (of("begins").ok_or("計画の期間を選んでください。")?, of("ends").ok_or("計画の期間を選んでください。")?);
            let goals: Vec<Value> = (0..20).filter_map(|place| goal(fields, place)).collect();
            let input = json!({ "id": of("id"), "sheetId": sheet, "kind": fields.get("kind"), "level": fields.get("level"),
                "begins": begins, "ends": ends, "reviewOn": of("reviewOn"), "guardians": fields.get("guardians"), "goals": goals,
                "version": number("version") });
            call("saveSupportPlan", "plans", input)
        }
        "review" => {
            let said = fields.0.iter().filter(|(_, text)| !text.trim().is_empty());
            let said = said.filter_map(|(name, text)| Some((name.strip_prefix("evaluation.")?, text)));
            let evaluations: Vec<Value> = said.map(|(goal, text)| json!({ "goalId": goal, "evaluation": text })).collect();
            let input = json!({ "planId": fields.get("plan"), "evaluations": evaluations, "reviewOn": of("reviewOn"), "version": number("version") });
            call("reviewSupportPlan", "plans", input)
        }
        "consent" => call(
            "recordSupportConsent",
            "plans",
            json!({ "planId": fields.get("plan"), "givenBy": fields.get("givenBy"), "givenOn": of("givenOn"), "how": fields.get("how"),
                "shareWith": fields.get("shareWith") }),
        ),
        "withdraw" => call("withdrawSupportConsent", "plans", json!({ "consentId": fields.get("consent") })),
        "share" => {
            let (class, school) = (of("class"), of("school"));
            if class.is_some() == school.is_some() {
                return Err("引きつぐ学級か学校を、ひとつ選んでください。");
            }
            let parts: Vec<&str> = fields.0.iter().filter(|(name, _)| name == "parts").map(|(_, value)| value.as_str()).collect();
            let input = json!({ "sheetId": sheet, "classId": class, "schoolId": school, "level": fields.get("level"), "parts": parts,
                "consentBy": fields.get("consentBy"), "consentOn": of("consentOn"), "consentHow": fields.get("consentHow"),
                "reason": fields.get("reason") });
            call("handOverSupport", "shares", input)
        }
        "unshare" => call("endSupportHandOver", "shares", json!({ "handOverId": fields.get("share") })),
        _ => Err("何をするか、選んでください。"),
    }
}

fn goal(fields: &Fields, place: usize) -> Option<Value> {
    let of = |name: &str| fields.typed(&format!("{name}.{place}"));
    let goal = of("goal")?;
    Some(json!({ "id": of("goalId"), "goal": goal, "means": of("means").unwrap_or_default(), "dueOn": of("goalDue") }))
}

/// Why something was not taken, in the words of the page.
pub fn refusal(code: &str, field: &str) -> &'static str {
    let last = field.rsplit('.').next().unwrap_or(field);
    match (code, last) {
        ("CONFLICT", "pupilId") => "この人の支援シートは、もう開いています。担当者にきいてください。",
        ("NOT_FOUND", "fromVisitId") => "この来室は、取り消されたか、見られる人が決まっています。",
        ("CONFLICT", "version") => "ほかの人が先に変えています。いまの内容を下で見て、よければもういちど送ってください。",
        ("CONFLICT", "sheetId") => "ほかの支援シートが開いています。そちらに書いてください。",
        ("NOT_READY", "sheetId") => "この支援シートは終わっています。書くときは、もういちど開いてください。",
        ("NOT_READY", "parts") => "保護者の同意がない計画があります。先に同意を記録するか、計画をはずしてください。",
        ("NOT_FOUND", "staffId") => "この人は、きょうこの学校で担当できません。先に担当者にしてください。",
        ("NOT_FOUND", "classId") => "引きつぎ先の学級が見つかりません。先に学級を変えてください。",
        ("NOT_FOUND", "pupilId") => "この人の支援シートを開ける人が決まっています。",
        ("EMPTY", "word") => "やめるときは、理由をひとこと書いてください。",
        ("EMPTY", "parts") => "引きつぐものを選んでください。",
        ("EMPTY", "goals") => "めあてをひとつは書いてください。",
        ("EMPTY", "evaluations") => "結果をひとつは書いてください。",
        ("EMPTY" | "INVALID_TEXT", "consentBy" | "consentOn" | "consentHow") => {
            "ほかの学校に引きつぐときは、だれが・いつ・どのように同意したかを書いてください。"
        }
        ("INVALID_TEXT", "tookPart") => "参加した人を書いてください。",
        ("INVALID_TEXT", "said") => "話し合ったことを書いてください。",
        ("INVALID_TEXT", "what") => "手だてを書いてください。",
        ("OUT_OF_RANGE", "dueOn") => "日は、きょうから1年先までの間で選んでください。",
        ("OUT_OF_RANGE", "reviewOn") => "見直しの日は、計画の期間から選んでください。",
        ("OUT_OF_RANGE", "ends") => "終わりの日は、はじめの日より後にしてください。",
        ("OUT_OF_RANGE", "level") => "担当者と管理職だけのものは、引きつげません。",
        _ => words::refusal(code, field),
    }
}
