//! Finding pupils by what people remember of them: a part of a name in any spelling, the 学籍番号, the class with the 出席番号.
use super::class::{Class, ClassOf};
use super::pupil::Pupil;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::formats::name_fold;
use crate::page::{self, Cursor};
use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// The rules by which names are folded now, as the database keeps them.
pub(crate) const FOLDED_BY: i32 = name_fold::VERSION.cast_signed();

/// The most characters and words of a search.
const MOST: (usize, usize) = (100, 8);

/// A pupil who was found.
#[derive(SimpleObject, sqlx::FromRow, Clone, Debug)]
#[graphql(complex)]
pub struct FoundPupil {
    /// The pupil, with the 出席番号 in the homeroom.
    #[sqlx(flatten)]
    pub pupil: Pupil,
    #[graphql(skip)]
    homeroom: Option<Uuid>,
    #[graphql(skip)]
    place: i64,
}

#[ComplexObject]
impl FoundPupil {
    /// The homeroom of today, which tells the school; null where there is none that you may see.
    #[graphql(complexity = "5 + child_complexity")]
    async fn class(&self, ctx: &Context<'_>) -> Result<Option<Class>> {
        let Some(class) = self.homeroom else { return Ok(None) };
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(ClassOf(class)).await
    }
}

/// What may be asked to find pupils.
#[derive(Default)]
pub struct PupilSearchQuery;

#[Object]
impl PupilSearchQuery {
    /// The pupils of today whom you may see and for whom every word of the search holds, by school, class and number. A word is a part of
    /// the name or its reading, in any width, kana or variant of a character (高橋 finds 髙橋, さとう finds サトー); a class (`5年2組`, `5-2`); a 出席番号
    /// (`9`, `9番`); and where you may see them, a part of the official name or of the 学籍番号. The order of the words does not matter.
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn pupils(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, separated by spaces; at most 8 and 100 characters.")] search: String,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, FoundPupil>> {
        let scope = Scope::with(ctx, Right::RosterRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = find(scope, &words(&search)?, after, limit).await?;
        rows.iter().for_each(|found| scope.looks_at_pupil(found.pupil.id, Right::RosterRead));
        Ok(page::of(rows, limit, |found: &FoundPupil| Cursor { number: found.place, id: found.pupil.id }))
    }
}

/// A word of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// A part of a name or of a 学籍番号.
    Part(String),
    /// The beginning of a class's name.
    Class(String),
    /// A 出席番号, or a whole 学籍番号.
    Number(i32, String),
}

/// The words of a search. What was typed stays out of the message: it may be a name.
fn words(search: &str) -> Result<Vec<Word>> {
    if search.chars().count() > MOST.0 {
        return Err(Error::BadInput(format!("`search` is longer than {} characters", MOST.0)));
    }
    let plain: String = search.nfkc().collect();
    let words: Vec<Word> = plain.split(|c: char| c.is_whitespace() || c == '、' || c == ',').filter_map(word).collect();
    match words.len() {
        0 => Err(Error::BadInput("`search` has no word: give a part of a name".into())),
        many if many > MOST.1 => Err(Error::BadInput(format!("`search` has more than {} words", MOST.1))),
        _ => Ok(words),
    }
}

fn word(text: &str) -> Option<Word> {
    let digits = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.strip_suffix('番').unwrap_or(text);
    if digits(number) {
        return Some(Word::Number(number.parse().ok()?, number.to_owned()));
    }
    if let Some((grade, class)) = text.split_once('-').filter(|(grade, class)| digits(grade) && digits(class)) {
        return Some(Word::Class(format!("{grade}年{class}組")));
    }
    if text.split_once('年').is_some_and(|(grade, _)| digits(grade)) || text.ends_with("組") || text.ends_with("学級") {
        return Some(Word::Class(text.to_owned()));
    }
    Some(name_fold::fold(text)).filter(|folded| !folded.is_empty()).map(Word::Part)
}

/// What is kept of a pupil to be searched by whoever sees the pupil.
pub(crate) fn folded(pupil: &Pupil) -> String {
    let (family, given) = pupil.shown_names();
    name_fold::haystack([&[family, given][..], &[&pupil.kana_family_name, &pupil.kana_given_name]])
}

/// What is kept of a pupil to be searched by those who may see what the register says.
pub(crate) fn folded_official(pupil: &Pupil) -> String {
    name_fold::haystack([&[pupil.family_name.as_str(), &pupil.given_name][..], &[&pupil.identifier]])
}

async fn find(scope: &Scope, words: &[Word], after: Cursor, limit: i64) -> Result<Vec<FoundPupil>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT * FROM (SELECT p.*, e.number, c.id AS homeroom, row_number() OVER
                 (ORDER BY s.code, s.name, s.id, c.grades, c.name, c.id, COALESCE(e.number, 1000000), p.id) AS place
             FROM pupil p
             LEFT JOIN enrolment e ON e.pupil = p.id AND e.kind = 'HOME' AND e.known_until = ");
        sql.push_bind(not_replaced());
        sql.push(" AND e.begins <= ").push_bind(scope.today()).push(" AND e.ends >= ").push_bind(scope.today());
        sql.push(" AND e.class IN (SELECT id FROM class WHERE kind = 'HOMEROOM') AND e.class IN ");
        scope.push_reach(&mut sql, Right::RosterRead);
        sql.push(" LEFT JOIN class c ON c.id = e.class LEFT JOIN school s ON s.id = c.school WHERE ");
        push_words(&mut sql, scope, words);
        // Who may not know a name does not learn it by trying.
        sql.push("(NOT p.protected OR ").push_bind(scope.shows_protected()).push(") AND ");
        push_reach_of(&mut sql, scope, Right::RosterRead);
        // Who is in a special-needs class and in the class that it exchanges with is found once.
        sql.push(" AND NOT EXISTS (SELECT 1 FROM enrolment o JOIN class h ON h.id = o.class AND h.kind = 'HOMEROOM'
                  WHERE o.pupil = p.id AND o.kind = 'HOME' AND o.id < e.id AND o.known_until = e.known_until AND o.begins <= ");
        sql.push_bind(scope.today()).push(" AND o.ends >= ").push_bind(scope.today()).push(" AND o.class IN ");
        scope.push_reach(&mut sql, Right::RosterRead);
        sql.push(")) found WHERE (place, id) > (").push_bind(after.number).push(", ").push_bind(after.id);
        sql.push(") ORDER BY place LIMIT ").push_bind(limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// Continues a text with the condition that every word holds, for a pupil `p` with the enrolment `e` in the class `c`. A name of the
/// register finds a pupil for those alone who may see it: nobody learns it by trying.
fn push_words<DB: Database>(sql: &mut QueryBuilder<DB>, scope: &Scope, words: &[Word])
where
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> &'static str: Encode<'q, DB> + Type<DB>,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    for<'q> i32: Encode<'q, DB> + Type<DB>,
{
    for word in words {
        match word {
            Word::Part(part) => {
                let part = format!("%{}%", literal(part));
                sql.push("(p.folded LIKE ").push_bind(part.clone()).push(" ESCAPE '!'");
                sql.push(" OR (p.folded_official LIKE ").push_bind(part).push(" ESCAPE '!' AND ");
                push_reach_of(sql, scope, Right::OfficialNameRead);
                sql.push(")) AND ");
            }
            Word::Class(name) => {
                sql.push("c.name LIKE ").push_bind(format!("{}%", literal(name))).push(" ESCAPE '!' AND ");
            }
            Word::Number(number, text) => {
                sql.push("(e.number = ").push_bind(*number).push(" OR (p.identifier = ").push_bind(text.clone()).push(" AND ");
                push_reach_of(sql, scope, Right::OfficialNameRead);
                sql.push(")) AND ");
            }
        }
    }
}

/// Continues a text with the condition that the viewer has a right over a pupil `p` today, in whatever school.
fn push_reach_of<DB: Database>(sql: &mut QueryBuilder<DB>, scope: &Scope, right: Right)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> &'static str: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    sql.push("EXISTS (SELECT 1 FROM pupil_reach r WHERE r.pupil = p.id AND r.holder = ").push_bind(scope.holder());
    sql.push(" AND r.right_to = ").push_bind(scope.over(right));
    sql.push(" AND r.begins <= ").push_bind(scope.today()).push(" AND r.ends >= ").push_bind(scope.today());
    sql.push(" AND r.enrolled <= ").push_bind(scope.today()).push(" AND r.leaves >= ").push_bind(scope.today()).push(")");
}

/// A text that `LIKE` takes as it is.
fn literal(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Folds again whoever was folded by other rules, or not yet.
pub(crate) async fn fold_again(db: &Db) -> sqlx::Result<()> {
    let select = "SELECT * FROM pupil WHERE folded_by <> $1 ORDER BY id LIMIT 500";
    loop {
        let mut tx = db.begin().await?;
        let pupils: Vec<Pupil> = on!(&mut tx, c => sqlx::query_as(select).bind(FOLDED_BY).fetch_all(&mut **c).await?);
        if pupils.is_empty() {
            return Ok(());
        }
        for pupil in &pupils {
            let sql = "UPDATE pupil SET folded = $2, folded_official = $3, folded_by = $4 WHERE id = $1";
            let (folded, official) = (folded(pupil), folded_official(pupil));
            on!(&mut tx, c => sqlx::query(sql).bind(pupil.id).bind(folded).bind(official).bind(FOLDED_BY).execute(&mut **c).await?.rows_affected());
        }
        on!(tx, c => c.commit().await)?;
    }
}
