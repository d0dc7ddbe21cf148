//! Rows of tax classes and rates.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{tax_classes, tax_rates};
use crate::dealer::calendar::Validity;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A tax class.
    TaxClassId, "txc"
);
typed_id!(
    /// A tax rate.
    TaxRateId, "txr"
);

/// A tax class as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = tax_classes, check_for_backend(diesel::pg::Pg))]
pub struct TaxClassRow {
    /// Its id.
    pub id: TaxClassId,
    /// Unique short code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = tax_classes)]
pub struct TaxClassChanges {
    /// New name.
    pub name: Option<String>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

/// A tax rate as stored.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = tax_rates, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct TaxRateRow {
    /// Its id.
    pub id: TaxRateId,
    /// Of which class.
    pub tax_class_id: TaxClassId,
    /// Where; empty for wherever no rate of its own holds.
    pub region: String,
    /// In percent.
    pub rate: Decimal,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; none if no end is known.
    pub valid_to: Option<NaiveDate>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl TaxRateRow {
    /// The days on which it holds.
    pub const fn validity(&self) -> Validity {
        Validity {
            from: self.valid_from,
            to: self.valid_to,
        }
    }

    /// The same rate where it goes on behind `inner`, which begins within it; none if it does
    /// not.
    pub fn rest_behind(&self, inner: &Self) -> Option<Self> {
        let rest = self.validity().rest_behind(inner.validity())?;
        Some(Self {
            id: TaxRateId::generate(),
            valid_from: rest.from,
            valid_to: rest.to,
            created_at: inner.updated_at,
            updated_at: inner.updated_at,
            ..self.clone()
        })
    }

    /// The rate itself, from the day on that follows `other`, which ends within it; none if
    /// nothing of it is left.
    pub fn put_behind(self, other: &Self) -> Option<Self> {
        let rest = self.validity().rest_behind(other.validity())?;
        Some(Self {
            valid_from: rest.from,
            updated_at: other.updated_at,
            ..self
        })
    }
}
