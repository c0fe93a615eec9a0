//! A form that came after its session, because that was locked or over: it is given back whole and sent only by a fresh press, with the
//! token of a session that holds. Until then it is nowhere but on the page.
use super::check_in_trouble::{self, Way};
use super::csrf::{self, Fields};
use super::error::Doors;
use super::frame::Frame;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// The forms that carry something typed or chosen; any other is of no use later. So is all of 支援 (`/support`), where a task is done by a press.
const PATHS: [&str; 6] = ["/classes/", "/pupils/", "/flags/", "/check-in", CONSULTATIONS, RECORDS];
/// What is typed there is for fewer eyes than those around a locked screen: it is shown to none before somebody is back.
const CONSULTATIONS: &str = "/consultations";
const RECORDS: &str = "/records";

/// Tells the fields of the late form from those of the form to sign in with.
const PREFIX: &str = "late.";
/// The field with the address of the late form.
const PATH: &str = "late";
/// The field that says whose the late form is.
const WHOSE: &str = "late-whose";

/// Whether a form of this address is given back.
pub(super) fn takes(path: &str) -> bool {
    (PATHS.iter().any(|of| path.starts_with(of)) || of_infirmary(path)) && super::address::local(path).is_some()
}

/// 来室記録.
fn of_infirmary(path: &str) -> bool {
    path.starts_with("/schools/") && path.ends_with("/infirmary")
}

/// A form that came after its session.
#[derive(Default)]
pub(super) struct Late {
    path: String,
    /// Whose form it is; empty where it does not say, which is nobody's.
    whose: String,
    fields: Vec<(String, String)>,
}

/// The session in which it can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The token of its forms.
    pub csrf: String,
    /// Whether its pages are on a wall: nothing of the form is shown then.
    pub presenting: bool,
}

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    frame: Frame,
    late: Late,
    error: Option<&'static str>,
    /// Whether what was typed is kept out of sight.
    hidden: bool,
    /// By which ways to come in.
    doors: Doors,
}

impl Late {
    /// What was posted to an address, without the token that does not hold any more.
    pub(super) fn new(path: &str, fields: &Fields) -> Self {
        let whose = csrf::owner(fields.get("csrf")).to_owned();
        let fields = fields.0.iter().filter(|(name, _)| name != "csrf").cloned().collect();
        Late { path: path.to_owned(), whose, fields }
    }

    /// What the form to sign in with carries along; `None` where it carries nothing.
    pub(super) fn within(fields: &Fields) -> Option<Self> {
        let path = Some(fields.get(PATH)).filter(|path| takes(path))?.to_owned();
        let own = |(name, value): &(String, String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone()));
        let whose = fields.get(WHOSE).to_owned();
        Some(Late { path, whose, fields: fields.0.iter().filter_map(own).collect() })
    }

    /// Whether it is the form of this person.
    pub(super) fn is_of(&self, whose: &str) -> bool {
        !self.whose.is_empty() && self.whose == whose
    }

    /// Whether it says the same later: a press in the infirmary means that somebody comes or goes now, and only what is corrected there has
    /// its times with it.
    pub(super) fn keeps(&self) -> bool {
        !of_infirmary(&self.path) || self.fields.iter().any(|(name, value)| name == "act" && value == "correct")
    }

    /// Of a form to sign in with only what it carries along: a code is never given back.
    pub(super) fn carried(fields: Fields) -> Option<Fields> {
        let carried = fields.0.into_iter().filter(|(name, _)| name == PATH || name == WHOSE || name.starts_with(PREFIX));
        let fields = Fields(carried.collect());
        (!fields.0.is_empty()).then_some(fields)
    }

    /// The page that gives it back: to be sent with the token of the session, or with the form to sign in where there is none.
    pub(super) fn page(self, ready: Option<&Ready>, error: Option<&'static str>, status: StatusCode, doors: &Doors) -> Response {
        if check_in_trouble::is_of(&self.path) {
            return self.for_pupil(ready, error.is_some(), status);
        }
        let frame = Frame::outside(ready.map(|ready| ready.csrf.clone()).unwrap_or_default());
        let (hidden, doors) = (ready.is_some_and(|ready| ready.presenting), doors.clone());
        let page = AgainPage { frame, late: self, error, hidden, doors };
        match super::html(&page) {
            Ok(page) => (status, page).into_response(),
            Err(_) => (status, Html("時間がたったため、もういちど入ってください")).into_response(),
        }
    }

    /// The same in the language of a pupil.
    fn for_pupil(&self, ready: Option<&Ready>, alert: bool, status: StatusCode) -> Response {
        let lang = self.fields.iter().find(|(name, _)| name == "lang").map_or("", |(_, value)| value);
        let lang = check_in_trouble::lang(&self.path, lang);
        let own = |prefix: &str| {
            self.fields.iter().map(|(name, value)| (format!("{prefix}{name}"), value.as_str())).collect::<Vec<_>>()
        };
        let way = if let Some(ready) = ready {
            let token = ("csrf".to_owned(), ready.csrf.as_str());
            Way::Send(&self.path, [token].into_iter().chain(own("")).collect())
        } else {
            let about = [(PATH.to_owned(), self.path.as_str()), (WHOSE.to_owned(), self.whose.as_str())];
            Way::SignIn(about.into_iter().chain(own(PREFIX)).collect())
        };
        check_in_trouble::late(lang, ready.is_some(), way, alert, status)
    }

    /// What was typed, with its name, to be read and copied; `back`: by whoever is in again.
    fn typed(&self, back: bool) -> Vec<(&'static str, &str)> {
        let (talk, opening) = (self.path.starts_with(CONSULTATIONS), self.path.starts_with(RECORDS));
        let secret = talk || opening || of_infirmary(&self.path);
        if secret && !back {
            return Vec::new();
        }
        let label = |name: &str| match name {
            "text" => Some("内容"),
            "agreed" if talk => Some("決めたこと"),
            "name" if opening => Some("名前"),
            "reason" if opening => Some("理由"),
            "nurse" => Some("養護教諭だけのメモ"),
            // A code of the board's.
            "reason" if of_infirmary(&self.path) => None,
            "reason" => Some("直す理由"),
            "nextOn" => Some("次に見る日"),
            _ if name == "note" || name.starts_with("note.") => Some("メモ"),
            _ => None,
        };
        let typed = self.fields.iter().filter(|(_, value)| !value.trim().is_empty());
        typed.filter_map(|(name, value)| Some((label(name)?, value.as_str()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;

    fn late() -> Late {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = Fields(vec![field("csrf", "old.ana"), field("kind", "TALK"), field("text", "話を<聞いた>")]);
        Late::new("/pupils/p-9/actions", &fields)
    }

    fn page(csrf: &str, hidden: bool) -> AgainPage {
        let doors = Doors { ways: Vec::new(), codes: true };
        AgainPage { frame: Frame::outside(csrf.into()), late: late(), error: None, hidden, doors }
    }

    #[test]
    fn a_late_form_is_carried_through_signing_in_without_its_token() {
        let html = scene::render("again", &page("", false));
        assert!(html.contains("name=\"late-whose\" value=\"ana\"") && late().is_of("ana") && !late().is_of("hugo"));
        assert!(html.contains("name=\"late.text\" value=\"話を&#60;聞いた&#62;\"") && !html.contains("old"), "{html}");
        assert!(html.contains("action=\"/sign-in\"") && !html.contains("action=\"/pupils"));
        let html = scene::render("again_ready", &page("new", false));
        assert!(html.contains("action=\"/pupils/p-9/actions\"") && html.contains("name=\"csrf\" value=\"new\""));
        assert_eq!(html.matches("話を").count(), 2);
        let html = scene::render("again_hidden", &page("new", true));
        assert_eq!(html.matches("話を").count(), 1, "on a wall it is only in its field");
    }

    #[test]
    fn a_code_is_never_given_back_and_only_our_own_forms_are() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = |path: &str| Fields(vec![field("code", "asagao_secret"), field("late", path), field("late.text", "x")]);
        let carried = Late::carried(form("/flags/f/answer")).unwrap();
        assert!(carried.0.iter().all(|(_, value)| value != "asagao_secret"));
        assert_eq!(Late::within(&carried).unwrap().fields, [field("text", "x")]);
        for path in ["/sign-out", "//evil.example/pupils/", "https://evil.example/", "/graphql"] {
            assert!(Late::within(&form(path)).is_none(), "{path}");
        }
        assert!(Late::carried(Fields(vec![field("code", "asagao_secret")])).is_none());
    }
}
