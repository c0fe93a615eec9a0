//! Packages that were sent and wait to be read: files that only whoever sent them can have read, for a day at the most.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::new_id;
use crate::error::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// The most bytes of a package: ten times that of a city.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// How long a package waits.
const WAITS: Duration = Duration::from_hours(24);

/// A package that is being sent. What is not finished is removed.
pub struct Upload {
    id: Uuid,
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

/// Why bytes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The package is larger than any roster.
    #[error("the package is larger than {} MiB: compress it, or send each school's roster by itself", MOST_BYTES / 1024 / 1024)]
    TooLarge,
    /// The file cannot be kept.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::TooLarge => Error::BadInput(refused.to_string()),
            Refused::Io(error) => {
                tracing::error!(%error, "a package that was sent cannot be kept");
                Error::Unavailable
            }
        }
    }
}

/// Begins to take a package in.
pub fn begin(scope: &Scope) -> Result<Upload> {
    if !scope.holds(Right::RosterWrite) {
        return Err(Error::Forbidden(Right::RosterWrite.name()));
    }
    let open = || -> Result<Upload, Refused> {
        let folder = folder();
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        forget_old(&folder)?;
        let id = new_id();
        let path = of(scope, id);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Upload { id, path, file: Some(file), bytes: 0 })
    };
    Ok(open()?)
}

impl Upload {
    /// Takes more bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.bytes += bytes.len() as u64;
        if self.bytes > MOST_BYTES {
            return Err(Refused::TooLarge);
        }
        if let Some(file) = &mut self.file {
            file.write_all(bytes)?;
        }
        Ok(())
    }

    /// Everything is there: gives the id to have it read by.
    #[must_use]
    pub fn finish(mut self) -> Uuid {
        self.file = None;
        self.id
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.file.is_some() {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// The package that the viewer has sent; `None` if there is none of this id.
pub(super) fn find(scope: &Scope, upload: Uuid) -> Option<PathBuf> {
    Some(of(scope, upload)).filter(|path| path.is_file())
}

fn folder() -> PathBuf {
    std::env::temp_dir().join("asagao-uploads")
}

fn of(scope: &Scope, upload: Uuid) -> PathBuf {
    folder().join(format!("{}-{}.zip", scope.holder().simple(), upload.simple()))
}

/// Removes what nobody has had read.
fn forget_old(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let age = entry.metadata().and_then(|file| file.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > WAITS) {
            match fs::remove_file(entry.path()) {
                // Another server was quicker.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done?,
            }
        }
    }
    Ok(())
}
