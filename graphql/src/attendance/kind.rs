//! Attendance kinds (出欠の区分): what a mark can say, as the board has set it. The flags do the register's arithmetic, not the names.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::db::{Engine, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::learning::activity::check;
use crate::scalar::Day;
use crate::written::{Asked, Plain, Write, shown};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// What a mark can say.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct AttendanceKind {
    /// The stable key.
    pub code: String,
    /// Its name, such as 病欠.
    pub name: String,
    /// The register's sign; empty for an ordinary day of attendance.
    pub mark: String,
    /// Whether the day counts as absence (欠席日数).
    pub absent: bool,
    /// Whether the day need not be attended (出席停止・忌引等の日数).
    pub excused: bool,
    /// Whether it is what everybody is marked with who is not named.
    pub usual: bool,
    /// Its order on a page.
    pub place: i32,
    /// From this day on it is not offered any more.
    pub retired_on: Option<NaiveDate>,
}

impl AttendanceKind {
    /// Whether the day is one of attendance: only then can a pupil be late or leave early.
    #[must_use]
    pub fn attended(&self) -> bool {
        !self.absent && !self.excused
    }

    /// Whether it is offered on a day.
    #[must_use]
    pub fn offered_on(&self, day: NaiveDate) -> bool {
        self.retired_on.is_none_or(|retired| day < retired)
    }

    fn trail_id(&self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, self.code.as_bytes())
    }
}

/// What a mark of attendance can say, as the board has set it.
#[Object]
impl AttendanceKind {
    /// The stable key, such as `ILLNESS`.
    async fn code(&self) -> &str {
        &self.code
    }
    /// The name, such as 病欠.
    async fn name(&self) -> &str {
        &self.name
    }
    /// The register's sign, such as 病; empty for an ordinary day of attendance.
    async fn mark(&self) -> &str {
        &self.mark
    }
    /// The day counts as absence (欠席日数).
    async fn absent(&self) -> bool {
        self.absent
    }
    /// The day need not be attended (出席停止・忌引等の日数): it is no absence.
    async fn excused(&self) -> bool {
        self.excused
    }
    /// It is what everybody is marked with who is not named.
    async fn usual(&self) -> bool {
        self.usual
    }
    /// Its order on a page, the smallest first.
    async fn place(&self) -> i32 {
        self.place
    }
    /// From this day on it is not offered any more; null while it is.
    async fn retired_on(&self) -> Option<Day> {
        self.retired_on.map(Day)
    }
}

impl Plain for AttendanceKind {
    const NAME: &'static str = "AttendanceKind";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "code" => Some(Box::new(|kind, json| json.value(&kind.code))),
            "name" => Some(Box::new(|kind, json| json.value(&kind.name))),
            "mark" => Some(Box::new(|kind, json| json.value(&kind.mark))),
            "absent" => shown(|kind| kind.absent),
            "excused" => shown(|kind| kind.excused),
            "usual" => shown(|kind| kind.usual),
            "place" => shown(|kind| kind.place),
            "retiredOn" => shown(|kind| kind.retired_on),
            _ => None,
        }
    }
}

/// A kind to add or to change.
#[derive(InputObject, Clone, Debug)]
pub struct SaveAttendanceKindInput {
    /// The stable key, 1 to 40 capital letters, digits and `_`, a letter first. A key that is there is changed, another added.
    pub code: String,
    /// The name, 1 to 10 characters.
    pub name: String,
    /// The register's sign, at most 2 characters; empty for none.
    pub mark: String,
    /// Whether the day counts as absence. Cannot be changed once the kind has been used: retire it and add another.
    pub absent: bool,
    /// Whether the day need not be attended (出席停止・忌引等). Not together with `absent`; cannot be changed once the kind has been used.
    pub excused: bool,
    /// Whether it is what everybody is marked with who is not named; the kind that was so is it no longer.
    #[graphql(default = false)]
    pub usual: bool,
    /// Its order on a page, 0 to 1,000.
    pub place: i32,
    /// From this day on it is not offered any more; what was marked with it stays.
    pub retired_on: Option<Day>,
}

/// What became of a kind.
#[derive(SimpleObject)]
pub struct SaveAttendanceKindPayload {
    /// The kind as it is now; null if nothing was changed.
    pub kind: Option<AttendanceKind>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about kinds.
#[derive(Default)]
pub struct AttendanceKindQuery;

#[Object]
impl AttendanceKindQuery {
    /// The kinds of attendance, in the order of `place`.
    async fn attendance_kinds(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = false, desc = "Also those that are not offered any more.")] retired: bool,
    ) -> Result<Vec<AttendanceKind>> {
        let scope = Scope::of(ctx)?;
        if !scope.holds(Right::AttendanceKindWrite) {
            Scope::with(ctx, Right::AttendanceRead)?;
        }
        let kinds = all(scope).await?;
        Ok(kinds.into_iter().filter(|kind| retired || kind.offered_on(scope.today())).collect())
    }
}

/// What may be done with kinds.
#[derive(Default)]
pub struct AttendanceKindMutation;

#[Object]
impl AttendanceKindMutation {
    /// Adds or changes a kind of attendance, for the whole board.
    async fn save_attendance_kind(&self, ctx: &Context<'_>, input: SaveAttendanceKindInput) -> Result<SaveAttendanceKindPayload> {
        let scope = Scope::with(ctx, Right::AttendanceKindWrite)?;
        match save(scope, input).await? {
            Ok(kind) => Ok(SaveAttendanceKindPayload { kind: Some(kind), user_errors: vec![] }),
            Err(error) => Ok(SaveAttendanceKindPayload { kind: None, user_errors: vec![error] }),
        }
    }
}

/// Every kind, in the order of a page. The board's kinds are no one's secret.
pub(crate) async fn all(scope: &Scope) -> Result<Vec<AttendanceKind>> {
    let sql = "SELECT * FROM attendance_kind ORDER BY place, code";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?))
}

/// Loads kinds by their codes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KindOf(pub(crate) String);

#[async_trait]
impl Loader<KindOf> for Scope {
    type Value = AttendanceKind;
    type Error = Error;

    async fn load(&self, _codes: &[KindOf]) -> Result<HashMap<KindOf, AttendanceKind>> {
        // There is a handful: all of them cost no more than some.
        Ok(all(self).await?.into_iter().map(|kind| (KindOf(kind.code.clone()), kind)).collect())
    }
}

async fn save(scope: &Scope, input: SaveAttendanceKindInput) -> Result<Result<AttendanceKind, UserError>> {
    let kind = match checked(input) {
        Ok(kind) => kind,
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = scope.begin("attendance kind saved").await?;
    if let Engine::Postgres(c) = tx.connection() {
        // SQLite has one writer anyway; on PostgreSQL two who save must not both find that another kind is the usual one.
        sqlx::query("LOCK TABLE attendance_kind IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
    }
    let sql = "SELECT * FROM attendance_kind ORDER BY place, code";
    let kinds: Vec<AttendanceKind> = on!(tx.connection(), c => sqlx::query_as(sql).fetch_all(c).await?);
    let before = kinds.iter().find(|other| other.code == kind.code);
    if let Some(before) = before {
        let other_arithmetic = (before.absent, before.excused) != (kind.absent, kind.excused);
        if other_arithmetic && is_used(&mut tx, &kind.code).await? {
            let message = "days are marked with this kind, and they would be counted otherwise: retire it and add another";
            return Ok(Err(UserError::new(UserErrorCode::Conflict, "absent", message)));
        }
        if before.usual && (!kind.usual || kind.retired_on.is_some()) {
            let message = "somebody who is not named must be marked with something: make another kind the usual one first";
            return Ok(Err(UserError::new(UserErrorCode::Conflict, "usual", message)));
        }
    }
    for usual in kinds.iter().filter(|other| kind.usual && other.usual && other.code != kind.code) {
        write(&mut tx, Some(usual), &AttendanceKind { usual: false, ..usual.clone() }).await?;
    }
    if before != Some(&kind) {
        write(&mut tx, before, &kind).await?;
    }
    tx.commit().await?;
    Ok(Ok(kind))
}

fn checked(input: SaveAttendanceKindInput) -> Result<AttendanceKind, UserError> {
    let wrong = |code, field: &str, message: &str| Err(UserError::new(code, field, message));
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let begins = input.code.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
    if !(begins && input.code.len() <= 40 && letters(&input.code)) {
        return wrong(UserErrorCode::InvalidText, "code", "a code is 1 to 40 capital letters, digits and _, a letter first");
    }
    if input.mark.chars().count() > 2 || input.mark.contains('\0') {
        return wrong(UserErrorCode::TooLong, "mark", "the register's sign has at most 2 characters");
    }
    if input.absent && input.excused {
        return wrong(UserErrorCode::OutOfRange, "excused", "a day that need not be attended is no absence: set one of the two");
    }
    if input.usual && (input.absent || input.excused || input.retired_on.is_some()) {
        return wrong(
            UserErrorCode::OutOfRange,
            "usual",
            "whoever is not named is marked as attending, with a kind that is offered",
        );
    }
    if !(0..=1_000).contains(&input.place) {
        return wrong(UserErrorCode::OutOfRange, "place", "the order is a number from 0 to 1,000");
    }
    Ok(AttendanceKind {
        name: check::text(&input.name, 10, "name")?,
        code: input.code,
        mark: input.mark,
        absent: input.absent,
        excused: input.excused,
        usual: input.usual,
        place: input.place,
        retired_on: input.retired_on.map(|day| day.0),
    })
}

async fn is_used(tx: &mut Tx, code: &str) -> Result<bool> {
    let sql = "SELECT CAST(EXISTS (SELECT 1 FROM attendance_mark WHERE kind = $1) AS BOOLEAN)";
    let (used,): (bool,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(code).fetch_one(c).await?);
    Ok(used)
}

async fn write(tx: &mut Tx, before: Option<&AttendanceKind>, kind: &AttendanceKind) -> Result<()> {
    let sql = "INSERT INTO attendance_kind (code, name, mark, absent, excused, usual, place, retired_on)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (code) DO UPDATE SET name = excluded.name, mark = excluded.mark, absent = excluded.absent,
                   excused = excluded.excused, usual = excluded.usual, place = excluded.place, retired_on = excluded.retired_on";
    let change = Change::new(kind.trail_id(), before, Some(kind));
    on!(tx.change("attendance_kind", &[change]).await?, c => sqlx::query(sql).bind(&kind.code).bind(&kind.name).bind(&kind.mark)
        .bind(kind.absent).bind(kind.excused).bind(kind.usual).bind(kind.place).bind(kind.retired_on)
        .execute(c).await?.rows_affected());
    Ok(())
}
