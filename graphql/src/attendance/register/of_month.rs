//! The register of a class and month: a row a pupil, a cell a day, and the sums.
use super::Gathered;
use super::correction::{Corrected, RegisterCorrection};
use super::of_classes::Detail;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::arithmetic::{Count, Held};
use crate::attendance::calendar::of_school::ShownDay;
use crate::attendance::closure::ClassClosure;
use crate::attendance::school_day::is_ordinary;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::roster::class::Class;
use crate::roster::pupil::told;
use crate::scalar::Day;
use crate::written::{Asked, Plain, Rows, Write, shown};
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// What stands in a cell of a register.
#[derive(Enum, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegisterCellState {
    /// 在籍前・転出後: the pupil does not stand in this register that day.
    NotEnrolled,
    /// 休業日: no school.
    NoSchool,
    /// No calendar decides about the day and nobody marked it: whether there was school is not known here.
    NoRecord,
    /// The day has not come yet.
    Ahead,
    /// 未記入: a school day that nobody has marked.
    Unmarked,
    /// The day is marked; an empty sign is 出席.
    Marked,
}

/// A pupil's day in a register.
#[derive(SimpleObject, Clone, Debug)]
pub struct RegisterCell {
    /// The day.
    pub day: Day,
    /// What stands there.
    pub state: RegisterCellState,
    /// The sign on paper: 病, 事, 停, 忌 by the kind, チ, 早, チ早, ○ for another place (出席扱い); empty for 出席.
    pub sign: String,
    /// Whether the office decided it.
    pub office: bool,
}

/// A day of a register.
#[derive(SimpleObject)]
pub struct RegisterDay {
    /// The day.
    pub day: Day,
    /// Whether the class has school.
    pub is_school_day: bool,
    /// What the calendar says of the day, such as 運動会.
    pub words: Vec<ShownDay>,
    /// How many pupils were absent, excused, late and so on that day.
    pub count: Count,
}

impl Plain for RegisterCell {
    const NAME: &'static str = "RegisterCell";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "day" => shown(|cell| cell.day),
            "state" => shown(|cell| cell.state),
            "sign" => Some(Box::new(|cell, json| json.value(&cell.sign))),
            "office" => shown(|cell| cell.office),
            _ => None,
        }
    }
}

/// A pupil's row in a register.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct RegisterRow {
    /// The pupil.
    pub pupil_id: ID,
    /// The name to show, family name first.
    pub name: String,
    /// 出席番号 in the class.
    pub number: Option<i32>,
    /// The first day in this register, where it is not the first day asked for.
    pub joined: Option<Day>,
    /// The last day in this register, where it is not the last day asked for.
    pub left: Option<Day>,
    /// The homeroom of the same school in whose register the pupil stood until `joined`; null for who came to the school.
    pub from_class: Option<String>,
    /// The homeroom of the same school in whose register the pupil stands after `left`; null for who left the school.
    pub to_class: Option<String>,
    /// A cell for each day; empty in a register of a year.
    pub cells: Rows<RegisterCell>,
    /// The pupil's days in this class.
    pub count: Count,
    /// The pupil's days in every homeroom of the school: what the 指導要録 has of a pupil who changed class.
    pub in_school: Count,
    /// Days of 出席扱い for which no decision of the head is recorded.
    pub not_recognised: usize,
    #[graphql(skip)]
    pub(super) pupil: Uuid,
}

#[ComplexObject]
impl RegisterRow {
    /// Whether you see the pupil's own record today. Of a pupil who has left the school, or who is in a class that is not yours, the
    /// register is all that you see.
    async fn reached(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(reach::of_pupil(ctx, self.pupil).await?.contains(&Right::AttendanceRead))
    }
}

impl Plain for RegisterRow {
    const NAME: &'static str = "RegisterRow";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "pupilId" => shown(|row| row.pupil),
            "name" => Some(Box::new(|row, json| json.value(&row.name))),
            "number" => shown(|row| row.number),
            "joined" => shown(|row| row.joined),
            "left" => shown(|row| row.left),
            "fromClass" => Some(Box::new(|row, json| json.value(&row.from_class))),
            "toClass" => Some(Box::new(|row, json| json.value(&row.to_class))),
            "cells" => asked.list(|row| &row.cells),
            "count" => asked.part(|row| Some(&row.count)),
            "inSchool" => asked.part(|row| Some(&row.in_school)),
            "notRecognised" => shown(|row| row.not_recognised),
            _ => None,
        }
    }
}

/// The register of a class for some days.
#[derive(SimpleObject)]
pub struct Register {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The last day that is counted: today in a month that is not over.
    pub until: Day,
    /// The days up to that day on which the class has school: 授業日数, but in a class of several grades, where each pupil's count has those
    /// of the pupil's own grade.
    pub school_days: usize,
    /// The days; empty in a register of a year.
    pub days: Vec<RegisterDay>,
    /// The pupils in the order of 出席番号, those who left and those who came among them.
    pub rows: Rows<RegisterRow>,
    /// All pupils added up.
    pub total: Count,
    /// How many pupils stood in the register on the first day.
    pub enrolled_first: usize,
    /// How many came after the first day.
    pub joined: usize,
    /// How many left before the last day counted.
    pub left: usize,
    /// Closures of the class (学級閉鎖) that touch these days, without those that were taken back as a whole.
    pub closures: Vec<ClassClosure>,
    /// 1 for the register as it stood when its last day was over, and one more for each time that it was corrected since.
    pub version: usize,
    /// What was corrected after the last day was over, the newest first, at most 200.
    pub corrections: Vec<RegisterCorrection>,
}

/// The first and the last day of a month that is written like `2026-10`.
pub(crate) fn month(text: &str) -> Result<(NaiveDate, NaiveDate)> {
    let wrong = || Error::BadInput(format!("{:?} is no month: send one like 2026-10", text.chars().take(20).collect::<String>()));
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok().filter(|day| text.len() == 7 && day.year() > 1);
    let first = first.ok_or_else(wrong)?;
    let last = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).ok_or_else(wrong)?;
    Ok((first, last))
}

/// What the register of a homeroom is written from.
pub(super) struct Sheet<'a> {
    pub(super) class: &'a Class,
    /// Who was in the class on any of the days.
    pub(super) pupils: &'a [Uuid],
    /// The days of these pupils and of any others.
    pub(super) gathered: &'a Gathered,
    pub(super) names: &'a HashMap<Uuid, String>,
    pub(super) corrected: &'a Corrected<'a>,
    pub(super) detail: Detail,
}

impl Sheet<'_> {
    /// The register, with the closures that touch its days.
    pub(super) fn register(&self, closures: Vec<ClassClosure>) -> Register {
        let gathered = self.gathered;
        let mut rows: Vec<RegisterRow> = self.pupils.iter().filter_map(|pupil| self.row(*pupil)).collect();
        rows.sort_by(|a, b| (a.number.unwrap_or(i32::MAX), &a.pupil_id.0).cmp(&(b.number.unwrap_or(i32::MAX), &b.pupil_id.0)));
        let (version, corrections) = self.corrected.of_class(self.class, gathered, &rows);
        let counted = gathered.days().filter(|day| *day <= gathered.until);
        Register {
            from: Day(gathered.from),
            to: Day(gathered.to),
            until: Day(gathered.until),
            school_days: counted.filter(|day| gathered.is_school_day(self.class.id, *day)).count(),
            days: if self.detail.days { gathered.days().map(|day| self.day(day)).collect() } else { Vec::new() },
            total: rows.iter().map(|row| row.count).sum(),
            enrolled_first: rows.iter().filter(|row| row.joined.is_none()).count(),
            joined: rows.iter().filter(|row| row.joined.is_some()).count(),
            left: rows.iter().filter(|row| row.left.is_some_and(|left| left.0 < gathered.until)).count(),
            closures: closures.into_iter().filter(|closure| closure.withdrawn_on != Some(closure.begins)).collect(),
            version,
            corrections,
            rows: Rows(rows),
        }
    }

    /// `None` for a pupil who stands in another register on all of these days.
    fn row(&self, pupil: Uuid) -> Option<RegisterRow> {
        let gathered = self.gathered;
        let here: Vec<NaiveDate> = gathered.days().filter(|day| gathered.class_on(pupil, *day) == Some(self.class.id)).collect();
        let (first, last) = (*here.first()?, *here.last()?);
        let place = gathered.places.get(&pupil)?.iter().rfind(|place| place.class == self.class.id);
        let held = |day: NaiveDate| gathered.held(pupil, day, Some(self.class.id));
        let elsewhere = here.iter().filter_map(|day| gathered.marks.get(&(pupil, *day)).map(|mark| (held(*day), mark)));
        let not_recognised = elsewhere
            .filter(|(held, mark)| matches!(held, Held::Present { elsewhere: true, .. }) && !gathered.is_recognised(mark));
        Some(RegisterRow {
            pupil_id: id::of(pupil),
            name: self.names.get(&pupil).cloned().unwrap_or_default(),
            number: place.and_then(|place| place.number),
            joined: (first > gathered.from).then_some(Day(first)),
            left: (last < gathered.to).then_some(Day(last)),
            from_class: (first > gathered.from).then(|| self.homeroom_on(pupil, first.pred_opt()?)).flatten(),
            to_class: (last < gathered.to).then(|| self.homeroom_on(pupil, last.succ_opt()?)).flatten(),
            not_recognised: not_recognised.count(),
            cells: Rows(if self.detail.days { gathered.days().map(|day| self.cell(pupil, day)).collect() } else { Vec::new() }),
            count: here.iter().map(|day| Count::from(held(*day))).sum(),
            pupil,
            in_school: gathered.days().map(|day| Count::from(gathered.held(pupil, day, None))).sum(),
        })
    }

    /// The name of the homeroom in whose register a pupil stands on a day.
    fn homeroom_on(&self, pupil: Uuid, day: NaiveDate) -> Option<String> {
        let of = self.gathered.class_on(pupil, day)?;
        self.gathered.homerooms.get(&of).map(|class| class.name.clone())
    }

    fn cell(&self, pupil: Uuid, day: NaiveDate) -> RegisterCell {
        let gathered = self.gathered;
        let empty = |state| RegisterCell { day: Day(day), state, sign: String::new(), office: false };
        if gathered.class_on(pupil, day) != Some(self.class.id) {
            return empty(RegisterCellState::NotEnrolled);
        }
        // A closure that was decided for days ahead is shown and not counted yet.
        let mark = gathered.marks.get(&(pupil, day)).filter(|mark| mark.kind.is_some());
        let ahead = day > gathered.until;
        match mark {
            _ if !gathered.has_school(pupil, day) => {
                let unknown = !gathered.calendar.covers(day);
                empty(match (unknown && ahead, unknown && is_ordinary(day)) {
                    (true, _) => RegisterCellState::Ahead,
                    (_, true) => RegisterCellState::NoRecord,
                    _ => RegisterCellState::NoSchool,
                })
            }
            Some(mark) => RegisterCell { sign: gathered.sign(mark), office: mark.office, ..empty(RegisterCellState::Marked) },
            None => empty(if ahead { RegisterCellState::Ahead } else { RegisterCellState::Unmarked }),
        }
    }

    fn day(&self, day: NaiveDate) -> RegisterDay {
        let gathered = self.gathered;
        RegisterDay {
            day: Day(day),
            is_school_day: gathered.is_school_day(self.class.id, day),
            words: gathered.calendar.titles(day, &self.class.grades).into_iter().map(ShownDay::from).collect(),
            count: self.pupils.iter().map(|pupil| Count::from(gathered.held(*pupil, day, Some(self.class.id)))).sum(),
        }
    }
}

/// The names of some pupils as the viewer may be told them, those who have left included. The caller has checked the pupils against the scope.
pub(super) async fn names(scope: &Scope, pupils: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let mut found = HashMap::new();
    for chunk in pupils.chunks(500) {
        let some: Vec<(Uuid, String, String, bool)> = on!(scope.read(), c => {
            let mut sql = sqlx::QueryBuilder::new(
                "SELECT id, COALESCE(NULLIF(preferred_family_name, ''), family_name), COALESCE(NULLIF(preferred_given_name, ''), given_name), protected
                 FROM pupil WHERE id IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(
            some.into_iter()
                .map(|(pupil, family, given, protected)| (pupil, told(scope, protected, format!("{family} {given}").trim()))),
        );
    }
    Ok(found)
}
