//! SQL of the log of deliveries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::{webhook_attempts, webhook_deliveries};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::kernel::ids::DealerId;
use crate::platform::reads::DealerConn;
use crate::platform::webhooks::log::LoggedRow;
use crate::platform::webhooks::model::{AttemptRow, DeliveryId, DeliveryRow};

/// A condition on deliveries.
pub type DeliveryCondition = Predicate<webhook_deliveries::table>;

sort_keys! {
    table: webhook_deliveries, row: LoggedRow,
    field: /// What deliveries can be sorted by.
        WebhookDeliveryOrderField,
    order: /// One sort key of deliveries.
        WebhookDeliveryOrder,
    sort: DeliverySort,
    keys: {
        /// By the time they were ordered.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of the dealer's deliveries, with their attempts.
pub(in crate::platform::webhooks) async fn page(
    conn: &mut DealerConn,
    filter: Option<DeliveryCondition>,
    keys: &[(DeliverySort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<LoggedRow>> {
    let filter = Some(at(conn.dealer, filter));
    let found: Page<DeliveryRow> = load_page!(
        &mut **conn.control(), webhook_deliveries as DeliveryRow, filter: filter, keys: keys, page: page
    );
    let (has_previous, has_next) = (found.has_previous, found.has_next);
    Ok(Page {
        rows: with_attempts(conn.control(), found.rows).await?,
        has_previous,
        has_next,
    })
}

/// How many match.
pub(in crate::platform::webhooks) async fn count(
    conn: &mut DealerConn,
    filter: Option<DeliveryCondition>,
) -> AppResult<i64> {
    let filter = Some(at(conn.dealer, filter));
    Ok(count_rows!(&mut **conn.control(), webhook_deliveries, filter: filter))
}

fn at(dealer: DealerId, filter: Option<DeliveryCondition>) -> DeliveryCondition {
    let own = webhook_deliveries::dealer_id.eq(dealer).nullable();
    match filter {
        Some(filter) => Box::new(own.and(filter)),
        None => Box::new(own),
    }
}

/// Deliveries with their attempts, in one statement.
pub async fn with_attempts(
    conn: &mut ControlConn,
    rows: Vec<DeliveryRow>,
) -> DbResult<Vec<LoggedRow>> {
    let ids: Vec<DeliveryId> = rows.iter().map(|row| row.id).collect();
    let attempts: Vec<AttemptRow> = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq_any(ids))
        .order((webhook_attempts::delivery_id, webhook_attempts::number))
        .select(AttemptRow::as_select())
        .load(&mut **conn)
        .await?;
    Ok(LoggedRow::join(rows, attempts))
}
