//! The records that may be given away, lot by lot: of schools whose roster the viewer keeps.
use super::made;
use crate::access::duty::Duty;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::formats::oneroster::{Org, Session};
use crate::roster::academic_year::AcademicYear;
use crate::roster::board::Board;
use crate::roster::class::Class;
use crate::roster::enrolment::Enrolment;
use crate::roster::pupil::Pupil;
use crate::roster::school::School;
use crate::roster::staff::Staff;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// How many rows are read at a time.
const LOT: i64 = 1_000;

/// $1 to $3 are the holder, the right and the day, $4 whether it is every school, $5 the one school else.
macro_rules! schools {
    () => {
        "(SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3 AND ($4 OR school = $5))"
    };
}

macro_rules! classes {
    () => {
        "(SELECT c.id FROM class c JOIN academic_year y ON y.id = c.academic_year
          WHERE NOT c.withdrawn AND y.ends >= $3 AND ($4 OR c.school = $5) AND c.id IN
              (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3))"
    };
}

/// A duty over a class, a school or the board.
macro_rules! duties {
    () => {
        concat!(
            "d.begins <= d.ends AND d.ends >= $3 AND (d.class IN ",
            classes!(),
            " OR d.class IS NULL AND d.school IN ",
            schools!(),
            " OR d.class IS NULL AND d.school IS NULL AND $4)"
        )
    };
}

/// A class and the year in which it is.
#[derive(sqlx::FromRow)]
pub(super) struct ClassOfYear {
    #[sqlx(flatten)]
    pub(super) class: Class,
    pub(super) year: i32,
}

/// A pupil and the homeroom that keeps their register.
#[derive(sqlx::FromRow)]
pub(super) struct PupilAtHome {
    #[sqlx(flatten)]
    pub(super) pupil: Pupil,
    pub(super) home: Option<Uuid>,
    pub(super) home_school: Option<Uuid>,
    /// The grade in a homeroom of several.
    pub(super) grade: Option<String>,
    /// The grades of the homeroom.
    pub(super) home_grades: Option<String>,
}

/// Somebody in a school.
#[derive(sqlx::FromRow)]
pub(super) struct PupilInSchool {
    pub(super) pupil: Uuid,
    pub(super) school: Uuid,
}

/// What may be given away.
pub(super) struct Reached<'a> {
    pub(super) scope: &'a Scope,
    pub(super) school: Option<Uuid>,
}

impl Reached<'_> {
    /// The board and the schools.
    pub(super) async fn orgs(&self) -> Result<Vec<Org>> {
        let boards: Vec<Board> =
            on!(self.scope.read(), c => sqlx::query_as("SELECT * FROM board ORDER BY id").fetch_all(c).await?);
        let sql = concat!("SELECT * FROM school WHERE id > $6 AND id IN ", schools!(), " ORDER BY id LIMIT $7");
        let schools: Vec<School> = self.all(sql, |school: &School| school.id).await?;
        // Which board a school is of is not kept: a database is of one.
        let parent = match boards.as_slice() {
            [board] => Some(board.id),
            _ => None,
        };
        let org =
            |school: School| Org { id: school.id, removed: false, school: true, code: school.code, name: school.name, parent };
        let board =
            |board: Board| Org { id: board.id, removed: false, school: false, code: board.code, name: board.name, parent: None };
        Ok(boards.into_iter().map(board).chain(schools.into_iter().map(org)).collect())
    }

    /// The years that are not over.
    pub(super) async fn sessions(&self) -> Result<Vec<Session>> {
        let sql = concat!(
            "SELECT * FROM academic_year WHERE id > $6 AND id IN (SELECT academic_year FROM class WHERE id IN ",
            classes!(),
            ") ORDER BY id LIMIT $7"
        );
        let years: Vec<AcademicYear> = self.all(sql, |year: &AcademicYear| year.id).await?;
        let session = |AcademicYear { id, title, year, begins, ends }| Session {
            id,
            removed: false,
            title,
            kind: "schoolYear".into(),
            year,
            begins,
            ends,
            parent: None,
        };
        Ok(years.into_iter().map(session).collect())
    }

    pub(super) async fn classes(&self, after: Uuid) -> Result<Vec<ClassOfYear>> {
        let sql = concat!(
            "SELECT k.*, n.year FROM class k JOIN academic_year n ON n.id = k.academic_year WHERE k.id > $6 AND k.id IN ",
            classes!(),
            " ORDER BY k.id LIMIT $7"
        );
        self.lot(sql, after).await
    }

    pub(super) async fn pupils(&self, after: Uuid) -> Result<Vec<PupilAtHome>> {
        let sql = concat!(
            "SELECT q.*, h.school AS home_school, h.grades AS home_grades,
                 (SELECT e.grade FROM enrolment e WHERE e.pupil = q.id AND e.class = q.home AND e.kind = 'HOME' AND e.ends >= $3
                      AND e.known_until = '9999-12-31T00:00:00+00:00' ORDER BY e.begins, e.id LIMIT 1) AS grade FROM
                 (SELECT p.*, (SELECT e.class FROM enrolment e JOIN class k ON k.id = e.class
                      WHERE e.pupil = p.id AND k.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.ends >= $3
                      AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.class IN ",
            classes!(),
            "     ORDER BY e.begins, e.id LIMIT 1) AS home
                  FROM pupil p WHERE p.id > $6 AND EXISTS
                      (SELECT 1 FROM enrolment e WHERE e.pupil = p.id AND e.ends >= $3
                       AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.class IN ",
            classes!(),
            ") ORDER BY p.id LIMIT $7) q LEFT JOIN class h ON h.id = q.home ORDER BY q.id"
        );
        self.lot(sql, after).await
    }

    /// In which schools the next pupils are.
    pub(super) async fn pupils_schools(&self, after: Uuid) -> Result<Vec<PupilInSchool>> {
        let sql = concat!(
            "SELECT DISTINCT e.pupil, e.school FROM enrolment e
             WHERE e.ends >= $3 AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.class IN ",
            classes!(),
            " AND e.pupil IN
                 (SELECT p.id FROM pupil p WHERE p.id > $6 AND EXISTS
                      (SELECT 1 FROM enrolment o WHERE o.pupil = p.id AND o.ends >= $3
                       AND o.known_until = '9999-12-31T00:00:00+00:00' AND o.class IN ",
            classes!(),
            ") ORDER BY p.id LIMIT $7) ORDER BY e.pupil, e.school"
        );
        self.lot(sql, after).await
    }

    pub(super) async fn enrolments(&self, after: Uuid) -> Result<Vec<Enrolment>> {
        let sql = concat!(
            "SELECT e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, e.kind FROM enrolment e
             WHERE e.id > $6 AND e.ends >= $3 AND e.begins <= e.ends AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.class IN ",
            classes!(),
            " ORDER BY e.id LIMIT $7"
        );
        self.lot(sql, after).await
    }

    pub(super) async fn staff(&self, after: Uuid) -> Result<Vec<Staff>> {
        let sql = concat!(
            "SELECT s.* FROM staff s WHERE s.id > $6 AND EXISTS (SELECT 1 FROM duty d WHERE d.holder = s.id AND ",
            duties!(),
            ") ORDER BY s.id LIMIT $7"
        );
        self.lot(sql, after).await
    }

    pub(super) async fn duties(&self, after: Uuid) -> Result<Vec<Duty>> {
        let sql = concat!(
            "SELECT d.* FROM duty d WHERE d.id > $6 AND d.holder IN (SELECT id FROM staff) AND ",
            duties!(),
            " ORDER BY d.id LIMIT $7"
        );
        self.lot(sql, after).await
    }

    /// The rows of a table of few.
    async fn all<T>(&self, sql: &'static str, id: impl Fn(&T) -> Uuid) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let mut rows = Vec::new();
        loop {
            let lot = self.lot(sql, rows.last().map(&id).unwrap_or_default()).await?;
            if lot.is_empty() {
                return Ok(rows);
            }
            rows.extend(lot);
        }
    }

    async fn lot<T>(&self, sql: &'static str, after: Uuid) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Reached { scope, school } = self;
        Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterWrite))
            .bind(scope.today()).bind(school.is_none()).bind(school.unwrap_or_default()).bind(after).bind(LOT).fetch_all(c).await?))
    }
}

/// The id of the course in which a class is given.
pub(super) fn course(class: Uuid) -> Uuid {
    made("course", &[class])
}
