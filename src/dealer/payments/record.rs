//! The use case of recording what a customer has paid.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::events::PaymentRecorded;
use super::input::{PaymentAllocationInput, PaymentRecordInput};
use super::model::{PaymentDirection, PaymentId, PaymentMethod, PaymentRow, PaymentState as State};
use super::query;
use crate::dealer::accounts::allocate::Fields;
use crate::dealer::accounts::input::AccountDebtInput;
use crate::dealer::accounts::model::{EntryKind, EntryRow};
use crate::dealer::accounts::post::{Place, Posting, post};
use crate::dealer::accounts::settle;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::customers::service as customers;
use crate::dealer::invoices::model::InvoiceId;
use crate::dealer::orders::model::{OrderId, OrderState};
use crate::dealer::{calendar, numbering};
use crate::error::{AppError, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// Where inputs of payments name the credit and its debts.
pub(super) const FIELDS: Fields = Fields {
    credit: "amount",
    debts: "allocations",
};
/// Most debts of one call.
const MOST: usize = 200;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "payments_external_ref_unique",
    path: &["input", "externalRef"],
    message: "a payment of this method with this number is recorded already",
}];

/// A payment, checked, before it is posted.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) direction: PaymentDirection,
    pub(super) customer: CustomerId,
    pub(super) job: Option<JobId>,
    pub(super) order: Option<OrderId>,
    pub(super) method: PaymentMethod,
    pub(super) amount: Decimal,
    pub(super) paid_on: NaiveDate,
    pub(super) external_ref: Option<String>,
    pub(super) note: Option<String>,
}

/// What the inputs of both directions say alike.
pub(super) struct Said<'i> {
    pub(super) amount: Decimal,
    pub(super) paid_on: Option<NaiveDate>,
    pub(super) external_ref: Option<&'i str>,
    pub(super) note: Option<&'i str>,
}

/// As [`Said`], checked.
pub(super) struct Checked {
    pub(super) amount: Decimal,
    pub(super) paid_on: NaiveDate,
    pub(super) external_ref: Option<String>,
    pub(super) note: Option<String>,
}

/// Records what a customer has paid, and what it settles.
pub async fn record(tx: &mut TenantTx, input: PaymentRecordInput) -> ServiceResult<PaymentRow> {
    let mut checks = Checks::default();
    let today = calendar::today(tx).await?;
    let said = Said {
        amount: input.amount.0,
        paid_on: input.paid_on,
        external_ref: input.external_ref.as_deref(),
        note: input.note.as_deref(),
    };
    let digits = digits_of(&tx.context().dealer().currency);
    let said = said.checked(&mut checks, today, digits);
    let is_one = !(input.auto && input.allocations.is_some());
    checks.require(
        is_one,
        &["input", "auto"],
        "can not be said beside allocations",
    );
    let is_free = !(input.auto && input.order_id.is_some());
    let message = "a deposit waits for its order; name what it is to settle before that";
    checks.require(is_free, &["input", "auto"], message);
    if let Some(allocations) = &input.allocations {
        check_allocations(&mut checks, allocations);
    }
    checks.finish()?;
    let job = job_of(tx, &input).await?;
    customers::lock_one(
        tx,
        (input.customer_id, "customerId"),
        CustomerAction::EntryPost,
    )
    .await?;
    let debts = match input.allocations {
        Some(allocations) => Some(debts(tx, allocations).await?),
        None => None,
    };
    let draft = Draft {
        direction: PaymentDirection::In,
        customer: input.customer_id,
        job,
        order: input.order_id,
        method: input.method,
        amount: said.amount,
        paid_on: said.paid_on,
        external_ref: said.external_ref,
        note: said.note,
    };
    let (row, entry) = add(tx, draft).await?;
    tx.emit(&PaymentRecorded((&row).into()));
    if let Some(debts) = debts {
        settle::named(tx, &entry, &debts, FIELDS).await?;
    } else if input.auto {
        settle::oldest(tx, &entry, FIELDS).await?;
    }
    Ok(row)
}

impl Said<'_> {
    /// Notes what is wrong with it.
    pub(super) fn checked(&self, checks: &mut Checks, today: NaiveDate, digits: u32) -> Checked {
        let path = ["input", "amount"];
        let amount = checks.money(&path, self.amount, digits);
        checks.require(!amount.is_zero(), &path, "must not be zero");
        let (path, paid_on) = (["input", "paidOn"], self.paid_on.unwrap_or(today));
        calendar::check_day(checks, &path, paid_on);
        checks.require(paid_on <= today, &path, "must not be in the future");
        Checked {
            amount,
            paid_on,
            external_ref: checks.optional_text(&["input", "externalRef"], self.external_ref, 100),
            note: checks.optional_text(&["input", "note"], self.note, 500),
        }
    }
}

/// Notes what is wrong with the debts that a payment is to settle.
pub(super) fn check_allocations(checks: &mut Checks, allocations: &[PaymentAllocationInput]) {
    let right = (1..=MOST).contains(&allocations.len());
    checks.require(right, &["input", "allocations"], "must be 1 to 200 debts");
    for (index, named) in allocations.iter().take(MOST).enumerate() {
        let path = ["input", "allocations", &index.to_string()];
        let is_one = named.entry_id.is_some() != named.invoice_id.is_some();
        checks.require(
            is_one,
            &path,
            "name the debt by exactly one of entryId and invoiceId",
        );
    }
}

/// The entries of the debts that were named and checked.
pub(super) async fn debts(
    tx: &mut TenantTx,
    allocations: Vec<PaymentAllocationInput>,
) -> ServiceResult<Vec<AccountDebtInput>> {
    let invoices = allocations.iter().filter_map(|named| named.invoice_id);
    let invoices: Vec<_> = invoices.map(InvoiceId::uuid).collect();
    let entries = settle::entries_of(tx, EntryKind::Invoice, &invoices).await?;
    let mut debts = Vec::with_capacity(allocations.len());
    for (index, named) in allocations.into_iter().enumerate() {
        let of_invoice = || entries.get(&named.invoice_id?.uuid()).copied();
        let missing = || {
            let path = ["input", "allocations", &index.to_string(), "invoiceId"];
            UserError::at(
                ErrorCode::NotFound,
                &path,
                "there is no such posted invoice",
            )
        };
        debts.push(AccountDebtInput {
            entry_id: named.entry_id.or_else(of_invoice).ok_or_else(missing)?,
            amount: named.amount,
        });
    }
    Ok(debts)
}

/// The job of a payment: that of its order, if it is a deposit.
async fn job_of(tx: &mut TenantTx, input: &PaymentRecordInput) -> ServiceResult<Option<JobId>> {
    let Some(order) = input.order_id else {
        return Ok(input.job_id);
    };
    let path = ["input", "orderId"];
    let buyer = query::buyer_of(tx, order).await?;
    let Some((_, job, state)) = buyer.filter(|(customer, _, _)| *customer == input.customer_id)
    else {
        let message = "this customer has no such order";
        return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
    };
    if matches!(state, OrderState::Cancelled | OrderState::Closed) {
        let message = format!(
            "nothing is paid in advance for an order that is {}",
            state.as_str()
        );
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    if input.job_id.is_some() && input.job_id != job {
        let message = "the order is for another job";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "jobId"], message).into());
    }
    Ok(job)
}

/// Posts a payment to the account of its customer, who is locked, and writes it down.
pub(super) async fn add(tx: &mut TenantTx, draft: Draft) -> ServiceResult<(PaymentRow, EntryRow)> {
    let (id, now) = (PaymentId::generate(), tx.now());
    let recorded_by = tx.context().principal().map(|user| user.user().uuid());
    let number = numbering::next(tx, PaymentId::PREFIX).await?;
    let entry = post(tx, vec![posting(id, number, &draft)], Place::Input).await?;
    let entry = entry.into_iter().next();
    let entry = entry.ok_or_else(|| AppError::internal("no entry was posted"))?;
    let row = PaymentRow {
        id,
        number,
        direction: draft.direction,
        state: State::Recorded,
        customer_id: draft.customer,
        job_id: draft.job,
        order_id: draft.order,
        method: draft.method,
        amount: draft.amount,
        currency: tx.context().dealer().currency.clone(),
        paid_on: draft.paid_on,
        external_ref: draft.external_ref,
        note: draft.note,
        entry_id: entry.id,
        reversal_reason: None,
        recorded_by,
        reconciled_at: None,
        reversed_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let inserted = query::insert(tx, &row).await;
    inserted.map_err(on_constraint(CONSTRAINTS))?;
    Ok((row, entry))
}

fn posting(id: PaymentId, number: i64, draft: &Draft) -> Posting {
    let (kind, amount) = match draft.direction {
        PaymentDirection::In => (EntryKind::Payment, -draft.amount),
        PaymentDirection::Out => (EntryKind::Refund, draft.amount),
    };
    Posting {
        customer: draft.customer,
        job: draft.job,
        kind,
        reference: Some(number.to_string()),
        note: None,
        amount,
        document_on: draft.paid_on,
        due_on: Some(draft.paid_on),
        source: Some(id.uuid()),
        reverses: None,
    }
}
