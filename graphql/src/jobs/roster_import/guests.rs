//! 交流学級: whoever is in a special-needs class belongs there, and to another homeroom of the same days as a guest. Known once every row is read.
use super::read::{Days, Reading};
use super::record::{Kept, Place, Record, json, read};
use super::stage::LOT;
use super::store::{Change, ChangeKind};
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::roster::enrolment::{Enrolment, MembershipKind};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Stored {
    #[sqlx(flatten)]
    place: Enrolment,
    special_needs: bool,
}

impl Reading<'_> {
    /// Says of each place in an ordinary homeroom whether the pupil is a guest there.
    pub(super) async fn find_guests(&mut self) -> Result<()> {
        let mut pupils: BTreeSet<Uuid> = self.special.iter().copied().collect();
        let mut tx = self.stage.scope.begin("roster import read").await?;
        // Whoever was in such a class and is not any more.
        let sql = "SELECT DISTINCT i.pupil FROM roster_import_change i JOIN class c ON c.id = i.class
                   WHERE i.import = $1 AND i.record = 'enrolment' AND i.before IS NOT NULL AND c.special_needs";
        let left: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(self.stage.import).fetch_all(c).await?);
        pupils.extend(left.into_iter().map(|(pupil,)| pupil));
        tx.commit().await?;
        let pupils: Vec<Uuid> = pupils.into_iter().collect();
        for chunk in pupils.chunks(LOT) {
            let mut tx = self.stage.scope.begin("roster import read").await?;
            self.judge(&mut tx, chunk).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn judge(&mut self, tx: &mut Tx, pupils: &[Uuid]) -> Result<()> {
        let staged: Vec<Change> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT * FROM roster_import_change WHERE record = 'enrolment' AND import = ");
            sql.push_bind(self.stage.import).push(" AND pupil IN (");
            bind_ids(&mut sql, pupils.iter().copied());
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        let stored: Vec<Stored> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, e.kind, e.grade, c.special_needs
                FROM enrolment e JOIN class c ON c.id = e.class WHERE c.kind = 'HOMEROOM' AND e.known_until = ");
            sql.push_bind(not_replaced()).push(" AND e.pupil IN (");
            bind_ids(&mut sql, pupils.iter().copied());
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        let touched: HashMap<Uuid, &Change> = staged.iter().map(|change| (change.record_id, change)).collect();
        let stays = |place: &Enrolment| {
            touched.get(&place.id).is_none_or(|change| matches!(change.kind, ChangeKind::Same | ChangeKind::Kept))
        };
        let apart = |class: Uuid, stored: bool| {
            stored || self.facts.classes.get(&class).is_some_and(|class| class.homeroom && class.special_needs)
        };
        let mut special: HashMap<Uuid, Vec<Days>> = HashMap::new();
        for change in staged.iter().filter(|change| change.class.is_some_and(|class| apart(class, false))) {
            if let Some(place) = change.after.as_deref().map(read::<Enrolment>).transpose()? {
                special.entry(place.pupil).or_default().push((place.begins, place.ends));
            }
        }
        for Stored { place, special_needs } in stored.iter().filter(|stored| stays(&stored.place)) {
            if apart(place.class, *special_needs) {
                special.entry(place.pupil).or_default().push((place.begins, place.ends));
            }
        }
        let guest = |place: &Enrolment| {
            let days = special.get(&place.pupil).into_iter().flatten();
            let apart = days.into_iter().any(|(begins, ends)| *begins <= place.ends && place.begins <= *ends);
            if apart { MembershipKind::Exchange } else { MembershipKind::Home }
        };
        let ordinary = |class: Uuid| self.facts.classes.get(&class).is_some_and(|class| class.homeroom && !class.special_needs);
        for change in staged.iter().filter(|change| change.after.is_some() && change.class.is_some_and(ordinary)) {
            let kinded = |json_of: &Option<String>| -> Result<Option<String>> {
                let Some(text) = json_of else { return Ok(None) };
                let place: Enrolment = read(text)?;
                Ok(Some(json(&Enrolment { kind: guest(&place), ..place })))
            };
            let (after, theirs) = (kinded(&change.after)?, kinded(&change.theirs)?);
            if after != change.after || theirs != change.theirs {
                let sql = "UPDATE roster_import_change SET after = $3, theirs = $4 WHERE import = $1 AND seq = $2";
                on!(tx.connection(), c => sqlx::query(sql).bind(self.stage.import).bind(change.seq).bind(after).bind(theirs)
                    .execute(c).await?.rows_affected());
            }
        }
        // Places of this package that are stored just so, or said just so: only what the pupil is there changes.
        let same = |id: &Uuid| touched.get(id).is_none_or(|change| change.kind == ChangeKind::Same && change.digest.is_some());
        let mut changes = Vec::new();
        for Stored { place, .. } in stored.iter().filter(|stored| ordinary(stored.place.class) && same(&stored.place.id)) {
            let kind = guest(place);
            if kind == place.kind || !self.enrolments.contains(place.id) {
                continue;
            }
            let Place { school, class, pupil } = place.place();
            let mut change = Change::new(Record::Enrolment, place.id, ChangeKind::Changed, Place { school, class, pupil }, 0);
            change.before = Some(json(place));
            change.after = Some(json(&Enrolment { kind, ..place.clone() }));
            let source = super::store::sources(tx, Record::Enrolment, &[place.id]).await?.remove(&place.id);
            change.said_before = source.map(|source| source.digest);
            let now = touched.get(&place.id).and_then(|change| change.digest.clone());
            change.digest = now.or_else(|| change.said_before.clone());
            changes.push(change);
        }
        self.stage.write(tx, changes).await
    }
}
