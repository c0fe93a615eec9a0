//! The access log (閲覧の記録): who looked at what, changed it, took it out, signed in, was refused; by which duty, when and from where.
//!
//! What a request touches is gathered on its way ([`Looked`]), one entry a request, and written in batches by one writer a server
//! ([`Audit`]) into a chain of its own ([`chain`]). What an entry says lies beside its link and can be erased; that one was removed or altered
//! shows ([`verify`]).
mod by_duty;
pub mod chain;
pub mod clear;
mod entry;
mod former;
mod looked;
pub mod query;
mod rows;
mod store;
mod told;
pub mod verify;
mod writer;

pub use entry::{AccessAct, AccessSubjectKind, Came, DutyUsed, Entry, Subject, Way};
pub use looked::Looked;
pub use writer::Audit;

use crate::access::scope::Scope;
use crate::error::Result;

/// Notes that a command is run, before it is.
pub async fn command(scope: &Scope, command: &str) -> Result<()> {
    let came = Came { way: Way::Command, what: format!("asagao {command}"), address: String::new() };
    let entry = Entry::new(scope.now(), scope.holder(), AccessAct::Command, came);
    store::append(scope.db(), None, &[entry]).await.map(drop)
}
