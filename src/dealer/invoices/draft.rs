//! Drafts as rows: one for each customer, or for each of its jobs.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::bill::{Orders, assess, sums};
use super::events::InvoiceDrafted;
use super::model::{
    InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow, InvoiceState,
};
use super::query;
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::dealer::catalog::products::service as products;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::{CustomerId, CustomerRow};
use crate::dealer::customers::service as customers;
use crate::dealer::deliveries::model::DeliveryLineId;
use crate::dealer::orders::model::OrderLineRow;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Most lines that are drafted at once.
pub(super) const MOST_LINES: usize = 1000;

/// Something to bill.
#[derive(Clone)]
pub(super) struct Want {
    /// Of which line of an order.
    pub(super) line: OrderLineRow,
    /// How much, in base units.
    pub(super) quantity: Decimal,
    /// As which line of a delivery it came, and what it had cost.
    pub(super) came: Option<(DeliveryLineId, Option<Decimal>)>,
}

/// What drafts are made of.
pub(super) struct Plan {
    /// The orders, locked.
    pub(super) orders: Orders,
    /// What to bill of them.
    pub(super) wants: Vec<Want>,
    /// Whether each job has a bill of its own.
    pub(super) by_job: bool,
    /// The customer's own number of it, if it is known.
    pub(super) reference: Option<String>,
    /// In the words of whoever has it written.
    pub(super) note: Option<String>,
}

/// Writes drafts; `path` is that of the field that says what is billed. The number of
/// statements does not grow with their lines.
pub(super) async fn write(
    tx: &mut TenantTx,
    mut plan: Plan,
    path: &[&str],
) -> ServiceResult<Vec<InvoiceRow>> {
    let refuse = |message: &str| Err(UserError::at(ErrorCode::NotAllowed, path, message).into());
    if plan.wants.is_empty() {
        return refuse("nothing of this is left to bill");
    }
    if plan.wants.len() > MOST_LINES {
        return refuse("this comes to more than 1000 lines; bill less at once");
    }
    let names = names(tx, &plan.wants).await?;
    let buyers = buyers(tx, &plan.orders).await?;
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    for ((customer, job), wants) in grouped(&plan) {
        let buyer = buyers.get(&customer);
        let buyer = buyer.ok_or_else(|| AppError::internal("a customer has vanished"))?;
        let mut row = InvoiceRow {
            job_id: job,
            reference: plan.reference.clone(),
            note: plan.note.clone(),
            ..draft(tx, buyer)
        };
        let mut lines = lines(&row, wants, &names)?;
        assess(&mut plan.orders, &mut lines)?;
        (row.net, row.tax) = sums(&lines).map_err(AppError::internal)?;
        rows.push(row);
        all.extend(lines);
    }
    query::insert(tx, rows.clone(), all).await?;
    for row in &rows {
        tx.emit(&InvoiceDrafted(row.into()));
    }
    Ok(rows)
}

/// A draft of nothing.
pub(super) fn draft(tx: &TenantTx, buyer: &CustomerRow) -> InvoiceRow {
    let now = tx.now();
    let row = InvoiceRow {
        id: InvoiceId::generate(),
        kind: InvoiceKind::Invoice,
        state: InvoiceState::Draft,
        number: None,
        customer_id: buyer.id,
        job_id: None,
        credits_id: None,
        currency: tx.context().dealer().currency.clone(),
        name: String::new(),
        tax_id: None,
        address_line: None,
        city: None,
        postcode: None,
        country: None,
        reference: None,
        reason: None,
        note: None,
        issued_on: None,
        due_on: None,
        net: Decimal::ZERO,
        tax: Decimal::ZERO,
        entry_id: None,
        posted_by: None,
        posted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        settings_id: None,
    };
    billed_to(row, buyer)
}

/// The same with what the customer is called now.
pub(super) fn billed_to(row: InvoiceRow, buyer: &CustomerRow) -> InvoiceRow {
    InvoiceRow {
        name: buyer.name.clone(),
        tax_id: buyer.tax_id.clone(),
        address_line: buyer.address_line.clone(),
        city: buyer.city.clone(),
        postcode: buyer.postcode.clone(),
        country: buyer.country.clone(),
        ..row
    }
}

/// Whose bill it is, and for which job.
type Billed = (CustomerId, Option<JobId>);
type Groups<'a> = BTreeMap<Billed, Vec<&'a Want>>;

/// What goes on which bill, and the job that it is for.
fn grouped(plan: &Plan) -> Vec<(Billed, Vec<Want>)> {
    let mut groups = Groups::new();
    for want in &plan.wants {
        let job = job_of(&plan.orders, want).filter(|_| plan.by_job);
        let key = (want.line.customer_id, job);
        groups.entry(key).or_default().push(want);
    }
    let group = |((customer, job), wants): ((CustomerId, Option<JobId>), Vec<&Want>)| {
        let job = job.or_else(|| only_job(&plan.orders, &wants));
        let wants = wants.into_iter().cloned().collect();
        ((customer, job), wants)
    };
    groups.into_iter().map(group).collect()
}

/// The job of all of them, if they are for one.
fn only_job(orders: &Orders, wants: &[&Want]) -> Option<JobId> {
    let mut jobs = wants.iter().map(|want| job_of(orders, want));
    let first = jobs.next()?;
    if jobs.all(|job| job == first) {
        first
    } else {
        None
    }
}

fn job_of(orders: &Orders, want: &Want) -> Option<JobId> {
    orders.get(&want.line.order_id)?.row.job_id
}

async fn buyers(tx: &mut TenantTx, orders: &Orders) -> AppResult<HashMap<CustomerId, CustomerRow>> {
    let mut ids: Vec<CustomerId> = orders.values().map(|order| order.row.customer_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = customers::lock(tx, &ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn names(tx: &mut TenantTx, wants: &[Want]) -> AppResult<HashMap<ProductId, ProductRow>> {
    let mut ids: Vec<ProductId> = wants.iter().map(|want| want.line.product_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = products::find(tx, &ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn lines(
    invoice: &InvoiceRow,
    wants: Vec<Want>,
    names: &HashMap<ProductId, ProductRow>,
) -> AppResult<Vec<InvoiceLineRow>> {
    let line = |(position, want): (usize, Want)| {
        let of = want.line;
        let name = names
            .get(&of.product_id)
            .map(|product| product.name.clone());
        let unit_quantity = of.in_unit(want.quantity)?;
        Ok(InvoiceLineRow {
            id: InvoiceLineId::generate(),
            invoice_id: invoice.id,
            customer_id: invoice.customer_id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            is_posted: false,
            order_line_id: Some(of.id),
            delivery_line_id: want.came.map(|came| came.0),
            credits_id: None,
            credits_line_id: None,
            product_id: Some(of.product_id),
            description: name.ok_or_else(|| AppError::internal("a product has vanished"))?,
            unit_id: Some(of.unit_id),
            num: of.num,
            den: of.den,
            unit_quantity,
            quantity: want.quantity,
            unit_price: of.unit_price,
            price_unit_id: Some(of.price_unit_id),
            price_num: of.price_num,
            price_den: of.price_den,
            discount: of.discount,
            net: Decimal::ZERO,
            tax_rate: of.tax_rate,
            tax: Decimal::ZERO,
            cost: want.came.and_then(|came| came.1),
            is_rebilled: false,
        })
    };
    wants.into_iter().enumerate().map(line).collect()
}
