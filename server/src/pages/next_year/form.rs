//! What the forms of the page send, as calls of the API, and why one was not taken, in the words of the page.
use super::super::csrf::Fields;
use super::Call;
use serde_json::{Map, Value, json};

/// The call of a form; `None` where nothing was changed, `Err` where something cannot be read.
pub(super) fn call(school: &str, fields: &Fields) -> Result<Option<Call>, Vec<String>> {
    let id = fields.get("turnover");
    let of = |more: Value| {
        let mut input = json!({ "turnoverId": id });
        if let (Value::Object(input), Value::Object(more)) = (&mut input, more) {
            input.extend(more);
        }
        input
    };
    Ok(Some(match fields.get("do") {
        "start" => ("startTurnover", "StartTurnoverInput", json!({ "schoolId": school })),
        "keep" => ("fillTurnoverClasses", "FillTurnoverClassesInput", of(json!({ "grade": fields.get("of"), "how": "KEEP" }))),
        "mix" => ("fillTurnoverClasses", "FillTurnoverClassesInput", of(json!({ "grade": fields.get("of"), "how": "MIX" }))),
        "number" => {
            let classes: Vec<&str> = all(fields, "class");
            ("numberTurnover", "NumberTurnoverInput", of(json!({ "classIds": classes })))
        }
        "class" => {
            let special = fields.is("special", "1");
            let more = json!({ "name": fields.get("name"), "grades": [fields.get("of")], "specialNeeds": special });
            ("saveTurnoverClass", "SaveTurnoverClassInput", of(more))
        }
        "remove" => {
            ("saveTurnoverClass", "SaveTurnoverClassInput", of(json!({ "classId": fields.get("class"), "remove": true })))
        }
        "teacher" => {
            let more = json!({ "classId": fields.get("class"), "kind": "HOMEROOM_TEACHER", "staffId": fields.typed("staff") });
            ("setTurnoverDuty", "SetTurnoverDutyInput", of(more))
        }
        "duty" => {
            let more = json!({ "kind": fields.get("kind"), "grade": fields.typed("of"), "staffId": fields.typed("staff") });
            ("setTurnoverDuty", "SetTurnoverDutyInput", of(more))
        }
        "wish" => {
            let picked = all(fields, "pick");
            let [one, other] = picked.as_slice() else {
                return Err(vec!["約束は、2人を選んでください。".to_owned()]);
            };
            let together = fields.is("wish", "together");
            let together = if fields.is("wish", "none") { Value::Null } else { json!(together) };
            (
                "setTurnoverWish",
                "SetTurnoverWishInput",
                of(json!({ "entryId": one, "otherEntryId": other, "together": together })),
            )
        }
        "incoming" => ("addIncomingPupils", "AddIncomingPupilsInput", of(json!({ "pupils": incoming(fields)? }))),
        "graduates" => ("takeGraduates", "TakeGraduatesInput", of(json!({}))),
        "commit" => {
            let version: i32 = fields.get("version").parse().unwrap_or_default();
            ("commitTurnover", "CommitTurnoverInput", of(json!({ "version": version })))
        }
        "undo" => ("undoTurnover", "UndoTurnoverInput", of(json!({ "reason": fields.get("reason") }))),
        "move" => {
            let picked = all(fields, "pick");
            if picked.is_empty() {
                return Err(vec!["移す児童生徒を選んでください。".to_owned()]);
            }
            let to = fields.get("to");
            let placements: Vec<Value> = picked.into_iter().map(|entry| placement(fields, entry, to)).collect();
            ("placePupils", "PlacePupilsInput", of(json!({ "placements": placements })))
        }
        "place" => {
            let placements = changed(fields)?;
            if placements.is_empty() {
                return Ok(None);
            }
            ("placePupils", "PlacePupilsInput", of(json!({ "placements": placements })))
        }
        _ => return Ok(None),
    }))
}

fn all<'a>(fields: &'a Fields, name: &str) -> Vec<&'a str> {
    fields.0.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect()
}

fn version(fields: &Fields, entry: &str) -> i32 {
    fields.get(&format!("v-{entry}")).parse().unwrap_or_default()
}

/// Somebody's new place: a class, none, or what becomes of them otherwise.
fn placement(fields: &Fields, entry: &str, to: &str) -> Value {
    let graduates = fields.is("of", super::view::GRADUATES);
    let back = if graduates { "GRADUATES" } else { "STAYS" };
    let mut item = json!({ "entryId": entry, "version": version(fields, entry) });
    let more = match to {
        "LEAVES" => json!({ "outcome": "LEAVES" }),
        "" if graduates => json!({ "destinationId": null }),
        to if graduates => json!({ "destinationId": to }),
        to => {
            let class = if to.is_empty() { Value::Null } else { json!(to) };
            let mut more = json!({ "classId": class });
            // Who was to leave comes back by being given a class.
            if fields.is(&format!("o-{entry}"), "LEAVES") && !to.is_empty() {
                more["outcome"] = json!(if fields.is(&format!("e-{entry}"), "1") { "ENTERS" } else { back });
            }
            more
        }
    };
    extend(&mut item, more);
    item
}

fn extend(item: &mut Value, more: Value) {
    if let (Value::Object(item), Value::Object(more)) = (item, more) {
        item.extend::<Map<String, Value>>(more);
    }
}

/// The rows that say something else than when the page was made.
fn changed(fields: &Fields) -> Result<Vec<Value>, Vec<String>> {
    let (mut placements, mut wrong) = (Vec::new(), Vec::new());
    let entries: Vec<&str> = fields.0.iter().filter_map(|(name, _)| name.strip_prefix("v-")).collect();
    for entry in entries {
        let of = |kind: &str| fields.get(&format!("{kind}-{entry}")).trim();
        let place = (of("c") != of("o")).then(|| placement(fields, entry, of("c")));
        let mut item = place.clone().unwrap_or_else(|| json!({ "entryId": entry, "version": version(fields, entry) }));
        let mut differs = place.is_some();
        if of("n") != of("m") {
            differs = true;
            match of("n") {
                "" => item["number"] = Value::Null,
                number => match number.parse::<i32>() {
                    Ok(number) => item["number"] = json!(number),
                    Err(_) => wrong.push(format!("出席番号「{number}」は数字ではありません。")),
                },
            }
        }
        if of("x") != of("y") {
            differs = true;
            item["exchangeClassId"] = if of("x").is_empty() { Value::Null } else { json!(of("x")) };
        }
        if of("g") != of("h") && !of("g").is_empty() {
            differs = true;
            item["grade"] = json!(of("g"));
        }
        if differs {
            placements.push(item);
        }
    }
    if wrong.is_empty() { Ok(placements) } else { Err(wrong) }
}

/// A line a pupil: names, readings, date of birth and where from, by tabs or commas, as from a spreadsheet.
fn incoming(fields: &Fields) -> Result<Vec<Value>, Vec<String>> {
    let (mut pupils, mut wrong) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(fields.get("incoming").lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let cells: Vec<&str> = text.split(['\t', ',', '，', '、']).map(str::trim).collect();
        let at = |index: usize| cells.get(index).copied().unwrap_or_default();
        let (family, given) = names(at(0));
        let (kana_family, kana_given) = names(at(1));
        if given.is_empty() {
            wrong.push(format!("{line}行目：氏名は「青木 空」のように、姓と名の間を空けてください。"));
        }
        let born = (!at(2).is_empty()).then(|| at(2).replace('/', "-").parse::<chrono::NaiveDate>());
        if matches!(born, Some(Err(_))) {
            wrong.push(format!("{line}行目：生年月日は 2020-08-01 のように書いてください。"));
        }
        let born = born.and_then(Result::ok);
        pupils.push(json!({
            "familyName": family, "givenName": given, "kanaFamilyName": kana_family, "kanaGivenName": kana_given,
            "birthDate": born, "from": Some(at(3)).filter(|from| !from.is_empty()),
        }));
    }
    if pupils.is_empty() && wrong.is_empty() {
        wrong.push("1行に1人ずつ書いてください。".to_owned());
    }
    if wrong.is_empty() { Ok(pupils) } else { Err(wrong) }
}

fn names(cell: &str) -> (String, String) {
    let mut parts = cell.splitn(2, char::is_whitespace);
    let part = |part: Option<&str>| part.unwrap_or_default().trim().to_owned();
    (part(parts.next()), part(parts.next()))
}

/// Where the page goes on after a form.
pub(super) fn part(form: &str) -> &'static str {
    match form {
        "teacher" | "class" | "remove" | "number" => "#classes",
        "duty" => "#duties",
        "place" | "move" | "keep" | "mix" | "wish" => "#pupils",
        "incoming" | "graduates" => "#incoming",
        _ => "",
    }
}

/// Why a call was not taken.
pub(super) fn words(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("NOT_FOUND", "schoolId") => "この学校の今年度の学級が、まだ名簿にありません。",
        ("CONFLICT", "schoolId" | "turnoverId") => "もう反映ずみか、取り消しずみです。いまのようすを確かめてください。",
        ("CONFLICT", "version") => "ほかの人が先に変えています。いまのようすを確かめて、もういちど送ってください。",
        ("CONFLICT", "name") => "同じ名前の学級があります。",
        ("CONFLICT", "number") => "同じ番号の人がいます。",
        ("CONFLICT", "entryId") => "もう反映した人です。学級を変えるのは、学籍の異動でできます。",
        ("OVERLAP", _) => "ほかの学校にまだ在籍しています。その学校の転出・卒業が先です。",
        ("EMPTY", "grade") => "来年度の学年を決めてください。",
        ("NOT_READY", _) => "先に決めることが残っています。",
        ("IN_USE", "classId") => "児童生徒か担任がいる学級は、なくせません。先に移してください。",
        ("IN_USE", _) => "新しい年度の記録があるか、あとから異動が記録されたため、取り消せません。",
        ("INVALID_TEXT" | "EMPTY", "reason") => "理由を書いてください。",
        ("INVALID_TEXT" | "EMPTY", "name") => "学級の名前を書いてください。",
        ("OUT_OF_RANGE", "staffId") => "自分の役目は、ほかの人に決めてもらってください。",
        ("OUT_OF_RANGE", "number") => "出席番号は 1 から 999 までです。",
        ("OUT_OF_RANGE", "birthDate") => "生年月日から見て、来年度に小・中学校の学年になりません。",
        ("NOT_FOUND", "grade") => "この学年の学級がありません。先に学級を加えてください。",
        ("NOT_FOUND", _) => "見つからないか、決められる人が限られています。",
        ("WRONG_CLASS", _) => "この学級は選べません。",
        ("TOO_MANY", _) => "一度に送る人数が多すぎます。",
        _ => "入力を確かめてください。",
    }
}

/// Why one item of a call was not taken, with the name where the form has it.
pub(super) fn item_words(fields: &Fields, input: &Value, index: usize, code: &str, field: &str) -> String {
    let entry = input["placements"][index]["entryId"].as_str().map(|entry| fields.get(&format!("who-{entry}")));
    let new =
        || Some(format!("{} {}", input["pupils"][index]["familyName"].as_str()?, input["pupils"][index]["givenName"].as_str()?));
    let name = entry.map(str::to_owned).or_else(new).unwrap_or_default();
    format!("{name}：{}", words(code, field))
}
