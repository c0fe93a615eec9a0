//! A calendar from a file: first what it would change and which cells cannot be read, then the same for good.
use super::change::{self, Origin, Said};
use super::{Calendar, CalendarKind, of_school::ShownDay};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::formats::calendar_csv::{self, Row, Wrong, WrongCell};
use crate::id;
use crate::learning::activity::check;
use crate::roster::school;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use uuid::Uuid;

/// What a day can be, in the words of a file.
const KINDS: [(&str, Option<CalendarKind>); 8] = [
    ("授業日", Some(CalendarKind::School)),
    ("行事", Some(CalendarKind::Event)),
    ("長期休業", Some(CalendarKind::Vacation)),
    ("学校の休業日", Some(CalendarKind::Holiday)),
    ("休業日", Some(CalendarKind::Holiday)),
    ("振替休業日", Some(CalendarKind::Substitute)),
    ("臨時休業", Some(CalendarKind::Closure)),
    ("暦のとおり", None),
];
/// The longest text of a file, in bytes.
const MOST_BYTES: usize = 500_000;

/// A calendar to read from a file.
#[derive(InputObject, Clone, Debug)]
pub struct ImportCalendarInput {
    /// The school, by the UUID of the roster.
    pub school_id: ID,
    /// The file's text: CSV, or a table with tabs, with the columns 日, 学年, 種類, 名前 named in its first line. Dates are written as
    /// 2025-04-01, 2025/4/1, 令和7年4月1日 or R7.4.1; 学年 as 5年, empty for the whole school; 種類 is 授業日, 行事, 長期休業, 学校の休業日,
    /// 振替休業日, 臨時休業 or 暦のとおり, which has the day as the week has it. Days that are not in the file stay as they are.
    pub text: String,
    /// The `fingerprint` of what was shown before: then exactly that is changed. Without it nothing is changed.
    pub fingerprint: Option<String>,
    /// Why the days are changed, 1 to 500 characters.
    pub reason: Option<String>,
}

/// A day that a file says otherwise.
#[derive(SimpleObject)]
pub struct CalendarChange {
    /// The line of the file.
    pub line: u64,
    /// The day.
    pub day: Day,
    /// One grade, such as `P5`; null for the whole school.
    pub grade: Option<String>,
    /// What the calendar says; null where it says nothing of its own.
    pub before: Option<ShownDay>,
    /// What the file says; null for as the week has it.
    pub kind: Option<CalendarKind>,
    /// The name in the file; may be empty.
    pub title: String,
}

/// A cell of a file that was not taken; the other lines are not affected.
#[derive(SimpleObject)]
pub struct CalendarFinding {
    /// The line, from 1.
    pub line: u64,
    /// The column's name; empty for the line as a whole.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong: `NO_COLUMN`, `UNREADABLE`, `TOO_MANY`, `INVALID_DATE`, `UNKNOWN_GRADE`, `UNKNOWN_KIND`, `EMPTY`, `TOO_LONG`, `TWICE`
    /// or `OUTSIDE`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// The same in Japanese, for whoever wrote the file.
    pub message_ja: String,
}

/// What a file would change, or has changed.
#[derive(SimpleObject, Default)]
pub struct ImportCalendarPayload {
    /// The days that are other than in the calendar, in the order of the file.
    pub changes: Vec<CalendarChange>,
    /// How many days are just so already.
    pub unchanged: usize,
    /// Cells that cannot be read; their lines are left out.
    pub findings: Vec<CalendarFinding>,
    /// What stands for these changes: send it to have them made. Null where nothing would change.
    pub fingerprint: Option<String>,
    /// Whether the changes were made.
    pub applied: bool,
    /// What is wrong with the call as a whole; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with a calendar from a file.
#[derive(Default)]
pub struct CalendarFileMutation;

#[Object]
impl CalendarFileMutation {
    /// Reads a school's calendar from a file. A call without `fingerprint` says what would change and which cells cannot be read; with it
    /// exactly that is changed, or nothing where the calendar has changed since (`CONFLICT`).
    async fn import_calendar(&self, ctx: &Context<'_>, input: ImportCalendarInput) -> Result<ImportCalendarPayload> {
        import(Scope::with(ctx, Right::CalendarWrite)?, &input).await
    }
}

async fn import(scope: &Scope, input: &ImportCalendarInput) -> Result<ImportCalendarPayload> {
    let refused = |error| Ok(ImportCalendarPayload { user_errors: vec![error], ..ImportCalendarPayload::default() });
    let Some(school) = school::reached(scope, Right::CalendarWrite, id::parse(&input.school_id).unwrap_or_default()).await?
    else {
        let message = "there is no such school whose calendar you may change";
        return refused(UserError::new(UserErrorCode::NotFound, "schoolId", message));
    };
    if input.text.len() > MOST_BYTES || input.text.contains('\0') {
        let message = "a calendar is text of at most 500,000 bytes without U+0000";
        return refused(UserError::new(UserErrorCode::InvalidText, "text", message));
    }
    let reason = match input.reason.as_deref().map(|reason| check::text(reason, 500, "reason")).transpose() {
        Ok(reason) => reason,
        Err(error) => return refused(error),
    };
    let (rows, wrong) = calendar_csv::read(&input.text, &KINDS, &Some(CalendarKind::Event), &grades(scope, school.id).await?);
    let Some(fingerprint) = &input.fingerprint else {
        let days = rows.iter().map(|row| row.day);
        let span = days.clone().min().zip(days.max());
        let calendar = match span {
            Some(span) => super::of_school(scope, school.id, span, None).await?,
            None => Calendar::default(),
        };
        let said = Read::of(rows, wrong, &calendar);
        return Ok(said.payload(school.id));
    };
    let mut tx = scope.begin("calendar read from a file").await?;
    let spans = change::lock(&mut tx, school.id).await?;
    let mut calendar = Calendar { spans, ..Calendar::default() };
    if let Some(span) = rows.iter().map(|row| row.day).min().zip(rows.iter().map(|row| row.day).max()) {
        change::holding(&mut tx, school.id, span).await?.into_iter().for_each(|day| calendar.add(day));
    }
    let said = Read::of(rows, wrong, &calendar);
    let wanted: Vec<Said> = said.changes.iter().map(|(_, said)| said.clone()).collect();
    let payload = said.payload(school.id);
    if payload.fingerprint.as_ref() != Some(fingerprint) {
        let message =
            "the calendar or the file is other than what the fingerprint stands for: look at what would change once more";
        return refused(UserError::new(UserErrorCode::Conflict, "fingerprint", message));
    }
    change::put(&mut tx, school.id, &wanted, Origin::Hand(reason.as_deref())).await?;
    tx.commit().await?;
    Ok(ImportCalendarPayload { applied: true, ..payload })
}

/// The grades of a school's homerooms.
async fn grades(scope: &Scope, school: Uuid) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT grades FROM class WHERE school = $1 AND kind = 'HOMEROOM'";
    let rows: Vec<(String,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(school).fetch_all(c).await?);
    let found: BTreeSet<&str> = rows.iter().flat_map(|(grades,)| grades.split(',')).filter(|grade| grade.len() == 2).collect();
    Ok(found.into_iter().map(str::to_owned).collect())
}

/// A file against a calendar.
struct Read {
    /// What is other, with the line that says so.
    changes: Vec<(u64, Said)>,
    before: HashMap<(NaiveDate, String), ShownDay>,
    unchanged: usize,
    wrong: Vec<WrongCell>,
}

impl Read {
    fn of(rows: Vec<Row<Option<CalendarKind>>>, wrong: Vec<WrongCell>, calendar: &Calendar) -> Self {
        let before = calendar.rows().map(|row| ((row.day, row.grade.clone()), ShownDay::from(row))).collect();
        let mut read = Read { changes: Vec::new(), before, unchanged: 0, wrong };
        let mut named: BTreeMap<(NaiveDate, String), u64> = BTreeMap::new();
        for row in rows {
            let Row { line, day, grades, kind, title } = row;
            let told = |what| WrongCell { line, column: "日", value: day.to_string(), what };
            if !calendar.covers(day) {
                read.wrong.push(told(Wrong::Outside));
                continue;
            }
            let grades = if grades.is_empty() { vec![String::new()] } else { grades };
            let title = if kind.is_none() { String::new() } else { title };
            for grade in grades {
                if let Some(former) = named.insert((day, grade.clone()), line) {
                    read.wrong.push(told(Wrong::Twice(former)));
                    continue;
                }
                let said = Said { day, grade, kind, title: title.clone() };
                if read.is_so(&said) {
                    read.unchanged += 1;
                } else {
                    read.changes.push((line, said));
                }
            }
        }
        read.wrong.sort_by_key(|cell| cell.line);
        read
    }

    /// Whether the calendar says just that already.
    fn is_so(&self, said: &Said) -> bool {
        match self.before.get(&(said.day, said.grade.clone())) {
            Some(before) => (Some(before.kind), &before.title) == (said.kind, &said.title),
            None => said.kind.is_none(),
        }
    }

    fn payload(mut self, school: Uuid) -> ImportCalendarPayload {
        let mut stands_for = String::new();
        let mut changes = Vec::new();
        for (line, Said { day, grade, kind, title }) in self.changes {
            let before = self.before.remove(&(day, grade.clone()));
            let was = before.as_ref().map(|before| (before.kind, before.title.as_str()));
            writeln!(stands_for, "{day}\t{grade}\t{was:?}\t{kind:?}\t{title}").expect("a text can be written to");
            changes.push(CalendarChange {
                line,
                day: Day(day),
                grade: Some(grade).filter(|grade| !grade.is_empty()),
                before,
                kind,
                title,
            });
        }
        let finding = |cell: WrongCell| CalendarFinding {
            line: cell.line,
            column: cell.column.to_owned(),
            value: cell.value,
            code: cell.what.code(),
            message: cell.what.to_string(),
            message_ja: cell.what.japanese(),
        };
        ImportCalendarPayload {
            fingerprint: (!changes.is_empty()).then(|| Uuid::new_v5(&school, stands_for.as_bytes()).simple().to_string()),
            changes,
            unchanged: self.unchanged,
            findings: self.wrong.into_iter().map(finding).collect(),
            ..ImportCalendarPayload::default()
        }
    }
}
