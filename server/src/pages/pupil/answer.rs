//! What `pupil.graphql` answers, within the rights of whoever looks.
use super::seen::Duty;
use crate::pages::notice::Flag;
use crate::pages::record::{Adult, Connection, Freshness, Learning, Mark, Mood, Rights, Run, SupportAction, Work};
use asagao_graphql::access::right::Right;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The answer.
#[derive(Deserialize, Debug)]
pub(super) struct PupilData {
    pub(super) pupil: Option<Pupil>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pupil {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kana: Option<String>,
    pub(super) number: Option<u32>,
    pub(super) viewer_rights: Rights,
    #[serde(default)]
    pub(super) enrolled_from: Option<NaiveDate>,
    #[serde(default)]
    pub(super) homeroom: Option<Homeroom>,
    #[serde(default)]
    pub(super) attendance: Option<Vec<Mark>>,
    #[serde(default)]
    pub(super) learning: Option<Learning>,
    #[serde(default)]
    pub(super) work: Option<Vec<Work>>,
    #[serde(default)]
    pub(super) moods: Option<Vec<Mood>>,
    #[serde(default)]
    pub(super) mood_readers: Option<Vec<Adult>>,
    #[serde(default)]
    pub(super) support_flags: Option<Vec<Flag>>,
    #[serde(default)]
    pub(super) support_actions: Option<Vec<SupportAction>>,
    #[serde(default)]
    pub(super) support_sheets: Option<Vec<Sheet>>,
    #[serde(default)]
    pub(super) support_readers: Option<Vec<Reader>>,
    #[serde(default)]
    pub(super) seen_through: Vec<Duty>,
    #[serde(default)]
    pub(super) seen_by: Option<Vec<Adult>>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Homeroom {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) grades: Vec<String>,
    pub(super) viewer_rights: Rights,
    #[serde(default)]
    pub(super) school_days: Option<Vec<NaiveDate>>,
    #[serde(default)]
    pub(super) learning_middle: Option<Learning>,
    #[serde(default)]
    pub(super) last_run: Option<Run>,
    #[serde(default)]
    pub(super) freshness: Option<Freshness>,
    #[serde(default)]
    pub(super) pupils: Option<Connection<Neighbour>>,
}

/// A time in which the pupil was supported.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sheet {
    pub(super) opened_on: NaiveDate,
    pub(super) closed_on: Option<NaiveDate>,
}

/// Somebody who reads the records of support, by the duty.
#[derive(Deserialize, Debug)]
pub(super) struct Reader {
    pub(super) duty: String,
}

#[derive(Deserialize, Clone, Debug)]
pub(super) struct Neighbour {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) number: Option<u32>,
}

impl Neighbour {
    pub(super) fn words(&self) -> String {
        self.number.map_or_else(|| self.name.clone(), |number| format!("{number} {}", self.name))
    }
}

impl PupilData {
    /// Without what the viewer may not see of the pupil, or of the homeroom.
    pub(super) fn within_rights(mut self) -> Self {
        let Some(pupil) = &mut self.pupil else { return self };
        let rights = &pupil.viewer_rights;
        pupil.attendance = rights.shown(Right::AttendanceRead, pupil.attendance.take());
        pupil.learning = rights.shown(Right::ActivityRead, pupil.learning.take());
        pupil.work = rights.shown(Right::ActivityRead, pupil.work.take());
        pupil.moods = rights.shown(Right::MoodRead, pupil.moods.take());
        pupil.mood_readers = rights.shown(Right::MoodRead, pupil.mood_readers.take());
        pupil.support_flags = rights.shown(Right::FlagRead, pupil.support_flags.take());
        pupil.support_actions = rights.shown(Right::SupportRead, pupil.support_actions.take());
        pupil.support_readers = rights.shown(Right::SupportRead, pupil.support_readers.take());
        if let Some(homeroom) = &mut pupil.homeroom {
            let rights = &homeroom.viewer_rights;
            homeroom.school_days = rights.shown(Right::AttendanceRead, homeroom.school_days.take());
            homeroom.learning_middle = rights.shown(Right::ActivityRead, homeroom.learning_middle.take());
            homeroom.pupils = rights.shown(Right::RosterRead, homeroom.pupils.take());
        }
        self
    }
}

impl Pupil {
    /// The school days that were asked for; where no homeroom is to be seen, the days with records.
    pub(super) fn days(&self, most: usize) -> Vec<NaiveDate> {
        if let Some(days) = self.homeroom.as_ref().and_then(|homeroom| homeroom.school_days.as_ref()) {
            return days.clone();
        }
        let marked = self.attendance.iter().flatten().map(|mark| mark.day);
        let learnt = self.learning.iter().flat_map(|learning| &learning.days).map(|of| of.day);
        let days: Vec<NaiveDate> = marked.chain(learnt).collect::<BTreeSet<_>>().into_iter().collect();
        days[days.len().saturating_sub(most)..].to_vec()
    }
}
