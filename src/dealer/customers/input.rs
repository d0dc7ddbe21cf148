//! Inputs of customers: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;

use super::model::{CustomerChanges, CustomerId};
use super::query::CustomerCondition;
use crate::db::tenant_tables::customers;
use crate::error::AppResult;
use crate::graphql::filter::{
    StringFilter, Where, id_filter, nested_where, where_archived, where_text,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::payload::{given, given_text};
use crate::kernel::checks::Checks;

id_filter!(CustomerIdFilter, CustomerId, "a customer");

/// What else can be known of a customer. Absent fields keep their value, null clears.
#[derive(InputObject, Debug, Default)]
pub struct CustomerDetails {
    /// Tax number, at most 40 characters.
    pub tax_id: MaybeUndefined<String>,
    /// Street and number for bills, at most 200 characters.
    pub address_line: MaybeUndefined<String>,
    /// Town for bills, at most 100 characters.
    pub city: MaybeUndefined<String>,
    /// Postal code for bills, at most 20 characters.
    pub postcode: MaybeUndefined<String>,
    /// Country for bills, at most 100 characters.
    pub country: MaybeUndefined<String>,
    /// Where mails go.
    pub email: MaybeUndefined<String>,
    /// Where calls go, at most 40 characters.
    pub phone: MaybeUndefined<String>,
    /// For the dealer's own people, at most 2000 characters in one line.
    pub notes: MaybeUndefined<String>,
}

impl CustomerDetails {
    /// As changes of a row, checked.
    pub(super) fn checked(self, checks: &mut Checks, none: CustomerChanges) -> CustomerChanges {
        let mut text =
            |field: &'static str, value, max| given_text(checks, &["input", field], value, max);
        let changes = CustomerChanges {
            tax_id: text("taxId", self.tax_id, 40),
            address_line: text("addressLine", self.address_line, 200),
            city: text("city", self.city, 100),
            postcode: text("postcode", self.postcode, 20),
            country: text("country", self.country, 100),
            phone: text("phone", self.phone, 40),
            notes: text("notes", self.notes, 2000),
            ..none
        };
        let email = given(self.email).map(|email| {
            let email = email.filter(|text| !text.trim().is_empty());
            email.map(|text| checks.email(&["input", "email"], &text))
        });
        CustomerChanges { email, ..changes }
    }
}

/// A customer to add. Its credit limit is zero until creditLimitSet.
#[derive(InputObject, Debug)]
pub struct CustomerCreateInput {
    /// Unique account code: letters, digits and - _ . /
    pub code: String,
    /// Name of the company or person.
    pub name: String,
    /// Days from the date of an invoice until it is due, 0 to 365.
    #[graphql(default = 0)]
    pub terms_days: i32,
    /// What else is known.
    #[graphql(flatten)]
    pub details: CustomerDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct CustomerUpdateInput {
    /// Which customer.
    pub id: CustomerId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New account code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New terms, 0 to 365 days.
    pub terms_days: Option<i32>,
    /// What else is known.
    #[graphql(flatten)]
    pub details: CustomerDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which customer, as it was read.
#[derive(InputObject, Debug)]
pub struct CustomerVersionInput {
    /// Which customer.
    pub id: CustomerId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A customer to put on hold.
#[derive(InputObject, Debug)]
pub struct CustomerHoldSetInput {
    /// Which customer.
    pub id: CustomerId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why, 1 to 500 characters; the customer's own people can read it.
    pub reason: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which customers to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CustomerWhere {
    /// On the account code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
    /// Only those on hold (true), or only others (false).
    pub on_hold: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<CustomerWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<CustomerWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<CustomerWhere>>,
}

impl Where for CustomerWhere {
    type Table = customers::table;

    fn own(&self) -> AppResult<Vec<CustomerCondition>> {
        let mut conditions: Vec<CustomerCondition> = Vec::new();
        where_text!(conditions, customers::code, &self.code);
        where_text!(conditions, customers::name, &self.name);
        where_archived!(conditions, customers::archived_at, self.archived);
        // Held is what has a time of it, as archived is.
        where_archived!(conditions, customers::held_at, self.on_hold);
        Ok(conditions)
    }

    nested_where!();
}
