//! What may be asked about imports of rosters.
use super::clear::KEPT;
use super::counts::Count;
use super::findings;
use super::record::{Record, read};
use super::shown::{self, OfChanges, OfFindings, RosterChange, RosterFinding, Severity};
use super::store::{self, ChangeKind, Row, State};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::school::School;
use crate::scalar::Timestamp;
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use uuid::Uuid;

/// One reading of a `OneRoster` package: the difference that it makes, and what has become of it.
pub struct RosterImport(pub(super) Row);

/// How often something was found in a column of a file of the package.
#[derive(SimpleObject)]
pub struct RosterFindingCount {
    /// How bad it is.
    pub severity: Severity,
    /// The stable name of what was found, such as `NO_SUCH_USER`.
    pub code: String,
    /// The file, such as `users.csv`; empty for the package as a whole.
    pub file: String,
    /// The column; empty for rows as a whole.
    pub column: String,
    /// How often; of each, the first thousand can be looked at.
    pub count: u64,
}

/// One reading of a OneRoster package. What it is made of (changes and findings) is deleted a week after it was read or committed.
#[Object]
impl RosterImport {
    /// The import's UUID.
    async fn id(&self) -> ID {
        id::of(self.0.id)
    }
    /// What has become of it. While it is `READING`, ask again.
    async fn state(&self) -> State {
        self.0.state
    }
    /// The name of the package's file.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }
    /// The `oneroster.version` of the package; empty until it is read.
    async fn version(&self) -> &str {
        &self.0.version
    }
    /// How the text of the package is encoded, as was said or as was found; empty until it is read.
    async fn encoding(&self) -> &str {
        &self.0.encoding
    }
    /// When the reading began.
    async fn at(&self) -> Timestamp {
        self.0.at.into()
    }
    /// The member of staff who sent the package; null where it was the operator.
    #[graphql(complexity = "5")]
    async fn made_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let sql = "SELECT name FROM staff WHERE id = $1";
        Ok(on!(Scope::of(ctx)?.read(), c => sqlx::query_scalar(sql).bind(self.0.made_by).fetch_optional(c).await?))
    }
    /// How many rows of the package were read so far.
    async fn rows_read(&self) -> i64 {
        self.0.rows_read
    }
    /// When a word of it came last: how far the reading was, or what has become of the import.
    async fn updated_at(&self) -> Timestamp {
        self.0.told_at.into()
    }
    /// How many records of each kind would change, or have been changed, and how.
    async fn counts(&self) -> Result<Vec<Count>> {
        read(&self.0.counts)
    }
    /// Where some changes cannot well be meant (half of a school leaves, a pupil is in two homerooms at once, a UUID has become somebody else): what `commitRosterImport` wants
    /// sent back by whoever has looked at them. Null where there are none.
    async fn suspicion(&self) -> Option<&str> {
        Some(self.0.suspicion.as_str()).filter(|suspicion| !suspicion.is_empty())
    }
    /// The schools that the package speaks of and that are stored already.
    #[graphql(complexity = "10 + child_complexity")]
    async fn schools(&self, ctx: &Context<'_>) -> Result<Vec<School>> {
        let sql =
            "SELECT s.* FROM school s JOIN roster_import_school i ON i.school = s.id WHERE i.import = $1 ORDER BY s.code, s.id";
        Ok(on!(Scope::of(ctx)?.read(), c => sqlx::query_as(sql).bind(self.0.id).fetch_all(c).await?))
    }
    /// What was found in the package, counted by code, file and column.
    async fn finding_counts(&self) -> Result<Vec<RosterFindingCount>> {
        let found: findings::Found = read(&self.0.finding_counts)?;
        let count = |of: findings::Tally| RosterFindingCount {
            severity: if of.severity == "ERROR" { Severity::Error } else { Severity::Warning },
            code: of.code,
            file: of.file,
            column: of.column,
            count: of.count,
        };
        Ok(found.tallies.into_iter().map(count).collect())
    }
    /// How many rows are left out: a row may have several errors.
    async fn rows_left_out(&self) -> Result<u64> {
        Ok(read::<findings::Found>(&self.0.finding_counts)?.left_out)
    }
    /// What was found in the package, one by one; of each code in each column the first thousand.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn findings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "Of this code alone.")] code: Option<String>,
        #[graphql(desc = "Errors or warnings alone.")] severity: Option<Severity>,
    ) -> Result<Connection<Cursor, RosterFinding>> {
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = shown::findings(Scope::of(ctx)?, self.0.id, &OfFindings { code, severity }, after, limit).await?;
        Ok(page::of(rows, limit, RosterFinding::cursor))
    }
    /// The records that would change, or have been changed, one by one.
    #[expect(clippy::too_many_arguments, reason = "each narrows the list by another column")]
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "Of this kind alone.")] kind: Option<ChangeKind>,
        #[graphql(desc = "Of this kind of record alone.")] record: Option<Record>,
        #[graphql(desc = "Those alone that cannot well be meant, or the others.")] suspicious: Option<bool>,
        #[graphql(desc = "Of this school alone.")] school_id: Option<ID>,
        #[graphql(desc = "Of this class alone.")] class_id: Option<ID>,
    ) -> Result<Connection<Cursor, RosterChange>> {
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let uuid = |id: Option<ID>| id.map(|id| id::parse(&id).unwrap_or_else(Uuid::nil));
        let of = OfChanges { kind, record, suspicious, school: uuid(school_id), class: uuid(class_id) };
        let rows = shown::changes(Scope::of(ctx)?, self.0.id, &of, after, limit).await?;
        Ok(page::of(rows, limit, RosterChange::cursor))
    }
    /// When it was committed.
    async fn committed_at(&self) -> Option<Timestamp> {
        self.0.committed_at.map(Into::into)
    }
    /// Until when it can be taken back; null where it cannot.
    async fn undo_until(&self) -> Option<Timestamp> {
        let open = self.0.state == State::Committed && self.0.cleared_at.is_none();
        self.0.committed_at.filter(|_| open).map(|at| (at + KEPT).into())
    }
    /// When it was taken back.
    async fn undone_at(&self) -> Option<Timestamp> {
        self.0.undone_at.map(Into::into)
    }
    /// When its changes and findings were deleted.
    async fn cleared_at(&self) -> Option<Timestamp> {
        self.0.cleared_at.map(Into::into)
    }
}

/// What may be asked about imports of rosters.
#[derive(Default)]
pub struct RosterImportQuery;

#[Object]
impl RosterImportQuery {
    /// The imports of rosters of the schools whose roster you keep, the newest first.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn roster_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, RosterImport>> {
        let scope = Scope::with(ctx, Right::RosterWrite)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let before = if after == Cursor::START { Uuid::max() } else { after.id };
        let rows = store::list(scope, before, limit).await?;
        let rows = rows.into_iter().map(RosterImport).collect();
        Ok(page::of(rows, limit, |import: &RosterImport| Cursor { number: 0, id: import.0.id }))
    }

    /// One import of a roster; null if there is none of this id that you may see.
    async fn roster_import(&self, ctx: &Context<'_>, id: ID) -> Result<Option<RosterImport>> {
        let scope = Scope::with(ctx, Right::RosterWrite)?;
        let Some(id) = id::parse(&id) else { return Ok(None) };
        Ok(store::find(scope, id).await?.map(RosterImport))
    }
}
