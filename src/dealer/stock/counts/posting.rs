//! Putting what a count found into the books.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::events::StockCountPosted;
use super::input::{StockCountLotInput, StockCountPostInput};
use super::model::{StockCountId, StockCountLineRow, StockCountRow, StockCountState};
use super::query;
use super::service::end;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::adjust::input::AdjustmentReason;
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::dealer::stock::ledger::model::MovementKind;
use crate::dealer::stock::ledger::posting::{Change, Posting, Source, post_lots};
use crate::dealer::stock::lots::naming::Naming;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Posts the difference between what was counted and what the books said then.
pub async fn post(tx: &mut TenantTx, input: StockCountPostInput) -> ServiceResult<StockCountRow> {
    let mut checks = Checks::default();
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    let lots = lots(&mut checks, &input.lots);
    checks.finish()?;
    let key = (input.id, input.expected_version);
    let row = end(tx, key, StockCountState::Posted).await?;
    let mut lines = query::find_lines(tx, &[row.id]).await?;
    all_counted(&lines, input.leave_out_uncounted)?;
    let postings = lines.iter().filter_map(|line| posting(line, note.as_ref()));
    let postings = with_lots(postings.collect(), lots)?;
    if !postings.is_empty() {
        let moved = post_lots(tx, postings).await?;
        let moved = moved.into_iter().map(|row| (row.product_id, row.value));
        let worth: HashMap<_, _> = moved.collect();
        // What is there has another cost by now, perhaps, than when it was counted.
        lines.retain(|line| worth.contains_key(&line.product_id));
        for line in &mut lines {
            line.variance_value = worth.get(&line.product_id).copied();
        }
        query::store(tx, lines).await?;
    }
    query::close_lines(tx, row.id).await?;
    tx.emit(&StockCountPosted((&row).into()));
    Ok(row)
}

/// What the input says of lots, by product.
fn lots(checks: &mut Checks, input: &[StockCountLotInput]) -> BTreeMap<ProductId, Naming> {
    let mut lots = BTreeMap::new();
    let fits = input.len() <= MOST_LINES;
    checks.require(fits, &["input", "lots"], "may have at most 200 entries");
    for (index, one) in input.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = ["input", "lots", index.as_str(), "lot"];
        let naming = Naming::checked(checks, &path, Some(&one.lot));
        let is_first = lots.insert(one.product_id, naming).is_none();
        let path = ["input", "lots", index.as_str(), "productId"];
        checks.require(is_first, &path, "is listed twice");
    }
    lots
}

/// The movements beside what is said of their lots; all of that is of one of them.
fn with_lots(
    postings: Vec<Posting>,
    mut lots: BTreeMap<ProductId, Naming>,
) -> ServiceResult<Vec<(Posting, Naming)>> {
    let mut named = Vec::new();
    for posting in postings {
        let unnamed = || Naming {
            path: ["input", "lots"].map(str::to_owned).into(),
            ..Naming::default()
        };
        let naming = lots.remove(&posting.place.0).unwrap_or_else(unnamed);
        named.push((posting, naming));
    }
    let Some(naming) = lots.into_values().next() else {
        return Ok(named);
    };
    let path: Vec<&str> = naming.path.iter().map(String::as_str).collect();
    let message = "the count has no difference of this product";
    Err(UserError::at(ErrorCode::NotAllowed, &path, message).into())
}

/// Refuses a count of which not all that matters is counted.
fn all_counted(lines: &[StockCountLineRow], leave_out: bool) -> ServiceResult<()> {
    let uncounted = lines.iter().filter(|line| line.counted.is_none()).count();
    if uncounted == lines.len() {
        let message = "nothing of it is counted: cancel it";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    if uncounted == 0 || leave_out {
        return Ok(());
    }
    let message = format!("{uncounted} products are not counted: count them, or leave them out");
    let path = ["input", "leaveOutUncounted"];
    let error = UserError::at(ErrorCode::NotAllowed, &path, message);
    Err(error.with_detail("uncounted", &uncounted).into())
}

/// The movement by which a line is set right; none if it is right, or was not counted.
fn posting(line: &StockCountLineRow, note: Option<&String>) -> Option<Posting> {
    let variance = line.variance().filter(|variance| !variance.is_zero())?;
    let (change, reason) = if variance > Decimal::ZERO {
        (Change::In(variance, None), AdjustmentReason::Found)
    } else {
        (Change::Out(-variance), AdjustmentReason::Loss)
    };
    Some(Posting {
        place: (line.product_id, line.warehouse_id),
        kind: MovementKind::Count,
        change,
        source: Some(Source {
            prefix: StockCountId::PREFIX,
            id: line.count_id.uuid(),
            line: Some(line.id.uuid()),
        }),
        reason: Some(reason.as_str()),
        note: note.cloned(),
        // Its product is among the details.
        path: ["input", "id"].map(str::to_owned).into(),
    })
}
