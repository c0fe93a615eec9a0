//! Marks as lists of days show them. Most lists show what they say, which is a fraction of what a mark holds; some also who said it and why.
use super::kind::{self, AttendanceKind, KindOf};
use super::mark::{AttendanceMark, AttendancePlace, MarksOf, of_those_who_mark};
use crate::access::reached::OF_REACHED;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::{Among, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::scalar::Timestamp;
use crate::written::{Asked, Plain, Write, shown};
use async_graphql::Context;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::futures_util::future::{try_join, try_join_all};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
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

/// A mark with who said it, and with the words that the viewer may read.
pub(super) struct ToldMark {
    mark: AttendanceMark,
    kind: Option<Arc<AttendanceKind>>,
}

impl Plain for ToldMark {
    const NAME: &'static str = "AttendanceMark";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "day" => shown(|told| told.mark.day),
            "kind" => asked.part(|told| told.kind.as_deref()),
            "late" => shown(|told| told.mark.late),
            "leftEarly" => shown(|told| told.mark.left_early),
            "place" => shown(|told| told.mark.place),
            "office" => shown(|told| told.mark.office),
            "note" => Some(Box::new(|told, json| json.value(&told.mark.note))),
            "reason" => Some(Box::new(|told, json| json.value(&told.mark.reason))),
            "by" => Some(Box::new(|told, json| json.value(&told.mark.by_name))),
            "at" => shown(|told| Timestamp::from(told.mark.known_from)),
            "classClosed" => shown(|told| told.mark.closure.is_some()),
            _ => None,
        }
    }
}

impl ToldMark {
    /// The marks that hold of some days of a pupil.
    pub(super) async fn of(ctx: &Context<'_>, span: Span) -> Result<Vec<Self>> {
        let loader = ctx.data_unchecked::<DataLoader<Scope>>();
        let marks = loader.load_one(MarksOf(span)).await?.unwrap_or_default();
        let codes: HashSet<KindOf> = marks.iter().filter_map(|mark| mark.kind.clone().map(KindOf)).collect();
        let kinds = loader.load_many(codes).await?;
        let kinds: HashMap<String, Arc<AttendanceKind>> =
            kinds.into_iter().map(|(KindOf(code), kind)| (code, Arc::new(kind))).collect();
        let kinds = &kinds;
        // All at once, so that what has to be looked up is looked up together.
        try_join_all(marks.into_iter().map(|mut mark| async move {
            let here = mark.here();
            let (note, reason) = try_join(
                of_those_who_mark(ctx, &here, mark.note.as_deref()),
                of_those_who_mark(ctx, &here, mark.reason.as_deref()),
            )
            .await?;
            (mark.note, mark.reason) = (note.map(str::to_owned), reason.map(str::to_owned));
            Ok(ToldMark { kind: mark.kind.as_ref().and_then(|code| kinds.get(code).cloned()), mark })
        }))
        .await
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
            let mut rows: Vec<(Uuid, NaiveDate, Uuid, String, bool, bool, AttendancePlace, bool)> = on!(self.read(), c => {
                let mut sql = self.reached(Right::AttendanceRead, &pupils);
                sql.push("SELECT m.pupil, m.day, m.school, m.kind, m.late, m.left_early, m.place, m.office FROM attendance_mark m
                              WHERE m.kind IS NOT NULL AND m.known_until = '9999-12-31T00:00:00+00:00' AND m.day >= ");
                sql.push_bind(from).push(" AND m.day <= ").push_bind(to).push(" AND ").push(OF_REACHED).push(" AND ");
                Among::push_among(&mut sql, "m.pupil", &pupils);
                sql.build_query_as().fetch_all(c).await?
            });
            rows.sort_unstable_by_key(|(_, day, school, ..)| (*day, *school));
            for (pupil, day, _, kind, late, left_early, place, office) in rows {
                let mark = MarkOfDay { day, kind: kinds.get(&kind).cloned(), late, left_early, place, office };
                found.entry(DaysMarkedOf(Span { pupil, from, to })).or_default().push(mark);
            }
        }
        Ok(found)
    }
}
