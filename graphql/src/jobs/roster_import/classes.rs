//! Homerooms and lessons.
use super::ahead::Ahead;
use super::facts::{ClassFacts, schools_of_classes};
use super::read::{Reading, Sheet};
use super::rules;
use crate::error::Result;
use crate::formats::oneroster::{ClassRow, File, Severity};
use crate::roster::class::{Class, ClassKind};
use uuid::Uuid;

impl Reading<'_> {
    pub(super) async fn read_classes(&mut self) -> Result<()> {
        if !self.stage.yours.all() {
            self.facts.schools_of_classes = schools_of_classes(self.stage.scope).await?;
        }
        let (mut sheet, mut classes) = (Sheet::of(File::Classes), self.stream::<Class>());
        let mut rows = Ahead::of(self.package.classes());
        while let Some((line, class)) = self.next(&mut rows).await? {
            let class = class.filter(|class| self.first(&mut sheet, line, class.id));
            if class.as_ref().is_some_and(|class| class.removed) {
                self.found(Severity::Warning, &rules::KEPT_FOR_HISTORY, (&sheet, line), "status", "tobedeleted");
                continue;
            }
            class.and_then(|class| self.class(&sheet, line, class)).into_iter().for_each(|class| classes.push(line, class));
            self.stage.settle_many(&mut classes, sheet.file).await?;
        }
        self.finish(classes, &sheet).await?;
        Ok(())
    }

    fn class(&mut self, sheet: &Sheet, line: u64, row: ClassRow) -> Option<Class> {
        let at = (sheet, line);
        if !self.facts.schools.contains(&row.school) {
            let rule = if self.facts.boards.contains(&row.school) { &rules::NOT_A_SCHOOL } else { &rules::NO_SUCH_ORG };
            return self.wrong(rule, at, "schoolSourcedId", row.school);
        }
        if self.facts.schools_of_classes.get(&row.id).is_some_and(|school| !self.stage.yours.has(*school)) {
            // Whatever the package says of its school: it is a class of somebody else's.
            return self.wrong(&rules::NOT_YOURS, at, "sourcedId", row.id);
        }
        let mut years: Vec<Uuid> = Vec::new();
        for term in &row.terms {
            match self.facts.year_of(*term) {
                Some(year) if years.contains(&year) => {}
                Some(year) => years.push(year),
                None => return self.wrong(&rules::NO_SUCH_SESSION, at, "termSourcedIds", *term),
            }
        }
        let academic_year = *years.first()?;
        if years.len() > 1 {
            self.found(Severity::Warning, &rules::TERMS_OF_YEARS, at, "termSourcedIds", years[1]);
        }
        if let Some(course) = row.course.filter(|course| self.lists(File::Courses) && !self.facts.courses.contains(course)) {
            // Courses are not kept: the class can be read without.
            self.found(Severity::Warning, &rules::NO_SUCH_COURSE, at, "courseSourcedId", course);
        }
        self.schools.insert(row.school);
        let facts = ClassFacts {
            school: row.school,
            year: academic_year,
            days: self.facts.years[&academic_year],
            homeroom: row.homeroom,
            special_needs: row.special_needs,
        };
        let grades = row.grades.replace(' ', "");
        self.facts.add_class(row.id, facts, &grades);
        Some(Class {
            id: row.id,
            school: row.school,
            academic_year,
            kind: if row.homeroom { ClassKind::Homeroom } else { ClassKind::Scheduled },
            name: row.title,
            grades,
            subjects: if row.subject_codes.is_empty() { row.subjects } else { row.subject_codes },
            special_needs: row.special_needs,
        })
    }
}
