//! Committing a draft: its classes, places and duties become records that begin on its first day.
use super::draft::{self, ClassRow, Draft, Entry, EntryRow, Outcome, Row, State};
use super::{TurnoverPayload, check, edited, open, wrong};
use crate::access::duty::{self, Duty, DutyKind};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{new_id, not_replaced};
use crate::db::on;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::roster::academic_year::{self, AcademicYear};
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::enrolment::{self, Enrolment, MembershipKind};
use crate::roster::moves::{self, Effect, MoveKind, Plan};
use crate::roster::pupil::{self, Pupil};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// What a commit did, so that it can be taken back.
#[derive(Serialize, Deserialize, Default, Debug)]
pub(super) struct Done {
    /// Enrolments of the live year that had no end yet, and the new ones that no move carries.
    pub effects: Vec<Effect>,
    pub moves: Vec<Uuid>,
    pub duties_before: Vec<Duty>,
    pub duties_after: Vec<Duty>,
    pub duties_given: Vec<Duty>,
}

impl Done {
    /// What the commit of a draft did.
    pub(super) fn of(row: &Row) -> Result<Self> {
        serde_json::from_str(&row.effect).map_err(|error| {
            tracing::error!(%error, "the effect of a turnover cannot be read");
            Error::Internal
        })
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("records are plain structs")
    }
}

/// Commits a draft, or says what stands against it.
pub async fn commit(scope: &Scope, turnover: Uuid, version: Option<i32>) -> Result<Result<TurnoverPayload, UserError>> {
    let (mut tx, mut draft) = match open(scope, turnover, Some(State::Draft), "next year committed".into()).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    if version.is_some_and(|version| version != draft.turnover.version) {
        return wrong(UserErrorCode::Conflict, "version", "somebody has changed the draft since: look at it again");
    }
    let blocking: Vec<String> = check::problems(&draft)
        .into_iter()
        .filter(|problem| problem.blocking)
        .map(|problem| format!("{:?} {} ({})", problem.code, problem.class_name.unwrap_or_default(), problem.count))
        .collect();
    if !blocking.is_empty() {
        let message = format!("the check list stands against it: {}", blocking.join(", "));
        return wrong(UserErrorCode::NotReady, "turnoverId", message);
    }
    let year = next_year(&mut tx, &draft.turnover).await?;
    write_classes(&mut tx, &draft, year).await?;
    let entries = with_pupils(&mut tx, &draft).await?;
    let mut done = Done::default();
    carry(&mut tx, &draft, &entries, &mut done).await?;
    write_duties(&mut tx, &draft, &mut done).await?;
    draft.turnover = Row {
        state: State::Committed,
        committed_by: Some(tx.actor),
        committed_at: Some(tx.at),
        effect: done.text(),
        ..draft.turnover
    };
    let changed = entries.len();
    edited(scope, tx, draft, changed, Vec::new()).await
}

/// Makes places of a draft records of the school: what of the live year has no end yet ends, and the places begin.
pub(super) async fn carry(tx: &mut Tx, draft: &Draft, entries: &[EntryRow], done: &mut Done) -> Result<()> {
    let mut of_pupil: HashMap<Uuid, Vec<Effect>> = HashMap::new();
    ended(tx, draft).await?.into_iter().for_each(|effect| of_pupil.entry(pupil_of(&effect)).or_default().push(effect));
    let mut unmoved = Vec::new();
    for entry in entries {
        let begun = begun(draft, entry);
        let Some(pupil) = entry.pupil else { continue };
        let mut effects = of_pupil.remove(&pupil).unwrap_or_default();
        effects.extend(begun.into_iter().map(|enrolment| Effect { before: None, after: Some(enrolment) }));
        match plan(draft, entry, pupil) {
            Some(plan) => done.moves.push(moves::write(tx, Plan { effects, ..plan }).await?),
            None => unmoved.extend(effects),
        }
    }
    unmoved.extend(of_pupil.into_values().flatten());
    let written: Vec<Enrolment> = unmoved.iter().filter_map(|effect| effect.after.clone()).collect();
    enrolment::put(tx, &written).await?;
    done.effects.extend(unmoved);
    Ok(())
}

fn pupil_of(effect: &Effect) -> Uuid {
    effect.before.as_ref().or(effect.after.as_ref()).map(|enrolment| enrolment.pupil).unwrap_or_default()
}

/// The year of the draft, which schools of the board share.
async fn next_year(tx: &mut Tx, row: &Row) -> Result<Uuid> {
    // Two schools that commit at the same time make one year.
    on!(tx.connection(), c => sqlx::query("UPDATE academic_year SET title = title WHERE id = $1").bind(row.from_year).execute(c).await?
        .rows_affected());
    let sql = "SELECT * FROM academic_year WHERE year = $1 AND begins = $2 AND ends = $3 ORDER BY id LIMIT 1";
    let there: Option<AcademicYear> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(row.year).bind(row.begins).bind(row.ends).fetch_optional(c).await?);
    if let Some(year) = there {
        return Ok(year.id);
    }
    let (id, title) = (new_id(), format!("{}年度", row.year));
    academic_year::put(tx, &[AcademicYear { id, title, year: row.year, begins: row.begins, ends: row.ends }]).await?;
    Ok(id)
}

async fn write_classes(tx: &mut Tx, draft: &Draft, academic_year: Uuid) -> Result<()> {
    let class_of = |row: &ClassRow| Class {
        id: row.id,
        school: draft.turnover.school,
        academic_year,
        kind: ClassKind::Homeroom,
        name: row.name.clone(),
        grades: row.grades.clone(),
        subjects: String::new(),
        special_needs: row.special_needs,
    };
    let classes: Vec<Class> = draft.classes.iter().map(class_of).collect();
    class::put(tx, &classes).await?;
    class::set_withdrawn(tx, &classes, false).await
}

/// The entries, with a pupil for those of whom there was no record yet.
async fn with_pupils(tx: &mut Tx, draft: &Draft) -> Result<Vec<EntryRow>> {
    let (mut pupils, mut rows) = (Vec::new(), Vec::new());
    for Entry { row, .. } in &draft.entries {
        let mut row = row.clone();
        if row.pupil.is_none() && row.outcome == Outcome::Enters {
            let id = new_id();
            pupils.push(Pupil {
                protected: pupil::Protected::default(),
                id,
                identifier: row.identifier.clone(),
                family_name: row.family_name.clone(),
                given_name: row.given_name.clone(),
                preferred_family_name: String::new(),
                preferred_given_name: String::new(),
                kana_family_name: row.kana_family_name.clone(),
                kana_given_name: row.kana_given_name.clone(),
                birth_date: None,
                number: None,
            });
            // The date of birth has done its work.
            (row.pupil, row.birth_date) = (Some(id), None);
        }
        row.late = false;
        rows.push(row);
    }
    pupil::put(tx, &pupils).await?;
    draft::put_entries(tx, &rows).await?;
    Ok(rows)
}

/// What of the live year's enrolments in the school has no end yet ends with it.
async fn ended(tx: &mut Tx, draft: &Draft) -> Result<Vec<Effect>> {
    let last = draft.turnover.begins - chrono::Days::new(1);
    let sql = "SELECT e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, e.kind, e.grade FROM enrolment e JOIN class c ON c.id = e.class
               WHERE c.school = $1 AND c.academic_year = $2 AND e.known_until = $3 AND e.ends > $4 AND e.begins <= $4
               ORDER BY e.pupil, e.id";
    let rows: Vec<Enrolment> = on!(tx.connection(), c => sqlx::query_as(sql).bind(draft.turnover.school).bind(draft.turnover.from_year)
        .bind(not_replaced()).bind(last).fetch_all(c).await?);
    Ok(rows.into_iter().map(|row| Effect { after: Some(Enrolment { ends: last, ..row.clone() }), before: Some(row) }).collect())
}

/// The enrolments of next year of an entry.
fn begun(draft: &Draft, entry: &EntryRow) -> Vec<Enrolment> {
    let Some(pupil) = entry.pupil.filter(|_| entry.comes()) else { return Vec::new() };
    let (school, begins, ends) = (draft.turnover.school, draft.turnover.begins, draft.turnover.ends);
    let grade = Some(&entry.grade).filter(|grade| !grade.is_empty());
    let place =
        |class, number, kind| Enrolment { id: new_id(), school, class, pupil, number, begins, ends, kind, grade: grade.cloned() };
    let home = entry.class.map(|class| place(class, entry.number, MembershipKind::Home));
    let guest = entry.exchange.map(|class| place(class, None, MembershipKind::Exchange));
    home.into_iter().chain(guest).collect()
}

/// 卒業 and 入学 are entries of the register; going up a grade is none.
fn plan(draft: &Draft, entry: &EntryRow, pupil: Uuid) -> Option<Plan> {
    let (kind, day, class, other_school, other_name) = match entry.outcome {
        Outcome::Graduates => {
            let last = draft.turnover.begins - chrono::Days::new(1);
            (MoveKind::Graduation, last, entry.from_class, entry.destination, String::new())
        }
        Outcome::Enters => (MoveKind::Admission, draft.turnover.begins, entry.class, None, entry.from_name.clone()),
        Outcome::Stays | Outcome::Leaves => return None,
    };
    let (school, reason, effects) = (draft.turnover.school, String::new(), Vec::new());
    Some(Plan { pupil, school, kind, day, class, other_school, other_name, reason, answers: None, corrects: None, effects })
}

/// Duties over the live year's classes end with it, and those over the school that the draft ends; those of the draft begin.
async fn write_duties(tx: &mut Tx, draft: &Draft, done: &mut Done) -> Result<()> {
    let (begins, ends) = (draft.turnover.begins, draft.turnover.ends);
    let last = begins - chrono::Days::new(1);
    let sql = "SELECT d.* FROM duty d JOIN class c ON c.id = d.class
               WHERE c.school = $1 AND c.academic_year = $2 AND d.ends > $3 AND d.begins <= $3 ORDER BY d.id";
    done.duties_before = on!(tx.connection(), c => sqlx::query_as(sql).bind(draft.turnover.school).bind(draft.turnover.from_year)
        .bind(last).fetch_all(c).await?);
    done.duties_before.extend(draft.standing.iter().map(|of| &of.duty).filter(|duty| draft.ends(duty)).cloned());
    done.duties_after = done.duties_before.iter().map(|duty| Duty { ends: last, ..duty.clone() }).collect();
    done.duties_given = draft
        .duties
        .iter()
        .map(|row| {
            // What is no duty over a class goes on until somebody ends it, but a grade is had for a year.
            let bound = row.class.is_some() || row.kind == DutyKind::GradeHead;
            let duty = duty::new(row.staff, row.kind, Some(draft.turnover.school), row.class, begins);
            Duty { grade: row.grade.clone(), ends: if bound { ends } else { duty.ends }, ..duty }
        })
        .collect();
    duty::put(tx, &done.duties_after).await?;
    duty::put(tx, &done.duties_given).await?;
    Ok(())
}
