//! Numbers that are kept: never other than those of the snapshot that asks, and of nobody else.

mod areas;
mod boards;
mod snapshots;
mod together;

use serde_json::{Value, json};
use tubex::tenancy::cache::Cache;

use crate::support::{Client, Server, TestDealer};

/// All of the dashboard.
pub const BOARD: &str = "{ dashboard { day
    sales { today { net { amount } } yesterday { net { amount } } sameDayLastWeek { lines } }
    orders { count net { amount } }
    deliveries { planned dispatched delivered failed }
    openQuotes { count net { amount } }
    overdue { count customers amount { amount } }
    lowStockCount } }";

pub fn cache(server: &Server) -> &Cache {
    server.app.tenants.cache().unwrap()
}

/// Values that this node has worked out.
pub fn misses(server: &Server) -> u64 {
    cache(server).figures().misses.get()
}

/// The dashboard, and what it cost.
pub async fn board(client: &Client) -> (Value, u64) {
    let answer = client.send(BOARD, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    (
        answer.body["data"]["dashboard"].clone(),
        answer.statements(),
    )
}

/// How many levels are low, by the dashboard.
pub async fn low(client: &Client) -> i64 {
    let data = client.get("{ dashboard { lowStockCount } }").await;
    data["dashboard"]["lowStockCount"].as_i64().unwrap()
}

/// Makes another level of a dealer's run low, or none, by what should be there.
pub async fn want(dealer: &TestDealer, point: Option<&str>) {
    let query = "{ stockLevels(first: 1, orderBy: [{ field: ON_HAND, direction: DESC }]) {
        nodes { product { id } warehouse { id } } } }";
    let data = dealer.client.get(query).await;
    let level = &data["stockLevels"]["nodes"][0];
    let set = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) {
        userErrors { code path } } }";
    let input = json!({ "productId": level["product"]["id"], "warehouseId": level["warehouse"]["id"],
        "reorderPoint": point });
    let data = dealer.client.run(set, json!({ "input": input })).await;
    assert_eq!(data["stockLevelSet"]["userErrors"], json!([]));
}
