//! Credit notes for goods that came back.

use rust_decimal::Decimal;

use super::model::InvoiceRow;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::OrderLineId;
use crate::error::ServiceResult;
use crate::tenancy::TenantTx;

/// Goods of an order to credit.
#[derive(Clone, Debug)]
pub struct CreditLine {
    /// Of which line.
    pub order_line: OrderLineId,
    /// How much, in base units.
    pub quantity: Decimal,
    /// What the dealer keeps of it, in percent.
    pub fee: Decimal,
}

/// Writes and posts a credit note for what of these goods was invoiced and is not credited yet; what
/// of them was not invoiced never will be. Refused if there is nothing to credit.
pub async fn credit(
    _tx: &mut TenantTx,
    _buyer: (CustomerId, Option<JobId>),
    _reason: &str,
    _lines: Vec<CreditLine>,
) -> ServiceResult<InvoiceRow> {
    Err(crate::error::AppError::internal("being written").into())
}
