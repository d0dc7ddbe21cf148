//! Quotes at the portal: a contractor's own, once they are sent.

use serde_json::{Value, json};
use tubex::kernel::ids::CustomerId;

use super::{Office, document, line, step};
use crate::support::Client;

async fn contractor(office: &Office) -> Client {
    let id: CustomerId = office.customer.parse().unwrap();
    office.server.contractor(&office.dealer, id).await.client
}

#[tokio::test]
async fn a_contractor_sees_what_was_sent_to_him_and_nothing_else() {
    let office = Office::open().await;
    let him = contractor(&office).await;
    let sent = office.ten().await;
    let draft = office.draft(json!([line(&office.cement, "5")])).await;
    let create = "mutation { customerCreate(input: { code: \"OTHER\", name: \"Other\" }) { customer { id } } }";
    let data = office.client.get(create).await;
    let mut input = office.input(&json!([line(&office.cement, "1")]));
    input["customerId"] = data["customerCreate"]["customer"]["id"].clone();
    let others = office.done("quoteCreate", input).await;
    let others = office.done("quoteSend", step(&others)).await;
    let list = "{ quotes { totalCount nodes { id state allowedActions lines { net { amount } }
        totals { gross { amount } rates { rate } } } } }";
    let data = super::plain(him.get(list).await);
    assert_eq!(data["quotes"]["totalCount"], 1);
    let seen = &data["quotes"]["nodes"][0];
    assert_eq!(seen["id"], sent["id"]);
    assert_eq!(seen["totals"]["gross"]["amount"], "95");
    assert_eq!(seen["allowedActions"], json!(["ACCEPT", "REJECT"]));
    for hidden in [&draft, &others] {
        let query = "query($id: ID!) { quote(id: $id) { id } node(id: $id) { id } }";
        let data = him.run(query, json!({ "id": hidden["id"] })).await;
        assert_eq!(data, json!({ "quote": null, "node": null }));
    }
    // A revision that is being written is not among the revisions.
    let next = office.done("quoteRevise", step(&sent)).await;
    let query = "query($id: ID!) { quote(id: $id) { revisions { id } } }";
    let data = him.run(query, json!({ "id": sent["id"] })).await;
    assert_eq!(data["quote"]["revisions"], json!([{ "id": sent["id"] }]));
    office.done("quoteSend", step(&next)).await;
    let data = him.run(query, json!({ "id": next["id"] })).await;
    assert_eq!(data["quote"]["revisions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_contractor_does_not_see_how_prices_come_about_and_writes_no_quote() {
    let office = Office::open().await;
    let him = contractor(&office).await;
    let sent = office.ten().await;
    for hidden in ["priceSource", "priceReason"] {
        let query = format!("query($id: ID!) {{ quote(id: $id) {{ lines {{ {hidden} }} }} }}");
        let answer = him.send(&query, json!({ "id": sent["id"] })).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{hidden}");
    }
    for field in ["quoteSend", "quoteRevise"] {
        let input = json!({ "input": step(&sent) });
        let answer = him.send(&document(field), input).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{field}");
    }
}

/// What of a quote its customer sees.
const SEEN: &str = "quote { id version state allowedActions answerReason }";

async fn answered(client: &Client, field: &str, input: Value) -> Value {
    let document = format!(
        "mutation($input: {}!) {{ payload: {field}(input: $input) {{ {SEEN}
             userErrors {{ code message path }} }} }}",
        super::input_type(field)
    );
    client.run(&document, json!({ "input": input })).await["payload"].clone()
}

#[tokio::test]
async fn a_contractor_accepts_and_rejects_what_was_sent_to_him() {
    let office = Office::open().await;
    let him = contractor(&office).await;
    let sent = office.ten().await;
    let payload = answered(&him, "quoteAccept", step(&sent)).await;
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(
        (
            &payload["quote"]["state"],
            &payload["quote"]["allowedActions"]
        ),
        (&json!("ACCEPTED"), &json!([]))
    );
    office
        .done("quoteToOrder", step(&office.quote(&sent).await))
        .await;
    let other = office.ten().await;
    let mut input = step(&other);
    input["reason"] = json!("too dear");
    let payload = answered(&him, "quoteReject", input).await;
    assert_eq!(payload["quote"]["state"], "REJECTED");
    // What is another's, or not sent yet, is not there.
    let draft = office.draft(json!([line(&office.cement, "5")])).await;
    let payload = answered(&him, "quoteAccept", step(&draft)).await;
    assert_eq!(super::refused(&payload).0, "NOT_FOUND");
}

#[tokio::test]
async fn nobody_accepts_beyond_his_limit() {
    let office = Office::open().await;
    let id: CustomerId = office.customer.parse().unwrap();
    let him = office.server.contractor(&office.dealer, id).await;
    let add = "mutation($input: ContactAddInput!) { contactAdd(input: $input) { userErrors { code path } } }";
    let input = json!({ "customerId": office.customer, "name": "Foreman", "orderLimit": "94.99",
        "userId": him.user.to_string() });
    let data = office.client.run(add, json!({ "input": input })).await;
    assert_eq!(data["contactAdd"]["userErrors"], json!([]));
    // Ten bags are 95.
    let sent = office.ten().await;
    let query = "query($id: ID) { quote(id: $id) { allowedActions } }";
    let data = him.client.run(query, json!({ "id": sent["id"] })).await;
    assert_eq!(data["quote"]["allowedActions"], json!(["REJECT"]));
    let payload = answered(&him.client, "quoteAccept", step(&sent)).await;
    assert_eq!(
        super::refused(&payload),
        ("NOT_ALLOWED", "input.id".to_owned())
    );
    let owner = contractor(&office).await;
    let payload = answered(&owner, "quoteAccept", step(&sent)).await;
    assert_eq!(payload["quote"]["state"], "ACCEPTED");
}

/// He hears of a quote once it is sent, and not before.
#[tokio::test]
async fn a_contractor_hears_of_what_is_sent() {
    let office = Office::open().await;
    let sent = office.ten().await;
    office.done("quoteAccept", step(&sent)).await;
    let query = format!(
        "SELECT name, customer_id IS NOT NULL FROM {}.events WHERE entity = 'quote' ORDER BY id",
        office.dealer.schema
    );
    let rows = crate::support::owner()
        .await
        .query(&query, &[])
        .await
        .unwrap();
    let told: Vec<(String, bool)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let told: Vec<_> = told
        .iter()
        .map(|(name, his)| (name.as_str(), *his))
        .collect();
    assert_eq!(
        told,
        [
            ("quote.created", false),
            ("quote.sent", true),
            ("quote.accepted", true)
        ]
    );
}
