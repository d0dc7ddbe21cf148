//! Use cases of orders: drafts.

use async_graphql::MaybeUndefined;
use chrono::NaiveDate;

use super::actions::OrderAction as Action;
use super::events::{OrderFacts, OrderUpdated};
use super::input::{OrderAddressInput, OrderCreateInput, OrderLineInput, OrderUpdateInput};
use super::model::{OrderLineRow, OrderRow};
use super::price::{self, PricedLine, priced};
use super::query;
use super::service::{Address, NewOrder, refuse_warehouses, rows, sum_up, write_down};
use super::steps::{locked, written};
use crate::dealer::calendar::{check_coming, check_day};
use crate::dealer::customers::contacts::contractor::Contractor;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::ServiceResult;
use crate::graphql::payload::{given, given_text};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Writes an order down as a draft.
pub async fn create(tx: &mut TenantTx, input: OrderCreateInput) -> ServiceResult<OrderRow> {
    draft(tx, input, None).await
}

/// As [`create`], in whose name of the customer's people.
pub(super) async fn draft(
    tx: &mut TenantTx,
    input: OrderCreateInput,
    placed: Option<Contractor>,
) -> ServiceResult<OrderRow> {
    let mut checks = Checks::default();
    if let Some(day) = input.wanted_on {
        check_coming(&mut checks, &["input", "wantedOn"], (day, tx.now()));
    }
    let mut text = |field: &'static str, value: Option<&str>, most| {
        checks.optional_text(&["input", field], value, most)
    };
    let instructions = text("instructions", input.instructions.as_deref(), 500);
    let reference = text("reference", input.reference.as_deref(), 100);
    let note = text("note", input.note.as_deref(), 500);
    let address = address(&mut checks, input.address.as_ref());
    let (sales, chosen) = parts(&input.lines);
    price::check(&mut checks, &sales);
    checks.finish()?;
    let lines = priced(tx, (input.customer_id, input.job_id), &sales).await?;
    let order = NewOrder {
        customer: input.customer_id,
        job: input.job_id,
        quote: None,
        warehouse: input.warehouse_id,
        wanted_on: input.wanted_on,
        is_pickup: input.is_pickup,
        address,
        instructions,
        reference,
        note,
        salesperson: None,
        placed,
    };
    write_down(tx, order, (lines, &chosen)).await
}

/// Changes a draft.
pub async fn update(tx: &mut TenantTx, input: OrderUpdateInput) -> ServiceResult<OrderRow> {
    let changes = Changes::checked(&input)?;
    let key = (input.id, input.expected_version);
    let mut order = locked(tx, key, Action::Update).await?;
    let former = order.row.warehouse_id;
    let now = input.warehouse_id.unwrap_or(former);
    let sold = match &input.lines {
        Some(lines) => Some(sold(tx, &order.row, lines).await?),
        None => None,
    };
    let named = sold.as_ref().map_or(&[][..], |(lines, _)| lines.as_slice());
    refuse_warehouses(tx, now, named).await?;
    changes.put(&mut order.row);
    order.row.warehouse_id = now;
    match sold {
        Some((lines, chosen)) => {
            let whose = (order.row.id, order.row.customer_id);
            order.lines = rows(whose, now, (lines, &chosen))?;
            query::delete_lines(tx, order.row.id).await?;
        }
        None => moved(&mut order.lines, (former, now)),
    }
    sum_up(&mut order.row, &order.lines)?;
    let order = written(tx, order).await?;
    tx.emit(&OrderUpdated(OrderFacts::of(&order.row, &order.lines)));
    Ok(order.row)
}

type Sold = (Vec<PricedLine>, Vec<bool>);

async fn sold(tx: &mut TenantTx, row: &OrderRow, lines: &[OrderLineInput]) -> ServiceResult<Sold> {
    let (sales, chosen) = parts(lines);
    let lines = priced(tx, (row.customer_id, row.job_id), &sales).await?;
    Ok((lines, chosen))
}

/// What lines sell, and which of them leave their warehouse to the program.
pub(super) fn parts(lines: &[OrderLineInput]) -> (Vec<super::input::SaleLineInput>, Vec<bool>) {
    let lines = lines.iter();
    lines
        .map(|line| (line.sale.clone(), line.choose_warehouse))
        .unzip()
}

/// Lines whose goods came out of the warehouse of the whole go on doing so.
fn moved(lines: &mut [OrderLineRow], (former, now): (WarehouseId, WarehouseId)) {
    for line in lines {
        if line.warehouse_id == Some(former) {
            line.warehouse_id = Some(now);
        }
    }
}

fn check_wanted(checks: &mut Checks, day: Option<NaiveDate>) {
    if let Some(day) = day {
        check_day(checks, &["input", "wantedOn"], day);
    }
}

fn address(checks: &mut Checks, input: Option<&OrderAddressInput>) -> Address {
    let Some(input) = input else {
        return Address::default();
    };
    let mut text = |field: &'static str, value: &Option<String>, most| {
        checks.optional_text(&["input", "address", field], value.as_deref(), most)
    };
    Address {
        line: text("addressLine", &input.address_line, 200),
        city: text("city", &input.city, 100),
        postcode: text("postcode", &input.postcode, 20),
    }
}

/// What an input changes of a draft besides its lines.
struct Changes {
    wanted_on: Option<Option<NaiveDate>>,
    is_pickup: Option<bool>,
    address: Option<Address>,
    instructions: Option<Option<String>>,
    reference: Option<Option<String>>,
    note: Option<Option<String>>,
}

impl Changes {
    fn checked(input: &OrderUpdateInput) -> ServiceResult<Self> {
        let mut checks = Checks::default();
        let wanted_on = given(input.wanted_on);
        check_wanted(&mut checks, wanted_on.flatten());
        let mut text = |field: &'static str, value: &MaybeUndefined<String>, most| {
            given_text(&mut checks, &["input", field], value.clone(), most)
        };
        let instructions = text("instructions", &input.instructions, 500);
        let reference = text("reference", &input.reference, 100);
        let note = text("note", &input.note, 500);
        let given = input.address.as_ref();
        let address = given.map(|given| address(&mut checks, Some(given)));
        if let Some(lines) = &input.lines {
            price::check(&mut checks, &parts(lines).0);
        }
        checks.finish()?;
        Ok(Self {
            wanted_on,
            is_pickup: input.is_pickup,
            address,
            instructions,
            reference,
            note,
        })
    }

    fn put(self, row: &mut OrderRow) {
        row.wanted_on = self.wanted_on.unwrap_or(row.wanted_on);
        row.is_pickup = self.is_pickup.unwrap_or(row.is_pickup);
        if let Some(address) = self.address {
            (row.address_line, row.city) = (address.line, address.city);
            row.postcode = address.postcode;
        }
        if let Some(instructions) = self.instructions {
            row.instructions = instructions;
        }
        if let Some(reference) = self.reference {
            row.reference = reference;
        }
        if let Some(note) = self.note {
            row.note = note;
        }
    }
}
