//! Rows of price lists.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::price_lists;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A price list.
    PriceListId, "pls"
);

/// A price list as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = price_lists, check_for_backend(diesel::pg::Pg))]
pub struct PriceListRow {
    /// Its id.
    pub id: PriceListId,
    /// Unique short code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// The dealer's currency.
    pub currency: String,
    /// Of several default lists, the one with the highest is asked first.
    pub priority: i32,
    /// Whether it holds for every customer.
    pub is_default: bool,
    /// The first day; none if it always held.
    pub valid_from: Option<NaiveDate>,
    /// The last day; none if no end is known.
    pub valid_to: Option<NaiveDate>,
    /// When it was archived, if it was.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl PriceListRow {
    /// Whether its prices count on a day.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.archived_at.is_none()
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = price_lists)]
pub struct PriceListChanges {
    /// New name.
    pub name: Option<String>,
    /// New priority.
    pub priority: Option<i32>,
    /// Whether it holds for every customer from now on.
    pub is_default: Option<bool>,
    /// New first day, or none.
    pub valid_from: Option<Option<NaiveDate>>,
    /// New last day, or none.
    pub valid_to: Option<Option<NaiveDate>>,
    /// New state of the archive mark.
    pub archived_at: Option<Option<DateTime<Utc>>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
