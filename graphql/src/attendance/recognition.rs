//! 出席扱い: who decided, for a pupil and a place, that being there is attendance. The register counts the day by its kind; this says by
//! whose decision.
use super::mark::AttendancePlace;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::clock::{NO_END, new_id};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::enrolment;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// A decision that being at a place is attendance.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct AttendanceRecognition {
    pub(crate) id: Uuid,
    pub(crate) school: Uuid,
    pub(crate) pupil: Uuid,
    pub(crate) place: AttendancePlace,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
    pub(crate) note: String,
    pub(crate) decided_by: Uuid,
    #[sqlx(default)]
    #[serde(skip)]
    pub(crate) by_name: Option<String>,
}

impl AttendanceRecognition {
    pub(crate) fn covers(&self, place: AttendancePlace, day: NaiveDate) -> bool {
        self.place == place && self.begins <= day && day <= self.ends
    }
}

/// A decision of the head that a pupil's being at a place is attendance (出席扱い).
#[Object]
impl AttendanceRecognition {
    /// The decision's id.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The place.
    async fn place(&self) -> AttendancePlace {
        self.place
    }
    /// The first day.
    async fn begins(&self) -> Day {
        Day(self.begins)
    }
    /// The last day; null while it goes on.
    async fn ends(&self) -> Option<Day> {
        (self.ends != NO_END).then_some(Day(self.ends))
    }
    /// On what the decision rests.
    async fn note(&self) -> &str {
        &self.note
    }
    /// Who decided; null if it is nobody who is here by name.
    async fn decided_by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
}

/// A decision to record or to end.
#[derive(InputObject, Clone, Debug)]
pub struct RecogniseAttendanceInput {
    /// The pupil, by the UUID of the roster.
    pub pupil_id: ID,
    /// The decision to change; a new one if not said.
    pub recognition_id: Option<ID>,
    /// The place; not the classroom, which needs no decision.
    pub place: AttendancePlace,
    /// The first day.
    pub begins: Day,
    /// The last day; without an end if not said.
    pub ends: Option<Day>,
    /// On what the decision rests, such as what was agreed with whom; 1 to 500 characters.
    pub note: String,
}

/// What became of a decision.
#[derive(SimpleObject)]
pub struct RecogniseAttendancePayload {
    /// The decision as it is now; null if nothing was changed.
    pub recognition: Option<AttendanceRecognition>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be decided about attendance elsewhere.
#[derive(Default)]
pub struct RecognitionMutation;

#[Object]
impl RecognitionMutation {
    /// Records that the head decides to count a pupil's being at a place as attendance (出席扱い), or changes such a decision. Marks are made
    /// as always, with their `place`; the register says which of them rest on a decision.
    async fn recognise_attendance(
        &self,
        ctx: &Context<'_>,
        input: RecogniseAttendanceInput,
    ) -> Result<RecogniseAttendancePayload> {
        let scope = Scope::with(ctx, Right::AttendanceRecognise)?;
        Ok(match recognise(scope, &input).await? {
            Ok(recognition) => RecogniseAttendancePayload { recognition: Some(recognition), user_errors: vec![] },
            Err(error) => RecogniseAttendancePayload { recognition: None, user_errors: vec![error] },
        })
    }
}

const COLUMNS: &str = "SELECT r.id, r.school, r.pupil, r.place, r.begins, r.ends, r.note, r.decided_by, s.name AS by_name
                       FROM attendance_recognition r LEFT JOIN staff s ON s.id = r.decided_by WHERE ";

async fn recognise(scope: &Scope, input: &RecogniseAttendanceInput) -> Result<Result<AttendanceRecognition, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let reached = enrolment::within_reach(scope, Right::AttendanceRecognise, &[pupil]).await?;
    let Some(here) = reached.iter().find(|enrolment| enrolment.covers(scope.today())) else {
        return wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil about whom you may decide");
    };
    let note = match check::text(&input.note, 500, "note") {
        Ok(note) => note,
        Err(error) => return Ok(Err(error)),
    };
    if input.place == AttendancePlace::Classroom {
        return wrong(UserErrorCode::OutOfRange, "place", "being with the class needs no decision");
    }
    let (begins, ends) = (input.begins.0, input.ends.map_or(NO_END, |day| day.0));
    if ends < begins {
        return wrong(UserErrorCode::OutOfRange, "ends", "the last day is before the first");
    }
    let mut tx = scope.begin_because("attendance elsewhere recognised", &note).await?;
    let before: Option<AttendanceRecognition> = match &input.recognition_id {
        Some(id) => {
            let sql = "SELECT * FROM attendance_recognition WHERE id = $1 AND pupil = $2 AND school = $3";
            on!(tx.connection(), c => sqlx::query_as(sql).bind(id::parse(id).unwrap_or_default()).bind(pupil).bind(here.school)
                .fetch_optional(c).await?)
        }
        None => None,
    };
    if input.recognition_id.is_some() && before.is_none() {
        return wrong(UserErrorCode::NotFound, "recognitionId", "there is no such decision about this pupil in your school");
    }
    let id = before.as_ref().map_or_else(new_id, |before| before.id);
    let after = AttendanceRecognition {
        id,
        school: here.school,
        pupil,
        place: input.place,
        begins,
        ends,
        note,
        decided_by: tx.actor,
        by_name: Some(scope.viewer().name.clone()),
    };
    let sql = "INSERT INTO attendance_recognition (id, school, pupil, place, begins, ends, note, decided_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (id) DO UPDATE SET place = excluded.place, begins = excluded.begins, ends = excluded.ends,
                   note = excluded.note, decided_by = excluded.decided_by WHERE attendance_recognition.school = excluded.school";
    let change = Change::new(id, before.as_ref(), Some(&after));
    on!(tx.change("attendance_recognition", &[change]).await?, c => sqlx::query(sql).bind(id).bind(after.school).bind(pupil)
        .bind(after.place).bind(begins).bind(ends).bind(&after.note).bind(after.decided_by).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(Ok(after))
}

/// Loads what was decided about many pupils in their schools.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecognitionsOf {
    /// The pupil.
    pub pupil: Uuid,
    /// The school.
    pub school: Uuid,
}

#[async_trait]
impl Loader<RecognitionsOf> for Scope {
    type Value = Vec<AttendanceRecognition>;
    type Error = Error;

    async fn load(&self, keys: &[RecognitionsOf]) -> Result<HashMap<RecognitionsOf, Vec<AttendanceRecognition>>> {
        let mut found: HashMap<RecognitionsOf, Vec<AttendanceRecognition>> = HashMap::new();
        let pupils: Vec<Uuid> = keys.iter().map(|key| key.pupil).collect();
        for decided in of_pupils(self, &pupils).await? {
            found.entry(RecognitionsOf { pupil: decided.pupil, school: decided.school }).or_default().push(decided);
        }
        found.retain(|key, _| keys.contains(key));
        Ok(found)
    }
}

/// What was decided about these pupils, in classes over which the viewer has the right to read attendance.
pub(crate) async fn of_pupils(scope: &Scope, pupils: &[Uuid]) -> Result<Vec<AttendanceRecognition>> {
    let mut found = Vec::new();
    for chunk in pupils.chunks(500) {
        let some: Vec<AttendanceRecognition> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push("EXISTS (SELECT 1 FROM enrolment e WHERE e.pupil = r.pupil AND e.school = r.school AND (e.pupil = ");
            sql.push_bind(scope.holder()).push(" OR e.class IN ");
            scope.push_reach(&mut sql, Right::AttendanceRead);
            sql.push(")) AND r.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY r.begins, r.id").build_query_as().fetch_all(c).await?
        });
        found.extend(some);
    }
    Ok(found)
}
