//! What rows may refer to: the package's own schools, years, classes and people, and those stored, where the package does not list all.
use super::read::Days;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::roster::class::ClassKind;
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What has to be known of a class to judge who is in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClassFacts {
    pub(super) school: Uuid,
    pub(super) year: Uuid,
    /// The first and the last day of the year.
    pub(super) days: Days,
    pub(super) homeroom: bool,
    pub(super) special_needs: bool,
}

/// A grade such as `P5`, in the two letters that it has; blank where there is none, or more than one.
pub(super) type GradeName = [u8; 2];

/// The one grade of a cell.
pub(super) fn one_grade(cell: &str) -> GradeName {
    cell.as_bytes().try_into().unwrap_or_default()
}

/// What has to be known of a person.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and there are very many people")]
pub(super) struct PersonFacts {
    pub(super) student: bool,
    /// Whether there is a role of staff; whoever has one may be a guardian, too.
    pub(super) employed: bool,
    /// Whether there is a role, and a primary one.
    pub(super) role: bool,
    pub(super) primary: bool,
    /// Whether users.csv has the person.
    pub(super) listed: bool,
    pub(super) disabled: bool,
    /// The grade, for a class of several.
    pub(super) grade: GradeName,
    /// The first lines that speak of the person in roles.csv, in userProfiles.csv and as somebody's guardian; 0: none.
    pub(super) lines: [u32; 3],
}

/// Which of a person's first lines.
pub(super) const OF_ROLE: usize = 0;
pub(super) const OF_PROFILE: usize = 1;
pub(super) const OF_CHILD: usize = 2;

impl PersonFacts {
    pub(super) fn note(&mut self, which: usize, line: u64) {
        if self.lines[which] == 0 {
            self.lines[which] = u32::try_from(line).unwrap_or(u32::MAX);
        }
    }

    /// Whether the person is kept as a member of staff.
    pub(super) fn staff(self) -> bool {
        self.listed && self.employed && !self.student && !self.disabled
    }
}

/// What rows may refer to.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) boards: HashSet<Uuid>,
    pub(super) schools: HashSet<Uuid>,
    /// School years, with their first and last days.
    pub(super) years: HashMap<Uuid, Days>,
    /// The school year of which a semester or a term is a part.
    pub(super) terms: HashMap<Uuid, Uuid>,
    pub(super) courses: HashSet<Uuid>,
    /// For a school's office: the school of every class that is stored.
    pub(super) schools_of_classes: HashMap<Uuid, Uuid>,
    pub(super) classes: HashMap<Uuid, ClassFacts>,
    /// The grades of homerooms of more than one.
    pub(super) mixed: HashMap<Uuid, String>,
    pub(super) people: HashMap<Uuid, PersonFacts>,
    pub(super) birth_dates: HashMap<Uuid, NaiveDate>,
}

#[derive(sqlx::FromRow)]
struct StoredClass {
    id: Uuid,
    school: Uuid,
    academic_year: Uuid,
    begins: NaiveDate,
    ends: NaiveDate,
    kind: ClassKind,
    special_needs: bool,
    grades: String,
}

impl Facts {
    pub(super) fn is_org(&self, id: Uuid) -> bool {
        self.schools.contains(&id) || self.boards.contains(&id)
    }

    /// Keeps the facts of a class.
    pub(super) fn add_class(&mut self, id: Uuid, class: ClassFacts, grades: &str) {
        if class.homeroom && grades.contains(',') {
            self.mixed.insert(id, grades.to_owned());
        }
        self.classes.insert(id, class);
    }

    /// The grade of somebody in a class of several, if it is one of those.
    pub(super) fn grade_in(&self, class: Uuid, person: PersonFacts) -> Option<String> {
        let grade = str::from_utf8(&person.grade).ok()?;
        self.mixed.get(&class)?.split(',').find(|of| *of == grade).map(str::to_owned)
    }

    /// The school year that is meant by a year or a part of one.
    pub(super) fn year_of(&self, session: Uuid) -> Option<Uuid> {
        if self.years.contains_key(&session) { Some(session) } else { self.terms.get(&session).copied() }
    }

    /// The board and the schools that are stored.
    pub(super) async fn add_stored_orgs(&mut self, scope: &Scope) -> Result<()> {
        let ids = async |sql| -> Result<Vec<(Uuid,)>> { Ok(on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?)) };
        self.boards.extend(ids("SELECT id FROM board").await?.into_iter().map(|(id,)| id));
        self.schools.extend(ids("SELECT id FROM school").await?.into_iter().map(|(id,)| id));
        Ok(())
    }

    /// The years that are stored.
    pub(super) async fn add_stored_years(&mut self, scope: &Scope) -> Result<()> {
        self.years.extend(stored_years(scope).await?);
        Ok(())
    }

    /// The classes that are stored.
    pub(super) async fn add_stored_classes(&mut self, scope: &Scope) -> Result<()> {
        let sql =
            "SELECT c.id, c.school, c.academic_year, y.begins, y.ends, c.kind, c.special_needs, c.grades FROM class c JOIN academic_year y ON y.id = c.academic_year
                   WHERE NOT c.withdrawn";
        let classes: Vec<StoredClass> = on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?);
        for StoredClass { id, school, academic_year: year, begins, ends, kind, special_needs, grades } in classes {
            let homeroom = kind == ClassKind::Homeroom;
            self.add_class(id, ClassFacts { school, year, days: (begins, ends), homeroom, special_needs }, &grades);
        }
        Ok(())
    }

    /// The people who are stored.
    pub(super) async fn add_stored_people(&mut self, scope: &Scope) -> Result<()> {
        for (sql, student) in [("SELECT id FROM staff", false), ("SELECT id FROM pupil", true)] {
            let people: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?);
            let facts =
                PersonFacts { student, employed: !student, listed: true, role: true, primary: true, ..PersonFacts::default() };
            self.people.extend(people.into_iter().map(|(id,)| (id, facts)));
        }
        Ok(())
    }
}

/// The years that are stored, with their first and last days.
pub(super) async fn stored_years(scope: &Scope) -> Result<HashMap<Uuid, Days>> {
    let sql = "SELECT id, begins, ends FROM academic_year";
    let years: Vec<(Uuid, NaiveDate, NaiveDate)> = on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?);
    Ok(years.into_iter().map(|(id, begins, ends)| (id, (begins, ends))).collect())
}

/// The school of every class that is stored.
pub(super) async fn schools_of_classes(scope: &Scope) -> Result<HashMap<Uuid, Uuid>> {
    let rows: Vec<(Uuid, Uuid)> = on!(scope.read(), c => sqlx::query_as("SELECT id, school FROM class").fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}
