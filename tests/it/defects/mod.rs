//! The defects of the program before this one, each of which is shown not to be here. A number
//! in a test's name is that of the defect in the list of the domain.

mod books;
mod doors;
mod sales;

use serde_json::{Value, json};

use crate::support::Client;

/// Sends a mutation that takes one input; gives its payload.
async fn mutate(client: &Client, field: &str, selection: &str, input: Value) -> Value {
    crate::catalogue::mutate(client, field, selection, input).await
}

/// Sends a mutation that must succeed; gives its payload.
async fn done(client: &Client, field: &str, selection: &str, input: Value) -> Value {
    let payload = mutate(client, field, selection, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    payload
}

/// The code of the first refusal.
fn code(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or("none")
}
