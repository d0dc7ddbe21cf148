//! What happens to lots.

use super::model::{LotId, LotRow};
use super::tracking::Tracking;
use crate::dealer::catalog::products::model::ProductId;
use crate::events::events;

events! {
    /// What readers learn of a lot.
    pub struct LotFacts {
        /// The lot.
        lot: LotId,
        /// Of what.
        product: ProductId,
        /// The maker's code.
        code: String,
        /// The first day on which it is too old, as YYYY-MM-DD; empty if there is none.
        expires_on: String,
    }
    for Staff:
    /// Some of a lot came for the first time.
    LotCame = "lot.came", version 1;
}

events! {
    /// What readers learn of how a product is kept.
    pub struct LotTrackingFacts {
        /// The product.
        product: ProductId,
        /// Whether it is kept by lots.
        is_tracked: bool,
    }
    for Staff:
    /// A product is kept by lots from now on, or no longer.
    LotTrackingSet = "product.lot_tracking_set", version 1;
}

impl From<&LotRow> for LotFacts {
    fn from(row: &LotRow) -> Self {
        Self {
            lot: row.id,
            product: row.product_id,
            code: row.code.clone(),
            expires_on: row.expiry().map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

impl From<Tracking> for LotTrackingFacts {
    fn from(tracking: Tracking) -> Self {
        Self {
            product: tracking.product,
            is_tracked: tracking.is_tracked,
        }
    }
}
