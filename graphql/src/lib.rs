//! The school: its records, each with its object, queries, mutations and SQL in one file. Knows no HTTP.
pub mod access;
pub mod attendance;
pub mod clock;
mod days;
pub mod db;
pub mod error;
pub mod events;
pub mod formats;
mod id;
pub mod jobs;
pub mod learning;
pub mod limits;
mod map_only;
pub mod marks;
pub mod page;
pub mod retention;
pub mod roster;
pub mod scalar;
pub mod support;
pub mod wellbeing;
mod written;

use access::class::Mfa;
use access::field_class::Guarded;
use access::scope::Scope;
use async_graphql::dataloader::DataLoader;
use async_graphql::futures_util::stream::{BoxStream, StreamExt};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use async_graphql::{MergedObject, MergedSubscription, Request, Response};
use db::Db;
use std::collections::BTreeSet;
use std::pin::Pin;

/// What may be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    access::audit::query::AccessLogQuery,
    access::reason::ReasonQuery,
    roster::board::BoardQuery,
    roster::school::SchoolQuery,
    roster::class::ClassQuery,
    roster::homeroom::HomeroomQuery,
    roster::pupil::PupilQuery,
    roster::search::PupilSearchQuery,
    roster::guardian::GuardianQuery,
    roster::staff::StaffQuery,
    roster::moves::query::MoveQuery,
    roster::duties::DutyQuery,
    jobs::turnover::TurnoverQuery,
    jobs::roster_import::RosterImportQuery,
    attendance::kind::AttendanceKindQuery,
    attendance::today::TodayQuery,
    attendance::long_absence::LongAbsenceQuery,
    marks::term::TermQuery,
    marks::scheme::MarkSchemeQuery,
    wellbeing::word::BoardWordQuery,
    wellbeing::consultation::ConsultationQuery,
    wellbeing::consultation::ConsultationChoiceQuery,
    wellbeing::consultation::ConsultationSettingQuery,
    wellbeing::health::SchoolHealthQuery,
    wellbeing::infirmary::InfirmaryQuery,
    support::analysis_run::AnalysisRunQuery,
    support::settings::AnalysisRuleQuery,
    support::settings::AnalysisCapacityQuery,
    support::quality::AnalysisQualityQuery,
    support::flag::SupportFlagQuery,
    support::sheet::write::SupportSheetQuery,
    support::sheet::mine::MySupportQuery,
    retention::rule::RetentionRuleQuery,
    retention::due::DueQuery,
    retention::plan::DeletionPlanQuery,
    retention::deletion::DeletionQuery,
    retention::hold::LegalHoldQuery,
);

/// What may be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    access::opening::OpeningMutation,
    roster::guardian::GuardianMutation,
    roster::guardian::ProtectionMutation,
    roster::moves::MoveMutation,
    roster::duties::DutyMutation,
    jobs::turnover::TurnoverMutation,
    jobs::roster_import::RosterImportMutation,
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
    attendance::calendar::file::CalendarFileMutation,
    wellbeing::mood::MoodMutation,
    marks::term::TermMutation,
    marks::scheme::MarkSchemeMutation,
    marks::assessment::AssessmentMutation,
    marks::result::ResultMutation,
    marks::decision::MarkDecisionMutation,
    marks::remark::RemarkMutation,
    marks::closing::ClosingMutation,
    wellbeing::word::BoardWordMutation,
    wellbeing::consultation::ConsultationMutation,
    wellbeing::consultation::ConsultationAnswerMutation,
    wellbeing::consultation::ConsultationSettingMutation,
    wellbeing::health::HealthMutation,
    wellbeing::infirmary::InfirmaryMutation,
    support::action::SupportActionMutation,
    support::sheet::write::SupportSheetMutation,
    support::analysis_run::AnalysisRunMutation,
    support::settings::AnalysisRuleMutation,
    support::settings::AnalysisCapacityMutation,
    support::exclusion::ExclusionMutation,
    support::review::SupportFlagMutation,
    retention::rule::RetentionRuleMutation,
    retention::hold::LegalHoldMutation,
    retention::delete::DeleteDueMutation,
);

/// What may be listened to.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    wellbeing::consultation::ConsultationSubscription,
    wellbeing::health::HealthSubscription,
    learning::live::LiveSubscription,
);

/// The API. Whoever asks it meets one function that is compiled here: the resolvers are generic down to the last field, and a crate that
/// asked them itself would compile all of them once more.
#[derive(Clone)]
pub struct Schema {
    schema: async_graphql::Schema<Query, Mutation, Subscription>,
    /// Whether more than one factor may have to be shown for a field, which is asked at every one of them.
    guarded: bool,
}

impl Schema {
    /// Answers a request.
    #[must_use]
    pub fn execute(&self, request: Request) -> Pin<Box<dyn Future<Output = Response> + Send>> {
        let schema = self.schema.clone();
        Box::pin(async move { schema.execute(request).await })
    }

    /// A request whose answer is written out as JSON and read by nobody here: its long lists are written at once.
    #[must_use]
    pub fn for_json(&self, request: Request) -> Request {
        if self.guarded { request } else { written::at_once(request) }
    }

    /// Answers a subscription, for as long as somebody listens; a query or a mutation once.
    #[must_use]
    pub fn stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request).boxed()
    }

    /// The names of what may be asked, done and listened to.
    #[must_use]
    pub fn root_fields(&self) -> BTreeSet<String> {
        let document = parse_schema(self.sdl()).expect("what was written out can be read");
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(of) => Some(of.node),
            _ => None,
        });
        let roots = types.filter(|of| ["Query", "Mutation", "Subscription"].contains(&of.name.node.as_str()));
        let fields = roots.filter_map(|of| match of.kind {
            TypeKind::Object(object) => Some(object.fields),
            _ => None,
        });
        fields.flatten().map(|field| field.node.name.node.to_string()).collect()
    }

    /// The API as text.
    #[must_use]
    pub fn sdl(&self) -> String {
        self.schema.sdl()
    }
}

/// The API with its limits. What clients send goes through [`limits::check`] before.
#[must_use]
pub fn schema() -> Schema {
    build(None, true)
}

/// The API of a database, which asks for more than one factor where its board has raised single fields. Where it does not introduce itself,
/// its errors suggest no names either.
#[must_use]
pub fn schema_of(db: &Db, introspection: bool) -> Schema {
    build(db.mfa.as_deref().and_then(Mfa::guarded_fields), introspection)
}

fn build(guarded: Option<Guarded>, suggestions: bool) -> Schema {
    let schema = async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_depth(limits::MOST_DEPTH_OF_SCHEMA)
        .limit_complexity(5_000)
        .limit_directives(limits::MOST_DIRECTIVES_OF_A_PLACE);
    let schema = if suggestions { schema } else { schema.disable_suggestions() };
    // Asked at every field, so only where there is something to ask.
    match guarded {
        Some(guarded) => Schema { schema: schema.extension(guarded).finish(), guarded: true },
        None => Schema { schema: schema.finish(), guarded: false },
    }
}

/// A request in the name of a viewer: its row scope, and the loader that keeps to it.
#[must_use]
pub fn authorized(request: Request, scope: &Scope) -> Request {
    request.data(scope.clone()).data(DataLoader::new(scope.clone(), tokio::spawn))
}
