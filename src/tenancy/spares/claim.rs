//! Taking a spare over: one statement, of which nobody else notices anything.
//!
//! Renaming a schema would be as quick. But every change of the list of schemas
//! throws away all plans of all sessions, so running load would pay for it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::dealers;
use crate::db::error::DbResult;
use crate::tenancy::directory::{Dealer, DealerRow, DealerStatus};
use crate::tenancy::provision::NewDealer;

diesel::alias!(const SPARES: Alias<Spare> = dealers as spare);

/// Makes the oldest spare that is at `needed` or newer the schema of a new
/// dealer, who is ACTIVE from then on. None if there is no such spare.
///
/// Callers at the same moment do not wait for each other: each skips what another
/// one has locked.
pub async fn spare_claim_tx(
    conn: &mut ControlConn,
    new: &NewDealer,
    needed: Option<&str>,
    now: DateTime<Utc>,
) -> DbResult<Option<Dealer>> {
    let version = SPARES.field(dealers::schema_version);
    // A scalar, not IN: that may be run once per row, and then lock several.
    let oldest = SPARES
        .filter(SPARES.field(dealers::status).eq(DealerStatus::Spare))
        .filter(version.is_not_null().and(version.ge(needed.unwrap_or(""))))
        .order(SPARES.field(dealers::created_at))
        .select(SPARES.field(dealers::id))
        .for_update()
        .skip_locked()
        .single_value();
    diesel::update(dealers::table)
        .filter(dealers::id.nullable().eq(oldest))
        .set((
            dealers::name.eq(&new.name),
            dealers::currency.eq(&new.currency),
            dealers::timezone.eq(&new.timezone),
            dealers::status.eq(DealerStatus::Active),
            dealers::created_at.eq(now),
            dealers::activated_at.eq(now),
        ))
        .returning(DealerRow::as_returning())
        .get_result(&mut **conn)
        .await
        .optional()?
        .map(Dealer::try_from)
        .transpose()
}
