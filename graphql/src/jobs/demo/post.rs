//! From the made-up town to the inputs of the API: whatever is recorded goes in by the doors that apps and people use.
use super::answers::Action;
use super::day::{Done, Said};
use super::illness::{Kind, Presence};
use super::timetable::Homework;
use super::town::Class;
use crate::attendance::mark::AttendancePlace;
use crate::attendance::take::{AttendanceMarkInput, OthersMarked, TakeAttendanceInput};
use crate::learning::activity::{ActivityInput, ScoreInput};
use crate::learning::assignment::AssignmentInput;
use crate::scalar::{Count, Day, Timestamp};
use crate::support::action::RecordSupportActionInput;
use crate::support::sheet::level::SupportNoteLevel;
use crate::wellbeing::mood::MoodInput;
use async_graphql::ID;
use uuid::Uuid;

pub(super) fn activity(class: &Class, pupil: Uuid, done: Done) -> ActivityInput {
    #[expect(clippy::cast_precision_loss, reason = "minutes of a lesson")]
    let seconds = (done.minutes * 60) as f64;
    ActivityInput {
        id: ID(done.id.to_string()),
        pupil_id: ID(pupil.to_string()),
        class_id: Some(ID(class.class_of(done.subject).to_string())),
        verb: done.verb,
        object_id: done.object,
        object_kind: done.kind,
        object_name: Some(done.name),
        occurred_at: Timestamp::from(done.at),
        duration_seconds: Some(seconds),
        count: Some(Count::from(i64::try_from(done.count).expect("a handful"))),
        score: done.mark.map(|raw| ScoreInput { raw, min: None, max: Some(100.0) }),
        success: None,
        place: Some(done.place),
        subject: Some(done.subject.to_owned()),
        course_of_study_code: None,
        extensions: None,
    }
}

pub(super) fn assignment(class: &Class, homework: &Homework) -> AssignmentInput {
    AssignmentInput {
        id: ID(homework.id.to_string()),
        class_id: ID(class.class_of(homework.subject).to_string()),
        title: homework.title.clone(),
        due_at: Timestamp::from(homework.due_at),
        weight: None,
    }
}

pub(super) fn attendance(class: Uuid, marks: Vec<AttendanceMarkInput>, others: OthersMarked) -> TakeAttendanceInput {
    TakeAttendanceInput { class_id: ID(class.to_string()), day: None, marks, others, seen_at: None, reason: None }
}

/// A pupil's day as it is known.
pub(super) fn mark(pupil: Uuid, day: &Presence) -> AttendanceMarkInput {
    AttendanceMarkInput {
        pupil_id: ID(pupil.to_string()),
        kind: Some(code(day.kind).to_owned()),
        late: day.late,
        left_early: day.left_early,
        place: if day.elsewhere { AttendancePlace::OtherRoom } else { AttendancePlace::Classroom },
        note: day.note.map(str::to_owned),
    }
}

/// Nothing is known yet.
pub(super) fn no_mark(pupil: Uuid) -> AttendanceMarkInput {
    AttendanceMarkInput {
        pupil_id: ID(pupil.to_string()),
        kind: None,
        late: false,
        left_early: false,
        place: AttendancePlace::Classroom,
        note: None,
    }
}

fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Present => "PRESENT",
        Kind::Illness => "ILLNESS",
        Kind::Other => "OTHER",
        Kind::Suspended => "SUSPENDED",
        Kind::Mourning => "MOURNING",
    }
}

pub(super) fn mood(pupil: Uuid, said: Said) -> MoodInput {
    let weather = match said {
        Said::Weather(weather) => Some(weather),
        Said::NotToday => None,
    };
    MoodInput { pupil_id: ID(pupil.to_string()), day: None, word: None, weather }
}

pub(super) fn action(action: &Action) -> RecordSupportActionInput {
    RecordSupportActionInput {
        id: None,
        pupil_id: ID(action.pupil.to_string()),
        day: None,
        kind: action.kind,
        text: action.text.to_owned(),
        level: SupportNoteLevel::SchoolTeam,
        next_on: action.next_on.map(Day),
    }
}
