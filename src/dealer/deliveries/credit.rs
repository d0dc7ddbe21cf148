//! Whether goods may leave as far as their buyers' credit goes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::query;
use super::whole::{Orders, Whole, line_of};
use crate::dealer::credit::check::Buyer;
use crate::dealer::credit::verdict::CreditPoint;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::{CreditCheck, CustomerId};
use crate::dealer::customers::service as customers;
use crate::dealer::orders::credit;
use crate::dealer::orders::model::{OrderLineId, OrderLineRow};
use crate::error::{AppError, AppResult, ServiceResult};
use crate::kernel::money::{MoneyError, digits_of, totals};
use crate::tenancy::TenantTx;

/// Of a buyer, by line: what is on its way of it.
type Ways = BTreeMap<(CustomerId, Option<JobId>), BTreeMap<OrderLineId, (OrderLineRow, Decimal)>>;

/// Refuses deliveries that are about to leave where their buyers' credit does not let them, or
/// a hold; `path` is that of the field that names them. As many statements for one line as for
/// two hundred.
pub(super) async fn check(
    tx: &mut TenantTx,
    (orders, deliveries): (&Orders, &[Whole]),
    path: &[&str],
) -> ServiceResult<()> {
    let mut ways = leaving(orders, deliveries)?;
    add_others(tx, &mut ways).await?;
    let digits = digits_of(&tx.context().dealer().currency);
    for ((customer, job), lines) in ways {
        let amount = gross(lines.into_values(), digits).map_err(AppError::internal)?;
        let buyer = Buyer { customer, job };
        credit::check(tx, (buyer, amount), CreditPoint::Delivery, path).await?;
    }
    Ok(())
}

/// What is about to leave.
fn leaving(orders: &Orders, deliveries: &[Whole]) -> AppResult<Ways> {
    let mut ways = Ways::new();
    for whole in deliveries {
        let row = &whole.row;
        let lines = ways.entry((row.customer_id, row.job_id)).or_default();
        for line in &whole.lines {
            let of = line_of(orders, (row.order_id, line.order_line_id))?;
            let entry = lines.entry(of.id).or_insert((of.clone(), Decimal::ZERO));
            entry.1 += line.quantity;
        }
    }
    Ok(ways)
}

/// Adds what has left for the same buyers and is not handed over yet: their exposure does not
/// hold it. Asked only where credit is looked at when goods leave.
async fn add_others(tx: &mut TenantTx, ways: &mut Ways) -> ServiceResult<()> {
    let ids: Vec<CustomerId> = ways.keys().map(|buyer| buyer.0).collect();
    let mut looked_at = customers::lock(tx, &ids).await?;
    looked_at.retain(|row| row.credit_check == CreditCheck::Delivery);
    if looked_at.is_empty() {
        return Ok(());
    }
    let ids: Vec<CustomerId> = looked_at.iter().map(|row| row.id).collect();
    for (customer, job, quantity, of) in query::on_the_way(tx, &ids).await? {
        if let Some(lines) = ways.get_mut(&(customer, job)) {
            let entry = lines.entry(of.id).or_insert((of, Decimal::ZERO));
            entry.1 += quantity;
        }
    }
    Ok(())
}

/// What lines come to with tax, as far as it is not invoiced already.
fn gross(
    lines: impl Iterator<Item = (OrderLineRow, Decimal)>,
    digits: u32,
) -> Result<Decimal, MoneyError> {
    let part = |(line, on_its_way): (OrderLineRow, Decimal)| {
        let range = (
            line.delivered.max(line.invoiced),
            line.delivered + on_its_way,
        );
        Ok((line.net_between(range, digits)?, line.tax_rate))
    };
    let parts = lines.map(part).collect::<Result<Vec<_>, MoneyError>>()?;
    Ok(totals(&parts, digits)?.gross)
}
