//! What a class shows of wellbeing.
use super::consultation::{self, Consultation};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use async_graphql::{Context, Object};
use uuid::Uuid;

/// The wellbeing of a class.
pub struct ClassWellbeing(pub(crate) Uuid);

/// The wellbeing of a class.
#[Object]
impl ClassWellbeing {
    /// The pupils of the class who have asked you to talk (相談したい) and with whom it is not over, the oldest first. Nobody else sees
    /// them, whatever their duty. Null for those whom nobody can ask.
    #[graphql(complexity = "10 + child_complexity")]
    async fn consultations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Consultation>>> {
        consultation::of_class(Scope::with(ctx, Right::ConsultationTake)?, self.0).await.map(Some)
    }
}
