//! What stands against committing a draft, and what is worth a look: a pure function of the draft.
use super::draft::{Draft, Entry, Outcome, State};
use crate::access::duty::DutyKind;
use crate::id;
use crate::roster::moves::school_age::{GRADES, grade_of};
use async_graphql::{Enum, ID, SimpleObject};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What a line of the check list is about. Codes are stable.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "TurnoverProblemCode")]
pub enum ProblemCode {
    /// Pupils of the live year whom the draft does not know, such as a late 転入. `startTurnover` takes them up.
    Newcomer,
    /// Pupils who stay or enter and have no class.
    Unplaced,
    /// Pupils of a class of several grades whose grade nobody has said.
    GradeUnknown,
    /// Pupils in a class that is not of their grade.
    WrongGrade,
    /// Pupils without 出席番号.
    NumberMissing,
    /// Pupils of one class with the same 出席番号.
    NumberTwice,
    /// Pupils who are still enrolled in another school on the first day: that school has to let them go first.
    StillEnrolled,
    /// Pupils who left the live year, by a move, and still have a place. `startTurnover` takes them out.
    Gone,
    /// Worth a look: pupils who are to leave and whose leaving no move records yet.
    LeavesWithoutMove,
    /// Worth a look: a class without a homeroom teacher.
    NoTeacher,
    /// Worth a look: grades that have a head in the live year and none in the next: duties over a grade end with the year.
    NoGradeHead,
    /// Worth a look: a duty over the whole school (教務, 養護) that goes on as it is, because the draft gives it to nobody.
    DutyGoesOn,
    /// Worth a look: a class of more than 35 pupils, or of more than 8 for special needs.
    TooLarge,
    /// Worth a look: a class without pupils.
    EmptyClass,
    /// Worth a look: incoming pupils whose date of birth gives another grade.
    BirthDate,
    /// Worth a look: pupils who were to be apart, or together, and are not.
    WishNotKept,
}

impl ProblemCode {
    /// Whether the draft cannot be committed with it.
    #[must_use]
    pub fn blocks(self) -> bool {
        use ProblemCode::{BirthDate, DutyGoesOn, EmptyClass, LeavesWithoutMove, NoGradeHead, NoTeacher, TooLarge, WishNotKept};
        !matches!(
            self,
            LeavesWithoutMove | NoTeacher | NoGradeHead | DutyGoesOn | TooLarge | EmptyClass | BirthDate | WishNotKept
        )
    }
}

/// A line of the check list.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(name = "TurnoverProblem")]
pub struct Problem {
    /// What it is about.
    pub code: ProblemCode,
    /// Whether the draft cannot be committed before it is settled.
    pub blocking: bool,
    /// The class of the draft that it is about, where it is about one.
    pub class_id: Option<ID>,
    /// That class's name.
    pub class_name: Option<String>,
    /// The grades of next year that it is about, where it is about grades.
    pub grades: Vec<String>,
    /// The duty that it is about, where it is about one.
    pub duty: Option<DutyKind>,
    /// The names of the pupils, or of the staff with a duty, whom it is about, at most 50.
    pub names: Vec<String>,
    /// How many of them there are.
    pub count: usize,
}

const ORDINARY: usize = 35;
const SPECIAL: usize = 8;

/// The check list of a draft: what stands against it first.
pub(super) fn problems(draft: &Draft) -> Vec<Problem> {
    let mut found = Found { draft, problems: Vec::new() };
    found.pupils();
    found.classes();
    found.duties();
    found.wishes();
    found.problems.sort_by_key(|problem| !problem.blocking);
    found.problems
}

struct Found<'a> {
    draft: &'a Draft,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn add(&mut self, code: ProblemCode, class: Option<Uuid>, names: &[&str]) {
        let line = self.line(code, class, names);
        self.problems.push(line);
    }

    fn line(&self, code: ProblemCode, class: Option<Uuid>, names: &[&str]) -> Problem {
        let class_name = class.and_then(|class| self.draft.class(class)).map(|class| class.name.clone());
        Problem {
            code,
            blocking: code.blocks(),
            class_id: class.map(id::of),
            class_name,
            grades: Vec::new(),
            duty: None,
            count: names.len(),
            names: names.iter().take(50).map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Adds a line about the pupils that a condition holds for, if there are any. Whose place is carried out needs no more looking after.
    fn those(&mut self, code: ProblemCode, holds: impl Fn(&Entry) -> bool) {
        let draft = self.draft;
        let asked = draft.entries.iter().filter(|entry| draft.is_open(&entry.row) && holds(entry));
        let names: Vec<&str> = asked.map(|entry| entry.name.as_str()).collect();
        if !names.is_empty() {
            self.add(code, None, &names);
        }
    }

    fn pupils(&mut self) {
        let draft = self.draft;
        let newcomers: Vec<&str> = draft.newcomers().map(|live| live.name.as_str()).collect();
        if !newcomers.is_empty() {
            self.add(ProblemCode::Newcomer, None, &newcomers);
        }
        let live: std::collections::HashSet<Uuid> = draft.live.iter().map(|live| live.pupil).collect();
        let is_live = |entry: &Entry| entry.row.pupil.is_some_and(|pupil| live.contains(&pupil));
        let was_here = |entry: &Entry| matches!(entry.row.outcome, Outcome::Stays | Outcome::Graduates);
        // Once the draft is committed, a move takes the place with it.
        let draft_still = draft.turnover.state == State::Draft;
        self.those(ProblemCode::Gone, |entry| draft_still && was_here(entry) && !is_live(entry));
        let comes = |entry: &Entry| entry.row.comes() && (entry.row.outcome == Outcome::Enters || is_live(entry));
        self.those(ProblemCode::GradeUnknown, |entry| comes(entry) && entry.row.grade.is_empty());
        self.those(ProblemCode::Unplaced, |entry| comes(entry) && entry.row.class.is_none());
        self.those(ProblemCode::WrongGrade, |entry| {
            let class = entry.row.class.and_then(|class| draft.class(class));
            comes(entry) && !entry.row.grade.is_empty() && class.is_some_and(|class| !class.is_of(&entry.row.grade))
        });
        self.those(ProblemCode::StillEnrolled, |entry| comes(entry) && entry.elsewhere);
        self.those(ProblemCode::LeavesWithoutMove, |entry| entry.row.outcome == Outcome::Leaves && is_live(entry));
        self.those(ProblemCode::BirthDate, |entry| {
            let of_age = entry.row.birth_date.map(|day| grade_of(day, draft.turnover.year));
            comes(entry) && of_age.is_some_and(|of_age| of_age != Some(entry.row.grade.as_str()))
        });
    }

    fn classes(&mut self) {
        let draft = self.draft;
        let mut members: BTreeMap<Uuid, Vec<&Entry>> = BTreeMap::new();
        for entry in draft.entries.iter().filter(|entry| entry.row.comes()) {
            if let Some(class) = entry.row.class {
                members.entry(class).or_default().push(entry);
            }
        }
        for class in &draft.classes {
            let of_class = members.remove(&class.id).unwrap_or_default();
            let names: Vec<&str> = of_class.iter().map(|entry| entry.name.as_str()).collect();
            let mut numbers: HashMap<i32, Vec<&str>> = HashMap::new();
            for entry in &of_class {
                if let Some(number) = entry.row.number {
                    numbers.entry(number).or_default().push(&entry.name);
                }
            }
            let missing: Vec<&str> =
                of_class.iter().filter(|entry| entry.row.number.is_none()).map(|entry| entry.name.as_str()).collect();
            let twice: Vec<&str> = numbers.into_values().filter(|names| names.len() > 1).flatten().collect();
            if !missing.is_empty() {
                self.add(ProblemCode::NumberMissing, Some(class.id), &missing);
            }
            if !twice.is_empty() {
                self.add(ProblemCode::NumberTwice, Some(class.id), &twice);
            }
            if of_class.is_empty() {
                self.add(ProblemCode::EmptyClass, Some(class.id), &[]);
            }
            if of_class.len() > if class.special_needs { SPECIAL } else { ORDINARY } {
                self.add(ProblemCode::TooLarge, Some(class.id), &names);
            }
            let taught = |duty: &super::draft::DutyRow| duty.kind == DutyKind::HomeroomTeacher && duty.class == Some(class.id);
            if !draft.duties.iter().any(taught) {
                self.add(ProblemCode::NoTeacher, Some(class.id), &[]);
            }
        }
    }

    fn duties(&mut self) {
        let draft = self.draft;
        let of_grade = |grade: &str| {
            let had = draft.standing.iter().any(|of| of.duty.kind == DutyKind::GradeHead && of.duty.grade == grade);
            let given = draft.duties.iter().any(|duty| duty.kind == DutyKind::GradeHead && duty.grade == grade);
            had && !given && draft.classes.iter().any(|class| class.is_of(grade))
        };
        let grades: Vec<String> = GRADES.into_iter().filter(|grade| of_grade(grade)).map(str::to_owned).collect();
        if !grades.is_empty() {
            let line = self.line(ProblemCode::NoGradeHead, None, &[]);
            self.problems.push(Problem { count: grades.len(), grades, ..line });
        }
        for kind in [DutyKind::AcademicAffairs, DutyKind::Nurse, DutyKind::Counsellor] {
            let given = draft.duties.iter().any(|duty| duty.kind == kind);
            let standing = draft.standing.iter().filter(|of| of.duty.kind == kind && !given);
            let names: Vec<&str> = standing.map(|of| of.name.as_str()).collect();
            if !names.is_empty() {
                let line = self.line(ProblemCode::DutyGoesOn, None, &names);
                self.problems.push(Problem { duty: Some(kind), ..line });
            }
        }
    }

    fn wishes(&mut self) {
        let draft = self.draft;
        for wish in &draft.wishes {
            let (Some(one), Some(other)) = (draft.entry(wish.one), draft.entry(wish.other)) else { continue };
            let (Some(class), Some(other_class)) = (one.row.class, other.row.class) else { continue };
            if (class == other_class) != wish.together {
                self.add(ProblemCode::WishNotKept, Some(class), &[&one.name, &other.name]);
            }
        }
    }
}
