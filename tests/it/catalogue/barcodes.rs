//! Barcodes: several on a unit, each on one thing, GTINs checked.

use serde_json::{Value, json};

use super::{mutate, only_error};
use crate::support::{Client, Server};

const PRODUCT: &str = "product { id version units { unit { code } barcode barcodes } }";

async fn add(client: &Client, product: &str, barcode: &str) -> Value {
    let input = json!({ "productId": product, "barcode": barcode });
    mutate(client, "barcodeAdd", PRODUCT, input).await
}

async fn scan(client: &Client, barcode: &str) -> Value {
    let query = "query($barcode: String!) { productByBarcode(barcode: $barcode) {
        barcode product { sku } unit { isBase unit { code } } } }";
    let data = client.run(query, json!({ "barcode": barcode })).await;
    data["productByBarcode"].clone()
}

#[tokio::test]
async fn a_unit_has_several_and_a_scan_finds_product_and_unit() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let client = &dealer.client;
    let mut input = dealer.product_input("B-1").await;
    let pallet = client.get("{ unit(code: \"pallet\") { id } }").await["unit"]["id"].clone();
    input["units"] =
        json!([{ "unitId": pallet, "num": 40, "barcodes": ["PAL-1", "4006381333931"] }]);
    let made = mutate(client, "productCreate", PRODUCT, input).await;
    let id = made["product"]["id"].as_str().unwrap();
    let payload = add(client, id, " 036000291452 ").await;
    let units = payload["product"]["units"].as_array().unwrap();
    assert_eq!(units[0]["barcodes"], json!(["036000291452"]));
    assert_eq!(units[1]["barcodes"].as_array().unwrap().len(), 2);
    assert_eq!(payload["product"]["version"], 2);
    // A UPC with a zero in front is the same one.
    for text in ["036000291452", "0036000291452", "00036000291452"] {
        assert_eq!(scan(client, text).await["unit"]["isBase"], true, "{text}");
    }
    let pallet = scan(client, "PAL-1").await;
    assert_eq!(
        (&pallet["product"]["sku"], &pallet["unit"]["unit"]["code"]),
        (&json!("B-1"), &json!("pallet"))
    );
    assert_eq!(scan(client, "pal-1").await, Value::Null);
    let remove = json!({ "productId": id, "barcode": "0036000291452" });
    let payload = mutate(client, "barcodeRemove", PRODUCT, remove.clone()).await;
    assert_eq!(payload["product"]["units"][0]["barcodes"], json!([]));
    assert_eq!(scan(client, "036000291452").await, Value::Null);
    let again = mutate(client, "barcodeRemove", PRODUCT, remove).await;
    assert_eq!(
        only_error(&again),
        ("NOT_FOUND".into(), vec!["input".into(), "barcode".into()])
    );
}

#[tokio::test]
async fn what_is_wrong_or_taken_is_refused_by_field() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let client = &dealer.client;
    let (a, b) = (
        dealer.add_product("A").await.id,
        dealer.add_product("B").await.id,
    );
    for wrong in ["4006381333932", "12345678", " ", &"9".repeat(65)] {
        let payload = add(client, &a, wrong).await;
        let expected = (
            "BAD_USER_INPUT".to_owned(),
            vec!["input".into(), "barcode".into()],
        );
        assert_eq!(only_error(&payload), expected, "{wrong}");
    }
    assert_eq!(add(client, &a, "12345").await["userErrors"], json!([]));
    assert_eq!(
        add(client, &a, "036000291452").await["userErrors"],
        json!([])
    );
    for taken in ["12345", "0036000291452"] {
        for product in [&a, &b] {
            let payload = add(client, product, taken).await;
            let expected = (
                "ALREADY_EXISTS".to_owned(),
                vec!["input".into(), "barcode".into()],
            );
            assert_eq!(only_error(&payload), expected);
        }
    }
    let unit = client.get("{ unit(code: \"pallet\") { id } }").await["unit"]["id"].clone();
    let input = json!({ "productId": a, "unitId": unit, "barcode": "777" });
    let payload = mutate(client, "barcodeAdd", PRODUCT, input).await;
    assert_eq!(
        only_error(&payload),
        ("NOT_FOUND".into(), vec!["input".into(), "unitId".into()])
    );
    let nowhere = format!("prd_{}", "0".repeat(32));
    let payload = add(client, &nowhere, "777").await;
    assert_eq!(
        only_error(&payload),
        ("NOT_FOUND".into(), vec!["input".into(), "productId".into()])
    );
    // In the units of a new product, too.
    let mut input = dealer.product_input("C").await;
    input["units"] =
        json!([{ "unitId": input["baseUnitId"], "num": 1, "barcodes": ["1", "4006381333932"] }]);
    let payload = mutate(client, "productCreate", PRODUCT, input).await;
    assert_eq!(
        only_error(&payload).1,
        ["input", "units", "0", "barcodes", "1"]
    );
}

#[tokio::test]
async fn units_that_stay_keep_their_barcodes() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let client = &dealer.client;
    let product = dealer.add_product("A").await;
    let pallet = client.get("{ unit(code: \"pallet\") { id } }").await["unit"]["id"].clone();
    let update = |version: i64, units: Value| json!({ "id": product.id, "expectedVersion": version, "units": units });
    let units = json!([{ "unitId": pallet, "num": 40, "barcode": "P1" }]);
    mutate(client, "productUpdate", PRODUCT, update(1, units)).await;
    add(client, &product.id, "BASE").await;
    let units = json!([{ "unitId": pallet, "num": 48, "barcode": "P2" }]);
    let payload = mutate(client, "productUpdate", PRODUCT, update(3, units)).await;
    let told = payload["product"]["units"].as_array().unwrap();
    assert_eq!(told[0]["barcodes"], json!(["BASE"]));
    assert_eq!(told[1]["barcodes"], json!(["P1", "P2"]));
    let units = json!([{ "unitId": pallet, "num": 48, "barcodes": ["P2", "P3"] }]);
    let payload = mutate(client, "productUpdate", PRODUCT, update(4, units)).await;
    assert_eq!(
        payload["product"]["units"][1]["barcodes"],
        json!(["P2", "P3"])
    );
    // A unit that goes takes its barcodes along.
    mutate(client, "productUpdate", PRODUCT, update(5, json!([]))).await;
    assert_eq!(scan(client, "P2").await, Value::Null);
    assert_eq!(scan(client, "BASE").await["product"]["sku"], "A");
}

#[tokio::test]
async fn the_same_barcode_serves_two_dealers_and_a_key_adds_once() {
    let server = Server::start().await;
    let (one, other) = (server.dealer().await, server.dealer().await);
    for (dealer, sku) in [(&one, "ONE"), (&other, "OTHER")] {
        let product = dealer.add_product(sku).await;
        let input =
            json!({ "productId": product.id, "barcode": "4006381333931", "idempotencyKey": "k" });
        for _ in 0..2 {
            let payload = mutate(&dealer.client, "barcodeAdd", PRODUCT, input.clone()).await;
            assert_eq!(payload["product"]["version"], 2, "{payload:#}");
        }
        assert_eq!(
            scan(&dealer.client, "4006381333931").await["product"]["sku"],
            sku
        );
    }
}
