//! Making an order of a quote, once.

use super::actions::QuoteAction as Action;
use super::events::QuoteConverted;
use super::input::QuoteToOrderInput;
use super::model::{QuoteChanges, QuoteId, QuoteRow, QuoteState};
use super::service::change;
use super::steps::{check, is_current, missing};
use super::{lines, query};
use crate::dealer::calendar::check_coming;
use crate::dealer::orders::input::OrderAddressInput;
use crate::dealer::orders::model::OrderRow;
use crate::dealer::orders::service::{Address, NewOrder, create_from_quote};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Makes a draft of an order of an accepted quote, at its prices. Of those who try at once one
/// does it; the others are told its order.
pub async fn to_order(tx: &mut TenantTx, input: QuoteToOrderInput) -> ServiceResult<OrderRow> {
    let mut checks = Checks::default();
    let address = where_to(&mut checks, input.address.unwrap_or_default());
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    let instructions = input.instructions.as_deref();
    let instructions = checks.optional_text(&["input", "instructions"], instructions, 500);
    if let Some(day) = input.wanted_on {
        check_coming(&mut checks, &["input", "wantedOn"], (day, tx.now()));
    }
    checks.finish()?;
    let quote = accepted(tx, (input.id, input.expected_version)).await?;
    let order = NewOrder {
        customer: quote.customer_id,
        job: quote.job_id,
        quote: Some(quote.id),
        warehouse: warehouse(&quote, input.warehouse_id)?,
        wanted_on: input.wanted_on,
        is_pickup: input.is_pickup,
        address,
        instructions,
        reference: quote.reference.clone(),
        note: note.or_else(|| quote.note.clone()),
        salesperson: quote.salesperson,
        placed: None,
    };
    let rows = query::find_lines(tx, &[quote.id]).await?;
    let sold = lines::to_sell(tx, &quote, (rows, &["input", "id"])).await?;
    let order = create_from_quote(tx, order, sold).await.map_err(of_quote)?;
    let changes = QuoteChanges::to(QuoteState::Converted, tx.now());
    let quote = change(tx, quote.id, changes).await?;
    tx.emit(&QuoteConverted((&quote).into()));
    Ok(order)
}

fn where_to(checks: &mut Checks, said: OrderAddressInput) -> Address {
    let mut text = |field: &'static str, value: Option<String>, most| {
        checks.optional_text(&["input", "address", field], value.as_deref(), most)
    };
    Address {
        line: text("addressLine", said.address_line, 200),
        city: text("city", said.city, 100),
        postcode: text("postcode", said.postcode, 20),
    }
}

/// The quote, locked, if an order can be made of it.
async fn accepted(tx: &mut TenantTx, (id, version): (QuoteId, i32)) -> ServiceResult<QuoteRow> {
    let quote = query::lock(tx, id).await?.ok_or_else(missing)?;
    // Told before the version is looked at, which the order has changed.
    if quote.state == QuoteState::Converted {
        let made = query::orders_of(tx, &[id]).await?.pop();
        let made = made.ok_or_else(|| AppError::internal(format!("{id} has no order")))?;
        let message = format!("the quote has become order {} already", made.number);
        let error = UserError::at(ErrorCode::AlreadyExists, &["input", "id"], message);
        let error = error.with_detail("orderId", &made.id);
        return Err(error.with_detail("orderNumber", &made.number).into());
    }
    is_current(&quote, version)?;
    check(tx, &quote, Action::ToOrder).await?;
    Ok(quote)
}

/// Where the goods come from: as is said now, or as the quote says.
fn warehouse(quote: &QuoteRow, said: Option<WarehouseId>) -> ServiceResult<WarehouseId> {
    let missing = || {
        let message = "is needed, since the quote names none";
        UserError::at(ErrorCode::BadUserInput, &["input", "warehouseId"], message)
    };
    Ok(said.or(quote.warehouse_id).ok_or_else(missing)?)
}

/// Customer and job are the quote's: what is wrong with them is wrong with it.
fn of_quote(why: Refusal) -> Refusal {
    let Refusal::User(mut errors) = why else {
        return why;
    };
    for error in &mut errors {
        let field = error.path.as_ref().and_then(|path| path.get(1));
        if field.is_some_and(|field| ["customerId", "jobId"].contains(&field.as_str())) {
            error.path = Some(["input", "id"].map(str::to_owned).into());
        }
    }
    Refusal::User(errors)
}
