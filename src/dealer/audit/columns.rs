//! Which columns hold ids, and of what. The log keeps what the tables hold; whoever reads it
//! knows ids as the API writes them.

use uuid::Uuid;

use super::model::written;
use crate::dealer::accounts::model::{AllocationId, EntryId};
use crate::dealer::bulk::model::BulkOperationId;
use crate::dealer::catalog::attributes::model::AttributeId;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryLineId, DeliveryRunId};
use crate::dealer::invoices::model::{InvoiceId, InvoiceLineId};
use crate::dealer::invoices::settings::model::InvoiceSettingsId;
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::prices::lists::model::PriceListId;
use crate::dealer::prices::rules::model::PriceRuleId;
use crate::dealer::prices::taxes::model::TaxClassId;
use crate::dealer::purchasing::orders::model::{PurchaseOrderId, PurchaseOrderLineId};
use crate::dealer::purchasing::receipts::model::GoodsReceiptId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::quotes::model::QuoteId;
use crate::dealer::returns::model::ReturnId;
use crate::dealer::stock::counts::model::StockCountId;
use crate::dealer::stock::ledger::model::MovementId;
use crate::dealer::stock::lots::model::LotId;
use crate::dealer::stock::transfers::model::TransferId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::files::FileId;
use crate::kernel::ids::{self, CustomerId, UserId};

/// Columns that hold ids of several kinds, or none of the API's: they are shown as they are.
pub const AS_THEY_ARE: [&str; 4] = ["entity_id", "request_id", "source_id", "source_line"];

/// The text of a column as the API writes it: ids with their kind, and all else as it is.
pub fn shown(table: &str, column: &str, text: String) -> String {
    if column == "id" {
        return written(table, &text);
    }
    match (prefix_of(table, column), Uuid::try_parse(&text)) {
        (Some(prefix), Ok(id)) => ids::written(prefix, id),
        _ => text,
    }
}

/// Of what the ids in a column are that leads to other records; none if that is not known.
pub fn prefix_of(table: &str, column: &str) -> Option<&'static str> {
    let of_purchase = matches!(table, "goods_receipts" | "purchase_order_lines");
    Some(match column {
        "order_id" if of_purchase => PurchaseOrderId::PREFIX,
        "allocated_by" | "approval_by" | "driver" | "granted_by" | "placed_by" | "posted_by"
        | "recorded_by" | "salesperson" | "sent_by" | "started_by" | "user_id" => UserId::PREFIX,
        "base_unit_id" | "min_unit_id" | "price_unit_id" | "unit_id" => UnitId::PREFIX,
        "credit_entry_id" | "debit_entry_id" | "entry_id" | "reverses_id" => EntryId::PREFIX,
        "credit_note_id" | "credits_id" | "invoice_id" => InvoiceId::PREFIX,
        "error_file_id" | "file_id" | "input_file_id" | "logo_id" | "output_file_id" => {
            FileId::PREFIX
        }
        "from_id" | "to_id" | "transit_id" | "warehouse_id" => WarehouseId::PREFIX,
        "category_id" | "parent_id" => CategoryId::PREFIX,
        "attribute_id" => AttributeId::PREFIX,
        "count_id" => StockCountId::PREFIX,
        "credits_line_id" => InvoiceLineId::PREFIX,
        "customer_id" => CustomerId::PREFIX,
        "delivery_id" => DeliveryId::PREFIX,
        "delivery_line_id" => DeliveryLineId::PREFIX,
        "job_id" => JobId::PREFIX,
        "lot_id" => LotId::PREFIX,
        "movement_id" => MovementId::PREFIX,
        "operation_id" => BulkOperationId::PREFIX,
        "order_id" => OrderId::PREFIX,
        "order_line_id" => OrderLineId::PREFIX,
        "price_list_id" => PriceListId::PREFIX,
        "price_rule_id" => PriceRuleId::PREFIX,
        "product_id" => ProductId::PREFIX,
        "purchase_line_id" => PurchaseOrderLineId::PREFIX,
        "quote_id" => QuoteId::PREFIX,
        "receipt_id" => GoodsReceiptId::PREFIX,
        "return_id" => ReturnId::PREFIX,
        "run_id" => DeliveryRunId::PREFIX,
        "settings_id" => InvoiceSettingsId::PREFIX,
        "supplier_id" => SupplierId::PREFIX,
        "tax_class_id" => TaxClassId::PREFIX,
        "transfer_id" => TransferId::PREFIX,
        "undoes_id" => AllocationId::PREFIX,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_with_their_kind() {
        let id = Uuid::from_u128(7);
        let text = id.to_string();
        let of = |table, column| shown(table, column, text.clone());
        assert_eq!(of("orders", "customer_id"), ids::written("cus", id));
        assert_eq!(of("orders", "id"), ids::written("ord", id));
        assert_eq!(of("deliveries", "order_id"), ids::written("ord", id));
        assert_eq!(of("goods_receipts", "order_id"), ids::written("por", id));
        assert_eq!(of("events", "entity_id"), text);
        assert_eq!(shown("orders", "salesperson", "x".to_owned()), "x");
    }
}
