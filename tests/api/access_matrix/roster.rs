//! The roster of the town: the usual two schools, with more classes, and in each place the pupils who are asked about.
use asagao_tests::{Package, enrolment};
use uuid::Uuid;

/// Before the pupils of 5年2組.
pub const OWN: u128 = 0x1000;
/// Before those of 6年1組.
pub const OTHER: u128 = 0x2000;
/// Before those of 4年1組 of the other school.
pub const ELSEWHERE: u128 = 0x3000;
/// Before those who have left 5年2組.
pub const FORMER: u128 = 0x4000;

const FIRST: u128 = 0x0a5a_9a00_0000_4000_8000_0000_0000_0000;

/// The n-th id of a board.
pub fn id(board: u128, n: u128) -> Uuid {
    Uuid::from_u128(FIRST + (board << 120) + n)
}

/// The roster of a board.
pub fn package(board: u128) -> Package {
    let mut package = Package::usual();
    for file in ["orgs.csv", "academicSessions.csv", "classes.csv", "users.csv", "roles.csv", "enrollments.csv"] {
        let text = package.text(file).replace(FIRST_OF_ALL, &format!("{:08x}", (FIRST + (board << 120)) >> 96));
        package.put(file, &text);
    }
    // Of the staff the homeroom teacher comes with the roster; the others are taken on by name.
    let staff = [0x202, 0x203].map(|n| id(board, n).to_string());
    let mut package = staff.iter().fold(package, |package, id| ["users.csv", "roles.csv", "enrollments.csv"].into_iter().fold(package, |package, file| package.without(file, id)));
    package.change("classes.csv", "5年1組", "6年1組");
    let six = id(board, 0x51);
    let line = package.text("classes.csv").lines().find(|line| line.starts_with(&six.to_string())).expect("the class").to_owned();
    package.change("classes.csv", &line, &line.replace("P5", "P6"));
    let (here, there, year) = (id(board, 2), id(board, 3), id(board, 4));
    let (deleted, long_ago) = (id(board, 0x13), id(board, 0x14));
    package.line("academicSessions.csv", &format!("{deleted},2003年度,schoolYear,2003-04-01,2004-03-31,2003"));
    package.line("academicSessions.csv", &format!("{long_ago},2004年度,schoolYear,2004-04-01,2005-03-31,2004"));
    for (n, name, school, year, grades) in [
        (0x53, "5年3組", here, year, "P5"),
        (0x62, "6年2組", here, year, "P6"),
        (0x42, "4年2組", there, year, "P4"),
        (0x71, "ひまわり学級", here, year, "\"P5,P6\""),
        (0x72, "わかば学級", there, year, "\"P4,P5\""),
        (0x21, "5年1組", here, long_ago, "P5"),
        (0x22, "4年1組", there, long_ago, "P4"),
        (0x23, "5年1組", here, deleted, "P5"),
        (0x24, "4年1組", there, deleted, "P4"),
    ] {
        package.line("classes.csv", &format!("{},{name},homeroom,{school},{year},{grades},", id(board, n)));
    }
    let mut place = |n: u128, class: u128, school: Uuid, number: u128| {
        package.user(id(board, n), &format!("仮名,{n:x},カメイ,カナ,"), "student", school);
        package.place(id(board, n), id(board, class), school, "2026-04-01", &number.to_string());
    };
    for n in 1..=12 {
        // The first pupil of each comes from the class beside it, see town/arrive.graphql.
        let beside = |class, sister| if n == 1 { sister } else { class };
        place(OWN + n, beside(0x52, 0x53), here, 10 + n);
        place(OTHER + n, beside(0x51, 0x62), here, 10 + n);
        place(ELSEWHERE + n, beside(0x41, 0x42), there, 10 + n);
    }
    for n in 1..=5 {
        place(FORMER + n, if n == 1 { 0x53 } else { 0x52 }, here, 30 + n);
    }
    for (n, class, school) in [(0x5001, 0x71, here), (0x5002, 0x72, there), (0x6001, 0x53, here), (0x6002, 0x62, here), (0x6003, 0x42, there)] {
        place(n, class, school, 1);
    }
    for n in [OWN + 1, FORMER + 1] {
        package.place(id(board, n), id(board, 0x5a), here, "2026-04-01", "");
    }
    for (n, class, school, year) in [(0x7001, 0x21, here, 2004), (0x7002, 0x22, there, 2004), (0x7003, 0x23, here, 2003), (0x7004, 0x24, there, 2003)] {
        let (pupil, class) = (id(board, n), id(board, class));
        package.user(pupil, &format!("昔日,{n:x},セキジツ,カナ,"), "student", school);
        let line = format!("{},{class},{school},{pupil},student,,{year}-04-01,{}-03-31,1", enrolment(pupil, class), year + 1);
        package.line("enrollments.csv", &line);
    }
    let users = package.text("users.csv").to_owned();
    let numbered = users.lines().map(|line| match line.split_once(',').and_then(|(id, _)| id.get(32..)) {
        Some(end) => format!("{line},S{end}\n"),
        None => format!("{line},identifier\n"),
    });
    package.put("users.csv", &numbered.collect::<String>());
    package
}

const FIRST_OF_ALL: &str = "0a5a9a00";

/// The part of the roster that a school knows of.
pub fn of_school(board: u128, school: u128) -> Package {
    let whole = package(board);
    let other = id(board, 5 - school).to_string();
    let mut package = whole.clone();
    for file in ["orgs.csv", "classes.csv", "roles.csv", "enrollments.csv"] {
        package = package.without(file, &other);
    }
    for line in whole.text("roles.csv").lines().filter(|line| line.contains(&other)) {
        let person = line.split(',').nth(1).expect("whose role it is");
        package = package.without("users.csv", person);
    }
    package
}

/// One more pupil of a class.
pub fn join(package: &mut Package, board: u128, n: u128, class: u128, school: u128) {
    package.user(id(board, n), &format!("転入,{n:x},テンニュウ,カナ,,J{n:x}"), "student", id(board, school));
    package.place(id(board, n), id(board, class), id(board, school), "2026-04-01", &(n % 0x100 + 20).to_string());
}
