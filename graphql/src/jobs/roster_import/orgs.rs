//! Whatever stands around classes: the board and its schools, school years, courses.
use super::ahead::Ahead;
use super::facts::stored_years;
use super::read::{Reading, Sheet};
use super::rules;
use crate::error::Result;
use crate::formats::oneroster::{File, Session, Severity};
use crate::roster::academic_year::AcademicYear;
use crate::roster::board::Board;
use crate::roster::school::School;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

impl Reading<'_> {
    pub(super) async fn read_orgs(&mut self) -> Result<()> {
        let (mut sheet, mut boards, mut schools) = (Sheet::of(File::Orgs), self.stream::<Board>(), self.stream::<School>());
        let mut parents: Vec<(u64, Uuid)> = Vec::new();
        let mut codes: HashSet<String> = HashSet::new();
        let mut rows = Ahead::of(self.package.orgs());
        while let Some((line, org)) = self.next(&mut rows).await? {
            let Some(org) = org.filter(|org| self.first(&mut sheet, line, org.id)) else { continue };
            if org.removed {
                self.found(Severity::Warning, &rules::KEPT_FOR_HISTORY, (&sheet, line), "status", "tobedeleted");
                continue;
            }
            parents.extend(org.parent.map(|parent| (line, parent)));
            if org.school && !org.code.is_empty() && !codes.insert(org.code.clone()) {
                self.found(Severity::Warning, &rules::CODE_TWICE, (&sheet, line), "identifier", &org.code);
            }
            if !org.school {
                self.facts.boards.insert(org.id);
                boards.push(line, Board { id: org.id, code: org.code, name: org.name });
            } else if self.stage.yours.has(org.id) {
                self.facts.schools.insert(org.id);
                self.schools.insert(org.id);
                schools.push(line, School { id: org.id, code: org.code, name: org.name });
            } else {
                self.found(Severity::Error, &rules::NOT_YOUR_SCHOOL, (&sheet, line), "sourcedId", org.id);
            }
        }
        for (line, parent) in parents {
            if !self.facts.is_org(parent) {
                self.found(Severity::Warning, &rules::NO_SUCH_ORG, (&sheet, line), "parentSourcedId", parent);
            }
        }
        self.finish(boards, &sheet).await?;
        self.finish(schools, &sheet).await?;
        Ok(())
    }

    /// School years are kept; of semesters and terms only which school year they are a part of.
    pub(super) async fn read_sessions(&mut self) -> Result<()> {
        let (mut sheet, mut years) = (Sheet::of(File::AcademicSessions), self.stream::<AcademicYear>());
        let stored = if self.stage.yours.all() { None } else { Some(stored_years(self.stage.scope).await?) };
        let (mut parts, mut numbers): (Vec<(u64, Session)>, HashMap<i32, Uuid>) = (Vec::new(), HashMap::new());
        let mut rows = Ahead::of(self.package.sessions());
        while let Some((line, session)) = self.next(&mut rows).await? {
            let Some(session) = session.filter(|session| self.first(&mut sheet, line, session.id)) else {
                continue;
            };
            if session.removed {
                self.found(Severity::Warning, &rules::KEPT_FOR_HISTORY, (&sheet, line), "status", "tobedeleted");
                continue;
            }
            if session.kind != "schoolYear" {
                self.found(Severity::Warning, &rules::TERM_OF_YEAR, (&sheet, line), "type", &session.kind);
                parts.push((line, session));
                continue;
            }
            let Session { id, title, year, begins, ends, .. } = session;
            // What the board has is the year; a school's office brings no other.
            let days = stored.as_ref().map_or(Some((begins, ends)), |stored| stored.get(&id).copied());
            let Some(days) = days else {
                self.found(Severity::Error, &rules::YEAR_OF_BOARD, (&sheet, line), "sourcedId", &title);
                continue;
            };
            if numbers.insert(year, id).is_some() {
                self.found(Severity::Warning, &rules::YEAR_TWICE, (&sheet, line), "schoolYear", year);
            }
            self.facts.years.insert(id, days);
            years.push(line, AcademicYear { id, title, year, begins, ends });
        }
        let parents: HashMap<Uuid, Option<Uuid>> = parts.iter().map(|(_, part)| (part.id, part.parent)).collect();
        for (line, part) in parts {
            let above = std::iter::successors(part.parent, |id| parents.get(id).copied().flatten()).take(parents.len() + 1);
            let year =
                above.into_iter().find(|id| self.facts.years.contains_key(id)).or_else(|| numbers.get(&part.year).copied());
            match year {
                Some(year) => drop(self.facts.terms.insert(part.id, year)),
                None => self.found(Severity::Error, &rules::TERM_OF_NO_YEAR, (&sheet, line), "parentSourcedId", part.id),
            }
        }
        self.finish(years, &sheet).await?;
        Ok(())
    }

    /// Courses are looked at, for the classes that refer to them, and not kept.
    pub(super) async fn read_courses(&mut self) -> Result<()> {
        let mut sheet = Sheet::of(File::Courses);
        let mut rows = Ahead::of(self.package.courses());
        while let Some((line, course)) = self.next(&mut rows).await? {
            let Some(course) = course.filter(|course| self.first(&mut sheet, line, course.id)).filter(|course| !course.removed)
            else {
                continue;
            };
            self.facts.courses.insert(course.id);
            if let Some(org) = course.org.filter(|org| !self.facts.is_org(*org)) {
                self.found(Severity::Warning, &rules::NO_SUCH_ORG, (&sheet, line), "orgSourcedId", org);
            }
            if let Some(year) = course.session.filter(|year| self.facts.year_of(*year).is_none()) {
                self.found(Severity::Warning, &rules::NO_SUCH_SESSION, (&sheet, line), "schoolYearSourcedId", year);
            }
        }
        Ok(())
    }
}
