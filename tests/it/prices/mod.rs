//! Prices and taxes: lists, rules, what counts for whom, and changes of many prices.

mod changes;
mod histories;
mod lists;
mod portal;
mod resolution;
mod rules;
mod taxes;
mod told;

use serde_json::{Value, json};
use tubex::demo::data::DEALERS;

use crate::catalogue::{mutate, only_error};
use crate::support::{Client, Server, TestDealer};

const RULE: &str = "priceRule { id value minQuantity method validFrom validTo version
    unit { code } minUnit { code } priceList { code } customer { id } job { id }
    product { sku } category { code } }";
const PRICE: &str =
    "source amount { amount currency } unitPrice { amount } unit { code } baseQuantity at
    rule { id value } beaten { reason rule { id value } }";

/// A server and a dealer in US dollars with a full shop.
async fn shop() -> (Server, TestDealer) {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    (server, dealer)
}

/// Sends a mutation that must succeed; gives its record.
async fn done(client: &Client, field: &str, selection: &str, input: Value) -> Value {
    let payload = mutate(client, field, selection, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}");
    let record = selection.split_whitespace().next().unwrap();
    payload[record].clone()
}

async fn refused(client: &Client, field: &str, input: Value) -> (String, String) {
    let payload = mutate(client, field, "", input).await;
    let (code, path) = only_error(&payload);
    (code, path.last().cloned().unwrap_or_default())
}

async fn list(client: &Client, code: &str, more: Value) -> Value {
    let mut input = json!({ "code": code, "name": format!("List {code}") });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    let selection =
        "priceList { id version isDefault priority validFrom validTo archivedAt currency }";
    done(client, "priceListCreate", selection, input).await
}

async fn rule(client: &Client, input: Value) -> Value {
    done(client, "priceRuleUpsert", RULE, input).await
}

async fn product(client: &Client, sku: &str) -> Value {
    let query = "query($sku: String) { product(sku: $sku) {
        id version listPrice { amount } category { id parent { id } } } }";
    client.run(query, json!({ "sku": sku })).await["product"].clone()
}

async fn unit(client: &Client, code: &str) -> Value {
    let query = "query($code: String) { unit(code: $code) { id } }";
    client.run(query, json!({ "code": code })).await["unit"]["id"].clone()
}

/// A customer with at least two jobs.
async fn customer(client: &Client) -> Value {
    let data = client
        .get("{ customers(first: 200) { nodes { id version jobs { id version } } } }")
        .await;
    let nodes = data["customers"]["nodes"].as_array().unwrap();
    let has_jobs = |node: &&Value| node["jobs"].as_array().unwrap().len() > 1;
    nodes.iter().find(has_jobs).unwrap().clone()
}

/// What a product costs, by the arguments of priceFor; parts of the quantity stand among
/// them.
async fn price(client: &Client, mut arguments: Value) -> Value {
    let mut part = |name: &str| arguments.as_object_mut().unwrap().remove(name);
    let (value, unit) = (part("quantity"), part("unitId"));
    if let Some(value) = value {
        arguments["quantity"] = json!({ "value": value, "unitId": unit, "rounding": "UP" });
    }
    let query = format!(
        "query($productId: ID!, $quantity: QuantityInput, $customerId: ID, $jobId: ID, $at: NaiveDate) {{
             priceFor(productId: $productId, quantity: $quantity, customerId: $customerId,
                      jobId: $jobId, at: $at) {{ {PRICE} }}
         }}"
    );
    client.run(&query, arguments).await["priceFor"].clone()
}

/// Some of everything, so that there is something to see.
pub async fn set_some(dealer: &TestDealer) {
    let client = &dealer.client;
    let input = json!({ "code": "STD", "name": "Standard" });
    let class = done(client, "taxClassCreate", "taxClass { id }", input).await;
    let input = json!({ "taxClassId": class["id"], "rate": "10", "validFrom": "2026-01-01" });
    done(client, "taxRateSet", "taxRate { id }", input).await;
    let list = list(client, "TRADE", json!({})).await;
    let customer = customer(client).await;
    let data = client
        .get("{ products(last: 1, orderBy: [{ field: SKU }]) { nodes { id version } } }")
        .await;
    let product = &data["products"]["nodes"][0];
    let input = json!({ "priceListId": list["id"], "productId": product["id"], "method": "LIST_MINUS", "value": "5" });
    rule(client, input).await;
    let input = json!({ "customerId": customer["id"], "productId": product["id"], "method": "FIXED", "value": "3" });
    rule(client, input).await;
    let input = json!({ "id": customer["id"], "expectedVersion": 1, "priceListId": list["id"] });
    done(client, "customerPriceListSet", "assignment { id }", input).await;
    let job = &customer["jobs"][0];
    let input = json!({ "id": job["id"], "expectedVersion": 1, "priceListId": list["id"] });
    done(client, "jobPriceListSet", "assignment { id }", input).await;
    let input = json!({
        "id": product["id"], "expectedVersion": product["version"],
        "standardCost": "2", "taxClassId": class["id"],
    });
    done(client, "productPricingSet", "product { id }", input).await;
}
