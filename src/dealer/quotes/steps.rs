//! Use cases of quotes: moving them on.

use super::actions::QuoteAction as Action;
use super::events::{QuoteAccepted, QuoteRejected, QuoteRevised, QuoteSent};
use super::input::{QuoteAcceptInput, QuoteRejectInput, QuoteStepInput};
use super::model::{QuoteChanges, QuoteId, QuoteRow, QuoteState as State};
use super::query;
use super::service::change;
use crate::dealer::calendar::today;
use crate::dealer::customers::contacts::contractor::contractor;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Sends a quote: from now on the customer knows of it, and earlier revisions are void.
pub async fn send(tx: &mut TenantTx, input: QuoteStepInput) -> ServiceResult<QuoteRow> {
    let (quote, others) = locked_with_revisions(tx, (input.id, input.expected_version)).await?;
    check(tx, &quote, Action::Send).await?;
    if quote.valid_until < today(tx).await? {
        let message = "its last day has passed: set another validUntil first";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    if others.iter().any(|row| row.state == State::Converted) {
        let message = "an order was made of an earlier revision; amend that order";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    give_way(tx, &others).await?;
    let now = tx.now();
    let changes = QuoteChanges {
        sent_at: Some(now),
        ..QuoteChanges::to(State::Sent, now)
    };
    let row = change(tx, quote.id, changes).await?;
    tx.emit(&QuoteSent((&row).into()));
    Ok(row)
}

/// Writes down that the customer wants the goods so.
pub async fn accept(tx: &mut TenantTx, input: QuoteAcceptInput) -> ServiceResult<QuoteRow> {
    let mut checks = Checks::default();
    let reason = checks.optional_text(&["input", "reason"], input.reason.as_deref(), 500);
    checks.finish()?;
    let quote = locked(tx, (input.id, input.expected_version), Action::Accept).await?;
    refuse_beyond(tx, &quote).await?;
    let row = answer(tx, &quote, (State::Accepted, reason)).await?;
    tx.emit(&QuoteAccepted((&row).into()));
    Ok(row)
}

/// Writes down that the customer does not want them.
pub async fn reject(tx: &mut TenantTx, input: QuoteRejectInput) -> ServiceResult<QuoteRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 500);
    checks.finish()?;
    let quote = locked(tx, (input.id, input.expected_version), Action::Reject).await?;
    let row = answer(tx, &quote, (State::Rejected, Some(reason))).await?;
    tx.emit(&QuoteRejected((&row).into()));
    Ok(row)
}

/// The quote, locked, if it stands today where `action` suits it.
pub(super) async fn locked(
    tx: &mut TenantTx,
    (id, version): (QuoteId, i32),
    action: Action,
) -> ServiceResult<QuoteRow> {
    let row = query::lock(tx, id).await?.ok_or_else(missing)?;
    is_current(&row, version)?;
    check(tx, &row, action).await?;
    Ok(row)
}

/// The quote and all other revisions of its number, locked in their order.
pub(super) async fn locked_with_revisions(
    tx: &mut TenantTx,
    (id, version): (QuoteId, i32),
) -> ServiceResult<(QuoteRow, Vec<QuoteRow>)> {
    let found = query::find_many(tx, &[id]).await?.pop();
    let number = found.ok_or_else(missing)?.number;
    query::lock_revisions(tx, number).await?;
    // Read behind the locks: who was before may have written a further one.
    let revisions = query::revisions(tx, &[number]).await?;
    let (mut this, others): (Vec<_>, Vec<_>) = revisions.into_iter().partition(|row| row.id == id);
    let row = this.pop().ok_or_else(missing)?;
    is_current(&row, version)?;
    Ok((row, others))
}

/// Refuses what does not suit where the quote stands today.
pub(super) async fn check(tx: &mut TenantTx, row: &QuoteRow, action: Action) -> ServiceResult<()> {
    let state = row.state_on(today(tx).await?);
    action.check(state, &["input", "id"])
}

pub(super) fn missing() -> UserError {
    let message = "there is no such quote";
    UserError::at(ErrorCode::NotFound, &["input", "id"], message)
}

pub(super) fn is_current(row: &QuoteRow, version: i32) -> ServiceResult<()> {
    if row.version == version {
        return Ok(());
    }
    let message = "the record has changed since it was read; read it again";
    let path = ["input", "expectedVersion"];
    Err(UserError::at(ErrorCode::Conflict, &path, message).into())
}

/// Refuses somebody of the customer's people what is beyond his limit.
async fn refuse_beyond(tx: &mut TenantTx, quote: &QuoteRow) -> ServiceResult<()> {
    let who = contractor(tx).await?;
    if who.is_none_or(|who| who.reaches(quote.net + quote.tax)) {
        return Ok(());
    }
    let message = "it comes to more than you order without asking; another of your people may";
    Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into())
}

async fn answer(
    tx: &mut TenantTx,
    quote: &QuoteRow,
    (state, reason): (State, Option<String>),
) -> ServiceResult<QuoteRow> {
    let now = tx.now();
    let changes = QuoteChanges {
        answer_reason: Some(reason),
        answered_at: Some(now),
        ..QuoteChanges::to(state, now)
    };
    change(tx, quote.id, changes).await
}

/// What was sent before makes way for what is sent now.
async fn give_way(tx: &mut TenantTx, others: &[QuoteRow]) -> ServiceResult<()> {
    let open = others.iter().filter(|row| row.state.gives_way());
    let open: Vec<_> = open.map(|row| row.id).collect();
    if open.is_empty() {
        return Ok(());
    }
    let changes = QuoteChanges::to(State::Revised, tx.now());
    for row in query::update(tx, &open, changes).await? {
        tx.emit(&QuoteRevised((&row).into()));
    }
    Ok(())
}
