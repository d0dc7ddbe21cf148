//! Writing a further revision of a quote.

use super::actions::QuoteAction as Action;
use super::input::QuoteReviseInput;
use super::model::{QuoteRow, QuoteState};
use super::service::{add, draft};
use super::steps::{check, locked_with_revisions};
use super::{lines, query};
use crate::dealer::calendar::check_coming;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Writes a draft of the next revision. The one before stays as it is until that is sent.
pub async fn revise(tx: &mut TenantTx, input: QuoteReviseInput) -> ServiceResult<QuoteRow> {
    let mut checks = Checks::default();
    if let Some(day) = input.valid_until {
        check_coming(&mut checks, &["input", "validUntil"], (day, tx.now()));
    }
    checks.finish()?;
    let (quote, others) = locked_with_revisions(tx, (input.id, input.expected_version)).await?;
    check(tx, &quote, Action::Revise).await?;
    if let Some(later) = others.iter().find(|row| row.revision > quote.revision) {
        let message = format!(
            "revision {} is {} already; go on with that one",
            later.revision,
            later.state.as_str()
        );
        let error = UserError::at(ErrorCode::NotAllowed, &["input", "id"], message);
        return Err(error.with_detail("quoteId", &later.id).into());
    }
    let old = query::find_lines(tx, &[quote.id]).await?;
    let next = QuoteRow {
        number: quote.number,
        revision: quote.revision + 1,
        job_id: quote.job_id,
        state: QuoteState::Draft,
        warehouse_id: quote.warehouse_id,
        valid_until: input.valid_until.unwrap_or(quote.valid_until),
        reference: quote.reference,
        note: quote.note,
        ..draft(tx, quote.customer_id)
    };
    let rows = if input.renew_prices {
        let path = ["input", "renewPrices"];
        lines::renewed(tx, &next, (old, &path)).await?
    } else {
        lines::copied(&next, old)
    };
    add(tx, next, rows).await
}
