//! The duties of next year that are not over a class.
use super::super::words;
use super::view::Turnover;
use serde::Deserialize;

/// Who is to have a duty.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct Holder {
    pub staff_id: String,
    name: String,
}

#[derive(Deserialize)]
pub(super) struct Duty {
    #[serde(flatten)]
    holder: Holder,
    kind: String,
    grade: Option<String>,
}

/// A duty over a grade or the school, and who is to have it.
pub(super) struct Post {
    pub name: String,
    pub kind: &'static str,
    /// Empty for the school.
    pub grade: String,
    /// What it means that nobody is named.
    pub nobody: &'static str,
    holders: Vec<Holder>,
}

impl Post {
    pub(super) fn all(turnover: &Turnover, grade: Option<&str>) -> Vec<Self> {
        let post = |name: String, kind: &'static str, grade: &str, nobody: &'static str| {
            let same = |duty: &&Duty| duty.kind == kind && duty.grade.as_deref().unwrap_or_default() == grade;
            let holders = turnover.duties.iter().filter(same).map(|duty| duty.holder.clone()).collect();
            Post { name, kind, grade: grade.to_owned(), nobody, holders }
        };
        let of_grade =
            grade.map(|grade| post(format!("{} 学年主任", words::grades(&[grade.to_owned()])), "GRADE_HEAD", grade, "まだ"));
        let of_school = [("教務", "ACADEMIC_AFFAIRS"), ("養護", "NURSE")];
        of_grade.into_iter().chain(of_school.map(|(name, kind)| post(name.to_owned(), kind, "", "今年度のまま"))).collect()
    }

    /// The names, or what it means that there are none.
    pub fn held_by(&self) -> String {
        if self.holders.is_empty() { self.nobody.to_owned() } else { names(&self.holders) }
    }

    /// Whether somebody is the first who is to have it.
    pub fn is_held_by(&self, staff: &str) -> bool {
        self.holders.first().is_some_and(|holder| holder.staff_id == staff)
    }
}

pub(super) fn names(holders: &[Holder]) -> String {
    holders.iter().map(|holder| holder.name.as_str()).collect::<Vec<_>>().join("・")
}
