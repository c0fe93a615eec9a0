//! The school: its records, each with its object, queries, mutations and SQL in one file. Knows no HTTP.
pub mod access;
pub mod attendance;
pub mod clock;
pub mod db;
pub mod error;
pub mod formats;
mod id;
pub mod jobs;
pub mod learning;
pub mod page;
pub mod retention;
pub mod roster;
pub mod scalar;
pub mod support;
pub mod wellbeing;

use access::scope::Scope;
use async_graphql::dataloader::DataLoader;
use async_graphql::{EmptySubscription, MergedObject, Request};

/// What may be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    roster::board::BoardQuery,
    roster::school::SchoolQuery,
    roster::class::ClassQuery,
    roster::homeroom::HomeroomQuery,
    roster::pupil::PupilQuery,
    roster::search::PupilSearchQuery,
    roster::staff::StaffQuery,
    roster::moves::query::MoveQuery,
    roster::duties::DutyQuery,
    jobs::turnover::TurnoverQuery,
    attendance::kind::AttendanceKindQuery,
    attendance::today::TodayQuery,
    attendance::long_absence::LongAbsenceQuery,
    support::analysis_run::AnalysisRunQuery,
    support::flag::SupportFlagQuery,
    retention::rule::RetentionRuleQuery,
    retention::due::DueQuery,
    retention::plan::DeletionPlanQuery,
    retention::deletion::DeletionQuery,
    retention::hold::LegalHoldQuery,
);

/// What may be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    roster::moves::MoveMutation,
    roster::duties::DutyMutation,
    jobs::turnover::TurnoverMutation,
    learning::activity::ActivityMutation,
    learning::assignment::AssignmentMutation,
    attendance::kind::AttendanceKindMutation,
    attendance::take::AttendanceMutation,
    attendance::decide::DecisionMutation,
    attendance::closure::ClosureMutation,
    attendance::recognition::RecognitionMutation,
    attendance::lesson::timetable::TimetableMutation,
    attendance::lesson::mark::LessonMutation,
    attendance::calendar::change::CalendarMutation,
    attendance::calendar::lay_out::CalendarYearMutation,
    wellbeing::mood::MoodMutation,
    support::action::SupportActionMutation,
    support::analysis_run::AnalysisRunMutation,
    support::review::SupportFlagMutation,
    retention::rule::RetentionRuleMutation,
    retention::hold::LegalHoldMutation,
    retention::delete::DeleteDueMutation,
);

/// The API.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The API with its limits.
#[must_use]
pub fn schema() -> Schema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_depth(12)
        .limit_complexity(5_000)
        .limit_directives(20)
        .finish()
}

/// A request in the name of a viewer: its row scope, and the loader that keeps to it.
#[must_use]
pub fn authorized(request: Request, scope: &Scope) -> Request {
    request.data(scope.clone()).data(DataLoader::new(scope.clone(), tokio::spawn))
}
