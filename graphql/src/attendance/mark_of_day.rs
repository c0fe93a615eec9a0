//! Marks as lists of days show them: what they say, without who said it and why. They hold a fraction of what a mark does.
use super::kind::{self, AttendanceKind};
use super::mark::AttendancePlace;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::written::{Asked, Plain, Write, shown};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// What a mark that holds says of a pupil's day.
#[derive(Clone)]
pub struct MarkOfDay {
    day: NaiveDate,
    kind: Option<Arc<AttendanceKind>>,
    late: bool,
    left_early: bool,
    place: AttendancePlace,
    office: bool,
}

impl Plain for MarkOfDay {
    const NAME: &'static str = "AttendanceMark";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "day" => shown(|mark| mark.day),
            "kind" => asked.part(|mark| mark.kind.as_deref()),
            "late" => shown(|mark| mark.late),
            "leftEarly" => shown(|mark| mark.left_early),
            "place" => shown(|mark| mark.place),
            "office" => shown(|mark| mark.office),
            _ => None,
        }
    }
}

/// The marks that hold of some days of a pupil, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DaysMarkedOf(pub(crate) Span);

#[async_trait]
impl Loader<DaysMarkedOf> for Scope {
    type Value = Vec<MarkOfDay>;
    type Error = Error;

    async fn load(&self, keys: &[DaysMarkedOf]) -> Result<HashMap<DaysMarkedOf, Vec<MarkOfDay>>> {
        let kinds: HashMap<String, Arc<AttendanceKind>> =
            kind::all(self).await?.into_iter().map(|kind| (kind.code.clone(), Arc::new(kind))).collect();
        let mut found: HashMap<DaysMarkedOf, Vec<MarkOfDay>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let rows: Vec<(Uuid, NaiveDate, String, bool, bool, AttendancePlace, bool)> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new(
                    "SELECT m.pupil, m.day, m.kind, m.late, m.left_early, m.place, m.office FROM attendance_mark m WHERE m.kind IS NOT NULL
                         AND m.known_until = ");
                sql.push_bind(not_replaced()).push(" AND m.day >= ").push_bind(from).push(" AND m.day <= ").push_bind(to).push(" AND ");
                self.push_pupil_reach_of(&mut sql, Right::AttendanceRead, "m", &pupils);
                sql.push(" AND m.pupil IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(") ORDER BY m.pupil, m.day").build_query_as().fetch_all(c).await?
            });
            for (pupil, day, kind, late, left_early, place, office) in rows {
                let mark = MarkOfDay { day, kind: kinds.get(&kind).cloned(), late, left_early, place, office };
                found.entry(DaysMarkedOf(Span { pupil, from, to })).or_default().push(mark);
            }
        }
        Ok(found)
    }
}
