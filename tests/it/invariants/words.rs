//! What fields of inputs are about, by their names.

/// What an id names, by the field that it is in.
pub const IDS: &[(&str, &str)] = &[
    ("allocationId", "alc"),
    ("allocationIds", "alc"),
    ("attributeId", "atr"),
    ("baseUnitId", "unt"),
    ("categoryId", "cat"),
    ("contactId", "con"),
    ("creditEntryId", "ent"),
    ("creditEntryIds", "ent"),
    ("customerId", "cus"),
    ("deliveryIds", "dlv"),
    ("driverId", "usr"),
    ("entryId", "ent"),
    ("fileIds", "fil"),
    ("fromId", "whs"),
    ("invoiceId", "ivc"),
    ("jobId", "job"),
    ("logoId", "fil"),
    ("minUnitId", "unt"),
    ("orderId", "ord"),
    ("parentId", "cat"),
    ("priceListId", "pls"),
    ("priceUnitId", "unt"),
    ("productId", "prd"),
    ("productIds", "prd"),
    ("purchaseOrderId", "por"),
    ("runId", "run"),
    ("supplierId", "sup"),
    ("taxClassId", "txc"),
    ("toId", "whs"),
    ("unitId", "unt"),
    ("userId", "usr"),
    ("warehouseId", "whs"),
];

/// Fields that name a line of the record that the mutation is about.
pub const LINES: &[&str] = &["dropLineIds", "lineId", "lineIds", "orderLineId"];

/// What `id` names, by how the mutation's name begins.
pub const SUBJECTS: &[(&str, &str)] = &[
    ("attribute", "atr"),
    ("category", "cat"),
    ("contact", "con"),
    ("customer", "cus"),
    ("delivery", "dlv"),
    ("deliveryRun", "run"),
    ("invoice", "ivc"),
    ("job", "job"),
    ("order", "ord"),
    ("payment", "pay"),
    ("priceList", "pls"),
    ("priceRule", "prr"),
    ("product", "prd"),
    ("purchaseOrder", "por"),
    ("quote", "quo"),
    ("return", "ret"),
    ("stockCount", "cnt"),
    ("stockHold", "rsv"),
    ("supplier", "sup"),
    ("supplierItem", "spi"),
    ("taxClass", "txc"),
    ("transfer", "trf"),
    ("unit", "unt"),
    ("warehouse", "whs"),
];

/// Mutations that are about another record than the one with `id`: the field that names it, and
/// the states in which it is worth a try.
pub const ABOUT: &[(&str, &str, &[&str])] = &[
    ("creditNoteCreate", "ivc", &["POSTED"]),
    ("deliveryPickup", "ord", &["CONFIRMED"]),
    ("deliveryPlan", "ord", &["CONFIRMED"]),
    ("goodsReceive", "por", &["SENT", "PARTIALLY_RECEIVED"]),
    ("invoiceFromOrder", "ord", &["CONFIRMED"]),
    ("orderLineCancel", "ord", &["CONFIRMED"]),
    ("returnRequest", "ord", &["CONFIRMED", "CLOSED"]),
    ("specialOrderToPurchaseOrder", "ord", &["CONFIRMED"]),
];

/// Mutations that other areas' own names for an action stand for.
pub const ACTIONS: &[(&str, &str, &str)] = &[
    ("Invoice", "CREDIT", "creditNoteCreate"),
    ("Order", "BUY_SPECIAL", "specialOrderToPurchaseOrder"),
    ("Order", "CANCEL_LINE", "orderLineCancel"),
    ("PurchaseOrder", "RECEIVE", "goodsReceive"),
];

/// What `expectedVersion` counts where there is no record with an id, by mutation.
pub const SETTINGS: &[(&str, &str)] = &[
    ("creditSettingsSet", "CreditSettings"),
    ("invoiceSettingsSet", "InvoiceSettings"),
    ("paymentReminderSettingsSet", "PaymentReminderSettings"),
];

/// What `id` of a mutation names.
pub fn subject(mutation: &str) -> Option<&'static str> {
    let fitting = SUBJECTS.iter().filter(|one| mutation.starts_with(one.0));
    fitting.max_by_key(|one| one.0.len()).map(|one| one.1)
}

/// What an id in this field names.
pub fn id_of(field: &str) -> Option<&'static str> {
    IDS.iter().find(|one| one.0 == field).map(|one| one.1)
}

/// Numbers that make sense in this field.
pub fn decimals(field: &str) -> &'static [&'static str] {
    match field {
        "value" | "quantity" | "minQuantity" => &["1", "2", "2", "3", "3", "4", "5", "0.5", "12"],
        "received" | "resaleable" => &["1", "2", "3", "0"],
        "spoilt" => &["0", "0", "1"],
        "rate" | "taxRate" => &["10", "0", "8.25"],
        "discount" | "percent" | "restockingFee" | "tolerance" => &["0", "5", "10", "33.3333"],
        "weight" => &["50", "120.5", "3"],
        "reorderPoint" | "reorderQuantity" => &["1", "5", "20"],
        "limit" => &["1000000", "250000", "50"],
        _ => &["0.01", "9.5", "10", "33.33", "100", "250", "19.99"],
    }
}

/// Numbers that are at the edge of what is kept, or beyond.
pub const EDGES: &[&str] = &[
    "0",
    "-1",
    "0.000001",
    "0.0000001",
    "0.005",
    "99999999999999.9999",
    "123456789012345678901",
];

/// In how many of a hundred inputs a field stands that can be left out.
pub fn share(field: &str) -> usize {
    match field {
        "idempotencyKey" => 97,
        "driverId" | "fileIds" | "logoId" | "userId" | "where" | "lot" | "expectedVersion"
        | "kind" | "sourcing" => 0,
        "rounding" | "priceUnitId" | "chooseWarehouse" | "unitId" => 6,
        "unitCost" | "validFrom" | "quantity" => 55,
        "entryId" | "invoiceId" => 100,
        "lines" | "jobId" | "productId" | "categoryId" => 35,
        _ => 14,
    }
}
