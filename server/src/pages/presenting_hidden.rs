//! The answer to a form while the screen is shown to others: nothing of it is seen, and nothing of it is lost.
use super::csrf::Fields;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::session::Session;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "presenting_hidden.html")]
struct HiddenPage<'a> {
    frame: Frame,
    path: &'a str,
    fields: &'a Fields,
}

/// The page that keeps a form out of sight until 提示モード is switched off.
pub(super) fn page(session: &Session, path: &str, fields: &Fields, status: StatusCode) -> Result<Response, PageError> {
    let page = HiddenPage { frame: session.frame(Nav::staff(Here::Elsewhere)), path, fields };
    Ok((status, html(&page)?).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;

    #[test]
    fn what_was_typed_is_in_its_field_alone() {
        let fields = Fields(vec![("csrf".into(), "t".into()), ("text".into(), "話を聞いた".into())]);
        let page = HiddenPage { frame: scene::frame(true), path: "/pupils/p-9/actions", fields: &fields };
        let html = scene::render("presenting_hidden", &page);
        assert!(
            html.contains("<input type=\"hidden\" name=\"text\" value=\"話を聞いた\">")
                && html.contains("name=\"show\" value=\"1\"")
        );
        assert_eq!(html.matches("話を聞いた").count(), 1);
    }
}
