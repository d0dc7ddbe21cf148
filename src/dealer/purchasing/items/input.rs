//! Inputs of what suppliers deliver.

use async_graphql::{InputObject, MaybeUndefined};

use super::model::SupplierItemId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// How a supplier delivers a product; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct SupplierItemSetInput {
    /// Which supplier.
    pub supplier_id: SupplierId,
    /// Which product.
    pub product_id: ProductId,
    /// The version that was read; another one is refused with CONFLICT. Absent if the supplier
    /// is not known to deliver the product yet.
    pub expected_version: Option<i32>,
    /// The supplier's own code of it, at most 64 characters.
    pub sku: MaybeUndefined<String>,
    /// In which it is bought, one of the product's units; its base unit if that was never
    /// said. Another one takes away the minimum and the last cost, which were in the one
    /// before.
    pub unit_id: Option<UnitId>,
    /// Days until it comes, 0 to 365; null for those of the supplier.
    pub lead_days: MaybeUndefined<i32>,
    /// How many of the unit are ordered at least; 0 if that was never said. What is ordered by
    /// reorderToPurchaseOrders keeps to it, unless a quantity is sent; a purchase order that is
    /// written by hand need not.
    pub min_quantity: Option<Decimal>,
    /// What one of the unit has cost last, with at most 4 decimals; receipts write it anew.
    /// Takes cost:read.
    pub last_cost: MaybeUndefined<Decimal>,
    /// Whether it is bought here if nobody says otherwise; whoever was preferred before is not
    /// any more.
    pub is_preferred: Option<bool>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What a supplier does not deliver any more.
#[derive(InputObject, Debug)]
pub struct SupplierItemRemoveInput {
    /// Which item.
    pub id: SupplierItemId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
