//! The made-up town: its schools, classes and people.
use super::Settings;
use super::calendar::Calendar;
use super::dice::Dice;
use super::illness;
use super::names::{self, Name};
use super::plan::{self, GRADES, Place};
use super::pupil::{Pupil, Story};
use super::timetable::{self, Homework, Timetable};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use uuid::{Builder, Uuid};

/// Everything that is made up before the first day.
pub(super) struct Town {
    pub(super) seed: u64,
    pub(super) calendar: Calendar,
    pub(super) board: Uuid,
    pub(super) year: Year,
    pub(super) schools: Vec<School>,
    pub(super) classes: Vec<Class>,
    pub(super) staff: Vec<Member>,
}

/// The school year, begun earlier where the records reach back before its April.
pub(super) struct Year {
    pub(super) id: Uuid,
    pub(super) number: i32,
    pub(super) begins: NaiveDate,
    pub(super) ends: NaiveDate,
}

pub(super) struct School {
    pub(super) id: Uuid,
    pub(super) code: String,
    pub(super) name: String,
}

pub(super) struct Class {
    pub(super) index: usize,
    pub(super) id: Uuid,
    /// Its school's place.
    pub(super) school: usize,
    pub(super) grade: &'static str,
    pub(super) name: String,
    pub(super) timetable: Timetable,
    pub(super) homework: Vec<Homework>,
    pub(super) pupils: Vec<Pupil>,
}

impl Class {
    /// The lessons with a class of their own: their ids and subjects.
    pub(super) fn lessons(&self) -> impl Iterator<Item = (Uuid, &'static str)> + use<> {
        let id = self.id;
        Timetable::lessons(self.grade).map(move |subject| (id_of(&id, subject), subject))
    }

    /// The class that what is done for a subject belongs to.
    pub(super) fn class_of(&self, subject: &str) -> Uuid {
        self.lessons().find(|(_, of)| *of == subject).map_or(self.id, |(id, _)| id)
    }
}

/// A member of staff.
pub(super) struct Member {
    pub(super) id: Uuid,
    pub(super) name: Name,
    pub(super) email: String,
    pub(super) post: Post,
}

/// What a member of staff is, by the places of school and class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Post {
    HomeroomTeacher { class: usize },
    Nurse { school: usize },
    Counsellor { school: usize },
    Principal { school: usize },
    VicePrincipal { school: usize },
    GradeHead { school: usize, grade: &'static str },
    SubjectTeacher { school: usize, subject: &'static str },
    AcademicAffairs { school: usize },
    BoardOfficer,
}

impl Town {
    pub(super) fn new(today: NaiveDate, settings: Settings) -> Self {
        let Settings { pupils, schools, days, seed } = settings;
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("https://asagao.example/demo/{seed}").as_bytes());
        let id = |of: &str| id_of(&namespace, of);
        let calendar = Calendar::new(today, days);
        let number = today.year() - i32::from(today.month() < 4);
        let first_of = |year| NaiveDate::from_ymd_opt(year, 4, 1).expect("every year has an April");
        let begins = calendar.days.iter().copied().chain([first_of(number)]).min().expect("one day at least");
        let ends = first_of(number + 1).pred_opt().expect("the day before a day");
        let plan = plan::places(pupils, schools);
        let known = plan::schools(schools);
        // A small town has fewer schools.
        let open: BTreeSet<usize> = plan.iter().map(|place| place.school).collect();
        let school_at = |school: usize| open.range(..school).count();
        let mut classes: Vec<Class> = Vec::new();
        for Place { school, grade, nth, size } in plan {
            let (index, grade) = (classes.len(), GRADES[grade]);
            let name = format!("{}年{nth}組", &grade[1..]);
            let mut class = Class {
                index,
                id: id(&format!("{} {name}", known[school].1)),
                school: school_at(school),
                grade,
                name,
                timetable: Timetable::new(seed, index, grade),
                homework: Vec::new(),
                pupils: Vec::new(),
            };
            class.homework = timetable::homework(seed, &class, &calendar);
            class.pupils = members(seed, &class, size, &calendar);
            classes.push(class);
        }
        let school = |at: &usize| School { id: id(&known[*at].1), code: known[*at].0.clone(), name: known[*at].1.clone() };
        let schools: Vec<School> = open.iter().map(school).collect();
        let staff = staff(seed, &namespace, &schools, &classes);
        let year = Year { id: id("year"), number, begins, ends };
        Town { seed, calendar, board: id("board"), year, schools, classes, staff }
    }

    pub(super) fn teacher_of(&self, class: usize) -> &Member {
        let teaches = |member: &&Member| member.post == Post::HomeroomTeacher { class };
        self.staff.iter().find(teaches).expect("every class has a homeroom teacher")
    }

    pub(super) fn counsellor_of(&self, school: usize) -> &Member {
        let of = |member: &&Member| member.post == Post::Counsellor { school };
        self.staff.iter().find(of).expect("every school has a counsellor")
    }

    pub(super) fn teacher_in(&self, school: usize, subject: &'static str) -> &Member {
        let teaches = |member: &&Member| member.post == Post::SubjectTeacher { school, subject };
        self.staff.iter().find(teaches).expect("every lesson has a teacher")
    }
}

/// The id of something in a town: always the same, in the form that the Japanese profile of OneRoster asks for.
pub(super) fn id_of(within: &Uuid, what: &str) -> Uuid {
    Builder::from_random_bytes(Uuid::new_v5(within, what.as_bytes()).into_bytes()).into_uuid()
}

/// An id that sorts next to another one: the pupils of a class lie together on the disk, as where ids are given one after another.
fn id_beside(other: &Uuid, id: &Uuid) -> Uuid {
    let mut bytes = id.into_bytes();
    bytes[..6].copy_from_slice(&other.as_bytes()[..6]);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// The pupils of a class in the order of 出席番号, with their stories and their attendance.
fn members(seed: u64, class: &Class, size: usize, calendar: &Calendar) -> Vec<Pupil> {
    let days = calendar.days.len();
    let stories = stories(class.index, size, days);
    let mut taken = BTreeSet::new();
    let mut dice = Dice::new(seed, "names", &[class.index]);
    let mut names: Vec<Name> = Vec::new();
    while names.len() < size {
        let name = names::of_pupil(&mut dice);
        if taken.insert(name.whole()) {
            names.push(name);
        }
    }
    // Who came in the middle of the year has the last number.
    let transferred = usize::from(stories.contains(&Story::TransferredIn));
    names[..size - transferred].sort_by_key(Name::order);
    let mut of_seat: Vec<Story> = stories.iter().copied().filter(|story| *story != Story::TransferredIn).collect();
    of_seat.resize(size - transferred, Story::Steady);
    dice.shuffle(&mut of_seat);
    of_seat.resize(size, Story::TransferredIn);
    let pupil = |(seat, (name, story)): (usize, (Name, Story))| {
        let id = id_beside(&class.id, &id_of(&class.id, &format!("pupil {seat}")));
        let mut pupil = Pupil::new(id, name, seat + 1, story, &mut Dice::new(seed, "habit", &[class.index, seat]));
        pupil.joined = if story == Story::TransferredIn { joined(days) } else { 0 };
        pupil
    };
    let mut pupils: Vec<Pupil> = names.into_iter().zip(of_seat).enumerate().map(pupil).collect();
    let influenza = illness::influenza(seed, class.index, &pupils, days);
    for (pupil, begins) in pupils.iter_mut().zip(influenza) {
        pupil.presence = illness::presence(seed, class.index, pupil, begins, calendar);
    }
    pupils
}

/// The place of the school day three weeks ago.
pub(super) fn joined(days: usize) -> usize {
    days.saturating_sub(15)
}

/// The stories of a class: other ones next door. One pupil of every class has stopped handing in.
fn stories(class: usize, size: usize, days: usize) -> Vec<Story> {
    let (to_look_at, odd) = if size < 20 { (1, 1) } else { (4, 4) };
    let others = Story::TO_LOOK_AT[1..].iter().cycle().skip(class * 2).take(to_look_at - 1);
    let odd = Story::ODD_ONLY.iter().cycle().skip(class * 3).take(odd);
    let possible = |story: &Story| *story != Story::TransferredIn || joined(days) > 0;
    [Story::StopsHandingIn].into_iter().chain(others.copied()).chain(odd.copied().filter(possible)).collect()
}

fn staff(seed: u64, namespace: &Uuid, schools: &[School], classes: &[Class]) -> Vec<Member> {
    let mut posts: Vec<Post> = (0..classes.len()).map(|class| Post::HomeroomTeacher { class }).collect();
    for school in 0..schools.len() {
        let grades: Vec<&str> = classes.iter().filter(|class| class.school == school).map(|class| class.grade).collect();
        let grade = if grades.contains(&"P5") { "P5" } else { grades[0] };
        posts.extend([
            Post::Principal { school },
            Post::VicePrincipal { school },
            Post::AcademicAffairs { school },
            Post::GradeHead { school, grade },
            Post::Nurse { school },
        ]);
    }
    for school in 0..schools.len() {
        let of_school = classes.iter().filter(|class| class.school == school);
        let subjects: BTreeSet<&'static str> = of_school.flat_map(|class| class.lessons().map(|(_, subject)| subject)).collect();
        posts.extend(subjects.into_iter().map(|subject| Post::SubjectTeacher { school, subject }));
    }
    posts.push(Post::BoardOfficer);
    posts.extend((0..schools.len()).map(|school| Post::Counsellor { school }));
    let mut dice = Dice::new(seed, "staff", &[]);
    let mut taken = BTreeSet::new();
    let member = |(at, post): (usize, Post)| {
        let name = loop {
            let name = names::of_staff(&mut dice);
            if taken.insert(name.whole()) {
                break name;
            }
        };
        let id = id_of(namespace, &format!("staff {post:?}"));
        Member { id, name, email: format!("staff{:02}@asagao.example", at + 1), post }
    };
    posts.into_iter().enumerate().map(member).collect()
}
