//! Rows and enums of orders.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use crate::db::tenant_tables::{order_lines, orders};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::quote::model::PriceSource;
use crate::dealer::prices::rules::model::PriceRuleId;
use crate::dealer::purchasing::orders::model::PurchaseOrderLineId;
use crate::dealer::quotes::model::QuoteId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::kernel::ids::typed_id;
use crate::kernel::money::{MoneyError, line_amount};
use crate::kernel::quantity::MOST_DECIMALS;
use crate::kernel::ratio::Ratio;

typed_id!(
    /// An order of a customer.
    OrderId, "ord"
);

typed_id!(
    /// A line of an order.
    OrderLineId, "orl"
);

text_enum! {
    /// Where an order stands.
    pub enum OrderState {
        /// Written down; nothing is promised.
        Draft = "DRAFT",
        /// Its goods are promised.
        Confirmed = "CONFIRMED",
        /// Given up before any of its goods were handed over.
        Cancelled = "CANCELLED",
        /// Done: what is not cancelled is delivered and invoiced, or nobody waits for it.
        Closed = "CLOSED",
    }
}

text_enum! {
    /// What the customer's own people say of an order that one of them has placed.
    pub enum OrderApproval {
        /// It comes to more than whoever placed it orders without asking, or has goods without a price
        /// yet.
        Awaiting = "AWAITING",
        /// Another of the customer's people wants it, too.
        Approved = "APPROVED",
        /// Another of the customer's people does not want it; it is CANCELLED.
        Declined = "DECLINED",
    }
}

text_enum! {
    /// How much of an order something has happened to.
    pub enum OrderProgress {
        /// To nothing of it.
        None = "NONE",
        /// To a part of it.
        Partial = "PARTIAL",
        /// To all of it that is not cancelled.
        Full = "FULL",
    }
}

text_enum! {
    /// Where the goods of a line come from.
    pub enum OrderSourcing {
        /// A warehouse of the dealer's.
        Stock = "STOCK",
        /// They are ordered of a supplier for this line, and come through a warehouse.
        Special = "SPECIAL",
        /// A supplier brings them to the customer.
        Direct = "DIRECT",
        /// Nowhere: it is a service.
        None = "NONE",
    }
}

text_enum! {
    /// Where the price of a line comes from.
    pub enum SalePriceSource {
        /// Somebody has set it, with a reason.
        Override = "OVERRIDE",
        /// A rule of the job.
        JobRule = "JOB_RULE",
        /// A rule of the customer.
        CustomerRule = "CUSTOMER_RULE",
        /// The price list of the job, or else of the customer.
        PriceList = "PRICE_LIST",
        /// A price list that holds for everybody.
        DefaultPriceList = "DEFAULT_PRICE_LIST",
        /// A rule for everybody in a category.
        CategoryRule = "CATEGORY_RULE",
        /// The product's list price.
        ListPrice = "LIST_PRICE",
    }
}

impl OrderSourcing {
    /// Whether the goods lie in a warehouse of the dealer's before the customer has them.
    pub const fn has_warehouse(self) -> bool {
        matches!(self, Self::Stock | Self::Special)
    }
}

impl From<PriceSource> for SalePriceSource {
    fn from(source: PriceSource) -> Self {
        match source {
            PriceSource::JobRule => Self::JobRule,
            PriceSource::CustomerRule => Self::CustomerRule,
            PriceSource::PriceList => Self::PriceList,
            PriceSource::DefaultPriceList => Self::DefaultPriceList,
            PriceSource::CategoryRule => Self::CategoryRule,
            PriceSource::ListPrice => Self::ListPrice,
        }
    }
}

/// An order as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub struct OrderRow {
    /// Its id.
    pub id: OrderId,
    /// 1, 2, 3 …
    pub number: i64,
    /// Who has ordered.
    pub customer_id: CustomerId,
    /// For which of its jobs.
    pub job_id: Option<JobId>,
    /// The quote it was made of.
    pub quote_id: Option<QuoteId>,
    /// Where it stands.
    pub state: OrderState,
    /// Where goods come from whose line does not say.
    pub warehouse_id: WarehouseId,
    /// The dealer's currency.
    pub currency: String,
    /// The day on which the customer wants the goods.
    pub wanted_on: Option<NaiveDate>,
    /// Whether the customer fetches them.
    pub is_pickup: bool,
    /// Where they go: street and number.
    pub address_line: Option<String>,
    /// Where they go: city.
    pub city: Option<String>,
    /// Where they go: postcode.
    pub postcode: Option<String>,
    /// What drivers should know.
    pub instructions: Option<String>,
    /// The customer's own number of it.
    pub reference: Option<String>,
    /// In the words of whoever wrote it.
    pub note: Option<String>,
    /// Why nothing of it is delivered at present.
    pub hold_reason: Option<String>,
    /// Since when.
    pub held_at: Option<DateTime<Utc>>,
    /// Sum of its lines, without what of them is cancelled.
    pub net: Decimal,
    /// The tax on that.
    pub tax: Decimal,
    /// The user who sold it.
    pub salesperson: Option<Uuid>,
    /// How much of it is with the customer.
    pub fulfilment: OrderProgress,
    /// How much of it is invoiced.
    pub billing: OrderProgress,
    /// When it was confirmed, if it was.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Who of the customer's people placed it; none if the dealer wrote it.
    pub placed_by: Option<Uuid>,
    /// What the others of them say of it; none if nobody has to approve it.
    pub approval: Option<OrderApproval>,
    /// Who of them answered.
    pub approval_by: Option<Uuid>,
    /// Why it was declined.
    pub approval_reason: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A line of an order as stored. Amounts of goods are in base units, but for `unit_quantity`.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = order_lines, check_for_backend(diesel::pg::Pg))]
pub struct OrderLineRow {
    /// Its id.
    pub id: OrderLineId,
    /// Whose line.
    pub order_id: OrderId,
    /// Whose order.
    pub customer_id: CustomerId,
    /// Its place among the lines.
    pub position: i32,
    /// Of what.
    pub product_id: ProductId,
    /// The unit in which it is ordered.
    pub unit_id: UnitId,
    /// Base units per one of the unit, numerator.
    pub num: i64,
    /// Base units per one of the unit, denominator.
    pub den: i64,
    /// How many of the unit.
    pub unit_quantity: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// What one of the price's unit costs, before the discount and without tax.
    pub unit_price: Decimal,
    /// The unit the price is for.
    pub price_unit_id: UnitId,
    /// Base units per one of the price's unit, numerator.
    pub price_num: i64,
    /// Base units per one of the price's unit, denominator.
    pub price_den: i64,
    /// Where the price comes from.
    pub price_source: SalePriceSource,
    /// The rule that made the price.
    pub price_rule_id: Option<PriceRuleId>,
    /// Why somebody set another price.
    pub price_reason: Option<String>,
    /// In percent of the line.
    pub discount: Decimal,
    /// What all of it comes to, discount taken off, rounded once.
    pub net: Decimal,
    /// In percent.
    pub tax_rate: Decimal,
    /// Where its goods come from.
    pub sourcing: OrderSourcing,
    /// The warehouse they come from or through.
    pub warehouse_id: Option<WarehouseId>,
    /// Whether a warehouse that has enough is looked for when this is confirmed.
    pub chooses_warehouse: bool,
    /// The line of a purchase order by which they are ordered.
    pub purchase_line_id: Option<PurchaseOrderLineId>,
    /// On deliveries that have not arrived yet.
    pub planned: Decimal,
    /// Handed over, whatever came back later.
    pub delivered: Decimal,
    /// On posted invoices.
    pub invoiced: Decimal,
    /// What that came to.
    pub invoiced_net: Decimal,
    /// The tax on that.
    pub invoiced_tax: Decimal,
    /// Brought back.
    pub returned: Decimal,
    /// Not wanted any more.
    pub cancelled: Decimal,
    /// In the words of whoever wrote it.
    pub note: Option<String>,
}

impl OrderLineRow {
    /// What is neither delivered, nor on its way, nor cancelled.
    pub fn to_plan(&self) -> Decimal {
        (self.quantity - self.cancelled - self.delivered - self.planned).max(Decimal::ZERO)
    }

    /// What is wanted of it.
    pub fn wanted(&self) -> Decimal {
        self.quantity - self.cancelled
    }

    /// What came back of it before it was billed, and never will be, where so much of what is
    /// billed of it was credited.
    pub fn unbilled(&self, credited: Decimal) -> Decimal {
        (self.returned - credited).max(Decimal::ZERO)
    }

    /// What of it may still be given up: what is neither delivered, nor on its way, nor paid
    /// for.
    pub fn to_cancel(&self) -> Decimal {
        let bound = (self.delivered + self.planned).max(self.invoiced);
        (self.wanted() - bound).max(Decimal::ZERO)
    }

    /// What so many base units of it come to. All documents of the line take it from here:
    /// parts that follow each other add up to the whole.
    pub fn net_of(&self, base: Decimal, digits: u32) -> Result<Decimal, MoneyError> {
        share_of(self.net, (base, self.quantity), digits)
    }

    /// What the base units behind the first `from` up to `to` come to; nothing if there are
    /// none.
    pub fn net_between(
        &self,
        (from, to): (Decimal, Decimal),
        digits: u32,
    ) -> Result<Decimal, MoneyError> {
        if to <= from {
            return Ok(Decimal::ZERO);
        }
        Ok(self.net_of(to, digits)? - self.net_of(from, digits)?)
    }

    /// Base units per one of its unit, as it was when this was ordered.
    pub fn factor(&self) -> AppResult<Ratio> {
        Ratio::new(self.num, self.den).map_err(AppError::internal)
    }

    /// How many of its unit so many base units are, with at most six decimals.
    pub fn in_unit(&self, base: Decimal) -> AppResult<Decimal> {
        let half = RoundingStrategy::MidpointAwayFromZero;
        let back = self.factor()?.inverse();
        let value = back.to_base_rounded(base, MOST_DECIMALS, half);
        value.map_err(AppError::internal)
    }
}

/// What `part` out of `whole` base units come to where the whole comes to `net`, rounded once.
pub fn share_of(
    net: Decimal,
    (part, whole): (Decimal, Decimal),
    digits: u32,
) -> Result<Decimal, MoneyError> {
    let whole = whole.normalize();
    let steps = i64::try_from(whole.mantissa()).map_err(|_| MoneyError::TooLarge)?;
    let one = 10_i64.checked_pow(whole.scale());
    let per = one.and_then(|one| Ratio::new(steps, one).ok());
    line_amount(net, per.ok_or(MoneyError::TooLarge)?, part, digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_line_add_up_to_it() {
        let net: Decimal = "100.00".parse().unwrap();
        let part = |part: i64| {
            share_of(net, (part.into(), 3.into()), 2)
                .unwrap()
                .to_string()
        };
        assert_eq!([part(1), part(2), part(3)], ["33.33", "66.67", "100.00"]);
        let fine: Decimal = "0.000003".parse().unwrap();
        let third = share_of(net, ("0.000001".parse().unwrap(), fine), 2);
        assert_eq!(third.unwrap().to_string(), "33.33");
    }
}
