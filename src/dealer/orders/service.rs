//! Use cases of orders: writing them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::events::{OrderCreated, OrderFacts, OrderPlaced};
use super::model::{
    OrderApproval, OrderId, OrderLineId, OrderLineRow, OrderProgress, OrderRow, OrderSourcing,
    OrderState,
};
use super::price::PricedLine;
use super::{progress, query};
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::contacts::contractor::Contractor;
use crate::dealer::customers::jobs::actions::JobAction;
use crate::dealer::customers::jobs::model::{JobId, JobRow};
use crate::dealer::customers::jobs::service as jobs;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::customers::service as customers;
use crate::dealer::numbering;
use crate::dealer::quotes::model::QuoteId;
use crate::dealer::stock::warehouses::model::{WarehouseId, WarehouseKind};
use crate::dealer::stock::warehouses::service as warehouses;
use crate::error::{AppResult, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "orders_quote_unique",
    path: &["input", "id"],
    message: "the quote has become an order already",
}];

/// What is said of an order besides its lines.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Who orders.
    pub customer: CustomerId,
    /// For which of its jobs.
    pub job: Option<JobId>,
    /// The quote it is made of.
    pub quote: Option<QuoteId>,
    /// Where goods come from whose line does not say.
    pub warehouse: WarehouseId,
    /// The day on which the customer wants the goods.
    pub wanted_on: Option<NaiveDate>,
    /// Whether the customer fetches them.
    pub is_pickup: bool,
    /// Where they go; the job's site where this does not say.
    pub address: Address,
    /// What drivers should know; what the job says of its site if absent.
    pub instructions: Option<String>,
    /// The customer's own number of it; the job's if absent.
    pub reference: Option<String>,
    /// In the words of whoever writes it.
    pub note: Option<String>,
    /// Who has sold it; whoever writes it if absent, and is of the dealer's people.
    pub salesperson: Option<Uuid>,
    /// Who of the customer's people places it; none if the dealer writes it.
    pub placed: Option<Contractor>,
}

/// Where goods go.
#[derive(Clone, Debug, Default)]
pub struct Address {
    /// Street and number.
    pub line: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postal code.
    pub postcode: Option<String>,
}

/// Makes a draft of an order out of an accepted quote, at the quote's prices. A quote becomes
/// one order.
pub async fn create_from_quote(
    tx: &mut TenantTx,
    order: NewOrder,
    lines: Vec<PricedLine>,
) -> ServiceResult<OrderRow> {
    let leaves_none = vec![false; lines.len()];
    write_down(tx, order, (lines, &leaves_none)).await
}

/// Writes an order down as a draft, with which of its lines leave their warehouse to the program.
pub(super) async fn write_down(
    tx: &mut TenantTx,
    order: NewOrder,
    (lines, chosen): (Vec<PricedLine>, &[bool]),
) -> ServiceResult<OrderRow> {
    let placed = order.placed;
    // At the portal nobody names the customer.
    let customer = placed.map_or("customerId", |_| "lines");
    let fields = (customer, "jobId");
    let job = for_buyer(tx, (order.customer, order.job), fields).await?;
    refuse_warehouses(tx, order.warehouse, &lines).await?;
    let mut row = row(tx, order, job.as_ref());
    let whose = (row.id, row.customer_id);
    let lines = rows(whose, row.warehouse_id, (lines, chosen))?;
    sum_up(&mut row, &lines)?;
    // What has no price yet may come to anything.
    let is_unpriced = lines.iter().any(|line| line.unit_price.is_zero());
    let asks = placed
        .filter(|who| !who.reaches(row.net + row.tax) || (is_unpriced && who.limit.is_some()));
    row.approval = asks.map(|_| OrderApproval::Awaiting);
    row.number = numbering::next(tx, OrderId::PREFIX).await?;
    let inserted = query::insert(tx, &row, lines.clone()).await;
    inserted.map_err(on_constraint(CONSTRAINTS))?;
    let facts = OrderFacts::of(&row, &lines);
    match placed {
        Some(_) => tx.emit(&OrderPlaced(facts)),
        None => tx.emit(&OrderCreated(facts)),
    }
    Ok(row)
}

/// Whose order this is; none if there is no such order.
pub async fn customer_of_order(tx: &mut TenantTx, id: Uuid) -> AppResult<Option<Uuid>> {
    let found = query::find_many(tx, &[OrderId::from_uuid(id)]).await?;
    Ok(found.first().map(|row| row.customer_id.uuid()))
}

/// The job, if there is one; refused if nothing can be ordered by this customer for it.
pub async fn for_buyer(
    tx: &mut TenantTx,
    (customer, job): (CustomerId, Option<JobId>),
    (at_customer, at_job): (&str, &str),
) -> ServiceResult<Option<JobRow>> {
    let found = customers::find(tx, customer).await?;
    let found = found.ok_or_else(|| customers::missing(at_customer))?;
    CustomerAction::OrderCreate.check(&found, at_customer)?;
    let Some(id) = job else {
        return Ok(None);
    };
    let job = jobs::find(tx, &[id]).await?.pop();
    let job = job.filter(|job| job.customer_id == customer);
    let job = job.ok_or_else(|| jobs::missing(at_job))?;
    JobAction::OrderCreate.check(&job, at_job)?;
    Ok(Some(job))
}

/// Refuses warehouses from which no goods go to customers.
pub(super) async fn refuse_warehouses(
    tx: &mut TenantTx,
    whole: WarehouseId,
    lines: &[PricedLine],
) -> ServiceResult<()> {
    let path = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
    let mut named: Vec<(WarehouseId, Vec<String>)> = vec![(whole, path(&["input", "warehouseId"]))];
    for (index, line) in lines.iter().enumerate() {
        if let Some(id) = line.warehouse {
            let index = index.to_string();
            named.push((id, path(&["input", "lines", &index, "warehouseId"])));
        }
    }
    let found = warehouses::all_in_use(tx, &named).await?;
    for (row, (_, path)) in found.iter().zip(&named) {
        if row.kind == WarehouseKind::Transit {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let message = "goods lie there while they are on their way, and are not sold";
            return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
        }
    }
    Ok(())
}

/// Refuses lines whose goods would go out of a warehouse in which nothing moves any more; `path`
/// is that of the field that names the order.
pub(super) async fn refuse_unsold(
    tx: &mut TenantTx,
    lines: &[OrderLineRow],
    path: &[&str],
) -> ServiceResult<()> {
    let used: BTreeSet<_> = lines.iter().filter_map(|line| line.warehouse_id).collect();
    let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
    let named = used.into_iter().map(|id| (id, path.clone()));
    warehouses::all_in_use(tx, &named.collect::<Vec<_>>()).await?;
    Ok(())
}

/// Sums an order up, or says that it comes to too much.
pub(super) fn sum_up(row: &mut OrderRow, lines: &[OrderLineRow]) -> ServiceResult<()> {
    let too_much = |error: crate::kernel::money::MoneyError| {
        let path = ["input", "lines"];
        UserError::at(ErrorCode::BadUserInput, &path, error.to_string())
    };
    Ok(progress::bring_up(row, lines, &progress::Credited::new()).map_err(too_much)?)
}

fn row(tx: &TenantTx, order: NewOrder, job: Option<&JobRow>) -> OrderRow {
    let (now, context) = (tx.now(), tx.context());
    let writer = context.principal().map(|user| user.user().uuid());
    let writer = writer.filter(|_| order.placed.is_none());
    let (currency, pickup) = (context.dealer().currency.clone(), order.is_pickup);
    // What is fetched goes nowhere; else what the job says of its site is kept with the order.
    let site = job.filter(|_| !pickup);
    let address = order.address;
    OrderRow {
        id: OrderId::generate(),
        number: 0,
        customer_id: order.customer,
        job_id: order.job,
        quote_id: order.quote,
        state: OrderState::Draft,
        warehouse_id: order.warehouse,
        currency,
        wanted_on: order.wanted_on,
        is_pickup: pickup,
        address_line: address
            .line
            .or_else(|| site.map(|job| job.address_line.clone())),
        city: address.city.or_else(|| site.map(|job| job.city.clone())),
        postcode: address
            .postcode
            .or_else(|| site.and_then(|job| job.postcode.clone())),
        instructions: order
            .instructions
            .or_else(|| site.and_then(|job| job.site_instructions.clone())),
        reference: order
            .reference
            .or_else(|| job.and_then(|job| job.po_number.clone())),
        note: order.note,
        hold_reason: None,
        held_at: None,
        net: Decimal::ZERO,
        tax: Decimal::ZERO,
        salesperson: order.salesperson.or(writer),
        fulfilment: OrderProgress::None,
        billing: OrderProgress::None,
        confirmed_at: None,
        placed_by: order.placed.map(|who| who.user),
        approval: None,
        approval_by: None,
        approval_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Lines of an order that goes out of a warehouse where they name none, with which of them leave
/// that to the program.
pub(super) fn rows(
    order: (OrderId, CustomerId),
    warehouse: WarehouseId,
    (lines, chosen): (Vec<PricedLine>, &[bool]),
) -> ServiceResult<Vec<OrderLineRow>> {
    let mut rows = Vec::new();
    for ((index, line), chooses) in lines.into_iter().enumerate().zip(chosen) {
        let position = i32::try_from(index).unwrap_or(i32::MAX);
        let is_fixed = line.warehouse.is_some() || line.sourcing != OrderSourcing::Stock;
        if *chooses && is_fixed {
            let path = ["input", "lines", &index.to_string(), "chooseWarehouse"];
            let message = "is for goods from stock whose line names no warehouse";
            return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
        }
        let row = line.row(order, warehouse, position);
        rows.push(OrderLineRow {
            chooses_warehouse: *chooses,
            ..row
        });
    }
    Ok(rows)
}

impl PricedLine {
    /// As a row of an order.
    pub(super) fn row(
        self,
        (order_id, customer_id): (OrderId, CustomerId),
        warehouse: WarehouseId,
        position: i32,
    ) -> OrderLineRow {
        let has_warehouse = self.sourcing.has_warehouse();
        let goods = has_warehouse.then(|| self.warehouse.unwrap_or(warehouse));
        OrderLineRow {
            id: OrderLineId::generate(),
            order_id,
            customer_id,
            position,
            product_id: self.product,
            unit_id: self.asked.unit,
            num: self.factor.num(),
            den: self.factor.den(),
            unit_quantity: self.asked.amount.value,
            quantity: self.asked.amount.base,
            unit_price: self.unit_price,
            price_unit_id: self.price_unit,
            price_num: self.price_factor.num(),
            price_den: self.price_factor.den(),
            price_source: self.price_source,
            price_rule_id: self.price_rule,
            price_reason: self.price_reason,
            discount: self.discount,
            net: self.net,
            tax_rate: self.tax_rate,
            sourcing: self.sourcing,
            warehouse_id: goods,
            chooses_warehouse: false,
            purchase_line_id: None,
            planned: Decimal::ZERO,
            delivered: Decimal::ZERO,
            invoiced: Decimal::ZERO,
            invoiced_net: Decimal::ZERO,
            invoiced_tax: Decimal::ZERO,
            returned: Decimal::ZERO,
            cancelled: Decimal::ZERO,
            note: self.note,
        }
    }
}
