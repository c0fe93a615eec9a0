//! A package as a whole: its manifest, which files it has, and their headers.
use super::check::Sheet;
use super::columns::Column;
use super::decode::Decoded;
use super::finding::{Finding, Severity};
use super::header;
use super::manifest::{self, Manifest};
use super::records::Records;
use super::rows::Rows;
use super::source::Source;
use super::version::Version;
use super::{ClassRow, Course, Demographics, Enrollment, File, Mode, Org, Role, Rule, Session, User, UserProfile, rules};
use crate::formats::text_encoding::{Encoding, Said};
use std::collections::BTreeMap;
use std::path::Path;

/// Without these nothing can be read, unless the package holds changes alone.
const ESSENTIAL: [File; 6] = [File::Orgs, File::AcademicSessions, File::Classes, File::Users, File::Roles, File::Enrollments];

/// A package that can be read. Its files are read anew each time they are asked for, as streams.
#[derive(Debug)]
pub struct Package {
    source: Source,
    said: Said,
    version: Version,
    files: BTreeMap<File, Found>,
    findings: Vec<Finding>,
}

/// A file that is there.
#[derive(Debug)]
struct Found {
    name: String,
    mode: Mode,
    encoding: Option<Encoding>,
    /// Of users.csv: whether it says what everybody is.
    has_roles: bool,
}

impl Package {
    /// Opens a ZIP file or a folder and looks at its manifest, at which files it has and at their headers. What makes it unreadable as a whole
    /// is an error with every reason.
    pub fn open(path: &Path, said: Said) -> Result<Package, Vec<Finding>> {
        let source = Source::open(path)?;
        let mut package = Package { source, said, version: Version::V1_2, files: BTreeMap::new(), findings: Vec::new() };
        let mut names = package.source.names();
        let manifest = match take(&mut names, manifest::NAME) {
            Some(name) => package.rows(&name, manifest::NAME).map(|rows| Manifest::read(rows, &mut package.findings)),
            None => Err(Box::new(Finding::new(Severity::Error, &rules::FILE_MISSING, manifest::NAME, 0))),
        };
        let manifest = manifest.unwrap_or_else(|finding| {
            package.findings.push(*finding);
            Manifest::default()
        });
        package.version = manifest.version.unwrap_or(Version::V1_2);
        let readable = errors(&package.findings).is_empty();
        let mut fatal = Vec::new();
        for file in File::ALL {
            let name = take(&mut names, file.name());
            fatal.extend(package.look_at(file, name, &manifest));
        }
        package.tell_of_1_1(&mut fatal);
        package
            .findings
            .extend(names.iter().map(|name| Finding::new(Severity::Warning, &rules::FILE_NOT_READ, "", 0).at("", name)));
        if readable && fatal.is_empty() {
            return Ok(package);
        }
        let Package { mut findings, .. } = package;
        findings.append(&mut fatal);
        findings.sort_by_key(|finding| finding.severity);
        Err(findings)
    }

    /// The version that it claims.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What a file of it holds.
    #[must_use]
    pub fn mode(&self, file: File) -> Mode {
        self.files.get(&file).map_or(Mode::Absent, |found| found.mode)
    }

    /// What a file's beginning is encoded in; `None` where that is ASCII, or the file is absent.
    #[must_use]
    pub fn encoding(&self, file: File) -> Option<Encoding> {
        self.files.get(&file).and_then(|found| found.encoding)
    }

    /// What was found in the manifest and the headers.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// orgs.csv.
    #[must_use]
    pub fn orgs(&self) -> Records<Org> {
        self.records(File::Orgs, Org::read)
    }

    /// academicSessions.csv.
    #[must_use]
    pub fn sessions(&self) -> Records<Session> {
        self.records(File::AcademicSessions, Session::read)
    }

    /// courses.csv.
    #[must_use]
    pub fn courses(&self) -> Records<Course> {
        self.records(File::Courses, Course::read)
    }

    /// classes.csv.
    #[must_use]
    pub fn classes(&self) -> Records<ClassRow> {
        self.records(File::Classes, ClassRow::read)
    }

    /// users.csv.
    #[must_use]
    pub fn users(&self) -> Records<User> {
        self.records(File::Users, User::read)
    }

    /// roles.csv.
    #[must_use]
    pub fn roles(&self) -> Records<Role> {
        self.records(File::Roles, Role::read)
    }

    /// enrollments.csv.
    #[must_use]
    pub fn enrollments(&self) -> Records<Enrollment> {
        self.records(File::Enrollments, Enrollment::read)
    }

    /// demographics.csv.
    #[must_use]
    pub fn demographics(&self) -> Records<Demographics> {
        self.records(File::Demographics, Demographics::read)
    }

    /// userProfiles.csv.
    #[must_use]
    pub fn user_profiles(&self) -> Records<UserProfile> {
        self.records(File::UserProfiles, UserProfile::read)
    }

    fn rows(&self, name: &str, file: &'static str) -> Result<Rows, Box<Finding>> {
        let unreadable = |_| Box::new(Finding::new(Severity::Error, &rules::UNREADABLE, file, 0));
        let bytes = self.source.read(name).map_err(unreadable)?;
        Rows::new(file, Decoded::new(bytes, self.said).map_err(unreadable)?)
    }

    fn records<T>(&self, file: File, read: fn(&mut super::check::Checked<'_>) -> T) -> Records<T> {
        let Some(found) = self.files.get(&file) else { return Records::none() };
        match self.rows(&found.name, file.name()) {
            Ok(rows) => {
                let sheet = self.sheet(file, found.mode, rows.header());
                Records::new(rows, sheet, read)
            }
            Err(finding) => Records::unreadable(*finding),
        }
    }

    /// Looks at a file's presence and header; what makes the package unreadable.
    fn look_at(&mut self, file: File, name: Option<String>, manifest: &Manifest) -> Vec<Finding> {
        let found = |severity, rule: &Rule| Finding::new(severity, rule, file.name(), 0);
        let said = manifest.mode(file);
        let Some(name) = name else {
            return match said {
                Some(Mode::Bulk | Mode::Delta | Mode::Unsaid) => vec![found(Severity::Error, &rules::FILE_MISSING)],
                None if ESSENTIAL.contains(&file) && !manifest.any_delta() => vec![found(Severity::Error, &rules::FILE_MISSING)],
                _ => {
                    let asked = ESSENTIAL.contains(&file) || file == File::Courses;
                    if asked && !manifest.any_delta() {
                        self.findings.push(found(Severity::Warning, &rules::FILE_MISSING));
                    }
                    Vec::new()
                }
            };
        };
        if said == Some(Mode::Absent) {
            return vec![found(Severity::Error, &rules::FILE_ABSENT)];
        }
        if said.is_none() && self.version == Version::Jp {
            self.findings.push(found(Severity::Warning, &rules::FILE_NOT_IN_MANIFEST));
        }
        let mode = said.unwrap_or(Mode::Unsaid);
        let rows = match self.rows(&name, file.name()) {
            Ok(rows) => rows,
            Err(finding) => return vec![*finding],
        };
        let encoding = rows.encoding();
        match encoding {
            // UTF-16 without its mark may look like anything.
            _ if rows.header().iter().any(|name| name.contains('\0')) => {}
            Some(Encoding::Cp932) => self.findings.push(found(Severity::Warning, &rules::NOT_UTF8)),
            Some(Encoding::Utf16) => self.findings.push(found(Severity::Warning, &rules::NOT_UTF8_BUT_UTF16)),
            _ if rows.mark() && self.version == Version::Jp => {
                self.findings.push(found(Severity::Warning, &rules::BYTE_ORDER_MARK));
            }
            _ => {}
        }
        let header = header::findings(file, mode, self.version, rows.header());
        let fatal = header.iter().filter(|(fatal, _)| *fatal).map(|(_, finding)| finding.clone()).collect();
        self.findings.extend(header.into_iter().filter(|(fatal, _)| !fatal).map(|(_, finding)| finding));
        let has_roles = file == File::Users && mode != Mode::Delta && rows.header().iter().any(|name| name == "role");
        self.files.insert(file, Found { name, mode, encoding, has_roles });
        fatal
    }

    /// In `OneRoster` 1.1 roles stand in users.csv: said once, instead of once for each user.
    fn tell_of_1_1(&self, fatal: &mut Vec<Finding>) {
        let roles = self.files.get(&File::Users).is_some_and(|users| users.has_roles);
        if roles && !self.files.contains_key(&File::Roles) {
            fatal.retain(|finding| finding.file != File::Roles.name());
            fatal.push(Finding::new(Severity::Error, &rules::OF_VERSION_1_1, File::Users.name(), 1).at("role", ""));
        }
    }

    fn sheet(&self, file: File, mode: Mode, header: &[String]) -> Sheet {
        let place = |column: &Column| {
            let at = header.iter().position(|name| column.is(name))?;
            Some((at, header[at].clone()))
        };
        let columns = file.columns();
        let places = columns.iter().map(place).collect();
        Sheet { file: file.name(), version: self.version, delta: mode == Mode::Delta, columns, places }
    }
}

fn errors(findings: &[Finding]) -> Vec<Finding> {
    findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect()
}

/// Takes a file's name out of those that are there, however it is capitalised.
fn take(names: &mut Vec<String>, name: &str) -> Option<String> {
    let at = names.iter().position(|other| other.eq_ignore_ascii_case(name))?;
    Some(names.swap_remove(at))
}
