//! Whoever acts in a user's name stands beside him in the log.

use serde_json::{Value, json};

use super::log;
use crate::support::Server;

#[tokio::test]
async fn an_operator_who_looks_in_is_in_the_dealers_log_with_his_reason() {
    let address = Some("127.0.0.1:0".parse().unwrap());
    let server = Server::start_with(|settings| settings.operator_listen = address).await;
    let dealer = server.dealer().await;
    let begin = "mutation($input: DealerImpersonateInput!) { dealerImpersonate(input: $input) {
        accessToken userErrors { code } } }";
    let input =
        json!({ "dealerId": dealer.id.to_string(), "reason": "ticket 12", "readOnly": false });
    let data = server
        .operator()
        .run(begin, json!({ "input": input }))
        .await;
    let token = data["dealerImpersonate"]["accessToken"].as_str().unwrap();
    let rows = log(&dealer.schema, "action = 'IMPERSONATED'").await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["actor"], "operator:alice");
    assert_eq!(rows[0]["new"]["reason"], "ticket 12");
    assert_eq!(rows[0]["new"]["user"], json!(dealer.owner.to_string()));
    // What he changes bears both names, and so does what is refused to him.
    let product = dealer.add_product("A-1").await;
    let client = dealer.client.with_token(token);
    let archive = "mutation($input: ProductArchiveInput!) { productArchive(input: $input) { product { id } } }";
    for version in [product.version, 99] {
        let input = json!({ "id": product.id, "expectedVersion": version });
        client.send(archive, json!({ "input": input })).await;
    }
    let rows = log(&dealer.schema, "impersonator IS NOT NULL").await;
    let actions: Vec<&Value> = rows.iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["UPDATE", "REFUSED"]);
    for row in rows {
        assert_eq!(
            (&row["impersonator"], &row["actor"]),
            (&json!("alice"), &json!(dealer.owner.to_string()))
        );
    }
    // The dealer reads it.
    let data = dealer
        .client
        .get(
            "{ auditLog(filter: { action: IMPERSONATED }) { nodes {
        actor entity entityId changes { field new } } } }",
        )
        .await;
    let entry = &data["auditLog"]["nodes"][0];
    assert_eq!(
        (&entry["actor"], &entry["entityId"]),
        (&json!("operator:alice"), &json!("dealerImpersonate"))
    );
    assert!(
        entry["changes"]
            .as_array()
            .unwrap()
            .contains(&json!({ "field": "reason", "new": "ticket 12" }))
    );
}
