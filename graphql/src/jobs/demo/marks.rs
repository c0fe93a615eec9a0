//! What the classes were marked on: the schools' rule, three tests of 算数 (数学) and what came of them.
use super::check;
use super::dice::Dice;
use super::town::{Class, Town, id_of};
use crate::access::scope::Scope;
use crate::error::{Error, Result, UserError};
use crate::id;
use crate::marks::arithmetic::{Viewpoint, proposal};
use crate::marks::assessment::{self, SaveAssessmentInput};
use crate::marks::result::{self, AssessmentResultInput, RecordResultsInput, ResultState};
use crate::marks::scheme::{self, SaveMarkSchemeInput};
use crate::marks::term;
use crate::scalar::Day;
use uuid::Uuid;

/// The tests, with the part of the school days behind them and the full points of the viewpoints.
const TESTS: [(&str, usize, [Option<i32>; 3]); 3] = [
    ("単元テスト 1", 30, [Some(100), Some(50), None]),
    ("単元テスト 2", 60, [Some(100), Some(50), None]),
    ("ふり返りカード", 85, [None, None, Some(10)]),
];

/// Marks every class in the name of its teacher, lessons in the name of the operator.
pub(super) async fn give(town: &Town, operator: &Scope, teachers: &[Scope]) -> Result<()> {
    for school in &town.schools {
        let input = SaveMarkSchemeInput {
            school_id: id::of(school.id),
            year: Some(town.year.number),
            grade: None,
            subject: None,
            rule: proposal(),
            reason: "年度はじめの職員会議".into(),
        };
        fine(&scheme::save(operator, input).await?.user_errors)?;
    }
    let mut tests = Vec::new();
    for (name, part, most) in TESTS {
        let on = (town.calendar.days.len() - 1) * part / 100;
        let day = town.calendar.days[on];
        let term = term::on_day(operator, day).await?;
        tests.extend((term.year == town.year.number).then_some((name, on, day, term.number, most)));
    }
    for class in &town.classes {
        let subject = if class.grade.starts_with('P') { "算数" } else { "数学" };
        let own = class.class_of(subject);
        let teacher = if own == class.id { &teachers[class.index] } else { operator };
        for (name, on, day, term, most) in &tests {
            let (on, most) = (*on, *most);
            let test = id_of(&own, name);
            let input = SaveAssessmentInput {
                id: Some(id::of(test)),
                class_id: id::of(own),
                term: *term,
                subject: subject.into(),
                name: (*name).into(),
                day: Day(*day),
                knowledge_max: most[0],
                thinking_max: most[1],
                attitude_max: most[2],
                weight: 1,
            };
            if let Err(error) = assessment::save(teacher, &input).await? {
                return fine(&[error]);
            }
            let results = results(town, class, (test, on), most);
            let input = RecordResultsInput { assessment_id: id::of(test), results };
            let done = result::record(teacher, &input).await?;
            fine(&done.user_errors)?;
            check(&done.rejected)?;
        }
    }
    Ok(())
}

/// A call of the demo that is refused is a mistake of the demo.
fn fine(errors: &[UserError]) -> Result<()> {
    let Some(first) = errors.first() else { return Ok(()) };
    tracing::error!(?first, "marks of the demo were refused");
    Err(Error::Internal)
}

/// What the pupils reached in a test; who was away that day has still to take it.
fn results(town: &Town, class: &Class, (test, on): (Uuid, usize), most: [Option<i32>; 3]) -> Vec<AssessmentResultInput> {
    let days = town.calendar.days.len();
    let there = class.pupils.iter().filter(|pupil| pupil.joined <= on);
    let of_pupil = |pupil: &super::pupil::Pupil| {
        let mut dice = Dice::new(town.seed, &format!("test {test}"), &[class.index, pupil.number]);
        let habit = pupil.habit(on, days);
        let is_there = pupil.presence[on].is_at_school();
        let of_viewpoint = Viewpoint::ALL.into_iter().zip(most).filter_map(|(viewpoint, most)| {
            let part = (habit.marks + dice.between(-0.2, 0.2)).clamp(0.0, 1.0);
            Some(AssessmentResultInput {
                pupil_id: id::of(pupil.id),
                viewpoint,
                state: if is_there { ResultState::Points } else { ResultState::NotTaken },
                points: Some((part * f64::from(most?)).round()).filter(|_| is_there),
            })
        });
        of_viewpoint.collect::<Vec<_>>()
    };
    there.flat_map(of_pupil).collect()
}
