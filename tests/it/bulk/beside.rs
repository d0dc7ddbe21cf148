//! Stock out of files beside what else goes on: the same order again, work by hand, and
//! other dealers.

use std::fmt::Write;
use std::time::Duration;

use serde_json::json;
use tubex::demo::data::DEALERS;

use super::stock::{books_are_right, level, levels, yard};
use super::{IMPORT, ended, faults, import, taken};
use crate::catalogue::mutate;
use crate::files::upload;
use crate::stock::key;

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn what_counts_twice_takes_a_key_and_counts_once() {
    let (server, dealer) = yard("bulk_once").await;
    let file = upload(&dealer, "s.csv", b"sku,warehouse,change\nBAGS,NORTH,5\n").await;
    let mut input = json!({ "input": { "kind": "STOCK", "fileId": file } });
    let answer = dealer.client.send(IMPORT, input.clone()).await;
    assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED");
    input["input"]["idempotencyKey"] = json!(key());
    let first = dealer.client.run(IMPORT, input.clone()).await;
    let second = dealer.client.run(IMPORT, input).await;
    assert_eq!(first, second);
    let worker = server.worker();
    ended(&dealer, &first["bulkImportStart"]).await;
    assert_eq!(levels(&dealer).await, [level("BAGS", "NORTH", "5", "0")]);
    worker.stop(SOON).await;
}

/// Those who work by hand meanwhile lose nothing, and nobody waits in a circle.
#[tokio::test]
async fn corrections_by_hand_go_on_beside_an_import() {
    let (server, dealer) = yard("bulk_beside").await;
    let mut text = String::from("sku,warehouse,change\n");
    for row in 0..3000 {
        let sku = ["BAGS", "TILES"][row % 2];
        let code = ["SOUTH", "NORTH"][row / 2 % 2];
        writeln!(text, "{sku},{code},1").unwrap();
    }
    let keyed = || json!({ "kind": "STOCK", "idempotencyKey": key() });
    let one = import(&dealer, "s.csv", &text, keyed()).await;
    let two = import(&dealer, "s.csv", &text, keyed()).await;
    let data = dealer
        .client
        .get(
            "{ a: product(sku: \"BAGS\") { id } b: product(sku: \"TILES\") { id }
            n: warehouse(code: \"NORTH\") { id } s: warehouse(code: \"SOUTH\") { id } }",
        )
        .await;
    let worker = server.worker();
    for round in 0..40 {
        let at = if round % 2 == 0 { "n" } else { "s" };
        let line = |product: &str| json!({ "productId": data[product]["id"], "direction": "IN", "quantity": { "value": "1" } });
        let lines = if round % 4 < 2 {
            [line("a"), line("b")]
        } else {
            [line("b"), line("a")]
        };
        let input = json!({ "warehouseId": data[at]["id"], "reason": "FOUND", "lines": lines, "idempotencyKey": key() });
        let payload = mutate(&dealer.client, "stockAdjust", "movements { id }", input).await;
        assert_eq!(payload["userErrors"], json!([]));
    }
    for started in [one, two] {
        let over = ended(&dealer, &started).await;
        assert_eq!(
            (&over["state"], &over["failed"]),
            (&json!("DONE"), &json!(0)),
            "{over:#}"
        );
    }
    let there: Vec<_> = levels(&dealer)
        .await
        .into_iter()
        .map(|level| level.2)
        .collect();
    assert_eq!(there, ["1520", "1520", "1520", "1520"]);
    books_are_right(&dealer).await;
    worker.stop(SOON).await;
}

#[tokio::test]
async fn goods_and_yards_are_those_of_one_dealer() {
    let (server, dealer) = yard("bulk_own_stock").await;
    let victim = server.dealer_like(&DEALERS[0]).await;
    let query = "{ stockLevels(first: 200) { nodes { product { sku } warehouse { code } onHand { value } updatedAt } } }";
    let before = victim.client.get(query).await;
    let known = &before["stockLevels"]["nodes"][0];
    let text = |path: &str| known.pointer(path).unwrap().as_str().unwrap().to_owned();
    let (sku, code) = (text("/product/sku"), text("/warehouse/code"));
    let worker = server.worker();
    let text = format!("sku,warehouse,onHand\n{sku},NORTH,1\nBAGS,{code},1\n");
    let over = taken(&dealer, "STOCK", "s.csv", &text).await;
    assert_eq!(
        faults(&over),
        json!([[2, "sku", "NOT_FOUND"], [3, "warehouse", "NOT_FOUND"]])
    );
    assert_eq!(victim.client.get(query).await, before);
    worker.stop(SOON).await;
}
