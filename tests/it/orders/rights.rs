//! Who may do what, and see what of it.

use serde_json::json;
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::kernel::ids::CustomerId;

use super::{Counter, customer, document, line, step};

#[tokio::test]
async fn another_price_takes_its_own_permission_and_is_told() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let few = PermissionSet::of(&[Permission::OrdersManage]).with_included();
    let (server, dealer) = (&counter.yard.server, &counter.yard.dealer);
    let role = server.role(dealer, few).await;
    let client = server.member(dealer, &[role]).await.client;
    let create = "mutation($input: OrderCreateInput!) { orderCreate(input: $input) { order { id number } userErrors { code path } } }";
    for more in [json!({ "unitPrice": "1" }), json!({ "discount": "5" })] {
        let mut one = line(&cement, "1");
        one["priceReason"] = json!("a friend");
        for (key, value) in more.as_object().unwrap() {
            one[key] = value.clone();
        }
        let input = counter.input(&json!([one]));
        let answer = client.send(create, json!({ "input": input })).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{more}");
        let order = counter.done("orderCreate", input).await;
        let query = format!(
            "SELECT payload->>'priceOverrides' FROM {}.events WHERE name = 'order.created' ORDER BY id DESC LIMIT 1",
            dealer.schema
        );
        let owner = crate::support::owner().await;
        let told: String = owner.query_one(&query, &[]).await.unwrap().get(0);
        assert_eq!(told, "1");
        let history =
            "query($id: ID!) { order(id: $id) { lines { history { changes { field new } } } } }";
        let data = counter
            .client()
            .run(history, json!({ "id": order["id"] }))
            .await;
        let changes = data["order"]["lines"][0]["history"][0]["changes"].to_string();
        assert!(changes.contains("a friend"), "{changes}");
    }
    let input = counter.input(&json!([line(&cement, "1")]));
    let data = client.run(create, json!({ "input": input })).await;
    assert_eq!(data["orderCreate"]["order"]["number"], 3);
}

#[tokio::test]
async fn a_contractor_sees_his_own_orders_and_writes_none() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let own = counter.confirmed(json!([line(&cement, "1")])).await;
    let stranger = customer(counter.client(), "OTHER", "1000").await;
    let mut input = counter.input(&json!([line(&cement, "1")]));
    input["customerId"] = json!(stranger);
    let others = counter.done("orderCreate", input.clone()).await;
    let id: CustomerId = counter.customer.parse().unwrap();
    let (server, dealer) = (&counter.yard.server, &counter.yard.dealer);
    let client = server.contractor(dealer, id).await.client;
    let query = "query($id: ID!) { order(id: $id) { number lines { net { amount } } totals { gross { amount } } }
        orders { totalCount nodes { id state } } }";
    let data = client.run(query, json!({ "id": own["id"] })).await;
    assert_eq!(data["order"]["number"], 1);
    assert_eq!(data["orders"]["totalCount"], 1);
    let data = client.run(query, json!({ "id": others["id"] })).await;
    assert_eq!(data["order"], json!(null));
    for (field, input) in [("orderCreate", input), ("orderConfirm", step(&own))] {
        let answer = client
            .send(&document(field), json!({ "input": input }))
            .await;
        assert_eq!(answer.code(), "FORBIDDEN", "{field}");
    }
    let note = "query($id: ID!) { order(id: $id) { note } }";
    let answer = client.send(note, json!({ "id": own["id"] })).await;
    assert_eq!(answer.code(), "FORBIDDEN");
}
