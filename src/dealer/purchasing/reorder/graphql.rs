//! The surface of ordering what runs out: objects.

use async_graphql::{Context, Object, SimpleObject};

use super::choose::ReorderLeftReason;
use super::service::{Left, Reordered};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::purchasing::orders::graphql::PurchaseOrder;
use crate::error::{AppResult, UserError};
use crate::graphql::permit::{Permission as P, has_permission};

/// Something that runs out and was not ordered.
pub struct ReorderLeft(Left);

/// Something that runs out and was not ordered, since nobody knows of whom.
#[Object(directive = has_permission::apply(P::PurchasingRead))]
impl ReorderLeft {
    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.suggestion.level.product_id).await
    }

    /// How much should be bought.
    async fn quantity(&self) -> Quantity {
        let suggestion = &self.0.suggestion;
        Quantity::in_base_of(suggestion.level.product_id, suggestion.wanted())
    }

    /// Why it was not.
    async fn reason(&self) -> ReorderLeftReason {
        self.0.reason
    }
}

/// Result of reorderToPurchaseOrders.
#[derive(SimpleObject)]
pub struct ReorderToPurchaseOrdersPayload {
    /// The drafts, one for each supplier; null if it was refused. One who gets more than 200
    /// lines has several.
    pub purchase_orders: Option<Vec<PurchaseOrder>>,
    /// What runs out and was not ordered, since nobody is known to deliver it or none of
    /// several is preferred.
    pub left: Vec<ReorderLeft>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl From<Result<Reordered, Vec<UserError>>> for ReorderToPurchaseOrdersPayload {
    fn from(outcome: Result<Reordered, Vec<UserError>>) -> Self {
        match outcome {
            Ok(done) => Self {
                purchase_orders: Some(done.orders.into_iter().map(PurchaseOrder).collect()),
                left: done.left.into_iter().map(ReorderLeft).collect(),
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                purchase_orders: None,
                left: Vec::new(),
                user_errors,
            },
        }
    }
}
