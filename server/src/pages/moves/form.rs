//! What the forms of the pages of moves send, and why one was not taken, in the words of the pages.
use super::super::csrf::Fields;
use super::Call;
use serde_json::{Value, json};

fn number(fields: &Fields) -> Result<Option<i32>, Vec<String>> {
    let wrong = |_| vec!["出席番号は数字で書いてください。".to_owned()];
    fields.typed("number").map(str::parse).transpose().map_err(wrong)
}

fn day(fields: &Fields) -> Result<&str, Vec<String>> {
    let day = fields.get("day").trim();
    let right = day.len() == 10 && day.parse::<chrono::NaiveDate>().is_ok();
    if right { Ok(day) } else { Err(vec!["日は、2026-11-24 のように書いてください。".to_owned()]) }
}

fn kinds(fields: &Fields) -> Vec<&str> {
    fields.0.iter().filter(|(name, _)| name == "kinds").map(|(_, value)| value.as_str()).collect()
}

/// The call of a form of a school's page.
pub(super) fn of_school(fields: &Fields) -> Result<Call, Vec<String>> {
    let id = fields.get("move");
    Ok(match fields.get("do") {
        "in" => {
            let input = json!({ "moveId": id, "classId": fields.get("class"), "day": day(fields)?, "number": number(fields)?, "reason": fields.typed("reason") });
            ("transferPupilIn", "TransferPupilInInput", input)
        }
        "admit" => {
            let optional = |name: &str| fields.typed(name);
            let pupil = json!({
                "familyName": fields.get("family").trim(), "givenName": fields.get("given").trim(),
                "kanaFamilyName": optional("kanaFamily"), "kanaGivenName": optional("kanaGiven"), "identifier": optional("identifier"),
            });
            let input = json!({
                "classId": fields.get("class"), "kind": fields.get("kind"), "day": day(fields)?, "number": number(fields)?,
                "from": optional("from"), "reason": optional("reason"), "pupil": pupil,
            });
            if !["ADMISSION", "TRANSFER_IN", "ENTRY"].contains(&fields.get("kind")) {
                return Err(vec!["入学・転入学・編入学のどれかを選んでください。".to_owned()]);
            }
            ("admitPupil", "AdmitPupilInput", input)
        }
        "hand" => (
            "handOverRecords",
            "HandOverRecordsInput",
            json!({ "moveId": id, "kinds": kinds(fields), "reason": fields.typed("reason") }),
        ),
        "correct" => {
            let input = json!({ "moveId": id, "day": day(fields)?, "reason": fields.get("reason") });
            ("correctMove", "CorrectMoveInput", input)
        }
        "undo" => ("undoMove", "UndoMoveInput", json!({ "moveId": id, "reason": fields.get("reason") })),
        _ => return Err(vec!["何をするか、選んでください。".to_owned()]),
    })
}

/// The call of a form of a pupil's page.
pub(super) fn of_pupil(pupil: &str, fields: &Fields) -> Result<Call, Vec<String>> {
    let reason = fields.typed("reason");
    Ok(match fields.get("do") {
        "class" => {
            let input = json!({ "pupilId": pupil, "classId": fields.get("class"), "day": day(fields)?, "number": number(fields)?, "reason": reason });
            ("moveToClass", "MoveToClassInput", input)
        }
        "exchange" => {
            let class = fields.typed("class").map_or(Value::Null, |class| json!(class));
            let input = json!({ "pupilId": pupil, "classId": class, "day": day(fields)?, "reason": reason });
            ("setExchangeClass", "SetExchangeClassInput", input)
        }
        "grade" => {
            let input =
                json!({ "pupilId": pupil, "classId": fields.get("class"), "grade": fields.get("grade"), "reason": reason });
            ("setPupilGrade", "SetPupilGradeInput", input)
        }
        "out" => {
            let input = json!({
                "pupilId": pupil, "day": day(fields)?, "destinationSchoolId": fields.typed("school"), "destination": fields.typed("destination"),
                "reason": reason, "handOver": kinds(fields),
            });
            ("transferPupilOut", "TransferPupilOutInput", input)
        }
        "withdraw" => {
            let kind = fields.get("kind");
            if !["WITHDRAWAL", "EXEMPTION", "WHEREABOUTS_UNKNOWN", "DEATH", "GRADUATION"].contains(&kind) {
                return Err(vec!["種類を選んでください。".to_owned()]);
            }
            let input = json!({ "pupilId": pupil, "kind": kind, "day": day(fields)?, "destination": fields.typed("destination"), "reason": reason });
            ("withdrawPupil", "WithdrawPupilInput", input)
        }
        _ => return of_school(fields),
    })
}

/// Why a call was not taken.
pub(super) fn words(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("OVERLAP", _) => "この日には、ほかの学級に在籍しています。先にそちらを終えてください。",
        ("OUTSIDE_YEAR", _) => "日が、この学級の年度の外です。",
        ("WRONG_CLASS", "pupilId") => "交流学級は、特別支援学級の児童生徒に決めます。",
        ("WRONG_CLASS", _) => "この学級は選べません。",
        ("IN_USE", "day") => "その間に、この学校か前の学校の、出欠などの記録があります。先に、日か記録を直してください。",
        ("IN_USE", _) => {
            "あとの異動か、出欠などの記録があります。先にそちらを直してください。相手の学校が受け入れたあとは、相手の学校が先です。"
        }
        ("CONFLICT", "day") => {
            "前の学校の最後の日は、もう過ぎています。その次の日から受け入れるか、前の学校に日を直してもらってください。"
        }
        ("OUT_OF_RANGE", "grade") => "この学級にある学年を選んでください。",
        ("CONFLICT", "number") => "この出席番号は、ほかの人が使っています。",
        ("CONFLICT", "pupil.identifier") => "この学籍番号の人が、名簿にいます。戻った人は、新しく作りません。",
        ("CONFLICT", "pupilId") => "転出などが、もう記録されています。直すか、取り消してください。",
        ("OUT_OF_RANGE", "day") => "この日には、この学校に在籍していません。",
        ("OUT_OF_RANGE", "handOver") => "記録の引きつぎは、同じ教育委員会の学校へだけできます。",
        ("OUT_OF_RANGE", "number") => "出席番号は 1 から 999 までです。",
        ("EMPTY", "destination") => "行き先を、選ぶか書いてください。",
        ("INVALID_TEXT" | "EMPTY", "reason") => "理由を書いてください。",
        ("INVALID_TEXT" | "EMPTY", _) => "氏名を書いてください。",
        ("TOO_LONG", _) => "文が長すぎます。短くしてください。",
        ("NOT_FOUND", "classId") => "学級を選んでください。",
        ("NOT_FOUND", "moveId") => "もう取り消されたか、受け入れられています。いまのようすを確かめてください。",
        ("NOT_FOUND", _) => "見つからないか、決められる人が限られています。",
        _ => "入力を確かめてください。",
    }
}
