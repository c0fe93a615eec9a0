//! Subjects (教科等), as the course of study (学習指導要領) has them for each grade, and whether they are marked by points or in words alone.
use crate::roster::class::{Class, ClassKind};
use async_graphql::{Enum, SimpleObject};
use std::collections::BTreeSet;

/// How a subject is marked.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// 教科: assessments, three viewpoints and, from the third grade of primary school on, 評定.
    Points,
    /// 道徳, 外国語活動, 総合, 特別活動, 行動の記録: in words alone.
    Words,
}

/// A subject of a class.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct MarkSubject {
    /// Its name, such as `算数`: what `subject` takes elsewhere.
    pub name: String,
    /// How it is marked.
    pub kind: SubjectKind,
}

const MORALS: &str = "道徳";
const INQUIRY: &str = "総合的な学習の時間";
const LANGUAGE_ACTIVITY: &str = "外国語活動";
const SPECIAL: &str = "特別活動";
const CONDUCT: &str = "行動の記録";
const IN_WORDS: [&str; 5] = [MORALS, LANGUAGE_ACTIVITY, INQUIRY, SPECIAL, CONDUCT];

/// What rosters and apps call a subject, and its name here.
const OTHER_NAMES: [(&str, &str); 10] = [
    ("特別の教科 道徳", MORALS),
    ("特別の教科　道徳", MORALS),
    ("特別の教科道徳", MORALS),
    ("総合", INQUIRY),
    ("総合的な学習", INQUIRY),
    ("図工", "図画工作"),
    ("英語", "外国語"),
    ("保体", "保健体育"),
    ("技術", "技術・家庭"),
    ("技術家庭", "技術・家庭"),
];

/// The name by which a subject is kept.
#[must_use]
pub fn name(text: &str) -> &str {
    let text = text.trim();
    OTHER_NAMES.iter().find(|(other, _)| *other == text).map_or(text, |(_, name)| name)
}

/// How a subject is marked, by its name. What is not known here is marked by points.
#[must_use]
pub fn kind(name: &str) -> SubjectKind {
    if IN_WORDS.contains(&name) { SubjectKind::Words } else { SubjectKind::Points }
}

/// The subjects of a grade in the order of a report card; those of every grade where it is not known.
#[must_use]
pub fn of_grade(grade: &str) -> &'static [&'static str] {
    match grade {
        "P1" | "P2" => &["国語", "算数", "生活", "音楽", "図画工作", "体育", MORALS, SPECIAL, CONDUCT],
        "P3" | "P4" => {
            &["国語", "社会", "算数", "理科", "音楽", "図画工作", "体育", MORALS, LANGUAGE_ACTIVITY, INQUIRY, SPECIAL, CONDUCT]
        }
        "P5" | "P6" => {
            &["国語", "社会", "算数", "理科", "音楽", "図画工作", "家庭", "体育", "外国語", MORALS, INQUIRY, SPECIAL, CONDUCT]
        }
        "J1" | "J2" | "J3" => &[
            "国語",
            "社会",
            "数学",
            "理科",
            "音楽",
            "美術",
            "保健体育",
            "技術・家庭",
            "外国語",
            MORALS,
            INQUIRY,
            SPECIAL,
            CONDUCT,
        ],
        _ => &[
            "国語",
            "社会",
            "算数",
            "数学",
            "理科",
            "生活",
            "音楽",
            "図画工作",
            "美術",
            "家庭",
            "体育",
            "保健体育",
            "技術・家庭",
            "外国語",
            MORALS,
            LANGUAGE_ACTIVITY,
            INQUIRY,
            SPECIAL,
            CONDUCT,
        ],
    }
}

/// The subjects of a grade that are marked by points.
pub fn by_points(grade: &str) -> impl Iterator<Item = &'static str> {
    of_grade(grade).iter().copied().filter(|name| kind(name) == SubjectKind::Points)
}

/// Where a subject stands on a report card.
#[must_use]
pub fn place(name: &str) -> usize {
    let all = of_grade("");
    all.iter().position(|of| *of == name).unwrap_or(all.len())
}

/// The subjects that are marked in a class: a homeroom's are those of its grades, a lesson's its own.
#[must_use]
pub fn of_class(class: &Class) -> Vec<MarkSubject> {
    let names: BTreeSet<&str> = match class.kind {
        ClassKind::Homeroom => class.grades.split(',').flat_map(of_grade).copied().collect(),
        ClassKind::Scheduled => class.subjects.split(',').map(name).filter(|name| !name.is_empty()).collect(),
    };
    let mut subjects: Vec<MarkSubject> =
        names.into_iter().map(|name| MarkSubject { name: name.to_owned(), kind: kind(name) }).collect();
    subjects.sort_by(|a, b| (place(&a.name), &a.name).cmp(&(place(&b.name), &b.name)));
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_one_name_and_one_place() {
        assert_eq!((name("図工"), name(" 英語 "), name("算数")), ("図画工作", "外国語", "算数"));
        assert_eq!(
            (kind("道徳"), kind("外国語活動"), kind("外国語")),
            (SubjectKind::Words, SubjectKind::Words, SubjectKind::Points)
        );
        for grade in ["P1", "P3", "P5", "J1"] {
            let places: Vec<usize> = of_grade(grade).iter().map(|name| place(name)).collect();
            assert!(places.is_sorted() && places.iter().all(|place| *place < of_grade("").len()), "{grade}");
        }
        assert_eq!(by_points("P6").count(), 9);
    }
}
