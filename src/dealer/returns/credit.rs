//! Crediting goods that came back.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::actions::ReturnAction as Action;
use super::answer::locked;
use super::events::ReturnCredited;
use super::input::ReturnCreditInput;
use super::model::{ReturnChanges, ReturnLineRow, ReturnRow, ReturnState};
use super::query;
use super::receive::order_of;
use crate::dealer::invoices::claims::credited;
use crate::dealer::invoices::credit::{CreditLine, credit as write_credit};
use crate::dealer::orders::fulfil::{self, LockedOrder};
use crate::dealer::orders::model::OrderId;
use crate::error::{AppResult, ServiceResult};
use crate::graphql::permit::Permission;
use crate::tenancy::TenantTx;

/// Credits what was invoiced of goods that came back, less their fees, by a credit note that
/// is posted. If nothing was, there is no credit note, and nothing is billed of them.
pub async fn credit(tx: &mut TenantTx, input: ReturnCreditInput) -> ServiceResult<ReturnRow> {
    tx.context().require(Permission::InvoicePost)?;
    let order = order_of(tx, input.id).await?;
    let orders = fulfil::lock(tx, &[order]).await?;
    let key = (input.id, input.expected_version);
    let found = locked(tx, key, Action::Credit).await?;
    let lines = query::find_lines(tx, &[found.id]).await?;
    let credited = to_credit(tx, &orders, &lines).await?;
    let note = if credited.is_empty() {
        None
    } else {
        let buyer = (found.customer_id, found.job_id);
        let note = write_credit(tx, buyer, &why(&found), credited).await?;
        fulfil::follow_credit(tx, &[order]).await?;
        Some(note)
    };
    let changes = ReturnChanges {
        credit_note_id: note.map(|note| note.id),
        ..ReturnChanges::to(ReturnState::Credited, tx.now())
    };
    let row = query::update(tx, found.id, changes).await?;
    tx.emit(&ReturnCredited((&row).into()));
    Ok(row)
}

/// Why there is a credit note, in as many characters as one has room for.
fn why(found: &ReturnRow) -> String {
    let why = format!("Return {}: {}", found.number, found.reason);
    why.chars().take(200).collect()
}

/// What of goods that came is invoiced beyond what the customer keeps: what came back is first
/// what was not billed yet.
async fn to_credit(
    tx: &mut TenantTx,
    orders: &BTreeMap<OrderId, LockedOrder>,
    lines: &[ReturnLineRow],
) -> AppResult<Vec<CreditLine>> {
    let ids: Vec<_> = lines.iter().map(|line| line.order_line_id).collect();
    let credited = credited(tx, &ids).await?;
    let ordered = orders.values().flat_map(|order| &order.lines);
    let ordered: HashMap<_, _> = ordered.map(|line| (line.id, line)).collect();
    let credit = |line: &ReturnLineRow| {
        let of = ordered.get(&line.order_line_id)?;
        let credited = credited.get(&of.id).copied().unwrap_or_default();
        let kept = of.delivered - of.returned;
        let quantity = line.came().min(of.invoiced - credited - kept);
        (quantity > Decimal::ZERO).then_some(CreditLine {
            order_line: of.id,
            quantity,
            // What was not billed has no cost in the sales that could stay there.
            spoilt: line.spoilt.min(quantity),
            fee: line.restocking_fee,
        })
    };
    Ok(lines.iter().filter_map(credit).collect())
}
