//! What lasts from one day to another: duties, and pupils' places in classes.
use super::record::{Kept, Place, Record};
use super::spans::{Spans, UNSAID};
use super::yours::Yours;
use crate::access::duty::{self, Duty};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Put, Tx};
use crate::error::Result;
use crate::roster::duties::given_by_office;
use crate::roster::enrolment::{self, Enrolment, MembershipKind};
use chrono::{Days, NaiveDate};
use uuid::Uuid;

/// The last day of what there was and the first of what there is instead, where that is not known to have been so from the beginning.
/// `stored` and `said` are first and last days.
fn parted(
    stored: (NaiveDate, NaiveDate),
    said: (NaiveDate, NaiveDate),
    other: bool,
    today: NaiveDate,
) -> Option<(NaiveDate, NaiveDate)> {
    let from = match said.0 {
        UNSAID => today,
        begins if other && begins > stored.0 => begins,
        _ => return None,
    };
    let until = stored.1.min(from - Days::new(1));
    // Whoever was away since yesterday was not away.
    let apart = other || stored.1 < today - Days::new(1);
    (apart && until >= stored.0 && from <= said.1).then_some((until, from))
}

/// The id of what there was under another record's id.
fn former(id: Uuid, of: Uuid, begins: NaiveDate) -> Uuid {
    Uuid::new_v5(&id, format!("{of} {begins}").as_bytes())
}

impl Kept for Duty {
    const RECORD: Record = Record::Duty;
    const SELECT: &'static str = "SELECT * FROM duty WHERE id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    fn place(&self) -> Place {
        Place { school: self.school, class: self.class, pupil: None }
    }
    fn completed(self, stored: &Self) -> Self {
        Duty { begins: if self.begins == UNSAID { stored.begins } else { self.begins }, ..self }
    }
    /// As with every other duty: a school's office gives those of a school, and nobody gives one to themselves.
    fn may_be_given(&self, scope: &Scope, yours: &Yours) -> bool {
        scope.holds(Right::AccessWrite) || (self.holder != scope.holder() && (yours.all() || given_by_office(scope, self.kind)))
    }
    fn begun(self, spans: &Spans) -> Self {
        let begins = match (self.begins, self.class) {
            (UNSAID, Some(class)) => spans.begins_in(class, self.ends),
            (UNSAID, None) => spans.begins_at(self.school, self.ends),
            (begins, _) => begins,
        };
        Duty { begins, ..self }
    }
    fn split(&self, said: &Self, stored: &Self, gone: bool, today: NaiveDate) -> Option<(Self, Self)> {
        let other =
            (self.holder, self.school, self.class, self.kind) != (stored.holder, stored.school, stored.class, stored.kind);
        if !other && !gone {
            return None;
        }
        let (ends, begins) = parted((stored.begins, stored.ends), (said.begins, self.ends), other, today)?;
        let id = former(stored.id, stored.class.unwrap_or(stored.holder), stored.begins);
        Some((Duty { id, ends, ..stored.clone() }, Duty { begins, ..self.clone() }))
    }
    fn as_said(&self, said: &[u8]) -> Option<Self> {
        (self.digest() == said || Duty { begins: UNSAID, ..self.clone() }.digest() == said).then(|| self.clone())
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        duty::put(tx, rows).await
    }
}

impl Kept for Enrolment {
    const RECORD: Record = Record::Enrolment;
    const SELECT: &'static str = "SELECT id, school, class, pupil, number, begins, ends, kind, grade FROM enrolment
                                  WHERE known_until = '9999-12-31T00:00:00+00:00' AND id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    fn place(&self) -> Place {
        Place { school: Some(self.school), class: Some(self.class), pupil: Some(self.pupil) }
    }
    /// Who is a guest follows from the pupil's other classes, once all of them are read. The grade may be one that somebody here has said.
    fn completed(self, stored: &Self) -> Self {
        let begins = if self.begins == UNSAID { stored.begins } else { self.begins };
        let stored_grade = stored.grade.clone().filter(|_| self.class == stored.class);
        Enrolment { kind: stored.kind, begins, grade: self.grade.clone().or(stored_grade), ..self }
    }
    fn begun(self, spans: &Spans) -> Self {
        let begins = if self.begins == UNSAID { spans.begins_in(self.class, self.ends) } else { self.begins };
        Enrolment { begins, ..self }
    }
    fn split(&self, said: &Self, stored: &Self, gone: bool, today: NaiveDate) -> Option<(Self, Self)> {
        let other = (self.class, self.pupil) != (stored.class, stored.pupil);
        if !other && !gone {
            return None;
        }
        let (ends, begins) = parted((stored.begins, stored.ends), (said.begins, self.ends), other, today)?;
        let id = former(stored.id, stored.class, stored.begins);
        Some((Enrolment { id, ends, ..stored.clone() }, Enrolment { begins, kind: MembershipKind::Home, ..self.clone() }))
    }
    fn as_said(&self, said: &[u8]) -> Option<Self> {
        let is = |of: &Enrolment| {
            let place = Enrolment { kind: MembershipKind::Home, ..of.clone() };
            place.digest() == said || Enrolment { begins: UNSAID, ..place }.digest() == said
        };
        [self.clone(), Enrolment { grade: None, ..self.clone() }].into_iter().find(is)
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        enrolment::write(tx, rows).await
    }
}
