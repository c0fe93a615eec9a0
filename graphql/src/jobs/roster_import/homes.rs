//! Pupils whom a package would have in two homerooms at once. Known once every row is read and it is known who is a guest where.
use super::read::Reading;
use super::record::{Record, read};
use super::rules;
use super::stage::LOT;
use super::store;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::formats::oneroster::{File, Finding, Severity};
use crate::roster::enrolment::{Enrolment, MembershipKind};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A place that a pupil would have in an ordinary homeroom; with the change that gives it, and its line.
struct Home {
    place: Enrolment,
    given: Option<(i64, i64)>,
}

impl Reading<'_> {
    /// Tells of pupils in two homerooms at once, and marks the changes that would put them there.
    pub(super) async fn find_two_homes(&mut self) -> Result<()> {
        let (mut homes, mut rewritten) = (HashMap::<Uuid, Vec<Home>>::new(), HashSet::new());
        let mut tx = self.stage.scope.begin("roster import read").await?;
        let mut after = 0;
        loop {
            let changes = store::changes(&mut tx, self.stage.import, after, LOT.cast_signed() as i64).await?;
            let Some(last) = changes.last() else { break };
            after = last.seq;
            for change in changes.into_iter().filter(|change| change.record == Record::Enrolment) {
                if !self.stage.first && change.before.is_some() {
                    rewritten.insert(change.record_id);
                    // Under another id from now on.
                    rewritten.extend(change.before.as_deref().map(read::<Enrolment>).transpose()?.map(|place| place.id));
                }
                let Some(place) = change.after.as_deref().map(read::<Enrolment>).transpose()? else { continue };
                let ordinary = self.facts.classes.get(&place.class).is_some_and(|class| class.homeroom && !class.special_needs);
                if ordinary && place.kind == MembershipKind::Home {
                    homes.entry(place.pupil).or_default().push(Home { place, given: Some((change.seq, change.line)) });
                }
            }
        }
        if !self.stage.first {
            let pupils: Vec<Uuid> = homes.keys().copied().collect();
            for chunk in pupils.chunks(LOT) {
                let stored: Vec<Enrolment> = on!(tx.connection(), c => {
                    let mut sql = QueryBuilder::new("SELECT e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, e.kind, e.grade
                        FROM enrolment e JOIN class c ON c.id = e.class
                        WHERE c.kind = 'HOMEROOM' AND NOT c.special_needs AND e.kind = 'HOME' AND e.known_until = ");
                    sql.push_bind(not_replaced()).push(" AND e.pupil IN (");
                    bind_ids(&mut sql, chunk.iter().copied());
                    sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
                });
                for place in stored.into_iter().filter(|place| !rewritten.contains(&place.id)) {
                    homes.entry(place.pupil).or_default().push(Home { place, given: None });
                }
            }
        }
        let mut twice: Vec<(i64, i64, Uuid)> = Vec::new();
        for (pupil, homes) in &homes {
            for (at, home) in homes.iter().enumerate() {
                let Some((seq, line)) = home.given else { continue };
                let others = homes.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| &other.place);
                if others.into_iter().any(|other| other.begins <= home.place.ends && home.place.begins <= other.ends) {
                    twice.push((line, seq, *pupil));
                }
            }
        }
        twice.sort_unstable();
        for (line, seq, pupil) in twice {
            let finding = Finding::new(Severity::Warning, &rules::TWO_HOMEROOMS, File::Enrollments.name(), line.cast_unsigned());
            self.stage.findings.add(finding.at("userSourcedId", &pupil.to_string()));
            let sql = "UPDATE roster_import_change SET suspicious = TRUE WHERE import = $1 AND seq = $2";
            on!(tx.connection(), c => sqlx::query(sql).bind(self.stage.import).bind(seq).execute(c).await?.rows_affected());
        }
        tx.commit().await
    }
}
