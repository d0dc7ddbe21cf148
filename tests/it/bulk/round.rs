//! What was exported is imported again: into the same shop, and into an empty one.

use std::time::Duration;

use serde_json::{Value, json};
use tubex::demo::data::DEALERS;

use super::{counts, ended, export, server, taken, text_of};
use crate::support::{Server, TestDealer};

const CUSTOMERS: &str = "{ customers(first: 200, orderBy: [{ field: CODE }]) { nodes {
    code name taxId termsDays creditLimit { amount } creditCheck priceList { code }
    addressLine city postcode country email phone } } }";
const VERSIONS: &str = "{ customers(first: 200, orderBy: [{ field: CODE }]) { nodes { code version } }
    stockLevels(first: 200) { nodes { product { sku } warehouse { code } onHand { value } updatedAt } } }";
const WAREHOUSES: &str = "{ warehouses(first: 200) { nodes { code name kind } } }";

async fn out(server: &Server, dealer: &TestDealer, (kind, format): (&str, &str)) -> String {
    let done = ended(dealer, &export(&dealer.client, kind, format).await).await;
    assert_eq!(done["state"], "DONE", "{done:#}");
    text_of(server, &done["outputFile"]).await
}

/// The lines of an export: nobody says in which order records without a rule come.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn customers_and_stock_go_out_and_come_in_as_they_were() {
    let server = server("bulk_round").await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let worker = server.worker();
    let more =
        "code,phone,email,priceList,creditCheck\nDAI-PHAT,'+84 28,Buy@Dai.test,VIP,INVOICE\n";
    let list = "mutation { priceListCreate(input: { code: \"VIP\", name: \"VIP\" }) { priceList { id } } }";
    dealer.client.get(list).await;
    let codes = dealer
        .client
        .get("{ customers(first: 1) { nodes { code } } }")
        .await;
    let code = codes["customers"]["nodes"][0]["code"].as_str().unwrap();
    let more = more.replace("DAI-PHAT", code);
    assert_eq!(
        counts(&taken(&dealer, "CUSTOMERS", "c.csv", &more).await),
        [0, 1, 0, 0]
    );
    let before = dealer.client.get(VERSIONS).await;
    for (kind, name, format) in [
        ("CUSTOMERS", "c.csv", "CSV"),
        ("CUSTOMERS", "c.ndjson", "NDJSON"),
        ("STOCK", "s.csv", "CSV"),
        ("STOCK", "s.ndjson", "NDJSON"),
    ] {
        let text = out(&server, &dealer, (kind, format)).await;
        let count = u64::try_from(text.lines().count()).unwrap() - u64::from(format == "CSV");
        let back = taken(&dealer, kind, name, &text).await;
        assert_eq!(counts(&back), [0, 0, count, 0], "{kind} {format} {back:#}");
    }
    assert_eq!(dealer.client.get(VERSIONS).await, before);
    let other = server.dealer().await;
    other.client.get(list).await;
    into(&server, &dealer, &other).await;
    worker.stop(Duration::from_secs(5)).await;
}

/// Brings products, customers and stock into a shop that has none.
async fn into(server: &Server, dealer: &TestDealer, other: &TestDealer) {
    let yards = dealer.client.get(WAREHOUSES).await;
    for yard in yards["warehouses"]["nodes"].as_array().unwrap() {
        let create = "mutation($input: WarehouseCreateInput!) { warehouseCreate(input: $input) { warehouse { id } } }";
        other.client.run(create, json!({ "input": yard })).await;
    }
    let products = out(server, dealer, ("PRODUCTS", "NDJSON")).await;
    let products: String = products.lines().map(without_category).collect();
    taken(other, "PRODUCTS", "p.ndjson", &products).await;
    for (kind, name, format) in [
        ("CUSTOMERS", "c.csv", "CSV"),
        ("STOCK", "s.ndjson", "NDJSON"),
    ] {
        let text = out(server, dealer, (kind, format)).await;
        let over = taken(other, kind, name, &text).await;
        assert_eq!(
            (&over["failed"], &over["updated"]),
            (&json!(0), &json!(0)),
            "{over:#}"
        );
        if kind == "CUSTOMERS" {
            assert_eq!(
                other.client.get(CUSTOMERS).await,
                dealer.client.get(CUSTOMERS).await
            );
        }
    }
    let theirs = out(server, other, ("STOCK", "CSV")).await;
    let ours = out(server, dealer, ("STOCK", "CSV")).await;
    let on_hand = |text: &str| -> Vec<String> {
        let cells = sorted(text).into_iter();
        cells
            .map(|line| line.split(',').take(3).collect::<Vec<_>>().join(","))
            .filter(|line| !line.ends_with(",0"))
            .collect()
    };
    assert_eq!(on_hand(&theirs), on_hand(&ours));
}

fn without_category(line: &str) -> String {
    let mut object: Value = serde_json::from_str(line).unwrap();
    object["category"] = Value::Null;
    format!("{object}\n")
}
