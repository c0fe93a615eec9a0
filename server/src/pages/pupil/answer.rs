//! What `pupil.graphql` answers, within the rights of whoever looks.
use super::seen::Duty;
use crate::pages::notice::Flag;
use crate::pages::record::{
    Adult, Connection, Freshness, Learning, Mark, Mood, MoodWord, Rights, Run, SupportAction, SupportEffect, Work,
};
use asagao_graphql::access::right::Right;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The answer.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct PupilData {
    pub(super) pupil: Option<Pupil>,
    #[serde(default)]
    pub(super) mood_words: Vec<MoodWord>,
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
    pub(super) infirmary_visits: Option<Vec<Visit>>,
    #[serde(default)]
    pub(super) tested: Option<Vec<Tested>>,
    #[serde(default)]
    pub(super) term_marks: Option<Vec<TermMarks>>,
    #[serde(default)]
    pub(super) mood_readers: Option<Vec<Adult>>,
    #[serde(default)]
    pub(super) support_flags: Option<Vec<Flag>>,
    #[serde(default)]
    pub(super) support_actions: Option<Vec<SupportAction>>,
    #[serde(default)]
    pub(super) support_effects: Option<Vec<SupportEffect>>,
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

/// A visit to the infirmary.
#[derive(Deserialize, Debug)]
pub(super) struct Visit {
    pub(super) day: NaiveDate,
    reason: Option<Word>,
}

#[derive(Deserialize, Debug)]
struct Word {
    label: String,
}

impl Visit {
    /// Why the pupil came.
    pub(super) fn words(&self) -> &str {
        self.reason.as_ref().map_or("来室", |reason| reason.label.as_str())
    }
}

/// An assessment as the pupil did it.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tested {
    pub(super) day: NaiveDate,
    pub(super) subject: String,
    name: String,
    points: Option<f64>,
    most: u32,
    not_taken: bool,
}

impl Tested {
    /// 「算数 41/50」.
    pub(super) fn words(&self) -> String {
        let reached = match (self.points, self.not_taken) {
            (Some(points), _) => format!("{points}/{}", self.most),
            (None, true) => "未受験".to_owned(),
            (None, false) => String::new(),
        };
        format!("{} {reached}", self.subject)
    }

    /// The same with the name of the assessment.
    pub(super) fn long_words(&self) -> String {
        format!("{}（{}）", self.words(), self.name)
    }
}

/// The marks of a term.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(in crate::pages) struct TermMarks {
    pub(super) term_name: String,
    #[serde(default)]
    pub(super) school_name: String,
    pub(super) closed: bool,
    pub(super) marks: Vec<SubjectMark>,
    #[serde(default)]
    remarks: Vec<Remark>,
}

/// What was written of a term.
#[derive(Deserialize, Debug)]
struct Remark {
    subject: Option<String>,
    text: String,
}

impl TermMarks {
    /// What was written, with the subject; 所見 where it is of the whole.
    pub(in crate::pages) fn remarks_in_words(&self) -> impl Iterator<Item = (String, String)> {
        self.remarks.iter().map(|of| (of.subject.clone().unwrap_or_else(|| "所見".to_owned()), of.text.clone()))
    }
}

/// The marks of a subject.
#[derive(Deserialize, Debug)]
pub(in crate::pages) struct SubjectMark {
    pub(super) subject: String,
    viewpoints: Vec<Viewpoint>,
    rating: Option<Rating>,
}

#[derive(Deserialize, Debug)]
struct Viewpoint {
    letter: Option<String>,
}

#[derive(Deserialize, Debug)]
struct Rating {
    rating: Option<i32>,
}

impl SubjectMark {
    /// The letters of the three viewpoints; none where nothing is marked.
    pub(in crate::pages) fn letters(&self) -> impl Iterator<Item = Option<&str>> {
        self.viewpoints.iter().map(|of| of.letter.as_deref())
    }

    /// 「ABA　3」: the letters of the three viewpoints and the 評定; 「–」 where nothing is marked.
    pub(super) fn words(&self) -> String {
        let letters: String = self.letters().map(|letter| letter.unwrap_or("–")).collect();
        let rating = self.rating.as_ref().and_then(|of| of.rating).map(|rating| format!("　{rating}")).unwrap_or_default();
        letters + &rating
    }
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
        pupil.infirmary_visits = rights.shown(Right::VisitRead, pupil.infirmary_visits.take());
        pupil.tested = rights.shown(Right::MarkRead, pupil.tested.take());
        pupil.term_marks = rights.shown(Right::MarkRead, pupil.term_marks.take());
        pupil.mood_readers = rights.shown(Right::MoodRead, pupil.mood_readers.take());
        pupil.support_flags = rights.shown(Right::FlagRead, pupil.support_flags.take());
        pupil.support_actions = rights.shown(Right::SupportRead, pupil.support_actions.take());
        pupil.support_effects = rights.shown(Right::SupportRead, pupil.support_effects.take());
        pupil.support_effects = rights.shown(Right::FlagRead, pupil.support_effects.take());
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
