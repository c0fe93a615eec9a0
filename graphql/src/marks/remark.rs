//! Remarks (所見): what is said of a pupil's term in words, in a subject or on the whole.
use super::member;
use super::reached::{self, Marked, closed, term_closed};
use super::term::Term;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{not_replaced, school_day};
use crate::db::{bind_ids, on};
use crate::error::{Result, UserError, UserErrorCode};
use crate::learning::activity::{RejectedItem, check, wrong_length};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A remark on a pupil.
#[derive(InputObject, Clone, Debug)]
pub struct TermRemarkInput {
    /// The pupil.
    pub pupil_id: ID,
    /// The subject, such as `道徳`, one of the class's `markSubjects`; leave it out for the remark on the whole (総合所見), which a homeroom
    /// writes.
    pub subject: Option<String>,
    /// The words, at most 1,000 characters; empty takes them away.
    pub text: String,
}

/// Remarks on pupils of a class.
#[derive(InputObject, Clone, Debug)]
pub struct WriteRemarksInput {
    /// The class.
    pub class_id: ID,
    /// The number of the term.
    pub term: i32,
    /// 1 to 1,000 remarks.
    pub remarks: Vec<TermRemarkInput>,
}

/// What became of the remarks.
#[derive(SimpleObject, Default)]
pub struct WriteRemarksPayload {
    /// How many were new or other than before; what was written before stays in the history.
    pub written: usize,
    /// How many were there just so.
    pub unchanged: usize,
    /// Those that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with remarks.
#[derive(Default)]
pub struct RemarkMutation;

#[Object]
impl RemarkMutation {
    /// Writes remarks on pupils (所見), 1 to 1,000 a call. 道徳, 総合的な学習の時間, 外国語活動, 特別活動 and 行動の記録 are marked by them alone.
    async fn write_remarks(&self, ctx: &Context<'_>, input: WriteRemarksInput) -> Result<WriteRemarksPayload> {
        let scope = Scope::with(ctx, Right::MarkDecide)?;
        let refused = |error| Ok(WriteRemarksPayload { user_errors: vec![error], ..WriteRemarksPayload::default() });
        if let Some(error) = wrong_length(input.remarks.len(), "remarks") {
            return refused(error);
        }
        match reached::class_and_term(scope, Right::MarkDecide, (&input.class_id, input.term)).await? {
            Ok((marked, term)) => write(scope, &input, &marked, &term).await,
            Err(error) => refused(error),
        }
    }
}

type Key = (Uuid, String);

async fn write(scope: &Scope, input: &WriteRemarksInput, marked: &Marked, term: &Term) -> Result<WriteRemarksPayload> {
    let members = member::of_class(scope, &marked.class, term).await?;
    let members: HashSet<Uuid> = members.into_iter().map(|member| member.pupil).collect();
    let mut payload = WriteRemarksPayload::default();
    let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
    for (index, item) in input.remarks.iter().enumerate() {
        match checked(item, marked, &members) {
            Ok((key, text)) if seen.insert(key.clone()) => wanted.push((index, key, text)),
            Ok(_) => {
                let error = UserError::new(UserErrorCode::Conflict, "pupilId", "this is in the list before: send each once");
                payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error));
            }
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error)),
        }
    }
    let pupils: HashSet<Uuid> = wanted.iter().map(|(_, (pupil, _), _)| *pupil).collect();
    let pupils: Vec<Uuid> = pupils.into_iter().collect();
    if pupils.is_empty() {
        return Ok(payload);
    }
    let mut tx = scope.begin("remarks written").await?;
    tx.lock("pupil", &pupils).await?;
    let closed = closed(&mut tx, (marked.class.school, term), &pupils).await?;
    let held = held(&mut tx, (marked.class.school, term), &pupils).await?;
    let mut changed = Vec::new();
    for (index, key, text) in wanted {
        if held.get(&key).map_or("", String::as_str) == text {
            payload.unchanged += 1;
        } else if closed.contains(&key.0) {
            payload.rejected.push(RejectedItem::new(index, &input.remarks[index].pupil_id, term_closed("pupilId")));
        } else {
            changed.push((key, text));
        }
    }
    store(&mut tx, (marked.class.school, term), &changed).await?;
    tx.commit().await?;
    payload.written = changed.len();
    payload.rejected.sort_by_key(|item| item.index);
    Ok(payload)
}

fn checked(item: &TermRemarkInput, marked: &Marked, members: &HashSet<Uuid>) -> Result<(Key, String), UserError> {
    let pupil = check::uuid(&item.pupil_id, "pupilId")?;
    if !members.contains(&pupil) {
        let message = "the pupil was not in this class in the term: check the id against the roster";
        return Err(UserError::new(UserErrorCode::NotFound, "pupilId", message));
    }
    let subject = match item.subject.as_deref().filter(|subject| !subject.is_empty()) {
        Some(subject) => marked.subject(subject)?.name,
        None if marked.is_homeroom() => String::new(),
        None => {
            let message = "the remark on the whole is the homeroom's: say the subject of the lesson";
            return Err(UserError::new(UserErrorCode::WrongClass, "subject", message));
        }
    };
    let text = item.text.trim();
    let text = if text.is_empty() { String::new() } else { check::text(text, 1_000, "text")? };
    Ok(((pupil, subject), text))
}

async fn held(tx: &mut Tx, (school, term): (Uuid, &Term), pupils: &[Uuid]) -> Result<HashMap<Key, String>> {
    let mut found = HashMap::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<(Uuid, String, String)> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT pupil, subject, text FROM term_remark WHERE known_until = ");
            sql.push_bind(not_replaced()).push(" AND school = ").push_bind(school);
            sql.push(" AND year = ").push_bind(term.year).push(" AND term = ").push_bind(term.number).push(" AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(rows.into_iter().map(|(pupil, subject, text)| ((pupil, subject), text)));
    }
    Ok(found)
}

async fn store(tx: &mut Tx, (school, term): (Uuid, &Term), changed: &[(Key, String)]) -> Result<()> {
    let (at, actor) = (tx.at, tx.actor);
    for chunk in changed.chunks(300) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE term_remark SET known_until = ");
            sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND school = ").push_bind(school);
            sql.push(" AND year = ").push_bind(term.year).push(" AND term = ").push_bind(term.number).push(" AND (pupil, subject) IN ");
            sql.push_tuples(chunk, |mut row, ((pupil, subject), _)| { row.push_bind(*pupil).push_bind(subject.clone()); });
            sql.build().persistent(false).execute(c).await?.rows_affected()
        });
        let sql = "INSERT INTO term_remark (pupil, school, year, term, subject, known_from, known_until, day, text, written_by) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, ((pupil, subject), text)| {
            row.push_bind(*pupil).push_bind(school).push_bind(term.year).push_bind(term.number).push_bind(subject.clone())
                .push_bind(at).push_bind(not_replaced()).push_bind(school_day(at)).push_bind(text.clone()).push_bind(actor);
        }).push(" ON CONFLICT (pupil, school, year, term, subject, known_from) DO UPDATE SET known_until = excluded.known_until,
                 text = excluded.text, written_by = excluded.written_by")
          .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}
