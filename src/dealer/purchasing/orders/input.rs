//! Inputs of purchase orders: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{PurchaseOrderId, PurchaseOrderState};
use super::query::PurchaseOrderCondition;
use crate::db::tenant_tables::purchase_orders;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::purchasing::suppliers::input::SupplierIdFilter;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateTimeFilter, Where, bounded, id_filter, nested_where, where_id, where_time,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

id_filter!(PurchaseOrderIdFilter, PurchaseOrderId, "a purchase order");

/// Goods to order of one supplier, in the dealer's currency.
#[derive(InputObject, Debug)]
pub struct PurchaseOrderCreateInput {
    /// Of whom.
    pub supplier_id: SupplierId,
    /// Where the goods shall be.
    pub warehouse_id: WarehouseId,
    /// What; 1 to 200 lines. A product may stand in several.
    pub lines: Vec<PurchaseOrderLineInput>,
    /// The supplier's own number of it, such as that of his offer; at most 100 characters.
    pub reference: Option<String>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// One line of a purchase order.
#[derive(InputObject, Debug)]
pub struct PurchaseOrderLineInput {
    /// Which product.
    pub product_id: ProductId,
    /// How much. It may be less than the supplier's minimum (`SupplierItem.minQuantity`).
    pub quantity: QuantityInput,
    /// What one of the quantity's unit costs, with at most 4 decimals; what it has cost last if
    /// absent. Takes cost:read.
    pub unit_cost: Option<Decimal>,
    /// On which day it should come; absent, it is reckoned when the order is sent.
    pub expected_on: Option<NaiveDate>,
}

/// What to change of a draft; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct PurchaseOrderUpdateInput {
    /// Which order.
    pub id: PurchaseOrderId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Another place for the goods.
    pub warehouse_id: Option<WarehouseId>,
    /// Other lines in place of all there are; 1 to 200.
    pub lines: Option<Vec<PurchaseOrderLineInput>>,
    /// The supplier's own number of it, at most 100 characters.
    pub reference: MaybeUndefined<String>,
    /// In your own words; at most 500 characters.
    pub note: MaybeUndefined<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which purchase order to move on.
#[derive(InputObject, Debug)]
pub struct PurchaseOrderStepInput {
    /// Which order.
    pub id: PurchaseOrderId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent. Needed by purchaseOrderSend.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which purchase orders to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PurchaseOrderWhere {
    /// On the supplier.
    pub supplier_id: Option<SupplierIdFilter>,
    /// On where the goods shall be.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On where it stands: one of these.
    pub states: Option<Vec<PurchaseOrderState>>,
    /// On when it was made.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<PurchaseOrderWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<PurchaseOrderWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<PurchaseOrderWhere>>,
}

impl Where for PurchaseOrderWhere {
    type Table = purchase_orders::table;

    fn own(&self) -> AppResult<Vec<PurchaseOrderCondition>> {
        let mut conditions: Vec<PurchaseOrderCondition> = Vec::new();
        where_id!(conditions, purchase_orders::supplier_id, &self.supplier_id);
        where_id!(
            conditions,
            purchase_orders::warehouse_id,
            &self.warehouse_id
        );
        if let Some(states) = &self.states {
            bounded(states.len())?;
            conditions.push(Box::new(
                purchase_orders::state.eq_any(states.clone()).nullable(),
            ));
        }
        where_time!(conditions, purchase_orders::created_at, &self.created_at);
        Ok(conditions)
    }

    nested_where!();
}
