//! What may be done about imports of rosters.
use super::commit::{self, Decision};
use super::query::RosterImport;
use super::store::{self, Row, State};
use super::{Options, clear, preview_in_background, undo, upload};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::formats::text_encoding::Said;
use crate::id;
use crate::learning::activity::check;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use std::time::Duration;
use uuid::Uuid;

/// How long a call waits for a commit, well under what an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the text of a package is encoded.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RosterEncoding {
    /// It is found out, file by file.
    #[default]
    Auto,
    /// UTF-8.
    Utf8,
    /// CP932, which calls itself `Shift_JIS`.
    Cp932,
}

/// A package that was sent, to be read.
#[derive(InputObject, Clone, Debug)]
pub struct PreviewRosterImportInput {
    /// The package, by the id that `POST /uploads` has answered with.
    pub upload_id: ID,
    /// The name of its file, to be shown.
    #[graphql(default)]
    pub file_name: String,
    /// How its text is encoded.
    #[graphql(default)]
    pub encoding: RosterEncoding,
}

/// An import to be committed.
#[derive(InputObject, Clone, Debug)]
pub struct CommitRosterImportInput {
    /// The import.
    pub import_id: ID,
    /// The import's `suspicion`, where it has one and you have looked at what is `suspicious`.
    pub suspicion: Option<String>,
    /// The changes, by their ids, for which you decide otherwise than is done by default: of a `CONFLICT` or a `KEPT` the package's
    /// version is taken, an `UNMATCHED` pupil is added as somebody new.
    #[graphql(default)]
    pub take: Vec<ID>,
}

/// An import that nobody wants.
#[derive(InputObject, Clone, Debug)]
pub struct DiscardRosterImportInput {
    /// The import.
    pub import_id: ID,
}

/// A committed import to be taken back.
#[derive(InputObject, Clone, Debug)]
pub struct UndoRosterImportInput {
    /// The import.
    pub import_id: ID,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What became of an import.
#[derive(SimpleObject, Default)]
pub struct RosterImportPayload {
    /// The import as it is now; null if there is none that you may see.
    pub import: Option<RosterImport>,
    /// Of an import that was taken back: how many places in classes stay, because their pupils have records there by now.
    pub staying: usize,
    /// Why nothing was done.
    pub user_errors: Vec<UserError>,
}

/// What may be done about imports of rosters.
#[derive(Default)]
pub struct RosterImportMutation;

#[Object]
impl RosterImportMutation {
    /// Reads a OneRoster package that was sent by `POST /uploads`. Nothing of the school's records changes: the answer is an import that is
    /// `READING`, and then `READ` with the difference that it would make, or `FAILED` with the reasons.
    async fn preview_roster_import(&self, ctx: &Context<'_>, input: PreviewRosterImportInput) -> Result<RosterImportPayload> {
        let scope = Scope::with(ctx, Right::RosterWrite)?;
        let package = id::parse(&input.upload_id).and_then(|upload| upload::find(scope, upload));
        let Some(package) = package else {
            let message = "you have sent no such package, or it was read already: send it to `/uploads` again";
            return Ok(refused(None, UserErrorCode::NotFound, "uploadId", message));
        };
        let encoding = match input.encoding {
            RosterEncoding::Auto => Said::Auto,
            RosterEncoding::Utf8 => Said::Utf8,
            RosterEncoding::Cp932 => Said::Cp932,
        };
        let options = Options { file_name: input.file_name, encoding, accept_suspicious: false };
        let import = preview_in_background(scope, package, options).await?;
        Ok(RosterImportPayload { import: store::find(scope, import).await?.map(RosterImport), ..RosterImportPayload::default() })
    }

    /// Applies what an import has shown, all of it in one step and nothing else. Refused with `CONFLICT` where a record is not any more as it was
    /// shown (the import is `STALE` then), and with `NOT_READY` where some changes cannot well be meant and `suspicion` was not sent.
    async fn commit_roster_import(&self, ctx: &Context<'_>, input: CommitRosterImportInput) -> Result<RosterImportPayload> {
        let scope = Scope::with(ctx, Right::RosterWrite)?;
        let row = match found(scope, &input.import_id).await? {
            Ok(row) => row,
            Err(refused) => return Ok(*refused),
        };
        let Ok(take) = input.take.iter().map(|id| id.parse()).collect() else {
            return Ok(refused(
                Some(row),
                UserErrorCode::InvalidId,
                "take",
                "these are the ids of changes of this import, which are numbers",
            ));
        };
        let decision = Decision { suspicion: input.suspicion.unwrap_or_default(), take };
        if let Err(error) = commit::begin(scope, row.id, &decision).await? {
            return payload(scope, row.id, Err(error)).await;
        }
        let (apart, import) = (scope.clone(), row.id);
        let done = in_time(async move { Ok(commit::commit(&apart, import, &decision).await?.map(|_| 0)) }).await?;
        payload(scope, row.id, done).await
    }

    /// Throws an import away that was read and not committed, with all that it is made of.
    async fn discard_roster_import(&self, ctx: &Context<'_>, input: DiscardRosterImportInput) -> Result<RosterImportPayload> {
        let scope = Scope::with(ctx, Right::RosterWrite)?;
        let row = match found(scope, &input.import_id).await? {
            Ok(row) => row,
            Err(refused) => return Ok(*refused),
        };
        let mut tx = scope.begin("roster import discarded").await?;
        let row = store::lock(&mut tx, row.id).await?;
        if !matches!(row.state, State::Read | State::Stale | State::Failed) {
            let message = "the import is not waiting: `state` says what has become of it";
            return Ok(refused(Some(row), UserErrorCode::Conflict, "importId", message));
        }
        clear::contents(&mut tx, row.id).await?;
        store::end(&mut tx, row.id, State::Discarded).await?;
        tx.commit().await?;
        payload(scope, row.id, Ok(0)).await
    }

    /// Takes a committed import back as a whole, within a week: every record is as it was before, places in classes and duties that it has
    /// added never were. New pupils stay without a class; a place stays where the pupil has records in the class by now. Refused with
    /// `IN_USE` where somebody has changed since what the import wrote.
    async fn undo_roster_import(&self, ctx: &Context<'_>, input: UndoRosterImportInput) -> Result<RosterImportPayload> {
        let scope = Scope::with(ctx, Right::RosterWrite)?;
        let row = match found(scope, &input.import_id).await? {
            Ok(row) => row,
            Err(refused) => return Ok(*refused),
        };
        let reason = match check::text(&input.reason, 500, "reason") {
            Ok(reason) => reason,
            Err(error) => return payload(scope, row.id, Err(error)).await,
        };
        if let Err(error) = undo::begin(scope, row.id).await? {
            return payload(scope, row.id, Err(error)).await;
        }
        let (apart, import) = (scope.clone(), row.id);
        let done = in_time(async move { undo::undo(&apart, import, &reason).await }).await?;
        payload(scope, row.id, done).await
    }
}

/// Does what may take longer than an answer may, and waits for it for a while; it goes on by itself.
async fn in_time(
    work: impl Future<Output = Result<Result<usize, UserError>>> + Send + 'static,
) -> Result<Result<usize, UserError>> {
    let work = tokio::spawn(async move {
        let done = work.await;
        if let Err(error) = &done {
            tracing::warn!(%error, "an import of a roster was not ended");
        }
        done
    });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(Error::Internal),
        Err(_) => Ok(Ok(0)),
    }
}

/// The import of an id, or the answer that there is none.
async fn found(scope: &Scope, id: &ID) -> Result<Result<Row, Box<RosterImportPayload>>> {
    let row = store::find(scope, id::parse(id).unwrap_or_default()).await?;
    let missing =
        || Box::new(refused(None, UserErrorCode::NotFound, "importId", "there is no such import of a roster that you keep"));
    Ok(row.ok_or_else(missing))
}

fn refused(row: Option<Row>, code: UserErrorCode, field: &str, message: &str) -> RosterImportPayload {
    let user_errors = vec![UserError::new(code, field, message)];
    RosterImportPayload { import: row.map(RosterImport), staying: 0, user_errors }
}

async fn payload(scope: &Scope, import: Uuid, done: Result<usize, UserError>) -> Result<RosterImportPayload> {
    let import = store::find(scope, import).await?.map(RosterImport);
    let (staying, user_errors) = match done {
        Ok(staying) => (staying, Vec::new()),
        Err(error) => (0, vec![error]),
    };
    Ok(RosterImportPayload { import, staying, user_errors })
}
