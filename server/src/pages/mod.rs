//! The pages that people see: a page is three files with one name, `class.graphql`, `class.html` and `class.rs`.
mod address;
mod again;
pub mod assets;
pub mod attendance;
mod attendance_record;
pub mod attendance_today;
mod board_words;
pub mod calendar;
pub mod chart;
pub mod check_in;
mod check_in_talk;
mod check_in_trouble;
mod check_in_words;
pub mod class;
pub mod class_history;
mod class_live;
pub mod class_presenting;
pub mod class_term;
pub mod classes;
mod closures;
mod consultations;
pub mod csrf;
mod day;
mod decisions;
mod device;
pub mod error;
mod family;
mod file;
pub mod flag;
mod flag_guide;
mod flags_fresh;
pub mod frame;
mod health;
pub mod import;
pub mod imports;
mod infirmary;
mod lessons;
pub mod lock;
pub mod long_absence;
mod looks;
mod mark_scheme;
mod marking;
mod mine;
pub mod moves;
mod my_looks;
mod my_marks;
mod my_sessions;
pub mod next_year;
pub mod notice;
mod presenting_hidden;
mod provider;
mod provider_words;
pub mod pupil;
mod pupil_family;
pub mod pupil_history;
pub mod pupil_summary;
mod pupil_support;
pub mod pupils;
mod quality;
pub mod record;
mod record_opening;
pub mod register;
mod register_year;
mod report_cards;
pub mod retention;
pub mod roster;
mod ruby;
mod rules;
mod school_health;
pub mod session;
mod sessions;
pub mod sign_in;
mod sign_in_words;
pub mod staff;
mod support;
mod talk_setting;
mod term_marks;
mod terms;
mod timetable;
mod words;

#[cfg(test)]
mod scene;

use crate::router::App;
use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Html;
use axum::routing::{get, post};
use error::PageError;

/// Every page.
pub(crate) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(sign_in::home))
        .route("/sign-in", get(sign_in::page).post(sign_in::enter))
        .route("/sign-in/{key}", get(provider::begin))
        .route("/sign-in/{key}/callback", get(provider::back))
        .route("/sign-out", post(sign_in::leave))
        .route("/sessions", get(sessions::page).post(sessions::send))
        .route("/lock", post(lock::lock))
        .route("/locked", get(lock::page))
        .route("/stay", get(sign_in::stay))
        .route("/presentation", post(sign_in::present))
        .route("/classes", get(classes::page))
        .route("/classes/{id}", get(class::page))
        .route("/classes/{id}/live", get(class_live::page))
        .route("/classes/{id}/attendance", get(attendance::page).post(attendance::take))
        .route("/classes/{id}/roster", get(roster::page).post(roster::download))
        .route("/classes/{id}/register", get(register::page).post(register::download))
        .route("/classes/{id}/register/year", get(register_year::page).post(register_year::download))
        .route("/classes/{id}/decisions", get(decisions::page).post(decisions::send))
        .route("/classes/{id}/closures", get(closures::page).post(closures::send))
        .route("/classes/{id}/lessons", get(lessons::page).post(lessons::send))
        .route("/classes/{id}/marks", get(term_marks::page).post(term_marks::send))
        .route("/classes/{id}/report", get(report_cards::page).post(report_cards::send))
        .route("/classes/{id}/health", get(health::page).post(health::send))
        .route("/classes/{id}/timetable", get(timetable::page).post(timetable::send))
        .route("/attendance-today", get(attendance_today::page))
        .route("/terms", get(terms::page).post(terms::send))
        .route("/calendar", get(calendar::page))
        .route("/calendar/year", post(calendar::lay_out))
        .route("/calendar/days", post(calendar::set))
        .route("/calendar/file", post(calendar::download))
        .route("/calendar/import", post(calendar::preview))
        .route("/calendar/import/apply", post(calendar::apply))
        .route("/retention", get(retention::page).post(retention::send))
        .route("/long-absence", get(long_absence::page))
        .route("/quality", get(quality::page))
        .route("/flags/guide", get(flag_guide::page))
        .route("/flags/{id}/answer", post(flag::answer))
        .route("/flags/{id}/withdraw", post(flag::withdraw))
        .route("/pupils", get(pupils::page).post(pupils::search))
        .route("/pupils/{id}", get(pupil::page))
        .route("/pupils/{id}/attendance", get(attendance_record::page).post(attendance_record::send))
        .route("/classes/{id}/term", get(class_term::page))
        .route("/classes/{id}/history", get(class_history::page))
        .route("/pupils/{id}/summary", get(pupil_summary::page))
        .route("/pupils/{id}/history", get(pupil_history::page))
        .route("/pupils/{id}/move", get(moves::pupil_page).post(moves::pupil_send))
        .route("/schools/{id}/moves", get(moves::page).post(moves::send))
        .route("/schools/{id}/health", get(school_health::page))
        .route("/schools/{id}/infirmary", get(infirmary::page).post(infirmary::send))
        .route("/infirmary", get(infirmary::first))
        .route("/consultations", get(consultations::page).post(consultations::send))
        .route("/words", get(board_words::page).post(board_words::send))
        .route("/rules", get(rules::page).post(rules::set_rule))
        .route("/schools/{id}/rules", get(rules::of_school).post(rules::set_share))
        .route("/schools/{id}/talk", get(talk_setting::page).post(talk_setting::send))
        .route("/schools/{id}/staff", get(staff::page).post(staff::send))
        .route("/schools/{id}/mark-scheme", get(mark_scheme::page).post(mark_scheme::send))
        .route("/schools/{id}/next-year", get(next_year::page).post(next_year::send))
        .route("/imports", get(imports::page).post(imports::send).layer(DefaultBodyLimit::disable()))
        .route("/imports/export", post(imports::export))
        .route("/imports/{id}", get(import::page).post(import::send))
        .route("/pupils/{id}/actions", post(flag::act))
        .route("/pupils/{id}/support", get(pupil_support::page).post(pupil_support::send))
        .route("/support", get(support::page).post(support::send))
        .route("/pupils/{id}/looks", get(looks::of_pupil))
        .route("/staff/{id}/looks", get(looks::of_staff))
        .route("/my-marks", get(my_marks::page))
        .route("/my-looks", get(my_looks::page))
        .route("/my-sessions", get(my_sessions::page).post(my_sessions::send))
        .route("/family", get(family::page).post(family::send))
        .route("/family/{id}/marks", get(my_marks::of_child))
        .route("/family/{id}/looks", get(my_looks::of_child))
        .route("/pupils/{id}/family", get(pupil_family::page).post(pupil_family::send))
        .route("/records", get(record_opening::page).post(record_opening::send))
        .route("/check-in", get(check_in::page).post(check_in::send))
        .route("/assets/{name}", get(assets::asset))
        .layer(from_fn_with_state(app.clone(), error::around))
}

/// A page, written out.
pub(crate) fn html(page: &impl Template) -> Result<Html<String>, PageError> {
    page.render().map(Html).map_err(|error| {
        tracing::error!(%error, "a page cannot be written out");
        PageError::Internal
    })
}
