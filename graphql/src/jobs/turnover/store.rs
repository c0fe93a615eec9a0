//! Writing the rows of a draft, each with its line in the trail.
use super::draft::{ClassRow, DutyRow, EntryRow, Row, WishRow};
use crate::access::tx::{Change, Tx};
use crate::db::{bind_ids, on};
use crate::error::Result;
use serde::Serialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// Writes the row of a draft.
pub(super) async fn put(tx: &mut Tx, row: &Row) -> Result<()> {
    let before: Option<Row> =
        on!(tx.connection(), c => sqlx::query_as("SELECT * FROM turnover WHERE id = $1").bind(row.id).fetch_optional(c).await?);
    let change = Change::new(row.id, before.as_ref(), Some(row));
    let sql = "INSERT INTO turnover (id, school, from_year, year, begins, ends, state, version, made_by, made_at, committed_by,
                   committed_at, effect)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
               ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = excluded.version,
                   committed_by = excluded.committed_by, committed_at = excluded.committed_at, effect = excluded.effect";
    on!(tx.change("turnover", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.school).bind(row.from_year).bind(row.year)
        .bind(row.begins).bind(row.ends).bind(row.state).bind(row.version).bind(row.made_by).bind(row.made_at)
        .bind(row.committed_by).bind(row.committed_at).bind(&row.effect).execute(c).await?.rows_affected());
    Ok(())
}

/// Writes classes of a draft; tells how many are other than before.
pub(super) async fn put_classes(tx: &mut Tx, rows: &[ClassRow]) -> Result<usize> {
    let difference = tx.compare("SELECT * FROM turnover_class WHERE id IN (", rows, |row| row.id).await?;
    if !difference.write.is_empty() {
        let sql = "INSERT INTO turnover_class (id, turnover, copied_from, name, grades, special_needs, place) ";
        on!(tx.change("turnover_class", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, of| {
                row.push_bind(of.id).push_bind(of.turnover).push_bind(of.copied_from).push_bind(of.name.clone())
                    .push_bind(of.grades.clone()).push_bind(of.special_needs).push_bind(of.place);
            }).push(" ON CONFLICT (id) DO UPDATE SET name = excluded.name, grades = excluded.grades,
                     special_needs = excluded.special_needs, place = excluded.place")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(difference.write.len())
}

/// Writes entries of a draft, each of which differs from before gets the next version; tells how many do.
pub(super) async fn put_entries(tx: &mut Tx, rows: &[EntryRow]) -> Result<usize> {
    let mut written = 0;
    for chunk in rows.chunks(200) {
        let mut difference = tx.compare("SELECT * FROM turnover_pupil WHERE id IN (", chunk, |row| row.id).await?;
        difference.write.iter_mut().for_each(|row| row.version += 1);
        written += difference.write.len();
        if difference.write.is_empty() {
            continue;
        }
        let sql = "INSERT INTO turnover_pupil (id, turnover, pupil, identifier, family_name, given_name, kana_family_name,
                       kana_given_name, birth_date, from_class, from_number, from_name, outcome, grade, destination, class, number,
                       exchange, version, late) ";
        on!(tx.change("turnover_pupil", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, of| {
                row.push_bind(of.id).push_bind(of.turnover).push_bind(of.pupil).push_bind(of.identifier.clone())
                    .push_bind(of.family_name.clone()).push_bind(of.given_name.clone()).push_bind(of.kana_family_name.clone())
                    .push_bind(of.kana_given_name.clone()).push_bind(of.birth_date).push_bind(of.from_class)
                    .push_bind(of.from_number).push_bind(of.from_name.clone()).push_bind(of.outcome).push_bind(of.grade.clone())
                    .push_bind(of.destination).push_bind(of.class).push_bind(of.number).push_bind(of.exchange).push_bind(of.version)
                    .push_bind(of.late);
            }).push(" ON CONFLICT (id) DO UPDATE SET pupil = excluded.pupil, birth_date = excluded.birth_date,
                     from_class = excluded.from_class, from_number = excluded.from_number, outcome = excluded.outcome,
                     grade = excluded.grade, destination = excluded.destination, class = excluded.class, number = excluded.number,
                     exchange = excluded.exchange, version = excluded.version, late = excluded.late")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(written)
}

/// Writes duties of a draft; tells how many are new.
pub(super) async fn put_duties(tx: &mut Tx, rows: &[DutyRow]) -> Result<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let changes: Vec<Change> = rows.iter().map(|row| Change::new(row.id, None, Some(row))).collect();
    let sql = "INSERT INTO turnover_duty (id, turnover, staff, kind, class, grade, beside) ";
    on!(tx.change("turnover_duty", &changes).await?, c => QueryBuilder::new(sql).push_values(rows, |mut row, of| {
        row.push_bind(of.id).push_bind(of.turnover).push_bind(of.staff).push_bind(of.kind).push_bind(of.class)
            .push_bind(of.grade.clone()).push_bind(of.beside);
    }).build().persistent(false).execute(c).await?.rows_affected());
    Ok(rows.len())
}

/// Writes a wish.
pub(super) async fn put_wish(tx: &mut Tx, of: &WishRow) -> Result<()> {
    let change = Change::new(of.id, None, Some(of));
    let sql = "INSERT INTO turnover_wish (id, turnover, one, other, together) VALUES ($1, $2, $3, $4, $5)";
    on!(tx.change("turnover_wish", &[change]).await?, c => sqlx::query(sql).bind(of.id).bind(of.turnover).bind(of.one).bind(of.other)
        .bind(of.together).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes rows of a draft, by a text that ends in `IN (`.
pub(super) async fn remove<T: Serialize>(
    tx: &mut Tx,
    (record, delete): (&'static str, &'static str),
    rows: &[T],
    id: impl Fn(&T) -> Uuid,
) -> Result<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let changes: Vec<Change> = rows.iter().map(|row| Change::new(id(row), Some(row), None)).collect();
    on!(tx.change(record, &changes).await?, c => {
        let mut sql = QueryBuilder::new(delete);
        bind_ids(&mut sql, rows.iter().map(&id));
        sql.push(")").build().persistent(false).execute(c).await?;
    });
    Ok(rows.len())
}
