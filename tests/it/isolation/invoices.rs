//! Postings of one dealer, and another who listens.

use serde_json::json;

use super::attack::Attack;

#[tokio::test]
async fn nobody_hears_of_anothers_postings() {
    let attack = Attack::prepare().await;
    let query = "subscription($ids: [ID!], $customer: ID) {
        invoicePosted(ids: $ids, customerId: $customer) { event invoice { id } } }";
    let victims = attack.victims.at("/invoices/nodes/0");
    let own = attack.attackers.at("/invoices/nodes/0");
    let mut socket = attack.server.socket(&attack.attacker).await;
    socket.subscribe("all", query, json!({})).await;
    socket
        .subscribe("his", query, json!({ "ids": [victims["id"]] }))
        .await;
    socket
        .subscribe(
            "theirs",
            query,
            json!({ "customer": victims["customer"]["id"] }),
        )
        .await;
    socket.settle().await;
    for (client, invoice) in [
        (&attack.victim.client, &victims),
        (&attack.attacker.client, &own),
    ] {
        let post = "mutation($input: InvoiceStepInput!) { invoicePost(input: $input) { userErrors { code } } }";
        let input = json!({ "id": invoice["id"], "expectedVersion": invoice["version"],
            "idempotencyKey": "heard" });
        let data = client.run(post, json!({ "input": input })).await;
        assert_eq!(data["invoicePost"]["userErrors"], json!([]));
    }
    // The victim's posting came first: had it been heard, it would be here.
    let heard = socket.next().await;
    assert_eq!(heard["id"], "all");
    assert_eq!(
        heard["payload"]["data"]["invoicePosted"]["invoice"]["id"],
        own["id"]
    );
    attack
        .victims
        .assert_hidden(&heard, &json!(null), "invoicePosted");
    socket.settle().await;
}
