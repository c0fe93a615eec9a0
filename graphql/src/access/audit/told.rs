//! The access log as it is told.
use super::entry::{AccessSubjectKind, DutyUsed, Entry};
use super::query::{AccessDuty, AccessLogEntry, AccessSubject};
use super::rows::Row;
use crate::access::opening::Stated;
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::clock::school_day;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::id;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// The entries as they are told. Pupils are told who looked at what of theirs, and nothing of networks or of others.
pub(super) async fn told(scope: &Scope, read: Vec<(Row, Entry)>, stated: &[Stated]) -> Result<Vec<AccessLogEntry>> {
    let staff = scope.viewer().kind == Holder::Staff;
    let names = if staff { names(scope, read.iter().map(|(_, entry)| entry)).await? } else { HashMap::new() };
    let told = read.into_iter().map(|(row, entry)| AccessLogEntry {
        id: id::of(row.id),
        at: row.at.into(),
        act: entry.act,
        stated_reason: reason(&entry, stated),
        by_guardian: row.guardian.is_some() && row.staff.is_none(),
        by: row.staff.or(row.app).or(row.guardian.map(|name| name.trim().to_owned())),
        by_pupil: row.pupil.is_some(),
        rights: rights(&entry),
        duties: entry.duties,
        held: entry.held.into_iter().filter(|_| staff).map(|duty| held(duty, &names)).collect(),
        refused: entry.refused,
        changed: entry.changed.into_iter().map(|(record, _)| record).collect(),
        what: staff.then_some(entry.what),
        address: staff.then_some(entry.address),
        subjects: entry
            .subjects
            .iter()
            .filter(|_| staff)
            .map(|seen| AccessSubject {
                kind: seen.subject.kind,
                id: id::of(seen.subject.id),
                name: names.get(&seen.subject.id).cloned(),
            })
            .collect(),
        key: (row.at, row.id),
    });
    Ok(told.collect())
}

/// The reason that holds for an entry: the last that was stated before it, or the first of the day.
fn reason(entry: &Entry, stated: &[Stated]) -> Option<String> {
    let day = school_day(entry.at);
    let of_day = || stated.iter().filter(|of| of.holder == entry.holder && school_day(of.at) == day);
    let before = of_day().rfind(|of| of.at <= entry.at);
    before.or_else(|| of_day().next()).map(|of| of.reason.clone())
}

fn held(duty: DutyUsed, names: &HashMap<Uuid, String>) -> AccessDuty {
    AccessDuty {
        id: id::of(duty.id),
        kind: duty.kind,
        class_id: duty.class.map(id::of),
        class_name: duty.class.and_then(|class| names.get(&class).cloned()),
        grade: Some(duty.grade).filter(|grade| !grade.is_empty()),
        school_id: duty.school.map(id::of),
    }
}

fn rights(entry: &Entry) -> Vec<Right> {
    let mut rights: Vec<Right> = entry.all_rights().collect();
    rights.sort_unstable();
    rights.dedup();
    rights
}

/// The names of subjects, as far as the viewer may see them.
async fn names(scope: &Scope, entries: impl Iterator<Item = &Entry>) -> Result<HashMap<Uuid, String>> {
    let mut ids: HashMap<AccessSubjectKind, Vec<Uuid>> = HashMap::new();
    for entry in entries {
        for seen in &entry.subjects {
            ids.entry(seen.subject.kind).or_default().push(seen.subject.id);
        }
        ids.entry(AccessSubjectKind::Class).or_default().extend(entry.held.iter().filter_map(|duty| duty.class));
    }
    ids.retain(|_, ids| !ids.is_empty());
    let mut names = HashMap::new();
    for (kind, mut ids) in ids {
        ids.sort_unstable();
        ids.dedup();
        for chunk in ids.chunks(500) {
            let rows: Vec<(Uuid, String)> = on!(scope.read(), c => {
                let mut sql = QueryBuilder::new(match kind {
                    AccessSubjectKind::Pupil => "SELECT q.id, CASE WHEN q.preferred_family_name <> '' THEN q.preferred_family_name ELSE q.family_name END || ' ' ||
                        CASE WHEN q.preferred_given_name <> '' THEN q.preferred_given_name ELSE q.given_name END FROM pupil q WHERE q.id IN
                        (SELECT pupil FROM pupil_reach WHERE right_to = ",
                    AccessSubjectKind::Class => "SELECT q.id, q.name FROM class q WHERE q.id IN (SELECT class FROM reach WHERE right_to = ",
                    AccessSubjectKind::School => "SELECT q.id, q.name FROM school q WHERE q.id IN (SELECT school FROM school_reach WHERE right_to = ",
                });
                sql.push_bind(scope.over(Right::AccessLogRead)).push(" AND holder = ").push_bind(scope.holder());
                sql.push(" AND begins <= ").push_bind(scope.today()).push(" AND ends >= ").push_bind(scope.today());
                if kind == AccessSubjectKind::Pupil {
                    sql.push(" AND enrolled <= ").push_bind(scope.today()).push(" AND leaves >= ").push_bind(scope.today());
                }
                sql.push(") AND q.id IN (");
                bind_ids(&mut sql, chunk.iter().copied());
                sql.push(")").build_query_as().fetch_all(c).await?
            });
            names.extend(rows);
        }
    }
    Ok(names)
}
