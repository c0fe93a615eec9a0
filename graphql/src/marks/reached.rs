//! The classes whose marks the viewer reaches, with the term that is meant. A subject teacher reaches lessons alone.
use super::subject::{self, MarkSubject};
use super::term::{self, Term};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::{bind_ids, on};
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::class::{Class, ClassKind};
use async_graphql::ID;
use sqlx::QueryBuilder;
use std::collections::HashSet;
use uuid::Uuid;

/// A class over whose marks the viewer has a right.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Marked {
    #[sqlx(flatten)]
    pub(super) class: Class,
    /// The year of its April.
    pub(super) year: i32,
}

/// A class over whose marks the viewer has a right.
pub(super) async fn class(scope: &Scope, right: Right, class: Uuid) -> Result<Option<Marked>> {
    let sql = "SELECT c.*, y.year FROM class c JOIN academic_year y ON y.id = c.academic_year WHERE c.id = $4 AND c.id IN
                   (SELECT m.class FROM mark_reach m WHERE m.holder = $1 AND m.right_to = $2 AND m.begins <= $3 AND m.ends >= $3)";
    let found = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right)).bind(scope.today())
        .bind(class).fetch_optional(c).await?);
    Ok(found.inspect(|_| scope.looks_at_class(class, right)))
}

/// A class and a term of its year as a mutation names them, or what is wrong with them.
pub(super) async fn class_and_term(
    scope: &Scope,
    right: Right,
    (id, number): (&ID, i32),
) -> Result<Result<(Marked, Term), UserError>> {
    let Some(marked) = class(scope, right, id::parse(id).unwrap_or_default()).await? else {
        let message = "there is no such class whose marks you may change: check the id against the roster";
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "classId", message)));
    };
    let terms = term::of_year(scope, marked.year).await?;
    let most = terms.len();
    Ok(match terms.into_iter().find(|term| term.number == number) {
        Some(term) => Ok((marked, term)),
        None => Err(UserError::new(UserErrorCode::OutOfRange, "term", format!("the year has the terms 1 to {most}"))),
    })
}

impl Marked {
    /// A subject of the class by its name, or what is wrong with it.
    pub(super) fn subject(&self, name: &str) -> Result<MarkSubject, UserError> {
        let subjects = subject::of_class(&self.class);
        if subjects.is_empty() {
            let message =
                "the roster gives this lesson no subject: the office enters it there, or the homeroom is marked instead";
            return Err(UserError::new(UserErrorCode::WrongClass, "classId", message));
        }
        let wanted = subject::name(name);
        subjects.iter().find(|subject| subject.name == wanted).cloned().ok_or_else(|| {
            let known: Vec<&str> = subjects.iter().map(|subject| subject.name.as_str()).collect();
            let message = format!("the class is not marked in such a subject: send one of {}", known.join(", "));
            UserError::new(UserErrorCode::NotFound, "subject", message)
        })
    }

    /// The class, where it is a homeroom.
    pub(super) fn is_homeroom(&self) -> bool {
        self.class.kind == ClassKind::Homeroom
    }
}

/// Those of these pupils whose term is closed. The caller holds the pupils locked, so that nobody closes it meanwhile.
pub(super) async fn closed(tx: &mut Tx, (school, term): (Uuid, &Term), pupils: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<(Uuid,)> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT pupil FROM term_report WHERE school = ");
            sql.push_bind(school).push(" AND year = ").push_bind(term.year).push(" AND term = ").push_bind(term.number);
            sql.push(" AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(rows.into_iter().map(|(pupil,)| pupil));
    }
    Ok(found)
}

/// Whether a homeroom has closed a term. The caller holds the class locked.
pub(super) async fn class_is_closed(tx: &mut Tx, class: Uuid, term: &Term) -> Result<bool> {
    let sql = "SELECT count(*) FROM term_closing WHERE class = $1 AND year = $2 AND term = $3";
    let (closed,): (i64,) =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(term.year).bind(term.number).fetch_one(c).await?);
    Ok(closed > 0)
}

/// That a term is closed.
pub(super) fn term_closed(field: &str) -> UserError {
    UserError::new(UserErrorCode::TermClosed, field, "the term is closed: what it says stays as it is")
}
