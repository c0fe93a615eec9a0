//! 名簿: who is in a class, as the office and the homeroom teacher need it on paper and in files.
use super::csrf::Posted;
use super::error::PageError;
use super::file::{self, Kind, Saving};
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Named, Rights};
use super::ruby::hiragana;
use super::session::Session;
use super::{html, words};
use asagao_graphql::clock::japan;
use asagao_graphql::formats::sheet::{Cell, Column, Sheet};
use askama::Template;
use axum::extract::Path;
use axum::response::{Html, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("roster.graphql");

#[derive(Deserialize)]
struct Asked {
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    id: String,
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    #[serde(default)]
    school: Option<Named>,
    #[serde(default)]
    academic_year: Option<Titled>,
    #[serde(default)]
    teachers: Vec<Named>,
    #[serde(default)]
    pupils: Option<Pupils>,
}

#[derive(Deserialize)]
struct Titled {
    title: String,
}

#[derive(Deserialize)]
struct Pupils {
    nodes: Vec<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    under_protection: bool,
    #[serde(default)]
    kana: Option<String>,
    #[serde(default)]
    number: Option<i32>,
    #[serde(default)]
    official_name: Option<String>,
    #[serde(default)]
    identifier: Option<String>,
    #[serde(default)]
    enrolled_from: Option<NaiveDate>,
    #[serde(default)]
    enrolled_until: Option<NaiveDate>,
}

impl Pupil {
    fn hiragana(&self) -> String {
        self.kana.as_deref().map(hiragana).unwrap_or_default()
    }
}

impl Class {
    fn children(&self) -> &'static str {
        words::children(&self.grades)
    }

    fn pupils(&self) -> &[Pupil] {
        self.pupils.as_ref().map_or(&[], |pupils| &pupils.nodes)
    }

    /// Whether the viewer may see what the register calls the pupils.
    fn official(&self) -> bool {
        self.pupils().iter().any(|pupil| pupil.official_name.is_some())
    }

    /// Whether anybody has a 学籍番号 to be shown.
    fn numbered(&self) -> bool {
        self.pupils().iter().any(|pupil| pupil.identifier.is_some())
    }

    fn sheet(&self, session: &Session) -> Sheet {
        let official = self.official();
        let mut names = vec!["番号", "氏名", "フリガナ"];
        names.extend(official.then_some(["正式氏名", "学籍番号"]).into_iter().flatten());
        names.extend(["在籍はじめ", "在籍おわり"]);
        let row = |pupil: &Pupil| {
            // A file is sent on and left lying about: who is under protection is in it without a name.
            let name = if pupil.under_protection { "（非公開）" } else { pupil.name.as_str() };
            let told = |text: &Option<String>| text.clone().filter(|_| !pupil.under_protection);
            let mut cells: Vec<Cell> = vec![pupil.number.into(), name.into(), told(&pupil.kana).into()];
            if official {
                cells.extend([told(&pupil.official_name).into(), told(&pupil.identifier).into()]);
            }
            cells.extend([pupil.enrolled_from.into(), pupil.enrolled_until.into()]);
            cells
        };
        Sheet {
            title: format!("{} 名簿", self.name),
            columns: names.into_iter().map(Column::new).collect(),
            rows: self.pupils().iter().map(row).collect(),
            landscape: false,
            made_at: session.scope().now().with_timezone(&japan()).naive_local(),
        }
    }
}

#[derive(Template)]
#[template(path = "roster.html")]
struct RosterPage {
    frame: Frame,
    class: Class,
    official: bool,
    day: String,
    printed: String,
}

async fn class(session: &Session, id: &str) -> Result<Class, PageError> {
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id })).await?;
    asked.class.filter(|class| class.pupils.is_some()).ok_or(PageError::NotFound)
}

/// `GET /classes/{id}/roster`.
pub(super) async fn page(session: Session, Path(id): Path<String>) -> Result<Html<String>, PageError> {
    let class = class(&session, &id).await?;
    let now = session.scope().now();
    let printed = format!("{} {}", session.scope().today(), words::clock(now));
    html(&RosterPage {
        frame: session.frame(Nav::class(&id, &class.viewer_rights, Here::Roster).of_kind(class.kind)),
        official: class.official(),
        day: words::long_day(session.scope().today()),
        printed,
        class,
    })
}

/// `POST /classes/{id}/roster`: the table as a file; where the old code page cannot hold a cell, first a page that says which.
pub(super) async fn download(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let session = posted.session;
    let kind = Kind::of(posted.fields.get("kind")).ok_or(PageError::BadForm)?;
    if session.presenting() {
        return Err(PageError::NotFound);
    }
    let class = class(&session, &id).await?;
    let sheet = class.sheet(&session);
    let nav = Nav::class(&id, &class.viewer_rights, Here::Roster).of_kind(class.kind);
    let action = format!("/classes/{id}/roster");
    let saving = Saving { what: format!("{}の名簿", class.name), action: &action, back: action.clone(), keep: Vec::new() };
    file::give(&session, nav, &sheet, kind, saving)
}
