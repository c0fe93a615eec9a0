//! Everything that can be found by reading a package alone, without another row and without the records.
use super::finding::Rule;

macro_rules! rules {
    ($($name:ident: $message:literal, $advice:literal;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`, as its message says.")]
            pub const $name: Rule = Rule { code: stringify!($name), message: $message, advice: $advice };
        )*
        /// Every rule of this file.
        pub const ALL: &[Rule] = &[$($name),*];
    };
}

rules! {
    UNREADABLE: "this cannot be read", "check that the file is whole and try again";
    NOT_A_PACKAGE: "this is neither a ZIP file nor a folder", "give the ZIP file of a OneRoster package, or a folder with its CSV files";
    ZIP_BROKEN: "the ZIP file is damaged", "export or download it again";
    ZIP_ENCRYPTED: "the file is encrypted inside the ZIP", "make the ZIP file without a password";
    ZIP_METHOD: "the file is compressed in a way that is not read here", "make the ZIP file anew with the usual compression (deflate)";
    FILE_TWICE: "the ZIP file holds this file twice", "leave one of them in it";
    FILE_TOO_LARGE: "the file is larger than 2 GiB unpacked", "export the roster in parts, a package for each school";
    FILE_MISSING: "this file is missing", "export the package with manifest, orgs, academicSessions, courses, classes, users, roles and enrollments";
    FILE_ABSENT: "the manifest says that this file is absent, and the package has it", "export the package again, or mend the manifest's line of the file";
    FILE_NOT_IN_MANIFEST: "the manifest does not mention this file, which is read as bulk", "name the file in the manifest as bulk or delta";
    FILE_NOT_READ: "this file holds no roster and is not read", "nothing needs to be done";
    MANIFEST_VALUE: "this value is not known in a manifest", "write absent, bulk or delta";
    MANIFEST_VERSION: "manifest.version is not 1.0", "export OneRoster 1.2";
    VERSION_MISSING: "the manifest does not say oneroster.version: this may be no OneRoster package", "export OneRoster 1.2, 1.2.1 or 1.2_JP";
    VERSION_UNKNOWN: "this version of OneRoster is not known here", "export OneRoster 1.2, 1.2.1 or 1.2_JP";
    MANIFEST_TWICE: "the manifest says this twice", "leave one of the two lines in it";
    NO_COMMAS: "the columns are separated by semicolons or tabs and not by commas", "save the file as CSV with commas (in Excel: CSV UTF-8)";
    UTF16_WITHOUT_MARK: "the file is UTF-16 without its mark, and nothing in it can be read", "export UTF-8";
    COLUMNS_IN_OTHER_CASE: "the names of the columns are not spelled as in the standard, with its small and capital letters", "write the names of the columns as the standard spells them";
    OF_VERSION_1_1: "roles stand in users.csv and there is no roles.csv: this is OneRoster 1.1", "export OneRoster 1.2, 1.2.1 or 1.2_JP";
    COLUMN_MISSING: "this column is missing", "export the file again with every column that OneRoster requires";
    COLUMN_TWICE: "this column stands in the header twice", "leave one of them in the file";
    COLUMN_UNKNOWN: "this column is not in the standard and is not read", "check its spelling against the standard";
    NOT_UTF8: "the file is not UTF-8 but CP932 (Shift_JIS) and was read as that", "check names with rare characters, which CP932 cannot hold; export UTF-8";
    NOT_UTF8_BUT_UTF16: "the file is UTF-16 and was read as that", "export UTF-8";
    BYTE_ORDER_MARK: "the file begins with a byte order mark", "export UTF-8 without it, which other systems ask for";
    TEXT_BROKEN: "the row holds bytes that are no characters of the file's encoding", "save the file as UTF-8 (in Excel: CSV UTF-8), or say which encoding it has";
    NULL_CHARACTER: "the row holds U+0000, which cannot be stored", "take the character out";
    ROW_LENGTH: "the row has not as many values as the header", "check quotes and commas";
    ROW_UNREADABLE: "the row cannot be read", "check quotes and commas";
    ROW_TOO_LONG: "the row has no end", "check whether a quote that opens here is never closed; nothing after this line was read";
    ROW_EMPTY: "the row holds nothing and is passed over", "take the line out";
    REQUIRED: "this must not be empty", "fill it in";
    NOT_A_UUID: "this is no UUID", "ids are kept as the roster's UUIDs: export the UUID of each record";
    NOT_A_UUID_V4: "this is no UUID of version 4", "the Japan profile asks for UUIDs of version 4";
    NOT_A_DATE: "this is no date", "write it like 2026-04-01";
    NOT_A_TIME: "this is no time", "write it like 2026-04-01T09:00:00.000Z";
    NOT_A_FLAG: "this is neither true nor false", "write true or false";
    NOT_A_YEAR: "this is no year", "write it like 2026";
    NOT_A_NUMBER: "出席番号 is a number from 1 to 999", "write it in digits, or leave it empty";
    WORD_UNKNOWN: "this word is not known in this column", "use one of the words of the standard";
    WORD_NOT_JAPANESE: "the Japan profile does not use this word here", "use one of the words of the Japan profile";
    ORG_NOT_KEPT: "only schools (school) and the board (district) are kept", "leave the row out";
    STATUS_IN_BULK: "status and dateLastModified are empty in a bulk file", "leave them empty, or say delta in the manifest";
    TEXT_TOO_LONG: "the text is longer than 1,000 characters", "shorten it";
    HALF_WIDTH_KANA: "this holds half-width katakana", "write katakana in full width";
    LINE_BREAK: "this holds a line break", "check quotes, and write it on one line";
    PRIVATE_CHARACTER: "this holds a character of one machine's own (外字)", "look up which character is meant and write it as Unicode has it";
    LAST_BEFORE_FIRST: "the last day is before the first", "correct one of the two";
    YEAR_TITLE: "the title of a school year is like 2026年度", "write the year and 年度";
    YEAR_SPAN: "a school year goes from 04-01 to 03-31 of the next year", "correct the days";
    MUST_BE_EMPTY: "this is empty in the Japan profile", "leave it empty";
    COURSE_TITLE: "the title of a course begins like 2026年度", "put the year and 年度 in front";
    SCHOOL_CODE: "this is no 学校コード of 13 characters", "look it up in the list of the ministry";
    SCHOOL_CODE_CHECK: "the last digit does not fit the rest of the 学校コード", "compare the code with the list of the ministry";
    BOARD_CODE: "this is no 教育委員会コード of six digits", "look it up in the list of the ministry";
    GRADE_UNKNOWN: "this grade is not known", "write P1 to P6 and J1 to J3, separated by commas";
    GRADE_READ_AS_JUNIOR_HIGH: "grades 7 to 9 of a 義務教育学校 were read as J1 to J3", "write J1 to J3";
    SUBJECT_CODE: "this subject code is not known", "write P010 to P100 or J010 to J090, separated by commas";
    SUBJECT_COUNT: "there are not as many subject codes as subjects", "give each subject its code";
    NOT_ENABLED: "a roster has only people whose account is enabled", "write true, or leave the person out";
    PASSWORD: "the file holds a password, which is not read", "take passwords out of rosters";
    KANA_FULL_WIDTH: "a reading is written in full-width katakana", "write it in katakana";
    ROLE_NOT_PRIMARY: "somebody with this role has the primary role teacher in the Japan profile", "make this role secondary and teacher primary";
    STUDENT_PRIMARY: "primary is false for a student", "write false";
}
