//! Who may do what with quotes.

use serde_json::json;
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::BuiltInRole;

use super::{Office, document, line, step};

#[tokio::test]
async fn who_sells_does_not_set_prices() {
    let office = Office::open().await;
    let (server, dealer) = (&office.server, &office.dealer);
    let sales = server
        .member(dealer, &[BuiltInRole::Sales.into()])
        .await
        .client;
    let input = office.input(&json!([line(&office.cement, "10")]));
    super::done(&sales, "quoteCreate", input).await;
    for (name, value) in [("unitPrice", "7"), ("discount", "5")] {
        let mut own = line(&office.cement, "10");
        own[name] = json!(value);
        own["priceReason"] = json!("a friend");
        let input = json!({ "input": office.input(&json!([own])) });
        let answer = sales.send(&document("quoteCreate"), input).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{name}");
    }
}

#[tokio::test]
async fn an_order_takes_the_right_to_make_orders() {
    let office = Office::open().await;
    let accepted = office.accepted(json!([line(&office.cement, "10")])).await;
    let few = PermissionSet::of(&[Permission::QuotesManage]).with_included();
    let role = office.server.role(&office.dealer, few).await;
    let clerk = office.server.member(&office.dealer, &[role]).await.client;
    let query = "query($id: ID) { quote(id: $id) { allowedActions } }";
    let data = clerk.run(query, json!({ "id": accepted["id"] })).await;
    assert_eq!(data["quote"]["allowedActions"], json!(["REVISE"]));
    let input = json!({ "input": step(&accepted) });
    let answer = clerk.send(&document("quoteToOrder"), input).await;
    assert_eq!(answer.code(), "FORBIDDEN");
}

#[tokio::test]
async fn the_history_tells_who_did_what() {
    let office = Office::open().await;
    let sent = office.ten().await;
    let query = "query($id: ID) { quote(id: $id) { history { action entity entityId changes { field old new } } } }";
    let data = office.client.run(query, json!({ "id": sent["id"] })).await;
    let history = data["quote"]["history"].as_array().unwrap();
    // It was written with its line, and sent.
    assert_eq!(history.len(), 3);
    assert_eq!(history[0]["entityId"], sent["id"]);
    let changes = history[0]["changes"].as_array().unwrap();
    assert!(changes.contains(&json!({ "field": "state", "old": "DRAFT", "new": "SENT" })));
}
