//! Deposits: what was paid for an order before it was invoiced.

use super::query;
use super::record::FIELDS;
use crate::dealer::accounts::model::EntryId;
use crate::dealer::accounts::settle;
use crate::dealer::orders::model::OrderId;
use crate::error::ServiceResult;
use crate::tenancy::TenantTx;

/// Settles the entry of an invoice by what was paid in advance for the orders that it bills,
/// the first paid first, as far as that goes. The customer is locked.
pub async fn settle_deposits(
    tx: &mut TenantTx,
    orders: &[OrderId],
    invoice: EntryId,
) -> ServiceResult<()> {
    if orders.is_empty() {
        return Ok(());
    }
    let deposits = query::open_deposits(tx, orders).await?;
    if deposits.is_empty() {
        return Ok(());
    }
    let entry = settle::posted(tx, invoice).await?;
    settle::by_credits(tx, &entry, &deposits, FIELDS).await?;
    Ok(())
}
