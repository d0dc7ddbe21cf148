//! The surface of products: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;

use super::events::ProductFacts;
use super::graphql::Product;
use super::loader::ProductById;
use super::model::ProductId;
use crate::error::AppError;
use crate::graphql::change::{Wanted, change};
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission};

change! {
    /// A committed change of a product.
    ProductChange {
        /// What has happened, for instance product.updated.
        event,
        /// When the change was made.
        at,
        /// The product as it is now.
        product: Product by ProductById(ProductId),
    }
    needs: ProductsRead,
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
        let wanted = Wanted::of(ids, ProductId::uuid)?;
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, ProductChange, move |event| {
            event.entity == ProductFacts::ENTITY && wanted.has(event)
        }))
    }
}
