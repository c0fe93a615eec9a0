//! Noting a class's morning: all fine but those who are named.
use super::{HealthObservation, HealthState, held};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::attendance::calendar;
use crate::clock::{new_id, not_replaced};
use crate::db::{bind_ids, on};
use crate::error::{Result, UserError, UserErrorCode};
use crate::events::Event;
use crate::id;
use crate::learning::activity::{RejectedItem, check};
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::enrolment;
use crate::scalar::Day;
use crate::wellbeing::word::{self, BoardWord, WordKind};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What becomes of those of a class who are not listed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OthersObserved {
    /// Those of whom nothing was noted are fine, unless they are marked as away in the register.
    Fine,
    /// They stay as they are.
    Unchanged,
}

/// How one pupil is.
#[derive(InputObject, Clone, Debug)]
pub struct HealthObservationInput {
    /// The pupil, by the UUID of the roster.
    pub pupil_id: ID,
    /// How the pupil is; null takes back what was noted.
    pub state: Option<HealthState>,
    /// What is to be noted, as codes of the board's symptoms (`boardWords(kind: SYMPTOM)`), at most 10. Not with `FINE`.
    #[graphql(default)]
    pub symptoms: Vec<String>,
    /// The disease, as a code of the board's diseases. Not with `FINE`.
    pub disease: Option<String>,
    /// The temperature in degrees, 34.0 to 42.0.
    pub temperature: Option<f64>,
    /// What is to be noted beside, at most 200 characters.
    pub note: Option<String>,
}

/// A class's morning.
#[derive(InputObject, Clone, Debug)]
pub struct RecordHealthObservationsInput {
    /// The homeroom, by the UUID of the roster.
    pub class_id: ID,
    /// The day, today or one of the last 31; today if not said.
    pub day: Option<Day>,
    /// Those who are not simply fine, at most 1,000.
    #[graphql(default)]
    pub observations: Vec<HealthObservationInput>,
    /// What becomes of those who are not listed.
    #[graphql(default_with = "OthersObserved::Fine")]
    pub others: OthersObserved,
}

/// What became of it.
#[derive(SimpleObject, Default)]
pub struct RecordHealthObservationsPayload {
    /// How many are noted otherwise than before; what was noted before stays in the history.
    pub changed: usize,
    /// How many were noted just so already.
    pub unchanged: usize,
    /// Those that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with observations.
#[derive(Default)]
pub struct HealthMutation;

#[Object]
impl HealthMutation {
    /// Notes how the pupils of a homeroom are in the morning: all fine but those listed. Noting the same again changes nothing. The
    /// register is not changed by it.
    async fn record_health_observations(
        &self,
        ctx: &Context<'_>,
        input: RecordHealthObservationsInput,
    ) -> Result<RecordHealthObservationsPayload> {
        record(Scope::with(ctx, Right::HealthWrite)?, &input).await
    }
}

/// How far back a morning may be noted.
const DAYS_BACK: u64 = 31;

async fn record(scope: &Scope, input: &RecordHealthObservationsInput) -> Result<RecordHealthObservationsPayload> {
    let refused = |code, field: &str, message: &str| {
        let user_errors = vec![UserError::new(code, field, message)];
        Ok(RecordHealthObservationsPayload { user_errors, ..RecordHealthObservationsPayload::default() })
    };
    let day = input.day.map_or_else(|| scope.today(), |day| day.0);
    if day > scope.today() {
        return refused(UserErrorCode::InTheFuture, "day", "the day has not come yet");
    }
    if day < scope.today() - Days::new(DAYS_BACK) {
        return refused(UserErrorCode::OutOfRange, "day", "the day is more than 31 days ago");
    }
    if input.observations.len() > 1_000 {
        return refused(UserErrorCode::TooMany, "observations", "send at most 1,000 a call");
    }
    let found = class::find(scope, Right::HealthWrite, id::parse(&input.class_id).unwrap_or_default()).await?;
    let Some(class) = found.filter(|class| class.kind == ClassKind::Homeroom) else {
        return refused(UserErrorCode::NotFound, "classId", "there is no such homeroom whose health you may note");
    };
    if calendar::of_school(scope, class.school, (day, day), None).await?.has_school(day, &class.grades) == Some(false) {
        return refused(UserErrorCode::Conflict, "day", "the school's calendar has no school that day");
    }
    let symptoms = word::of_kind(scope, WordKind::Symptom).await?;
    let diseases = word::of_kind(scope, WordKind::Disease).await?;
    let mut payload = RecordHealthObservationsPayload::default();
    let mut tx = scope.begin("health noted").await?;
    tx.lock("class", &[class.id]).await?;
    let enrolled = enrolment::in_class_on(&mut tx, class.id, day).await?;
    let before = held(&mut tx, class.school, day, &enrolled).await?;
    let call = Call { class: &class, day, symptoms: &symptoms, diseases: &diseases };
    let mut wanted: HashMap<Uuid, HealthObservation> = HashMap::new();
    for (index, item) in input.observations.iter().enumerate() {
        match call.checked(item, &enrolled) {
            Ok(of) if wanted.contains_key(&of.pupil) => {
                let message = "this pupil is in the list before: send each pupil once";
                let error = UserError::new(UserErrorCode::Conflict, "pupilId", message);
                payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error));
            }
            Ok(of) => drop(wanted.insert(of.pupil, of)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error)),
        }
    }
    if input.others == OthersObserved::Fine {
        let listed: HashSet<Uuid> = input.observations.iter().filter_map(|item| id::parse(&item.pupil_id)).collect();
        let away = away(&mut tx, class.school, day, &enrolled).await?;
        let noted = |pupil: &Uuid| before.get(pupil).is_some_and(|of| of.state.is_some());
        for pupil in enrolled.iter().filter(|pupil| !listed.contains(pupil) && !away.contains(pupil) && !noted(pupil)) {
            wanted.insert(*pupil, call.blank(*pupil, Some(HealthState::Fine)));
        }
    }
    let same = |of: &HealthObservation| before.get(&of.pupil).map_or(of.state.is_none(), |held| held.says(of));
    let (asked, at, actor) = (wanted.len(), tx.at, tx.actor);
    let mut changed: Vec<HealthObservation> = wanted.into_values().filter(|of| !same(of)).collect();
    changed.iter_mut().for_each(|of| (of.known_from, of.observed_by) = (at, actor));
    insert(&mut tx, class.school, day, &changed).await?;
    (payload.changed, payload.unchanged) = (changed.len(), asked - changed.len());
    if payload.changed > 0 {
        tx.tell(Event::Health { school: class.school });
    }
    tx.commit().await?;
    Ok(payload)
}

/// Those of a class who are away by the register.
async fn away(tx: &mut Tx, school: Uuid, day: NaiveDate, pupils: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<(Uuid,)> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT m.pupil FROM attendance_mark m JOIN attendance_kind k ON k.code = m.kind WHERE (k.absent OR k.excused) AND m.known_until = ");
            sql.push_bind(not_replaced()).push(" AND m.school = ").push_bind(school).push(" AND m.day = ").push_bind(day);
            sql.push(" AND m.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(rows.into_iter().map(|(pupil,)| pupil));
    }
    Ok(found)
}

/// A call whose class and day are right, with the board's words.
struct Call<'a> {
    class: &'a Class,
    day: NaiveDate,
    symptoms: &'a [BoardWord],
    diseases: &'a [BoardWord],
}

impl Call<'_> {
    fn blank(&self, pupil: Uuid, state: Option<HealthState>) -> HealthObservation {
        HealthObservation {
            id: new_id(),
            pupil,
            day: self.day,
            known_from: DateTime::UNIX_EPOCH,
            school: self.class.school,
            class: self.class.id,
            state,
            symptoms: String::new(),
            disease: None,
            temperature: None,
            note: String::new(),
            observed_by: Uuid::nil(),
            by_name: None,
        }
    }

    fn checked(&self, item: &HealthObservationInput, enrolled: &[Uuid]) -> Result<HealthObservation, UserError> {
        let wrong = |code, field: &str, message: &str| Err(UserError::new(code, field, message));
        let pupil = check::uuid(&item.pupil_id, "pupilId")?;
        if !enrolled.contains(&pupil) {
            let message = "the pupil is not in this class on that day: check the id and the day against the roster";
            return wrong(UserErrorCode::NotFound, "pupilId", message);
        }
        let blank = self.blank(pupil, item.state);
        let Some(state) = item.state else { return Ok(blank) };
        if state == HealthState::Fine && (!item.symptoms.is_empty() || item.disease.is_some()) {
            return wrong(
                UserErrorCode::OutOfRange,
                "symptoms",
                "who is fine has no symptom and no disease: send ILL or AWAY with them",
            );
        }
        let has = |words: &[BoardWord], code: &str| words.iter().any(|word| word.code == code && word.offered_on(self.day));
        let symptoms: BTreeSet<&str> = item.symptoms.iter().map(String::as_str).collect();
        if symptoms.len() > 10 || symptoms.iter().any(|code| !has(self.symptoms, code)) {
            return wrong(UserErrorCode::NotFound, "symptoms", "send at most 10 codes of `boardWords(kind: SYMPTOM)`");
        }
        if item.disease.as_ref().is_some_and(|code| !has(self.diseases, code)) {
            return wrong(
                UserErrorCode::NotFound,
                "disease",
                "the board has no such disease: send a code of `boardWords(kind: DISEASE)`",
            );
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is between 340 and 420")]
        let temperature = match item.temperature.map(|degrees| (degrees * 10.0).round()) {
            Some(tenths) if (340.0..=420.0).contains(&tenths) => Some(tenths as i32),
            Some(_) => return wrong(UserErrorCode::OutOfRange, "temperature", "a temperature is from 34.0 to 42.0 degrees"),
            None => None,
        };
        let note = item.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        Ok(HealthObservation {
            symptoms: symptoms.into_iter().collect::<Vec<_>>().join(","),
            disease: item.disease.clone(),
            temperature,
            note: note.map(|note| check::text(note, 200, "note")).transpose()?.unwrap_or_default(),
            ..blank
        })
    }
}

/// Stores what was noted of a school's morning, and ends what was noted of these pupils before.
pub(crate) async fn insert(tx: &mut Tx, school: Uuid, day: NaiveDate, rows: &[HealthObservation]) -> Result<()> {
    let at = tx.at;
    for chunk in rows.chunks(300) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE health_observation SET known_until = ");
            sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced());
            sql.push(" AND school = ").push_bind(school).push(" AND day = ").push_bind(day).push(" AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().map(|of| of.pupil));
            sql.push(")").build().persistent(false).execute(c).await?;
        });
        let sql =
            "INSERT INTO health_observation (id, pupil, day, known_from, known_until, school, class, state, symptoms, disease,
                       temperature, note, observed_by) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, of| {
            row.push_bind(of.id).push_bind(of.pupil).push_bind(of.day).push_bind(of.known_from).push_bind(not_replaced())
                .push_bind(of.school).push_bind(of.class).push_bind(of.state).push_bind(of.symptoms.clone()).push_bind(of.disease.clone())
                .push_bind(of.temperature).push_bind(of.note.clone()).push_bind(of.observed_by);
        }).build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}
