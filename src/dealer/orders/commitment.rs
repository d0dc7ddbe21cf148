//! What customers are committed to by orders that are not invoiced.
//!
//! Both buckets follow from the counters of the lines alone: what is neither delivered nor
//! invoiced is ordered, what is delivered and not invoiced is delivered. So an amount is in
//! one of them, on an invoice, or nowhere. Only what came back is looked up besides: what of it
//! is credited was billed before.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::fulfil::LockedOrder;
use super::model::{OrderId, OrderLineRow, OrderState};
use super::progress::unbilled;
use crate::dealer::credit::commitments;
use crate::dealer::credit::model::{CommitmentBucket, CommitmentRow, CommitmentSource};
use crate::error::{AppError, AppResult};
use crate::kernel::money::{MoneyError, digits_of, totals};
use crate::tenancy::TenantTx;

/// Writes what these orders stand for now, whose customers are locked; at most three
/// statements.
pub async fn renew(tx: &mut TenantTx, orders: &BTreeMap<OrderId, LockedOrder>) -> AppResult<()> {
    let (mut rows, mut ordered, mut delivered) = (Vec::new(), Vec::new(), Vec::new());
    for order in orders.values() {
        for bucket in [CommitmentBucket::Ordered, CommitmentBucket::Delivered] {
            let row = row(tx, order, bucket)?;
            match (row.amount > Decimal::ZERO, bucket) {
                (true, _) => rows.push(row),
                (false, CommitmentBucket::Ordered) => ordered.push(row.source_id),
                (false, CommitmentBucket::Delivered) => delivered.push(row.source_id),
            }
        }
    }
    if !rows.is_empty() {
        commitments::put(tx, rows).await?;
    }
    for (source, ids) in [
        (CommitmentSource::Order, ordered),
        (CommitmentSource::Delivery, delivered),
    ] {
        if !ids.is_empty() {
            commitments::release(tx, source, &ids).await?;
        }
    }
    Ok(())
}

fn row(tx: &TenantTx, order: &LockedOrder, bucket: CommitmentBucket) -> AppResult<CommitmentRow> {
    let amount = amount(order, bucket).map_err(AppError::internal)?;
    Ok(CommitmentRow {
        // A kind of document has one row: what of an order is delivered stands as deliveries.
        source_type: match bucket {
            CommitmentBucket::Ordered => CommitmentSource::Order,
            CommitmentBucket::Delivered => CommitmentSource::Delivery,
        },
        source_id: order.row.id.uuid(),
        customer_id: order.row.customer_id,
        job_id: order.row.job_id,
        bucket,
        amount,
        updated_at: tx.now(),
    })
}

/// What an order comes to in a bucket, tax included.
fn amount(order: &LockedOrder, bucket: CommitmentBucket) -> Result<Decimal, MoneyError> {
    if matches!(order.row.state, OrderState::Draft | OrderState::Cancelled) {
        return Ok(Decimal::ZERO);
    }
    let digits = digits_of(&order.row.currency);
    let part = |line: &OrderLineRow| {
        let range = match bucket {
            CommitmentBucket::Ordered => (line.delivered.max(line.invoiced), line.wanted()),
            CommitmentBucket::Delivered => {
                let kept = line.delivered - unbilled(line, &order.credited);
                (line.invoiced, kept)
            }
        };
        Ok((line.net_between(range, digits)?, line.tax_rate))
    };
    let parts = order.lines.iter().map(part);
    let parts = parts.collect::<Result<Vec<_>, MoneyError>>()?;
    Ok(totals(&parts, digits)?.gross)
}
