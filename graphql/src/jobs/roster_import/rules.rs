//! What can be found only with another row of the package, or with the records.
use crate::formats::oneroster::Rule;

macro_rules! rules {
    ($($name:ident: $message:literal, $advice:literal;)*) => {
        $(
            #[doc = $message]
            pub const $name: Rule = Rule { code: stringify!($name), message: $message, advice: $advice };
        )*
        /// Every rule of this file.
        pub const ALL: &[Rule] = &[$($name),*];
    };
}

rules! {
    ID_TWICE: "an earlier row of the file has this sourcedId", "give each row a sourcedId of its own, or take one of the two out";
    MASTER_TWICE: "an earlier row of the file has this userMasterIdentifier", "give each person one row; merge the two, or mend one of the ids";
    NO_SUCH_ORG: "orgs.csv has no such school or board", "add the row to orgs.csv, or mend the id here";
    NOT_A_SCHOOL: "this is not a school of orgs.csv", "give the id of a row of orgs.csv whose type is school";
    NO_SUCH_SESSION: "academicSessions.csv has no such year, or its row was left out", "add the row to academicSessions.csv, or mend the id here";
    NO_SUCH_COURSE: "courses.csv has no such course", "add the row to courses.csv, or mend the id here";
    NO_SUCH_CLASS: "classes.csv has no such class, or its row was left out", "add the row to classes.csv, or mend the id here";
    CLASS_OF_OTHER_SCHOOL: "this is not the school of the class", "give the school that classes.csv has for this class";
    NO_SUCH_USER: "users.csv has no such user", "add the row to users.csv, or take this row out";
    NO_SUCH_PROFILE: "userProfiles.csv has no such row", "add the row to userProfiles.csv, or leave the cell empty";
    GRADE_OF_OTHERS: "the pupil's grade in users.csv is none of the class's grades", "mend `grades` of the user or of the class";
    WRONG_ROLE: "roles.csv gives this user no such role", "give the user the role in roles.csv, or mend the role here";
    NO_ROLE: "roles.csv has no role for this user", "add a primary role to roles.csv, or take the user out";
    NO_PRIMARY_ROLE: "all roles of this user are secondary", "make one role of the user primary in roles.csv";
    DAYS_REVERSED: "the last day is before the first", "mend one of the two dates";
    PLACE_TWICE: "this pupil is in this class at the same time by another row", "end the one before the other begins, or take one of the rows out";
    NOT_YOUR_SCHOOL: "this is not a school whose roster you keep", "send a package that has your own school alone";
    NOT_YOURS: "this record belongs to another school or to the board, and the package says it otherwise", "ask the board to change it; a pupil who comes from another school is admitted as a move";
    DUTY_NOT_GIVEN: "a school's office does not give or change this duty, and nobody gives one to themselves", "ask the board, or somebody else of the office if it is your own";
    YEAR_OF_BOARD: "this school year is not here yet, and years are the board's: nothing of the package was read", "the board has to import its roster of the year first";
    YEAR_TWICE: "an earlier row of the file is the same school year", "leave one row for each school year, and mend the ids of classes";
    TERM_OF_YEAR: "this is a part of a school year, which is not kept: classes of it are classes of the year", "give classes the id of their school year";
    TERM_OF_NO_YEAR: "this is a part of a school year that is not in the package", "add the school year, or name it in parentSourcedId";
    TERMS_OF_YEARS: "the class is of more than one school year; it is read as one of the first", "give the class one school year, and make another class for the other";
    CODE_TWICE: "an earlier school of the file has this 学校コード", "look both codes up in the list of the ministry";
    NOBODY_LEAVES: "rows of this file cannot be read, so that whoever is not in it stays where they are", "mend the file and send the package again";
    NOBODY_ENROLLED: "the file has no rows: nobody is in a class", "check whether the export was complete";
    TWO_HOMEROOMS: "this pupil is in another homeroom on the same days", "end the one place with endDate before the other begins";
    KEPT_FOR_HISTORY: "a school, year, course or class is not deleted, because records refer to it", "nothing needs to be done";
}
