//! Kept and let go (保存と廃棄): how long each kind of record is kept, what must not go, what is due, and what went.
pub mod delete;
pub mod deletion;
pub mod due;
pub mod hold;
pub mod kept;
mod key;
pub mod period;
pub mod plan;
pub mod rule;
