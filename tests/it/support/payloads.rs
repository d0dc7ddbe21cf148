//! Mutations as most areas send them, and what their payloads say.

use serde_json::{Value, json};

use super::{Client, TestDealer};
use crate::stock::{decimal, key};

/// The type of the input of a mutation that has one of its own.
pub fn own_input(field: &str) -> String {
    format!("{}{}Input", field[..1].to_uppercase(), &field[1..])
}

/// A document of one mutation, whose answer is called payload.
pub fn document(field: &str, input_type: &str, selection: &str) -> String {
    format!(
        "mutation($input: {input_type}!) {{ payload: {field}(input: $input) {{ {selection}
             userErrors {{ code message path details {{ name value }} }} }} }}"
    )
}

/// Sends such a document; gives its payload.
pub async fn payload(client: &Client, document: &str, input: Value) -> Value {
    let data = client.run(document, json!({ "input": input })).await;
    data["payload"].clone()
}

/// The record in the payload of a mutation that must have succeeded: the first field that was
/// selected.
pub fn record(field: &str, selection: &str, payload: &Value) -> Value {
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    let name = selection.split_whitespace().next().unwrap();
    payload[name].clone()
}

/// Code and path of the only refusal.
pub fn refused(payload: &Value) -> (&str, String) {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload:#}");
    let path = errors[0]["path"].as_array().unwrap().iter();
    let path: Vec<&str> = path.map(|part| part.as_str().unwrap()).collect();
    (errors[0]["code"].as_str().unwrap(), path.join("."))
}

/// The value of a detail of the only refusal.
pub fn detail<'a>(payload: &'a Value, name: &str) -> &'a Value {
    let details = payload["userErrors"][0]["details"].as_array().unwrap();
    let found = details.iter().find(|detail| detail["name"] == name);
    &found.unwrap_or_else(|| panic!("{name} in {payload:#}"))["value"]
}

/// The text of a decimal at a pointer, without the zeros it is kept with.
pub fn number(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    decimal(found.unwrap_or_else(|| panic!("{pointer} in {value:#}")))
}

/// The input of a step of a record.
pub fn step(record: &Value) -> Value {
    json!({ "id": record["id"], "expectedVersion": record["version"], "idempotencyKey": key() })
}

/// The same, with more.
pub fn with(mut input: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

/// A new customer with 30 days to pay and this limit; gives its id.
pub async fn trusted(client: &Client, code: &str, limit: &str) -> String {
    let create = document("customerCreate", "CustomerCreateInput", "customer { id }");
    let input = json!({ "code": code, "name": format!("Builders {code}"), "termsDays": 30 });
    let made = payload(client, &create, input).await;
    let id = record("customerCreate", "customer", &made)["id"].clone();
    let set = document("creditLimitSet", "CreditLimitSetInput", "__typename");
    let input =
        json!({ "customerId": id, "expectedVersion": 1, "limit": limit, "reason": "as agreed" });
    let made = payload(client, &set, input).await;
    assert_eq!(made["userErrors"], json!([]), "{made:#}");
    id.as_str().unwrap().to_owned()
}

/// A transaction on a dealer, in the name of the program.
pub async fn begin(
    server: &super::Server,
    dealer: &TestDealer,
    access: tubex::tenancy::Access,
) -> tubex::tenancy::TenantTx {
    let app = &server.app;
    let context = app.directory.admit_system(dealer.id, "tests").await;
    let context = std::sync::Arc::new(context.unwrap());
    let count = tubex::db::observe::StatementCount::default();
    app.tenants.begin(context, access, &count).await.unwrap()
}
