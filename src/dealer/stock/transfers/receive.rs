//! The arrival of a transfer: what came, what did not, and what came besides.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::events::TransferReceived;
use super::input::TransferReceiveInput;
use super::model::{TransferAction, TransferLineId, TransferLineRow, TransferRow};
use super::query;
use super::service::{posting, step};
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::stock::adjust::input::AdjustmentReason;
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::dealer::stock::ledger::model::MovementKind;
use crate::dealer::stock::ledger::posting::{Change, Posting, post_lots};
use crate::dealer::stock::lots::naming::Naming;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, ServiceResult};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Puts what arrived where it should be.
pub async fn receive(tx: &mut TenantTx, input: TransferReceiveInput) -> ServiceResult<TransferRow> {
    let key = (input.id, input.expected_version);
    let row = step(tx, key, TransferAction::Receive, None).await?;
    let transit = row.transit_id;
    let transit = transit.ok_or_else(|| AppError::internal("goods on their way are nowhere"))?;
    let mut lines = query::find_lines(tx, &[row.id]).await?;
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    let measures = Measures::of(tx, &products).await?;
    let arrived = arrived(&input, &lines, &measures)?;
    let mut postings = Vec::new();
    for line in &mut lines {
        let said = arrived.get(&line.id);
        let received = said.map_or(line.quantity, |said| said.received);
        line.received = Some(received);
        let way = Way {
            row: &row,
            line,
            transit,
            besides: said.map(|said| said.besides.clone()).unwrap_or_default(),
        };
        way.arrive(&mut postings, received);
    }
    post_lots(tx, postings).await?;
    query::set_received(tx, &lines).await?;
    tx.emit(&TransferReceived((&row).into()));
    Ok(row)
}

/// What the input says of a line.
struct Said {
    received: Decimal,
    /// Of which lot is what came besides.
    besides: Naming,
}

/// What the input says, by line.
fn arrived(
    input: &TransferReceiveInput,
    lines: &[TransferLineRow],
    measures: &Measures,
) -> ServiceResult<HashMap<TransferLineId, Said>> {
    let mut checks = Checks::default();
    let mut arrived = HashMap::new();
    let fits = input.lines.len() <= MOST_LINES;
    checks.require(fits, &["input", "lines"], "may have at most 200 lines");
    for (index, line) in input.lines.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        let Some(row) = lines.iter().find(|row| row.id == line.line_id) else {
            checks.fault(&path("lineId"), "is no line of this transfer");
            continue;
        };
        // Half a bag does not arrive.
        let decimals = measures.base_scale(row.product_id)?;
        let received = checks.quantity(&path("received"), line.received.0, decimals);
        let fits = line.lot.is_none() || received > row.quantity;
        let message = "no more came than was sent, whose lots are known: leave this out";
        checks.require(fits, &path("lot"), message);
        let said = Said {
            received,
            besides: Naming::checked(&mut checks, &path("lot"), line.lot.as_ref()),
        };
        let first = arrived.insert(line.line_id, said).is_none();
        checks.require(first, &path("lineId"), "is listed twice");
    }
    checks.finish()?;
    Ok(arrived)
}

/// A line on its way.
struct Way<'a> {
    row: &'a TransferRow,
    line: &'a TransferLineRow,
    transit: WarehouseId,
    besides: Naming,
}

impl Way<'_> {
    /// The movements by which `received` of the line arrives.
    fn arrive(self, postings: &mut Vec<(Posting, Naming)>, received: Decimal) {
        let came = received.min(self.line.quantity);
        let (lost, besides) = (self.line.quantity - came, received - came);
        if came > Decimal::ZERO {
            let out = postings.len();
            let goes = self.moved(MovementKind::TransferOut, self.transit, Change::Out(came));
            let change = Change::From(came, out);
            let comes = self.moved(MovementKind::TransferIn, self.row.to_id, change);
            postings.extend([goes, comes].map(|posting| (posting, Naming::default())));
        }
        if lost > Decimal::ZERO {
            let gone = self.moved(MovementKind::Adjustment, self.transit, Change::Out(lost));
            let gone = because(gone, AdjustmentReason::Loss);
            postings.push((gone, Naming::default()));
        }
        if besides > Decimal::ZERO {
            let change = Change::In(besides, None);
            let found = self.moved(MovementKind::Adjustment, self.row.to_id, change);
            postings.push((because(found, AdjustmentReason::Found), self.besides));
        }
    }

    fn moved(&self, kind: MovementKind, warehouse: WarehouseId, change: Change) -> Posting {
        posting(self.row, self.line, (kind, warehouse), change)
    }
}

fn because(posting: Posting, reason: AdjustmentReason) -> Posting {
    Posting {
        reason: Some(reason.as_str()),
        ..posting
    }
}
