//! Recording what was counted.

use std::collections::{BTreeSet, HashMap};

use super::events::StockCountRecorded;
use super::input::{StockCountMode, StockCountRecordInput, StockCountRecordLineInput};
use super::model::{StockCountId, StockCountLineRow, StockCountRow};
use super::query;
use super::service::not_open;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::stock::adjust::service::lines_fit;
use crate::dealer::stock::ledger::posting::too_large;
use crate::dealer::stock::model::StockLevelRow;
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Records what was counted, against what the books say now.
pub async fn record(
    tx: &mut TenantTx,
    input: StockCountRecordInput,
) -> ServiceResult<StockCountRow> {
    let mut checks = Checks::default();
    lines_fit(&mut checks, input.lines.len());
    checks.finish()?;
    // Held from here on, so that two who add to a line do not overwrite each other.
    let row = opened(tx, input.id).await?;
    let products: BTreeSet<_> = input.lines.iter().map(|line| line.product_id).collect();
    let products: Vec<_> = products.into_iter().collect();
    let measures = Measures::of(tx, &products).await?;
    let lines = query::find_lines_of(tx, row.id, &products).await?;
    let levels = query::levels(tx, row.warehouse_id, &products).await?;
    let mut sheet = Sheet {
        lines: lines
            .into_iter()
            .map(|line| (line.product_id, line))
            .collect(),
        levels: levels
            .into_iter()
            .map(|level| (level.product_id, level))
            .collect(),
        measures,
        now: tx.now(),
        written: BTreeSet::new(),
    };
    let mut refused = Vec::new();
    for (index, line) in input.lines.iter().enumerate() {
        if let Err(error) = sheet.write(line, &index.to_string()) {
            refused.push(error);
        }
    }
    if !refused.is_empty() {
        return Err(Refusal::User(refused));
    }
    query::store(tx, sheet.changed()).await?;
    tx.emit(&StockCountRecorded((&row).into()));
    Ok(row)
}

/// The count, which nobody else records or posts until the COMMIT.
async fn opened(tx: &mut TenantTx, id: StockCountId) -> ServiceResult<StockCountRow> {
    if let Some(row) = query::touch(tx, id, tx.now()).await? {
        return Ok(row);
    }
    let found = query::find_many(tx, &[id]).await?;
    match found.first() {
        Some(ended) => Err(not_open(ended)),
        None => updated(None, std::future::ready(Ok(found))).await,
    }
}

/// The lines that an input is about, beside what the books say.
struct Sheet {
    lines: HashMap<ProductId, StockCountLineRow>,
    levels: HashMap<ProductId, StockLevelRow>,
    measures: Measures,
    now: chrono::DateTime<chrono::Utc>,
    /// Products of the lines that were written.
    written: BTreeSet<ProductId>,
}

impl Sheet {
    fn write(&mut self, input: &StockCountRecordLineInput, index: &str) -> Result<(), UserError> {
        let product = input.product_id;
        let product_path = ["input", "lines", index, "productId"];
        let quantity_path = ["input", "lines", index, "quantity"];
        let asked = (product, &product_path[..]);
        let counted = self
            .measures
            .counted(asked, (&input.quantity, &quantity_path))?;
        let is_first = self.written.insert(product);
        let Some(line) = self.lines.get_mut(&product) else {
            let message = "is no product of this count";
            return Err(UserError::at(ErrorCode::NotFound, &product_path, message));
        };
        let empty = StockLevelRow::empty((product, line.warehouse_id), self.now);
        let level = self.levels.get(&product).unwrap_or(&empty);
        if is_first {
            let version_path = ["input", "lines", index, "expectedVersion"];
            unchanged(line, input.expected_version, &version_path)?;
            line.version += 1;
        }
        let mode_path = ["input", "lines", index, "mode"];
        let before = match (input.mode, line.counted) {
            (StockCountMode::Add, Some(_)) if line.watermark != level.movements => {
                let message = "some moved since it was counted: count all of it anew, and send \
                               REPLACE";
                return Err(UserError::at(ErrorCode::Conflict, &mode_path, message));
            }
            (StockCountMode::Add, before) => before.unwrap_or_default(),
            (StockCountMode::Replace, _) if is_first => rust_decimal::Decimal::ZERO,
            (StockCountMode::Replace, _) => {
                let message = "would replace what a line before says: send ADD";
                return Err(UserError::at(ErrorCode::BadUserInput, &mode_path, message));
            }
        };
        let written = line.count(before + counted.amount.base, level, self.now);
        written.map_err(|_too_large| too_large(&quantity_path.map(str::to_owned)))
    }

    /// The lines that were written.
    fn changed(mut self) -> Vec<StockCountLineRow> {
        let written = self.written.iter();
        written
            .filter_map(|product| self.lines.remove(product))
            .collect()
    }
}

/// Refuses a line that is not as it was read.
fn unchanged(
    line: &StockCountLineRow,
    expected: Option<i32>,
    path: &[&str],
) -> Result<(), UserError> {
    if expected.is_none_or(|version| version == line.version) {
        return Ok(());
    }
    let message = "the line has changed since it was read; read it again";
    Err(UserError::at(ErrorCode::Conflict, path, message))
}
