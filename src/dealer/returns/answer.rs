//! Saying yes or no to a return.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::actions::ReturnAction as Action;
use super::events::{ReturnApproved, ReturnRejected};
use super::input::{ReturnApproveInput, ReturnFeeInput, ReturnRejectInput};
use super::model::{ReturnChanges, ReturnId, ReturnLineId, ReturnRow, ReturnState};
use super::query;
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Lets the goods of a return come, at a fee.
pub async fn approve(tx: &mut TenantTx, input: ReturnApproveInput) -> ServiceResult<ReturnRow> {
    let mut checks = Checks::default();
    let answer = checks.optional_text(&["input", "answer"], input.answer.as_deref(), 500);
    let fee = percent(
        &mut checks,
        &["input", "restockingFee"],
        input.restocking_fee.0,
    );
    let mut fees = fees(&mut checks, &input.lines);
    checks.finish()?;
    let found = locked(tx, (input.id, input.expected_version), Action::Approve).await?;
    let mut lines = query::find_lines(tx, &[found.id]).await?;
    for line in &mut lines {
        line.restocking_fee = fees.remove(&line.id).map_or(fee, |(_, fee)| fee);
    }
    if let Some((index, _)) = fees.into_values().next() {
        return Err(no_such_line(index).into());
    }
    query::store_lines(tx, &lines).await?;
    let now = tx.now();
    let changes = ReturnChanges {
        answer,
        approved_at: Some(now),
        ..ReturnChanges::to(ReturnState::Approved, now)
    };
    let row = query::update(tx, found.id, changes).await?;
    tx.emit(&ReturnApproved((&row).into()));
    Ok(row)
}

/// Does not let the goods of a return come, or gives them up that did not.
pub async fn reject(tx: &mut TenantTx, input: ReturnRejectInput) -> ServiceResult<ReturnRow> {
    let mut checks = Checks::default();
    let answer = checks.text(&["input", "answer"], &input.answer, 1, 500);
    checks.finish()?;
    let found = locked(tx, (input.id, input.expected_version), Action::Reject).await?;
    let changes = ReturnChanges {
        answer: Some(answer),
        ..ReturnChanges::to(ReturnState::Rejected, tx.now())
    };
    let row = query::update(tx, found.id, changes).await?;
    tx.emit(&ReturnRejected((&row).into()));
    Ok(row)
}

/// The return, locked, if it stands where `action` suits it.
pub(super) async fn locked(
    tx: &mut TenantTx,
    (id, version): (ReturnId, i32),
    action: Action,
) -> ServiceResult<ReturnRow> {
    let path = ["input", "id"];
    let Some(row) = query::lock(tx, id).await? else {
        return Err(missing().into());
    };
    if row.version != version {
        let message = "the record has changed since it was read; read it again";
        let path = ["input", "expectedVersion"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    action.check(row.state, &path)?;
    Ok(row)
}

pub(super) fn missing() -> UserError {
    let message = "there is no such return";
    UserError::at(ErrorCode::NotFound, &["input", "id"], message)
}

/// The refusal of the line at `index` of an input, which the return does not have.
pub(super) fn no_such_line(index: usize) -> UserError {
    let index = index.to_string();
    let path = ["input", "lines", index.as_str(), "lineId"];
    UserError::at(ErrorCode::NotFound, &path, "the return has no such line")
}

/// Fees by line, each with its place in the input.
fn fees(checks: &mut Checks, lines: &[ReturnFeeInput]) -> BTreeMap<ReturnLineId, (usize, Decimal)> {
    let message = "may list at most 200 lines";
    checks.require(lines.len() <= MOST_LINES, &["input", "lines"], message);
    let mut fees = BTreeMap::new();
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let at = index.to_string();
        let path = |field: &'static str| ["input", "lines", at.as_str(), field];
        let fee = percent(checks, &path("restockingFee"), line.restocking_fee.0);
        let is_first = fees.insert(line.line_id, (index, fee)).is_none();
        checks.require(is_first, &path("lineId"), "is listed twice");
    }
    fees
}

fn percent(checks: &mut Checks, path: &[&str], value: Decimal) -> Decimal {
    checks.amount(path, value);
    checks.require(value <= Decimal::ONE_HUNDRED, path, "must be at most 100");
    value
}
