//! Crediting goods that came back.

use rust_decimal::Decimal;

use super::actions::ReturnAction as Action;
use super::answer::locked;
use super::events::ReturnCredited;
use super::input::ReturnCreditInput;
use super::model::{ReturnChanges, ReturnRow, ReturnState};
use super::query;
use super::receive::order_of;
use crate::dealer::invoices::credit::{CreditLine, credit as write_credit};
use crate::dealer::orders::fulfil;
use crate::error::ServiceResult;
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
    let is_invoiced = |line: &super::model::ReturnLineRow| {
        let mut ordered = orders.values().flat_map(|order| &order.lines);
        let ordered = ordered.find(|ordered| ordered.id == line.order_line_id);
        ordered.is_some_and(|ordered| ordered.invoiced > Decimal::ZERO)
    };
    let back = lines.iter().filter(|line| line.came() > Decimal::ZERO);
    let credited = back
        .filter(|line| is_invoiced(line))
        .map(|line| CreditLine {
            order_line: line.order_line_id,
            quantity: line.came(),
            fee: line.restocking_fee,
        });
    let credited: Vec<_> = credited.collect();
    let note = if credited.is_empty() {
        None
    } else {
        let buyer = (found.customer_id, found.job_id);
        Some(write_credit(tx, buyer, &found.reason, credited).await?)
    };
    let changes = ReturnChanges {
        credit_note_id: note.map(|note| note.id),
        ..ReturnChanges::to(ReturnState::Credited, tx.now())
    };
    let row = query::update(tx, found.id, changes).await?;
    tx.emit(&ReturnCredited((&row).into()));
    Ok(row)
}
