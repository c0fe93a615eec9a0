//! The pupil page (児童カルテ): what this viewer may know about one child on one time axis, with the reason for seeing it.
mod answer;
mod history;
pub(super) mod marks;
mod range;
mod seen;
mod table;
mod timeline;
mod weekly;

use super::class::{Fresh, freshness};
use super::error::PageError;
use super::flags_fresh::FlagsFresh;
use super::frame::{Frame, Here, Nav};
use super::record::{Counted, Learning, LearningDay, Rights, SupportEffect, Weather, legend};
use super::ruby::hiragana;
use super::session::Session;
use super::{day, html, words};
use answer::{Neighbour, Pupil, PupilData};
pub(super) use answer::{SubjectMark, TermMarks};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use asagao_graphql::marks::term::{self, Term};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, Utc};
use history::{Action, Notice};
use range::Range;
use seen::Seen;
use serde::Deserialize;
use serde_json::json;
use table::Line;
use timeline::Timeline;

/// What the parts of the page are made from.
struct Around<'a> {
    pupil: &'a Pupil,
    days: &'a [NaiveDate],
    range: Range,
    term: &'a Term,
    today: NaiveDate,
    lessons_over: bool,
}

impl Around<'_> {
    /// Learning records without today's, as long as today is not over.
    fn learning(&self, of: Option<&Learning>) -> Vec<LearningDay> {
        let days = of.map(|of| of.days.as_slice()).unwrap_or_default();
        days.iter().filter(|of| of.day != self.today || self.lessons_over).copied().collect()
    }

    /// The class's middle of each day; none where the class is too small.
    fn middle(&self) -> Vec<LearningDay> {
        self.learning(self.pupil.homeroom.as_ref().and_then(|homeroom| homeroom.learning_middle.as_ref()))
    }

    /// Whether there is a support sheet of which the viewer may know.
    fn supported(&self) -> bool {
        self.pupil.support_sheets.as_ref().is_some_and(|sheets| !sheets.is_empty())
    }

    /// Today, where it is a school day.
    fn open(&self) -> Option<NaiveDate> {
        self.days.last().copied().filter(|last| *last == self.today)
    }
}

/// An id with the words of its link.
type Link = (String, String);

/// The page.
#[derive(Template)]
#[template(path = "pupil.html")]
pub(super) struct PupilPage {
    frame: Frame,
    id: String,
    name: String,
    kana: Option<String>,
    class: Option<Link>,
    before: Option<Link>,
    after: Option<Link>,
    since: Option<String>,
    facts: Vec<(&'static str, String)>,
    seen: Seen,
    pictures: &'static str,
    samples: Vec<(String, &'static str)>,
    /// What each picture of a mood stands for.
    moods: Vec<(Weather, String)>,
    about: String,
    weekly: bool,
    ranges: Vec<(String, &'static str, bool)>,
    /// The same as a picture and as a table.
    views: [String; 2],
    timeline: Option<Timeline>,
    lines: Option<Vec<Line>>,
    columns: [bool; 7],
    /// The marks by subject, and the terms that they are of.
    marks: Option<marks::Table>,
    notices: Option<Vec<Notice>>,
    flags_fresh: Option<FlagsFresh>,
    actions: Option<Vec<Action>>,
    /// What changed when a support began.
    effects: Vec<SupportEffect>,
    freshness: Vec<Fresh>,
    iso_today: String,
    printed: String,
    /// Whether the homeroom's middle may be seen beside the pupil's learning.
    middle: bool,
    /// 児童, or 生徒 from junior high school on.
    child: &'static str,
    rights: Rights,
    /// Whether there is a support sheet of which the viewer may know.
    supported: bool,
}

impl PupilPage {
    /// Where the forms of a part of the page return to.
    fn back(&self, part: &str) -> String {
        format!("/pupils/{}#{part}", self.id)
    }

    /// Whether the forms for answers to flags are there.
    fn answers(&self) -> bool {
        self.rights.to(Right::FlagReview)
    }

    /// Whether the form for what was done is there.
    fn acts(&self) -> bool {
        self.rights.to(Right::SupportWrite)
    }

    /// Whether the page of the support sheet is there for the viewer: one to see, or to open.
    fn supports(&self) -> bool {
        self.supported || self.rights.to(Right::SupportOpen)
    }

    fn class_id(&self) -> &str {
        self.class.as_ref().map_or("", |(id, _)| id)
    }
}

/// `GET /pupils/{id}`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    let (now, today) = (session.scope().now(), session.scope().today());
    let range = Range::of(asked.range.as_deref());
    let term = term::on_day(session.scope(), today).await?;
    let variables = json!({ "id": id, "from": range.from(today, &term), "today": today, "last": range.most() });
    let data: PupilData = session.ask(include_str!("pupil.graphql"), variables).await?;
    let homeroom = data.pupil.as_ref().and_then(|pupil| pupil.homeroom.as_ref());
    let nav = homeroom.map_or_else(|| Nav::staff(Here::Class), |of| Nav::class(&of.id, &of.viewer_rights, Here::Class));
    let frame = session.frame(nav);
    let mut page = view(frame, data, now, (range, &term), asked.view.as_deref() == Some("table")).ok_or(PageError::NotFound)?;
    page.seen.opened = session.may(Right::RecordOpen);
    Ok(html(&page)?.into_response())
}

/// What the address asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// From when on; the running term if not said.
    range: Option<String>,
    /// `table` for the same as a table.
    view: Option<String>,
}

/// The page of a pupil, with a table in place of the picture if that is asked for; `None` where there is no such pupil for this
/// viewer.
fn view(frame: Frame, data: PupilData, now: DateTime<Utc>, (range, term): (Range, &Term), as_table: bool) -> Option<PupilPage> {
    let data = data.within_rights();
    let pupil = data.pupil.as_ref()?;
    let today = school_day(now);
    let all = pupil.days(range.most());
    let from = range.from(today, term);
    let days: Vec<NaiveDate> = all.iter().filter(|day| **day >= from).copied().collect();
    let around = Around { pupil, days: &days, range, term, today, lessons_over: day::after_school(now) };
    let (rights, homeroom) = (&pupil.viewer_rights, pupil.homeroom.as_ref());
    let of_homeroom = homeroom.map(|homeroom| homeroom.viewer_rights.clone()).unwrap_or_default();
    let (before, after) = neighbours(pupil);
    let open = pupil.support_flags.iter().flatten().find(|flag| flag.open());
    let run = homeroom.and_then(|homeroom| homeroom.last_run.as_ref());
    Some(PupilPage {
        id: pupil.id.clone(),
        name: pupil.name.clone(),
        kana: pupil.kana.as_deref().map(hiragana),
        class: homeroom.map(|homeroom| (homeroom.id.clone(), homeroom.name.clone())),
        before,
        after,
        since: open.map(super::notice::Flag::since_words),
        facts: facts(&around),
        seen: Seen::of(pupil),
        pictures: super::chart::mood::PICTURES,
        samples: super::chart::attendance::samples(),
        moods: legend(&data.mood_words, today),
        about: format!("{}。学校のある日だけを並べています", range.words(term, days.len())),
        weekly: range == Range::Year,
        ranges: range.links(&pupil.id, as_table),
        views: [range.href(&pupil.id, false), range.href(&pupil.id, true)],
        timeline: (!as_table && !days.is_empty()).then(|| Timeline::of(&around)),
        lines: (as_table && !days.is_empty()).then(|| table::lines(&around)),
        columns: table::columns(rights),
        marks: pupil.term_marks.as_deref().map(marks::Table::of),
        notices: pupil.support_flags.as_ref().map(|flags| flags.iter().map(|flag| Notice::of(flag, run)).collect()),
        flags_fresh: run.map(|run| FlagsFresh::of(run, &all, today)),
        actions: pupil.support_actions.as_ref().map(|actions| actions.iter().map(Action::of).collect()),
        effects: pupil.support_effects.clone().unwrap_or_default(),
        freshness: freshness(homeroom.and_then(|homeroom| homeroom.freshness.as_ref()), run, &of_homeroom, &all, today),
        iso_today: today.to_string(),
        printed: format!("{} {}", words::era(today), words::clock(now)),
        child: homeroom.map_or("児童", |homeroom| words::children(&homeroom.grades)),
        supported: around.supported(),
        middle: of_homeroom.to(Right::ActivityRead),
        rights: rights.clone(),
        frame,
    })
}

/// Who stands before and after the pupil, by number.
fn neighbours(pupil: &Pupil) -> (Option<Link>, Option<Link>) {
    let Some(pupils) = pupil.homeroom.as_ref().and_then(|homeroom| homeroom.pupils.as_ref()) else { return (None, None) };
    let all: Vec<&Neighbour> = pupils.nodes.iter().collect();
    let Some(place) = all.iter().position(|of| of.id == pupil.id) else { return (None, None) };
    let link = |of: &&Neighbour| (of.id.clone(), of.words());
    (place.checked_sub(1).and_then(|before| all.get(before)).map(link), all.get(place + 1).map(link))
}

fn facts(around: &Around) -> Vec<(&'static str, String)> {
    let pupil = around.pupil;
    let mut facts = Vec::new();
    if let Some(homeroom) = &pupil.homeroom {
        let number = pupil.number.map(|number| format!(" {number}番")).unwrap_or_default();
        facts.push(("学級", format!("{}{number}", homeroom.name)));
    }
    if let Some(from) = pupil.enrolled_from {
        facts.push(("在籍", format!("{}（{from}）から", words::era(from))));
    }
    if let Some(marks) = &pupil.attendance {
        let days: Vec<_> = around.days.iter().filter(|day| pupil.enrolled_from.is_none_or(|from| **day >= from)).collect();
        let shown = marks.iter().filter(|mark| days.contains(&&mark.day));
        let Counted { absent, excused, late, left_early: early, .. } = Counted::of(shown);
        let excused = if excused > 0 { format!("・出停や忌引 {excused}") } else { String::new() };
        let until = if around.open().is_some() {
            "きょうまで".into()
        } else {
            around.days.last().map(|day| words::short_day(*day)).unwrap_or_default()
        };
        facts.push((
            "出欠",
            format!(
                "{}のうち 欠席 {absent}・遅刻 {late}・早退 {early}{excused}（{until}）",
                around.range.words(around.term, days.len())
            ),
        ));
    }
    facts
}

#[cfg(test)]
mod tests;
