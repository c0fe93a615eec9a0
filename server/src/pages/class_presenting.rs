//! The class page on a wall (提示モード): what a whole room may see, and nothing else is even asked for.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Connection, Rights};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

/// What `class_presenting.graphql` answers.
#[derive(Deserialize, Debug)]
pub(super) struct PresentingData {
    class: Option<Class>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Class {
    id: String,
    name: String,
    #[serde(default)]
    kind: ClassKind,
    viewer_rights: Rights,
    #[serde(default)]
    pupil_count: Option<usize>,
    #[serde(default)]
    school: Option<School>,
    #[serde(default)]
    is_school_day: Option<bool>,
    #[serde(default)]
    attendance_summary: Option<Summary>,
    #[serde(default)]
    pupils: Option<Connection<Pupil>>,
}

#[derive(Deserialize, Debug)]
struct School {
    name: String,
}

#[derive(Deserialize, Debug)]
struct Summary {
    present: u32,
    absent: u32,
    excused: u32,
    unmarked: u32,
}

#[derive(Deserialize, Debug)]
struct Pupil {
    number: Option<u32>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    attendance: Option<Vec<Mark>>,
}

#[derive(Deserialize, Debug)]
struct Mark {
    kind: Kind,
}

#[derive(Deserialize, Debug)]
struct Kind {
    absent: bool,
    excused: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "class_presenting.html")]
pub(super) struct PresentingPage {
    frame: Frame,
    id: String,
    name: String,
    school: Option<String>,
    size: usize,
    date: String,
    date_western: String,
    /// Whether there is a column for the day.
    marked: bool,
    no_school: bool,
    counts: Option<[(&'static str, u32); 3]>,
    named: bool,
    rows: Vec<Row>,
    /// The rows of each of the three columns.
    parts: Vec<(usize, usize)>,
}

struct Row {
    number: String,
    name: Option<String>,
    today: &'static str,
}

/// The class page while the screen is shown to others, with names only where somebody has chosen so.
pub(super) async fn page(session: &Session, id: &str, named: bool) -> Result<Response, PageError> {
    let variables = json!({ "id": id, "today": session.scope().today(), "named": named });
    let data: PresentingData = session.ask(include_str!("class_presenting.graphql"), variables).await?;
    let rights = data.class.as_ref().map(|class| class.viewer_rights.clone()).unwrap_or_default();
    let kind = data.class.as_ref().map(|class| class.kind).unwrap_or_default();
    let frame = session.frame(Nav::class(id, &rights, Here::Class).of_kind(kind));
    let page = view(frame, data, session.scope().now()).ok_or(PageError::NotFound)?;
    Ok(html(&page)?.into_response())
}

/// The page; `None` where there is no such class for this viewer.
pub(super) fn view(frame: Frame, data: PresentingData, now: DateTime<Utc>) -> Option<PresentingPage> {
    let class = data.class?;
    let today = school_day(now);
    let marked = class.viewer_rights.to(Right::AttendanceRead);
    let counts = class.attendance_summary.filter(|_| marked && class.is_school_day == Some(true));
    let rows: Vec<Row> = class.pupils?.nodes.iter().map(Row::of).collect();
    let column = rows.len().div_ceil(3).max(12);
    Some(PresentingPage {
        id: class.id,
        name: class.name,
        school: class.school.map(|school| school.name),
        size: class.pupil_count?,
        date: words::long_day(today),
        date_western: format!("{today}　{} 現在", words::clock(now)),
        marked,
        no_school: marked && class.is_school_day == Some(false),
        counts: counts.map(|of| [("出席", of.present), ("いない", of.absent + of.excused), ("まだ印なし", of.unmarked)]),
        named: rows.iter().any(|row| row.name.is_some()),
        parts: (0..rows.len()).step_by(column).map(|from| (from, (from + column).min(rows.len()))).collect(),
        rows,
        frame,
    })
}

impl Row {
    fn of(pupil: &Pupil) -> Self {
        let mark = pupil.attendance.as_ref().and_then(|marks| marks.first());
        Row {
            number: pupil.number.map(|number| number.to_string()).unwrap_or_default(),
            name: pupil.name.clone(),
            // A wall does not say why somebody is not here.
            today: match mark {
                None => "",
                Some(mark) if mark.kind.absent || mark.kind.excused => "いない",
                Some(_) => "出席",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::view;
    use crate::pages::scene;
    use serde_json::{Value, json};

    fn page(name: &str, named: bool) -> String {
        let mut answer = scene::class(36, &[]);
        answer["class"]["isSchoolDay"] = json!(true);
        for pupil in answer["class"]["pupils"]["nodes"].as_array_mut().unwrap() {
            let days: Vec<Value> = pupil["attendance"].as_array().unwrap().clone();
            pupil["attendance"] = days.into_iter().filter(|mark| mark["day"] == json!(scene::today())).collect();
            if !named {
                pupil.as_object_mut().unwrap().remove("name");
            }
        }
        scene::render(name, &view(scene::frame(true), serde_json::from_value(answer).unwrap(), scene::now()).unwrap())
    }

    #[test]
    fn a_wall_shows_numbers_and_who_is_here_but_no_names_and_no_kinds() {
        let html = page("presenting", false);
        assert!(html.contains("提示中　個人の記録を隠しています") && html.contains("いない") && html.contains("?names=1"));
        for hidden in ["加藤", "病欠", "気にかけたい", "心の天気", "学習の記録", "提出", "/pupils/", "発熱"]
        {
            assert!(!html.contains(hidden), "{hidden}");
        }
    }

    #[test]
    fn names_come_only_when_asked_for() {
        let html = page("presenting-names", true);
        assert!(html.contains("加藤 颯太") && html.contains("氏名を隠す") && !html.contains("/pupils/"));
    }

    #[test]
    fn the_document_asks_for_nothing_that_a_wall_must_not_show() {
        let document = include_str!("class_presenting.graphql");
        for hidden in ["note", "reason", "moods", "learning", "work", "supportFlags", "supportActions", "kana", "by\n"] {
            assert!(!document.contains(hidden), "{hidden}");
        }
    }
}
