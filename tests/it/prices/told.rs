//! What others are told of prices.

use serde_json::{Value, json};

use super::{done, set_some, shop};
use crate::support::owner;

#[tokio::test]
async fn each_change_of_prices_tells_its_event() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let events = format!("\"{}\".events", dealer.schema);
    let newest = format!("SELECT coalesce(max(id), 0) FROM {events}");
    let newest = owner().await.query_one(&newest, &[]).await.unwrap();
    let newest: i64 = newest.get(0);
    set_some(&dealer).await;
    let data = client
        .get("{ priceLists { nodes { id } } priceRules { nodes { id version } } }")
        .await;
    let list = &data["priceLists"]["nodes"][0]["id"];
    let input = json!({ "id": list, "expectedVersion": 1, "name": "New" });
    done(client, "priceListUpdate", "priceList { id }", input).await;
    let input = json!({ "id": list, "expectedVersion": 2 });
    done(client, "priceListArchive", "priceList { id }", input).await;
    let rule = &data["priceRules"]["nodes"][0];
    let input = json!({ "id": rule["id"], "expectedVersion": rule["version"] });
    done(client, "priceRuleEnd", "priceRule { id }", input).await;
    let query =
        format!("SELECT name, is_public, payload::text FROM {events} WHERE id > $1 ORDER BY id");
    let rows = owner().await.query(&query, &[&newest]).await.unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    let wanted = [
        "tax_rate.set",
        "price_list.created",
        "price_rule.set",
        "price_rule.set",
        "customer.priced",
        "job.priced",
        "product.updated",
        "price_list.updated",
        "price_list.archived",
        "price_rule.ended",
    ];
    assert_eq!(names, wanted);
    for row in rows
        .iter()
        .filter(|row| row.get::<_, &str>(0) != "product.updated")
    {
        // Contractors hear of none of them.
        assert!(!row.get::<_, bool>(1));
        let payload: Value = serde_json::from_str(row.get(2)).unwrap();
        let (entity, _) = row.get::<_, &str>(0).split_once('.').unwrap();
        let key = entity
            .replace("price_list", "priceList")
            .replace("price_rule", "priceRule");
        let key = key.replace("tax_rate", "taxRate");
        assert!(payload[&key].is_string(), "{payload}");
    }
}
