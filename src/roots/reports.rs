//! The parts of the schema on how business goes.

use async_graphql::MergedObject;

use crate::dealer::reports::dashboard::graphql::DashboardQuery;
use crate::dealer::reports::fill::graphql::FillQuery;
use crate::dealer::reports::reconcile::graphql::SalesReconcileQuery;
use crate::dealer::reports::sales::graphql::SalesQuery;
use crate::dealer::reports::shelf::graphql::ShelfQuery;

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct ReportQueries(
    DashboardQuery,
    FillQuery,
    SalesQuery,
    SalesReconcileQuery,
    ShelfQuery,
);
