//! Credit notes for goods that came back.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::ground::{Ground, NotSo, Part};
use super::model::{InvoiceId, InvoiceRow};
use super::note::{Note, write};
use super::query;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::customers::service as customers;
use crate::dealer::orders::model::OrderLineId;
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Goods of an order to credit.
#[derive(Clone, Debug)]
pub struct CreditLine {
    /// Of which line.
    pub order_line: OrderLineId,
    /// How much, in base units.
    pub quantity: Decimal,
    /// How much of that lies nowhere, and is no asset again.
    pub spoilt: Decimal,
    /// What the dealer keeps of it, in percent.
    pub fee: Decimal,
}

/// Writes and posts a credit note for what of these goods was invoiced and is not credited yet,
/// the oldest invoice first; what of them was not invoiced never will be. Refused if there is
/// nothing to credit. Whoever has locked orders has locked their customer before.
pub async fn credit(
    tx: &mut TenantTx,
    (customer, job): (CustomerId, Option<JobId>),
    reason: &str,
    lines: Vec<CreditLine>,
) -> ServiceResult<InvoiceRow> {
    let buyer = customers::lock(tx, &[customer]).await?.pop();
    let buyer = buyer.ok_or_else(|| customers::missing("customerId"))?;
    let of: Vec<OrderLineId> = lines.iter().map(|line| line.order_line).collect();
    let billed = query::find_billed(tx, &of).await?;
    let ids: BTreeSet<InvoiceId> = billed.iter().map(|line| line.invoice_id).collect();
    let ids: Vec<InvoiceId> = ids.into_iter().collect();
    let mut ground = Ground::of(tx, &ids).await?;
    let mut parts = Vec::new();
    for line in lines {
        parts.extend(of_line(&mut ground, &line)?);
    }
    if parts.is_empty() {
        let message = "nothing of these goods is invoiced that is not credited";
        return Err(UserError::general(ErrorCode::NotAllowed, message).into());
    }
    let note = Note {
        buyer: &buyer,
        job,
        reason: reason.to_owned(),
        remark: None,
        rebilled: None,
        parts,
    };
    write(tx, &mut ground, note).await
}

/// What is credited for goods of one line of an order.
fn of_line(ground: &mut Ground, wanted: &CreditLine) -> ServiceResult<Vec<Part>> {
    let of = |id: &Option<OrderLineId>| *id == Some(wanted.order_line);
    let billed = ground.lines.iter().filter(|line| of(&line.order_line_id));
    let (mut left, mut spoilt) = (wanted.quantity, wanted.spoilt);
    let mut parts = Vec::new();
    for line in billed.cloned().collect::<Vec<_>>() {
        let quantity = ground.quantity_left(&line).min(left);
        if quantity <= Decimal::ZERO {
            continue;
        }
        left -= quantity;
        let part = ground.by_quantity(&line, quantity, wanted.fee);
        let mut part = part.map_err(|why| match why {
            NotSo::Money(error) => AppError::internal(error),
            NotSo::TooMuch(_) => AppError::internal("more is credited than there is"),
        })?;
        part.lost = spoilt.min(quantity);
        spoilt -= part.lost;
        parts.push(part);
    }
    Ok(parts)
}
