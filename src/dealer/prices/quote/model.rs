//! What is asked, what is known, and what is answered.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::lists::model::{PriceListId, PriceListRow};
use crate::dealer::prices::rules::model::PriceRuleRow;
use crate::kernel::ratio::Ratio;

/// For whom, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Buyer {
    /// The customer; none for somebody at the counter.
    pub customer: Option<CustomerId>,
    /// His job; its customer is found by itself.
    pub job: Option<JobId>,
    /// The day; today if none.
    pub at: Option<NaiveDate>,
}

/// A price that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PriceAsked {
    /// Of what.
    pub product: ProductId,
    /// How many base units.
    pub base: Decimal,
    /// For whom, and when.
    pub buyer: Buyer,
}

/// What is known of a product.
#[derive(Clone, Debug)]
pub struct ProductFacts {
    /// Which one.
    pub product: ProductId,
    /// The unit it is kept in.
    pub base_unit: UnitId,
    /// Per base unit.
    pub list_price: Decimal,
    /// Per base unit, if it is known.
    pub cost: Option<Decimal>,
    /// Its category and those above, the nearest first.
    pub categories: Vec<Uuid>,
    /// Base units per one of each of its units.
    pub units: HashMap<UnitId, Ratio>,
}

impl ProductFacts {
    /// Base units per one of a unit, if the product is measured in it.
    pub fn factor(&self, unit: Option<UnitId>) -> Option<Ratio> {
        match unit {
            Some(unit) if unit != self.base_unit => self.units.get(&unit).copied(),
            _ => Some(Ratio::ONE),
        }
    }
}

/// What is known of a buyer.
#[derive(Clone, Copy, Debug)]
pub struct BuyerFacts {
    /// The customer, if there is one.
    pub customer: Option<CustomerId>,
    /// The job, if there is one.
    pub job: Option<JobId>,
    /// The job's price list.
    pub job_list: Option<PriceListId>,
    /// The customer's price list.
    pub customer_list: Option<PriceListId>,
    /// The day.
    pub at: NaiveDate,
}

/// A rule, and the price list in which it stands.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The rule.
    pub rule: PriceRuleRow,
    /// Its list, if it is one's.
    pub list: Option<PriceListRow>,
}

/// Where a price comes from, the strongest first.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PriceSource {
    /// A rule of the job.
    JobRule,
    /// A rule of the customer.
    CustomerRule,
    /// The price list of the job, or else of the customer.
    PriceList,
    /// A price list that holds for everybody.
    DefaultPriceList,
    /// A rule for everybody in a category.
    CategoryRule,
    /// The product's list price.
    ListPrice,
}

/// Why a rule did not make the price.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BeatenReason {
    /// Not so much is asked for.
    QuantityNotReached,
    /// Its price list is archived, or does not hold on that day.
    ListNotValid,
    /// It is for a unit in which the product is not measured.
    UnitUnknown,
    /// It adds to a cost, and the product's is not known.
    CostUnknown,
    /// A stronger source has a price.
    StrongerSource,
    /// A price list that is asked earlier has a price.
    EarlierList,
    /// Another rule is for the product itself, or for a nearer category.
    NearerTarget,
    /// Another rule has a higher minimum, which is reached.
    HigherMinimum,
    /// Another rule began later.
    NewerStart,
}

/// A rule that did not make the price.
#[derive(Clone, Debug)]
pub struct Beaten {
    /// The rule.
    pub rule: PriceRuleRow,
    /// Why not.
    pub reason: BeatenReason,
}

/// A price, and how it came about.
#[derive(Clone, Debug)]
pub struct Quote {
    /// Of what.
    pub product: ProductId,
    /// How many were asked for, in base units.
    pub base: Decimal,
    /// What one of the unit costs.
    pub unit_price: Decimal,
    /// The unit.
    pub unit: UnitId,
    /// Base units per one of it.
    pub per: Ratio,
    /// What all of it costs, rounded once to the currency.
    pub amount: Decimal,
    /// Where the price comes from.
    pub source: PriceSource,
    /// The rule that made it, if one did.
    pub rule: Option<PriceRuleRow>,
    /// The rules that did not, the strongest first.
    pub beaten: Vec<Beaten>,
    /// The day for which it is.
    pub at: NaiveDate,
}

/// What comes of asking for a price.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A price.
    Price(Box<Quote>),
    /// There is no such product.
    NoProduct,
    /// There is no such customer.
    NoCustomer,
    /// There is no such job, or it is not the customer's.
    NoJob,
    /// The amount is more than is ever kept.
    TooLarge,
}
