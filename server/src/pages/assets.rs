//! Stylesheets, the script and the pictures: part of the program, fetched once by a browser.
use super::error::PageError;
use axum::extract::{Path, RawQuery};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file of the program.
struct Asset {
    name: &'static str,
    media: &'static str,
    text: &'static str,
    /// Follows from the content: a page that names it always gets the file that it was written for.
    version: String,
}

/// What every page is styled with, by subject; what comes later wins.
const STYLE: &str = concat!(
    include_str!("style/base.css"),
    include_str!("style/charts.css"),
    include_str!("style/class.css"),
    include_str!("style/pupil.css"),
    include_str!("style/narrow.css"),
    include_str!("style/print.css"),
);

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let files = [
        ("asagao.css", STYLE),
        ("attendance.css", include_str!("attendance.css")),
        ("check_in.css", include_str!("check_in.css")),
        ("class_live.css", include_str!("class_live.css")),
        ("imports.css", include_str!("imports.css")),
        ("marking.css", include_str!("marking.css")),
        ("life.css", include_str!("life.css")),
        ("my_marks.css", include_str!("my_marks.css")),
        ("moves.css", include_str!("moves.css")),
        ("office.css", include_str!("office.css")),
        ("quality.css", include_str!("quality.css")),
        ("register.css", include_str!("register.css")),
        ("roster.css", include_str!("roster.css")),
        ("sign_in.css", include_str!("sign_in.css")),
        ("smaller.css", include_str!("smaller.css")),
        ("support.css", include_str!("support.css")),
        ("asagao.js", include_str!("asagao.js")),
        ("class_live.js", include_str!("class_live.js")),
        ("jump.js", include_str!("jump.js")),
        ("live.js", include_str!("live.js")),
        ("lock.js", include_str!("lock.js")),
        ("marking.js", include_str!("marking.js")),
        ("asagao.svg", include_str!("asagao.svg")),
        ("trellis.svg", include_str!("trellis.svg")),
    ];
    files.into_iter().map(|(name, text)| Asset::new(name, text)).collect()
});

impl Asset {
    fn new(name: &'static str, text: &'static str) -> Self {
        let media = match name.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
        let version = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..9]);
        Asset { name, media, text, version }
    }

    fn of(name: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|asset| asset.name == name)
    }
}

/// The address of a file, for templates.
#[must_use]
pub fn href(name: &str) -> String {
    let asset = Asset::of(name).expect("templates name files of the program, and every template is rendered in a test");
    format!("/assets/{name}?{}", asset.version)
}

/// `GET /assets/{name}`.
pub(super) async fn asset(Path(name): Path<String>, RawQuery(query): RawQuery) -> Result<impl IntoResponse, PageError> {
    let asset = Asset::of(&name).ok_or(PageError::NotFound)?;
    let caching = if query.as_deref() == Some(&asset.version) { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(([(CONTENT_TYPE, asset.media), (CACHE_CONTROL, caching)], asset.text))
}
