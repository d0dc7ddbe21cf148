//! Which products are kept by lots.

use rust_decimal::Decimal;

use super::events::LotTrackingSet;
use super::input::LotTrackingSetInput;
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Whether a product is kept by lots.
#[derive(Clone, Copy, Debug)]
pub struct Tracking {
    /// The product.
    pub product: ProductId,
    /// Whether it is.
    pub is_tracked: bool,
}

/// Says that a product is kept by lots, or no longer; while there is none of it.
pub async fn set(tx: &mut TenantTx, input: LotTrackingSetInput) -> ServiceResult<Tracking> {
    let product = input.product_id;
    let path = ["input", "productId"];
    let measures = Measures::of(tx, &[product]).await?;
    let (code, message) = match measures.goods(product) {
        Some(goods) if goods.kind.is_kept() => (ErrorCode::Internal, ""),
        Some(_) => (ErrorCode::NotAllowed, "is never in stock"),
        None => (ErrorCode::NotFound, "there is no such product"),
    };
    if !message.is_empty() {
        return Err(UserError::at(code, &path, message).into());
    }
    // Whoever makes a level holds its warehouse first, and whoever posts asks behind the lock
    // of the level whether it is kept by lots.
    query::hold_places(tx).await?;
    let levels = query::lock_levels(tx, product).await?;
    if levels.iter().any(|level| level.on_hand != Decimal::ZERO) {
        let message = "some of it is on hand: take it out first, and put it in again afterwards";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    query::set_tracked(tx, product, input.is_tracked).await?;
    let tracking = Tracking {
        product,
        is_tracked: input.is_tracked,
    };
    tx.emit(&LotTrackingSet(tracking.into()));
    Ok(tracking)
}
