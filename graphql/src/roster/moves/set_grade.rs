//! The grade of a pupil in a class of several grades (特別支援学級, 複式): whose school days are the pupil's.
use super::arrive::room_of;
use super::plan::{Placed, grade_in, lock_pupil_of, offices, placed, right, words, wrong};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::enrolment::{self, Enrolment};
use async_graphql::{ID, InputObject, SimpleObject};
use uuid::Uuid;

/// The grade of a pupil in a class.
#[derive(InputObject, Clone, Debug)]
pub struct SetPupilGradeInput {
    /// The pupil.
    pub pupil_id: ID,
    /// The homeroom.
    pub class_id: ID,
    /// One of the grades of the class.
    pub grade: String,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// What became of a grade.
#[derive(SimpleObject)]
pub struct SetPupilGradePayload {
    /// The pupil's grade in the class; null if nothing was stored.
    pub grade: Option<String>,
    /// What is wrong with the input; nothing was stored then.
    pub user_errors: Vec<UserError>,
}

/// Sets the grade of a pupil in a class, or says what is wrong with the input.
pub(super) async fn set(scope: &Scope, input: SetPupilGradeInput) -> Result<SetPupilGradePayload> {
    Ok(match checked(scope, input).await? {
        Ok(grade) => SetPupilGradePayload { grade: Some(grade), user_errors: vec![] },
        Err(error) => SetPupilGradePayload { grade: None, user_errors: vec![error] },
    })
}

async fn checked(scope: &Scope, input: SetPupilGradeInput) -> Result<Result<String, UserError>> {
    let offices = offices(scope, Right::MoveWrite).await?;
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let mut tx = scope.begin_because("grade of a pupil set", &reason).await?;
    let room = right!(room_of(&mut tx, &offices, &input.class_id).await?);
    let pupil: Uuid = id::parse(&input.pupil_id).unwrap_or_default();
    let not_found = || wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil in the class");
    if !lock_pupil_of(&mut tx, &offices, pupil).await? {
        return not_found();
    }
    let homes = placed(&mut tx, pupil).await?.into_iter().filter(Placed::is_home).map(|of| of.enrolment);
    let here: Vec<Enrolment> = homes.filter(|of| of.class == room.id).collect();
    if here.is_empty() {
        return not_found();
    }
    right!(grade_in(&room, Some(&input.grade), None));
    let rows: Vec<Enrolment> = here.into_iter().map(|of| Enrolment { grade: Some(input.grade.clone()), ..of }).collect();
    enrolment::put(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(Ok(input.grade))
}
