//! Use cases of transfers.

use super::events::{TransferApproved, TransferCancelled, TransferCreated, TransferDispatched};
use super::input::{TransferCreateInput, TransferStepInput};
use super::model::{
    TransferAction, TransferId, TransferLineId, TransferLineRow, TransferRow, TransferState,
    TransferStep,
};
use super::query;
use crate::dealer::calendar::check_day;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::numbering;
use crate::dealer::stock::adjust::service::lines_fit;
use crate::dealer::stock::holds::model::ReservationSource;
use crate::dealer::stock::holds::reserve::{Promise, release, release_on, reserve};
use crate::dealer::stock::ledger::model::MovementKind;
use crate::dealer::stock::ledger::posting::{Change, Posting, Source, lock, post_on};
use crate::dealer::stock::warehouses::model::{WarehouseId, WarehouseKind};
use crate::dealer::stock::warehouses::service::{in_use, transit};
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Writes a transfer down.
pub async fn create(tx: &mut TenantTx, input: TransferCreateInput) -> ServiceResult<TransferRow> {
    let mut checks = Checks::default();
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    lines_fit(&mut checks, input.lines.len());
    if let Some(day) = input.due_on {
        check_day(&mut checks, &["input", "dueOn"], day);
    }
    let moves = input.from_id != input.to_id;
    checks.require(moves, &["input", "toId"], "must be another warehouse");
    checks.finish()?;
    for (id, field) in [(input.from_id, "fromId"), (input.to_id, "toId")] {
        let warehouse = in_use(tx, id, &["input", field]).await?;
        if warehouse.kind == WarehouseKind::Transit {
            let message = "goods lie there while they are on their way, and no longer";
            return Err(UserError::at(ErrorCode::NotAllowed, &["input", field], message).into());
        }
    }
    let now = tx.now();
    let id = TransferId::generate();
    let lines = lines(tx, id, &input).await?;
    let row = TransferRow {
        id,
        number: numbering::next(tx, TransferId::PREFIX).await?,
        from_id: input.from_id,
        to_id: input.to_id,
        state: TransferState::Draft,
        transit_id: None,
        note,
        version: 1,
        created_at: now,
        updated_at: now,
        due_on: input.due_on,
    };
    query::insert(tx, &row, lines).await?;
    tx.emit(&TransferCreated((&row).into()));
    Ok(row)
}

/// The lines of an input as rows.
async fn lines(
    tx: &mut TenantTx,
    transfer: TransferId,
    input: &TransferCreateInput,
) -> ServiceResult<Vec<TransferLineRow>> {
    let products: Vec<_> = input.lines.iter().map(|line| line.product_id).collect();
    let measures = Measures::of(tx, &products).await?;
    let (mut rows, mut refused): (Vec<TransferLineRow>, Vec<_>) = (Vec::new(), Vec::new());
    for (position, line) in input.lines.iter().enumerate() {
        let index = position.to_string();
        let path = ["input", "lines", index.as_str(), "productId"];
        if rows.iter().any(|row| row.product_id == line.product_id) {
            let message = "is listed twice";
            refused.push(UserError::at(ErrorCode::BadUserInput, &path, message));
            continue;
        }
        let quantity_path = ["input", "lines", index.as_str(), "quantity"];
        let asked = measures.kept((line.product_id, &path), (&line.quantity, &quantity_path));
        match asked {
            Ok(asked) => rows.push(TransferLineRow {
                id: TransferLineId::generate(),
                transfer_id: transfer,
                position: i32::try_from(position).unwrap_or(i32::MAX),
                product_id: line.product_id,
                unit_id: asked.unit,
                unit_quantity: asked.amount.value,
                quantity: asked.amount.base,
                received: None,
            }),
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() {
        Ok(rows)
    } else {
        Err(Refusal::User(refused))
    }
}

/// Reserves its goods.
pub async fn approve(tx: &mut TenantTx, input: TransferStepInput) -> ServiceResult<TransferRow> {
    let key = (input.id, input.expected_version);
    let row = step(tx, key, TransferAction::Approve, None).await?;
    let lines = query::find_lines(tx, &[row.id]).await?;
    let promises = lines.iter().map(|line| Promise {
        place: (line.product_id, row.from_id),
        asked: asked(line),
        reason: None,
        path: at_fault(),
    });
    let document = (ReservationSource::Transfer, Some(row.id.uuid()));
    reserve(tx, document, promises.collect()).await?;
    tx.emit(&TransferApproved((&row).into()));
    Ok(row)
}

/// Sends its goods on their way.
pub async fn dispatch(tx: &mut TenantTx, input: TransferStepInput) -> ServiceResult<TransferRow> {
    let key = (input.id, input.expected_version);
    let transit = transit(tx).await?;
    let row = step(tx, key, TransferAction::Dispatch, Some(transit)).await?;
    let lines = query::find_lines(tx, &[row.id]).await?;
    let postings: Vec<_> = lines
        .iter()
        .enumerate()
        .flat_map(|(index, line)| leaving(&row, line, (transit, index * 2)))
        .collect();
    let mut levels = lock(tx, &postings).await?;
    release_on(tx, &mut levels, row.id.uuid()).await?;
    post_on(tx, levels, postings).await?;
    tx.emit(&TransferDispatched((&row).into()));
    Ok(row)
}

/// The movements by which a line leaves; the first of them has this index in the posting.
fn leaving(
    row: &TransferRow,
    line: &TransferLineRow,
    (transit, index): (WarehouseId, usize),
) -> [Posting; 2] {
    let goes = (MovementKind::TransferOut, row.from_id);
    let comes = (MovementKind::TransferIn, transit);
    [
        posting(row, line, goes, Change::Out(line.quantity)),
        posting(row, line, comes, Change::From(line.quantity, index)),
    ]
}

/// Gives a transfer up whose goods have not left.
pub async fn cancel(tx: &mut TenantTx, input: TransferStepInput) -> ServiceResult<TransferRow> {
    let key = (input.id, input.expected_version);
    let row = step(tx, key, TransferAction::Cancel, None).await?;
    release(tx, row.id.uuid()).await?;
    tx.emit(&TransferCancelled((&row).into()));
    Ok(row)
}

/// Moves a transfer on, if its state lets it; its goods lie in `transit` from now on.
pub(super) async fn step(
    tx: &mut TenantTx,
    (id, version): (TransferId, i32),
    action: TransferAction,
    transit: Option<WarehouseId>,
) -> ServiceResult<TransferRow> {
    let found = query::find_many(tx, &[id]).await?.into_iter().next();
    if let Some(found) = found.filter(|row| row.version == version) {
        let state = found.state;
        if !state.actions().contains(&action) {
            let message = format!(
                "a transfer that is {} can not be taken there",
                state.as_str()
            );
            return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
        }
        let step = TransferStep {
            state: action.leads_to(),
            transit_id: transit,
            updated_at: tx.now(),
        };
        if let Some(row) = query::advance(tx, (id, version), state, step).await? {
            return Ok(row);
        }
    }
    updated(None, query::find_many(tx, &[id])).await
}

/// A movement of a line.
pub(super) fn posting(
    transfer: &TransferRow,
    line: &TransferLineRow,
    (kind, warehouse): (MovementKind, WarehouseId),
    change: Change,
) -> Posting {
    Posting {
        place: (line.product_id, warehouse),
        kind,
        change,
        source: Some(Source {
            prefix: TransferId::PREFIX,
            id: transfer.id.uuid(),
            line: Some(line.id.uuid()),
        }),
        reason: None,
        note: None,
        path: at_fault(),
    }
}

/// The field that is at fault when there is less than a line says; its product is among
/// the details.
fn at_fault() -> Vec<String> {
    ["input", "id"].map(str::to_owned).into()
}

fn asked(line: &TransferLineRow) -> Asked {
    Asked {
        unit: line.unit_id,
        amount: crate::kernel::quantity::Amount {
            value: line.unit_quantity,
            base: line.quantity,
        },
    }
}
