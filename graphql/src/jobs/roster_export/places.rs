//! Classes, the courses that a package must have for them, and who is in them.
use super::reached::{ClassOfYear, Reached, course};
use super::{ClassRow, Course, Enrollment, Receiver, Sink};
use crate::access::duty::{Duty, DutyKind};
use crate::clock::NO_END;
use crate::error::Result;
use crate::formats::oneroster::{ClassRole, codes};
use crate::roster::class::{Class, ClassKind};
use crate::roster::enrolment::Enrolment;
use chrono::NaiveDate;
use std::io::{Seek, Write};
use uuid::Uuid;

/// Writes courses.csv and classes.csv; how many classes.
pub(super) async fn write_classes<W: Write + Seek>(reached: &Reached<'_>, sink: &mut Sink<'_, W>) -> Result<usize> {
    sink.begin::<Course>()?;
    let mut after = Uuid::nil();
    loop {
        let lot = reached.classes(after).await?;
        let Some(last) = lot.last() else { break };
        after = last.class.id;
        sink.put(&lot.iter().map(course_of).collect::<Vec<_>>())?;
    }
    sink.begin::<ClassRow>()?;
    let (mut written, mut after) = (0, Uuid::nil());
    loop {
        let lot = reached.classes(after).await?;
        let Some(last) = lot.last() else { return Ok(written) };
        after = last.class.id;
        let rows: Vec<_> = lot.into_iter().map(|class| class_of(class.class, sink.wanted.receiver)).collect();
        written += sink.put(&rows)?;
    }
}

fn course_of(ClassOfYear { class, year }: &ClassOfYear) -> Course {
    let (subjects, subject_codes) = codes::subjects(&class.subjects);
    Course {
        id: course(class.id),
        removed: false,
        session: Some(class.academic_year),
        title: format!("{year}年度 {}", class.name),
        grades: class.grades.clone(),
        org: Some(class.school),
        subjects,
        subject_codes,
    }
}

fn class_of(class: Class, receiver: Receiver) -> ClassRow {
    let (subjects, subject_codes) = codes::subjects(&class.subjects);
    ClassRow {
        id: class.id,
        removed: false,
        homeroom: class.kind == ClassKind::Homeroom,
        school: class.school,
        course: Some(course(class.id)),
        terms: vec![class.academic_year],
        // Who is in a 特別支援学級 is told to nobody who can do without it.
        special_needs: class.special_needs && receiver == Receiver::Own,
        title: class.name,
        grades: class.grades,
        subjects,
        subject_codes,
    }
}

/// Writes enrollments.csv; how many.
pub(super) async fn write_enrollments<W: Write + Seek>(reached: &Reached<'_>, sink: &mut Sink<'_, W>) -> Result<usize> {
    sink.begin::<Enrollment>()?;
    let (mut written, mut after) = (0, Uuid::nil());
    loop {
        let lot = reached.enrolments(after).await?;
        let Some(last) = lot.last() else { break };
        after = last.id;
        let rows: Vec<_> = lot.iter().map(|enrolment| pupil_in(enrolment, sink.wanted.receiver)).collect();
        written += sink.put(&rows)?;
    }
    after = Uuid::nil();
    loop {
        let lot = reached.duties(after).await?;
        let Some(last) = lot.last() else { return Ok(written) };
        after = last.id;
        written += sink.put(&lot.iter().filter_map(teacher_in).collect::<Vec<_>>())?;
    }
}

fn pupil_in(enrolment: &Enrolment, receiver: Receiver) -> Enrollment {
    Enrollment {
        id: enrolment.id,
        removed: false,
        class: enrolment.class,
        school: enrolment.school,
        user: enrolment.pupil,
        role: ClassRole::Student,
        primary: false,
        begins: Some(enrolment.begins),
        ends: last_day(enrolment.ends),
        number: enrolment.number.filter(|_| receiver != Receiver::Tool),
    }
}

/// A teacher's place; other duties are no places in a class.
fn teacher_in(duty: &Duty) -> Option<Enrollment> {
    let primary = match duty.kind {
        DutyKind::HomeroomTeacher => true,
        DutyKind::SubjectTeacher => false,
        _ => return None,
    };
    Some(Enrollment {
        id: duty.id,
        removed: false,
        class: duty.class?,
        school: duty.school?,
        user: duty.holder,
        role: ClassRole::Teacher,
        primary,
        begins: Some(duty.begins),
        ends: last_day(duty.ends),
        number: None,
    })
}

/// A last day; none while no end is known.
pub(super) fn last_day(ends: NaiveDate) -> Option<NaiveDate> {
    Some(ends).filter(|ends| *ends < NO_END)
}
