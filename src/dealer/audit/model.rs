//! What the log speaks of, in the words of the API.

use uuid::Uuid;

use crate::db::text_enum::text_enum;
use crate::dealer::catalog::attributes::model::AttributeId;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryLineId, DeliveryRunId};
use crate::dealer::invoices::model::{InvoiceId, InvoiceLineId};
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::payments::model::PaymentId;
use crate::dealer::payments::reminders::model::ReminderId;
use crate::dealer::prices::lists::model::PriceListId;
use crate::dealer::prices::rules::model::PriceRuleId;
use crate::dealer::prices::taxes::model::{TaxClassId, TaxRateId};
use crate::dealer::quotes::model::{QuoteId, QuoteLineId};
use crate::dealer::returns::model::{ReturnId, ReturnLineId};
use crate::dealer::stock::counts::model::{StockCountId, StockCountLineId};
use crate::dealer::stock::ledger::model::MovementId;
use crate::dealer::stock::lots::model::LotId;
use crate::dealer::stock::warehouses::model::WarehouseId;

text_enum! {
    /// What was done.
    pub enum AuditAction {
        /// A record was made.
        Insert = "INSERT",
        /// A record was changed.
        Update = "UPDATE",
        /// A record was removed.
        Delete = "DELETE",
        /// A change was refused, or failed. Its codes are among the changes.
        Refused = "REFUSED",
        /// Refused changes that were too many to be written down. Their count is among the
        /// changes.
        LeftOut = "LEFT_OUT",
        /// An operator of the platform began to see the shop as one of its users does.
        Impersonated = "IMPERSONATED",
        /// The records came from a file or from another dealer.
        Arrived = "ARRIVED",
    }
}

/// The parts of one record: the table it is in, and those with its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// Tables whose keys begin with the record's id.
    pub tables: &'static [&'static str],
}

impl Record {
    /// A delivery without its lines.
    pub const DELIVERY: Self = Self {
        tables: &["deliveries"],
    };

    /// A line of a delivery.
    pub const DELIVERY_LINE: Self = Self {
        tables: &["delivery_lines"],
    };

    /// A run of a truck.
    pub const DELIVERY_RUN: Self = Self {
        tables: &["delivery_runs"],
    };

    /// An order without its lines.
    pub const ORDER: Self = Self {
        tables: &["orders"],
    };

    /// A line of an order.
    pub const ORDER_LINE: Self = Self {
        tables: &["order_lines"],
    };

    /// A product with its units, their barcodes, and what it is.
    pub const PRODUCT: Self = Self {
        tables: &[
            "products",
            "product_units",
            "product_barcodes",
            "product_attributes",
        ],
    };
    /// An invoice or credit note without its lines.
    pub const INVOICE: Self = Self {
        tables: &["invoices"],
    };
    /// A line of an invoice or credit note.
    pub const INVOICE_LINE: Self = Self {
        tables: &["invoice_lines"],
    };
    /// A quote without its lines: one revision of it.
    pub const QUOTE: Self = Self {
        tables: &["quotes"],
    };
    /// A line of a quote.
    pub const QUOTE_LINE: Self = Self {
        tables: &["quote_lines"],
    };
    /// A return without its lines.
    pub const RETURN: Self = Self {
        tables: &["returns"],
    };
    /// A line of a return.
    pub const RETURN_LINE: Self = Self {
        tables: &["return_lines"],
    };
    /// A payment.
    pub const PAYMENT: Self = Self {
        tables: &["payments"],
    };
}

/// The id of a record as the API writes it; the key itself for what has none there.
pub fn written(entity: &str, key: &str) -> String {
    let Ok(uuid) = Uuid::try_parse(key) else {
        return key.to_owned();
    };
    match entity {
        "attributes" => AttributeId::from_uuid(uuid).to_string(),
        "categories" => CategoryId::from_uuid(uuid).to_string(),
        "customers" => CustomerId::from_uuid(uuid).to_string(),
        "invoice_lines" => InvoiceLineId::from_uuid(uuid).to_string(),
        "invoices" => InvoiceId::from_uuid(uuid).to_string(),
        "deliveries" => DeliveryId::from_uuid(uuid).to_string(),
        "delivery_lines" => DeliveryLineId::from_uuid(uuid).to_string(),
        "delivery_runs" => DeliveryRunId::from_uuid(uuid).to_string(),
        "jobs" => JobId::from_uuid(uuid).to_string(),
        "order_lines" => OrderLineId::from_uuid(uuid).to_string(),
        "orders" => OrderId::from_uuid(uuid).to_string(),
        "products" | "product_units" | "product_barcodes" | "product_attributes"
        | "stock_levels" | "lot_products" => ProductId::from_uuid(uuid).to_string(),
        "lots" | "lot_levels" => LotId::from_uuid(uuid).to_string(),
        "lot_movements" => MovementId::from_uuid(uuid).to_string(),
        "payment_reminders" => ReminderId::from_uuid(uuid).to_string(),
        "payments" => PaymentId::from_uuid(uuid).to_string(),
        "price_lists" => PriceListId::from_uuid(uuid).to_string(),
        "price_rules" => PriceRuleId::from_uuid(uuid).to_string(),
        "quote_lines" => QuoteLineId::from_uuid(uuid).to_string(),
        "quotes" => QuoteId::from_uuid(uuid).to_string(),
        "return_lines" => ReturnLineId::from_uuid(uuid).to_string(),
        "returns" => ReturnId::from_uuid(uuid).to_string(),
        "stock_count_lines" => StockCountLineId::from_uuid(uuid).to_string(),
        "stock_counts" => StockCountId::from_uuid(uuid).to_string(),
        "tax_classes" => TaxClassId::from_uuid(uuid).to_string(),
        "tax_rates" => TaxRateId::from_uuid(uuid).to_string(),
        "units" => UnitId::from_uuid(uuid).to_string(),
        "warehouses" => WarehouseId::from_uuid(uuid).to_string(),
        _ => key.to_owned(),
    }
}
