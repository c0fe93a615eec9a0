//! Telling an adult at once that a pupil asks to talk.
use super::{Consultation, Which, list};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::events::Event;
use async_graphql::futures_util::stream::{self, BoxStream, StreamExt};
use async_graphql::{Context, Subscription};
use std::collections::{HashSet, VecDeque};
use std::time::Duration;
use uuid::Uuid;

/// What may be listened to of consultations.
#[derive(Default)]
pub struct ConsultationSubscription;

#[Subscription]
impl ConsultationSubscription {
    /// The consultations that are with you and that you have not taken: first those that wait already, then each as it comes, whether the
    /// pupil asked you or it went on to you. Each is told once a subscription.
    async fn consultation_arrived(&self, ctx: &Context<'_>) -> Result<BoxStream<'static, Consultation>> {
        let scope = Scope::with(ctx, Right::ConsultationTake)?.clone();
        let listener = Listener { events: scope.events(), scope, told: HashSet::new(), next: VecDeque::new(), wait: false };
        Ok(stream::unfold(listener, Listener::next).boxed())
    }
}

/// How long to wait where the records could not be read.
const PAUSE: Duration = Duration::from_secs(5);

struct Listener {
    scope: Scope,
    events: BoxStream<'static, Event>,
    /// Each time that one came to somebody is a step of its own.
    told: HashSet<Uuid>,
    next: VecDeque<Consultation>,
    /// Whether everything has been read, up to the next event.
    wait: bool,
}

impl Listener {
    async fn next(mut self) -> Option<(Consultation, Self)> {
        loop {
            if let Some(next) = self.next.pop_front() {
                return Some((next, self));
            }
            while self.wait {
                match self.events.next().await? {
                    Event::Consultation { to } if to == self.scope.holder() => self.wait = false,
                    Event::Missed => self.wait = false,
                    _ => {}
                }
            }
            match list(&self.scope, Which::Waiting).await {
                Ok(waiting) => {
                    self.wait = true;
                    let told = &mut self.told;
                    self.next.extend(waiting.into_iter().filter(|of| told.insert(of.step)));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}
