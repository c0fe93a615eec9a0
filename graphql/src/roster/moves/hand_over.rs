//! Handing records over: what a school gives the next one to read, kind by kind and on purpose. Without it nothing follows a pupil.
use super::PupilMove;
use super::plan::{done, lock_pupil, offices, right, words, wrong};
use super::query::within_of;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{NO_END, new_id};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Enum, ID, InputObject};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A kind of record that can be handed over.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// 出欠.
    Attendance,
    /// 学習の記録: daily totals, and what became of assignments.
    Learning,
    /// 心の天気.
    Moods,
    /// 支援の記録: what was done for the pupil.
    Support,
    /// 成績: marks and remarks of closed terms; neither those of an open one, nor single results.
    Marks,
}

impl RecordKind {
    /// Every kind, with the right that reads it.
    pub const ALL: [(RecordKind, Right); 5] = [
        (RecordKind::Attendance, Right::AttendanceRead),
        (RecordKind::Learning, Right::ActivityRead),
        (RecordKind::Moods, Right::MoodRead),
        (RecordKind::Support, Right::SupportRead),
        (RecordKind::Marks, Right::MarkRead),
    ];

    fn right(self) -> &'static str {
        let found = RecordKind::ALL.iter().find(|(kind, _)| *kind == self);
        found.expect("every kind is in the list").1.name()
    }
}

/// What is handed over of a pupil.
#[derive(InputObject, Clone, Debug)]
pub struct HandOverRecordsInput {
    /// The `TRANSFER_OUT` or `GRADUATION` to a school of the same board, of a school whose office you are in.
    pub move_id: ID,
    /// What the other school may read from today on; what is not listed ends.
    pub kinds: Vec<RecordKind>,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
struct HandOver {
    id: Uuid,
    r#move: Uuid,
    pupil: Uuid,
    from_school: Uuid,
    to_school: Uuid,
    right_to: String,
    reason: String,
    given_by: Uuid,
    begins: NaiveDate,
    ends: NaiveDate,
}

/// Sets what is handed over with a move, or says what is wrong with the input.
pub(super) async fn hand_over(scope: &Scope, input: HandOverRecordsInput) -> Result<Result<PupilMove, UserError>> {
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let offices = offices(scope, Right::MoveWrite).await?;
    let mut tx = scope.begin_because("records handed over", &reason).await?;
    let found = within_of(&mut tx, "m.school", &offices, id::parse(&input.move_id).unwrap_or_default()).await?;
    let Some(found) = found.filter(|found| found.undone_at.is_none()) else {
        return wrong(UserErrorCode::NotFound, "moveId", "there is no such move of a school of yours that holds");
    };
    let Some(to) = found.other_school.filter(|_| found.kind.leaves()) else {
        return wrong(UserErrorCode::OutOfRange, "moveId", "the pupil did not leave to a school of the same board");
    };
    lock_pupil(&mut tx, found.pupil).await?;
    set(&mut tx, (found.id, found.pupil, found.school, to), &input.kinds, &reason, scope.today()).await?;
    done(scope, tx, found.id).await
}

/// Sets what one school hands over to another of a pupil, from a day on.
pub(super) async fn set(
    tx: &mut Tx,
    (move_id, pupil, from_school, to_school): (Uuid, Uuid, Uuid, Uuid),
    kinds: &[RecordKind],
    reason: &str,
    today: NaiveDate,
) -> Result<()> {
    let wanted: BTreeSet<&str> = kinds.iter().map(|kind| kind.right()).collect();
    let held = of_move(tx, move_id).await?;
    let mut rows: Vec<HandOver> = Vec::new();
    for row in held.iter().filter(|row| row.ends >= today && !wanted.contains(row.right_to.as_str())) {
        rows.push(HandOver { ends: today - Days::new(1), ..row.clone() });
    }
    let new = wanted.into_iter().filter(|right| !held.iter().any(|row| row.ends >= today && row.right_to == *right));
    let given_by = tx.actor;
    rows.extend(new.map(|right| HandOver {
        id: new_id(),
        r#move: move_id,
        pupil,
        from_school,
        to_school,
        right_to: right.to_owned(),
        reason: reason.to_owned(),
        given_by,
        begins: today,
        ends: NO_END,
    }));
    put(tx, &rows).await
}

/// Ends what is handed over with a move that was undone.
pub(super) async fn end(tx: &mut Tx, move_id: Uuid, today: NaiveDate) -> Result<()> {
    let last = today - Days::new(1);
    let held = of_move(tx, move_id).await?.into_iter().filter(|row| row.ends > last);
    let ended: Vec<HandOver> = held.map(|row| HandOver { ends: last, ..row }).collect();
    put(tx, &ended).await
}

/// What was handed over with a move goes on with the one that corrects it.
pub(super) async fn follow(tx: &mut Tx, from: Uuid, to: Uuid) -> Result<()> {
    let rows: Vec<HandOver> = of_move(tx, from).await?.into_iter().map(|row| HandOver { r#move: to, ..row }).collect();
    put(tx, &rows).await
}

async fn of_move(tx: &mut Tx, move_id: Uuid) -> Result<Vec<HandOver>> {
    Ok(
        on!(tx.connection(), c => sqlx::query_as("SELECT * FROM hand_over WHERE move = $1 ORDER BY id").bind(move_id).fetch_all(c).await?),
    )
}

async fn put(tx: &mut Tx, rows: &[HandOver]) -> Result<()> {
    let difference = tx.compare("SELECT * FROM hand_over WHERE id IN (", rows, |row| row.id).await?;
    if difference.write.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO hand_over (id, move, pupil, from_school, to_school, right_to, reason, given_by, begins, ends) ";
    on!(tx.change("hand_over", &difference.changes).await?, c => QueryBuilder::new(sql).push_values(&difference.write, |mut row, of| {
        row.push_bind(of.id).push_bind(of.r#move).push_bind(of.pupil).push_bind(of.from_school).push_bind(of.to_school)
            .push_bind(of.right_to.clone()).push_bind(of.reason.clone()).push_bind(of.given_by).push_bind(of.begins).push_bind(of.ends);
    }).push(" ON CONFLICT (id) DO UPDATE SET move = excluded.move, ends = excluded.ends")
      .build().persistent(false).execute(c).await?.rows_affected());
    Ok(())
}

/// What is handed over with a move, as a key to load many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HandOverOf(pub(crate) Uuid);

#[async_trait]
impl Loader<HandOverOf> for Scope {
    type Value = Vec<RecordKind>;
    type Error = Error;

    async fn load(&self, moves: &[HandOverOf]) -> Result<HashMap<HandOverOf, Vec<RecordKind>>> {
        let rows: Vec<(Uuid, String)> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT h.move, h.right_to FROM hand_over h WHERE h.begins <= ");
            sql.push_bind(self.today()).push(" AND h.ends >= ").push_bind(self.today());
            sql.push(" AND h.from_school IN (SELECT school FROM school_reach WHERE holder = ").push_bind(self.holder());
            sql.push(" AND right_to = ").push_bind(self.over(Right::MoveWrite));
            sql.push(" AND begins <= ").push_bind(self.today()).push(" AND ends >= ").push_bind(self.today());
            sql.push(") AND h.move IN (");
            bind_ids(&mut sql, moves.iter().map(|of| of.0));
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<HandOverOf, Vec<RecordKind>> = HashMap::new();
        for (of, right) in rows {
            let kind = RecordKind::ALL.iter().find(|(_, reads)| reads.name() == right).map(|(kind, _)| *kind);
            found.entry(HandOverOf(of)).or_default().extend(kind);
        }
        found.values_mut().for_each(|kinds| kinds.sort_unstable());
        Ok(found)
    }
}
