//! Counting what is there.

use serde_json::{Value, json};
use tubex::auth::role::BuiltInRole;

use super::{Yard, key, line};

const FIELDS: &str = "stockCount { id number state version allowedActions lineCount countedLines
    varianceValue { amount } lines { id version watermark countedAt product { id }
      expected { value } counted { value } variance { value } varianceValue { amount } } }
    userErrors { code path message details { name value } }";

fn document(mutation: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let ty = format!("{}{rest}Input", first.to_uppercase());
    format!("mutation($input: {ty}!) {{ {mutation}(input: $input) {{ {FIELDS} }} }}")
}

impl Yard {
    /// The payload of a mutation on counts, under a key of its own; sent again while the
    /// dealer has too much under way.
    pub async fn count(&self, mutation: &str, mut input: Value) -> Value {
        if input.get("idempotencyKey").is_none() {
            input["idempotencyKey"] = json!(key());
        }
        loop {
            let sent = json!({ "input": input });
            let answer = self.client().send(&document(mutation), sent).await;
            if answer.body.get("errors").is_none() {
                return answer.body["data"][mutation].clone();
            }
            assert_eq!(answer.code(), "OVERLOADED", "{:#}", answer.body);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// A count that must succeed.
    async fn counted(&self, mutation: &str, input: Value) -> Value {
        let payload = self.count(mutation, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        payload["stockCount"].clone()
    }

    /// A count of all that lies in the first yard.
    async fn open_count(&self) -> Value {
        let input = json!({ "warehouseId": self.warehouses[0] });
        self.counted("stockCountOpen", input).await
    }

    async fn record(&self, count: &Value, lines: Value) -> Value {
        let input = json!({ "id": count["id"], "lines": lines });
        self.counted("stockCountRecord", input).await
    }

    async fn post_count(&self, count: &Value) -> Value {
        let input = json!({ "id": count["id"], "expectedVersion": count["version"] });
        self.count("stockCountPost", input).await
    }
}

fn found(product: &str, quantity: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity } })
}

fn of<'a>(count: &'a Value, product: &str) -> &'a Value {
    let lines = count["lines"].as_array().unwrap().iter();
    let mut lines = lines.filter(|line| line["product"]["id"] == product);
    lines.next().unwrap_or_else(|| panic!("{count:#}"))
}

fn refused(payload: &Value) -> (String, String) {
    assert_eq!(payload["stockCount"], Value::Null, "{payload:#}");
    let error = &payload["userErrors"][0];
    let path = error["path"].as_array().unwrap().iter();
    let path: Vec<_> = path.map(|part| part.as_str().unwrap()).collect();
    (error["code"].as_str().unwrap().to_owned(), path.join("."))
}

#[tokio::test]
async fn what_is_found_is_posted_and_valued() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    let tiles = yard.product("TIL").await;
    yard.put(&cement, "100", "4").await;
    yard.put(&sand, "10", "2").await;
    yard.put(&tiles, "7", "9").await;
    let count = yard.open_count().await;
    assert_eq!(
        (&count["number"], &count["state"]),
        (&json!(1), &json!("OPEN"))
    );
    assert_eq!(count["allowedActions"], json!(["RECORD", "POST", "CANCEL"]));
    assert_eq!(
        (&count["lineCount"], &count["countedLines"]),
        (&json!(3), &json!(0))
    );
    let lines = json!([found(&cement, "97"), found(&sand, "12"), found(&tiles, "7")]);
    let count = yard.record(&count, lines).await;
    let cement_line = of(&count, &cement);
    assert_eq!(cement_line["expected"]["value"], "100");
    assert_eq!(cement_line["variance"]["value"], "-3");
    let worth = |value: &Value| super::decimal(value["amount"].as_str().unwrap());
    assert_eq!(worth(&cement_line["varianceValue"]), "-12");
    assert_eq!(worth(&count["varianceValue"]), "-8");
    assert_eq!(yard.level(&cement).await[0], "100", "nothing is posted yet");

    let posted = yard.post_count(&count).await["stockCount"].clone();
    assert_eq!(
        (&posted["state"], &posted["allowedActions"]),
        (&json!("POSTED"), &json!([]))
    );
    assert_eq!(worth(&posted["varianceValue"]), "-8");
    assert_eq!(yard.level(&cement).await, ["97", "0", "97", "388", "4"]);
    assert_eq!(yard.level(&sand).await, ["12", "0", "12", "24", "2"]);
    let query = "{ stockMovements(where: { kinds: [COUNT] }) { nodes {
        reason sourceId quantity { value } product { sku } } } }";
    let data = yard.client().get(query).await;
    let mut moved = data["stockMovements"]["nodes"].as_array().unwrap().clone();
    moved.sort_by_key(|row| row["product"]["sku"].to_string());
    assert_eq!(
        moved,
        [
            json!({ "reason": "LOSS", "sourceId": posted["id"], "quantity": { "value": "-3" }, "product": { "sku": "CEM" } }),
            json!({ "reason": "FOUND", "sourceId": posted["id"], "quantity": { "value": "2" }, "product": { "sku": "SND" } }),
        ]
    );
    let told = super::told(&yard.dealer, "stock_count").await;
    assert_eq!(
        told,
        [
            "stock_count.opened",
            "stock_count.recorded",
            "stock_count.posted"
        ]
    );
    yard.books_are_right().await;
}

#[tokio::test]
async fn what_moves_before_and_after_it_is_counted_makes_no_difference() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "100", "4").await;
    let count = yard.open_count().await;
    assert_eq!(of(&count, &cement)["watermark"], 1);
    yard.adjust(json!([line(&cement, "OUT", "10", None)])).await;
    let count = yard.record(&count, json!([found(&cement, "88")])).await;
    let counted = of(&count, &cement);
    assert_eq!(
        (&counted["expected"]["value"], &counted["watermark"]),
        (&json!("90"), &json!(2))
    );
    yard.adjust(json!([line(&cement, "OUT", "5", None)])).await;
    yard.adjust(json!([line(&cement, "IN", "1", Some("4"))]))
        .await;
    let posted = yard.post_count(&count).await;
    assert_eq!(
        of(&posted["stockCount"], &cement)["variance"]["value"],
        "-2"
    );
    assert_eq!(yard.level(&cement).await[0], "84");
    yard.books_are_right().await;
}

#[tokio::test]
async fn it_is_counted_in_any_unit_summed_or_replaced() {
    let yard = Yard::open().await;
    let cement = yard.measured("CEM", "bag", &[("t", 20, 1)]).await;
    yard.put(&cement, "50", "4").await;
    let tonne = yard.unit("t").await;
    let count = yard.open_count().await;
    let add =
        |value: &str| json!({ "productId": cement, "quantity": { "value": value }, "mode": "ADD" });
    let tonnes = json!({ "productId": cement, "quantity": { "value": "2", "unitId": tonne } });
    let counted = async |lines: Value| {
        let count = yard.record(&count, lines).await;
        of(&count, &cement)["counted"]["value"].clone()
    };
    assert_eq!(counted(json!([tonnes, add("3")])).await, "43");
    assert_eq!(counted(json!([add("4")])).await, "47");
    assert_eq!(counted(json!([found(&cement, "0")])).await, "0");
    assert_eq!(counted(json!([add("49")])).await, "49");
    yard.adjust(json!([line(&cement, "OUT", "1", None)])).await;
    let input = json!({ "id": count["id"], "lines": [add("1")] });
    let payload = yard.count("stockCountRecord", input).await;
    assert_eq!(
        refused(&payload),
        ("CONFLICT".into(), "input.lines.0.mode".into())
    );
    assert_eq!(counted(json!([found(&cement, "48"), add("1")])).await, "49");
    let read = yard
        .client()
        .run("{ stockCount(number: 1) { version } }", json!({}))
        .await;
    let input = json!({ "id": count["id"], "expectedVersion": read["stockCount"]["version"] });
    yard.counted("stockCountPost", input).await;
    assert_eq!(yard.level(&cement).await[0], "49");
    yard.books_are_right().await;
}

#[tokio::test]
async fn a_wrong_record_is_refused_with_its_field_and_changes_nothing() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "10", "4").await;
    let count = yard.open_count().await;
    let tonne = yard.unit("t").await;
    let in_tonnes = json!({ "productId": cement, "quantity": { "value": "0", "unitId": tonne } });
    let old = json!({ "productId": cement, "quantity": { "value": "1" }, "expectedVersion": 7 });
    for (lines, code, path) in [
        (json!([]), "BAD_USER_INPUT", "input.lines"),
        (
            json!([found(&cement, "-1")]),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (
            json!([found(&cement, "1.5")]),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (json!([found(&cement, "99999999999999")]), "OK", ""),
        (
            json!([in_tonnes]),
            "NOT_FOUND",
            "input.lines.0.quantity.unitId",
        ),
        (
            json!([found(&sand, "1")]),
            "NOT_FOUND",
            "input.lines.0.productId",
        ),
        (
            json!([found(&cement, "1"), found(&cement, "2")]),
            "BAD_USER_INPUT",
            "input.lines.1.mode",
        ),
        (json!([old]), "CONFLICT", "input.lines.0.expectedVersion"),
    ] {
        let input = json!({ "id": count["id"], "lines": lines });
        let payload = yard.count("stockCountRecord", input).await;
        if code == "OK" {
            assert_eq!(payload["userErrors"], json!([]));
            continue;
        }
        assert_eq!(
            refused(&payload),
            (code.to_owned(), path.to_owned()),
            "{lines}"
        );
    }
    let input = json!({ "id": count["id"], "lines": [found(&cement, "-1")] });
    let payload = yard.count("stockCountRecord", input).await;
    // Nothing is an amount that can be found.
    assert_eq!(payload["userErrors"][0]["message"], "must be zero or more");
    let read = yard
        .client()
        .get("{ stockCount(number: 1) { version countedLines } }")
        .await;
    assert_eq!(
        read["stockCount"],
        json!({ "version": 2, "countedLines": 1 })
    );
}

#[tokio::test]
async fn what_is_not_counted_is_left_out_only_if_that_is_said() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "10", "4").await;
    yard.put(&sand, "10", "4").await;
    let count = yard.open_count().await;
    let refusal = ("NOT_ALLOWED".to_owned(), "input.id".to_owned());
    assert_eq!(refused(&yard.post_count(&count).await), refusal);
    let count = yard.record(&count, json!([found(&cement, "9")])).await;
    let payload = yard.post_count(&count).await;
    assert_eq!(
        payload["userErrors"][0]["details"],
        json!([{ "name": "uncounted", "value": "1" }])
    );
    assert_eq!(refused(&payload).1, "input.leaveOutUncounted");
    let query =
        "query($id: ID!) { stockCount(id: $id) { lines(counted: false) { product { id } } } }";
    let data = yard.client().run(query, json!({ "id": count["id"] })).await;
    assert_eq!(
        data["stockCount"]["lines"],
        json!([{ "product": { "id": sand } }])
    );
    let input = json!({ "id": count["id"], "expectedVersion": count["version"], "leaveOutUncounted": true });
    yard.counted("stockCountPost", input).await;
    assert_eq!(
        (&*yard.level(&cement).await[0], &*yard.level(&sand).await[0]),
        ("9", "10")
    );
    yard.books_are_right().await;
}

#[tokio::test]
async fn nothing_is_posted_that_was_not_seen_or_is_ended() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let count = yard.open_count().await;
    let seen = yard.record(&count, json!([found(&cement, "9")])).await;
    yard.record(&count, json!([found(&cement, "8")])).await;
    let conflict = ("CONFLICT".to_owned(), "input.expectedVersion".to_owned());
    assert_eq!(refused(&yard.post_count(&seen).await), conflict);
    let latest = json!({ "id": count["id"], "expectedVersion": 3 });
    let (one, other) = tokio::join!(
        yard.count("stockCountPost", latest.clone()),
        yard.count("stockCountCancel", latest)
    );
    let done = [&one, &other].into_iter();
    assert_eq!(
        done.filter(|payload| payload["userErrors"] == json!([]))
            .count(),
        1
    );
    let ended = json!({ "id": count["id"], "expectedVersion": 4 });
    let not_allowed = ("NOT_ALLOWED".to_owned(), "input.id".to_owned());
    for (mutation, input) in [
        ("stockCountPost", ended.clone()),
        ("stockCountCancel", ended),
        (
            "stockCountRecord",
            json!({ "id": count["id"], "lines": [found(&cement, "1")] }),
        ),
    ] {
        let payload = yard.count(mutation, input).await;
        assert_eq!(refused(&payload), not_allowed, "{mutation}");
    }
    yard.books_are_right().await;
}

#[tokio::test]
async fn a_product_is_counted_once_at_a_time_in_a_warehouse() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "10", "4").await;
    let open = |place: usize, products: Value| json!({ "warehouseId": yard.warehouses[place], "productIds": products });
    let first = yard
        .counted("stockCountOpen", open(0, json!([cement])))
        .await;
    let payload = yard
        .count("stockCountOpen", open(0, json!([sand, cement])))
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED".into(), "input.productIds".into())
    );
    assert_eq!(
        payload["userErrors"][0]["details"],
        json!([{ "name": "productId", "value": cement }])
    );
    // Elsewhere, and others: of which the books may know nothing.
    yard.counted("stockCountOpen", open(1, json!([cement])))
        .await;
    let other = yard.counted("stockCountOpen", open(0, json!([sand]))).await;
    let other = yard.record(&other, json!([found(&sand, "3")])).await;
    yard.post_count(&other).await;
    assert_eq!(yard.level(&sand).await[0], "3");
    let input = json!({ "id": first["id"], "expectedVersion": 1 });
    yard.counted("stockCountCancel", input).await;
    let opened = (0..4).map(|_| yard.count("stockCountOpen", open(0, json!([cement]))));
    let opened = futures_util::future::join_all(opened).await;
    let made = opened
        .iter()
        .filter(|payload| payload["userErrors"] == json!([]));
    assert_eq!(made.count(), 1);
    yard.books_are_right().await;
}

#[tokio::test]
async fn a_category_is_counted_with_all_below_it() {
    let yard = Yard::open().await;
    let create = "mutation($input: CategoryCreateInput!) { categoryCreate(input: $input) { category { id } } }";
    let mut parent = Value::Null;
    let mut products = Vec::new();
    for code in ["WALLS", "BLOCKS", "LIGHT"] {
        let input = json!({ "code": code, "name": code, "parentId": parent });
        let made = yard.client().run(create, json!({ "input": input })).await;
        parent = made["categoryCreate"]["category"]["id"].clone();
        let mut input = yard.dealer.product_input(code).await;
        input["categoryId"] = parent.clone();
        let made = yard
            .client()
            .run(crate::support::CREATE_PRODUCT, json!({ "input": input }))
            .await;
        let product = made["productCreate"]["product"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        yard.put(&product, "5", "1").await;
        products.push((parent.clone(), product));
    }
    let other = yard.product("OTHER").await;
    yard.put(&other, "5", "1").await;
    for (at, many) in [(0, 3), (1, 2), (2, 1)] {
        let input = json!({ "warehouseId": yard.warehouses[0], "categoryId": products[at].0 });
        let count = yard.counted("stockCountOpen", input).await;
        assert_eq!(count["lineCount"], many);
        let input = json!({ "id": count["id"], "expectedVersion": 1 });
        yard.counted("stockCountCancel", input).await;
    }
    let elsewhere = json!({ "warehouseId": yard.warehouses[1], "categoryId": products[0].0 });
    let payload = yard.count("stockCountOpen", elsewhere).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED".into(), "input.categoryId".into())
    );
}

#[tokio::test]
async fn a_wrong_count_is_not_opened() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    let service = {
        let mut input = yard.dealer.product_input("TRIP").await;
        input["kind"] = json!("SERVICE");
        let made = yard
            .client()
            .run(crate::support::CREATE_PRODUCT, json!({ "input": input }))
            .await;
        made["productCreate"]["product"]["id"].clone()
    };
    let nowhere = format!("cat_{}", "0".repeat(32));
    let transit = "mutation { warehouseCreate(input: { code: \"ROAD\", name: \"R\", kind: TRANSIT }) { warehouse { id } } }";
    let transit = yard.client().get(transit).await["warehouseCreate"]["warehouse"]["id"].clone();
    let yard_id = &yard.warehouses[0];
    for (input, code, path) in [
        (
            json!({ "warehouseId": transit }),
            "NOT_ALLOWED",
            "input.warehouseId",
        ),
        (
            json!({ "warehouseId": yard_id }),
            "NOT_ALLOWED",
            "input.warehouseId",
        ),
        (
            json!({ "warehouseId": yard_id, "productIds": [] }),
            "BAD_USER_INPUT",
            "input.productIds",
        ),
        (
            json!({ "warehouseId": yard_id, "productIds": [cement, cement] }),
            "BAD_USER_INPUT",
            "input.productIds.1",
        ),
        (
            json!({ "warehouseId": yard_id, "productIds": [cement, service] }),
            "NOT_ALLOWED",
            "input.productIds.1",
        ),
        (
            json!({ "warehouseId": yard_id, "categoryId": nowhere }),
            "NOT_FOUND",
            "input.categoryId",
        ),
        (
            json!({ "warehouseId": yard_id, "categoryId": nowhere, "productIds": [cement] }),
            "BAD_USER_INPUT",
            "input.categoryId",
        ),
        (
            json!({ "warehouseId": yard_id, "note": "n".repeat(501) }),
            "BAD_USER_INPUT",
            "input.note",
        ),
    ] {
        let payload = yard.count("stockCountOpen", input.clone()).await;
        assert_eq!(
            refused(&payload),
            (code.to_owned(), path.to_owned()),
            "{input}"
        );
    }
}

#[tokio::test]
async fn what_is_promised_is_not_counted_away() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    yard.hold(&cement, "8").await;
    let count = yard.open_count().await;
    let count = yard.record(&count, json!([found(&cement, "7")])).await;
    let payload = yard.post_count(&count).await;
    assert_eq!(
        refused(&payload),
        ("INSUFFICIENT_STOCK".into(), "input.id".into())
    );
    assert_eq!(
        payload["userErrors"][0]["details"][0]["value"],
        json!(cement)
    );
    // Refused, it stays open.
    let count = yard.record(&count, json!([found(&cement, "8")])).await;
    assert_eq!(
        yard.post_count(&count).await["stockCount"]["state"],
        "POSTED"
    );
    yard.books_are_right().await;
}

#[tokio::test]
async fn it_is_done_once_under_its_key_and_by_those_who_may() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let open = json!({ "warehouseId": yard.warehouses[0] });
    let answer = yard
        .client()
        .send(&document("stockCountOpen"), json!({ "input": open }))
        .await;
    assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED");
    let once = |mut input: Value| {
        input["idempotencyKey"] = json!(key());
        input
    };
    let open = once(open);
    let first = yard.counted("stockCountOpen", open.clone()).await;
    assert_eq!(yard.counted("stockCountOpen", open).await, first);
    let add = json!({ "productId": cement, "quantity": { "value": "5" }, "mode": "ADD" });
    let record = once(json!({ "id": first["id"], "lines": [add] }));
    let recorded = yard.counted("stockCountRecord", record.clone()).await;
    assert_eq!(yard.counted("stockCountRecord", record).await, recorded);
    let post = once(json!({ "id": first["id"], "expectedVersion": recorded["version"] }));
    let posted = yard.counted("stockCountPost", post.clone()).await;
    assert_eq!(yard.counted("stockCountPost", post).await, posted);
    assert_eq!(yard.level(&cement).await[0], "5");

    let count = yard.open_count().await;
    let viewer = yard
        .server
        .member(&yard.dealer, &[BuiltInRole::Viewer.into()])
        .await;
    let seen = viewer
        .client
        .get("{ stockCounts(where: { states: [OPEN] }) { totalCount nodes { allowedActions } } }")
        .await;
    assert_eq!(
        seen["stockCounts"],
        json!({ "totalCount": 1, "nodes": [{ "allowedActions": [] }] })
    );
    let worth = "{ stockCounts { nodes { lines { varianceValue { amount } } } } }";
    assert_eq!(
        viewer.client.send(worth, json!({})).await.code(),
        "FORBIDDEN"
    );
    let cancel = json!({ "input": { "id": count["id"], "expectedVersion": 1 } });
    let refused = viewer
        .client
        .send(&document("stockCountCancel"), cancel)
        .await;
    assert_eq!(refused.code(), "FORBIDDEN");
}

#[tokio::test]
async fn its_statements_do_not_depend_on_its_lines() {
    let yard = Yard::open().await;
    let mut products = Vec::new();
    for index in 0..20 {
        let id = yard.product(&format!("P-{index}")).await;
        yard.put(&id, "5", "1").await;
        products.push(id);
    }
    let mut costs = Vec::new();
    for many in [1, 20] {
        let mut cost = Vec::new();
        let mut run = async |mutation: &str, mut input: Value| {
            input["idempotencyKey"] = json!(key());
            let answer = yard
                .client()
                .send(&document(mutation), json!({ "input": input }))
                .await;
            cost.push(answer.statements());
            let payload = &answer.body["data"][mutation];
            assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
            payload["stockCount"].clone()
        };
        let some = &products[..many];
        let open = json!({ "warehouseId": yard.warehouses[0], "productIds": some });
        let count = run("stockCountOpen", open).await;
        let lines: Vec<_> = some.iter().map(|id| found(id, "4")).collect();
        let count = run(
            "stockCountRecord",
            json!({ "id": count["id"], "lines": lines }),
        )
        .await;
        let post = json!({ "id": count["id"], "expectedVersion": count["version"] });
        run("stockCountPost", post).await;
        let query =
            "{ stockCounts(first: 1) { nodes { lineCount countedLines lines { product { sku }
            counted { value unit { code } } } warehouse { code } } } }";
        cost.push(yard.client().send(query, json!({})).await.statements());
        costs.push(cost);
    }
    assert_eq!(costs[0], costs[1]);
    // Counts; sums; lines; products; units; warehouses.
    assert_eq!(costs[0][3], 6);
}
