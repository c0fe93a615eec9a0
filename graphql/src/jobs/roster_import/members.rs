//! Who is in which class: pupils have places there, and teachers duties over it.
use super::ahead::Ahead;
use super::facts::{ClassFacts, GradeName};
use super::read::{Days, Reading, Removed, Sheet};
use super::rules;
use super::spans::UNSAID;
use crate::access::duty::{Duty, DutyKind};
use crate::error::Result;
use crate::formats::oneroster::{ClassRole, Enrollment, File, Severity};
use crate::roster::enrolment::{Enrolment, MembershipKind};

impl Reading<'_> {
    pub(super) async fn read_enrollments(&mut self) -> Result<()> {
        let (mut sheet, mut places) = (Sheet::of(File::Enrollments), self.stream::<Enrolment>());
        let mut rows = Ahead::of(self.package.enrollments());
        while let Some((line, row)) = self.next(&mut rows).await? {
            let row = row.filter(|row| self.first(&mut sheet, line, row.id));
            if let Some(row) = row.as_ref().filter(|row| row.removed) {
                self.removed.push((Removed::Row(row.id), line));
                continue;
            }
            let id = row.as_ref().map(|row| row.id);
            match row.and_then(|row| self.member(&sheet, line, &row)) {
                Some(Member::Pupil(place)) => places.push(line, place),
                Some(Member::Staff(duty)) => {
                    self.duties.insert(duty.id);
                    self.duty_rows.push(line, duty);
                }
                Some(Member::Other) => {}
                None => {
                    self.excused.extend(id);
                }
            }
            self.stage.settle_many(&mut places, sheet.file).await?;
            self.stage.settle_many(&mut self.duty_rows, sheet.file).await?;
        }
        if self.stage.first && self.lists(File::Enrollments) && sheet.ids().is_empty() {
            self.found(Severity::Warning, &rules::NOBODY_ENROLLED, (&sheet, 0), "", "");
        }
        self.stage.settle(&mut places, sheet.file).await?;
        if super::places::settle(&mut self.stage, sheet.ids()).await? {
            places.forget();
        }
        self.enrolments_met = self.finish(places, &sheet).await?;
        self.enrolments = sheet.into_ids();
        let no_more = self.stream::<Duty>();
        let duties = std::mem::replace(&mut self.duty_rows, no_more);
        self.duties_met = self.finish(duties, &Sheet::of(File::Enrollments)).await?;
        Ok(())
    }

    fn member(&mut self, sheet: &Sheet, line: u64, row: &Enrollment) -> Option<Member> {
        let at = (sheet, line);
        let Some(class) = self.facts.classes.get(&row.class).copied() else {
            return self.wrong(&rules::NO_SUCH_CLASS, at, "classSourcedId", row.class);
        };
        if row.school != class.school {
            return self.wrong(&rules::CLASS_OF_OTHER_SCHOOL, at, "schoolSourcedId", row.school);
        }
        if !self.stage.yours.has(class.school) {
            return self.wrong(&rules::NOT_YOUR_SCHOOL, at, "schoolSourcedId", row.school);
        }
        // Nobody is in a class longer than its year.
        let ends = row.ends.map_or(class.days.1, |ends| ends.min(class.days.1));
        if ends < row.begins.unwrap_or(class.days.0) {
            return self.wrong(&rules::DAYS_REVERSED, at, "endDate", ends);
        }
        let days = (row.begins.map_or(UNSAID, |begins| begins.max(UNSAID)), ends);
        self.schools.insert(class.school);
        let person = self.facts.people.get(&row.user).copied().filter(|person| person.listed);
        match (row.role, person) {
            (ClassRole::Student, Some(person)) if person.student => {
                let grade = self.facts.grade_in(row.class, person);
                if grade.is_none() && person.grade != GradeName::default() && self.facts.mixed.contains_key(&row.class) {
                    self.found(Severity::Warning, &rules::GRADE_OF_OTHERS, at, "userSourcedId", row.user);
                }
                Some(Member::Pupil(Enrolment { grade, ..self.place(row, class, days) }))
            }
            (ClassRole::Teacher, Some(person)) if person.staff() => Some(Member::Staff(teacher(row, class, days))),
            (ClassRole::Teacher, Some(person)) if person.disabled => Some(Member::Other),
            (ClassRole::Other, Some(_)) => Some(Member::Other),
            (ClassRole::Other, None) => {
                self.found(Severity::Warning, &rules::NO_SUCH_USER, at, "userSourcedId", row.user);
                Some(Member::Other)
            }
            (_, Some(_)) => self.wrong(&rules::WRONG_ROLE, at, "userSourcedId", row.user),
            (_, None) => self.wrong(&rules::NO_SUCH_USER, at, "userSourcedId", row.user),
        }
    }

    fn place(&mut self, row: &Enrollment, class: ClassFacts, (begins, ends): Days) -> Enrolment {
        if class.homeroom && class.special_needs {
            self.special.insert(row.user);
        }
        Enrolment {
            id: row.id,
            school: class.school,
            class: row.class,
            pupil: row.user,
            number: row.number,
            begins,
            ends,
            kind: MembershipKind::Home,
            grade: None,
        }
    }
}

enum Member {
    Pupil(Enrolment),
    Staff(Duty),
    Other,
}

fn teacher(row: &Enrollment, class: ClassFacts, (begins, ends): Days) -> Duty {
    let kind = if class.homeroom && row.primary { DutyKind::HomeroomTeacher } else { DutyKind::SubjectTeacher };
    let (school, class) = (Some(class.school), Some(row.class));
    Duty { id: row.id, holder: row.user, kind, school, grade: String::new(), class, begins, ends }
}
