//! The surface of what suppliers deliver.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::loader::ItemsByProduct;
use super::model::SupplierItemRow;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::graphql::product_of;
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::purchasing::suppliers::graphql::{Supplier, supplier_of};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};

/// A product as one supplier delivers it.
#[derive(Clone)]
pub struct SupplierItem(pub SupplierItemRow);

impl From<SupplierItemRow> for SupplierItem {
    fn from(row: SupplierItemRow) -> Self {
        Self(row)
    }
}

/// A product as one supplier delivers it.
#[Object(directive = has_permission::apply(P::SuppliersRead))]
impl SupplierItem {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Who delivers it.
    async fn supplier(&self, ctx: &Context<'_>) -> AppResult<Supplier> {
        supplier_of(ctx, self.0.supplier_id).await
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// The supplier's own code of it.
    async fn sku(&self) -> Option<&str> {
        self.0.sku.as_deref()
    }

    /// In which it is bought.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        unit_of(ctx, self.0.unit_id).await
    }

    /// Days from the sending of an order until it comes; null for those of the supplier.
    async fn lead_days(&self) -> Option<i16> {
        self.0.lead_days
    }

    /// How many of the unit are ordered at least. What is ordered by reorderToPurchaseOrders
    /// keeps to it, unless a quantity is sent; a purchase order that is written by hand need
    /// not.
    async fn min_quantity(&self) -> Decimal {
        Decimal(self.0.min_quantity.normalize())
    }

    /// What one of the unit has cost last, freight and the like left out; null if that is not
    /// known.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn last_cost(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let cost = self.0.last_cost;
        cost.map(|cost| Money::of_dealer(ctx, cost.normalize()))
            .transpose()
    }

    /// Whether it is bought here if nobody says otherwise.
    async fn is_preferred(&self) -> bool {
        self.0.is_preferred
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Who delivers a product, the preferred supplier first.
pub(crate) async fn items_of(
    ctx: &Context<'_>,
    product: ProductId,
) -> AppResult<Vec<SupplierItem>> {
    let rows = ctx.unit()?.load_list(ItemsByProduct(product)).await?;
    Ok(rows.into_iter().map(SupplierItem).collect())
}
