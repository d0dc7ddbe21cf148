//! Use cases of quotes: writing them.

use rust_decimal::Decimal;

use super::actions::QuoteAction as Action;
use super::events::{QuoteCreated, QuoteUpdated};
use super::input::{QuoteCreateInput, QuoteUpdateInput};
use super::model::{QuoteChanges, QuoteId, QuoteLineRow, QuoteRow, QuoteState};
use super::steps::locked;
use super::{lines, query};
use crate::dealer::calendar::{check_coming, check_day};
use crate::dealer::customers::model::CustomerId;
use crate::dealer::numbering;
use crate::dealer::orders::service::for_buyer;
use crate::dealer::stock::warehouses::service::in_use;
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::graphql::payload::{given, given_text};
use crate::kernel::checks::Checks;
use crate::kernel::money::Totals;
use crate::tenancy::TenantTx;

/// Writes a quote down.
pub async fn create(tx: &mut TenantTx, input: QuoteCreateInput) -> ServiceResult<QuoteRow> {
    let mut checks = Checks::default();
    let reference = input.reference.as_deref();
    let reference = checks.optional_text(&["input", "reference"], reference, 100);
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    let day = (input.valid_until, tx.now());
    check_coming(&mut checks, &["input", "validUntil"], day);
    let sold = lines::as_sold(&input.lines);
    lines::check(&mut checks, &sold);
    checks.finish()?;
    for_buyer(
        tx,
        (input.customer_id, input.job_id),
        ("customerId", "jobId"),
    )
    .await?;
    if let Some(warehouse) = input.warehouse_id {
        in_use(tx, warehouse, &["input", "warehouseId"]).await?;
    }
    let draft = QuoteRow {
        job_id: input.job_id,
        warehouse_id: input.warehouse_id,
        valid_until: input.valid_until,
        reference,
        note,
        ..draft(tx, input.customer_id)
    };
    let rows = lines::rows(tx, &draft, &sold).await?;
    let number = numbering::next(tx, QuoteId::PREFIX).await?;
    add(tx, QuoteRow { number, ..draft }, rows).await
}

/// Changes a draft.
pub async fn update(tx: &mut TenantTx, input: QuoteUpdateInput) -> ServiceResult<QuoteRow> {
    let (mut checks, now) = (Checks::default(), tx.now());
    let mut changes = QuoteChanges {
        job_id: given(input.job_id),
        warehouse_id: given(input.warehouse_id),
        valid_until: input.valid_until,
        reference: given_text(&mut checks, &["input", "reference"], input.reference, 100),
        note: given_text(&mut checks, &["input", "note"], input.note, 500),
        ..QuoteChanges::none(now)
    };
    if let Some(day) = input.valid_until {
        check_day(&mut checks, &["input", "validUntil"], day);
    }
    let sold = input.lines.as_deref().map(lines::as_sold);
    if let Some(sold) = &sold {
        lines::check(&mut checks, sold);
    }
    checks.finish()?;
    let key = (input.id, input.expected_version);
    let mut quote = locked(tx, key, Action::Update).await?;
    if let Some(job) = changes.job_id.filter(|job| *job != quote.job_id) {
        if sold.is_none() {
            let message = "are needed when the job changes, since their prices hang on it";
            return Err(
                UserError::at(ErrorCode::BadUserInput, &["input", "lines"], message).into(),
            );
        }
        for_buyer(tx, (quote.customer_id, job), ("id", "jobId")).await?;
        quote.job_id = job;
    }
    if let Some(Some(warehouse)) = changes.warehouse_id {
        in_use(tx, warehouse, &["input", "warehouseId"]).await?;
    }
    if let Some(sold) = sold {
        let rows = lines::rows(tx, &quote, &sold).await?;
        let sums = lines::totals_of(&rows, &quote.currency)?;
        (changes.net, changes.tax) = (Some(sums.net), Some(sums.tax));
        query::replace_lines(tx, quote.id, rows).await?;
    }
    let row = change(tx, quote.id, changes).await?;
    tx.emit(&QuoteUpdated((&row).into()));
    Ok(row)
}

/// Writes a draft with its lines down.
pub(super) async fn add(
    tx: &mut TenantTx,
    draft: QuoteRow,
    rows: Vec<QuoteLineRow>,
) -> ServiceResult<QuoteRow> {
    let Totals { net, tax, .. } = lines::totals_of(&rows, &draft.currency)?;
    let row = QuoteRow { net, tax, ..draft };
    query::insert(tx, &row, rows).await?;
    tx.emit(&QuoteCreated((&row).into()));
    Ok(row)
}

/// The first revision of a quote without a number yet.
pub(super) fn draft(tx: &TenantTx, customer: CustomerId) -> QuoteRow {
    let now = tx.now();
    let user = tx.context().principal().map(|user| user.user().uuid());
    QuoteRow {
        id: QuoteId::generate(),
        number: 0,
        revision: 1,
        customer_id: customer,
        job_id: None,
        state: QuoteState::Draft,
        warehouse_id: None,
        currency: tx.context().dealer().currency.clone(),
        valid_until: now.date_naive(),
        reference: None,
        note: None,
        answer_reason: None,
        net: Decimal::ZERO,
        tax: Decimal::ZERO,
        salesperson: user,
        sent_at: None,
        answered_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Changes a quote that is locked.
pub(super) async fn change(
    tx: &mut TenantTx,
    id: QuoteId,
    changes: QuoteChanges,
) -> ServiceResult<QuoteRow> {
    let rows = query::update(tx, &[id], changes).await?;
    let gone = || AppError::internal(format!("{id} has vanished"));
    Ok(rows.into_iter().next().ok_or_else(gone)?)
}
