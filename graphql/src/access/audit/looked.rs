//! What a request looks at, changes and is refused, gathered on its way.
use super::entry::{AccessAct, AccessSubjectKind, Came, Entry, Subject, SubjectSeen};
use crate::access::right::Right;
use crate::access::scope::{Scope, Viewer};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// What one request has touched. Scopes of the request share it.
#[derive(Clone, Default)]
pub struct Looked(Arc<Mutex<Gathered>>);

#[derive(Default)]
struct Gathered {
    who: Option<Arc<Viewer>>,
    /// The name of the operation.
    name: String,
    signed_in: bool,
    signed_out: bool,
    subjects: BTreeMap<Subject, BTreeSet<Right>>,
    /// Pupils who were listed with a class: the class stands for them.
    listed: BTreeMap<Uuid, Uuid>,
    /// Pupils who were asked for, and stand for themselves.
    sought: BTreeSet<Uuid>,
    rights: BTreeSet<Right>,
    changed: BTreeMap<&'static str, u32>,
    refused: BTreeSet<&'static str>,
}

/// Rights of which the log does not speak. By some no record of a person is read: a school's name is no one's secret, and what apps send is
/// kept with who sent it. Who asked whom to talk is known to those two alone.
const UNSAID: [Right; 6] = [
    Right::SchoolRead,
    Right::ActivityWrite,
    Right::AssignmentWrite,
    Right::MoodWrite,
    Right::ConsultationWrite,
    Right::ConsultationTake,
];

impl Looked {
    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn by(&self, viewer: &Arc<Viewer>) {
        self.gathered().who = Some(viewer.clone());
    }

    /// Somebody has signed in.
    pub fn sign_in(&self, viewer: Viewer) {
        let mut gathered = self.gathered();
        gathered.who = Some(Arc::new(viewer));
        gathered.signed_in = true;
    }

    /// Somebody has signed out, here or on another device.
    pub fn sign_out(&self) {
        self.gathered().signed_out = true;
    }

    /// What the request is for, as its sender calls it: letters, digits and underscores of it.
    pub fn name(&self, operation: &str) {
        self.gathered().name = operation.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(100).collect();
    }

    pub(crate) fn at(&self, kind: AccessSubjectKind, id: Uuid, right: Right) {
        self.gathered().subjects.entry(Subject { kind, id }).or_default().insert(right);
    }

    pub(crate) fn listed(&self, class: Uuid, pupils: impl IntoIterator<Item = Uuid>) {
        self.gathered().listed.extend(pupils.into_iter().map(|pupil| (pupil, class)));
    }

    pub(crate) fn sought(&self, pupil: Uuid) {
        self.gathered().sought.insert(pupil);
    }

    pub(crate) fn used(&self, right: Right) {
        self.gathered().rights.insert(right);
    }

    pub(crate) fn changed(&self, record: &'static str, many: usize) {
        let many = u32::try_from(many).unwrap_or(u32::MAX);
        let mut gathered = self.gathered();
        let sum = gathered.changed.entry(record).or_default();
        *sum = sum.saturating_add(many);
    }

    /// Something was refused: the name of a right, or a word.
    pub fn refuse(&self, what: &'static str) {
        self.gathered().refused.insert(what);
    }

    /// The entry of the request; `None` where nobody's record was touched and nothing refused. `file`: whether the answer is a file.
    #[must_use]
    pub fn entry(&self, at: DateTime<Utc>, came: Came, file: bool) -> Option<Entry> {
        let gathered = {
            let mut gathered = self.gathered();
            // Whoever stays connected stays who they are.
            let who = gathered.who.clone();
            std::mem::replace(&mut *gathered, Gathered { who, ..Gathered::default() })
        };
        let Gathered { who, name, signed_in, signed_out, subjects, mut listed, sought, rights, changed, refused } = gathered;
        listed.retain(|pupil, _| !sought.contains(pupil));
        let mut subjects = with_classes(subjects, &listed);
        subjects.values_mut().for_each(|rights| rights.retain(|right| !UNSAID.contains(right)));
        subjects.retain(|_, rights| !rights.is_empty());
        // A page or an operation of talks would tell of them.
        let talks = [Right::ConsultationWrite, Right::ConsultationTake].iter().any(|right| rights.contains(right));
        let read = !subjects.is_empty() || rights.iter().any(|right| !UNSAID.contains(right));
        if !read && !signed_in && !signed_out && changed.is_empty() && refused.is_empty() {
            return None;
        }
        let act = match (changed.is_empty(), read) {
            _ if signed_in => AccessAct::SignIn,
            _ if signed_out => AccessAct::SignOut,
            (false, _) => AccessAct::Change,
            (true, true) if file => AccessAct::Export,
            (true, true) => AccessAct::Read,
            (true, false) => AccessAct::Refuse,
        };
        let mut came = came;
        if talks {
            came.what = String::new();
        } else if !name.is_empty() {
            came.what = format!("{} {name}", came.what);
        }
        let mut entry = Entry::new(at, who.as_ref().map_or_else(Uuid::nil, |who| who.holder), act, came);
        let names = |rights: BTreeSet<Right>| rights.into_iter().map(|right| right.name().to_owned()).collect();
        let used: BTreeSet<Right> = subjects.values().flatten().copied().collect();
        let others = rights.into_iter().filter(|right| !used.contains(right) && !UNSAID.contains(right));
        entry.rights = names(others.collect());
        entry.subjects = subjects.into_iter().map(|(subject, rights)| SubjectSeen { subject, rights: names(rights) }).collect();
        entry.changed = changed.into_iter().map(|(record, many)| (record.to_owned(), many)).collect();
        entry.refused = refused.into_iter().map(str::to_owned).collect();
        let used: BTreeSet<Right> = entry.all_rights().collect();
        entry.duties = who.map(|who| who.duties_giving(&used)).unwrap_or_default();
        Some(entry)
    }
}

/// Whoever was listed with a class that was looked at, too, is in the entry with the class.
fn with_classes(
    mut subjects: BTreeMap<Subject, BTreeSet<Right>>,
    listed: &BTreeMap<Uuid, Uuid>,
) -> BTreeMap<Subject, BTreeSet<Right>> {
    for (pupil, class) in listed {
        let class = Subject { kind: AccessSubjectKind::Class, id: *class };
        if subjects.contains_key(&class)
            && let Some(rights) = subjects.remove(&Subject { kind: AccessSubjectKind::Pupil, id: *pupil })
        {
            subjects.entry(class).or_default().extend(rights);
        }
    }
    subjects
}

impl Scope {
    /// A pupil is asked for.
    pub(crate) fn seeks_pupil(&self, pupil: Uuid, right: Right) {
        self.looked.sought(pupil);
        self.looks_at_pupil(pupil, right);
    }

    /// A pupil's record is looked at.
    pub(crate) fn looks_at_pupil(&self, pupil: Uuid, right: Right) {
        self.looked.at(AccessSubjectKind::Pupil, pupil, right);
    }

    /// A class is looked at.
    pub(crate) fn looks_at_class(&self, class: Uuid, right: Right) {
        self.looked.at(AccessSubjectKind::Class, class, right);
    }

    /// Pupils are listed with a class that is looked at: its entry stands for theirs.
    pub(crate) fn lists(&self, class: Uuid, pupils: impl IntoIterator<Item = Uuid>) {
        self.looked.listed(class, pupils);
    }

    /// A list of a school is looked at.
    pub(crate) fn looks_at_school(&self, school: Uuid, right: Right) {
        self.looked.at(AccessSubjectKind::School, school, right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(looked: &Looked) -> Vec<(AccessSubjectKind, u128, Vec<String>)> {
        let entry = looked.entry(DateTime::UNIX_EPOCH, Came::default(), false).expect("an entry");
        entry.subjects.into_iter().map(|seen| (seen.subject.kind, seen.subject.id.as_u128(), seen.rights)).collect()
    }

    #[test]
    fn a_class_stands_for_those_who_were_listed_with_it() {
        let id = Uuid::from_u128;
        let looked = Looked::default();
        looked.at(AccessSubjectKind::Class, id(1), Right::RosterRead);
        looked.listed(id(1), [id(11), id(12)]);
        looked.at(AccessSubjectKind::Pupil, id(11), Right::AttendanceRead);
        looked.at(AccessSubjectKind::Pupil, id(13), Right::AttendanceRead);
        looked.at(AccessSubjectKind::Pupil, id(12), Right::AttendanceRead);
        looked.sought(id(12));
        let of = |right: Right| right.name().to_owned();
        let expected = [
            (AccessSubjectKind::Pupil, 12, vec![of(Right::AttendanceRead)]),
            (AccessSubjectKind::Pupil, 13, vec![of(Right::AttendanceRead)]),
            (AccessSubjectKind::Class, 1, vec![of(Right::RosterRead), of(Right::AttendanceRead)]),
        ];
        assert_eq!(subjects(&looked), expected);
    }

    #[test]
    fn a_request_that_shows_nobody_leaves_no_entry() {
        let looked = Looked::default();
        looked.used(Right::SchoolRead);
        looked.used(Right::ActivityWrite);
        assert_eq!(looked.entry(DateTime::UNIX_EPOCH, Came::default(), false), None);
        looked.refuse("roster:read");
        let entry = looked.entry(DateTime::UNIX_EPOCH, Came::default(), false).expect("an entry");
        assert_eq!((entry.act, entry.refused), (AccessAct::Refuse, vec!["roster:read".to_owned()]));
    }
}
