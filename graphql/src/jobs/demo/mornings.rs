//! What is entered by hand or by a tap in the course of a day: moods, attendance and its corrections, what was done for a pupil.
use super::answers::Action;
use super::calendar::at;
use super::illness::{Kind, Morning, Presence};
use super::town::Class;
use super::weeks::{AT_ONCE, Weeks};
use super::{check, day, post};
use crate::access::scope::Scope;
use crate::attendance::take::{self, AttendanceMarkInput, OthersMarked, TakeAttendanceInput};
use crate::error::{Error, Result, UserError};
use crate::learning::activity::MOST_ITEMS;
use crate::support::action;
use crate::wellbeing::mood;
use chrono::NaiveDate;
use std::sync::Arc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// What a marking says of a pupil; `None`: nothing.
type Says = fn(Uuid, &Presence) -> Option<AttendanceMarkInput>;

impl Weeks<'_> {
    /// What the portal received as the pupils came in.
    pub(super) async fn moods(&mut self, on: usize) -> Result<()> {
        let mut moods = Vec::new();
        for class in &self.town.classes {
            for pupil in &class.pupils {
                let said = day::mood(&self.town, class, pupil, on);
                moods.extend(said.map(|said| post::mood(pupil.id, said)));
            }
        }
        for batch in moods.chunks(MOST_ITEMS) {
            let recorded = mood::record(&self.app, batch).await?;
            check(&recorded.rejected)?;
            self.progress.moods += recorded.recorded;
        }
        Ok(())
    }

    /// The first marking of every class, then what becomes known in the course of the day.
    pub(super) async fn attendance(&mut self, on: usize, day: NaiveDate) -> Result<()> {
        let town = Arc::clone(&self.town);
        for (minute, classes) in (0..).zip(town.classes.chunks(AT_ONCE)) {
            self.set(at(day, 8 * 60 + 20 + minute));
            let teacher = |class: &Class| self.at_work.teachers[class.index].clone();
            let markings = classes.iter().map(|class| (teacher(class), marking(class, on, first, OthersMarked::Present)));
            self.take(markings.collect()).await?;
        }
        let (late, told, early): (Says, Says, Says) = (came_late, turned_out, left_early);
        for (minutes, says) in [(9 * 60 + 5, late), (10 * 60 + 40, told), (13 * 60 + 30, early)] {
            self.set(at(day, minutes));
            let corrections = town.classes.iter().map(|class| {
                // Whoever comes late is seen by the homeroom teacher, whoever is ill by the nurse.
                let by_teacher = minutes < 10 * 60;
                let scope = if by_teacher { &self.at_work.teachers[class.index] } else { &self.at_work.nurses[class.school] };
                (scope.clone(), marking(class, on, says, OthersMarked::Unchanged))
            });
            self.take(corrections.filter(|(_, marking)| !marking.marks.is_empty()).collect()).await?;
        }
        Ok(())
    }

    async fn take(&mut self, markings: Vec<(Scope, TakeAttendanceInput)>) -> Result<()> {
        let mut taking = JoinSet::new();
        for (scope, marking) in markings {
            taking.spawn(async move { take::take(&scope, marking).await });
        }
        while let Some(taken) = taking.join_next().await {
            let taken = taken.map_err(|_| Error::Internal)??;
            check(&taken.rejected)?;
            none(&taken.user_errors)?;
            self.progress.marks += taken.changed;
        }
        Ok(())
    }

    /// Records what homeroom teachers did in the afternoon, by the place of the class.
    pub(super) async fn act(&mut self, actions: Vec<(usize, Action)>) -> Result<()> {
        for (class, action) in actions {
            none(action::record(&self.at_work.teachers[class], post::action(&action)).await?.err().as_slice())?;
            self.progress.actions += 1;
        }
        Ok(())
    }
}

fn marking(class: &Class, on: usize, says: Says, others: OthersMarked) -> TakeAttendanceInput {
    let enrolled = class.pupils.iter().filter(|pupil| pupil.joined <= on);
    let marks = enrolled.filter_map(|pupil| says(pupil.id, &pupil.presence[on])).collect();
    post::attendance(class.id, marks, others)
}

/// What is known in the morning.
fn first(pupil: Uuid, day: &Presence) -> Option<AttendanceMarkInput> {
    match day.morning {
        Morning::NotThereYet => Some(post::no_mark(pupil)),
        Morning::ReportedIll => Some(post::mark(pupil, &Presence { kind: Kind::Illness, note: Some("発熱"), ..*day })),
        Morning::Known if day.left_early => None,
        Morning::Known => (day.late || day.elsewhere || !day.is_at_school()).then(|| post::mark(pupil, day)),
    }
}

fn came_late(pupil: Uuid, day: &Presence) -> Option<AttendanceMarkInput> {
    (day.morning == Morning::NotThereYet).then(|| post::mark(pupil, day))
}

fn turned_out(pupil: Uuid, day: &Presence) -> Option<AttendanceMarkInput> {
    (day.morning == Morning::ReportedIll).then(|| post::mark(pupil, day))
}

fn left_early(pupil: Uuid, day: &Presence) -> Option<AttendanceMarkInput> {
    day.left_early.then(|| post::mark(pupil, day))
}

pub(super) fn none(errors: &[UserError]) -> Result<()> {
    let Some(error) = errors.first() else { return Ok(()) };
    tracing::error!(?error, "a call of the demo was refused");
    Err(Error::Internal)
}
