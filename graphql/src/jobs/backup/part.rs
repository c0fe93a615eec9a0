//! A file that is written beside its place, and stands there only when it is whole and lasting.
use super::{BackupError, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file in the making, which its owner alone can read. Dropped before it was kept, it is gone.
pub(super) struct Part {
    path: PathBuf,
    place: PathBuf,
    file: File,
    kept: bool,
}

impl Part {
    /// Begins a file beside its place, at which nothing may stand yet.
    pub(super) fn beside(place: &Path) -> Result<Self> {
        let absolute = std::path::absolute(place).map_err(|error| BackupError::file(place, "is no path", &error))?;
        if absolute.is_dir() || absolute.file_name().is_none() {
            return Err(BackupError::new(format!("{} is a folder: name the file that is to be made in it", place.display())));
        }
        if std::fs::symlink_metadata(&absolute).is_ok() {
            return Err(taken(place));
        }
        let path = with_end(&absolute, ".part");
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::new(format!(
                "{} is there: another command is writing it, or was cut off; remove it where none is",
                path.display()
            )),
            _ => BackupError::file(&path, "cannot be written", &error),
        })?;
        Ok(Part { path, place: absolute, file, kept: false })
    }

    /// Where it is in the making.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// To write to.
    pub(super) fn file(&self) -> Result<File> {
        self.file.try_clone().map_err(|error| BackupError::file(&self.path, "cannot be written", &error))
    }

    /// Puts it into its place, where nothing may have come to stand in the meantime, once all of it is on the disk. Gives its size.
    pub(super) fn keep(mut self) -> Result<u64> {
        let failed = |error: &io::Error| BackupError::file(&self.path, "cannot be written", error);
        self.file.sync_all().map_err(|error| failed(&error))?;
        let bytes = self.file.metadata().map_err(|error| failed(&error))?.len();
        put(&self.path, &self.place)?;
        self.kept = true;
        let folder = self.place.parent().unwrap_or(Path::new("/"));
        let lasting = File::open(folder).and_then(|folder| folder.sync_all());
        lasting.map_err(|error| BackupError::file(folder, "cannot be written", &error))?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            // What SQLite has beside it goes with it.
            for end in ["", "-journal", "-wal", "-shm"] {
                drop(std::fs::remove_file(with_end(&self.path, end)));
            }
        }
    }
}

fn taken(place: &Path) -> BackupError {
    BackupError::new(format!("{} is there already: nothing is written over it", place.display()))
}

fn put(path: &Path, place: &Path) -> Result<()> {
    match renameat_with(CWD, path, CWD, place, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(taken(place)),
        // Not every file system can promise it.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if std::fs::symlink_metadata(place).is_err() => {
            std::fs::rename(path, place).map_err(|error| BackupError::file(place, "cannot be written", &error))
        }
        Err(error) => Err(BackupError::file(place, "cannot be written", &error.into())),
    }
}

/// The path of a file beside another, whose name has this end.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_stands_there_whole_or_not_at_all_and_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a");
        let names = || std::fs::read_dir(folder.path()).unwrap().count();
        drop(Part::beside(&place).unwrap());
        assert_eq!(names(), 0, "what is not kept is gone");
        let part = Part::beside(&place).unwrap();
        assert!(Part::beside(&place).is_err(), "another one is writing it");
        part.file().unwrap().write_all(b"whole").unwrap();
        assert!(!place.exists());
        assert_eq!(part.keep().unwrap(), 5);
        assert_eq!((std::fs::read(&place).unwrap(), names()), (b"whole".to_vec(), 1));
        assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_stands_there_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a");
        let part = Part::beside(&place).unwrap();
        std::fs::write(&place, "somebody else's").unwrap();
        let refused = part.keep().unwrap_err().to_string();
        assert!(refused.contains("is there already"), "{refused}");
        assert!(Part::beside(&place).is_err() && Part::beside(folder.path()).is_err());
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "somebody else's");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
