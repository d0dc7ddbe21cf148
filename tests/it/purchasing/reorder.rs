//! Orders of what runs out.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Office, key, line, number, refused};

impl Office {
    /// Has a product wanted in the first yard.
    async fn point(&self, product: &str, point: &str, lot: Option<&str>) {
        let set = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) { userErrors { code } } }";
        let input = json!({ "productId": product, "warehouseId": self.yard.warehouses[0],
            "reorderPoint": point, "reorderQuantity": lot });
        let data = self.client().run(set, json!({ "input": input })).await;
        assert_eq!(data["stockLevelSet"]["userErrors"], json!([]));
    }

    fn again(&self, suggestions: &Value) -> Value {
        json!({ "warehouseId": self.yard.warehouses[0], "suggestions": suggestions, "idempotencyKey": key() })
    }

    async fn reorder(&self, suggestions: Value) -> Value {
        self.mutate("reorderToPurchaseOrders", self.again(&suggestions))
            .await
    }

    /// What is suggested: incoming and quantity by product.
    async fn suggested(&self) -> Vec<(String, String, String)> {
        let query = "{ reorderSuggestions(first: 200) { incoming { value } quantity { value } level { product { id } } } }";
        let data = self.client().get(query).await;
        let rows = data["reorderSuggestions"].as_array().unwrap().iter();
        let row = |row: &Value| {
            let product = row["level"]["product"]["id"].as_str().unwrap().to_owned();
            (
                product,
                number(row, "/incoming/value"),
                number(row, "/quantity/value"),
            )
        };
        rows.map(row).collect()
    }
}

/// The supplier, quantity and cost of an order with one line.
fn ordered(order: &Value) -> (Value, Value, String) {
    let line = &order["lines"][0];
    let supplier = order["supplier"]["code"].clone();
    (
        supplier,
        line["quantity"].clone(),
        number(line, "/unitCost/amount"),
    )
}

/// The product, the reason and the quantity of what nobody was asked for.
fn left_out(left: &Value) -> (&str, &str, &str) {
    let text = |pointer: &str| left.pointer(pointer).and_then(Value::as_str).unwrap();
    (
        text("/product/id"),
        text("/reason"),
        text("/quantity/value"),
    )
}

#[tokio::test]
async fn one_draft_for_each_supplier_and_none_the_second_time() {
    let office = Office::open().await;
    let cement = office
        .yard
        .measured("CEM", "bag", &[("pallet", 40, 1)])
        .await;
    let (sand, stone, odd) = (
        office.yard.product("SND").await,
        office.yard.product("STN").await,
        office.yard.product("ODD").await,
    );
    let other = office.another("OTHER").await;
    let pallet = office.yard.unit("pallet").await;
    let more =
        json!({ "unitId": pallet, "lastCost": "160", "minQuantity": "2", "isPreferred": true });
    office.item(&office.supplier, &cement, more).await;
    office
        .item(&other, &cement, json!({ "lastCost": "3" }))
        .await;
    office.item(&other, &sand, json!({})).await;
    office.item(&other, &odd, json!({})).await;
    office.item(&office.supplier, &odd, json!({})).await;
    office.yard.put(&sand, "10", "0.5").await;
    for (product, point) in [(&cement, "30"), (&sand, "25"), (&stone, "7"), (&odd, "5")] {
        office.point(product, point, None).await;
    }
    let payload = office.reorder(Value::Null).await;
    assert_eq!(payload["userErrors"], json!([]));
    let mut orders = payload["purchaseOrders"].as_array().unwrap().clone();
    orders.sort_by_key(|order| order["supplier"]["code"].to_string());
    let told: Vec<_> = orders.iter().map(ordered).collect();
    assert_eq!(
        told,
        [
            // At least two pallets of him; at what it costs here where he never said.
            (
                json!("MILL"),
                json!({ "value": "2", "unit": { "code": "pallet" }, "inBase": "80" }),
                "160".into()
            ),
            (
                json!("OTHER"),
                json!({ "value": "15", "unit": { "code": "bag" }, "inBase": "15" }),
                "0.5".into()
            ),
        ]
    );
    assert!(orders.iter().all(|order| order["state"] == "DRAFT"));
    let mut left: Vec<_> = payload["left"]
        .as_array()
        .unwrap()
        .iter()
        .map(left_out)
        .collect();
    left.sort_unstable();
    let mut wanted = [
        (stone.as_str(), "NO_SUPPLIER", "7"),
        (odd.as_str(), "NO_PREFERRED", "5"),
    ];
    wanted.sort_unstable();
    assert_eq!(left, wanted);
    // What is on its way, if only on paper, is not ordered again.
    let again = office.reorder(Value::Null).await;
    assert_eq!(
        (
            &again["purchaseOrders"],
            again["left"].as_array().unwrap().len()
        ),
        (&json!([]), 2)
    );
    let suggested: Vec<_> = office
        .suggested()
        .await
        .into_iter()
        .map(|row| row.0)
        .collect();
    assert!(
        !suggested.contains(&cement) && !suggested.contains(&sand) && suggested.contains(&stone)
    );
    assert_eq!(
        office.told("purchase_order").await,
        ["purchase_order.created"; 2]
    );
}

#[tokio::test]
async fn what_is_on_open_orders_counts_until_it_has_come_or_will_not() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    office.point(&cement, "100", Some("40")).await;
    let told = async |incoming: &str, quantity: &str| {
        let wanted = vec![(cement.clone(), incoming.to_owned(), quantity.to_owned())];
        assert_eq!(office.suggested().await, wanted);
    };
    told("0", "120").await;
    let draft = office.draft(json!([line(&cement, "50", "1")])).await;
    told("50", "80").await;
    let sent = office.done("purchaseOrderSend", super::step(&draft)).await;
    told("50", "80").await;
    office
        .receive(&sent, json!([super::came(&sent, 0, "20")]))
        .await;
    // 20 are here, 30 to come.
    told("30", "80").await;
    let open = office.order(&sent).await;
    office.step("purchaseOrderClose", &open).await;
    told("0", "80").await;
    // For another yard it does not count.
    let mut input = office.order_input(&json!([line(&cement, "500", "1")]));
    input["warehouseId"] = json!(office.yard.warehouses[1]);
    office.done("purchaseOrderCreate", input).await;
    told("0", "80").await;
    let large = office.draft(json!([line(&cement, "80", "1")])).await;
    assert_eq!(office.suggested().await, []);
    office.step("purchaseOrderCancel", &large).await;
    told("0", "80").await;
}

#[tokio::test]
async fn some_suggestions_are_ordered_in_other_amounts() {
    let office = Office::open().await;
    let (cement, sand) = (
        office.yard.product("CEM").await,
        office.yard.product("SND").await,
    );
    for product in [&cement, &sand] {
        office
            .item(&office.supplier, product, json!({ "lastCost": "2" }))
            .await;
        office.point(product, "10", None).await;
    }
    let one =
        |product: &str, quantity: Value| json!([{ "productId": product, "quantity": quantity }]);
    let payload = office.reorder(one(&cement, json!({ "value": "25" }))).await;
    let lines = payload["purchaseOrders"][0]["lines"].as_array().unwrap();
    assert_eq!(
        (lines.len(), number(&lines[0], "/quantity/value")),
        (1, "25".into())
    );
    for (suggestions, code, path) in [
        (json!([]), "BAD_USER_INPUT", "input.suggestions"),
        (
            one(&cement, Value::Null),
            "NOT_ALLOWED",
            "input.suggestions.0.productId",
        ),
        (
            json!([{ "productId": sand }, { "productId": sand }]),
            "BAD_USER_INPUT",
            "input.suggestions.1.productId",
        ),
        (
            one(&sand, json!({ "value": "0" })),
            "BAD_USER_INPUT",
            "input.suggestions.0.quantity.value",
        ),
    ] {
        let payload = office.reorder(suggestions).await;
        assert_eq!(refused(&payload), (code, path.to_owned()));
    }
    let payload = office.reorder(one(&sand, Value::Null)).await;
    assert_eq!(
        number(&payload, "/purchaseOrders/0/lines/0/quantity/value"),
        "10"
    );
}

#[tokio::test]
async fn two_who_order_what_runs_out_order_it_once() {
    let office = Arc::new(Office::open().await);
    let cement = office.yard.product("CEM").await;
    office
        .item(&office.supplier, &cement, json!({ "lastCost": "2" }))
        .await;
    office.point(&cement, "10", None).await;
    let works = (0..6).map(|_| {
        let office = Arc::clone(&office);
        tokio::spawn(async move {
            office.reorder(Value::Null).await["purchaseOrders"]
                .as_array()
                .unwrap()
                .len()
        })
    });
    let made = futures_util::future::join_all(works).await;
    let made: usize = made.into_iter().map(|done| done.unwrap()).sum();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn an_archived_supplier_is_not_asked() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let other = office.another("OTHER").await;
    office
        .item(
            &other,
            &cement,
            json!({ "lastCost": "2", "isPreferred": true }),
        )
        .await;
    office.point(&cement, "10", None).await;
    office
        .done(
            "supplierArchive",
            json!({ "id": other, "expectedVersion": 1 }),
        )
        .await;
    let payload = office.reorder(Value::Null).await;
    assert_eq!(
        (&payload["purchaseOrders"], &payload["left"][0]["reason"]),
        (&json!([]), &json!("NO_SUPPLIER"))
    );
}

/// As the schema says of a supplier's minimum.
#[tokio::test]
async fn the_minimum_binds_what_is_suggested_and_no_order_by_hand() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let more = json!({ "minQuantity": "50", "isPreferred": true });
    office.item(&office.supplier, &cement, more).await;
    office.point(&cement, "10", None).await;
    let by_hand = office.draft(json!([line(&cement, "2", "1")])).await;
    assert_eq!(by_hand["lines"][0]["quantity"]["value"], "2");
    let payload = office.reorder(Value::Null).await;
    let suggested = &payload["purchaseOrders"][0]["lines"][0]["quantity"];
    assert_eq!(suggested["value"], "50", "{payload:#}");
}
