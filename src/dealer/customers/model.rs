//! Rows and enums of customers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::customers;
use crate::db::text_enum::text_enum;
pub use crate::kernel::ids::CustomerId;

text_enum! {
    /// At which step of a sale a customer's credit is looked at.
    pub enum CreditCheck {
        /// When an order is confirmed; what is ordered counts.
        Order = "ORDER",
        /// When goods leave; what is only ordered does not count.
        Delivery = "DELIVERY",
        /// When an invoice is posted; what is only ordered does not count.
        Invoice = "INVOICE",
        /// Never.
        None = "NONE",
    }
}

/// A customer as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = customers, check_for_backend(diesel::pg::Pg))]
pub struct CustomerRow {
    /// Its id.
    pub id: CustomerId,
    /// Unique account code.
    pub code: String,
    /// Name of the company or person.
    pub name: String,
    /// Tax number.
    pub tax_id: Option<String>,
    /// Days until an invoice is due.
    pub terms_days: i16,
    /// In the dealer's currency.
    pub credit_limit: Decimal,
    /// When it was archived, if it was.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Where the limit is looked at.
    pub credit_check: CreditCheck,
    /// Why the limit is what it is.
    pub credit_limit_reason: Option<String>,
    /// Why nothing is sold to him, if so.
    pub hold_reason: Option<String>,
    /// Since when.
    pub held_at: Option<DateTime<Utc>>,
    /// Street and number for bills.
    pub address_line: Option<String>,
    /// Town for bills.
    pub city: Option<String>,
    /// Postal code for bills.
    pub postcode: Option<String>,
    /// Country for bills.
    pub country: Option<String>,
    /// Where mails go.
    pub email: Option<String>,
    /// Where calls go.
    pub phone: Option<String>,
    /// For the dealer's own people.
    pub notes: Option<String>,
}

impl CustomerRow {
    /// A new customer of whom no more is known, and who gets no credit.
    pub fn new(code: String, name: String, now: DateTime<Utc>) -> Self {
        Self {
            id: CustomerId::generate(),
            code,
            name,
            tax_id: None,
            terms_days: 0,
            credit_limit: Decimal::ZERO,
            archived_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
            credit_check: CreditCheck::Order,
            credit_limit_reason: None,
            hold_reason: None,
            held_at: None,
            address_line: None,
            city: None,
            postcode: None,
            country: None,
            email: None,
            phone: None,
            notes: None,
        }
    }

    /// As it is after these changes, its version aside.
    #[must_use]
    pub fn with(self, changes: CustomerChanges) -> Self {
        Self {
            code: changes.code.unwrap_or(self.code),
            name: changes.name.unwrap_or(self.name),
            tax_id: changes.tax_id.unwrap_or(self.tax_id),
            terms_days: changes.terms_days.unwrap_or(self.terms_days),
            credit_limit: changes.credit_limit.unwrap_or(self.credit_limit),
            credit_limit_reason: changes
                .credit_limit_reason
                .unwrap_or(self.credit_limit_reason),
            credit_check: changes.credit_check.unwrap_or(self.credit_check),
            hold_reason: changes.hold_reason.unwrap_or(self.hold_reason),
            held_at: changes.held_at.unwrap_or(self.held_at),
            address_line: changes.address_line.unwrap_or(self.address_line),
            city: changes.city.unwrap_or(self.city),
            postcode: changes.postcode.unwrap_or(self.postcode),
            country: changes.country.unwrap_or(self.country),
            email: changes.email.unwrap_or(self.email),
            phone: changes.phone.unwrap_or(self.phone),
            notes: changes.notes.unwrap_or(self.notes),
            archived_at: changes.archived_at.unwrap_or(self.archived_at),
            updated_at: changes.updated_at,
            ..self
        }
    }
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug, Default)]
#[diesel(table_name = customers)]
pub struct CustomerChanges {
    /// New account code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New tax number, or none.
    pub tax_id: Option<Option<String>>,
    /// New terms.
    pub terms_days: Option<i16>,
    /// New limit.
    pub credit_limit: Option<Decimal>,
    /// New reason of the limit.
    pub credit_limit_reason: Option<Option<String>>,
    /// New place of the check.
    pub credit_check: Option<CreditCheck>,
    /// New hold, or none.
    pub hold_reason: Option<Option<String>>,
    /// Since when it holds.
    pub held_at: Option<Option<DateTime<Utc>>>,
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

impl CustomerChanges {
    /// No change but the time of it.
    pub fn none(updated_at: DateTime<Utc>) -> Self {
        Self {
            updated_at,
            ..Self::default()
        }
    }
}
