//! Moving goods: the one way in which what lies where changes.
//!
//! All levels of a posting are locked in the order of their keys, so that no two
//! postings wait for each other in a circle; then the movements are worked out one
//! after the other, and written at once. The number of statements is the same for one
//! line and for two hundred. Which lots they are of is found beside it (`stock::lots`).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::balance::TooLarge;
use super::events::MovementPosted;
use super::levels::Levels;
use super::model::{MovementId, MovementKind, MovementRow};
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::lots::book::{Ask, LotBook, Scope};
use crate::dealer::stock::lots::naming::Naming;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// A product in a warehouse.
pub type Place = (ProductId, WarehouseId);

/// One movement to make.
#[derive(Clone, Debug)]
pub struct Posting {
    /// What, and where.
    pub place: Place,
    /// Why.
    pub kind: MovementKind,
    /// How much comes or goes.
    pub change: Change,
    /// The document it is for.
    pub source: Option<Source>,
    /// Why, in a word out of a few.
    pub reason: Option<&'static str>,
    /// Why, in the words of whoever does it.
    pub note: Option<String>,
    /// The field that is at fault when it can not be done.
    pub path: Vec<String>,
}

/// How much comes or goes, in base units, above zero.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// Comes, at this cost per base unit, or at that of what is there.
    In(Decimal, Option<Decimal>),
    /// Comes, and is worth so much in all.
    Worth(Decimal, Decimal),
    /// Comes from another place, and is worth what the movement with this index, before
    /// it in the posting, took along.
    From(Decimal, usize),
    /// Goes, out of what is promised to nobody.
    Out(Decimal),
}

impl Change {
    const fn comes(self) -> bool {
        matches!(self, Self::In(..) | Self::Worth(..) | Self::From(..))
    }
}

/// The document of a movement, and its line. A line moves goods of one kind in a
/// warehouse once.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Prefix of the document's id.
    pub prefix: &'static str,
    /// The document.
    pub id: Uuid,
    /// Its line.
    pub line: Option<Uuid>,
}

/// Makes these movements, in this order, or refuses them all.
pub async fn post(tx: &mut TenantTx, postings: Vec<Posting>) -> ServiceResult<Vec<MovementRow>> {
    let levels = lock(tx, &postings).await?;
    post_on(tx, levels, postings).await
}

/// As [`post`], where some of them say of which lots they are. Of a product that is kept by
/// lots, what comes has to, unless it went for the same line before.
pub async fn post_lots(
    tx: &mut TenantTx,
    postings: Vec<(Posting, Naming)>,
) -> ServiceResult<Vec<MovementRow>> {
    let (postings, namings): (Vec<_>, Vec<_>) = postings.into_iter().unzip();
    let levels = lock(tx, &postings).await?;
    let mut book = Book::open(levels, tx.now());
    book.enter_all_lots(postings.into_iter().zip(namings))?;
    book.write(tx).await
}

/// The levels of these movements, all of them at once: who locks some and then others
/// could wait in a circle.
pub async fn lock(tx: &mut TenantTx, postings: &[Posting]) -> ServiceResult<Levels> {
    let places = postings.iter().map(|posting| posting.place).collect();
    let coming = postings.iter().filter(|posting| posting.change.comes());
    let coming = coming.map(|posting| posting.place).collect();
    Levels::locked(tx, &places, &coming).await
}

/// As [`post`], on levels that are locked already.
pub async fn post_on(
    tx: &mut TenantTx,
    levels: Levels,
    postings: Vec<Posting>,
) -> ServiceResult<Vec<MovementRow>> {
    let mut book = Book::open(levels, tx.now());
    book.enter_all(postings)?;
    book.write(tx).await
}

/// Movements that are worked out one after the other on locked levels, and then written
/// at once.
#[derive(Debug)]
pub struct Book {
    levels: Levels,
    rows: Vec<MovementRow>,
    asks: Vec<Ask>,
    /// Where it was opened beforehand; otherwise it is when all movements are known.
    lots: Option<LotBook>,
    now: DateTime<Utc>,
}

impl Book {
    /// On these levels, without any movement yet.
    pub const fn open(levels: Levels, now: DateTime<Utc>) -> Self {
        Self {
            levels,
            rows: Vec::new(),
            asks: Vec::new(),
            lots: None,
            now,
        }
    }

    /// As [`Book::open`], where each movement is told by itself what is wrong with its lots.
    pub async fn with_lots(
        tx: &mut TenantTx,
        levels: Levels,
        codes: Vec<String>,
    ) -> AppResult<Self> {
        let scope = Scope {
            places: levels.places(),
            codes,
            ..Scope::default()
        };
        let lots = LotBook::open(tx, scope).await?;
        let mut book = Self::open(levels, tx.now());
        book.lots = Some(lots);
        Ok(book)
    }

    /// What is in one of the places after the movements so far.
    pub fn level(&self, place: Place) -> AppResult<&StockLevelRow> {
        self.levels.get(place)
    }

    /// What is in the places after the movements so far, so that some of it can be promised.
    pub const fn levels_mut(&mut self) -> &mut Levels {
        &mut self.levels
    }

    /// As [`Book::enter`], one after the other; all that is refused is told at once.
    pub fn enter_all(&mut self, postings: Vec<Posting>) -> ServiceResult<()> {
        let unnamed = postings.into_iter();
        self.enter_all_lots(unnamed.map(|posting| (posting, Naming::default())))
    }

    /// As [`Book::enter_all`], of lots that are named.
    pub fn enter_all_lots(
        &mut self,
        postings: impl IntoIterator<Item = (Posting, Naming)>,
    ) -> ServiceResult<()> {
        let mut refused = Vec::new();
        for (posting, naming) in postings {
            match self.enter_lots(posting, naming) {
                Ok(()) => {}
                Err(Refusal::User(errors)) => refused.extend(errors),
                Err(fault) => return Err(fault),
            }
        }
        if refused.is_empty() {
            Ok(())
        } else {
            Err(Refusal::User(refused))
        }
    }

    /// Works a movement out; what is refused leaves all as it was.
    pub fn enter(&mut self, posting: Posting) -> ServiceResult<()> {
        self.enter_lots(posting, Naming::default())
    }

    /// As [`Book::enter`], of lots that are named.
    pub fn enter_lots(&mut self, posting: Posting, naming: Naming) -> ServiceResult<()> {
        let place = posting.place;
        let mut level = self.levels.get(place)?.clone();
        let value = apply(&mut level, &posting, &self.rows)?;
        let ask = Ask {
            change: posting.change,
            path: posting.path.clone(),
            naming,
        };
        let row = row(&mut level, posting, value, self.now);
        if let Some(lots) = &mut self.lots {
            lots.enter(self.rows.len(), &row, &ask)?;
        }
        self.rows.push(row);
        self.asks.push(ask);
        *self.levels.at(place)? = level;
        Ok(())
    }

    /// Writes levels, movements and lots, and tells of them.
    pub async fn write(mut self, tx: &mut TenantTx) -> ServiceResult<Vec<MovementRow>> {
        if self.rows.is_empty() {
            self.levels.store(tx).await?;
            return Ok(self.rows);
        }
        let lots = match self.lots.take() {
            Some(lots) => lots,
            None => self.found_lots(tx).await?,
        };
        self.levels.store(tx).await?;
        query::insert(tx, &self.rows).await?;
        lots.write(tx).await?;
        for row in &self.rows {
            tx.emit(&MovementPosted(row.into()));
        }
        Ok(self.rows)
    }

    /// The lots of all movements, or all that is wrong with them.
    async fn found_lots(&self, tx: &mut TenantTx) -> ServiceResult<LotBook> {
        let named = self.asks.iter().flat_map(|ask| &ask.naming.lots);
        let scope = Scope {
            places: self.levels.places(),
            codes: named.map(|lot| lot.code.clone()).collect(),
            lines: self.rows.iter().filter_map(|row| row.source_line).collect(),
            is_sold: self.rows.iter().any(|row| row.kind == MovementKind::Issue),
        };
        let mut lots = LotBook::open(tx, scope).await?;
        let mut refused = Vec::new();
        for (index, (row, ask)) in self.rows.iter().zip(&self.asks).enumerate() {
            match lots.enter(index, row, ask) {
                Ok(()) => {}
                Err(Refusal::User(errors)) => refused.extend(errors),
                // What follows from what was refused is no fault.
                Err(_) if !refused.is_empty() => {}
                Err(fault) => return Err(fault),
            }
        }
        if refused.is_empty() {
            Ok(lots)
        } else {
            Err(Refusal::User(refused))
        }
    }
}

/// Changes the level; by how much its value changed.
fn apply(
    level: &mut StockLevelRow,
    posting: &Posting,
    rows: &[MovementRow],
) -> Result<Decimal, UserError> {
    let before = level.balance();
    let after = match posting.change {
        Change::In(quantity, cost) => before.after_coming(quantity, cost),
        Change::Worth(quantity, worth) => before.after_coming_worth(quantity, worth),
        Change::From(quantity, index) => {
            let worth = rows.get(index).map_or(Decimal::ZERO, |row| -row.value);
            before.after_coming_worth(quantity, worth)
        }
        Change::Out(quantity) => {
            enough(level, posting, quantity)?;
            before.after_going(quantity)
        }
    };
    let after = after.map_err(|TooLarge| too_large(&posting.path))?;
    level.on_hand = after.on_hand;
    level.value = after.value;
    level.last_cost = after.last_cost;
    Ok(after.value - before.value)
}

fn enough(level: &StockLevelRow, posting: &Posting, wanted: Decimal) -> Result<(), UserError> {
    let available = level.available();
    if level.may_be_negative || available >= wanted {
        return Ok(());
    }
    Err(insufficient(
        posting.place,
        &posting.path,
        (available, wanted),
    ))
}

/// More than is ever kept.
pub fn too_large(path: &[String]) -> UserError {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    UserError::at(ErrorCode::BadUserInput, &path, TooLarge.to_string())
}

/// Less is there than was asked for.
pub fn insufficient(
    (product, _): Place,
    path: &[String],
    (available, requested): (Decimal, Decimal),
) -> UserError {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let (available, requested) = (available.normalize(), requested.normalize());
    let message = format!("{available} are available, {requested} were asked for");
    UserError::at(ErrorCode::InsufficientStock, &path, message)
        .with_detail("productId", &product)
        .with_detail("available", &available)
        .with_detail("requested", &requested)
}

fn row(
    level: &mut StockLevelRow,
    posting: Posting,
    value: Decimal,
    now: DateTime<Utc>,
) -> MovementRow {
    level.movements += 1;
    // A transaction that began earlier may have waited for one that began later.
    level.updated_at = level.updated_at.max(now);
    let quantity = match posting.change {
        Change::In(quantity, _) | Change::Worth(quantity, _) | Change::From(quantity, _) => {
            quantity
        }
        Change::Out(quantity) => -quantity,
    };
    MovementRow {
        id: MovementId::generate(),
        product_id: posting.place.0,
        warehouse_id: posting.place.1,
        number: level.movements,
        kind: posting.kind,
        quantity,
        value,
        on_hand: level.on_hand,
        on_hand_value: level.value,
        source: posting.source.map(|source| source.prefix.to_owned()),
        source_id: posting.source.map(|source| source.id),
        source_line: posting.source.and_then(|source| source.line),
        reason: posting.reason.map(str::to_owned),
        note: posting.note,
        at: level.updated_at,
    }
}
