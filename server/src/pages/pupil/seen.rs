//! 閲覧できる理由: by which duty the viewer sees the pupil, what that shows and what it does not, and who else does.
use super::Pupil;
use crate::pages::record::Adult;
use crate::pages::words;
use asagao_graphql::access::right::Right;
use chrono::NaiveDate;
use serde::Deserialize;

/// A duty of the viewer.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Duty {
    kind: String,
    class_name: Option<String>,
    school_name: Option<String>,
    begins: NaiveDate,
    ends: Option<NaiveDate>,
}

impl Duty {
    /// 「5年2組の担任」 with its days.
    fn words(&self) -> (String, String) {
        let of = self.class_name.as_ref().or(self.school_name.as_ref());
        let what = of.map_or_else(|| words::duty(&self.kind).to_owned(), |of| format!("{of}の{}", words::duty(&self.kind)));
        let until = self.ends.map(words::era).unwrap_or_default();
        (what, format!("{}〜{until}", words::era(self.begins)))
    }
}

/// What stands in the box.
pub(super) struct Seen {
    /// The duties with their days.
    pub(in crate::pages) through: Vec<(String, String)>,
    /// 「出欠・学習の記録」.
    pub(in crate::pages) shown: String,
    /// What is not shown; empty where all is.
    pub(in crate::pages) hidden: String,
    /// Everybody who sees the pupil.
    pub(in crate::pages) by: Option<Vec<String>>,
    /// Who reads the moods.
    pub(in crate::pages) mood_readers: Vec<String>,
    /// The duties of those who read the records of support, each once.
    pub(in crate::pages) duties: String,
    /// Whether it is the board, which has stated a reason.
    pub(in crate::pages) opened: bool,
}

impl Seen {
    pub(super) fn of(pupil: &Pupil) -> Self {
        let parts = [
            ("出欠", Right::AttendanceRead),
            ("学習の記録", Right::ActivityRead),
            ("提出", Right::ActivityRead),
            ("成績", Right::MarkRead),
            ("心の天気", Right::MoodRead),
            ("保健室", Right::VisitRead),
            ("気にかけたい知らせ", Right::FlagRead),
            ("支援の記録", Right::SupportRead),
        ];
        let named = |seen: bool| {
            let of: Vec<&str> =
                parts.iter().filter(|(_, right)| pupil.viewer_rights.to(*right) == seen).map(|(name, _)| *name).collect();
            of.join("・")
        };
        let duties = pupil.support_readers.iter().flatten().map(|reader| words::duty(&reader.duty));
        let mut once: Vec<&str> = Vec::new();
        duties.filter(|duty| !duty.is_empty()).for_each(|duty| {
            if !once.contains(&duty) {
                once.push(duty);
            }
        });
        Seen {
            through: pupil.seen_through.iter().map(Duty::words).collect(),
            shown: named(true),
            hidden: named(false),
            by: pupil.seen_by.as_ref().map(|adults| adults.iter().map(person).collect()),
            mood_readers: pupil.mood_readers.iter().flatten().map(person).collect(),
            duties: once.join("・"),
            opened: false,
        }
    }
}

fn person(adult: &Adult) -> String {
    match words::duty(&adult.duty) {
        "" => adult.name.clone(),
        duty => format!("{}（{duty}）", adult.name),
    }
}
