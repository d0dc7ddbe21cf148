//! Which lots postings are of: worked out beside the ledger, on the same locked levels.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::allot::{Parts, Shelf, split, total};
use super::model::{LotId, LotMovementRow, LotRow, NEVER};
use super::naming::{NamedLot, Naming};
use super::query;
use crate::dealer::calendar::today;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::ledger::model::{MovementKind, MovementRow};
use crate::dealer::stock::ledger::posting::{Change, Place, insufficient};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// A movement whose lots are to be found.
#[derive(Clone, Debug)]
pub struct Ask {
    /// How much comes or goes.
    pub change: Change,
    /// The field that is at fault when there is not enough.
    pub path: Vec<String>,
    /// What is said of its lots.
    pub naming: Naming,
}

/// What has to be known before lots can be found.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Where something moves.
    pub places: BTreeSet<Place>,
    /// The codes by which lots are named.
    pub codes: Vec<String>,
    /// The lines of documents that the movements are for.
    pub lines: Vec<Uuid>,
    /// Whether some goes to customers, who are given what is fresh before what is too old.
    pub is_sold: bool,
}

/// The lots that postings may be of.
#[derive(Debug)]
pub struct LotBook {
    tracked: BTreeSet<ProductId>,
    known: HashMap<(ProductId, String), LotRow>,
    expiries: HashMap<LotId, NaiveDate>,
    pub(super) shelves: HashMap<Place, Shelf>,
    /// What came for a line of a document, less what went, by place and lot.
    lines: HashMap<Uuid, BTreeMap<(WarehouseId, LotId), Decimal>>,
    /// What went, by the number of the movement, as far as it has not come elsewhere.
    sent: HashMap<usize, Parts>,
    today: Option<NaiveDate>,
    pub(super) new: Vec<LotRow>,
    pub(super) changed: BTreeSet<(ProductId, WarehouseId, LotId)>,
    pub(super) entries: Vec<LotMovementRow>,
    now: DateTime<Utc>,
}

impl LotBook {
    /// What there is of lots in these places, whose levels are locked. One statement, where
    /// nothing is kept by lots.
    pub async fn open(tx: &mut TenantTx, scope: Scope) -> AppResult<Self> {
        let products: BTreeSet<_> = scope.places.iter().map(|place| place.0).collect();
        let products: Vec<_> = products.into_iter().collect();
        let tracked: BTreeSet<_> = if products.is_empty() {
            BTreeSet::new()
        } else {
            query::tracked(tx, &products).await?.into_iter().collect()
        };
        let mut book = Self {
            tracked,
            known: HashMap::new(),
            expiries: HashMap::new(),
            shelves: HashMap::new(),
            lines: HashMap::new(),
            sent: HashMap::new(),
            today: None,
            new: Vec::new(),
            changed: BTreeSet::new(),
            entries: Vec::new(),
            now: tx.now(),
        };
        if !book.tracked.is_empty() {
            book.read(tx, scope).await?;
        }
        Ok(book)
    }

    async fn read(&mut self, tx: &mut TenantTx, scope: Scope) -> AppResult<()> {
        let products: Vec<_> = self.tracked.iter().copied().collect();
        let places: BTreeSet<_> = scope.places.iter().map(|place| place.1).collect();
        let lying = query::lying(tx, products.clone(), places.into_iter().collect()).await?;
        for (lot, level) in lying {
            let place = (lot.product_id, level.warehouse_id);
            let rack = self.shelves.entry(place).or_default();
            rack.put((lot.id, lot.expires_on), level.on_hand);
            self.learn(lot);
        }
        if !scope.codes.is_empty() {
            for lot in query::find_named(tx, products, scope.codes).await? {
                self.learn(lot);
            }
        }
        if !scope.lines.is_empty() {
            for (line, warehouse, lot, quantity) in query::moved_for(tx, scope.lines).await? {
                self.moved(line, (warehouse, lot), quantity);
            }
        }
        if scope.is_sold {
            self.today = Some(today(tx).await?);
        }
        Ok(())
    }

    fn learn(&mut self, lot: LotRow) {
        self.expiries.insert(lot.id, lot.expires_on);
        self.known.insert((lot.product_id, lot.code.clone()), lot);
    }

    fn moved(&mut self, line: Option<Uuid>, key: (WarehouseId, LotId), quantity: Decimal) {
        if let Some(line) = line {
            let sums = self.lines.entry(line).or_default();
            *sums.entry(key).or_default() += quantity;
        }
    }

    /// Enters a movement, the `index`th, or says what is wrong with it and changes nothing.
    pub fn enter(&mut self, index: usize, row: &MovementRow, ask: &Ask) -> ServiceResult<()> {
        if !self.tracked.contains(&row.product_id) {
            if ask.naming.lots.is_empty() {
                return Ok(());
            }
            let message = "the product is not kept by lots";
            return Err(at_lots(ask, ErrorCode::NotAllowed, message).into());
        }
        let place = (row.product_id, row.warehouse_id);
        match ask.change {
            Change::Out(quantity) => {
                let parts = self.going(row, ask, quantity)?;
                self.note(row, &parts, true);
                self.sent.insert(index, parts);
            }
            Change::In(quantity, _) | Change::Worth(quantity, _) => {
                let parts = self.coming(row, ask, quantity)?;
                self.put(place, &parts);
                self.note(row, &parts, false);
            }
            Change::From(quantity, sent) => {
                let parts = split(self.sent.entry(sent).or_default(), quantity);
                if total(&parts) != quantity {
                    return Err(AppError::internal("what came did not go in lots").into());
                }
                self.put(place, &parts);
                self.note(row, &parts, false);
            }
        }
        Ok(())
    }

    fn put(&mut self, place: Place, parts: &Parts) {
        for (lot, quantity) in parts {
            let expiry = self.expiries.get(lot).copied().unwrap_or(NEVER);
            let rack = self.shelves.entry(place).or_default();
            rack.put((*lot, expiry), *quantity);
        }
    }

    fn note(&mut self, row: &MovementRow, parts: &Parts, goes: bool) {
        for (lot, quantity) in parts {
            let quantity = if goes { -*quantity } else { *quantity };
            self.changed
                .insert((row.product_id, row.warehouse_id, *lot));
            self.moved(row.source_line, (row.warehouse_id, *lot), quantity);
            self.entries.push(LotMovementRow {
                movement_id: row.id,
                lot_id: *lot,
                quantity,
            });
        }
    }

    /// What goes: the lots that are named, or those that came for the same line of a document
    /// and then those that expire first.
    fn going(
        &mut self,
        row: &MovementRow,
        ask: &Ask,
        quantity: Decimal,
    ) -> Result<Parts, UserError> {
        let place = (row.product_id, row.warehouse_id);
        let mut named = Parts::new();
        for lot in &ask.naming.lots {
            named.push((
                self.that_goes(row.product_id, ask, lot)?,
                lot.quantity.unwrap_or(quantity),
            ));
        }
        let came = self.came_for(row);
        let fresh_on = self.today.filter(|_| row.kind == MovementKind::Issue);
        let rack = self.shelves.entry(place).or_default();
        if named.is_empty() {
            let taken = rack.take(quantity, &came, fresh_on);
            return taken.map_err(|there| insufficient(place, &ask.path, (there, quantity)));
        }
        let before = rack.clone();
        let mut parts = Parts::new();
        for (lot, part) in named {
            match rack.take_of(lot, part) {
                Ok(taken) => parts.extend(taken),
                Err(there) => {
                    *rack = before;
                    return Err(insufficient(place, &ask.path, (there, part)));
                }
            }
        }
        Ok(parts)
    }

    /// What came to the place for the line of the document, and is there.
    fn came_for(&self, row: &MovementRow) -> Parts {
        let sums = row.source_line.and_then(|line| self.lines.get(&line));
        let here = sums.into_iter().flatten();
        let here = here.filter(|((warehouse, _), sum)| {
            *warehouse == row.warehouse_id && **sum > Decimal::ZERO
        });
        here.map(|((_, lot), sum)| (*lot, *sum)).collect()
    }

    /// What went for the line of the document, wherever from, and has not come back.
    fn gone_for(&self, row: &MovementRow) -> Parts {
        let mut gone: BTreeMap<LotId, Decimal> = BTreeMap::new();
        let sums = row.source_line.and_then(|line| self.lines.get(&line));
        for ((_, lot), sum) in sums.into_iter().flatten() {
            *gone.entry(*lot).or_default() -= *sum;
        }
        gone.retain(|_, sum| *sum > Decimal::ZERO);
        gone.into_iter().collect()
    }

    /// What comes: the lots that are named, or those that went for the same line.
    fn coming(
        &mut self,
        row: &MovementRow,
        ask: &Ask,
        quantity: Decimal,
    ) -> Result<Parts, UserError> {
        if ask.naming.lots.is_empty() {
            let parts = split(&mut self.gone_for(row), quantity);
            if total(&parts) == quantity {
                return Ok(parts);
            }
            let message = "the product is kept by lots: name the lot that comes";
            return Err(at_lots(ask, ErrorCode::BadUserInput, message));
        }
        // Nothing is learnt of the first, if something is wrong with the second.
        for lot in &ask.naming.lots {
            self.agrees(row.product_id, ask, lot)?;
        }
        let named = ask.naming.lots.iter();
        let part = |lot: &NamedLot| {
            let id = self.that_comes(row.product_id, lot);
            (id, lot.quantity.unwrap_or(quantity))
        };
        Ok(named.map(part).collect())
    }

    /// Refuses another day for a lot that is known.
    fn agrees(&self, product: ProductId, ask: &Ask, named: &NamedLot) -> Result<(), UserError> {
        let Some(lot) = self.known.get(&(product, named.code.clone())) else {
            return Ok(());
        };
        let told = named.expires_on.unwrap_or(lot.expires_on);
        if told == lot.expires_on {
            return Ok(());
        }
        Err(at_lots(ask, ErrorCode::Conflict, &lot.known_to_expire()))
    }

    /// The lot that is named for what comes, which may be the first of it.
    fn that_comes(&mut self, product: ProductId, named: &NamedLot) -> LotId {
        if let Some(lot) = self.known.get(&(product, named.code.clone())) {
            return lot.id;
        }
        let lot = LotRow {
            id: LotId::generate(),
            product_id: product,
            code: named.code.clone(),
            expires_on: named.expires_on.unwrap_or(NEVER),
            created_at: self.now,
        };
        let id = lot.id;
        self.new.push(lot.clone());
        self.learn(lot);
        id
    }

    /// The lot that is named for what goes.
    fn that_goes(
        &self,
        product: ProductId,
        ask: &Ask,
        named: &NamedLot,
    ) -> Result<LotId, UserError> {
        let known = self.known.get(&(product, named.code.clone()));
        let missing = || at_lots(ask, ErrorCode::NotFound, "there is no lot of this code");
        known.map(|lot| lot.id).ok_or_else(missing)
    }
}

impl LotRow {
    /// Why another day is refused.
    pub(super) fn known_to_expire(&self) -> String {
        match self.expiry() {
            Some(day) => format!("the lot {} is known to expire on {day}", self.code),
            None => format!("the lot {} is known not to expire", self.code),
        }
    }
}

fn at_lots(ask: &Ask, code: ErrorCode, message: &str) -> UserError {
    let path = if ask.naming.path.is_empty() {
        &ask.path
    } else {
        &ask.naming.path
    };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    UserError::at(code, &path, message)
}
