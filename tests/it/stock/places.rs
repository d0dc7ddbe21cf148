//! Places that go out of use, and those where goods are on their way.

use serde_json::{Value, json};

use super::{HOLD, Yard, key, line};
use crate::support::payloads::{document, payload, refused};

impl Yard {
    /// The payload of taking a warehouse out of use that was never changed.
    pub async fn archive(&self, warehouse: &str) -> Value {
        let archive = document(
            "warehouseArchive",
            "WarehouseArchiveInput",
            "warehouse { archivedAt }",
        );
        let input = json!({ "id": warehouse, "expectedVersion": 1 });
        payload(self.client(), &archive, input).await
    }

    /// Another warehouse; gives its id.
    async fn place(&self, code: &str, kind: &str) -> String {
        let create = document(
            "warehouseCreate",
            "WarehouseCreateInput",
            "warehouse { id }",
        );
        let input = json!({ "code": code, "name": code, "kind": kind });
        let made = payload(self.client(), &create, input).await;
        made["warehouse"]["id"].as_str().unwrap().to_owned()
    }
}

/// Fails unless a warehouse stays in use because of this.
fn stays_for(payload: &Value, what: &str) {
    assert_eq!(refused(payload), ("NOT_ALLOWED", "input.id".to_owned()));
    assert_eq!(payload["warehouse"], Value::Null);
    let message = payload["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains(what), "{message}");
}

fn one_of(product: &str) -> Value {
    json!([{ "productId": product, "quantity": { "value": "1" } }])
}

#[tokio::test]
async fn a_place_stays_in_use_while_goods_lie_there_or_are_promised() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let north = yard.warehouses[0].clone();
    stays_for(&yard.archive(&north).await, "stock on hand");
    yard.hold(&cement, "2").await;
    stays_for(
        &yard.archive(&north).await,
        "stock on hand, reserved goods;",
    );
    // What lies in one place keeps no other.
    let archived = yard.archive(&yard.warehouses[1]).await;
    assert_eq!(archived["userErrors"], json!([]));
    assert!(archived["warehouse"]["archivedAt"].is_string());
}

#[tokio::test]
async fn an_emptied_place_goes_out_of_use() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let emptied = yard.adjust(json!([line(&cement, "OUT", "10", None)])).await;
    assert_eq!(emptied["userErrors"], json!([]));
    let archived = yard.archive(&yard.warehouses[0]).await;
    assert_eq!(archived["userErrors"], json!([]));
}

#[tokio::test]
async fn a_place_stays_in_use_while_a_transfer_is_under_way() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "1", "4").await;
    let draft = yard.draft(0, one_of(&cement)).await;
    let [north, south] = &yard.warehouses;
    stays_for(&yard.archive(south).await, "open transfers");
    let approved = yard.step("transferApprove", &draft).await["transfer"].clone();
    let sent = yard.step("transferDispatch", &approved).await["transfer"].clone();
    let query = "{ warehouse(code: \"TRANSIT\") { id } }";
    let road = yard.client().get(query).await["warehouse"]["id"].clone();
    let road = road.as_str().unwrap();
    for place in [north.as_str(), south.as_str(), road] {
        stays_for(&yard.archive(place).await, "open transfers");
    }
    yard.step("transferReceive", &sent).await;
    for place in [north.as_str(), road] {
        assert_eq!(yard.archive(place).await["userErrors"], json!([]));
    }
    stays_for(&yard.archive(south).await, "stock on hand");
}

#[tokio::test]
async fn a_place_stays_in_use_while_it_is_counted() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    let south = yard.warehouses[1].clone();
    let open = document("stockCountOpen", "StockCountOpenInput", "stockCount { id }");
    let input = json!({ "warehouseId": south, "productIds": [cement], "idempotencyKey": key() });
    let made = payload(yard.client(), &open, input).await;
    assert_eq!(made["userErrors"], json!([]));
    stays_for(&yard.archive(&south).await, "open counts");
}

/// Who brings goods to a place that somebody takes out of use comes first, or too late.
#[tokio::test]
async fn nothing_comes_to_a_place_while_it_goes_out_of_use() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    for round in 0..12 {
        let place = yard.place(&format!("P-{round}"), "YARD").await;
        let input = json!({ "warehouseId": place, "reason": "FOUND", "idempotencyKey": key(),
            "lines": [line(&cement, "IN", "1", Some("4"))] });
        let bring = yard.client().run(super::ADJUST, json!({ "input": input }));
        let (brought, archived) = tokio::join!(bring, yard.archive(&place));
        let brought = brought["stockAdjust"]["userErrors"] == json!([]);
        let archived = archived["userErrors"] == json!([]);
        assert_ne!(brought, archived, "{round}");
    }
    yard.books_are_right().await;
}

#[tokio::test]
async fn what_is_on_its_way_is_neither_corrected_nor_put_aside() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    let road = yard.place("ROAD", "TRANSIT").await;
    let input = json!({ "warehouseId": road, "reason": "LOSS", "idempotencyKey": key(),
        "lines": [line(&cement, "OUT", "1", None)] });
    let data = yard
        .client()
        .run(super::ADJUST, json!({ "input": input }))
        .await;
    let at_warehouse = ("NOT_ALLOWED", "input.warehouseId".to_owned());
    assert_eq!(refused(&data["stockAdjust"]), at_warehouse);
    let input = json!({ "productId": cement, "warehouseId": road, "quantity": { "value": "1" },
        "reason": "for Mr Brown", "idempotencyKey": key() });
    let data = yard.client().run(HOLD, json!({ "input": input })).await;
    assert_eq!(refused(&data["stockHold"]), at_warehouse);
    let reorder = document(
        "reorderToPurchaseOrders",
        "ReorderToPurchaseOrdersInput",
        "left { reason }",
    );
    let input = json!({ "warehouseId": road, "idempotencyKey": key() });
    let ordered = payload(yard.client(), &reorder, input).await;
    assert_eq!(refused(&ordered), at_warehouse);
}

#[tokio::test]
async fn a_place_in_use_does_not_become_one_on_the_road() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let update = document(
        "warehouseUpdate",
        "WarehouseUpdateInput",
        "warehouse { kind }",
    );
    let become_kind =
        |place: &str, kind: &str| json!({ "id": place, "expectedVersion": 1, "kind": kind });
    let north = become_kind(&yard.warehouses[0], "TRANSIT");
    let kept = payload(yard.client(), &update, north).await;
    assert_eq!(refused(&kept), ("NOT_ALLOWED", "input.kind".to_owned()));
    for (place, kind) in [(0, "STORE"), (1, "TRANSIT")] {
        let input = become_kind(&yard.warehouses[place], kind);
        let changed = payload(yard.client(), &update, input).await;
        assert_eq!(changed["warehouse"]["kind"], kind, "{changed:#}");
    }
}
