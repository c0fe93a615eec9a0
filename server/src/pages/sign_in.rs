//! 入る and 出る: a code in, a cookie out; and what belongs to the session itself.
use super::again::{Late, Ready};
use super::csrf::{self, Fields, Form, Posted};
use super::error::{Doors, PageError};
use super::frame::Frame;
use super::provider::{onward, signed_out};
use super::session::{self, AnySession, Session};
use super::sign_in_words::Words;
use super::{address, html, lock};
use crate::access_log;
use crate::front::ClientAddress;
use crate::router::App;
use crate::sign_in::Settings;
use asagao_graphql::access::scope::Holder;
use asagao_graphql::jobs::demo::{Person, PersonRole};
use asagao_graphql::roster::board;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    words: Words,
    next: &'a str,
    error: Option<&'static str>,
    groups: Vec<Group<'a>>,
    /// The board's providers.
    ways: Vec<Door>,
    /// Whether codes are taken.
    codes: bool,
    /// The board of education; unknown before a roster has named it, and while the database is away.
    board: Option<String>,
}

/// A provider on a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Door {
    /// Where it leads.
    pub(super) href: String,
    /// What it is called.
    pub(super) name: String,
}

impl Door {
    /// The board's providers, and back to a page of our own.
    pub(super) fn all(app: &App, next: &str) -> Vec<Self> {
        let next = address::local(next).unwrap_or_default();
        let of = |settings: &Settings| {
            let href = format!("/sign-in/{}", settings.key);
            let href = if next.is_empty() { href } else { address::with(&href, "next", next) };
            Door { href, name: settings.name.clone() }
        };
        app.sign_in.providers.iter().map(|provider| of(&provider.settings)).collect()
    }
}

/// The people of a school.
struct Group<'a> {
    school: &'a str,
    /// One of each duty.
    people: Vec<Choice<'a>>,
    /// The others, folded.
    others: Vec<Choice<'a>>,
}

impl<'a> Group<'a> {
    fn add(&mut self, choice: Choice<'a>) {
        let another = self.people.iter().any(|of| of.kind() == choice.kind());
        if another { self.others.push(choice) } else { self.people.push(choice) }
    }
}

#[derive(Clone, Copy)]
struct Choice<'a> {
    index: usize,
    name: &'a str,
    duty: &'a str,
    /// The first homeroom teacher: where a visitor does best to begin.
    first: bool,
}

impl Choice<'_> {
    /// The duty without what it is over.
    fn kind(&self) -> &str {
        self.duty.rsplit(' ').next().unwrap_or(self.duty)
    }
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    next: Option<String>,
    lang: Option<String>,
    expired: Option<String>,
}

/// `GET /`: to where this viewer works.
pub(super) async fn home(session: Result<AnySession, PageError>) -> Result<Redirect, PageError> {
    Ok(Redirect::to(landing(session?.scope.viewer().kind)))
}

pub(super) fn landing(kind: Holder) -> &'static str {
    match kind {
        Holder::Pupil => "/check-in",
        Holder::Guardian => "/family",
        Holder::Staff | Holder::App => "/classes",
    }
}

/// `GET /sign-in`.
pub(super) async fn page(State(app): State<App>, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let words = Words::of(wish.lang.as_deref().unwrap_or_default());
    let error = wish.expired.is_some().then_some(words.expired);
    show(&app, words, wish.next.as_deref().unwrap_or_default(), error).await
}

async fn show(app: &App, words: Words, next: &str, error: Option<&'static str>) -> Result<Html<String>, PageError> {
    let people = app.demo.as_deref().map(Vec::as_slice).unwrap_or_default();
    let board = board::name(&app.db).await.ok().flatten();
    let (ways, codes) = (Door::all(app, next), app.sign_in.codes);
    html(&SignInPage { ways, codes, board, ..SignInPage::new(people, words, next, error) })
}

impl<'a> SignInPage<'a> {
    /// The town whose board it is, for the demo.
    fn town(&self) -> &str {
        self.board.as_deref().unwrap_or_default().trim_end_matches("教育委員会")
    }

    /// What one can do who cannot come in.
    fn help(&self) -> &[&'static str] {
        self.words.help(self.codes)
    }

    fn new(people: &'a [Person], words: Words, next: &'a str, error: Option<&'static str>) -> Self {
        let first = people.iter().position(|person| person.role == PersonRole::HomeroomTeacher);
        let mut groups: Vec<Group> = Vec::new();
        for (index, person) in people.iter().enumerate() {
            let choice = Choice { index, name: &person.name, duty: &person.duty, first: first == Some(index) };
            let school = person.school.as_deref().unwrap_or("教育委員会");
            if groups.iter().all(|group| group.school != school) {
                groups.push(Group { school, people: Vec::new(), others: Vec::new() });
            }
            groups.iter_mut().filter(|group| group.school == school).for_each(|group| group.add(choice));
        }
        let next = address::local(next).unwrap_or_default();
        let (ways, codes) = (Vec::new(), true);
        SignInPage { frame: Frame::outside(String::new()), words, next, error, groups, ways, codes, board: None }
    }
}

/// `POST /sign-in`.
pub(super) async fn enter(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, PageError> {
    app.rates.of_address(address)?;
    let words = Words::of(fields.get("lang"));
    let next = fields.get("next");
    if !app.sign_in.codes {
        return Err(PageError::NotFound);
    }
    let Some(token) = token(&app, &fields) else {
        let missing = words.missing;
        return refused(&app, &headers, &fields, words, (StatusCode::UNPROCESSABLE_ENTITY, missing)).await;
    };
    let Some((cookie, opened)) = session::open(&app, &headers, &token).await? else {
        let wrong = words.wrong;
        return refused(&app, &headers, &fields, words, (StatusCode::FORBIDDEN, wrong)).await;
    };
    // Nobody finds what somebody else has typed, nor the page on which they were.
    let (kind, another) = (opened.signed.viewer.kind, opened.same == Some(false));
    let holder = opened.signed.viewer.holder;
    if let Some(late) = Late::within(&fields).filter(|late| !another && late.is_of(&csrf::whose(holder))) {
        let ready = Ready { csrf: csrf::token(&opened.secret, holder), presenting: opened.signed.presenting };
        return Ok((cookie, late.page(Some(&ready), None, StatusCode::OK, &Doors::default())).into_response());
    }
    Ok((cookie, Redirect::to(&onward(opened.same, kind, next))).into_response())
}

/// The page on which the code was typed, once more.
async fn refused(
    app: &App,
    headers: &HeaderMap,
    fields: &Fields,
    words: Words,
    (status, error): (StatusCode, &'static str),
) -> Result<Response, PageError> {
    access_log::refused("sign-in");
    if let Some(late) = Late::within(fields) {
        let doors = Doors { ways: Door::all(app, "/"), codes: true };
        return Ok(late.page(None, Some(error), status, &doors));
    }
    if let Some(lock) = lock::again(app, headers, fields, error).await {
        return lock;
    }
    Ok((status, show(app, words, fields.get("next"), Some(error)).await?).into_response())
}

/// The code that was typed, or that of the person who was chosen in the demo.
fn token(app: &App, fields: &Fields) -> Option<String> {
    let chosen = fields.typed("person").and_then(|index| index.parse::<usize>().ok());
    let person = app.demo.as_ref().zip(chosen).and_then(|(people, index)| people.get(index));
    person.map(|person| person.token.clone()).or_else(|| fields.typed("code").map(str::to_owned))
}

/// `POST /sign-out`.
pub(super) async fn leave(State(app): State<App>, posted: Posted<AnySession>) -> Result<Response, PageError> {
    out(&app, &posted.session).await
}

/// Out of this session, and of the provider that one came by.
pub(super) async fn out(app: &App, session: &AnySession) -> Result<Response, PageError> {
    let gone = session.close().await?;
    signed_out(app, session.way(), gone).await
}

/// `GET /stay`: the session is in use, although nothing was sent: somebody said so to the notice of the page.
pub(super) async fn stay(_session: AnySession) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `POST /presentation`: 提示モード on or off, back to where it was switched.
pub(super) async fn present(posted: Posted<Session>) -> Result<Redirect, PageError> {
    let Posted { session, fields } = posted;
    session.as_ref().present(fields.get("on") == "true").await?;
    let class = fields.typed("class").map(|class| format!("/classes/{class}"));
    let class = class.as_deref().and_then(address::local).unwrap_or("/classes");
    Ok(Redirect::to(&fields.back(class)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;

    fn people() -> Vec<Person> {
        let person = |name: &str, duty: &str, school: &str| Person {
            name: name.into(),
            role: if duty.ends_with("担任") { PersonRole::HomeroomTeacher } else { PersonRole::Pupil },
            duty: duty.into(),
            school: Some(school.into()),
            class_id: None,
            token: "asagao_secret".into(),
        };
        let (hibarino, mizuumi) = ("朝霧市立ひばり野小学校", "朝霧市立みずうみ中学校");
        vec![
            person("大野 健", "校長", hibarino),
            person("中島 由紀", "5年2組 担任", hibarino),
            person("三浦 恵", "養護教諭", hibarino),
            person("加藤 颯太", "5年2組 9番", hibarino),
            person("佐藤 学", "1年1組 担任", mizuumi),
            person("南 由紀", "1年2組 担任", mizuumi),
        ]
    }

    #[test]
    fn the_demo_offers_its_people_by_school_and_never_shows_a_code() {
        let people = people();
        let board = Some("朝霧市教育委員会".to_owned());
        let html = scene::render("sign_in_demo", &SignInPage { board, ..SignInPage::new(&people, Words::of("ja"), "", None) });
        assert!(html.contains("lang=\"ja\">朝霧市教育委員会<") && html.contains("lang=\"ja\">朝霧市<"));
        assert!(!html.contains("asagao_secret"));
        assert_eq!((html.matches("name=\"person\"").count(), html.matches("class=\"people\"").count()), (6, 2));
        assert!(html.contains("value=\"1\" lang=\"ja\" class=\"filled\""), "the first homeroom teacher stands out");
        assert_eq!(html.matches("filled").count(), 1, "one filled button a page");
        assert!(html.find("<details class=\"others\">") < html.find("南 由紀"), "a second homeroom teacher is folded");
    }

    #[test]
    fn without_the_demo_there_are_two_doors_and_nobody_to_choose() {
        for words in Words::ALL {
            let name = format!("sign_in_{}", words.lang);
            let html = scene::render(&name, &SignInPage::new(&[], words, "//evil.example", None));
            assert!(!html.contains("name=\"person\"") && !html.contains("evil"));
            assert_eq!((html.matches("name=\"code\"").count(), html.matches("filled").count()), (2, 1));
        }
    }
}
