//! What the pages of marks have in common: the class with its terms and subjects, and the words.
use super::error::PageError;
use super::record::{ClassKind, Rights};
use super::session::Session;
use super::{day, words};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("marking.graphql");

/// The viewpoints with their names, short and whole.
pub(super) const VIEWPOINTS: [(&str, &str, &str); 3] =
    [("KNOWLEDGE", "知", "知識・技能"), ("THINKING", "思", "思考・判断・表現"), ("ATTITUDE", "態", "主体的に学習に取り組む態度")];

#[derive(Deserialize)]
struct Answer {
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<School>,
    academic_year: Option<Year>,
    #[serde(default)]
    terms: Option<Vec<Term>>,
    mark_subjects: Vec<Subject>,
}

#[derive(Deserialize)]
pub(super) struct School {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
struct Year {
    year: i32,
}

#[derive(Deserialize, Clone)]
pub(super) struct Term {
    pub(super) number: i32,
    pub(super) name: String,
    pub(super) begins: NaiveDate,
    pub(super) ends: NaiveDate,
    pub(super) closing: Option<Closing>,
}

#[derive(Deserialize, Clone)]
pub(super) struct Closing {
    by: Option<String>,
    at: DateTime<Utc>,
}

impl Closing {
    /// 「12/22 16:05 に有村さんが締めました」.
    pub(super) fn words(&self, today: NaiveDate) -> String {
        let by = self.by.as_deref().map_or_else(String::new, |by| format!("{}さんが", words::family(by)));
        format!("{} に{by}締めました", day::near(self.at, today))
    }
}

#[derive(Deserialize, Clone)]
pub(super) struct Subject {
    pub(super) name: String,
    kind: String,
}

impl Subject {
    /// Whether it is marked in words alone.
    pub(super) fn in_words(&self) -> bool {
        self.kind == "WORDS"
    }
}

/// A class whose marks the viewer reads, and a term of its year.
pub(super) struct Marking {
    pub(super) class: String,
    pub(super) kind: ClassKind,
    pub(super) grades: Vec<String>,
    pub(super) rights: Rights,
    pub(super) school: Option<School>,
    pub(super) year: i32,
    pub(super) terms: Vec<Term>,
    pub(super) term: Term,
    pub(super) subjects: Vec<Subject>,
}

impl Marking {
    /// The class with the term that is asked for, else the one that runs. Not while the screen is shown to others.
    pub(super) async fn load(session: &Session, id: &str, term: Option<i32>) -> Result<Self, PageError> {
        if session.presenting() {
            return Err(PageError::NotFound);
        }
        let answer: Answer = session.ask(DOCUMENT, json!({ "id": id })).await?;
        let class = answer.class.ok_or(PageError::NotFound)?;
        let terms = class.terms.filter(|terms| !terms.is_empty()).ok_or(PageError::NotFound)?;
        let today = session.scope().today();
        let running = terms.iter().rev().find(|term| term.begins <= today).or(terms.first());
        let asked = term.map(|number| terms.iter().find(|term| term.number == number).ok_or(PageError::NotFound)).transpose()?;
        let term = asked.or(running).cloned().ok_or(PageError::NotFound)?;
        Ok(Marking {
            class: class.name,
            kind: class.kind,
            grades: class.grades,
            rights: class.viewer_rights,
            school: class.school,
            year: class.academic_year.ok_or(PageError::NotFound)?.year,
            terms,
            term,
            subjects: class.mark_subjects,
        })
    }

    /// The school's name.
    pub(super) fn school_name(&self) -> String {
        self.school.as_ref().map(|school| school.name.clone()).unwrap_or_default()
    }

    /// The page of the school's rule.
    pub(super) fn scheme_href(&self) -> Option<String> {
        self.school.as_ref().map(|school| format!("/schools/{}/mark-scheme?year={}", school.id, self.year))
    }

    /// Each term with whether it is shown.
    pub(super) fn choices(&self) -> Vec<(i32, String, bool)> {
        self.terms.iter().map(|term| (term.number, term.name.clone(), term.number == self.term.number)).collect()
    }
}

/// Why a part of a grid was not taken, in the words of the page.
pub(super) fn refusal(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("TERM_CLOSED", _) => "この学期は締めてあり、もう変わりません。",
        ("NO_SCHEME", _) => "評価の規準がありません。教務が先に決めます。",
        ("NOT_FOUND", "pupilId") => "この学期に、この学級に在籍していません。",
        ("NOT_FOUND" | "OUT_OF_RANGE", "subject") => "この学級では、この教科に点をつけません。",
        ("OUT_OF_RANGE", "points") => "0から満点までの数を、0.1きざみで入れてください。",
        ("OUT_OF_RANGE", "value") => "この学年では選べない評定です。",
        ("OUT_OF_RANGE", "day") => "実施日は、この学期の日にしてください。",
        ("OUT_OF_RANGE", "weight") => "重みは1から100までの整数です。",
        ("OUT_OF_RANGE" | "EMPTY", "knowledgeMax" | "thinkingMax" | "attitudeMax") => {
            "満点は1から1000までの整数で、記録ずみの点より小さくできません。一つは入れてください。"
        }
        ("INVALID_TEXT" | "EMPTY", "name") => "名前を書いてください。",
        ("TOO_LONG", "text") => "1000字までです。",
        ("TOO_MANY", "name") => "この学期のこの教科には、もう60件あります。",
        _ => words::refusal(code, field),
    }
}
