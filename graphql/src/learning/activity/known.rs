//! For whom whoever posts may post.
use super::insert::Row;
use super::totals::Counted;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Result, UserError, UserErrorCode};
use crate::roster::class;
use crate::roster::enrolment::{self, Stay};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The pupils and classes of a batch that whoever posts may post for.
pub(super) struct Known {
    stays: HashMap<Uuid, Vec<Stay>>,
    classes: HashMap<Uuid, Uuid>,
}

impl Known {
    pub(super) async fn load<'a>(scope: &Scope, rows: impl Iterator<Item = &'a Row> + Clone) -> Result<Self> {
        let pupils: HashSet<Uuid> = rows.clone().map(|row| row.counted.pupil).collect();
        let classes: HashSet<Uuid> = rows.map(|row| row.counted.class).filter(|class| !class.is_nil()).collect();
        let pupils: Vec<Uuid> = pupils.into_iter().collect();
        let stays = enrolment::stays_in_classes(scope, Right::ActivityWrite, &pupils).await?;
        let classes: Vec<Uuid> = classes.into_iter().collect();
        let classes = class::open_to_posts(scope, Right::ActivityWrite, &classes).await?;
        Ok(Known { stays, classes: classes.into_iter().map(|class| (class.id, class.school)).collect() })
    }

    /// The school that an activity belongs to: its class's, else where the pupil was on the day, else where the pupil was last.
    pub(super) fn school_of(&self, row: &Counted) -> Result<Uuid, UserError> {
        let not_found = |field, message: &str| UserError::new(UserErrorCode::NotFound, field, message);
        let stays = self.stays.get(&row.pupil).ok_or_else(|| {
            not_found("pupilId", "there is no such pupil in the schools of this app: check the id against the roster")
        })?;
        if row.class.is_nil() {
            let on_the_day = stays.iter().filter(|stay| stay.covers(row.day)).max_by_key(|stay| (stay.begins, stay.school));
            let last = || stays.iter().max_by_key(|stay| (stay.begins, stay.school));
            return Ok(on_the_day.or_else(last).expect("a pupil's list is made with the first stay").school);
        }
        let class = self.classes.get(&row.class).copied();
        class.ok_or_else(|| {
            not_found("classId", "there is no such class in the schools of this app: check the id against the roster")
        })
    }
}
