//! Rows and enums of quotes.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::tenant_tables::{quote_lines, quotes};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::SalePriceSource;
use crate::dealer::prices::rules::model::PriceRuleId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A quote.
    QuoteId, "quo"
);

typed_id!(
    /// A line of a quote.
    QuoteLineId, "qul"
);

text_enum! {
    /// Where a quote stands.
    pub enum QuoteState {
        /// Written down; the customer does not know of it.
        Draft = "DRAFT",
        /// The customer has it, and may accept it up to its last day.
        Sent = "SENT",
        /// The customer wants the goods so.
        Accepted = "ACCEPTED",
        /// The customer does not want them.
        Rejected = "REJECTED",
        /// Its last day has passed without an answer.
        Expired = "EXPIRED",
        /// An order was made of it.
        Converted = "CONVERTED",
        /// A later revision of it was sent.
        Revised = "REVISED",
    }
}

/// A quote as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = quotes, check_for_backend(diesel::pg::Pg))]
pub struct QuoteRow {
    /// Its id.
    pub id: QuoteId,
    /// 1, 2, 3 …; all revisions of a quote have the same.
    pub number: i64,
    /// 1, 2, 3 … of its number.
    pub revision: i32,
    /// For whom it is.
    pub customer_id: CustomerId,
    /// For which of its jobs.
    pub job_id: Option<JobId>,
    /// Where it stands, but that it may have expired since: see [`QuoteRow::state_on`].
    pub state: QuoteState,
    /// Where the goods shall come from, if that was said.
    pub warehouse_id: Option<WarehouseId>,
    /// The dealer's currency.
    pub currency: String,
    /// The last day on which it can be accepted.
    pub valid_until: NaiveDate,
    /// The customer's own number of it.
    pub reference: Option<String>,
    /// In the words of whoever wrote it.
    pub note: Option<String>,
    /// What the customer gave as the reason of its answer.
    pub answer_reason: Option<String>,
    /// Sum of its lines.
    pub net: Decimal,
    /// The tax on that.
    pub tax: Decimal,
    /// The user who wrote it.
    pub salesperson: Option<Uuid>,
    /// When it was sent, if it was.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the customer answered, if it has.
    pub answered_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl QuoteRow {
    /// Where it stands on a day of the dealer's: one without an answer after its last day has
    /// expired, whether or not the job that writes this down has come by.
    pub fn state_on(&self, day: NaiveDate) -> QuoteState {
        if self.state == QuoteState::Sent && self.valid_until < day {
            QuoteState::Expired
        } else {
            self.state
        }
    }
}

/// A line of a quote as stored; as that of an order.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = quote_lines, check_for_backend(diesel::pg::Pg))]
pub struct QuoteLineRow {
    /// Its id.
    pub id: QuoteLineId,
    /// Whose line.
    pub quote_id: QuoteId,
    /// Whose quote.
    pub customer_id: CustomerId,
    /// Its place among the lines.
    pub position: i32,
    /// Of what.
    pub product_id: ProductId,
    /// The unit in which it is asked for.
    pub unit_id: UnitId,
    /// Base units per one of the unit, numerator.
    pub num: i64,
    /// Base units per one of the unit, denominator.
    pub den: i64,
    /// How many of the unit.
    pub unit_quantity: Decimal,
    /// How much, in base units.
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
    /// In the words of whoever wrote it.
    pub note: Option<String>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = quotes)]
pub struct QuoteChanges {
    /// New state.
    pub state: Option<QuoteState>,
    /// New job, or none.
    pub job_id: Option<Option<JobId>>,
    /// New place for the goods, or none.
    pub warehouse_id: Option<Option<WarehouseId>>,
    /// New last day.
    pub valid_until: Option<NaiveDate>,
    /// New number of the customer's, or none.
    pub reference: Option<Option<String>>,
    /// New note, or none.
    pub note: Option<Option<String>>,
    /// What the customer gave as its reason.
    pub answer_reason: Option<Option<String>>,
    /// New sum.
    pub net: Option<Decimal>,
    /// New tax.
    pub tax: Option<Decimal>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the customer answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl QuoteChanges {
    /// No change but the time of it.
    pub const fn none(updated_at: DateTime<Utc>) -> Self {
        Self {
            state: None,
            job_id: None,
            warehouse_id: None,
            valid_until: None,
            reference: None,
            note: None,
            answer_reason: None,
            net: None,
            tax: None,
            sent_at: None,
            answered_at: None,
            updated_at,
        }
    }

    /// To another state.
    pub fn to(state: QuoteState, updated_at: DateTime<Utc>) -> Self {
        Self {
            state: Some(state),
            ..Self::none(updated_at)
        }
    }
}
