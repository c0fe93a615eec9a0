//! The board of education (教育委員会) whose database this is.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Put, Tx};
use crate::db::{Db, on};
use crate::error::Result;
use crate::id;
use crate::learning::of_board::BoardLearningShown;
use async_graphql::{Context, ID, Object};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// The board of education: legally the holder of all data here.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Board {
    /// The roster's id.
    pub id: Uuid,
    /// 教育委員会コード, six digits; may be empty.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// The board of education (設置者) that holds the data.
#[Object]
impl Board {
    /// The roster's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// 教育委員会コード, six digits; empty where the roster has none.
    async fn code(&self) -> &str {
        &self.code
    }
    /// The board's name.
    async fn name(&self) -> &str {
        &self.name
    }
    #[graphql(flatten)]
    async fn shown_learning(&self) -> BoardLearningShown {
        BoardLearningShown
    }
}

/// What may be asked about the board.
#[derive(Default)]
pub struct BoardQuery;

#[Object]
impl BoardQuery {
    /// The board of education whose records these are; null before a roster has named it.
    async fn board(&self, ctx: &Context<'_>) -> Result<Option<Board>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        Ok(on!(scope.read(), c => sqlx::query_as("SELECT * FROM board ORDER BY id LIMIT 1").fetch_optional(c).await?))
    }
}

/// The board's name, which stands on the door: it is told to whoever comes, before anybody has signed in.
pub async fn name(db: &Db) -> Result<Option<String>> {
    let sql = "SELECT name FROM board ORDER BY id LIMIT 1";
    Ok(on!(db.reader(), c => sqlx::query_scalar(sql).fetch_optional(c).await?))
}

/// Writes boards; one that is there already is changed.
pub(crate) async fn put(tx: &mut Tx, boards: &[Board]) -> Result<Put> {
    let difference = tx.compare("SELECT * FROM board WHERE id IN (", boards, |board| board.id).await?;
    if !difference.write.is_empty() {
        let sql = "INSERT INTO board (id, code, name) ";
        on!(tx.change("board", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, board| {
                row.push_bind(board.id).push_bind(board.code.clone()).push_bind(board.name.clone());
            }).push(" ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(difference.put)
}
