//! The form of 朝の出欠: what was chosen, what of it differs from what was shown, and what the API says to that.
use super::row::{Mark, PLACES};
use super::take::{Held, Problem, Problems};
use crate::pages::csrf::Fields;
use crate::pages::error::PageError;
use crate::pages::session::Session;
use crate::pages::words;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

const TAKE: &str = "mutation Take($input: TakeAttendanceInput!) { takeAttendance(input: $input) {
    conflicts { pupilId mark { kind { code name absent excused usual } late leftEarly place note by at office } }
    rejected { id code field } userErrors { code field } } }";

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Choice {
    /// The code of a kind; empty: no mark.
    pub(super) kind: String,
    pub(super) late: bool,
    pub(super) left_early: bool,
    /// Empty as long as there is no mark.
    pub(super) place: String,
    pub(super) note: String,
}

impl Choice {
    pub(super) fn of(mark: &Mark) -> Self {
        Choice {
            kind: mark.kind.as_ref().map(|kind| kind.code.clone()).unwrap_or_default(),
            late: mark.late,
            left_early: mark.left_early,
            place: mark.place.clone(),
            note: mark.note.clone().unwrap_or_default(),
        }
    }

    /// The choice in a hidden field of the form, so that a row that nobody touched is told from one that was put back.
    pub(super) fn written(&self) -> String {
        let flag = |on| if on { "1" } else { "" };
        [&self.kind, flag(self.late), flag(self.left_early), &self.place, &self.note].join("|")
    }

    pub(super) fn read(written: &str) -> Self {
        let mut parts = written.splitn(5, '|');
        let mut next = || parts.next().unwrap_or_default();
        Choice {
            kind: next().to_owned(),
            late: next() == "1",
            left_early: next() == "1",
            place: next().to_owned(),
            note: next().to_owned(),
        }
    }

    fn posted(fields: &Fields, pupil: &str, was: &Choice) -> Self {
        let get = |name: &str| fields.get(&format!("{name}.{pupil}"));
        if get("clear") == "1" {
            return Choice::default();
        }
        // What a colleague noted goes on, unless something else was typed.
        if get("mine") == "1" {
            let mine = Choice::read(get("offer"));
            let note = if mine.note.is_empty() && !mine.kind.is_empty() { was.note.clone() } else { mine.note };
            return Choice { note, ..mine };
        }
        let (row, more) = (get("kind"), get("more"));
        // Without JavaScript the list under 「ほか」 can be used without choosing 「ほか」 in the row.
        let listed = row == "*" || (!more.is_empty() && more != was.kind && (row.is_empty() || row == was.kind));
        let place = PLACES.iter().map(|(code, _)| *code).find(|code| *code == get("place")).unwrap_or(PLACES[0].0);
        Choice {
            // 「ほか」 without a choice in its list changes nothing.
            kind: match (listed, row) {
                (true, "*") if more.is_empty() => was.kind.clone(),
                (true, _) => more.to_owned(),
                (false, _) => row.to_owned(),
            },
            late: get("late") == "1",
            left_early: get("left") == "1",
            place: place.to_owned(),
            note: get("note").trim().to_owned(),
        }
    }

    /// Whether nothing was said of the pupil at all.
    fn blank(&self) -> bool {
        let elsewhere = !self.place.is_empty() && self.place != PLACES[0].0;
        self.kind.is_empty() && !self.late && !self.left_early && !elsewhere && self.note.is_empty()
    }
}

/// What was chosen by pupil, in the order of the form.
pub(super) fn choices(fields: &Fields) -> Vec<(String, Choice)> {
    let rows = fields.0.iter().filter_map(|(name, was)| Some((name.strip_prefix("was.")?, Choice::read(was))));
    rows.map(|(pupil, was)| (pupil.to_owned(), Choice::posted(fields, pupil, &was))).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    take_attendance: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    conflicts: Vec<Conflict>,
    rejected: Vec<Rejected>,
    user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Conflict {
    pupil_id: String,
    mark: Mark,
}

#[derive(Deserialize)]
struct Rejected {
    id: String,
    code: String,
    field: String,
}

#[derive(Deserialize)]
struct UserError {
    code: String,
    field: String,
}

/// Sends what differs from what was shown; 全員出席 besides fills the rows without a mark.
pub(super) async fn send(
    session: &Session,
    class: &str,
    day: NaiveDate,
    fields: &Fields,
    choices: &[(String, Choice)],
) -> Result<Problems, PageError> {
    let mut problems = Problems::default();
    let everybody = fields.get("act") == "all";
    // Where a reason to be away may go on, the API is told one by one who is here: it would mark that pupil, too.
    let one_by_one = everybody && choices.iter().any(|(pupil, _)| runs(fields, pupil));
    let (mut marks, mut filled) = (Vec::new(), Vec::new());
    for (pupil, choice) in choices {
        let was = Choice::read(fields.get(&format!("was.{pupil}")));
        let untouched = was.kind.is_empty() && choice.blank();
        if untouched && one_by_one && !runs(fields, pupil) {
            let here = Choice { kind: fields.get("usual").to_owned(), ..Choice::default() };
            marks.extend(mark(pupil, &here, None));
            filled.push(pupil);
            continue;
        }
        if *choice == was || untouched {
            continue;
        }
        match mark(pupil, choice, fields.typed("usual").filter(|_| everybody)) {
            Some(mark) => marks.push(mark),
            None => problems.refuse(pupil.clone(), "印を選ぶと、メモや遅刻も残ります"),
        }
    }
    let input = json!({
        "classId": class,
        "day": day,
        "marks": marks,
        "others": if everybody && !one_by_one { "UNMARKED_PRESENT" } else { "UNCHANGED" },
        "seenAt": fields.typed("seen"),
        "reason": fields.typed("reason"),
    });
    let taken: Taken = session.ask(TAKE, json!({ "input": input })).await?;
    let payload = taken.take_attendance.ok_or(PageError::NotFound)?;
    for error in payload.user_errors {
        if error.code == "NOT_FOUND" {
            return Err(PageError::NotFound);
        }
        problems.all.push(format!("保存していません。{}", words::refusal(&error.code, &error.field)));
    }
    for rejected in payload.rejected {
        problems.refuse(rejected.id, words::refusal(&rejected.code, &rejected.field));
    }
    for conflict in payload.conflicts {
        // 全員出席 leaves a row alone that somebody else has marked meanwhile.
        if !filled.contains(&&conflict.pupil_id) {
            let held = if conflict.mark.office { Held::Office } else { Held::Colleague };
            problems.rows.insert(conflict.pupil_id, Problem { words: changed(&conflict.mark), held });
        }
    }
    Ok(problems)
}

/// Whether the pupil was away the school day before for a reason that may go on.
fn runs(fields: &Fields, pupil: &str) -> bool {
    fields.is(&format!("running.{pupil}"), "1")
}

/// The input of the API; `None` where something was said of a pupil without a mark. 全員出席 makes that one present.
fn mark(pupil: &str, choice: &Choice, usual: Option<&str>) -> Option<Value> {
    let kind = match choice.kind.as_str() {
        "" if choice.blank() => None,
        "" => Some(usual?),
        kind => Some(kind),
    };
    let note = Some(choice.note.as_str()).filter(|note| !note.is_empty() && kind.is_some());
    let place = if choice.place.is_empty() { PLACES[0].0 } else { choice.place.as_str() };
    let (late, left) = (choice.late, choice.left_early);
    Some(json!({ "pupilId": pupil, "kind": kind, "late": late, "leftEarly": left, "place": place, "note": note }))
}

/// 「8:18 に三浦さんが「病欠」に変更」.
fn changed(mark: &Mark) -> String {
    let at = mark.at.map(|at| format!("{} に", words::clock(at))).unwrap_or_default();
    let by = mark.by.as_deref().map(|by| format!("{}さんが", words::family(by))).unwrap_or_default();
    if let (true, Some(kind)) = (mark.office, &mark.kind) {
        return format!("{at}{by}「{}」と決めています。変えるときは教務へ", kind.name);
    }
    let Some(kind) = &mark.kind else { return format!("{at}{by}印を消しました") };
    let times = [(mark.late, "・遅刻"), (mark.left_early, "・早退")].into_iter().filter(|(on, _)| *on).map(|(_, name)| name);
    let place =
        PLACES.iter().skip(1).find(|(code, _)| *code == mark.place).map(|(_, name)| format!("・{name}")).unwrap_or_default();
    let note = mark.note.as_deref().filter(|note| !note.is_empty()).map(|note| format!("　メモ「{note}」")).unwrap_or_default();
    format!("{at}{by}「{}{}{place}」に変更{note}", kind.name, times.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_choice_survives_its_hidden_field() {
        let choice = Choice { kind: "ILLNESS".into(), late: false, left_early: true, place: "HOME".into(), note: "a|b".into() };
        assert_eq!(Choice::read(&choice.written()), choice);
        assert_eq!(Choice::read(&Choice::default().written()), Choice::default());
    }

    #[test]
    fn the_own_choice_is_taken_when_asked_for_and_keeps_what_was_noted() {
        let chosen = |mine, offer, was| {
            let posted =
                fields(&[("was.1", was), ("kind.1", "ILLNESS"), ("note.1", "発熱"), ("mine.1", mine), ("offer.1", offer)]);
            choices(&posted).pop().unwrap().1
        };
        let was = "ILLNESS|||CLASSROOM|発熱";
        assert_eq!(chosen("", "PRESENT|1||CLASSROOM|", was).kind, "ILLNESS");
        let mine = chosen("1", "PRESENT|1||CLASSROOM|", was);
        assert_eq!((mine.kind.as_str(), mine.late, mine.note.as_str()), ("PRESENT", true, "発熱"));
        assert_eq!(chosen("1", "PRESENT|||CLASSROOM|通院", was).note, "通院");
    }

    #[test]
    fn the_list_of_further_kinds_counts_when_it_was_used() {
        let chosen = |kind, more, was| {
            let posted = fields(&[("was.1", was), ("kind.1", kind), ("more.1", more), ("place.1", "CLASSROOM")]);
            choices(&posted).pop().unwrap().1.kind
        };
        assert_eq!(chosen("*", "STRIKE", "||||"), "STRIKE");
        assert_eq!(chosen("", "STRIKE", "||||"), "STRIKE");
        assert_eq!(chosen("PRESENT", "STRIKE", "PRESENT|||CLASSROOM|"), "STRIKE");
        assert_eq!(chosen("ILLNESS", "STRIKE", "STRIKE|||CLASSROOM|"), "ILLNESS");
        assert_eq!(chosen("PRESENT", "", "||||"), "PRESENT");
    }
}
