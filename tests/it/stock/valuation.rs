//! What stock is worth, now and before.

use serde_json::json;

use super::{Yard, decimal, line};

const WORTH: &str = "query($at: DateTime) { stockValuation(at: $at) { at value { amount }
    warehouses { products value { amount } warehouse { code } } } }";

#[tokio::test]
async fn it_is_told_as_of_any_moment() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    let mut moments = Vec::new();
    let mut worth = async || {
        let data = yard.client().run(WORTH, json!({ "at": null })).await;
        let told = &data["stockValuation"];
        let value = decimal(told["value"]["amount"].as_str().unwrap());
        moments.push((told["at"].clone(), value.clone()));
        value
    };
    assert_eq!(worth().await, "0");
    yard.put(&cement, "100", "4").await;
    assert_eq!(worth().await, "400");
    yard.adjust_in(1, json!([line(&sand, "IN", "10", Some("18"))]))
        .await;
    assert_eq!(worth().await, "580");
    yard.adjust(json!([line(&cement, "OUT", "100", None)]))
        .await;
    assert_eq!(worth().await, "180");
    for (at, value) in moments {
        let data = yard.client().run(WORTH, json!({ "at": at })).await;
        let told = data["stockValuation"]["value"]["amount"].as_str().unwrap();
        assert_eq!(decimal(told), value, "{at}");
    }
    let data = yard.client().run(WORTH, json!({ "at": null })).await;
    let places = data["stockValuation"]["warehouses"].as_array().unwrap();
    let told: Vec<_> = places
        .iter()
        .map(|place| {
            (
                place["warehouse"]["code"].as_str().unwrap(),
                place["products"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("NORTH", 0), ("SOUTH", 1)]);
}
