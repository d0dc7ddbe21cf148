//! The rates of tax classes.

pub mod query;

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::tenancy::TenantTx;

/// The rates of these products today where no region has one of its own, in percent; one
/// statement. A product that is left out is not taxed: it is in no class, or the class has no
/// rate.
pub async fn of_products(
    tx: &mut TenantTx,
    ids: &[ProductId],
) -> DbResult<HashMap<ProductId, Decimal>> {
    let rates = query::of_products(tx, ids).await?;
    Ok(rates.into_iter().collect())
}
