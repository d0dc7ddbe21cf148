//! Fields below the roots that need more than their record: each with everybody's
//! permissions but its own, and records behind `node`.

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::UserId;

use super::schema::{Needs, Schema};
use crate::support::{Client, Server, TestDealer};

/// Documents that reach a field without the permission that it needs itself. `$id`
/// is that of a record of the type on the left of the dot.
const WAYS: &[(&str, &str)] = &[
    (
        "Customer.creditLimitReason",
        "{ node(id: $id) { ... on Customer { creditLimitReason } } }",
    ),
    (
        "Customer.creditCheck",
        "{ node(id: $id) { ... on Customer { creditCheck } } }",
    ),
    (
        "Customer.holdReason",
        "{ node(id: $id) { ... on Customer { holdReason } } }",
    ),
    (
        "Customer.notes",
        "{ node(id: $id) { ... on Customer { notes } } }",
    ),
    (
        "Job.creditLimit",
        "{ node(id: $id) { ... on Job { creditLimit { amount } } } }",
    ),
    (
        "Job.effectiveCreditLimit",
        "{ node(id: $id) { ... on Job { effectiveCreditLimit { amount } } } }",
    ),
    (
        "Job.creditLimitReason",
        "{ node(id: $id) { ... on Job { creditLimitReason } } }",
    ),
    (
        "Job.holdReason",
        "{ node(id: $id) { ... on Job { holdReason } } }",
    ),
    (
        "AccountEntry.customer",
        "{ accountEntries(first: 1) { nodes { customer { id } } } }",
    ),
    (
        "AccountEntry.job",
        "{ accountEntries(first: 1) { nodes { job { id } } } }",
    ),
    (
        "AccountEntry.note",
        "{ accountEntries(first: 1) { nodes { note } } }",
    ),
    (
        "CreditStatus.customer",
        "{ creditStatus(customerId: $id) { customer { id } } }",
    ),
    (
        "CreditStatus.job",
        "{ creditStatus(customerId: $id) { job { id } } }",
    ),
    (
        "Debtor.customer",
        "{ receivablesAgeing(at: \"2100-01-01\", first: 1) { nodes { customer { id } } } }",
    ),
    (
        "DebtorJob.job",
        "{ receivablesAgeing(at: \"2100-01-01\", first: 1) { nodes { jobs { job { id } } } } }",
    ),
    (
        "Customer.creditLimit",
        "{ node(id: $id) { ... on Customer { creditLimit { amount } } } }",
    ),
    (
        "Customer.jobs",
        "{ node(id: $id) { ... on Customer { jobs { id } } } }",
    ),
    (
        "Job.customer",
        "{ node(id: $id) { ... on Job { customer { id } } } }",
    ),
    (
        "Product.availability",
        "{ node(id: $id) { ... on Product { availability { available { value } } } } }",
    ),
    (
        "Product.isKeptByLots",
        "{ node(id: $id) { ... on Product { isKeptByLots } } }",
    ),
    (
        "Product.lots",
        "{ node(id: $id) { ... on Product { lots { id } } } }",
    ),
    (
        "Lot.product",
        "{ node(id: $id) { ... on Lot { product { id } } } }",
    ),
    (
        "LotLevel.warehouse",
        "{ lots(first: 1) { nodes { levels { warehouse { id } } } } }",
    ),
    (
        "LotTracking.product",
        "mutation { lotTrackingSet(input: { productId: $id, isTracked: false }) { lotTracking { product { id } } } }",
    ),
    (
        "GoodsReceiptLine.lots",
        "{ node(id: $id) { ... on GoodsReceipt { lines { lots { quantity { value } } } } } }",
    ),
    (
        "StockAvailability.product",
        "{ availability(productIds: [$id]) { product { id } } }",
    ),
    (
        "WarehouseAvailability.warehouse",
        "{ availability(productIds: [$id]) { warehouses { warehouse { id } } } }",
    ),
    (
        "StockCount.varianceValue",
        "{ node(id: $id) { ... on StockCount { varianceValue { amount } } } }",
    ),
    (
        "StockCount.warehouse",
        "{ node(id: $id) { ... on StockCount { warehouse { id } } } }",
    ),
    (
        "StockCountLine.product",
        "{ stockCounts(first: 1) { nodes { lines { product { id } } } } }",
    ),
    (
        "StockCountLine.varianceValue",
        "{ stockCounts(first: 1) { nodes { lines { varianceValue { amount } } } } }",
    ),
    (
        "Dashboard.lowStockCount",
        "{ dashboard { lowStockCount } }",
    ),
    (
        "Dashboard.overdue",
        "{ dashboard { overdue { count } } }",
    ),
    (
        "DeadStock.product",
        "{ deadStock(first: 1) { nodes { product { id } } } }",
    ),
    (
        "DeadStock.value",
        "{ deadStock(first: 1) { nodes { value { amount } } } }",
    ),
    (
        "DeadStock.warehouse",
        "{ deadStock(first: 1) { nodes { warehouse { id } } } }",
    ),
    (
        "SalesFigures.cost",
        "{ salesSummary(by: DAY, from: \"2026-01-01\", to: \"2026-01-31\") { total { cost { amount } } } }",
    ),
    (
        "SalesFigures.costedNet",
        "{ salesSummary(by: DAY, from: \"2026-01-01\", to: \"2026-01-31\") { total { costedNet { amount } } } }",
    ),
    (
        "SalesFigures.margin",
        "{ salesSummary(by: DAY, from: \"2026-01-01\", to: \"2026-01-31\") { total { margin { amount } } } }",
    ),
    (
        "SalesFigures.marginPercent",
        "{ salesSummary(by: DAY, from: \"2026-01-01\", to: \"2026-01-31\") { total { marginPercent } } }",
    ),
    (
        "SalesRow.category",
        "{ salesSummary(by: CATEGORY, from: \"2026-01-01\", to: \"2026-01-31\") { rows { nodes { category { id } } } } }",
    ),
    (
        "SalesRow.customer",
        "{ salesSummary(by: CUSTOMER, from: \"2026-01-01\", to: \"2026-01-31\") { rows { nodes { customer { id } } } } }",
    ),
    (
        "SalesRow.job",
        "{ salesSummary(by: JOB, from: \"2026-01-01\", to: \"2026-01-31\") { rows { nodes { job { id } } } } }",
    ),
    (
        "SalesRow.product",
        "{ topProducts(from: \"2026-01-01\", to: \"2026-01-31\") { product { id } } }",
    ),
    (
        "SlowStock.product",
        "{ slowStock(first: 1) { nodes { product { id } } } }",
    ),
    (
        "SlowStock.value",
        "{ slowStock(first: 1) { nodes { value { amount } } } }",
    ),
    (
        "Attribute.unit",
        "{ attributes(first: 1) { nodes { unit { id } } } }",
    ),
    (
        "Product.missingAttributes",
        "{ node(id: $id) { ... on Product { missingAttributes { id } } } }",
    ),
    (
        "ProductAttribute.attribute",
        "{ products(where: { archived: false }) { nodes { attributes { attribute { id } } } } }",
    ),
    (
        "Product.baseUnit",
        "{ node(id: $id) { ... on Product { baseUnit { id } } } }",
    ),
    (
        "Product.category",
        "{ node(id: $id) { ... on Product { category { id } } } }",
    ),
    (
        "Product.history",
        "{ node(id: $id) { ... on Product { history { id } } } }",
    ),
    (
        "Product.stockLevels",
        "{ node(id: $id) { ... on Product { stockLevels { updatedAt } } } }",
    ),
    (
        "Customer.priceList",
        "{ node(id: $id) { ... on Customer { priceList { id } } } }",
    ),
    (
        "Job.priceList",
        "{ node(id: $id) { ... on Job { priceList { id } } } }",
    ),
    (
        "Price.beaten",
        "{ priceFor(productId: $id) { beaten { reason } } }",
    ),
    ("Price.rule", "{ priceFor(productId: $id) { rule { id } } }"),
    ("Price.unit", "{ priceFor(productId: $id) { unit { id } } }"),
    (
        "PriceChangeLine.product",
        "{ priceChangePreview(change: { percent: \"1\" }) { lines(first: 1) { product { id } } } }",
    ),
    (
        "PriceRule.category",
        "{ priceRules(first: 1) { nodes { category { id } } } }",
    ),
    (
        "PriceRule.customer",
        "{ priceRules(first: 1) { nodes { customer { id } } } }",
    ),
    (
        "PriceRule.job",
        "{ priceRules(first: 1) { nodes { job { id } } } }",
    ),
    (
        "PriceRule.minUnit",
        "{ priceRules(first: 1) { nodes { minUnit { id } } } }",
    ),
    (
        "PriceRule.product",
        "{ priceRules(first: 1) { nodes { product { id } } } }",
    ),
    (
        "PriceRule.unit",
        "{ priceRules(first: 1) { nodes { unit { id } } } }",
    ),
    (
        "Product.priceHistory",
        "{ node(id: $id) { ... on Product { priceHistory { at } } } }",
    ),
    (
        "Product.standardCost",
        "{ node(id: $id) { ... on Product { standardCost { amount } } } }",
    ),
    (
        "Product.taxClass",
        "{ node(id: $id) { ... on Product { taxClass { id } } } }",
    ),
    (
        "ProductUnit.unit",
        "{ product(id: $id) { units { unit { id } } } }",
    ),
    (
        "Quantity.unit",
        "{ stockLevels(first: 1) { nodes { onHand { unit { id } } } } }",
    ),
    (
        "StockDifference.product",
        "{ stockReconcile { product { id } } }",
    ),
    (
        "StockDifference.warehouse",
        "{ stockReconcile { warehouse { id } } }",
    ),
    (
        "StockLevel.averageCost",
        "{ stockLevels(first: 1) { nodes { averageCost { amount } } } }",
    ),
    (
        "StockLevel.product",
        "{ stockLevels(first: 1) { nodes { product { id } } } }",
    ),
    (
        "StockLevel.warehouse",
        "{ stockLevels(first: 1) { nodes { warehouse { id } } } }",
    ),
    (
        "StockLevel.value",
        "{ stockLevels(first: 1) { nodes { value { amount } } } }",
    ),
    (
        "StockMovement.onHandValue",
        "{ stockMovements(first: 1) { nodes { onHandValue { amount } } } }",
    ),
    (
        "StockMovement.product",
        "{ stockMovements(first: 1) { nodes { product { id } } } }",
    ),
    (
        "StockMovement.value",
        "{ stockMovements(first: 1) { nodes { value { amount } } } }",
    ),
    (
        "StockMovement.warehouse",
        "{ stockMovements(first: 1) { nodes { warehouse { id } } } }",
    ),
    (
        "Product.supplierItems",
        "{ node(id: $id) { ... on Product { supplierItems { id } } } }",
    ),
    (
        "SupplierItem.product",
        "{ node(id: $id) { ... on Supplier { items { product { id } } } } }",
    ),
    (
        "SupplierItem.unit",
        "{ node(id: $id) { ... on Supplier { items { unit { id } } } } }",
    ),
    (
        "SupplierItem.lastCost",
        "{ node(id: $id) { ... on Supplier { items { lastCost { amount } } } } }",
    ),
    (
        "Invoice.customer",
        "{ node(id: $id) { ... on Invoice { customer { id } } } }",
    ),
    (
        "Invoice.job",
        "{ node(id: $id) { ... on Invoice { job { id } } } }",
    ),
    (
        "Invoice.entry",
        "{ node(id: $id) { ... on Invoice { entry { id } } } }",
    ),
    (
        "Invoice.history",
        "{ node(id: $id) { ... on Invoice { history { id } } } }",
    ),
    (
        "InvoiceLine.product",
        "{ node(id: $id) { ... on Invoice { lines { product { id } } } } }",
    ),
    (
        "InvoiceLine.priceUnit",
        "{ node(id: $id) { ... on Invoice { lines { priceUnit { id } } } } }",
    ),
    (
        "InvoiceLine.cost",
        "{ node(id: $id) { ... on Invoice { lines { cost { amount } } } } }",
    ),
    (
        "InvoiceLine.orderLine",
        "{ node(id: $id) { ... on Invoice { lines { orderLine { id } } } } }",
    ),
    (
        "AccountEntry.payment",
        "{ accountEntries(first: 1) { nodes { payment { id } } } }",
    ),
    (
        "Payment.accountEntry",
        "{ node(id: $id) { ... on Payment { accountEntry { id } } } }",
    ),
    (
        "Payment.customer",
        "{ node(id: $id) { ... on Payment { customer { id } } } }",
    ),
    (
        "Payment.history",
        "{ node(id: $id) { ... on Payment { history { id } } } }",
    ),
    (
        "Payment.job",
        "{ node(id: $id) { ... on Payment { job { id } } } }",
    ),
    (
        "Payment.note",
        "{ node(id: $id) { ... on Payment { note } } }",
    ),
    (
        "Payment.order",
        "{ node(id: $id) { ... on Payment { order { id } } } }",
    ),
    (
        "PaymentAllocation.accountEntry",
        "{ node(id: $id) { ... on Payment { allocations { accountEntry { id } } } } }",
    ),
    (
        "PaymentReminder.customer",
        "{ paymentReminders(first: 1) { nodes { customer { id } } } }",
    ),
    (
        "Order.quote",
        "{ node(id: $id) { ... on Order { quote { id } } } }",
    ),
    (
        "Order.deliveries",
        "{ node(id: $id) { ... on Order { deliveries { id } } } }",
    ),
    (
        "Delivery.order",
        "{ node(id: $id) { ... on Delivery { order { id } } } }",
    ),
    (
        "Delivery.customer",
        "{ node(id: $id) { ... on Delivery { customer { id } } } }",
    ),
    (
        "Delivery.job",
        "{ node(id: $id) { ... on Delivery { job { id } } } }",
    ),
    (
        "Delivery.warehouse",
        "{ node(id: $id) { ... on Delivery { warehouse { id } } } }",
    ),
    (
        "Delivery.history",
        "{ node(id: $id) { ... on Delivery { history { id } } } }",
    ),
    (
        "DeliveryLine.orderLine",
        "{ node(id: $id) { ... on Delivery { lines { orderLine { id } } } } }",
    ),
    (
        "DeliveryLine.product",
        "{ node(id: $id) { ... on Delivery { lines { product { id } } } } }",
    ),
    (
        "DeliveryLine.cost",
        "{ node(id: $id) { ... on Delivery { lines { cost { amount } } } } }",
    ),
    (
        "DeliveryRun.warehouse",
        "{ node(id: $id) { ... on DeliveryRun { warehouse { id } } } }",
    ),
    (
        "DeliveryRun.history",
        "{ node(id: $id) { ... on DeliveryRun { history { id } } } }",
    ),
    (
        "Order.customer",
        "{ node(id: $id) { ... on Order { customer { id } } } }",
    ),
    (
        "Order.job",
        "{ node(id: $id) { ... on Order { job { id } } } }",
    ),
    (
        "Order.warehouse",
        "{ node(id: $id) { ... on Order { warehouse { id } } } }",
    ),
    (
        "Order.note",
        "{ node(id: $id) { ... on Order { note } } }",
    ),
    (
        "Order.holdReason",
        "{ node(id: $id) { ... on Order { holdReason } } }",
    ),
    (
        "Order.history",
        "{ node(id: $id) { ... on Order { history { id } } } }",
    ),
    (
        "OrderLine.product",
        "{ node(id: $id) { ... on OrderLine { product { id } } } }",
    ),
    (
        "OrderLine.priceUnit",
        "{ node(id: $id) { ... on OrderLine { priceUnit { id } } } }",
    ),
    (
        "OrderLine.priceReason",
        "{ node(id: $id) { ... on OrderLine { priceReason } } }",
    ),
    (
        "OrderLine.warehouse",
        "{ node(id: $id) { ... on OrderLine { warehouse { id } } } }",
    ),
    (
        "OrderLine.purchaseOrderLine",
        "{ node(id: $id) { ... on OrderLine { purchaseOrderLine { id } } } }",
    ),
    (
        "OrderLine.reservations",
        "{ node(id: $id) { ... on OrderLine { reservations { id } } } }",
    ),
    (
        "OrderLine.history",
        "{ node(id: $id) { ... on OrderLine { history { id } } } }",
    ),
    (
        "PurchaseOrder.supplier",
        "{ node(id: $id) { ... on PurchaseOrder { supplier { id } } } }",
    ),
    (
        "PurchaseOrder.warehouse",
        "{ node(id: $id) { ... on PurchaseOrder { warehouse { id } } } }",
    ),
    (
        "PurchaseOrder.total",
        "{ node(id: $id) { ... on PurchaseOrder { total { amount } } } }",
    ),
    (
        "PurchaseOrderLine.product",
        "{ node(id: $id) { ... on PurchaseOrder { lines { product { id } } } } }",
    ),
    (
        "PurchaseOrderLine.unitCost",
        "{ node(id: $id) { ... on PurchaseOrder { lines { unitCost { amount } } } } }",
    ),
    (
        "PurchaseOrderLine.amount",
        "{ node(id: $id) { ... on PurchaseOrder { lines { amount { amount } } } } }",
    ),
    (
        "GoodsReceipt.supplier",
        "{ node(id: $id) { ... on GoodsReceipt { supplier { id } } } }",
    ),
    (
        "GoodsReceipt.warehouse",
        "{ node(id: $id) { ... on GoodsReceipt { warehouse { id } } } }",
    ),
    (
        "GoodsReceipt.landedCosts",
        "{ node(id: $id) { ... on GoodsReceipt { landedCosts { kind } } } }",
    ),
    (
        "GoodsReceiptLine.product",
        "{ node(id: $id) { ... on GoodsReceipt { lines { product { id } } } } }",
    ),
    (
        "GoodsReceiptLine.goodsCost",
        "{ node(id: $id) { ... on GoodsReceipt { lines { goodsCost { amount } } } } }",
    ),
    (
        "GoodsReceiptLine.landedCost",
        "{ node(id: $id) { ... on GoodsReceipt { lines { landedCost { amount } } } } }",
    ),
    (
        "GoodsReceiptLine.baseCost",
        "{ node(id: $id) { ... on GoodsReceipt { lines { baseCost { amount } } } } }",
    ),
    (
        "Quote.customer",
        "{ node(id: $id) { ... on Quote { customer { id } } } }",
    ),
    (
        "Quote.job",
        "{ node(id: $id) { ... on Quote { job { id } } } }",
    ),
    (
        "Quote.order",
        "{ node(id: $id) { ... on Quote { order { id } } } }",
    ),
    (
        "Quote.warehouse",
        "{ node(id: $id) { ... on Quote { warehouse { id } } } }",
    ),
    (
        "Quote.history",
        "{ node(id: $id) { ... on Quote { history { id } } } }",
    ),
    (
        "QuoteLine.product",
        "{ node(id: $id) { ... on Quote { lines { product { id } } } } }",
    ),
    (
        "QuoteLine.priceUnit",
        "{ node(id: $id) { ... on Quote { lines { priceUnit { id } } } } }",
    ),
    (
        "QuoteLine.priceSource",
        "{ node(id: $id) { ... on Quote { lines { priceSource } } } }",
    ),
    (
        "QuoteLine.priceReason",
        "{ node(id: $id) { ... on Quote { lines { priceReason } } } }",
    ),
    (
        "Return.order",
        "{ node(id: $id) { ... on Return { order { id } } } }",
    ),
    (
        "Return.customer",
        "{ node(id: $id) { ... on Return { customer { id } } } }",
    ),
    (
        "Return.job",
        "{ node(id: $id) { ... on Return { job { id } } } }",
    ),
    (
        "Return.warehouse",
        "{ node(id: $id) { ... on Return { warehouse { id } } } }",
    ),
    (
        "Return.creditNote",
        "{ node(id: $id) { ... on Return { creditNote { id } } } }",
    ),
    (
        "Return.history",
        "{ node(id: $id) { ... on Return { history { id } } } }",
    ),
    (
        "ReturnLine.orderLine",
        "{ node(id: $id) { ... on Return { lines { orderLine { id } } } } }",
    ),
    (
        "ReturnLine.product",
        "{ node(id: $id) { ... on Return { lines { product { id } } } } }",
    ),
    (
        "ReorderLeft.product",
        "mutation { reorderToPurchaseOrders(input: { warehouseId: $id, idempotencyKey: \"again\" }) {
            left { product { id } } } }",
    ),
    (
        "StockReservation.product",
        "{ node(id: $id) { ... on StockReservation { product { id } } } }",
    ),
    (
        "StockReservation.warehouse",
        "{ node(id: $id) { ... on StockReservation { warehouse { id } } } }",
    ),
    (
        "Transfer.from",
        "{ node(id: $id) { ... on Transfer { from { id } } } }",
    ),
    (
        "Transfer.to",
        "{ node(id: $id) { ... on Transfer { to { id } } } }",
    ),
    (
        "TransferLine.product",
        "{ transfers(first: 1) { nodes { lines { product { id } } } } }",
    ),
    (
        "WarehouseValuation.warehouse",
        "{ stockValuation { warehouses { warehouse { id } } } }",
    ),
];

/// Seen by an event only: `live.rs` ends such subscriptions, and its root needs the
/// same permission.
const BY_EVENT: &[&str] = &[
    "BulkOperationChange.bulkOperation",
    "InvoicePosting.invoice",
    "PaymentReceipt.payment",
    "DeliveryChange.delivery",
    "OrderChange.order",
    "ProductChange.product",
];

async fn without(server: &Server, dealer: &TestDealer, permission: Permission) -> Client {
    let rest = PermissionSet::ALL
        .iter()
        .filter(|other| !other.covers(permission));
    let role = server.role(dealer, rest.collect()).await;
    server.client_as(dealer, UserId::generate(), &[role], None)
}

/// The id of some record of each type that has one.
async fn ids(dealer: &TestDealer) -> Value {
    let held = crate::stock::put_aside(dealer).await;
    let billed = crate::invoices::bill_some(dealer).await;
    let bought = crate::purchasing::buy_some(dealer).await;
    let quoted = crate::quotes::quote_some(dealer).await;
    let back = crate::returns::bring_back(dealer).await;
    let paid = crate::payments::pay_some(dealer).await;
    let sold = crate::orders::sell_some(dealer).await;
    let delivered = crate::deliveries::deliver_some(dealer).await;
    crate::catalogue::describe_some(dealer).await;
    let data = dealer
        .client
        .get(
            "{ products(first: 1, where: { kind: STOCK }) { nodes { id } }
               customers(first: 1, orderBy: [{ field: CODE }]) { nodes { id jobs { id } } } categories(first: 1) { nodes { id } }
               units(first: 1) { nodes { id } } warehouses(first: 1) { nodes { id } }
                attributes(first: 1) { nodes { id } } stockLevels(first: 1) { nodes { product { id } } }
                priceLists(first: 1) { nodes { id } } taxClasses(first: 1) { nodes { id } } }",
        )
        .await;
    let first = |list: &str| data[list]["nodes"][0]["id"].clone();
    let lies = &data["stockLevels"]["nodes"][0]["product"]["id"];
    json!({
        "StockAvailability": lies, "WarehouseAvailability": lies,
        "StockCount": crate::stock::count_some(dealer).await,
        "Lot": crate::stock::lots::bring_some(dealer).await,
        "LotTracking": dealer.add_product("NEVER-THERE").await.id,
        "Product": first("products"), "ProductUnit": first("products"),
        "Customer": first("customers"), "CreditStatus": first("customers"), "Category": first("categories"), "Unit": first("units"),
        "Attribute": first("attributes"), "PriceList": first("priceLists"), "TaxClass": first("taxClasses"), "Price": first("products"),
        "Warehouse": first("warehouses"), "Job": data["customers"]["nodes"][0]["jobs"][0]["id"],
        "Invoice": billed["invoice"], "InvoiceLine": billed["invoice"],
        "Delivery": delivered["delivery"], "DeliveryLine": delivered["pickup"], "DeliveryRun": delivered["run"],
        "Order": sold["order"], "OrderLine": sold["line"],
        "Supplier": bought["supplier"], "SupplierItem": bought["supplier"], "PurchaseOrder": bought["order"],
        "PurchaseOrderLine": bought["order"], "GoodsReceipt": bought["receipt"], "GoodsReceiptLine": bought["receipt"],
        "Quote": quoted["converted"], "QuoteLine": quoted["converted"],
        "Return": back["return"], "ReturnLine": back["return"],
        "Payment": paid, "PaymentAllocation": paid,
        "ReorderLeft": crate::purchasing::run_out(dealer).await,
        "StockReservation": held, "Transfer": crate::stock::start_transfer(dealer).await,
    })
}

#[tokio::test]
async fn a_field_is_refused_without_its_own_permission_and_given_with_it() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    crate::prices::set_some(&dealer).await;
    let ids = ids(&dealer).await;
    crate::stock::spoil(&dealer).await;
    crate::reports::pretend(&dealer).await;
    let guarded = Schema::served().guarded();
    assert_eq!(
        guarded.len(),
        WAYS.len() + BY_EVENT.len(),
        "each guarded field needs a way here"
    );
    for (field, permission) in guarded {
        let path = field.path();
        if BY_EVENT.contains(&path.as_str()) {
            continue;
        }
        let way = WAYS.iter().find(|(known, _)| *known == path);
        let (_, way) = way.unwrap_or_else(|| panic!("{path} needs a way here"));
        let id = ids[&field.object].as_str().unwrap_or_default();
        let document = way.replace("$id", &format!("\"{id}\""));
        let allowed = dealer.client.send(&document, json!({})).await;
        assert!(
            allowed.body.get("errors").is_none(),
            "{path}: {:#}",
            allowed.body
        );
        let client = without(&server, &dealer, permission).await;
        let refused = client.send(&document, json!({})).await;
        let error = &refused.body["errors"][0];
        assert_eq!(refused.code(), "FORBIDDEN", "{path}: {:#}", refused.body);
        let last = error["path"].as_array().unwrap().last().unwrap();
        assert_eq!(*last, field.name, "{path}: {:#}", refused.body);
    }
}

#[tokio::test]
async fn node_asks_for_the_permission_of_what_it_finds() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    crate::prices::set_some(&dealer).await;
    let (ids, schema) = (ids(&dealer).await, Schema::served());
    assert!(schema.nodes.len() > 5);
    for name in &schema.nodes {
        let Needs::Permission(permission) = schema.of_type(name) else {
            panic!("{name} is found by anybody");
        };
        let client = without(&server, &dealer, permission).await;
        let id = &ids[name];
        assert!(id.is_string(), "{name} needs an id here");
        let one = "query($id: ID!) { node(id: $id) { __typename id } }";
        let found = dealer.client.run(one, json!({ "id": id })).await;
        assert_eq!(found["node"]["__typename"], *name);
        let some = "query($id: ID!) { nodes(ids: [$id]) { __typename id } }";
        for document in [one, some] {
            let refused = client.send(document, json!({ "id": id })).await;
            assert_eq!(refused.code(), "FORBIDDEN", "{name}: {:#}", refused.body);
            assert_eq!(refused.statements(), 0);
        }
    }
}
