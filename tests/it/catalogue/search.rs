//! Search: parts of words, slips of the finger, barcodes.

use serde_json::json;

use super::shop;
use crate::support::Client;

async fn found(client: &Client, text: &str) -> Vec<String> {
    let query = "query($text: String) { products(first: 200, search: $text) { nodes { sku } } }";
    let data = client.run(query, json!({ "text": text })).await;
    let nodes = data["products"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["sku"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn parts_and_slips_find_the_product() {
    let (_server, dealer) = shop().await;
    for (text, sku) in [
        ("CEM-OPC", "CEM-OPC-25"),
        ("opc", "CEM-OPC-25"),
        ("river sa", "SND-RIV"),
        ("RIVER", "SND-RIV"),
        ("platerboard", "GYP-9"),
        ("plasterbaord", "GYP-9"),
    ] {
        let found = found(&dealer.client, text).await;
        assert!(found.contains(&sku.to_owned()), "{text}: {found:?}");
    }
}

#[tokio::test]
async fn signs_of_patterns_are_plain_text() {
    let (_server, dealer) = shop().await;
    for text in ["%", "_", "\\", "'; DROP TABLE products; --", "zzzzqqqq"] {
        assert_eq!(found(&dealer.client, text).await, [""; 0], "{text}");
    }
}

#[tokio::test]
async fn a_whole_barcode_finds_its_product_by_search_and_by_key() {
    let (_server, dealer) = shop().await;
    let data = dealer
        .client
        .get("{ products(first: 200) { nodes { sku units { barcode } } } }")
        .await;
    let nodes = data["products"]["nodes"].as_array().unwrap();
    let (sku, barcode) = nodes
        .iter()
        .find_map(|node| {
            let mut units = node["units"].as_array().unwrap().iter();
            let barcode = units.find_map(|unit| unit["barcode"].as_str())?;
            Some((node["sku"].as_str().unwrap(), barcode))
        })
        .unwrap();
    assert_eq!(found(&dealer.client, barcode).await, [sku]);
    let query = "query($barcode: String) { product(barcode: $barcode) { sku } }";
    let data = dealer
        .client
        .run(query, json!({ "barcode": barcode }))
        .await;
    assert_eq!(data["product"]["sku"], sku);
}

#[tokio::test]
async fn a_lookup_takes_exactly_one_key() {
    let (_server, dealer) = shop().await;
    for arguments in ["", "(sku: \"SND-RIV\", barcode: \"1\")"] {
        let query = format!("{{ product{arguments} {{ sku }} }}");
        let answer = dealer.client.send(&query, json!({})).await;
        assert_eq!(
            answer.code(),
            "BAD_USER_INPUT",
            "{arguments}: {:#}",
            answer.body
        );
    }
}
