//! What becomes of lines of orders on bills, for those who count on it.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::query;
use crate::db::error::DbResult;
use crate::dealer::orders::model::OrderLineId;
use crate::tenancy::TenantTx;

/// How much of these lines of orders, in base units, is credited and not to be billed again; one
/// statement. Lines of which nothing is are left out.
pub async fn credited(
    tx: &mut TenantTx,
    ids: &[OrderLineId],
) -> DbResult<HashMap<OrderLineId, Decimal>> {
    let claims = query::claims(tx, ids).await?.into_iter();
    let credited = claims.map(|(line, claims)| (line, claims.credited));
    Ok(credited
        .filter(|(_, credited)| *credited > Decimal::ZERO)
        .collect())
}
