//! What `class.graphql` answers, within the rights of whoever looks.
use super::about::School;
use crate::pages::day;
use crate::pages::notice::Flag;
use crate::pages::record::{
    ClassKind, Connection, Freshness, Learning, Mark, Mood, MoodWord, Named, Rights, Run, SupportAction, Total, Work,
};
use asagao_graphql::access::right::Right;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// What `class.graphql` answers.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(in crate::pages) struct ClassData {
    pub(super) class: Option<Class>,
    #[serde(default)]
    pub(super) support_flags: Option<Connection<Flag>>,
    #[serde(default)]
    pub(super) mood_words: Vec<MoodWord>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(in crate::pages) struct Class {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) kind: ClassKind,
    #[serde(default)]
    pub(super) grades: Vec<String>,
    pub(super) viewer_rights: Rights,
    #[serde(default)]
    pub(super) pupil_count: Option<usize>,
    #[serde(default)]
    pub(super) school: Option<School>,
    #[serde(default)]
    pub(super) teachers: Vec<Named>,
    #[serde(default)]
    pub(super) attendance_summary: Option<Summary>,
    #[serde(default)]
    pub(super) learning_middle: Option<Learning>,
    #[serde(default)]
    pub(super) recent_middle: Option<Total>,
    #[serde(default)]
    pub(super) work_middle: Option<u32>,
    #[serde(default)]
    pub(super) last_run: Option<Run>,
    #[serde(default)]
    pub(super) freshness: Option<Freshness>,
    #[serde(default)]
    pub(super) consultations: Option<Vec<Consultation>>,
    #[serde(default)]
    pub(super) exchange_pupils: Option<Vec<Guest>>,
    #[serde(default)]
    pub(super) pupils: Option<Connection<Pupil>>,
}

/// Somebody of the class who has asked the viewer to talk.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub(in crate::pages) struct Consultation {
    pub(super) id: String,
    pub(super) pupil_name: String,
    pub(super) state: String,
    pub(super) at: DateTime<Utc>,
}

impl Consultation {
    pub(super) fn taken(&self) -> bool {
        self.state == "ACCEPTED"
    }

    pub(super) fn since(&self, today: NaiveDate) -> String {
        day::near(self.at, today)
    }
}

/// Somebody of a special-needs class who is a guest here.
#[derive(Deserialize, Clone, Debug)]
pub(in crate::pages) struct Guest {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) homeroom: Option<Named>,
}

/// The counts of a day.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub(in crate::pages) struct Summary {
    pub(super) present: u32,
    pub(super) absent: u32,
    pub(super) excused: u32,
    pub(super) late: u32,
    pub(super) left_early: u32,
    pub(super) elsewhere: u32,
    pub(super) unmarked: u32,
    pub(super) last_by: Option<String>,
    pub(super) last_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(in crate::pages) struct Pupil {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kana: Option<String>,
    pub(super) number: Option<u32>,
    #[serde(default)]
    pub(super) attendance: Option<Vec<Mark>>,
    #[serde(default)]
    pub(super) learning: Option<Learning>,
    #[serde(default)]
    pub(super) recent: Option<Total>,
    #[serde(default)]
    pub(super) work: Option<Vec<Work>>,
    #[serde(default)]
    pub(super) moods: Option<Vec<Mood>>,
    #[serde(default)]
    pub(super) support_actions: Option<Vec<SupportAction>>,
}

impl ClassData {
    /// Without what the viewer may not see in this class, although they may see it of somebody in it by a duty elsewhere.
    pub(super) fn within_rights(mut self) -> Self {
        let Some(class) = &mut self.class else { return self };
        let rights = class.viewer_rights.clone();
        class.attendance_summary = rights.shown(Right::AttendanceRead, class.attendance_summary.take());
        class.learning_middle = rights.shown(Right::ActivityRead, class.learning_middle.take());
        class.recent_middle = rights.shown(Right::ActivityRead, class.recent_middle.take());
        class.work_middle = rights.shown(Right::ActivityRead, class.work_middle.take());
        class.exchange_pupils = rights.shown(Right::RosterRead, class.exchange_pupils.take());
        class.pupils = rights.shown(Right::RosterRead, class.pupils.take());
        for pupil in class.pupils.iter_mut().flat_map(|pupils| &mut pupils.nodes) {
            pupil.attendance = rights.shown(Right::AttendanceRead, pupil.attendance.take());
            pupil.learning = rights.shown(Right::ActivityRead, pupil.learning.take());
            pupil.recent = rights.shown(Right::ActivityRead, pupil.recent.take());
            pupil.work = rights.shown(Right::ActivityRead, pupil.work.take());
            pupil.moods = rights.shown(Right::MoodRead, pupil.moods.take());
            pupil.support_actions = rights.shown(Right::SupportRead, pupil.support_actions.take());
        }
        self.support_flags = rights.shown(Right::FlagRead, self.support_flags.take());
        self
    }
}

impl Pupil {
    /// The mark of a day; `None` also where attendance may not be seen.
    pub(super) fn mark(&self, day: NaiveDate) -> Option<&Mark> {
        self.attendance.as_ref()?.iter().find(|mark| mark.day == day)
    }

    pub(super) fn number_words(&self) -> String {
        self.number.map(|number| number.to_string()).unwrap_or_default()
    }
}
