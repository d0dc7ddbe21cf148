//! Rows and enums of invoices.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::settings::model::InvoiceSettingsId;
use crate::db::tenant_tables::{invoice_lines, invoices};
use crate::db::text_enum::text_enum;
use crate::dealer::accounts::model::EntryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::deliveries::model::DeliveryLineId;
use crate::dealer::orders::model::OrderLineId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// An invoice or credit note.
    InvoiceId, "ivc"
);

typed_id!(
    /// A line of an invoice.
    InvoiceLineId, "inl"
);

text_enum! {
    /// What kind of bill it is.
    pub enum InvoiceKind {
        /// The customer owes it.
        Invoice = "INVOICE",
        /// It is owed to the customer: a correction of invoices.
        CreditNote = "CREDIT_NOTE",
    }
}

text_enum! {
    /// Where an invoice stands.
    pub enum InvoiceState {
        /// Written down; it has no number, and nobody owes it.
        Draft = "DRAFT",
        /// In the customer's account; it never changes again.
        Posted = "POSTED",
    }
}

/// An invoice or credit note as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = invoices, check_for_backend(diesel::pg::Pg))]
pub struct InvoiceRow {
    /// Its id.
    pub id: InvoiceId,
    /// What kind of bill it is.
    pub kind: InvoiceKind,
    /// Where it stands.
    pub state: InvoiceState,
    /// 1, 2, 3 … of its kind, without a gap; none while it is a draft.
    pub number: Option<i64>,
    /// Who is billed.
    pub customer_id: CustomerId,
    /// For which of its jobs, if for one only.
    pub job_id: Option<JobId>,
    /// The invoice that a credit note corrects, if it corrects one only.
    pub credits_id: Option<InvoiceId>,
    /// The dealer's currency.
    pub currency: String,
    /// The customer's name as it was.
    pub name: String,
    /// The customer's tax number as it was.
    pub tax_id: Option<String>,
    /// Street and number as they were.
    pub address_line: Option<String>,
    /// Town as it was.
    pub city: Option<String>,
    /// Postal code as it was.
    pub postcode: Option<String>,
    /// Country as it was.
    pub country: Option<String>,
    /// The customer's own number of it.
    pub reference: Option<String>,
    /// Why something is credited.
    pub reason: Option<String>,
    /// In the words of whoever wrote it.
    pub note: Option<String>,
    /// Its date; none while it is a draft.
    pub issued_on: Option<NaiveDate>,
    /// Until when it is to be paid; none while it is a draft.
    pub due_on: Option<NaiveDate>,
    /// Sum of its lines; above zero for credit notes, too.
    pub net: Decimal,
    /// The tax on that.
    pub tax: Decimal,
    /// What it is in the customer's account; none if it comes to nothing.
    pub entry_id: Option<EntryId>,
    /// Who posted it.
    pub posted_by: Option<Uuid>,
    /// When.
    pub posted_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// In whose name it was posted; none if nothing was set.
    pub settings_id: Option<InvoiceSettingsId>,
}

impl InvoiceRow {
    /// What is to be paid.
    pub fn gross(&self) -> Decimal {
        self.net + self.tax
    }
}

/// A line of an invoice as stored. Where an amount is credited and no goods, quantities are zero.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = invoice_lines, check_for_backend(diesel::pg::Pg))]
pub struct InvoiceLineRow {
    /// Its id.
    pub id: InvoiceLineId,
    /// Whose line.
    pub invoice_id: InvoiceId,
    /// Whose invoice.
    pub customer_id: CustomerId,
    /// Its place among the lines.
    pub position: i32,
    /// Whether its invoice is posted.
    pub is_posted: bool,
    /// The line of an order that it bills or credits.
    pub order_line_id: Option<OrderLineId>,
    /// The line of a delivery that it bills.
    pub delivery_line_id: Option<DeliveryLineId>,
    /// The invoice that it credits something of.
    pub credits_id: Option<InvoiceId>,
    /// The line of that which it credits.
    pub credits_line_id: Option<InvoiceLineId>,
    /// Of what.
    pub product_id: Option<ProductId>,
    /// The product's name as it was, or what else is billed.
    pub description: String,
    /// The unit in which it was ordered.
    pub unit_id: Option<UnitId>,
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
    pub price_unit_id: Option<UnitId>,
    /// Base units per one of the price's unit, numerator.
    pub price_num: i64,
    /// Base units per one of the price's unit, denominator.
    pub price_den: i64,
    /// In percent of the line.
    pub discount: Decimal,
    /// What it comes to.
    pub net: Decimal,
    /// In percent.
    pub tax_rate: Decimal,
    /// Its share of the tax of all lines with its rate.
    pub tax: Decimal,
    /// What the goods had cost, if that is known; of a credit note what of that is got back.
    pub cost: Option<Decimal>,
    /// Whether what it credits can be billed once more.
    pub is_rebilled: bool,
}

/// What an update of a draft sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug, Default)]
#[diesel(table_name = invoices)]
pub struct InvoiceChanges {
    /// New number of the customer's, or none.
    pub reference: Option<Option<String>>,
    /// New note, or none.
    pub note: Option<Option<String>>,
    /// New sum of the lines.
    pub net: Option<Decimal>,
    /// New tax.
    pub tax: Option<Decimal>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl InvoiceChanges {
    /// No change but the time of it.
    pub fn none(updated_at: DateTime<Utc>) -> Self {
        Self {
            updated_at,
            ..Self::default()
        }
    }
}
