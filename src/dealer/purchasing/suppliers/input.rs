//! Inputs of suppliers: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;
use rust_decimal::Decimal as Number;

use super::model::{SupplierChanges, SupplierId};
use super::query::SupplierCondition;
use crate::db::tenant_tables::suppliers;
use crate::error::AppResult;
use crate::graphql::filter::{
    StringFilter, Where, id_filter, nested_where, where_archived, where_text,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::payload::{given, given_text};
use crate::graphql::scalars::Decimal;
use crate::kernel::checks::Checks;

id_filter!(SupplierIdFilter, SupplierId, "a supplier");

/// What else can be known of a supplier. Absent fields keep their value, null clears.
#[derive(InputObject, Debug, Default)]
pub struct SupplierDetails {
    /// Tax number, at most 40 characters.
    pub tax_id: MaybeUndefined<String>,
    /// Days until its bills are due, 0 to 365; 0 if it was never said.
    pub terms_days: Option<i32>,
    /// Days from the sending of an order until its goods come, 0 to 365, where an item does
    /// not say; 0 if it was never said.
    pub lead_days: Option<i32>,
    /// By how many percent more may come than was ordered, 0 to 100 with at most 2 decimals;
    /// 0 if it was never said.
    pub tolerance: Option<Decimal>,
    /// Street and number, at most 200 characters.
    pub address_line: MaybeUndefined<String>,
    /// Town, at most 100 characters.
    pub city: MaybeUndefined<String>,
    /// Postal code, at most 20 characters.
    pub postcode: MaybeUndefined<String>,
    /// Country, at most 100 characters.
    pub country: MaybeUndefined<String>,
    /// Where mails go.
    pub email: MaybeUndefined<String>,
    /// Where calls go, at most 40 characters.
    pub phone: MaybeUndefined<String>,
    /// For the dealer's own people, at most 2000 characters in one line.
    pub notes: MaybeUndefined<String>,
}

impl SupplierDetails {
    /// As changes of a row, checked.
    pub(super) fn checked(self, checks: &mut Checks, none: SupplierChanges) -> SupplierChanges {
        let mut days = |field: &'static str, value: Option<i32>| {
            value.map(|days| checks.days(&["input", field], days))
        };
        let terms_days = days("termsDays", self.terms_days);
        let lead_days = days("leadDays", self.lead_days);
        let tolerance = self.tolerance.map(|percent| percent.0);
        let is_percent = tolerance.is_none_or(|percent| {
            (Number::ZERO..=Number::ONE_HUNDRED).contains(&percent)
                && percent.normalize().scale() <= 2
        });
        let message = "must be between 0 and 100, with at most 2 decimals";
        checks.require(is_percent, &["input", "tolerance"], message);
        let mut text =
            |field: &'static str, value, max| given_text(checks, &["input", field], value, max);
        let changes = SupplierChanges {
            tax_id: text("taxId", self.tax_id, 40),
            terms_days,
            lead_days,
            tolerance,
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
        SupplierChanges { email, ..changes }
    }
}

/// A supplier to add.
#[derive(InputObject, Debug)]
pub struct SupplierCreateInput {
    /// Unique short code: letters, digits and - _ . /
    pub code: String,
    /// Name of the company or person.
    pub name: String,
    /// What else is known.
    #[graphql(flatten)]
    pub details: SupplierDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct SupplierUpdateInput {
    /// Which supplier.
    pub id: SupplierId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// What else is known.
    #[graphql(flatten)]
    pub details: SupplierDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which supplier, as it was read.
#[derive(InputObject, Debug)]
pub struct SupplierVersionInput {
    /// Which supplier.
    pub id: SupplierId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which suppliers to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct SupplierWhere {
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<SupplierWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<SupplierWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<SupplierWhere>>,
}

impl Where for SupplierWhere {
    type Table = suppliers::table;

    fn own(&self) -> AppResult<Vec<SupplierCondition>> {
        let mut conditions: Vec<SupplierCondition> = Vec::new();
        where_text!(conditions, suppliers::code, &self.code);
        where_text!(conditions, suppliers::name, &self.name);
        where_archived!(conditions, suppliers::archived_at, self.archived);
        Ok(conditions)
    }

    nested_where!();
}
