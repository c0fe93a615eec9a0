//! 知らせの読み方: how a teacher reads a flag, and when to distrust it.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::session::Session;
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::response::Html;

#[derive(Template)]
#[template(path = "flag_guide.html")]
struct GuidePage {
    frame: Frame,
}

/// `GET /flags/guide`, for whoever may see flags or decides on what they go by.
pub(super) async fn page(session: Session) -> Result<Html<String>, PageError> {
    let rights = [Right::FlagRead, Right::AnalysisRuleWrite, Right::AnalysisCapacityWrite];
    if !rights.into_iter().any(|right| session.may(right)) {
        return Err(PageError::NotFound);
    }
    html(&GuidePage { frame: session.frame(Nav::staff(Here::Elsewhere)) })
}
