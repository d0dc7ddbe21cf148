//! The proofs that hold for a shop, whoever wrote its rows.

use crate::dealer::reports::reconcile::query as sales;
use crate::dealer::stock::reconcile::query as stock;
use crate::error::{AppError, AppResult};
use crate::tenancy::TenantTx;

use super::query;

/// Refuses a shop whose levels, sums of sales or accounts are not those of its rows.
pub async fn check(tx: &mut TenantTx) -> AppResult<()> {
    if let Some(level) = stock::differences(tx, 1).await?.first() {
        return Err(AppError::internal(format!("a level is wrong: {level:?}")));
    }
    if let Some(day) = sales::differences(tx, 1).await?.first() {
        return Err(AppError::internal(format!("sales are wrong: {day:?}")));
    }
    match query::wrong_books(tx).await? {
        Some(what) => Err(AppError::internal(format!("it does not hold that {what}"))),
        None => Ok(()),
    }
}
