//! Ending a count, and giving one up.

use super::events::StockCountCancelled;
use super::input::StockCountCancelInput;
use super::model::{StockCountId, StockCountRow, StockCountState};
use super::query;
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::payload::updated;
use crate::tenancy::TenantTx;

/// Gives a count up; the books stay as they are.
pub async fn cancel(
    tx: &mut TenantTx,
    input: StockCountCancelInput,
) -> ServiceResult<StockCountRow> {
    let key = (input.id, input.expected_version);
    let row = end(tx, key, StockCountState::Cancelled).await?;
    query::close_lines(tx, row.id).await?;
    tx.emit(&StockCountCancelled((&row).into()));
    Ok(row)
}

/// Ends an open count that has this version.
pub(super) async fn end(
    tx: &mut TenantTx,
    (id, version): (StockCountId, i32),
    state: StockCountState,
) -> ServiceResult<StockCountRow> {
    let found = query::find_many(tx, &[id]).await?.into_iter().next();
    if let Some(found) = found.filter(|row| row.version == version) {
        if found.state != StockCountState::Open {
            return Err(not_open(&found));
        }
        if let Some(row) = query::end(tx, (id, version), state, tx.now()).await? {
            return Ok(row);
        }
    }
    updated(None, query::find_many(tx, &[id])).await
}

/// Why nothing becomes of a count any more.
pub(super) fn not_open(row: &StockCountRow) -> Refusal {
    let message = format!("a count that is {} stays as it is", row.state.as_str());
    UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into()
}
