//! The rows of a file, read by a thread of their own while others are compared: of an import that changes little, reading is the larger part.
use crate::error::{Error, Result};
use crate::formats::oneroster::{Record, Records};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::{JoinHandle, spawn_blocking};

/// Rows are handed over in lots of this many.
const LOT: usize = 256;
/// And this many lots may wait; then the thread waits.
const LOTS: usize = 4;

/// The rows of a file as they come.
pub(super) struct Ahead<T> {
    lots: Receiver<Vec<Record<T>>>,
    lot: std::vec::IntoIter<Record<T>>,
    reader: JoinHandle<()>,
}

impl<T: Send + 'static> Ahead<T> {
    /// Begins to read. Whoever drops the rows ends it.
    pub(super) fn of(mut records: Records<T>) -> Self {
        let (sender, lots) = channel(LOTS);
        let reader = spawn_blocking(move || {
            loop {
                let lot: Vec<Record<T>> = records.by_ref().take(LOT).collect();
                if lot.is_empty() || sender.blocking_send(lot).is_err() {
                    return;
                }
            }
        });
        Ahead { lots, lot: Vec::new().into_iter(), reader }
    }

    /// The next row; `None` after the last, once. A reader that has broken off is an error, never the end of a file.
    pub(super) async fn next(&mut self) -> Result<Option<Record<T>>> {
        if let Some(record) = self.lot.next() {
            return Ok(Some(record));
        }
        let Some(lot) = self.lots.recv().await else {
            return (&mut self.reader).await.map(|()| None).map_err(|_| Error::Internal);
        };
        self.lot = lot.into_iter();
        Ok(self.lot.next())
    }
}
