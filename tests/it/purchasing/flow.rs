//! From the draft to the last truck.

use chrono::{Days, Utc};
use serde_json::{Value, json};
use tubex::dealer::purchasing::orders::open::open_lines;

use super::{Office, came, line, number};

#[tokio::test]
async fn goods_are_ordered_sent_for_received_and_paid_for_by_stock() {
    let office = Office::open().await;
    let (cement, sand) = (
        office.yard.product("CEM").await,
        office.yard.product("SND").await,
    );
    office.yard.put(&cement, "100", "4").await;
    let mut input = office.order_input(&json!([
        line(&cement, "50", "5.5"),
        line(&sand, "3", "0.3333")
    ]));
    input["reference"] = json!("Q-77");
    let draft = office.done("purchaseOrderCreate", input).await;
    assert_eq!(
        (&draft["number"], &draft["state"]),
        (&json!(1), &json!("DRAFT"))
    );
    assert_eq!(draft["allowedActions"], json!(["UPDATE", "SEND", "CANCEL"]));
    assert_eq!(
        (number(&draft, "/total/amount"), &draft["reference"]),
        ("276".into(), &json!("Q-77"))
    );
    assert_eq!(draft["lines"][0]["expectedOn"], Value::Null);

    let sent = office.step("purchaseOrderSend", &draft).await["purchaseOrder"].clone();
    assert_eq!(sent["allowedActions"], json!(["RECEIVE", "CANCEL"]));
    let day = Utc::now().date_naive() + Days::new(7);
    assert_eq!(sent["lines"][1]["expectedOn"], json!(day.to_string()));
    assert!(sent["sentAt"].is_string());

    let first = office.receive(&sent, json!([came(&sent, 0, "20")])).await;
    assert_eq!(first["goodsReceipt"]["number"], 1, "{first:#}");
    assert_eq!(
        first["goodsReceipt"]["purchaseOrder"]["state"],
        "PARTIALLY_RECEIVED"
    );
    // 100 at 4 and 20 at 5.5 are 510.
    assert_eq!(
        office.yard.level(&cement).await,
        ["120", "0", "120", "510", "4.25"]
    );
    let open = office.order(&sent).await;
    assert_eq!(open["allowedActions"], json!(["RECEIVE", "CLOSE"]));
    assert_eq!(number(&open, "/lines/0/open/inBase"), "30");

    let rest = office.receive(&sent, Value::Null).await["goodsReceipt"].clone();
    assert_eq!(rest["purchaseOrder"]["state"], "RECEIVED");
    assert_eq!(rest["lines"].as_array().unwrap().len(), 2);
    assert_eq!(office.yard.level(&cement).await[3], "675");
    assert_eq!(office.yard.level(&sand).await[3], "1");
    assert_eq!(office.order(&sent).await["allowedActions"], json!([]));
    office.yard.books_are_right().await;
    assert_eq!(
        office.told("purchase_order").await,
        ["created", "sent", "partially_received", "received"]
            .map(|deed| format!("purchase_order.{deed}"))
    );
    assert_eq!(
        office.told("goods_receipt").await,
        ["goods_receipt.posted"; 2]
    );
    let query = "{ stockMovements(where: { kinds: [RECEIPT] }, first: 9) { nodes { sourceId } } }";
    let data = office.client().get(query).await;
    let movements = data["stockMovements"]["nodes"].as_array().unwrap().clone();
    assert_eq!(movements.len(), 3);
    assert!(movements.iter().any(|row| row["sourceId"] == rest["id"]));
}

#[tokio::test]
async fn what_is_bought_by_the_tonne_is_counted_in_bags() {
    let office = Office::open().await;
    let cement = office.yard.measured("CEM", "bag", &[("t", 20, 1)]).await;
    let tonne = office.yard.unit("t").await;
    let tonnes = |value: &str| json!({ "value": value, "unitId": tonne });
    let sent = office
        .sent(json!([{ "productId": cement, "quantity": tonnes("1.5"), "unitCost": "90" }]))
        .await;
    assert_eq!(
        sent["lines"][0]["quantity"],
        json!({ "value": "1.5", "unit": { "code": "t" }, "inBase": "30" })
    );
    assert_eq!(number(&sent, "/lines/0/amount/amount"), "135");
    // Ten bags, then the rest, whatever becomes of the unit.
    let some = office.receive(&sent, json!([came(&sent, 0, "10")])).await;
    assert_eq!(
        number(&some, "/goodsReceipt/lines/0/goodsCost/amount"),
        "45"
    );
    let open = office.order(&sent).await;
    assert_eq!(
        open["lines"][0]["open"],
        json!({ "value": "1", "inBase": "20" })
    );
    let product = "query($id: ID) { product(id: $id) { version } }";
    let product = office.client().run(product, json!({ "id": cement })).await;
    let input =
        json!({ "id": cement, "expectedVersion": product["product"]["version"], "units": [] });
    assert_eq!(
        office.yard.dealer.try_update(input).await,
        Vec::<String>::new()
    );
    let rest = office.receive(&sent, Value::Null).await;
    assert_eq!(
        rest["goodsReceipt"]["lines"][0]["quantity"]["inBase"], "20",
        "{rest:#}"
    );
    assert_eq!(
        office.yard.level(&cement).await,
        ["30", "0", "30", "135", "4.5"]
    );
}

#[tokio::test]
async fn a_draft_is_written_anew() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let draft = office
        .draft(json!([line(&cement, "5", "4"), line(&cement, "6", "3")]))
        .await;
    let input = json!({ "id": draft["id"], "expectedVersion": 1, "note": "by Friday",
        "warehouseId": office.yard.warehouses[1], "lines": [line(&cement, "9", "2")] });
    let changed = office.done("purchaseOrderUpdate", input).await;
    assert_eq!(
        (&changed["version"], &changed["note"]),
        (&json!(2), &json!("by Friday"))
    );
    assert_eq!(changed["warehouse"]["code"], "SOUTH");
    assert_eq!(
        (
            changed["lines"].as_array().unwrap().len(),
            number(&changed, "/total/amount")
        ),
        (1, "18".into())
    );
    let input = json!({ "id": draft["id"], "expectedVersion": 2, "note": null });
    let changed = office.done("purchaseOrderUpdate", input).await;
    assert_eq!(
        (&changed["note"], number(&changed, "/total/amount")),
        (&Value::Null, "18".into())
    );
    let input = json!({ "id": draft["id"], "expectedVersion": 2 });
    let stale = office.mutate("purchaseOrderUpdate", input).await;
    assert_eq!(
        super::refused(&stale),
        ("CONFLICT", "input.expectedVersion".into())
    );
}

#[tokio::test]
async fn orders_and_receipts_are_found_and_listed() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let sent = office.sent(json!([line(&cement, "5", "4")])).await;
    let receipt = office.receive(&sent, json!([came(&sent, 0, "2")])).await["goodsReceipt"].clone();
    let query = "query($order: ID!, $receipt: ID!, $supplier: ID, $yard: ID) {
        byNumber: purchaseOrder(number: 1) { id receipts { number } }
        node(id: $order) { ... on PurchaseOrder { number } }
        none: purchaseOrder(number: 9) { id }
        open: purchaseOrders(where: { supplierId: { eq: $supplier }, warehouseId: { eq: $yard },
            states: [SENT, PARTIALLY_RECEIVED] }) { totalCount nodes { id } }
        drafts: purchaseOrders(where: { states: [DRAFT] }) { totalCount }
        receiptByNumber: goodsReceipt(number: 1) { id supplier { code } warehouse { code }
            lines { product { sku } orderLine { id } } }
        other: node(id: $receipt) { ... on GoodsReceipt { purchaseOrder { id } } }
        receipts: goodsReceipts(where: { purchaseOrderId: { eq: $order }, supplierId: { eq: $supplier },
            warehouseId: { eq: $yard } }) { totalCount }
        supplier(code: \"MILL\") { id } }";
    let keys = json!({ "order": sent["id"], "receipt": receipt["id"], "supplier": office.supplier,
        "yard": office.yard.warehouses[0] });
    let data = office.client().run(query, keys).await;
    assert_eq!(
        data["byNumber"],
        json!({ "id": sent["id"], "receipts": [{ "number": 1 }] })
    );
    assert_eq!(
        (&data["node"]["number"], &data["none"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(
        data["open"],
        json!({ "totalCount": 1, "nodes": [{ "id": sent["id"] }] })
    );
    assert_eq!(
        (
            &data["drafts"]["totalCount"],
            &data["receipts"]["totalCount"]
        ),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        data["receiptByNumber"],
        json!({ "id": receipt["id"], "supplier": { "code": "MILL" }, "warehouse": { "code": "NORTH" },
            "lines": [{ "product": { "sku": "CEM" }, "orderLine": { "id": sent["lines"][0]["id"] } }] })
    );
    assert_eq!(data["other"]["purchaseOrder"]["id"], sent["id"]);
    assert_eq!(data["supplier"]["id"], json!(office.supplier));
}

#[tokio::test]
async fn open_lines_tell_what_suppliers_are_to_bring() {
    let office = Office::open().await;
    let (cement, sand) = (
        office.yard.product("CEM").await,
        office.yard.product("SND").await,
    );
    let dated = |product: &str, quantity: &str, day: &str| {
        let mut line = line(product, quantity, "1");
        line["expectedOn"] = json!(day);
        line
    };
    let sent = office
        .sent(json!([
            dated(&cement, "50", "2100-02-01"),
            dated(&cement, "8", "2100-01-01"),
            line(&sand, "3", "1")
        ]))
        .await;
    office.draft(json!([line(&cement, "1000", "1")])).await;
    office.receive(&sent, json!([came(&sent, 0, "20")])).await;
    let cancelled = office.sent(json!([line(&cement, "70", "1")])).await;
    office.step("purchaseOrderCancel", &cancelled).await;
    let mut tx = office.begin().await;
    let products = [cement.parse().unwrap()];
    let yard = office.yard.warehouses[0].parse().unwrap();
    let found = open_lines(&mut tx, &products).await.unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|line| {
            (
                line.due.unwrap().to_string(),
                line.quantity.normalize().to_string(),
            )
        })
        .collect();
    let wanted = [("2100-01-01", "8"), ("2100-02-01", "30")];
    assert_eq!(
        told,
        wanted.map(|(day, quantity)| (day.to_owned(), quantity.to_owned()))
    );
    assert!(
        found
            .iter()
            .all(|line| line.warehouse == yard && line.product == products[0])
    );
    drop(tx);
    let query = "query($id: ID!) { node(id: $id) { ... on Product { availability {
        onHand { value } incoming { day quantity { value } } } } } }";
    let client = office.yard.client();
    let told = client.run(query, json!({ "id": cement })).await["node"]["availability"].clone();
    assert_eq!(
        told,
        json!({ "onHand": { "value": "20" }, "incoming": [
            { "day": "2100-01-01", "quantity": { "value": "8" } },
            { "day": "2100-02-01", "quantity": { "value": "30" } },
        ] })
    );
}

#[tokio::test]
async fn a_wrong_order_is_refused_with_all_its_faults() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let unknown = format!("prd_{}", "0".repeat(32));
    for (lines, code, path) in [
        (json!([]), "BAD_USER_INPUT", "input.lines"),
        (
            json!([line(&cement, "0", "1")]),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (
            json!([line(&cement, "1.5", "1")]),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (
            json!([line(&cement, "1", "-1")]),
            "BAD_USER_INPUT",
            "input.lines.0.unitCost",
        ),
        (
            json!([line(&cement, "1", "0.00001")]),
            "BAD_USER_INPUT",
            "input.lines.0.unitCost",
        ),
        (
            json!([line(&cement, "1000000", "99999999999999")]),
            "BAD_USER_INPUT",
            "input.lines.0.unitCost",
        ),
        (
            json!([line(&unknown, "1", "1")]),
            "NOT_FOUND",
            "input.lines.0.productId",
        ),
        (
            json!([{ "productId": cement, "quantity": { "value": "1" } }]),
            "BAD_USER_INPUT",
            "input.lines.0.unitCost",
        ),
        (
            json!([{ "productId": cement, "quantity": { "value": "1" }, "unitCost": "1", "expectedOn": "+10000-01-01" }]),
            "BAD_USER_INPUT",
            "input.lines.0.expectedOn",
        ),
    ] {
        let payload = office
            .mutate("purchaseOrderCreate", office.order_input(&lines))
            .await;
        assert_eq!(super::refused(&payload), (code, path.to_owned()), "{lines}");
    }
    for (field, value) in [
        ("supplierId", format!("sup_{}", "0".repeat(32))),
        ("warehouseId", format!("whs_{}", "0".repeat(32))),
    ] {
        let mut input = office.order_input(&json!([line(&cement, "1", "1")]));
        input[field] = json!(value);
        let payload = office.mutate("purchaseOrderCreate", input).await;
        assert_eq!(
            super::refused(&payload),
            ("NOT_FOUND", format!("input.{field}"))
        );
    }
    let two = json!([line(&unknown, "1", "1"), line(&cement, "0", "1")]);
    let payload = office
        .mutate("purchaseOrderCreate", office.order_input(&two))
        .await;
    assert_eq!(payload["userErrors"].as_array().unwrap().len(), 2);
    assert_eq!(
        office.draft(json!([line(&cement, "1", "1")])).await["number"],
        1
    );
}
