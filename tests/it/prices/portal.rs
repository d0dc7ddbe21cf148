//! Prices at the portal: a contractor's own, and nothing of how they come about.

use serde_json::{Value, json};
use tubex::kernel::ids::{CustomerId, UserId};

use super::{customer, done, list, product, rule, shop};
use crate::support::{Client, Server, TestDealer};

async fn contractor(server: &Server, dealer: &TestDealer, customer: &Value) -> Client {
    let id: CustomerId = customer["id"].as_str().unwrap().parse().unwrap();
    server.contractor(dealer, id).await.client
}

async fn amount(client: &Client, arguments: &str, product: &Value) -> Value {
    let query = format!(
        "{{ priceFor(productId: {}, {arguments}) {{ source unitPrice {{ amount }} }} }}",
        product["id"]
    );
    client.get(&query).await["priceFor"].clone()
}

#[tokio::test]
async fn a_contractor_has_his_own_prices_without_naming_himself() {
    let (server, dealer) = shop().await;
    let client = &dealer.client;
    let timber = product(client, "LBR-2X4-8").await;
    let own = customer(client).await;
    let data = client
        .get("{ customers(first: 9) { nodes { id jobs { id } } } }")
        .await;
    let nodes = data["customers"]["nodes"].as_array().unwrap();
    let other = nodes.iter().find(|node| node["id"] != own["id"]).unwrap();
    let trade = list(client, "TRADE", json!({})).await;
    for (holder, id, value) in [
        ("customerId", &own["id"], "3"),
        ("customerId", &other["id"], "1"),
        ("jobId", &own["jobs"][0]["id"], "2"),
        ("priceListId", &trade["id"], "4"),
    ] {
        let mut input = json!({ "productId": timber["id"], "method": "FIXED", "value": value });
        input[holder] = id.clone();
        rule(client, input).await;
    }
    let him = contractor(&server, &dealer, &own).await;
    let quantity = "quantity: { value: \"1\" }";
    let price = amount(&him, quantity, &timber).await;
    assert_eq!(
        price,
        json!({ "source": "CUSTOMER_RULE", "unitPrice": { "amount": "3" } })
    );
    let job = format!("jobId: {}", own["jobs"][0]["id"]);
    assert_eq!(
        amount(&him, &job, &timber).await["unitPrice"]["amount"],
        "2"
    );
    // In nobody else's name, whether by customer or by job.
    for named in [
        format!("customerId: {}", other["id"]),
        format!("jobId: {}", other["jobs"][0]["id"]),
    ] {
        assert_eq!(amount(&him, &named, &timber).await, Value::Null, "{named}");
    }
    // A list that he is given counts for him, though he may not look into it.
    let them = contractor(&server, &dealer, other).await;
    let input = json!({ "id": other["id"], "expectedVersion": 1, "priceListId": trade["id"] });
    done(client, "customerPriceListSet", "assignment { id }", input).await;
    let data = client
        .get("{ priceRules(where: { method: FIXED }) { nodes { id version value } } }")
        .await;
    let nodes = data["priceRules"]["nodes"].as_array().unwrap();
    let theirs = nodes.iter().find(|node| node["value"] == "1").unwrap();
    let input = json!({ "id": theirs["id"], "expectedVersion": 1, "lastDay": "2020-01-01" });
    done(client, "priceRuleEnd", "priceRule { id }", input).await;
    let price = amount(&them, quantity, &timber).await;
    assert_eq!(
        price,
        json!({ "source": "PRICE_LIST", "unitPrice": { "amount": "4" } })
    );
    for hidden in ["rule { id }", "beaten { reason }"] {
        let query = format!("{{ priceFor(productId: {}) {{ {hidden} }} }}", timber["id"]);
        assert_eq!(them.send(&query, json!({})).await.code(), "FORBIDDEN");
    }
}

/// Who sees products does not see what others pay for them.
#[tokio::test]
async fn prices_of_customers_take_a_permission() {
    use tubex::auth::permission::{Permission, PermissionSet};
    let (server, dealer) = shop().await;
    let timber = product(&dealer.client, "LBR-2X4-8").await;
    let own = customer(&dealer.client).await;
    let role = server
        .role(&dealer, PermissionSet::of(&[Permission::ProductsRead]))
        .await;
    let driver = server.client_as(&dealer, UserId::generate(), &[role], None);
    let counter = amount(&driver, "quantity: { value: \"2\" }", &timber).await;
    assert_eq!(counter["source"], "LIST_PRICE");
    for named in [
        format!("customerId: {}", own["id"]),
        format!("jobId: {}", own["jobs"][0]["id"]),
    ] {
        let query = format!(
            "{{ priceFor(productId: {}, {named}) {{ source }} }}",
            timber["id"]
        );
        assert_eq!(
            driver.send(&query, json!({})).await.code(),
            "FORBIDDEN",
            "{named}"
        );
    }
}
