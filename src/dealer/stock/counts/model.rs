//! Rows and enums of counts, and what may be done in which state.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{stock_count_lines, stock_counts};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::ledger::balance::TooLarge;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A count.
    StockCountId, "cnt"
);

typed_id!(
    /// A line of a count.
    StockCountLineId, "cnl"
);

text_enum! {
    /// Where a count stands.
    pub enum StockCountState {
        /// Its products are being counted.
        Open = "OPEN",
        /// What was found is in the books.
        Posted = "POSTED",
        /// Given up; the books are as they were.
        Cancelled = "CANCELLED",
    }
}

/// What can be done with a count.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockCountAction {
    /// stockCountRecord.
    Record,
    /// stockCountPost.
    Post,
    /// stockCountCancel.
    Cancel,
}

impl StockCountState {
    /// What can be done in it.
    pub const fn actions(self) -> &'static [StockCountAction] {
        match self {
            Self::Open => &[
                StockCountAction::Record,
                StockCountAction::Post,
                StockCountAction::Cancel,
            ],
            Self::Posted | Self::Cancelled => &[],
        }
    }
}

/// A count as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = stock_counts, check_for_backend(diesel::pg::Pg))]
pub struct StockCountRow {
    /// Its id.
    pub id: StockCountId,
    /// 1, 2, 3 …
    pub number: i64,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Where it stands.
    pub state: StockCountState,
    /// In the words of whoever opened it.
    pub note: Option<String>,
    /// Counts changes, those of its lines among them.
    pub version: i32,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A line of a count as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = stock_count_lines, check_for_backend(diesel::pg::Pg))]
pub struct StockCountLineRow {
    /// Its id.
    pub id: StockCountLineId,
    /// Whose line.
    pub count_id: StockCountId,
    /// Its place among the lines.
    pub position: i32,
    /// Of what.
    pub product_id: ProductId,
    /// Where; that of the count.
    pub warehouse_id: WarehouseId,
    /// Whether its count is open.
    pub is_open: bool,
    /// Number of the latest movement that is in `expected`.
    pub watermark: i64,
    /// What the books said then, in base units.
    pub expected: Decimal,
    /// What was there, in base units; none if it is not counted.
    pub counted: Option<Decimal>,
    /// When it was counted.
    pub counted_at: Option<DateTime<Utc>>,
    /// What the variance is worth.
    pub variance_value: Option<Decimal>,
    /// Counts changes.
    pub version: i32,
}

impl StockCountLineRow {
    /// By how much more was there than the books said; none if it is not counted.
    pub fn variance(&self) -> Option<Decimal> {
        Some(self.counted? - self.expected)
    }

    /// Notes what was there, against what the books say now.
    pub fn count(
        &mut self,
        counted: Decimal,
        level: &StockLevelRow,
        now: DateTime<Utc>,
    ) -> Result<(), TooLarge> {
        self.variance_value = Some(worth(counted - level.on_hand, level)?);
        self.counted = Some(counted);
        self.counted_at = Some(now);
        self.expected = level.on_hand;
        self.watermark = level.movements;
        Ok(())
    }
}

/// By how much the value of a level would change with such a variance.
fn worth(variance: Decimal, level: &StockLevelRow) -> Result<Decimal, TooLarge> {
    let before = level.balance();
    let after = match variance.cmp(&Decimal::ZERO) {
        Ordering::Greater => before.after_coming(variance, None)?,
        Ordering::Less => before.after_going(-variance)?,
        Ordering::Equal => before,
    };
    Ok(after.value - before.value)
}

/// What the lines of a count add up to.
#[derive(Clone, Copy, Debug)]
pub struct StockCountSums {
    /// Whose lines.
    pub count: StockCountId,
    /// How many there are.
    pub lines: i64,
    /// How many of them are counted.
    pub counted: i64,
    /// What all variances are worth.
    pub variance_value: Decimal,
}
