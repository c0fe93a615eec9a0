//! Where a package's files come from: a folder, or a ZIP file that is read file by file as a stream. Nothing is unpacked whole.
use super::finding::{Finding, Severity};
use super::rules;
use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// More than a package of any prefecture, and little enough to be read to its end: a ZIP bomb ends here.
const MOST_BYTES: u64 = 2 << 30;

/// A package as it lies there.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Folder(PathBuf),
    Zip { path: PathBuf, entries: BTreeMap<String, Entry> },
}

/// A file in a ZIP file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    begins: u64,
    packed: u64,
    deflated: bool,
    crc: u32,
}

impl Source {
    /// Opens a folder or a ZIP file; in both the CSV files may lie in one folder of any name.
    pub(super) fn open(path: &Path) -> std::result::Result<Self, Vec<Finding>> {
        let refused = |rule| vec![Finding::new(Severity::Error, rule, "", 0)];
        if path.is_dir() {
            let folder = Source::Folder(inside(path));
            let names = folder.names();
            let again = |at: usize| names[..at].iter().any(|other| other.eq_ignore_ascii_case(&names[at]));
            let twice = (0..names.len())
                .filter(|at| again(*at))
                .map(|at| Finding::new(Severity::Error, &rules::FILE_TWICE, "", 0).at("", &names[at]));
            let twice: Vec<Finding> = twice.collect();
            return if twice.is_empty() { Ok(folder) } else { Err(twice) };
        }
        let file = File::open(path).map_err(|_| refused(&rules::UNREADABLE))?;
        match ZipArchive::new(BufReader::new(file)) {
            Ok(archive) => entries(archive).map(|entries| Source::Zip { path: path.to_owned(), entries }),
            Err(ZipError::InvalidArchive(_)) if !begins_like_a_zip(path) => Err(refused(&rules::NOT_A_PACKAGE)),
            Err(_) => Err(refused(&rules::ZIP_BROKEN)),
        }
    }

    /// The names of its CSV files.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Source::Zip { entries, .. } => entries.keys().cloned().collect(),
            Source::Folder(folder) => {
                let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
                files.filter_map(|file| file.file_name().into_string().ok()).filter(|name| is_csv(name)).collect()
            }
        }
    }

    /// A file from its beginning.
    pub(super) fn read(&self, name: &str) -> Result<Box<dyn Read + Send>> {
        match self {
            Source::Folder(folder) => Ok(Box::new(Bounded::new(File::open(folder.join(name))?))),
            Source::Zip { path, entries } => {
                let entry = entries.get(name).ok_or(ErrorKind::NotFound)?;
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(entry.begins))?;
                let packed = BufReader::new(file.take(entry.packed));
                let unpacked: Box<dyn Read + Send> =
                    if entry.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
                Ok(Box::new(Bounded::new(Checked { reader: CrcReader::new(unpacked), crc: entry.crc })))
            }
        }
    }
}

/// The folder, or the only one in it where it has no CSV files of its own.
fn inside(folder: &Path) -> PathBuf {
    let has_csv = |folder: &Path| !Source::Folder(folder.to_owned()).names().is_empty();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let inner: Vec<PathBuf> = entries.filter(|path| path.is_dir() && !path.ends_with("__MACOSX") && has_csv(path)).collect();
    match inner.as_slice() {
        [only] if !has_csv(folder) => only.clone(),
        _ => folder.to_owned(),
    }
}

fn is_csv(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

fn begins_like_a_zip(path: &Path) -> bool {
    let mut begin = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut begin)).is_ok() && &begin == b"PK"
}

fn entries(mut archive: ZipArchive<BufReader<File>>) -> std::result::Result<BTreeMap<String, Entry>, Vec<Finding>> {
    let (mut entries, mut findings) = (BTreeMap::new(), Vec::new());
    let mut refuse = |rule, name: &str| findings.push(Finding::new(Severity::Error, rule, "", 0).at("", name));
    for at in 0..archive.len() {
        let Ok(file) = archive.by_index_raw(at) else {
            refuse(&rules::ZIP_BROKEN, "");
            continue;
        };
        let path = String::from_utf8_lossy(file.name_raw()).replace('\\', "/");
        let name = path.rsplit('/').next().unwrap_or_default();
        // macOS lays a second file beside each, named ._users.csv, or in a folder of its own.
        let of_macos = name.starts_with("._") || path.split('/').any(|folder| folder == "__MACOSX");
        if !file.is_file() || !is_csv(name) || of_macos {
            continue;
        }
        let deflated = file.compression() == CompressionMethod::Deflated;
        let rule = match file.data_start() {
            None => Some(&rules::ZIP_BROKEN),
            _ if file.encrypted() => Some(&rules::ZIP_ENCRYPTED),
            _ if !deflated && file.compression() != CompressionMethod::Stored => Some(&rules::ZIP_METHOD),
            _ if entries.keys().any(|other: &String| other.eq_ignore_ascii_case(name)) => Some(&rules::FILE_TWICE),
            Some(begins) => {
                entries.insert(name.to_owned(), Entry { begins, packed: file.compressed_size(), deflated, crc: file.crc32() });
                None
            }
        };
        if let Some(rule) = rule {
            refuse(rule, name);
        }
    }
    if findings.is_empty() { Ok(entries) } else { Err(findings) }
}

/// Compares what was unpacked with its check sum at the end.
struct Checked<R> {
    reader: CrcReader<R>,
    crc: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let read = self.reader.read(out)?;
        if read == 0 && !out.is_empty() && self.reader.crc().sum() != self.crc {
            return Err(Error::new(ErrorKind::InvalidData, "the check sum of the ZIP file does not fit"));
        }
        Ok(read)
    }
}

/// Ends with an error where a file goes on for too long.
struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R> Bounded<R> {
    fn new(reader: R) -> Self {
        Bounded { reader, left: MOST_BYTES }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let read = self.reader.read(out)?;
        self.left = self.left.checked_sub(read as u64).ok_or(ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}
