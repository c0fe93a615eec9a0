//! The statements that the database driver tells of.
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A statement that was run, with how many rows it gave and changed.
pub type Work = Vec<(String, u64, u64)>;

pub static WORK: Mutex<Work> = Mutex::new(Vec::new());

/// Hears what the database driver tells of.
pub struct Hearing;

#[derive(Default)]
struct Told {
    statement: String,
    returned: u64,
    affected: u64,
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => self.statement = value.to_owned() + &self.statement,
            "db.statement" => self.statement += value,
            _ => {}
        }
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "rows_returned" => self.returned = value,
            "rows_affected" => self.affected = value,
            _ => {}
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Hearing {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        of.target() == "sqlx::query"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut told = Told::default();
        event.record(&mut told);
        // What a new connection says of itself.
        if told.statement.starts_with("SELECT") {
            // SQLite tells of the last statement that changed anything.
            told.affected = 0;
        }
        if !told.statement.starts_with("PRAGMA") {
            WORK.lock().expect("nobody fails while holding it").push((told.statement, told.returned, told.affected));
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

