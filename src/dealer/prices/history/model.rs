//! Which prices the log tells of, and how it writes them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::tenancy::audit::read::{AuditRow, Columns};

/// A price of which the log knows what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// The list price of a product.
    ListPrice,
    /// The value of a price rule.
    RuleValue,
}

impl Kept {
    /// Its table.
    pub const fn table(self) -> &'static str {
        match self {
            Self::ListPrice => "products",
            Self::RuleValue => "price_rules",
        }
    }

    /// Its column.
    pub const fn column(self) -> &'static str {
        match self {
            Self::ListPrice => "list_price",
            Self::RuleValue => "value",
        }
    }

    /// What a row of the log says of it.
    pub fn read(self, row: &AuditRow) -> Change {
        Change {
            at: row.at,
            old: self.value(row.old.as_ref()),
            new: self.value(row.new.as_ref()),
            actor: row.actor.clone(),
        }
    }

    fn value(self, columns: Option<&Columns>) -> Option<Decimal> {
        let value: Decimal = columns?.0.get(self.column())?.get().parse().ok()?;
        Some(value.normalize())
    }
}

/// One change of a price.
#[derive(Clone, Debug)]
pub struct Change {
    /// When.
    pub at: DateTime<Utc>,
    /// What it was; none if there was none.
    pub old: Option<Decimal>,
    /// What it became; none if it went.
    pub new: Option<Decimal>,
    /// By whom.
    pub actor: String,
}
