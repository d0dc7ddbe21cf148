//! The use case of placing an order at the portal.

use super::input::OrderPlaceInput;
use crate::dealer::customers::contacts::contractor::contractor;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::drafting::draft;
use crate::dealer::orders::input::OrderCreateInput;
use crate::dealer::orders::model::OrderRow;
use crate::dealer::orders::query;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service as warehouses;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Writes down what one of a customer's people wants, for the dealer's people to confirm.
pub(super) async fn place(tx: &mut TenantTx, input: OrderPlaceInput) -> ServiceResult<OrderRow> {
    let strangers = || refused("only a customer's own people place orders; use orderCreate");
    let who = contractor(tx).await?.ok_or_else(strangers)?;
    let order = OrderCreateInput {
        customer_id: who.customer,
        job_id: input.job_id,
        warehouse_id: usual_warehouse(tx, who.customer).await?,
        lines: input.lines.into_iter().map(Into::into).collect(),
        wanted_on: input.wanted_on,
        is_pickup: input.is_pickup,
        address: input.address,
        instructions: input.instructions,
        reference: input.reference,
        note: None,
        idempotency_key: None,
    };
    draft(tx, order, Some(who)).await
}

/// Where the customer's goods came from last, or else the dealer's first place by code: the
/// customer knows none of them, and the dealer's people change it before they confirm.
async fn usual_warehouse(tx: &mut TenantTx, customer: CustomerId) -> ServiceResult<WarehouseId> {
    let last = query::latest_warehouse(tx, customer).await?;
    let all = warehouses::stocked(tx).await?;
    let last = last.filter(|last| all.contains(last));
    let found = last.or_else(|| all.first().copied());
    Ok(found.ok_or_else(|| refused("the dealer has no place from which goods are sold"))?)
}

fn refused(message: &str) -> UserError {
    UserError::at(ErrorCode::NotAllowed, &["input", "lines"], message)
}
