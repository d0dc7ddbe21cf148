//! Rows and enums of price rules.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::price_rules;
use crate::db::text_enum::text_enum;
use crate::dealer::calendar::Validity;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::lists::model::PriceListId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A price rule.
    PriceRuleId, "prr"
);

text_enum! {
    /// How a rule makes a price.
    pub enum PriceMethod {
        /// The value is the price.
        Fixed = "FIXED",
        /// The list price less so many percent.
        ListMinus = "LIST_MINUS",
        /// The product's standard cost and so many percent.
        CostPlus = "COST_PLUS",
    }
}

/// A price rule as stored.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = price_rules, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct PriceRuleRow {
    /// Its id.
    pub id: PriceRuleId,
    /// The price list in which it stands, if it is one's.
    pub price_list_id: Option<PriceListId>,
    /// Whose it is, if it is a customer's; also with a job's.
    pub customer_id: Option<CustomerId>,
    /// Whose it is, if it is a job's.
    pub job_id: Option<JobId>,
    /// The product that it prices, or else
    pub product_id: Option<ProductId>,
    /// the category, with those below it.
    pub category_id: Option<CategoryId>,
    /// What a fixed price is for one of; none for the base unit.
    pub unit_id: Option<UnitId>,
    /// From how many on.
    pub min_quantity: Decimal,
    /// Of which unit; none for the base unit.
    pub min_unit_id: Option<UnitId>,
    /// How it makes a price.
    pub method: PriceMethod,
    /// The price, or the percentage.
    pub value: Decimal,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; none if no end is known.
    pub valid_to: Option<NaiveDate>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl PriceRuleRow {
    /// The days on which it holds.
    pub const fn validity(&self) -> Validity {
        Validity {
            from: self.valid_from,
            to: self.valid_to,
        }
    }

    /// The same rule where it goes on behind `inner`, which begins within it; none if it does
    /// not.
    pub fn rest_behind(&self, inner: &Self) -> Option<Self> {
        let rest = self.validity().rest_behind(inner.validity())?;
        Some(Self {
            id: PriceRuleId::generate(),
            valid_from: rest.from,
            valid_to: rest.to,
            version: 1,
            created_at: inner.updated_at,
            updated_at: inner.updated_at,
            ..self.clone()
        })
    }

    /// Whether it says the same price as another one.
    pub fn costs_as(&self, other: &Self) -> bool {
        let price = |rule: &Self| (rule.unit_id, rule.method, rule.value);
        price(self) == price(other)
    }
}
