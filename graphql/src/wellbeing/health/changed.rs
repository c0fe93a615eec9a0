//! Telling that a school's morning, or a class's attendance, has changed.
use super::of_school::{self, SchoolHealth};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::summary::{self, AttendanceSummary};
use crate::error::Result;
use crate::events::Event;
use crate::id;
use async_graphql::futures_util::stream::{BoxStream, StreamExt};
use async_graphql::{Context, ID, Subscription};

/// What may be listened to of a school's morning.
#[derive(Default)]
pub struct HealthSubscription;

#[Subscription]
impl HealthSubscription {
    /// Today's morning of a school, each time that something of it was noted. Nothing comes while you may not see it.
    async fn school_health_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school.")] school_id: ID,
    ) -> Result<BoxStream<'static, SchoolHealth>> {
        let scope = Scope::with(ctx, Right::HealthRead)?.clone();
        let school = id::parse(&school_id).unwrap_or_default();
        let about = move |event: &Event| matches!(event, Event::Missed) || *event == Event::Health { school };
        let changes = scope.events().filter(move |event| std::future::ready(about(event)));
        Ok(changes
            .filter_map(move |_| {
                let scope = scope.clone();
                async move { of_school::of_school(&scope, school, scope.today()).await.ok().flatten() }
            })
            .boxed())
    }
    /// A class's day in numbers, each time that its attendance was taken. Nothing comes while you may not see it.
    async fn attendance_taken(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The class.")] class_id: ID,
    ) -> Result<BoxStream<'static, AttendanceSummary>> {
        let scope = Scope::with(ctx, Right::AttendanceRead)?.clone();
        let class = id::parse(&class_id).unwrap_or_default();
        let about = move |event: &Event| matches!(event, Event::Missed) || *event == Event::Attendance { class };
        let changes = scope.events().filter(move |event| std::future::ready(about(event)));
        Ok(changes
            .filter_map(move |_| {
                let scope = scope.clone();
                async move { summary::of_class(&scope, class, scope.today()).await.ok().flatten() }
            })
            .boxed())
    }
}
