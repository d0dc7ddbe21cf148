//! The stock levels that the lines of a batch name: locked, worked out, posted at once.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::said::{Amount, Catalogue};
use crate::dealer::bulk::cell::Cells;
use crate::dealer::bulk::may::May;
use crate::dealer::bulk::sheets::{Refused, Taken, texts};
use crate::dealer::stock::ledger::levels::Levels;
use crate::dealer::stock::ledger::posting::{Book, Change};
use crate::dealer::stock::warehouses::service::{moves, rests};
use crate::error::{AppResult, Refusal, ServiceResult};
use crate::tenancy::TenantTx;

/// What the lines of a batch name, and the movements they have made so far.
pub struct Named {
    catalogue: Catalogue,
    book: Book,
}

impl Named {
    /// Looks up what these lines name, and locks the levels in the order of their keys.
    pub async fn load(tx: &mut TenantTx, may: May, lines: &[&Cells]) -> AppResult<Self> {
        let catalogue = Catalogue::load(tx, may, lines).await?;
        let said = lines.iter().filter_map(|cells| catalogue.read(cells).ok());
        let places: BTreeSet<_> = said.map(|said| said.place()).collect();
        let levels = Levels::held(tx, &places).await;
        let levels = levels.map_err(Refusal::into_error)?;
        Ok(Self {
            catalogue,
            book: Book::with_lots(tx, levels, texts(lines, "lot")).await?,
        })
    }

    /// Enters the movement by which a line becomes true.
    pub fn take(&mut self, cells: &Cells) -> Result<Taken, Refused> {
        let said = self.catalogue.read(cells)?;
        let level = self.book.level(said.place());
        let level = level.map_err(Refused::unwritten)?;
        let coming = match said.amount {
            Amount::Level(there) => there - level.on_hand,
            Amount::Change(change) => change,
        };
        if coming.is_zero() {
            return Ok(Taken::Unchanged);
        }
        let change = if coming > Decimal::ZERO {
            Change::In(coming, said.cost)
        } else {
            Change::Out(-coming)
        };
        let is_new = level.movements == 0;
        let at_warehouse = ["input", "warehouse"];
        let usable = moves(said.warehouse, &at_warehouse)
            .and_then(|()| rests(said.warehouse, &at_warehouse, "correct it"));
        usable.map_err(Refused::unwritten)?;
        let path = ["input", said.column];
        let posting = said.head.movement(said.product, change, &path);
        let entered = self.book.enter_lots(posting, said.lot);
        entered.map_err(Refused::unwritten)?;
        Ok(if is_new {
            Taken::Created
        } else {
            Taken::Updated
        })
    }

    /// Posts the movements.
    pub async fn write(self, tx: &mut TenantTx) -> ServiceResult<()> {
        self.book.write(tx).await.map(|_rows| ())
    }
}
