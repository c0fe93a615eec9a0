//! Who sees a pupil, and through which duties: the reason for every look.
use super::duty::{Duty, DutyKind};
use super::right::Right;
use super::scope::Scope;
use crate::db::on;
use crate::error::Result;
use async_graphql::SimpleObject;
use uuid::Uuid;

/// A member of staff, by a duty.
#[derive(SimpleObject, sqlx::FromRow, Clone, Debug, PartialEq, Eq)]
pub struct Adult {
    /// The name.
    pub name: String,
    /// The name's reading; null where the roster has none.
    pub kana: Option<String>,
    /// The duty.
    pub duty: DutyKind,
}

/// The duties by which the viewer sees a pupil today; those of the narrowest reach first.
pub(crate) async fn duties_over(scope: &Scope, pupil: Uuid) -> Result<Vec<Duty>> {
    let sql = "SELECT DISTINCT d.* FROM enrolment e
               JOIN class c ON c.id = e.class
               JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
                   AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
               JOIN duty_right r ON r.duty = d.kind AND r.right_to = $2
               WHERE d.holder = $1 AND d.begins <= $3 AND d.ends >= $3 AND e.pupil = $4 AND e.begins <= $3 AND e.ends >= $3
                   AND e.known_until = '9999-12-31T00:00:00+00:00'";
    let mut duties: Vec<Duty> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterRead))
        .bind(scope.today()).bind(pupil).fetch_all(c).await?);
    duties.sort_by_key(|duty| (duty.class.is_none(), duty.grade.is_empty(), duty.school.is_none(), duty.id));
    Ok(duties)
}

/// The staff who have a right over a pupil today. Nobody is told of a pupil whom the viewer does not see.
pub(crate) async fn of_pupil(scope: &Scope, pupil: Uuid, right: Right) -> Result<Vec<Adult>> {
    let sql = "SELECT DISTINCT s.id, s.name, NULLIF(s.kana, '') AS kana, d.kind AS duty FROM enrolment e
               JOIN class c ON c.id = e.class
               JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
                   AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%')
               JOIN duty_right r ON r.duty = d.kind AND r.right_to = $5
               JOIN staff s ON s.id = d.holder
               WHERE e.pupil = $4 AND e.begins <= $3 AND e.ends >= $3 AND e.known_until = '9999-12-31T00:00:00+00:00'
                   AND (e.kind = 'HOME' OR r.right_to IN ('roster:read', 'attendance:read', 'activity:read')) AND d.begins <= $3 AND d.ends >= $3
                   AND EXISTS (SELECT 1 FROM pupil_reach v WHERE v.pupil = $4 AND v.holder = $1 AND v.right_to = $2
                       AND v.begins <= $3 AND v.ends >= $3 AND v.enrolled <= $3 AND v.leaves >= $3)
               ORDER BY s.name, s.id";
    let mut adults: Vec<Adult> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterRead))
        .bind(scope.today()).bind(pupil).bind(right.name()).fetch_all(c).await?);
    adults.sort_by_key(|adult| nearness(adult.duty));
    Ok(adults)
}

/// Those nearest to the pupil first.
pub(super) fn nearness(duty: DutyKind) -> u8 {
    match duty {
        DutyKind::HomeroomTeacher => 0,
        DutyKind::SubjectTeacher => 1,
        DutyKind::Nurse => 2,
        DutyKind::GradeHead => 3,
        DutyKind::Head => 4,
        DutyKind::AcademicAffairs => 5,
        DutyKind::Counsellor | DutyKind::BoardOfficial | DutyKind::IctSupport | DutyKind::App | DutyKind::Operator => 6,
    }
}

/// The homeroom teachers of a class today.
pub(crate) async fn homeroom_teachers(scope: &Scope, class: Uuid) -> Result<Vec<Adult>> {
    let sql =
        "SELECT DISTINCT s.id, s.name, NULLIF(s.kana, '') AS kana, d.kind AS duty FROM duty d JOIN staff s ON s.id = d.holder
               WHERE d.kind = 'HOMEROOM_TEACHER' AND d.class = $4 AND d.begins <= $3 AND d.ends >= $3 AND d.class IN
                   (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
               ORDER BY s.name, s.id";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::SchoolRead)).bind(scope.today())
        .bind(class).fetch_all(c).await?))
}
