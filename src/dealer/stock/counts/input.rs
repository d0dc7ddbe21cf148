//! Inputs of counts: commands and filters.

use async_graphql::{Enum, InputObject};
use diesel::prelude::*;

use super::model::{StockCountId, StockCountState};
use super::query::StockCountCondition;
use crate::db::tenant_tables::stock_counts;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::stock::lots::naming::StockLotInput;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{DateTimeFilter, Where, bounded, nested_where, where_id, where_time};
use crate::graphql::idempotency::IdempotencyKey;

/// What to count: some products, those of a category, or all that lie in the warehouse.
#[derive(InputObject, Debug)]
pub struct StockCountOpenInput {
    /// Where; no warehouse of kind TRANSIT.
    pub warehouse_id: WarehouseId,
    /// These products, each once, whether the books know of some there or not; 1 to 1000.
    /// Absent together with categoryId: all that lie there, or did and are still sold.
    pub product_ids: Option<Vec<ProductId>>,
    /// The products of this category and those below it that lie there, or did and are still
    /// sold. Not together with productIds.
    pub category_id: Option<CategoryId>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What becomes of what was counted of a product before.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum StockCountMode {
    /// It is forgotten: this is all there is.
    #[default]
    Replace,
    /// This is added to it: there is more in another place, or in another unit.
    Add,
}

/// What was counted. All of its lines are taken, or none.
#[derive(InputObject, Debug)]
pub struct StockCountRecordInput {
    /// Which count.
    pub id: StockCountId,
    /// What was there; 1 to 200 lines, of which several may be of one product.
    pub lines: Vec<StockCountRecordLineInput>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// How much there was of a product.
#[derive(InputObject, Debug)]
pub struct StockCountRecordLineInput {
    /// Which product, one of the count's.
    pub product_id: ProductId,
    /// How much was there; here it may be zero.
    pub quantity: QuantityInput,
    /// What becomes of what was counted before. Lines of one product in this input are taken
    /// in their order, and only the first of them may replace.
    #[graphql(default)]
    pub mode: StockCountMode,
    /// The version of the line that was read; another one is refused with CONFLICT. Absent,
    /// whatever was counted by others meanwhile is replaced, or added to.
    pub expected_version: Option<i32>,
}

/// Which count to put into the books.
#[derive(InputObject, Debug)]
pub struct StockCountPostInput {
    /// Which count.
    pub id: StockCountId,
    /// The version that was read; another one is refused with CONFLICT. What is recorded
    /// raises it, so that nothing is posted that was not seen.
    pub expected_version: i32,
    /// Whether products that are not counted stay as they are in the books; otherwise they
    /// are a reason to refuse.
    #[graphql(default)]
    pub leave_out_uncounted: bool,
    /// Of which lot the difference of a product that is kept by lots is, each product once; at
    /// most 200. Needed for what was found besides; what is missing is otherwise taken from the
    /// lots that expire first.
    #[graphql(default)]
    pub lots: Vec<StockCountLotInput>,
    /// In your own words, for the movements; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Of which lot the difference of a product is.
#[derive(InputObject, Debug)]
pub struct StockCountLotInput {
    /// Which product, one of which another amount was counted than the books say.
    pub product_id: ProductId,
    /// The lot.
    pub lot: StockLotInput,
}

/// Which count to give up.
#[derive(InputObject, Debug)]
pub struct StockCountCancelInput {
    /// Which count.
    pub id: StockCountId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which counts to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct StockCountWhere {
    /// On where it is counted.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On where it stands: one of these.
    pub states: Option<Vec<StockCountState>>,
    /// On when it was opened.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<StockCountWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<StockCountWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<StockCountWhere>>,
}

impl Where for StockCountWhere {
    type Table = stock_counts::table;

    fn own(&self) -> AppResult<Vec<StockCountCondition>> {
        let mut conditions: Vec<StockCountCondition> = Vec::new();
        where_id!(conditions, stock_counts::warehouse_id, &self.warehouse_id);
        if let Some(states) = &self.states {
            bounded(states.len())?;
            conditions.push(Box::new(
                stock_counts::state.eq_any(states.clone()).nullable(),
            ));
        }
        where_time!(conditions, stock_counts::created_at, &self.created_at);
        Ok(conditions)
    }

    nested_where!();
}
