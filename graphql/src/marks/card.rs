//! What a report card (通知表) has of a pupil and term: marks with what they come from, and words. An open term's is computed when it is
//! asked for, a closed one's is read as it was stored.
use super::arithmetic::{Letter, RatingScale, Viewpoint};
use super::scheme::MarkSchemeUsed;
use crate::attendance::arithmetic::Count;
use crate::scalar::{Day, Timestamp};
use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a teacher decided beside what is computed.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct MarkDecision {
    /// What was decided: a letter, or 評定.
    pub value: String,
    /// What was computed at that time; null where nothing was.
    pub computed_then: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decided it; null if it is nobody who is here by name.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A pupil's mark in a viewpoint (観点別学習状況).
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct ViewpointMark {
    /// The viewpoint.
    pub viewpoint: Viewpoint,
    /// The percent reached, cut off behind the first decimal; null where nothing was counted, which is no zero.
    pub percent: Option<f64>,
    /// How many results were counted.
    pub counted: i32,
    /// How many are still to be taken (未受験).
    pub not_taken: i32,
    /// The letter by the rule; null where nothing was counted, or there is no rule, and for pupils.
    pub computed: Option<Letter>,
    /// What the teacher decided; null where the computed letter stands, and for pupils, who are told the letter.
    pub decision: Option<MarkDecision>,
    /// The letter that stands: the decision, else the computed one.
    pub letter: Option<Letter>,
}

/// A pupil's 評定 in a subject.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct RatingMark {
    /// From what to what it goes.
    pub scale: RatingScale,
    /// By the rule, from the letters that stand or the percents; null where one that counts is missing, and for pupils.
    pub computed: Option<i32>,
    /// What the teacher decided; null where the computed one stands, and for pupils.
    pub decision: Option<MarkDecision>,
    /// What stands: the decision, else the computed one.
    pub rating: Option<i32>,
}

/// A pupil's marks in a subject.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct SubjectMark {
    /// The subject.
    pub subject: String,
    /// By which rule it was computed; null where the school has set none (`NO_SCHEME`): then nothing is computed.
    pub scheme: Option<MarkSchemeUsed>,
    /// The three viewpoints, in their order.
    pub viewpoints: Vec<ViewpointMark>,
    /// 評定; null in the first two grades of primary school, where there is none.
    pub rating: Option<RatingMark>,
}

impl SubjectMark {
    /// What has no mark yet: a viewpoint's name, or 評定.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let of_viewpoints = self.viewpoints.iter().filter(|mark| mark.letter.is_none()).map(|mark| match mark.viewpoint {
            Viewpoint::Knowledge => "知識・技能",
            Viewpoint::Thinking => "思考・判断・表現",
            Viewpoint::Attitude => "主体的に学習に取り組む態度",
        });
        let of_rating = self.rating.iter().filter(|mark| mark.rating.is_none()).map(|_| "評定");
        of_viewpoints.chain(of_rating).collect()
    }

    /// As a pupil reads it: what stands, without what teachers said among themselves on the way to it.
    fn for_pupils(&mut self) {
        for mark in &mut self.viewpoints {
            (mark.computed, mark.decision) = (None, None);
        }
        if let Some(mark) = &mut self.rating {
            (mark.computed, mark.decision) = (None, None);
        }
    }
}

/// What was written of a pupil's term (所見).
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct TermRemark {
    /// The subject; null for the remark on the whole (総合所見).
    pub subject: Option<String>,
    /// The words.
    pub text: String,
    /// Who wrote them; null if it is nobody who is here by name.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What a closed term keeps of a pupil.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub(super) struct Kept {
    pub(super) marks: Vec<SubjectMark>,
    pub(super) remarks: Vec<TermRemark>,
    /// The days; terms that were closed before days were kept have none.
    #[serde(default)]
    pub(super) days: Option<KeptDays>,
}

/// The days of a term as the register had them when it was closed.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub(super) struct KeptDays {
    /// The last day that was counted.
    pub(super) until: NaiveDate,
    pub(super) count: Count,
}

/// A pupil's term: what a report card is made of.
#[derive(SimpleObject, Clone, Debug)]
pub struct ReportCard {
    /// The pupil.
    pub pupil_id: ID,
    /// The name to show, family name first.
    pub name: String,
    /// 出席番号.
    pub number: Option<i32>,
    /// The grade, where it is known.
    pub grade: Option<String>,
    /// The last day in the class, where the pupil has left it; what was reached until then stays.
    pub left: Option<Day>,
    /// Whether another homeroom of the school, to which the pupil went, has the report of this term.
    pub elsewhere: bool,
    /// Whether the term is closed for this pupil: nothing of it changes any more.
    pub closed: bool,
    /// The subjects that are marked by points, in the order of a report card.
    pub marks: Vec<SubjectMark>,
    /// What was written.
    pub remarks: Vec<TermRemark>,
    /// The days of the term in the school, up to today; those of a closed term as they stood when it was closed. Null for a lesson and
    /// without the right to see the class's attendance.
    pub attendance: Option<Count>,
    /// The last day that `attendance` counts.
    pub attendance_until: Option<Day>,
    /// What the register has now of the same days, where it was changed after the term was closed; null where it says the same.
    pub attendance_now: Option<Count>,
}

/// The marks of a pupil's term in a school.
#[derive(SimpleObject, Clone, Debug)]
pub struct TermMarks {
    /// The school whose record it is.
    pub school_id: ID,
    /// The school's name: of one that handed the marks over, it is all that you see of it.
    pub school_name: String,
    /// The year of its April.
    pub year: i32,
    /// The number of the term.
    pub term: i32,
    /// The term's name, such as `1学期`.
    pub term_name: String,
    /// Whether the term is closed.
    pub closed: bool,
    /// The subjects that are marked by points.
    pub marks: Vec<SubjectMark>,
    /// What was written.
    pub remarks: Vec<TermRemark>,
}

impl TermMarks {
    /// As a pupil reads it.
    pub(super) fn for_pupils(&mut self) {
        self.marks.iter_mut().for_each(SubjectMark::for_pupils);
    }
}
