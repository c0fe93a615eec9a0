//! Taking attendance (朝の出欠): a class, a day, all present but …
use super::calendar;
use super::closed;
use super::decide;
use super::kind::AttendanceKind;
use super::mark::{self, AttendanceMark, AttendancePlace};
use super::school_day::OwnDays;
use super::summary::{self, AttendanceSummary};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::events::Event;
use crate::id;
use crate::learning::activity::{RejectedItem, check};
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::enrolment;
use crate::scalar::{Day, Timestamp};
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What becomes of those of a class who are not listed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OthersMarked {
    /// All present but those listed: what was marked before is replaced.
    Present,
    /// Those without a mark become present; the others stay as they are.
    UnmarkedPresent,
    /// They stay as they are.
    Unchanged,
}

/// The mark of one pupil.
#[derive(InputObject, Clone, Debug)]
pub struct AttendanceMarkInput {
    /// The pupil, by the UUID of the roster.
    pub pupil_id: ID,
    /// The code of an attendance kind, such as `ILLNESS`; null takes the mark away.
    pub kind: Option<String>,
    /// 遅刻. Only with a kind of attendance; passed over on a day that is absent or excused.
    #[graphql(default = false)]
    pub late: bool,
    /// 早退. Only with a kind of attendance; passed over on a day that is absent or excused.
    #[graphql(default = false)]
    pub left_early: bool,
    /// Where the pupil was, apart from what the register counts.
    #[graphql(default_with = "AttendancePlace::Classroom")]
    pub place: AttendancePlace,
    /// What is to be noted, such as what the guardian said; 1 to 500 characters.
    pub note: Option<String>,
}

/// The attendance of a class on a day.
#[derive(InputObject, Clone, Debug)]
pub struct TakeAttendanceInput {
    /// The homeroom, by the UUID of the roster.
    pub class_id: ID,
    /// The school day; today if not said. A day to come is refused.
    pub day: Option<Day>,
    /// Those who are not simply present, at most 1,000.
    #[graphql(default)]
    pub marks: Vec<AttendanceMarkInput>,
    /// What becomes of those who are not listed.
    #[graphql(default_with = "OthersMarked::Present")]
    pub others: OthersMarked,
    /// When you read what you are changing. A mark that somebody else has changed since to something else is left as it is and listed
    /// in `conflicts`. Leave it out to replace whatever is there.
    pub seen_at: Option<Timestamp>,
    /// Why a past day is changed, 1 to 500 characters: needed where a mark of a past day is replaced or taken away.
    pub reason: Option<String>,
}

/// A mark that somebody else has changed in the meantime.
#[derive(SimpleObject)]
pub struct AttendanceConflict {
    /// The pupil.
    pub pupil_id: ID,
    /// What holds; look at it, then send yours again with a later `seenAt`.
    pub mark: AttendanceMark,
}

/// What became of the marks.
#[derive(SimpleObject, Default)]
#[graphql(complex)]
pub struct TakeAttendancePayload {
    /// How many marks are other than before; what was marked before stays in the history.
    pub changed: usize,
    /// How many were just so already.
    pub unchanged: usize,
    /// Marks that somebody else has changed in the meantime; they were left as they are.
    pub conflicts: Vec<AttendanceConflict>,
    /// Marks that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
    /// The class and the day that were marked.
    #[graphql(skip)]
    marked: Option<(Uuid, NaiveDate)>,
}

#[ComplexObject]
impl TakeAttendancePayload {
    /// The class's day as it is now; null if nothing was marked.
    async fn summary(&self, ctx: &Context<'_>) -> Result<Option<AttendanceSummary>> {
        let Some((class, day)) = self.marked else { return Ok(None) };
        summary::of_class(Scope::of(ctx)?, class, day).await
    }
}

/// What may be done with attendance.
#[derive(Default)]
pub struct AttendanceMutation;

#[Object]
impl AttendanceMutation {
    /// Marks the attendance of a homeroom on a day: all present but those listed. A second marking replaces the first; the history keeps
    /// both, with who and when. Marking the same again changes nothing.
    ///
    /// What the office decided (`decideAttendance`, a class that is closed) is not replaced: it comes back in `conflicts`.
    async fn take_attendance(&self, ctx: &Context<'_>, input: TakeAttendanceInput) -> Result<TakeAttendancePayload> {
        take(Scope::with(ctx, Right::AttendanceWrite)?, input).await
    }
}

/// Marks the attendance of a homeroom on a day.
pub async fn take(scope: &Scope, input: TakeAttendanceInput) -> Result<TakeAttendancePayload> {
    mark_class(scope, input, Voice::Homeroom).await
}

/// In whose name a class is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// Whoever takes the attendance of the morning.
    Homeroom,
    /// The office, which decides over what a homeroom said.
    Office,
}

/// Marks a homeroom on a day, in the name of the homeroom or of the office.
pub(super) async fn mark_class(scope: &Scope, input: TakeAttendanceInput, voice: Voice) -> Result<TakeAttendancePayload> {
    let refused = |error| Ok(TakeAttendancePayload { user_errors: vec![error], ..TakeAttendancePayload::default() });
    let call = match Call::check(scope, &input, voice).await? {
        Ok(call) => call,
        Err(error) => return refused(error),
    };
    let mut payload = TakeAttendancePayload::default();
    let mut tx = scope.begin("attendance taken").await?;
    tx.lock("class", &[call.class.id]).await?;
    let kinds: Vec<AttendanceKind> =
        on!(tx.connection(), c => sqlx::query_as("SELECT * FROM attendance_kind").fetch_all(c).await?);
    let enrolled = enrolment::in_class_on(&mut tx, call.class.id, call.day).await?;
    let before = mark::newest(&mut tx, call.class.school, call.day, &enrolled).await?;

    let own = OwnDays::of(&mut tx, &call.class, (call.day, call.day)).await?;
    let mut wanted: HashMap<Uuid, AttendanceMark> = HashMap::new();
    for (index, item) in input.marks.iter().enumerate() {
        let checked = call.mark(item, &kinds, &enrolled, before.get(&id::parse(&item.pupil_id).unwrap_or_default()));
        match checked {
            Ok(mark) if wanted.contains_key(&mark.pupil) => {
                let message = "this pupil is in the list before: send each pupil once";
                let error = UserError::new(UserErrorCode::Conflict, "pupilId", message);
                payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error));
            }
            Ok(mark) if mark.kind.is_some() && !own.include(mark.pupil, call.day) => {
                let message = "the school's calendar has no school that day for the pupil's grade";
                let error = UserError::new(UserErrorCode::Conflict, "pupilId", message);
                payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error));
            }
            Ok(mark) => drop(wanted.insert(mark.pupil, mark)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error)),
        }
    }
    if voice == Voice::Office {
        decide::put_back(&mut tx, (call.class.school, call.day), wanted.values_mut()).await?;
    }
    // A mark that was refused is not turned into presence behind the sender's back.
    let listed: HashSet<Uuid> = input.marks.iter().filter_map(|item| id::parse(&item.pupil_id)).collect();
    let usual = kinds.iter().find(|kind| kind.usual).map(|kind| kind.code.clone());
    if usual.is_none() && input.others != OthersMarked::Unchanged {
        let message = "no kind of attendance is the usual one: the board sets one first";
        return refused(UserError::new(UserErrorCode::Conflict, "others", message));
    }
    // Who has left the school since is not on the list of whoever marks: nothing is said of them behind their back.
    let there: HashSet<Uuid> = if call.day == scope.today() {
        enrolled.iter().copied().collect()
    } else {
        enrolment::in_school_on(&mut tx, call.class.school, scope.today(), &enrolled).await?
    };
    let closed = input.others != OthersMarked::Unchanged && closed::is_closed(&mut tx, call.class.id, call.day).await?;
    // Nobody is simply present in a closed class, nor on a day that is none of the grade's.
    let meets = |pupil: &Uuid| own.include(*pupil, call.day) && (!closed || before.get(pupil).is_some_and(|mark| mark.office));
    for pupil in enrolled.iter().filter(|pupil| there.contains(pupil) && !listed.contains(pupil) && meets(pupil)) {
        let marked = before.get(pupil).is_some_and(|mark| mark.kind.is_some());
        if input.others == OthersMarked::Present || (input.others == OthersMarked::UnmarkedPresent && !marked) {
            wanted.insert(*pupil, call.blank(*pupil, usual.clone()));
        }
    }

    let mut changed = Vec::new();
    for (pupil, mark) in wanted {
        match before.get(&pupil) {
            Some(held) if held.says(&mark) && (voice == Voice::Homeroom || held.office) => payload.unchanged += 1,
            None if mark.kind.is_none() => payload.unchanged += 1,
            Some(held) if held.office && voice == Voice::Homeroom => {
                payload.conflicts.push(AttendanceConflict { pupil_id: id::of(pupil), mark: held.clone() });
            }
            Some(held) if call.seen_at.is_some_and(|seen| held.known_from > seen) && held.marked_by != scope.holder() => {
                payload.conflicts.push(AttendanceConflict { pupil_id: id::of(pupil), mark: held.clone() });
            }
            _ => changed.push(AttendanceMark { id: new_id(), known_from: tx.at, marked_by: tx.actor, ..mark }),
        }
    }
    let replaces = |mark: &AttendanceMark| before.get(&mark.pupil).is_some_and(|held| held.kind.is_some());
    if call.day < scope.today() && call.reason.is_none() && changed.iter().any(replaces) {
        let message = "say why what was marked on a past day is changed";
        return refused(UserError::new(UserErrorCode::Empty, "reason", message));
    }
    payload.changed = changed.len();
    payload.conflicts.sort_by_key(|conflict| enrolled.iter().position(|pupil| id::of(*pupil) == conflict.pupil_id));
    if changed.iter().any(|mark| before.contains_key(&mark.pupil)) {
        mark::replace(&mut tx, call.class.school, call.day, &changed).await?;
    }
    mark::insert(&mut tx, &changed).await?;
    if payload.changed > 0 {
        tx.tell(Event::Attendance { class: call.class.id });
    }
    tx.commit().await?;
    payload.marked = Some((call.class.id, call.day));
    Ok(payload)
}

/// A call whose class, day and times are right.
struct Call {
    class: Class,
    day: NaiveDate,
    seen_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    office: bool,
}

impl Call {
    async fn check(scope: &Scope, input: &TakeAttendanceInput, voice: Voice) -> Result<Result<Self, UserError>> {
        let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
        let class = id::parse(&input.class_id).unwrap_or_default();
        let right = if voice == Voice::Office { Right::AttendanceDecide } else { Right::AttendanceWrite };
        let class = class::find(scope, right, class).await?;
        let Some(class) = class.filter(|class| class.kind == ClassKind::Homeroom) else {
            return wrong(UserErrorCode::NotFound, "classId", "there is no such homeroom whose attendance you may take");
        };
        let day = input.day.map_or_else(|| scope.today(), |day| day.0);
        if day > scope.today() {
            return wrong(UserErrorCode::InTheFuture, "day", "the day has not come yet");
        }
        let calendar = calendar::of_school(scope, class.school, (day, day), None).await?;
        if calendar.has_school(day, &class.grades) == Some(false) {
            let message = "the school's calendar has no school that day: where there is, the office changes the calendar first";
            return wrong(UserErrorCode::Conflict, "day", message);
        }
        if input.marks.len() > 1_000 {
            return wrong(UserErrorCode::TooMany, "marks", "send at most 1,000 marks a call");
        }
        let seen_at = match input.seen_at.as_ref().map(|time| time.instant("seenAt")).transpose() {
            Ok(seen_at) => seen_at,
            Err(error) => return Ok(Err(error)),
        };
        let reason = match input.reason.as_deref().map(|reason| check::text(reason, 500, "reason")).transpose() {
            Ok(reason) => reason,
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(Call { class, day, seen_at, reason, office: voice == Voice::Office }))
    }

    fn blank(&self, pupil: Uuid, kind: Option<String>) -> AttendanceMark {
        AttendanceMark {
            id: Uuid::nil(),
            pupil,
            day: self.day,
            known_from: DateTime::UNIX_EPOCH,
            school: self.class.school,
            class: self.class.id,
            kind,
            late: false,
            left_early: false,
            place: AttendancePlace::Classroom,
            note: None,
            reason: self.reason.clone(),
            marked_by: Uuid::nil(),
            office: self.office,
            closure: None,
            by_name: None,
        }
    }

    fn mark(
        &self,
        item: &AttendanceMarkInput,
        kinds: &[AttendanceKind],
        enrolled: &[Uuid],
        before: Option<&AttendanceMark>,
    ) -> Result<AttendanceMark, UserError> {
        let pupil = check::uuid(&item.pupil_id, "pupilId")?;
        if !enrolled.contains(&pupil) {
            let message = "the pupil is not in this class on that day: check the id and the day against the roster";
            return Err(UserError::new(UserErrorCode::NotFound, "pupilId", message));
        }
        let note = item.note.as_deref().map(|note| check::text(note, 500, "note")).transpose()?;
        let Some(code) = &item.kind else { return Ok(self.blank(pupil, None)) };
        // What was marked with a kind that is offered no more may stay so.
        let kept = before.is_some_and(|before| before.kind.as_ref() == Some(code));
        let kind = kinds.iter().find(|kind| kind.code == *code && (kept || kind.offered_on(self.day))).ok_or_else(|| {
            let known: Vec<&str> = kinds.iter().filter(|kind| kind.offered_on(self.day)).map(|kind| kind.code.as_str()).collect();
            UserError::new(
                UserErrorCode::NotFound,
                "kind",
                format!("there is no such kind that day: send one of {}", known.join(", ")),
            )
        })?;
        // On a day that is absent or excused nobody is late.
        let attended = kind.attended();
        let place = if attended { item.place } else { AttendancePlace::Classroom };
        Ok(AttendanceMark {
            late: item.late && attended,
            left_early: item.left_early && attended,
            place,
            note,
            ..self.blank(pupil, Some(kind.code.clone()))
        })
    }
}
