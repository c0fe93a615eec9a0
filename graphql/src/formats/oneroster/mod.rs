//! `OneRoster` 1.2 CSV packages as Japanese systems write them: a ZIP file or a folder, in UTF-8 or CP932, read row by row. What a row says
//! alone is checked here; what it refers to is checked where rows meet records.
mod check;
mod class;
pub mod codes;
mod columns;
mod course;
mod decode;
mod demographics;
mod enrollment;
mod finding;
mod header;
mod manifest;
mod org;
mod package;
mod profile;
mod records;
mod role;
mod rows;
pub mod rules;
mod session;
mod source;
mod user;
mod value;
mod version;
pub mod write;

pub use class::ClassRow;
pub use course::Course;
pub use demographics::Demographics;
pub use enrollment::{ClassRole, Enrollment};
pub use finding::{Finding, Rule, Severity};
pub use org::Org;
pub use package::Package;
pub use profile::UserProfile;
pub use records::{Record, Records};
pub use role::{Role, RoleName};
pub use session::Session;
pub use user::User;
pub use version::Version;

/// A file of a package, in the order in which they refer to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// The board and its schools.
    Orgs,
    /// School years.
    AcademicSessions,
    /// What is taught.
    Courses,
    /// Homerooms and lessons.
    Classes,
    /// People.
    Users,
    /// What people are, and where.
    Roles,
    /// Who is in which class.
    Enrollments,
    /// Birth dates.
    Demographics,
    /// How people sign in elsewhere.
    UserProfiles,
}

impl File {
    /// Every file that is read.
    pub const ALL: [File; 9] = [
        File::Orgs,
        File::AcademicSessions,
        File::Courses,
        File::Classes,
        File::Users,
        File::Roles,
        File::Enrollments,
        File::Demographics,
        File::UserProfiles,
    ];

    /// Its name in the package, such as `users.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            File::Orgs => "orgs.csv",
            File::AcademicSessions => "academicSessions.csv",
            File::Courses => "courses.csv",
            File::Classes => "classes.csv",
            File::Users => "users.csv",
            File::Roles => "roles.csv",
            File::Enrollments => "enrollments.csv",
            File::Demographics => "demographics.csv",
            File::UserProfiles => "userProfiles.csv",
        }
    }

    fn columns(self) -> &'static [columns::Column] {
        match self {
            File::Orgs => &org::COLUMNS,
            File::AcademicSessions => &session::COLUMNS,
            File::Courses => &course::COLUMNS,
            File::Classes => &class::COLUMNS,
            File::Users => &user::COLUMNS,
            File::Roles => &role::COLUMNS,
            File::Enrollments => &enrollment::COLUMNS,
            File::Demographics => &demographics::COLUMNS,
            File::UserProfiles => &profile::COLUMNS,
        }
    }
}

/// What a file of a package holds, by its manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything: what is not in it is no more.
    Bulk,
    /// Changes alone.
    Delta,
    /// It is there, and the manifest does not say what it holds: read like bulk, but what is not in it stays.
    Unsaid,
    /// It is not there.
    Absent,
}

#[cfg(test)]
mod tests;
