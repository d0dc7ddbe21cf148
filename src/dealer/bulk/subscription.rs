//! The surface of bulk operations: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Object, Subscription};
use futures_util::Stream;

use super::events::BulkOperationFacts;
use super::graphql::BulkOperation;
use super::loader::BulkOperationById;
use super::model::BulkOperationId;
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::tenancy::live::Delivery;

/// How far an import or export has come.
pub struct BulkOperationChange(Delivery);

/// How far an import or export has come.
#[Object(directive = open_to_all::apply())]
impl BulkOperationChange {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// The operation as it is now.
    #[graphql(guard = P::BulkRun, directive = has_permission::apply(P::BulkRun))]
    async fn bulk_operation(&self, ctx: &Context<'_>) -> AppResult<Option<BulkOperation>> {
        let id = BulkOperationId::from_uuid(self.0.event().entity_id);
        let row = ctx.unit()?.load(BulkOperationById(id)).await?;
        Ok(row.map(BulkOperation))
    }
}

/// Live updates of bulk operations.
#[derive(Default)]
pub struct BulkSubscription;

#[Subscription]
impl BulkSubscription {
    /// Imports and exports as they begin, come further (once a second at most) and end.
    #[graphql(guard = P::BulkRun, directive = has_permission::apply(P::BulkRun))]
    async fn bulk_operation_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this one; all if absent.")] id: Option<BulkOperationId>,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<BulkOperationChange, AppError>>, AppError> {
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, BulkOperationChange, move |event| {
            event.entity == BulkOperationFacts::ENTITY
                && id.is_none_or(|id| id == BulkOperationId::from_uuid(event.entity_id))
        }))
    }
}
