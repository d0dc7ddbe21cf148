//! Every field of Query, asked by one dealer with the keys of another.

use serde_json::{Value, json};

use super::attack::Attack;
use super::universe::Universe;
use super::{
    assert_covered, catalogue_queries, count_queries, delivery_queries, invoice_queries, lot_cases,
    order_queries, payment_queries, price_queries, purchasing_queries, quote_queries,
    report_queries, return_queries, root_fields,
};

/// Asks one root field with keys of the victim's.
pub struct Case {
    pub field: &'static str,
    pub query: &'static str,
    /// Variables made of what is the victim's.
    pub keys: fn(&Universe) -> Value,
    pub expect: Expect,
}

/// What the attacker must get.
#[derive(Clone, Copy, PartialEq)]
pub enum Expect {
    /// The field is null, or a list of nulls, or a page of nothing.
    Nothing,
    /// The attacker's own records.
    Own,
}

pub const NO_KEYS: fn(&Universe) -> Value = |_| json!({});

/// All cases there are.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    CASES
        .iter()
        .chain(catalogue_queries::CASES)
        .chain(count_queries::CASES)
        .chain(lot_cases::QUERIES)
        .chain(payment_queries::CASES)
        .chain(delivery_queries::CASES)
        .chain(order_queries::CASES)
        .chain(price_queries::CASES)
        .chain(invoice_queries::CASES)
        .chain(purchasing_queries::CASES)
        .chain(quote_queries::CASES)
        .chain(return_queries::CASES)
        .chain(report_queries::CASES)
}

const CASES: &[Case] = &[
    Case {
        field: "viewer",
        query: "{ viewer { user { id email name } dealer { id name } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "invitations",
        query: "{ invitations { id email invitedBy { email } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "invitationPreview",
        query: "query($id: String!) { invitationPreview(token: $id) { email dealerName } }",
        // The id is no token; that stands in the mail only.
        keys: |victim| json!({ "id": victim.at("/invitations/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "file",
        query: "query($id: ID!) { file(id: $id) { id name url sha256 } }",
        keys: |victim| json!({ "id": victim.at("/products/nodes/0/attachments/0/file/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "bulkOperation",
        query: "query($id: ID!) { bulkOperation(id: $id) { id kind } }",
        keys: |victim| json!({ "id": victim.at("/bulkOperations/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "bulkOperations",
        query: "{ bulkOperations { id errors { line } errorFile { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "sessions",
        query: "{ sessions { id } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "securityEvents",
        query: "{ securityEvents { id userId detail } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "secondFactor",
        query: "{ secondFactor { isOn confirmedAt backupCodesLeft isRequired } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "apiKeys",
        query: "{ apiKeys { id name beginsWith } }",
        keys: NO_KEYS,
        expect: Expect::Nothing,
    },
    Case {
        field: "webhookEndpoints",
        query: "{ webhookEndpoints { id url publicKeys } }",
        keys: NO_KEYS,
        expect: Expect::Nothing,
    },
    Case {
        field: "webhookDeliveries",
        query: "{ webhookDeliveries(first: 200) { totalCount nodes { id endpointId body } } }",
        keys: NO_KEYS,
        expect: Expect::Nothing,
    },
    Case {
        field: "impersonations",
        query: "{ impersonations { id userId operator reason } }",
        keys: NO_KEYS,
        expect: Expect::Nothing,
    },
    Case {
        field: "oauthClients",
        query: "{ oauthClients { id name redirectUris } }",
        keys: NO_KEYS,
        expect: Expect::Nothing,
    },
    Case {
        field: "oauthGrants",
        query: "{ oauthGrants { id clientId } }",
        keys: NO_KEYS,
        expect: Expect::Nothing,
    },
    Case {
        field: "node",
        query: "query($id: ID!) { node(id: $id) { __typename id } }",
        keys: |victim| json!({ "id": victim.at("/products/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "nodes",
        query: "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
        keys: |victim| json!({ "ids": victim.ids.iter().take(200).collect::<Vec<_>>() }),
        expect: Expect::Nothing,
    },
    Case {
        field: "job",
        query: "query($id: ID!) { job(id: $id) { id name } }",
        keys: |victim| json!({ "id": victim.first("job_") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "jobs",
        query: "query($id: ID!) { jobs(where: { customerId: { eq: $id } }) { nodes { id name } } }",
        keys: |victim| json!({ "id": victim.with_jobs() }),
        expect: Expect::Nothing,
    },
    Case {
        field: "customers",
        query: "{ customers(first: 100) { nodes { id contacts { id name } allowedActions } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "accountEntries",
        query: "{ accountEntries(first: 100) { nodes { id open { amount } reverses { id }
            allocations { credit { id } debt { id } } customer { id } job { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "customerStatement",
        query: "query($id: ID!) { customerStatement(customerId: $id, from: \"2000-01-01\", to: \"2100-01-01\") {
            closingBalance { amount } lines { nodes { entry { id } } } } }",
        keys: |victim| json!({ "id": victim.with_jobs() }),
        expect: Expect::Nothing,
    },
    Case {
        field: "creditStatus",
        query: "query($id: ID!) { creditStatus(customerId: $id) { customer { id } } }",
        keys: |victim| json!({ "id": victim.with_jobs() }),
        expect: Expect::Nothing,
    },
    Case {
        field: "creditSettings",
        query: "{ creditSettings { overdueDays version } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "receivablesAgeing",
        query: "{ receivablesAgeing(at: \"2100-01-01\") { nodes { customer { id }
            buckets { total { amount } } jobs { job { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "product",
        query: "query($id: ID) { product(id: $id) { id name } }",
        keys: |victim| json!({ "id": victim.at("/products/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "product",
        query: "query($barcode: String) { product(barcode: $barcode) { id name } }",
        keys: |victim| json!({ "barcode": first_barcode(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "product",
        query: "query { product(sku: \"CEM-OPC-25\") { id category { id parent { id children { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "products",
        query: "query($ids: [ID!]) { products(where: { id: { oneOf: $ids } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "products",
        query: "query($after: String) { products(first: 200, after: $after, orderBy: [{ field: SKU }]) {
            nodes { id sku name units { barcode unit { id } } stockLevels { warehouse { id } } category { id }
            attachments { id file { id name } } }
        } }",
        keys: |victim| json!({ "after": victim.at("/products/edges/0/cursor") }),
        expect: Expect::Own,
    },
    Case {
        field: "products",
        query: "query($search: String) { products(search: $search) { totalCount nodes { id } } }",
        keys: |victim| json!({ "search": first_barcode(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "products",
        query: "{ products(first: 50) { nodes { id history(first: 9) { entityId actor changes { old new } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "auditLog",
        query: "{ auditLog(first: 200) { totalCount nodes { entityId part actor changes { old new } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "auditLog",
        query: "query($id: ID) { auditLog(filter: { entityId: $id }) { totalCount nodes { actor changes { new } } } }",
        keys: |victim| json!({ "id": victim.at("/products/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "category",
        query: "query($id: ID) { category(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/categories/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "category",
        query: "query($code: String) { category(code: $code) { id children { id } } }",
        keys: |victim| json!({ "code": victim.at("/categories/nodes/0/code") }),
        expect: Expect::Own,
    },
    Case {
        field: "categories",
        query: "query($id: ID) { categories(where: { parentId: { eq: $id } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "id": victim.at("/categories/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "customer",
        query: "query($id: ID) { customer(id: $id) { id jobs { id } } }",
        keys: |victim| json!({ "id": victim.at("/customers/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "customer",
        query: "query($code: String) { customer(code: $code) { id name } }",
        keys: |victim| json!({ "code": victim.at("/customers/nodes/1/code") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "customers",
        query: "{ customers(first: 200) { totalCount nodes { id name jobs { id customer { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "stockLevels",
        query: "query($ids: [ID!]) { stockLevels(where: { productId: { oneOf: $ids } }) { totalCount nodes { updatedAt } } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "stockLevels",
        query: "query($after: String) { stockLevels(after: $after) { nodes { product { id } warehouse { id } onHand { unit { id } } } } }",
        keys: |victim| json!({ "after": victim.at("/stockLevels/edges/0/cursor") }),
        expect: Expect::Own,
    },
    Case {
        field: "stockMovements",
        query: "query($ids: [ID!]) { stockMovements(where: { productId: { oneOf: $ids } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "stockMovements",
        query: "query($after: String) { stockMovements(after: $after, orderBy: [{ field: AT, direction: ASC }]) { nodes { id product { id } warehouse { id } } } }",
        keys: |victim| json!({ "after": victim.at("/stockMovements/edges/0/cursor") }),
        expect: Expect::Own,
    },
    Case {
        field: "stockReservations",
        query: "query($ids: [ID!]) { stockReservations(where: { productId: { oneOf: $ids } }) { totalCount nodes { id } } }",
        keys: |victim| json!({ "ids": product_ids(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "stockReconcile",
        query: "{ stockReconcile { product { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "stockValuation",
        query: "{ stockValuation { warehouses { warehouse { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "transfer",
        query: "query($id: ID) { transfer(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/transfers/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "transfer",
        query: "{ transfer(number: 1) { id lines { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "products",
        query: "{ products(first: 3) { nodes { convert(quantity: { value: \"1\", rounding: UP }) { unit { id } } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "transfers",
        query: "{ transfers { nodes { id lines { id } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "reorderSuggestions",
        query: "query($id: ID) { reorderSuggestions(warehouseId: $id) { level { product { id } } } }",
        keys: |victim| json!({ "id": victim.at("/warehouses/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "unit",
        query: "query($id: ID) { unit(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/units/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "unit",
        query: "{ unit(code: \"bag\") { id } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "lastEventId",
        query: "{ lastEventId }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "units",
        query: "{ units(first: 200) { totalCount nodes { id } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "warehouse",
        query: "query($id: ID) { warehouse(id: $id) { id } }",
        keys: |victim| json!({ "id": victim.at("/warehouses/nodes/0/id") }),
        expect: Expect::Nothing,
    },
    Case {
        field: "warehouse",
        query: "query($code: String) { warehouse(code: $code) { id name } }",
        keys: |victim| json!({ "code": victim.at("/warehouses/nodes/0/code") }),
        expect: Expect::Own,
    },
    Case {
        field: "roles",
        query: "{ roles { id name permissions } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "permissions",
        query: "{ permissions { name description } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "members",
        query: "{ members(first: 200) { totalCount nodes { user { id email name } roles { id name } } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
    Case {
        field: "members",
        query: "query($role: ID) { members(where: { role: $role }) { totalCount nodes { user { id } } } }",
        keys: |victim| json!({ "role": role_of(victim) }),
        expect: Expect::Nothing,
    },
    Case {
        field: "warehouses",
        query: "{ warehouses { totalCount nodes { id name } } }",
        keys: NO_KEYS,
        expect: Expect::Own,
    },
];

pub fn product_ids(victim: &Universe) -> Vec<&String> {
    victim
        .ids
        .iter()
        .filter(|id| id.starts_with("prd_"))
        .collect()
}

pub fn first_barcode(victim: &Universe) -> Value {
    let products = victim.all["products"]["nodes"].as_array().unwrap();
    let units = products
        .iter()
        .flat_map(|product| product["units"].as_array().unwrap());
    let mut barcodes = units.map(|unit| unit["barcode"].clone());
    barcodes.find(|barcode| !barcode.is_null()).unwrap()
}

/// A role that the victim has made for himself; nobody has it.
fn role_of(victim: &Universe) -> &String {
    let mut ids = victim.ids.iter();
    ids.find(|id| id.starts_with("rol_")).unwrap()
}

/// Whether an answer holds no record.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(fields) => {
            fields.get("nodes").is_some_and(is_nothing)
                && fields.get("totalCount").is_none_or(|count| *count == 0)
        }
        _ => false,
    }
}

#[tokio::test]
async fn no_query_tells_of_another_dealer() {
    let attack = Attack::prepare().await;
    let fields = root_fields(&attack.attacker.client, "queryType").await;
    assert_covered(&fields, cases().map(|case| case.field));
    for case in cases() {
        let answer = attack.run(case.query, (case.keys)(&attack.victims)).await;
        let data = &answer.body["data"][case.field];
        assert!(
            answer.body.get("errors").is_none(),
            "{}\n{:#}",
            case.query,
            answer.body
        );
        let nothing = is_nothing(data);
        assert_eq!(
            nothing,
            case.expect == Expect::Nothing,
            "{}\n{data:#}",
            case.query
        );
    }
    attack.assert_untouched().await;
}

/// Cases for whose keys the victim has nothing either: no category is below the
/// first one, nobody has the role, no invitation has the token, and no product has a
/// point at which it is bought.
const EMPTY: [&str; 4] = [
    "categories",
    "invitationPreview",
    "members",
    "reorderSuggestions",
];

/// The same cases answer their owner, so that the ones above can fail.
#[tokio::test]
async fn the_owner_finds_what_is_hidden_from_others() {
    let attack = Attack::prepare().await;
    let mut in_vain = Vec::new();
    for case in cases() {
        let keys = (case.keys)(&attack.victims);
        let data = attack.victim.client.run(case.query, keys).await;
        if is_nothing(&data[case.field]) && !EMPTY.contains(&case.field) {
            in_vain.push(case.query);
        }
    }
    assert!(in_vain.is_empty(), "{in_vain:#?}");
}
