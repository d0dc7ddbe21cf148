//! Stock out of files: what is there, and what comes and goes.

use std::time::Duration;

use serde_json::{Value, json};

use super::{counts, ended, faults, import, server, taken, told};
use crate::catalogue::mutate;
use crate::stock::{decimal, key};
use crate::support::{CREATE_PRODUCT, Server, TestDealer};

const SOON: Duration = Duration::from_secs(5);

/// A dealer with two yards and some products of which there is nothing: BAGS, also by the
/// ton of 20, TILES, and a SERVICE.
pub async fn yard(name: &'static str) -> (Server, TestDealer) {
    let server = server(name).await;
    let dealer = server.dealer().await;
    for code in ["NORTH", "SOUTH"] {
        warehouse(&dealer, code).await;
    }
    let data = dealer.client.get("{ unit(code: \"t\") { id } }").await;
    let mut bags = dealer.product_input("BAGS").await;
    bags["units"] = json!([{ "unitId": data["unit"]["id"], "num": 20, "den": 1 }]);
    let mut crane = dealer.product_input("CRANE").await;
    crane["kind"] = json!("SERVICE");
    let tiles = dealer.product_input("TILES").await;
    for input in [bags, crane, tiles] {
        let made = dealer
            .client
            .run(CREATE_PRODUCT, json!({ "input": input }))
            .await;
        assert_eq!(made["productCreate"]["userErrors"], json!([]));
    }
    (server, dealer)
}

async fn warehouse(dealer: &TestDealer, code: &str) -> Value {
    let input = json!({ "code": code, "name": code, "kind": "YARD" });
    let made = mutate(
        &dealer.client,
        "warehouseCreate",
        "warehouse { id version }",
        input,
    )
    .await;
    made["warehouse"].clone()
}

/// SKU, warehouse, on hand and value of all levels.
pub async fn levels(dealer: &TestDealer) -> Vec<(String, String, String, String)> {
    let query = "{ stockLevels(first: 200) { nodes {
        product { sku } warehouse { code } onHand { value } value { amount } } } }";
    let data = dealer.client.get(query).await;
    let mut found: Vec<_> = data["stockLevels"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let text = |path: &str| node.pointer(path).unwrap().as_str().unwrap();
            (
                text("/product/sku").to_owned(),
                text("/warehouse/code").to_owned(),
                decimal(text("/onHand/value")),
                decimal(text("/value/amount")),
            )
        })
        .collect();
    found.sort();
    found
}

pub fn level(
    sku: &str,
    warehouse: &str,
    on_hand: &str,
    value: &str,
) -> (String, String, String, String) {
    (sku.into(), warehouse.into(), on_hand.into(), value.into())
}

/// Fails unless the books of stock are right.
pub async fn books_are_right(dealer: &TestDealer) {
    let query = "{ stockReconcile { onHand { value } moved { value } } }";
    assert_eq!(dealer.client.get(query).await["stockReconcile"], json!([]));
}

const FIRST: &str = "sku,warehouse,onHand,change,unit,unitCost,reason,note\n\
    BAGS,NORTH,3,,t,2.50,OPENING,brought over\n\
    BAGS,SOUTH,,15,,2,FOUND,\n\
    TILES,NORTH,0,,,,,\n\
    BAGS,NORTH,,-10,bag,,DAMAGE,wet\n\
    BAGS,NORTH,52,,,9,,\n\
    BAGS,NORTH,40,,,9,,\n";

#[tokio::test]
async fn lines_say_what_is_there_or_what_comes_and_goes() {
    let (server, dealer) = yard("bulk_stock").await;
    let worker = server.worker();
    let first = taken(&dealer, "STOCK", "s.csv", FIRST).await;
    // There are no tiles before nor after, and no level of them is made.
    assert_eq!(counts(&first), [2, 3, 1, 0], "{first:#}");
    // 60 at 2.50; 10 of them go; 2 come at 9; 12 of 52 go.
    assert_eq!(
        levels(&dealer).await,
        [
            level("BAGS", "NORTH", "40", "110"),
            level("BAGS", "SOUTH", "15", "30")
        ]
    );
    let query = "{ stockMovements(first: 200, orderBy: [{ field: AT, direction: ASC }]) { nodes {
        number kind quantity { value } reason note warehouse { code } } } }";
    let moved = dealer.client.get(query).await;
    let moved = moved["stockMovements"]["nodes"].as_array().unwrap();
    let mut north: Vec<_> = moved
        .iter()
        .filter(|row| row["warehouse"]["code"] == "NORTH")
        .map(|row| {
            json!([
                row["number"],
                row["kind"],
                row["quantity"]["value"],
                row["reason"],
                row["note"]
            ])
        })
        .collect();
    north.sort_by_key(|row| row[0].as_i64());
    assert_eq!(
        json!(north),
        json!([
            [1, "OPENING", "60", "OPENING", "brought over"],
            [2, "ADJUSTMENT", "-10", "DAMAGE", "wet"],
            [3, "ADJUSTMENT", "2", "CORRECTION", null],
            [4, "ADJUSTMENT", "-12", "CORRECTION", null],
        ])
    );
    assert_eq!(told(&server, &dealer, "movement").await.len(), 5);
    // What is said once more of levels changes nothing; of what comes, it does.
    let again = "{\"sku\":\"BAGS\",\"warehouse\":\"NORTH\",\"onHand\":\"2\",\"unit\":\"t\"}\n\
        {\"sku\":\"BAGS\",\"warehouse\":\"SOUTH\",\"change\":1.0}\n\
        {\"sku\":\"BAGS\",\"warehouse\":\"SOUTH\",\"change\":\"0\"}\n";
    let again = taken(&dealer, "STOCK", "s.ndjson", again).await;
    assert_eq!(counts(&again), [0, 1, 2, 0], "{again:#}");
    assert_eq!(levels(&dealer).await[1].2, "16");
    books_are_right(&dealer).await;
    worker.stop(SOON).await;
}

const IN_LOTS: &str = "sku,warehouse,change,lot,expiresOn\n\
    BAGS,NORTH,10,A,2030-01-01\n\
    BAGS,NORTH,5,B,2029-01-01\n\
    BAGS,NORTH,-7,,\n\
    BAGS,NORTH,1,,\n\
    BAGS,NORTH,1,A,2031-01-01\n\
    BAGS,NORTH,1,A B,\n\
    BAGS,NORTH,1,C,tomorrow\n\
    BAGS,NORTH,1,,2030-01-01\n\
    BAGS,NORTH,-9,A,\n\
    BAGS,NORTH,-1,Z,\n\
    TILES,NORTH,1,A,\n\
    BAGS,SOUTH,2,A,\n";

#[tokio::test]
async fn lines_name_the_lots_of_what_comes() {
    let (server, dealer) = yard("bulk_lots").await;
    let worker = server.worker();
    let found = dealer.client.get("{ product(sku: \"BAGS\") { id } }").await;
    let bags = found["product"]["id"].as_str().unwrap();
    crate::stock::lots::track(&dealer.client, bags).await;
    let done = taken(&dealer, "STOCK", "l.csv", IN_LOTS).await;
    assert_eq!(
        faults(&done),
        json!([
            [5, "lot", "BAD_USER_INPUT"],
            [6, "lot", "CONFLICT"],
            [7, "lot", "BAD_USER_INPUT"],
            [8, "expiresOn", "BAD_USER_INPUT"],
            [9, "lot", "BAD_USER_INPUT"],
            [10, "change", "INSUFFICIENT_STOCK"],
            [11, "lot", "NOT_FOUND"],
            [12, "lot", "NOT_ALLOWED"],
        ])
    );
    let query =
        "{ lots { nodes { code expiresOn levels { warehouse { code } onHand { value } } } } }";
    let at = |code: &str, value: &str| json!({ "warehouse": { "code": code }, "onHand": { "value": value } });
    assert_eq!(
        dealer.client.get(query).await["lots"]["nodes"],
        json!([
            { "code": "B", "expiresOn": "2029-01-01", "levels": [at("NORTH", "0")] },
            { "code": "A", "expiresOn": "2030-01-01", "levels": [at("NORTH", "8"), at("SOUTH", "2")] },
        ])
    );
    books_are_right(&dealer).await;
    worker.stop(SOON).await;
}

const WRONG: &str = "sku,warehouse,onHand,change,unit,unitCost,reason,note\n\
    NONE,NORTH,1,,,,,\n\
    ,NORTH,1,,,,,\n\
    BAGS,,1,,,,,\n\
    BAGS,EAST,1,,,,,\n\
    BAGS,NORTH,,,,,,\n\
    BAGS,NORTH,1,1,,,,\n\
    BAGS,NORTH,some,,,,,\n\
    BAGS,NORTH,1.5,,,,,\n\
    BAGS,NORTH,1,,furlong,,,\n\
    BAGS,NORTH,1,,m2,,,\n\
    CRANE,NORTH,1,,,,,\n\
    BAGS,NORTH,1,,,-2,,\n\
    BAGS,NORTH,,-1,,2,,\n\
    BAGS,NORTH,1,,,,BORED,\n\
    BAGS,NORTH,,-1,,,,\n\
    BAGS,NORTH,-1,,,,,\n\
    BAGS,OLD,1,,,,,\n\
    BAGS,NORTH,,7,,,,\n\
    BAGS,NORTH,,-8,,,,\n\
    BAGS,NORTH,,-7,,,,\n\
    BAGS,ROAD,1,,,,,\n";

async fn with_an_old_yard(name: &'static str) -> (Server, TestDealer) {
    let (server, dealer) = yard(name).await;
    let road = json!({ "code": "ROAD", "name": "Road", "kind": "TRANSIT" });
    mutate(&dealer.client, "warehouseCreate", "warehouse { id }", road).await;
    let old = warehouse(&dealer, "OLD").await;
    let input = json!({ "id": old["id"], "expectedVersion": old["version"] });
    mutate(
        &dealer.client,
        "warehouseArchive",
        "warehouse { id }",
        input,
    )
    .await;
    (server, dealer)
}

#[tokio::test]
async fn wrong_lines_of_stock_are_told_by_number_and_left_out() {
    let (server, dealer) = with_an_old_yard("bulk_wrong_stock").await;
    let worker = server.worker();
    let over = taken(&dealer, "STOCK", "s.csv", WRONG).await;
    assert_eq!(counts(&over), [1, 1, 0, 19], "{over:#}");
    assert_eq!(
        faults(&over),
        json!([
            [2, "sku", "NOT_FOUND"],
            [3, "sku", "BAD_USER_INPUT"],
            [4, "warehouse", "BAD_USER_INPUT"],
            [5, "warehouse", "NOT_FOUND"],
            [6, "onHand", "BAD_USER_INPUT"],
            [7, "onHand", "BAD_USER_INPUT"],
            [8, "onHand", "BAD_USER_INPUT"],
            [9, "onHand", "BAD_USER_INPUT"],
            [10, "unit", "NOT_FOUND"],
            [11, "unit", "NOT_FOUND"],
            [12, "sku", "NOT_ALLOWED"],
            [13, "unitCost", "BAD_USER_INPUT"],
            [14, "unitCost", "BAD_USER_INPUT"],
            [15, "reason", "BAD_USER_INPUT"],
            [16, "change", "INSUFFICIENT_STOCK"],
            [17, "onHand", "INSUFFICIENT_STOCK"],
            [18, "warehouse", "NOT_ALLOWED"],
            [20, "change", "INSUFFICIENT_STOCK"],
            [22, "warehouse", "NOT_ALLOWED"],
        ])
    );
    assert_eq!(levels(&dealer).await, [level("BAGS", "NORTH", "0", "0")]);
    books_are_right(&dealer).await;
    worker.stop(SOON).await;
}

#[tokio::test]
async fn an_import_of_stock_stops_where_it_is_told_to_and_tries_without_a_trace() {
    let (server, dealer) = yard("bulk_stop_stock").await;
    let worker = server.worker();
    let text = "sku,warehouse,onHand\nBAGS,NORTH,5\nBAGS,SOUTH,-1\nTILES,NORTH,5\n";
    for (more, state, there) in [
        (json!({ "onError": "SKIP", "dryRun": true }), "DONE", 0),
        (json!({}), "STOPPED", 1),
    ] {
        let mut more = more.clone();
        more["kind"] = json!("STOCK");
        more["idempotencyKey"] = json!(key());
        let over = ended(&dealer, &import(&dealer, "s.csv", text, more).await).await;
        assert_eq!(over["state"], state, "{over:#}");
        assert_eq!(faults(&over), json!([[3, "onHand", "INSUFFICIENT_STOCK"]]));
        // Of what was refused or came behind it there is no level, either.
        assert_eq!(levels(&dealer).await.len(), there);
    }
    worker.stop(SOON).await;
}

#[tokio::test]
async fn what_is_promised_stays_and_what_may_be_owed_is() {
    let (server, dealer) = yard("bulk_promised").await;
    let worker = server.worker();
    let at = "sku,warehouse,onHand\n";
    taken(&dealer, "STOCK", "s.csv", &format!("{at}BAGS,NORTH,10\n")).await;
    let data = dealer
        .client
        .get("{ product(sku: \"BAGS\") { id } tiles: product(sku: \"TILES\") { id } warehouse(code: \"NORTH\") { id } }")
        .await;
    let hold = json!({ "productId": data["product"]["id"], "warehouseId": data["warehouse"]["id"],
        "quantity": { "value": "4" }, "reason": "for Mr Brown", "idempotencyKey": key() });
    mutate(&dealer.client, "stockHold", "stockReservation { id }", hold).await;
    let set = json!({ "productId": data["tiles"]["id"], "warehouseId": data["warehouse"]["id"],
        "mayBeNegative": true });
    mutate(
        &dealer.client,
        "stockLevelSet",
        "stockLevel { onHand { value } }",
        set,
    )
    .await;
    let text = format!("{at}BAGS,NORTH,3\nBAGS,NORTH,4\nTILES,NORTH,-6\n");
    let over = taken(&dealer, "STOCK", "s.csv", &text).await;
    assert_eq!(faults(&over), json!([[2, "onHand", "INSUFFICIENT_STOCK"]]));
    let there: Vec<_> = levels(&dealer)
        .await
        .into_iter()
        .map(|level| level.2)
        .collect();
    assert_eq!(there, ["4", "-6"]);
    books_are_right(&dealer).await;
    worker.stop(SOON).await;
}
