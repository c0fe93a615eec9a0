//! What a client may be told: seven codes for a call that failed, and user errors for input to correct.
use async_graphql::{Enum, ErrorExtensions, SimpleObject};
use serde::Deserialize;

/// What a resolver fails with. A database's error becomes [`Error::Unavailable`] or [`Error::Internal`]: logged here, never shown.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("Sign in first: send a token as `Authorization: Bearer …`")]
    Unauthenticated,
    /// Whoever asks may not do this at all.
    #[error("This needs the right {0}, which your duties or your token do not give")]
    Forbidden(&'static str),
    /// Whoever asks has shown one factor alone.
    #[error("This needs more than one factor (多要素認証): sign in with a second one")]
    Factor,
    /// The request itself is wrong.
    #[error("{0}")]
    BadInput(String),
    /// The document asks for too much at once.
    #[error("{0}")]
    TooComplex(String),
    /// The database cannot be reached just now; the same call may be sent again.
    #[error(
        "The records cannot be reached just now. Send the same call again in a few seconds; nothing is half stored or counted twice"
    )]
    Unavailable,
    /// Our own mistake.
    #[error("Something went wrong on our side")]
    Internal,
}

/// The result of whatever reads or writes records.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The codes under `extensions.code` of a failed call.
pub mod code {
    /// Nobody is signed in.
    pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
    /// A right is missing.
    pub const FORBIDDEN: &str = "FORBIDDEN";
    /// The request is wrong.
    pub const BAD_INPUT: &str = "BAD_INPUT";
    /// The document asks for too much.
    pub const TOO_COMPLEX: &str = "TOO_COMPLEX";
    /// Try again later.
    pub const UNAVAILABLE: &str = "UNAVAILABLE";
    /// Too many calls.
    pub const RATE_LIMITED: &str = "RATE_LIMITED";
    /// Our own mistake.
    pub const INTERNAL: &str = "INTERNAL";
}

impl Error {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Error::Unauthenticated => code::UNAUTHENTICATED,
            Error::Forbidden(_) | Error::Factor => code::FORBIDDEN,
            Error::BadInput(_) => code::BAD_INPUT,
            Error::TooComplex(_) => code::TOO_COMPLEX,
            Error::Unavailable => code::UNAVAILABLE,
            Error::Internal => code::INTERNAL,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            // SQLSTATE 08 lost connection, 57 the server is stopping or has cancelled, 53 out of resources, 40 try again, 0A a table was changed
            // by a newer program under a statement that was kept.
            // SQLite (the low byte is the kind): 5 busy, 6 locked, 8 read-only, 10 input or output, 13 full, 14 cannot open.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| match code.parse::<u32>() {
                Ok(number) if code.len() != 5 => [5, 6, 8, 10, 13, 14].contains(&(number & 0xff)),
                _ => ["08", "57", "53", "40", "0A"].iter().any(|class| code.starts_with(class)),
            }),
            _ => false,
        };
        if unavailable {
            tracing::warn!(%error, "the database is not available");
            return Error::Unavailable;
        }
        tracing::error!(%error, "the database refused a statement");
        Error::Internal
    }
}

impl From<Error> for async_graphql::Error {
    fn from(error: Error) -> Self {
        async_graphql::Error::new(error.to_string()).extend_with(|_, e| e.set("code", error.code()))
    }
}

/// Why a part of the input was not taken. Codes are stable; messages may be reworded.
#[derive(Enum, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserErrorCode {
    /// There is no such record, or none that you may see.
    NotFound,
    /// The id is not a UUID.
    InvalidId,
    /// The time is not RFC 3339 with an offset, such as `2026-11-24T08:20:00+09:00`.
    InvalidTime,
    /// The time is more than a day ahead, after the device's clock error was taken off.
    InTheFuture,
    /// The number or date is outside what is possible.
    OutOfRange,
    /// The text is empty, or holds a character that cannot be stored (U+0000).
    InvalidText,
    /// The text is longer than allowed.
    TooLong,
    /// The list is empty, or what has to be said here was not said.
    Empty,
    /// The list is longer than allowed.
    TooMany,
    /// The record exists with other content.
    Conflict,
    /// The pupil is in a homeroom on these days already.
    Overlap,
    /// The day is outside of the class's school year.
    OutsideYear,
    /// The class is of another school, another year or another kind than this needs.
    WrongClass,
    /// Later records depend on it: undo those first.
    InUse,
    /// Something has to be settled first; the list of what is in the record.
    NotReady,
    /// The pupil's term is closed: nothing of it changes any more.
    TermClosed,
    /// The school has not said by which rule it marks: the office sets one first.
    NoScheme,
}

/// One thing to correct in the input.
#[derive(SimpleObject, Deserialize, Clone, Debug)]
pub struct UserError {
    /// What kind of mistake it is.
    pub code: UserErrorCode,
    /// The path of the field below `input`, such as `activities` or `snoozeUntil`.
    pub field: String,
    /// What is wrong and what to do, in English, for the developer of the app.
    pub message: String,
}

impl UserError {
    /// A user error at a field.
    pub fn new(code: UserErrorCode, field: impl Into<String>, message: impl Into<String>) -> Self {
        UserError { code, field: field.into(), message: message.into() }
    }
}
