//! The surface of products: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};

use super::graphql::Product;
use super::loader::ProductById;
use super::model::ProductId;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::events::{Event, EventKind};
use crate::graphql::context::ContextExt;
use crate::graphql::filter::MAX_VALUES;
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};

/// A committed change of a product.
pub struct ProductChange {
    event: Event,
}

/// A committed change of a product.
#[Object(directive = open_to_all::apply())]
impl ProductChange {
    /// Id of the event. An event that comes twice has the same id.
    async fn event_id(&self) -> ID {
        self.event.id.simple().into()
    }

    /// When the change was made.
    async fn at(&self) -> DateTime<Utc> {
        self.event.at
    }

    /// The product as it is now.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Option<Product>> {
        let id = ProductId::from_uuid(self.event.entity);
        Ok(ctx.unit()?.load(ProductById(id)).await?.map(Product))
    }
}

/// Live updates of products.
#[derive(Default)]
pub struct ProductSubscription;

#[Subscription]
#[expect(clippy::unused_async, reason = "the macro wants it")]
impl ProductSubscription {
    /// Products created, changed, archived or restored from now on. Ends with
    /// OVERLOADED when the client reads too slowly: subscribe again and reload.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these products, at most 200; all if absent.")] ids: Option<
            Vec<ProductId>,
        >,
    ) -> Result<impl Stream<Item = Result<ProductChange, AppError>>, AppError> {
        if ids.as_ref().is_some_and(|ids| ids.len() > MAX_VALUES) {
            return Err(AppError::bad_input("ids", "may list at most 200 values"));
        }
        let wanted = move |event: &Event| {
            event.kind == EventKind::ProductChanged
                && ids
                    .as_ref()
                    .is_none_or(|ids| ids.contains(&ProductId::from_uuid(event.entity)))
        };
        let events = ctx.scope()?.subscribe()?;
        Ok(events.filter_map(move |event| {
            let change = match event {
                Ok(event) if wanted(&event) => Some(Ok(ProductChange { event })),
                Ok(_) => None,
                Err(lagged) => Some(Err(AppError::new(
                    ErrorCode::Overloaded,
                    "the client reads too slowly and has missed changes; subscribe again",
                )
                .with_cause(lagged))),
            };
            std::future::ready(change)
        }))
    }
}
