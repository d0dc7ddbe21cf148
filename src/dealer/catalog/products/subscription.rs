//! The surface of products: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::events::ProductFacts;
use super::graphql::Product;
use super::loader::ProductById;
use super::model::ProductId;
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::filter::MAX_VALUES;
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::tenancy::live::Delivery;

/// A committed change of a product.
pub struct ProductChange(Delivery);

/// A committed change of a product.
#[Object(directive = open_to_all::apply())]
impl ProductChange {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// What has happened, for instance product.updated.
    async fn event(&self) -> &str {
        &self.0.event().name
    }

    /// When the change was made.
    async fn at(&self) -> DateTime<Utc> {
        self.0.event().at
    }

    /// The product as it is now.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Option<Product>> {
        let id = ProductId::from_uuid(self.0.event().entity_id);
        Ok(ctx.unit()?.load(ProductById(id)).await?.map(Product))
    }
}

/// Live updates of products.
#[derive(Default)]
pub struct ProductSubscription;

#[Subscription]
impl ProductSubscription {
    /// Products created, changed, archived or restored: each change once, in the
    /// order of the commits.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these products, at most 200; all if absent.")] ids: Option<
            Vec<ProductId>,
        >,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<ProductChange, AppError>>, AppError> {
        if ids.as_ref().is_some_and(|ids| ids.len() > MAX_VALUES) {
            return Err(AppError::bad_input("ids", "may list at most 200 values"));
        }
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, ProductChange, move |event| {
            event.entity == ProductFacts::ENTITY
                && ids
                    .as_ref()
                    .is_none_or(|ids| ids.contains(&ProductId::from_uuid(event.entity_id)))
        }))
    }
}
