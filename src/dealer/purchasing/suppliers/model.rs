//! Rows of suppliers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::suppliers;
use crate::kernel::ids::typed_id;

typed_id!(
    /// Of whom the dealer buys.
    SupplierId, "sup"
);

/// A supplier as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = suppliers, check_for_backend(diesel::pg::Pg))]
pub struct SupplierRow {
    /// Its id.
    pub id: SupplierId,
    /// Unique short code.
    pub code: String,
    /// Name of the company or person.
    pub name: String,
    /// Tax number.
    pub tax_id: Option<String>,
    /// Days until its bills are due.
    pub terms_days: i16,
    /// Days until its goods come, where an item does not say.
    pub lead_days: i16,
    /// By how many percent more may come than was ordered.
    pub tolerance: Decimal,
    /// Street and number.
    pub address_line: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postal code.
    pub postcode: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Where mails go.
    pub email: Option<String>,
    /// Where calls go.
    pub phone: Option<String>,
    /// For the dealer's own people.
    pub notes: Option<String>,
    /// When it was archived, if it was.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug, Default)]
#[diesel(table_name = suppliers)]
pub struct SupplierChanges {
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New tax number, or none.
    pub tax_id: Option<Option<String>>,
    /// New terms.
    pub terms_days: Option<i16>,
    /// New days until its goods come.
    pub lead_days: Option<i16>,
    /// New tolerance.
    pub tolerance: Option<Decimal>,
    /// New street and number, or none.
    pub address_line: Option<Option<String>>,
    /// New town, or none.
    pub city: Option<Option<String>>,
    /// New postal code, or none.
    pub postcode: Option<Option<String>>,
    /// New country, or none.
    pub country: Option<Option<String>>,
    /// New address for mails, or none.
    pub email: Option<Option<String>>,
    /// New telephone number, or none.
    pub phone: Option<Option<String>>,
    /// New notes, or none.
    pub notes: Option<Option<String>>,
    /// New state of the archive mark.
    pub archived_at: Option<Option<DateTime<Utc>>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl SupplierChanges {
    /// No change but the time of it.
    pub fn none(updated_at: DateTime<Utc>) -> Self {
        Self {
            updated_at,
            ..Self::default()
        }
    }
}
