//! 年度の日数: the sums of a school year of everybody in a class, as the 出欠の記録 of the 指導要録 has them, on paper and as files.
use super::csrf::Posted;
use super::error::PageError;
use super::file::{self, Kind, Saving};
use super::frame::{Frame, Here, Nav};
use super::record::{Named, Rights};
use super::register::{Count, SUMS, numbers};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::japan;
use asagao_graphql::formats::sheet::{Cell, Column, Sheet};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{Html, Response};
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("register_year.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    year: Option<i32>,
}

#[derive(Deserialize)]
struct Asked {
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    viewer_rights: Rights,
    grades: Vec<String>,
    school: Option<Named>,
    academic_year: Option<Year>,
    #[serde(default)]
    teachers: Vec<Named>,
    #[serde(default)]
    register_year: Option<Register>,
}

#[derive(Deserialize)]
struct Year {
    begins: NaiveDate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Register {
    until: NaiveDate,
    school_days: u32,
    total: Count,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    pupil_id: String,
    name: String,
    number: Option<i32>,
    joined: Option<NaiveDate>,
    left: Option<NaiveDate>,
    #[serde(default)]
    from_class: Option<String>,
    #[serde(default)]
    to_class: Option<String>,
    /// Whether the pupil has a page for the viewer.
    #[serde(default)]
    reached: bool,
    count: Count,
    in_school: Count,
    #[serde(skip)]
    remark: String,
    /// Where the name leads: to the pupil's own page, or to the last day of who has left, for whom the office still decides.
    #[serde(skip)]
    href: Option<String>,
}

impl Row {
    /// 「6/1から　9/30まで」, 「6/1 5年1組から　ほかの学級の日を合わせて」.
    fn remarked(&self, until: NaiveDate) -> String {
        let class = |class: &Option<String>| class.as_ref().map(|class| format!(" {class}")).unwrap_or_default();
        let joined = self.joined.map(|day| format!("{}{}から", day::short(day), class(&self.from_class)));
        let left = self.left.filter(|left| *left < until).map(|day| {
            let to = self.to_class.as_ref().map(|class| format!("、{class}へ")).unwrap_or_default();
            format!("{}まで{to}", day::short(day))
        });
        let classes = self.elsewhere().then(|| "ほかの学級の日を合わせて".to_owned());
        joined.into_iter().chain(left).chain(classes).collect::<Vec<_>>().join("　")
    }

    /// Whether the pupil has days in another class of the school.
    fn elsewhere(&self) -> bool {
        self.count != self.in_school
    }

    fn link(&self, year: i32, board: &str, decides: bool) -> Option<String> {
        if self.reached {
            return Some(format!("/pupils/{}/attendance?year={year}", self.pupil_id));
        }
        self.left.filter(|_| decides).map(|left| format!("{board}/decisions?day={left}"))
    }
}

#[derive(Template)]
#[template(path = "register_year.html")]
struct YearPage {
    frame: Frame,
    board: String,
    here: String,
    class: String,
    school: String,
    teacher: String,
    grade: String,
    year: i32,
    choices: Vec<(i32, bool)>,
    year_in_words: String,
    school_days: u32,
    until: NaiveDate,
    rows: Vec<Row>,
    /// The days in this class alone: those of all classes add up to the school's.
    total: Count,
    total_is: &'static str,
    unmarked: u32,
    made: String,
}

impl YearPage {
    fn title(&self) -> String {
        format!("{} {} 年度の日数", self.class, self.year_in_words)
    }

    fn sheet(&self, made_at: NaiveDateTime) -> Sheet {
        let names = ["番号", "氏名"].into_iter().chain(SUMS).chain(["うち出席扱い", "未記入", "備考"]);
        let row = |row: &Row| {
            let who = [Cell::from(row.number), row.name.as_str().into()];
            let remark = Some(row.remark.as_str()).filter(|remark| !remark.is_empty());
            who.into_iter().chain(numbers(&row.in_school)).chain([remark.into()]).collect::<Vec<Cell>>()
        };
        let total = [Cell::Empty, self.total_is.into()].into_iter().chain(numbers(&self.total)).collect();
        Sheet {
            title: self.title(),
            columns: names.map(Column::new).collect(),
            rows: self.rows.iter().map(row).chain([total]).collect(),
            landscape: true,
            made_at,
        }
    }
}

/// `GET /classes/{id}/register/year`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    let (nav, mut page) = load(&session, &class, wish.year).await?;
    page.frame = session.frame(nav);
    html(&page)
}

/// `POST /classes/{id}/register/year`: the table as a file.
pub(super) async fn download(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let kind = Kind::of(fields.get("kind")).ok_or(PageError::BadForm)?;
    let (nav, page) = load(&session, &class, fields.get("year").parse().ok()).await?;
    let saving = Saving {
        what: page.title(),
        action: &page.here,
        back: format!("{}?year={}", page.here, page.year),
        keep: vec![("year", page.year.to_string())],
    };
    let made_at = session.scope().now().with_timezone(&japan()).naive_local();
    file::give(&session, nav, &page.sheet(made_at), kind, saving)
}

async fn load(session: &Session, id: &str, year: Option<i32>) -> Result<(Nav, YearPage), PageError> {
    // Every row is about a single pupil: there is nothing left of it for a wall.
    if session.presenting() || !session.may(Right::AttendanceRead) {
        return Err(PageError::NotFound);
    }
    let (now, today) = (session.scope().now(), session.scope().today());
    let year = year.unwrap_or_else(|| day::school_year(today).0.year());
    let (first, _) = day::days_of_year(year).ok_or(PageError::NotFound)?;
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "year": year })).await?;
    let mut class = asked.class.ok_or(PageError::NotFound)?;
    let mut register = class.register_year.take().ok_or(PageError::NotFound)?;
    let board = format!("/classes/{id}");
    let decides = class.viewer_rights.to(Right::AttendanceDecide);
    for row in &mut register.rows {
        row.remark = row.remarked(register.until);
        row.href = row.link(year, &board, decides);
    }
    // A class is of one year; where the roster does not say which, the last two are offered.
    let of_class = class.academic_year.map(|of| day::school_year(of.begins).0.year());
    let offered = of_class.map_or_else(|| vec![year, year - 1], |of| if of == year { vec![of] } else { vec![of, year] });
    let page = YearPage {
        frame: Frame::outside(String::new()),
        here: format!("{board}/register/year"),
        board,
        school: class.school.map(|school| school.name).unwrap_or_default(),
        teacher: class.teachers.into_iter().map(|teacher| teacher.name).collect::<Vec<_>>().join("・"),
        grade: words::grades(&class.grades),
        class: class.name,
        year,
        choices: offered.into_iter().map(|of| (of, of == year)).collect(),
        year_in_words: words::school_year(first),
        school_days: register.school_days,
        until: register.until,
        total: register.total,
        total_is: if register.rows.iter().any(Row::elsewhere) { "計（この学級の日だけ）" } else { "計" },
        unmarked: register.rows.iter().map(|row| row.in_school.unmarked).sum(),
        rows: register.rows,
        made: format!("{} {}", words::era(today), words::clock(now)),
    };
    Ok((Nav::class(id, &class.viewer_rights, Here::Register), page))
}
