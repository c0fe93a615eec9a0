//! The draft as the page shows it.
use super::super::record::PageInfo;
use super::super::words;
use super::post::{Duty, Holder, Post, names};
use super::row::{Pupil, Row};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Deserialize;

pub(super) const GRADUATES: &str = "graduates";
pub(super) const LEAVES: &str = "leaves";
pub(super) const UNKNOWN: &str = "unknown";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    pub school: Option<School>,
    #[serde(default)]
    pub board_schools: Option<Vec<Named>>,
}

#[derive(Deserialize)]
pub(super) struct School {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub turnover: Option<Turnover>,
    #[serde(default)]
    pub staff: Option<Vec<Named>>,
}

/// Something with an id and a name: a school, a member of staff.
#[derive(Deserialize, Clone)]
pub(super) struct Named {
    pub id: String,
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Turnover {
    id: String,
    year: i32,
    begins: NaiveDate,
    state: String,
    version: i32,
    committed_at: Option<DateTime<Utc>>,
    counts: Vec<Count>,
    problems: Vec<Problem>,
    pub classes: Vec<Class>,
    pub duties: Vec<Duty>,
    pupils: Pupils,
}

#[derive(Deserialize)]
struct Count {
    outcome: String,
    count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    code: String,
    blocking: bool,
    class_name: Option<String>,
    grades: Vec<String>,
    duty: Option<String>,
    names: Vec<String>,
    count: usize,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    pub id: String,
    pub name: String,
    pub grades: Vec<String>,
    pub special_needs: bool,
    pub size: usize,
    pub guests: usize,
    teachers: Vec<Holder>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupils {
    nodes: Vec<Pupil>,
    page_info: PageInfo,
}

/// What the page needs beside the draft.
pub(super) struct Shown {
    pub schools: Vec<Named>,
    pub staff: Vec<Named>,
    pub own: String,
}

/// The draft.
pub(super) struct Draft {
    pub id: String,
    pub version: i32,
    pub title: String,
    pub begins: String,
    pub committed: Option<String>,
    pub counts: Vec<(&'static str, usize)>,
    pub blocking: Vec<Line>,
    pub remarks: Vec<Line>,
    pub grades: Vec<Tab>,
    pub grade: String,
    pub grade_name: String,
    /// Whether the part is a grade, and not those who leave.
    pub of_grade: bool,
    pub enters: bool,
    pub classes: Vec<Class>,
    /// The duties over the grade that is shown, and over the school.
    pub posts: Vec<Post>,
    /// How many came whom the draft does not know.
    pub newcomers: usize,
    pub staff: Vec<Named>,
    pub rows: Vec<Row>,
    pub more: bool,
}

/// A line of the check list.
pub(super) struct Line {
    pub text: String,
    pub names: String,
}

/// A part of the draft to choose.
pub(super) struct Tab {
    pub code: String,
    pub name: String,
    pub here: bool,
}

impl Class {
    /// The teachers' names.
    pub fn taught_by(&self) -> String {
        names(&self.teachers)
    }

    /// Whether somebody is the first of its teachers.
    pub fn is_taught_by(&self, staff: &str) -> bool {
        self.teachers.first().is_some_and(|teacher| teacher.staff_id == staff)
    }
}

/// The part of the draft that is shown: the one that was asked for, else the first with pupils.
pub(super) fn grade_shown(turnover: &Turnover, asked: Option<&str>) -> String {
    let codes = grades(turnover);
    let known = asked.filter(|asked| [GRADUATES, LEAVES, UNKNOWN].contains(asked) || codes.iter().any(|code| code == asked));
    known.map(str::to_owned).or(codes.into_iter().next()).unwrap_or_else(|| GRADUATES.to_owned())
}

fn grades(turnover: &Turnover) -> Vec<String> {
    let all = ["P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3"];
    let there = |code: &&str| turnover.classes.iter().any(|class| class.grades.iter().any(|grade| grade == code));
    all.into_iter().filter(there).map(str::to_owned).collect()
}

impl Draft {
    pub(super) fn new(turnover: &Turnover, shown: Shown, grade: String) -> Self {
        let count = |outcome: &str| turnover.counts.iter().find(|of| of.outcome == outcome).map_or(0, |of| of.count);
        let codes = grades(turnover);
        let (blocking, remarks): (Vec<&Problem>, Vec<&Problem>) = turnover.problems.iter().partition(|problem| problem.blocking);
        let unknown = turnover.problems.iter().any(|problem| problem.code == "GRADE_UNKNOWN");
        let parts = [(UNKNOWN, "学年を決める", unknown), (GRADUATES, "卒業", true), (LEAVES, "来年度はいない", true)];
        let of_grade = codes.contains(&grade);
        let name = |code: &str| words::grades(&[code.to_owned()]);
        let mut grades: Vec<Tab> =
            codes.iter().map(|code| Tab { code: code.clone(), name: name(code), here: *code == grade }).collect();
        let further = parts.into_iter().filter(|(.., there)| *there);
        grades.extend(further.map(|(code, name, _)| Tab { code: code.to_owned(), name: name.to_owned(), here: code == grade }));
        let grade_name = grades.iter().find(|tab| tab.here).map(|tab| tab.name.clone()).unwrap_or_default();
        let classes: Vec<Class> =
            turnover.classes.iter().filter(|class| !of_grade || class.grades.contains(&grade)).cloned().collect();
        let rows = turnover.pupils.nodes.iter().map(|pupil| Row::new(pupil, turnover, &shown)).collect();
        Draft {
            id: turnover.id.clone(),
            version: turnover.version,
            title: format!("令和{}年度（{}年度）", turnover.year - 2018, turnover.year),
            begins: words::long_day(turnover.begins),
            committed: turnover.committed_at.filter(|_| turnover.state == "COMMITTED").map(|at| {
                let day = asagao_graphql::clock::school_day(at);
                format!("{}/{} {}", day.month(), day.day(), words::clock(at))
            }),
            counts: vec![
                ("入学", count("ENTERS")),
                ("在校", count("STAYS")),
                ("卒業", count("GRADUATES")),
                ("来年度はいない", count("LEAVES")),
            ],
            posts: Post::all(turnover, Some(grade.as_str()).filter(|_| of_grade)),
            newcomers: turnover.problems.iter().filter(|problem| problem.code == "NEWCOMER").map(|problem| problem.count).sum(),
            blocking: Line::all(&blocking, turnover.state == "COMMITTED"),
            remarks: Line::all(&remarks, turnover.state == "COMMITTED"),
            enters: of_grade && codes.first() == Some(&grade),
            grades,
            grade_name,
            of_grade,
            grade,
            classes,
            staff: shown.staff,
            rows,
            more: turnover.pupils.page_info.has_next_page,
        }
    }

    /// Whether the draft can be changed.
    pub(super) fn open(&self) -> bool {
        self.committed.is_none()
    }

    /// Whether a place that is shown can be changed.
    pub(super) fn placing(&self) -> bool {
        self.rows.iter().any(|row| row.open)
    }
}

impl Line {
    /// The lines of some problems; what is the same of several classes is one line.
    fn all(problems: &[&Problem], committed: bool) -> Vec<Self> {
        let mut lines: Vec<Line> = Vec::new();
        let mut told: Vec<&str> = Vec::new();
        for problem in problems {
            let what = match problem.code.as_str() {
                "NO_TEACHER" => "担任がまだ決まっていない学級",
                "EMPTY_CLASS" => "児童生徒がいない学級",
                "NUMBER_MISSING" => "出席番号のない人がいる学級",
                _ => {
                    lines.push(Line::new(problem, committed));
                    continue;
                }
            };
            if told.contains(&problem.code.as_str()) {
                continue;
            }
            told.push(&problem.code);
            let same = problems.iter().filter(|other| other.code == problem.code);
            let classes: Vec<&str> = same.filter_map(|other| other.class_name.as_deref()).collect();
            lines.push(Line { text: format!("{what}が {}学級あります。", classes.len()), names: classes.join("、") });
        }
        lines
    }

    fn new(problem: &Problem, committed: bool) -> Self {
        let class = problem.class_name.as_deref().unwrap_or_default();
        let count = problem.count;
        let text = match problem.code.as_str() {
            "NEWCOMER" if committed => {
                format!("反映したあとに来た児童生徒が {count}人います。「来た人を加える」で、来年度の学級を決められます。")
            }
            "NEWCOMER" => format!("準備を始めたあとに来た児童生徒が {count}人います。「名簿から取り直す」で加わります。"),
            "UNPLACED" => format!("学級が決まっていない児童生徒が {count}人います。"),
            "GRADE_UNKNOWN" => format!("いくつかの学年がある学級の {count}人は、来年度の学年が決まっていません。"),
            "WRONG_GRADE" => format!("学年の合わない学級に {count}人います。"),
            "NUMBER_TWICE" => format!("{class}：同じ出席番号の人がいます。"),
            "STILL_ENROLLED" => format!("前の学校にまだ在籍している人が {count}人います。前の学校の卒業・転出が先です。"),
            "GONE" => format!("もう転出した {count}人が残っています。「名簿から取り直す」で外れます。"),
            "LEAVES_WITHOUT_MOVE" => format!("来年度はいない {count}人に、転出などの記録がまだありません。"),
            "NO_GRADE_HEAD" => {
                let grades: Vec<String> = problem.grades.iter().map(|grade| words::grades(std::slice::from_ref(grade))).collect();
                format!("今年度の学年主任は、年度の終わりに終わります。来年度の学年主任がまだの学年：{}", grades.join("、"))
            }
            "DUTY_GOES_ON" => {
                let duty = if problem.duty.as_deref() == Some("NURSE") { "養護" } else { "教務" };
                format!("今年度の{duty}が、来年度もそのまま続きます。")
            }
            "TOO_LARGE" => format!("{class}：{count}人で、標準の人数を超えています。"),
            "BIRTH_DATE" => format!("生年月日から見た学年とちがう人が {count}人います。"),
            "WISH_NOT_KEPT" => "別の学級（同じ学級）にする約束とちがう組があります。".to_owned(),
            _ => String::new(),
        };
        let shown: Vec<&str> = problem.names.iter().take(8).map(String::as_str).collect();
        let more = count.saturating_sub(shown.len());
        let names = match (problem.code.as_str(), more) {
            ("TOO_LARGE", _) => String::new(),
            (_, 0) => shown.join("、"),
            (_, more) => format!("{}　ほか {more}人", shown.join("、")),
        };
        Line { text, names }
    }
}
