//! SQL of the fill rate.

use diesel::sql_types::{BigInt, Date, Text};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};

use crate::db::error::DbResult;
use crate::dealer::reports::areas;
use crate::dealer::reports::sales::input::Window;
use crate::tenancy::TenantTx;
use crate::tenancy::cache::{Area, Cached};

/// Orders that were wanted on some days.
#[derive(diesel::QueryableByName, Serialize, Deserialize, Clone, Copy, Debug)]
pub struct FillRow {
    /// All of them.
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
    /// Those of which all was delivered.
    #[diesel(sql_type = BigInt)]
    pub in_full: i64,
    /// Those of which all was delivered by the day on which it was wanted.
    #[diesel(sql_type = BigInt)]
    pub on_time: i64,
}

/// Orders that were wanted on days of the window, drafts and cancelled ones aside. What takes no
/// delivery is never late.
pub async fn rate(tx: &mut TenantTx, window: Window) -> DbResult<FillRow> {
    let zone = tx.context().dealer().timezone.clone();
    #[expect(clippy::disallowed_methods, reason = "diesel has no words for LATERAL")]
    let query = diesel::sql_query(
        "SELECT count(*) AS orders, count(*) FILTER (WHERE o.fulfilment = 'FULL') AS in_full, \
                count(*) FILTER (WHERE o.fulfilment = 'FULL' AND coalesce(d.last_on <= o.wanted_on, true)) \
                    AS on_time \
         FROM orders o \
         LEFT JOIN LATERAL (SELECT (max(delivered_at) AT TIME ZONE $3)::date AS last_on FROM deliveries \
                            WHERE order_id = o.id AND state = 'DELIVERED') d ON o.fulfilment = 'FULL' \
         WHERE o.wanted_on BETWEEN $1 AND $2 AND o.state IN ('CONFIRMED', 'CLOSED')",
    );
    let query = query
        .bind::<Date, _>(window.from)
        .bind::<Date, _>(window.to)
        .bind::<Text, _>(zone);
    Ok(query.get_result(tx).await?)
}

/// How orders of some days were delivered, worked out once for all who ask.
#[derive(Debug)]
pub struct RateOf(pub Window);

impl Cached for RateOf {
    type Value = FillRow;

    fn area(&self) -> &'static Area {
        &areas::FULFILMENT
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<FillRow> {
        rate(tx, self.0).await
    }
}
