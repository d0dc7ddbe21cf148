//! The parts of the schema on buying.

use async_graphql::MergedObject;

use crate::dealer::purchasing::items::events::{SupplierItemRemoved, SupplierItemWasSet};
use crate::dealer::purchasing::items::mutation::SupplierItemMutation;
use crate::dealer::purchasing::orders::events::{
    PurchaseOrderCancelled, PurchaseOrderClosed, PurchaseOrderCreated,
    PurchaseOrderPartiallyReceived, PurchaseOrderReceived, PurchaseOrderSent, PurchaseOrderUpdated,
};
use crate::dealer::purchasing::orders::graphql::{PurchaseOrderListQuery, PurchaseOrderQuery};
use crate::dealer::purchasing::orders::mutation::PurchaseOrderMutation;
use crate::dealer::purchasing::receipts::events::GoodsReceiptPosted;
use crate::dealer::purchasing::receipts::graphql::{GoodsReceiptListQuery, GoodsReceiptQuery};
use crate::dealer::purchasing::receipts::mutation::GoodsReceiptMutation;
use crate::dealer::purchasing::reorder::mutation::ReorderMutation;
use crate::dealer::purchasing::suppliers::events::{
    SupplierArchived, SupplierCreated, SupplierRestored, SupplierUpdated,
};
use crate::dealer::purchasing::suppliers::graphql::{SupplierListQuery, SupplierQuery};
use crate::dealer::purchasing::suppliers::mutation::SupplierMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    GoodsReceiptPosted::KIND,
    PurchaseOrderCreated::KIND,
    PurchaseOrderUpdated::KIND,
    PurchaseOrderSent::KIND,
    PurchaseOrderPartiallyReceived::KIND,
    PurchaseOrderReceived::KIND,
    PurchaseOrderCancelled::KIND,
    PurchaseOrderClosed::KIND,
    SupplierCreated::KIND,
    SupplierUpdated::KIND,
    SupplierArchived::KIND,
    SupplierRestored::KIND,
    SupplierItemWasSet::KIND,
    SupplierItemRemoved::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct PurchasingQueries(
    GoodsReceiptQuery,
    GoodsReceiptListQuery,
    PurchaseOrderQuery,
    PurchaseOrderListQuery,
    SupplierQuery,
    SupplierListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct PurchasingMutations(
    GoodsReceiptMutation,
    PurchaseOrderMutation,
    ReorderMutation,
    SupplierMutation,
    SupplierItemMutation,
);
