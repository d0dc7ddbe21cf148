//! The parts of the schema on stock.

use async_graphql::MergedObject;

use crate::dealer::stock::adjust::mutation::StockAdjustMutation;
use crate::dealer::stock::availability::graphql::AvailabilityQuery;
use crate::dealer::stock::counts::events::{
    StockCountCancelled, StockCountOpened, StockCountPosted, StockCountRecorded,
};
use crate::dealer::stock::counts::graphql::{StockCountListQuery, StockCountQuery};
use crate::dealer::stock::counts::mutation::StockCountMutation;
use crate::dealer::stock::graphql::StockLevelQuery;
use crate::dealer::stock::holds::events::{ReservationMade, ReservationReleased};
use crate::dealer::stock::holds::graphql::StockReservationQuery;
use crate::dealer::stock::holds::mutation::StockHoldMutation;
use crate::dealer::stock::ledger::events::MovementPosted;
use crate::dealer::stock::ledger::graphql::StockMovementQuery;
use crate::dealer::stock::ledger::trace::LotTraceQuery;
use crate::dealer::stock::lots::events::{LotCame, LotTrackingSet};
use crate::dealer::stock::lots::graphql::LotListQuery;
use crate::dealer::stock::lots::mutation::LotMutation;
use crate::dealer::stock::reconcile::graphql::StockReconcileQuery;
use crate::dealer::stock::reorder::events::{
    StockLevelRanLow, StockLevelReserved, StockLevelWasSet,
};
use crate::dealer::stock::reorder::graphql::{ReorderQuery, StockLevelMutation};
use crate::dealer::stock::transfers::events::{
    TransferApproved, TransferCancelled, TransferCreated, TransferDispatched, TransferReceived,
};
use crate::dealer::stock::transfers::graphql::{TransferListQuery, TransferQuery};
use crate::dealer::stock::transfers::mutation::TransferMutation;
use crate::dealer::stock::valuation::graphql::StockValuationQuery;
use crate::dealer::stock::warehouses::events::{
    WarehouseArchived, WarehouseCreated, WarehouseUpdated,
};
use crate::dealer::stock::warehouses::graphql::{
    WarehouseListQuery, WarehouseMutation, WarehouseQuery,
};
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    LotCame::KIND,
    LotTrackingSet::KIND,
    ReservationMade::KIND,
    MovementPosted::KIND,
    ReservationReleased::KIND,
    StockCountCancelled::KIND,
    StockCountOpened::KIND,
    StockCountPosted::KIND,
    StockCountRecorded::KIND,
    StockLevelRanLow::KIND,
    StockLevelReserved::KIND,
    StockLevelWasSet::KIND,
    TransferApproved::KIND,
    TransferCancelled::KIND,
    TransferCreated::KIND,
    TransferDispatched::KIND,
    TransferReceived::KIND,
    WarehouseCreated::KIND,
    WarehouseUpdated::KIND,
    WarehouseArchived::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct StockQueries(
    AvailabilityQuery,
    LotTraceQuery,
    LotListQuery,
    ReorderQuery,
    StockCountQuery,
    StockCountListQuery,
    StockLevelQuery,
    StockMovementQuery,
    StockReconcileQuery,
    StockReservationQuery,
    StockValuationQuery,
    TransferQuery,
    TransferListQuery,
    WarehouseQuery,
    WarehouseListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct StockMutations(
    LotMutation,
    StockAdjustMutation,
    StockCountMutation,
    StockHoldMutation,
    StockLevelMutation,
    TransferMutation,
    WarehouseMutation,
);
