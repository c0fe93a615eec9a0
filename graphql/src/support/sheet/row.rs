//! A sheet as it is stored: what it was opened from, and what came of it.
use crate::clock::NO_END;
use async_graphql::Enum;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

/// What a sheet was opened from.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportOrigin {
    /// 気にかけたい知らせ.
    Flag,
    /// 対応の記録: a talk, a call.
    Action,
    /// 保健室: what the nurse noted.
    NurseRoom,
    /// 本人から.
    Child,
    /// 保護者から.
    Guardian,
    /// 教職員の気づき.
    Staff,
}

/// What came of it.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportOutcome {
    /// 落ち着いた: the aims were reached.
    Settled,
    /// 見守りにする: nothing more for now, with an eye on it.
    Watching,
    /// ほかの機関へつないだ.
    Referred,
    /// 転学・卒業などで学校を離れた.
    Left,
    /// ほか.
    Other,
}

/// A sheet as it is stored.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct SheetRow {
    pub(crate) id: Uuid,
    pub(crate) pupil: Uuid,
    pub(crate) school: Uuid,
    pub(crate) origin: SupportOrigin,
    pub(crate) from_flag: Option<Uuid>,
    pub(crate) from_action: Option<Uuid>,
    pub(crate) from_visit: Option<Uuid>,
    pub(crate) reason: String,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
    pub(crate) outcome: Option<SupportOutcome>,
    pub(crate) close_reason: String,
    pub(crate) opened_by: Uuid,
    pub(crate) at: DateTime<Utc>,
}

impl SheetRow {
    /// Whether it is open.
    pub(crate) fn open(&self) -> bool {
        self.ends == NO_END
    }
}
