//! Goods on their way from one yard to the other.

use serde_json::{Value, json};

use super::{Yard, key};

const FIELDS: &str = "transfer { id number state version allowedActions
    lines { id quantity { value unit { code } inBase } received { value } } }
    userErrors { code path message details { name value } }";

impl Yard {
    /// The payload of a mutation on transfers.
    async fn transfer(&self, mutation: &str, input: Value) -> Value {
        let ty = match mutation {
            "transferCreate" => "TransferCreateInput",
            "transferReceive" => "TransferReceiveInput",
            _ => "TransferStepInput",
        };
        let document =
            format!("mutation($input: {ty}!) {{ {mutation}(input: $input) {{ {FIELDS} }} }}");
        let data = self
            .client()
            .run(&document, json!({ "input": input }))
            .await;
        data[mutation].clone()
    }

    /// A transfer from one of the two yards to the other.
    pub async fn draft(&self, from: usize, lines: Value) -> Value {
        let input = json!({ "fromId": self.warehouses[from], "toId": self.warehouses[1 - from], "lines": lines,
            "idempotencyKey": key() });
        let payload = self.transfer("transferCreate", input).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        payload["transfer"].clone()
    }

    pub async fn step(&self, mutation: &str, transfer: &Value) -> Value {
        let input = json!({ "id": transfer["id"], "expectedVersion": transfer["version"],
            "idempotencyKey": key() });
        self.transfer(mutation, input).await
    }

    /// On hand of a product by the code of the warehouse.
    async fn spread(&self, product: &str) -> Value {
        let query = "query($p: ID!) { stockLevels(where: { productId: { eq: $p } }) {
            nodes { warehouse { code } onHand { value } reserved { value } } } }";
        let data = self.client().run(query, json!({ "p": product })).await;
        let rows = data["stockLevels"]["nodes"].as_array().unwrap().iter();
        let row = |row: &Value| {
            (
                row["warehouse"]["code"].as_str().unwrap().to_owned(),
                row["onHand"]["value"].clone(),
            )
        };
        rows.map(row).collect::<serde_json::Map<_, _>>().into()
    }

    async fn worth(&self) -> String {
        let data = self
            .client()
            .get("{ stockValuation { value { amount } } }")
            .await;
        super::decimal(data["stockValuation"]["value"]["amount"].as_str().unwrap())
    }
}

fn lines(product: &str, quantity: &str) -> Value {
    json!([{ "productId": product, "quantity": { "value": quantity } }])
}

#[tokio::test]
async fn goods_are_reserved_sent_and_received_and_keep_their_worth() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "100", "4").await;
    let draft = yard.draft(0, lines(&cement, "30")).await;
    assert_eq!(
        (&draft["number"], &draft["state"]),
        (&json!(1), &json!("DRAFT"))
    );
    assert_eq!(draft["allowedActions"], json!(["APPROVE", "CANCEL"]));
    let approved = yard.step("transferApprove", &draft).await["transfer"].clone();
    assert_eq!(approved["allowedActions"], json!(["DISPATCH", "CANCEL"]));
    assert_eq!(yard.level(&cement).await[..3], ["100", "30", "70"]);
    let sent = yard.step("transferDispatch", &approved).await["transfer"].clone();
    assert_eq!(sent["allowedActions"], json!(["RECEIVE"]));
    assert_eq!(
        yard.spread(&cement).await,
        json!({ "NORTH": "70", "TRANSIT": "30" })
    );
    assert_eq!(yard.level(&cement).await[..3], ["70", "0", "70"]);
    let there = yard.step("transferReceive", &sent).await["transfer"].clone();
    assert_eq!(
        (&there["state"], &there["allowedActions"]),
        (&json!("RECEIVED"), &json!([]))
    );
    assert_eq!(there["lines"][0]["received"]["value"], "30");
    assert_eq!(
        yard.spread(&cement).await,
        json!({ "NORTH": "70", "SOUTH": "30", "TRANSIT": "0" })
    );
    assert_eq!(yard.worth().await, "400");
    yard.books_are_right().await;
    assert_eq!(
        super::told(&yard.dealer, "transfer").await,
        [
            "transfer.created",
            "transfer.approved",
            "transfer.dispatched",
            "transfer.received"
        ]
    );
}

#[tokio::test]
async fn what_does_not_arrive_is_lost_and_what_comes_besides_is_found() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "10", "4").await;
    yard.put(&sand, "10", "2").await;
    let both = json!([
        { "productId": cement, "quantity": { "value": "10" } },
        { "productId": sand, "quantity": { "value": "5" } },
    ]);
    let draft = yard.draft(0, both).await;
    let approved = yard.step("transferApprove", &draft).await["transfer"].clone();
    let sent = yard.step("transferDispatch", &approved).await["transfer"].clone();
    let line = |index: usize| sent["lines"][index]["id"].clone();
    let input = json!({ "id": sent["id"], "expectedVersion": sent["version"], "idempotencyKey": key(),
        "lines": [{ "lineId": line(0), "received": "8" }, { "lineId": line(1), "received": "6" }] });
    let there = yard.transfer("transferReceive", input).await;
    assert_eq!(there["transfer"]["state"], "RECEIVED", "{there:#}");
    assert_eq!(
        yard.spread(&cement).await,
        json!({ "NORTH": "0", "SOUTH": "8", "TRANSIT": "0" })
    );
    assert_eq!(
        yard.spread(&sand).await,
        json!({ "NORTH": "5", "SOUTH": "6", "TRANSIT": "0" })
    );
    // 8 x 4, and 11 x 2.
    assert_eq!(yard.worth().await, "54");
    let query = "{ stockMovements(where: { kinds: [ADJUSTMENT] }, first: 2) { nodes {
        reason sourceId quantity { value } warehouse { code } } } }";
    let data = yard.client().get(query).await;
    let mut told = data["stockMovements"]["nodes"].as_array().unwrap().clone();
    told.sort_by_key(|row| row["reason"].to_string());
    assert_eq!(
        told,
        [
            json!({ "reason": "FOUND", "sourceId": sent["id"], "quantity": { "value": "1" }, "warehouse": { "code": "SOUTH" } }),
            json!({ "reason": "LOSS", "sourceId": sent["id"], "quantity": { "value": "-2" }, "warehouse": { "code": "TRANSIT" } }),
        ]
    );
    yard.books_are_right().await;
}

/// Where the dealer's goods are on their way may be another place by the time they arrive.
#[tokio::test]
async fn goods_arrive_from_where_they_were_sent_to() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let draft = yard.draft(0, lines(&cement, "4")).await;
    let approved = yard.step("transferApprove", &draft).await["transfer"].clone();
    let sent = yard.step("transferDispatch", &approved).await["transfer"].clone();
    let other = format!(
        "SET tubex.actor = 'test';
         INSERT INTO {schema}.warehouses SELECT (jsonb_populate_record(w,
             jsonb_build_object('id', '00000000-0000-7000-8000-000000000001', 'code', 'ROAD'))).*
         FROM {schema}.warehouses w WHERE kind = 'TRANSIT'",
        schema = yard.dealer.schema
    );
    crate::support::owner()
        .await
        .batch_execute(&other)
        .await
        .unwrap();
    let there = yard.step("transferReceive", &sent).await;
    assert_eq!(there["userErrors"], json!([]));
    let spread = json!({ "NORTH": "6", "SOUTH": "4", "TRANSIT": "0" });
    assert_eq!(yard.spread(&cement).await, spread);
    yard.books_are_right().await;
}

#[tokio::test]
async fn half_a_bag_does_not_arrive() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let draft = yard.draft(0, lines(&cement, "4")).await;
    let approved = yard.step("transferApprove", &draft).await["transfer"].clone();
    let sent = yard.step("transferDispatch", &approved).await["transfer"].clone();
    for received in ["3.5", "-1", "1000000000000000"] {
        let input = json!({ "id": sent["id"], "expectedVersion": sent["version"], "idempotencyKey": key(),
            "lines": [{ "lineId": sent["lines"][0]["id"], "received": received }] });
        let refused = yard.transfer("transferReceive", input).await;
        let error = &refused["userErrors"][0];
        assert_eq!(error["code"], "BAD_USER_INPUT", "{refused:#}");
        assert_eq!(error["path"], json!(["input", "lines", "0", "received"]));
    }
}

#[tokio::test]
async fn a_state_is_left_as_it_lets_and_by_one_only() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let draft = yard.draft(0, lines(&cement, "20")).await;
    let refused = yard.step("transferDispatch", &draft).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
    let refused = yard.step("transferApprove", &draft).await;
    assert_eq!(
        refused["userErrors"][0]["details"],
        json!([{ "name": "productId", "value": cement }, { "name": "available", "value": "10" },
            { "name": "requested", "value": "20" }])
    );
    // Refused, it stands where it stood.
    let cancelled = yard.step("transferCancel", &draft).await;
    assert_eq!(cancelled["transfer"]["state"], "CANCELLED");
    let refused = yard.step("transferCancel", &draft).await;
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT");

    let draft = yard.draft(0, lines(&cement, "10")).await;
    assert_eq!(draft["number"], 2);
    let approved = yard.step("transferApprove", &draft).await["transfer"].clone();
    let (one, other) = tokio::join!(
        yard.step("transferDispatch", &approved),
        yard.step("transferCancel", &approved)
    );
    let done = [one, other]
        .iter()
        .filter(|payload| payload["userErrors"] == json!([]))
        .count();
    assert_eq!(done, 1);
    let told = super::told(&yard.dealer, "transfer").await;
    assert!(told.contains(&"transfer.cancelled".to_owned()));
    yard.books_are_right().await;
}

#[tokio::test]
async fn a_transfer_is_found_and_listed() {
    let yard = Yard::open().await;
    let tiles = yard.measured("TIL", "box", &[("m2", 25, 36)]).await;
    let unit = yard.unit("m2").await;
    let line = json!([{ "productId": tiles, "quantity": { "value": "20", "unitId": unit, "rounding": "UP" } }]);
    let draft = yard.draft(0, line).await;
    assert_eq!(
        draft["lines"][0]["quantity"],
        json!({ "value": "20.16", "unit": { "code": "m2" }, "inBase": "14" })
    );
    let query = "query($id: ID!, $w: ID!) {
        byNumber: transfer(number: 1) { id from { code } to { code } lines { product { sku } } }
        node(id: $id) { ... on Transfer { number } }
        none: transfer(number: 9) { id }
        open: transfers(where: { fromId: { eq: $w }, states: [DRAFT, APPROVED] }) { totalCount } }";
    let data = yard
        .client()
        .run(query, json!({ "id": draft["id"], "w": yard.warehouses[0] }))
        .await;
    assert_eq!(
        data["byNumber"],
        json!({ "id": draft["id"], "from": { "code": "NORTH" }, "to": { "code": "SOUTH" },
            "lines": [{ "product": { "sku": "TIL" } }] })
    );
    assert_eq!(
        (&data["node"]["number"], &data["none"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(data["open"]["totalCount"], 1);
}

#[tokio::test]
async fn a_wrong_transfer_is_refused() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    let twice = json!([lines(&cement, "1")[0], lines(&cement, "2")[0]]);
    for (from, to, lines, path) in [
        (0, 0, lines(&cement, "1"), "input.toId"),
        (0, 1, json!([]), "input.lines"),
        (0, 1, twice, "input.lines.1.productId"),
        (0, 1, lines(&cement, "0"), "input.lines.0.quantity.value"),
    ] {
        let input = json!({ "fromId": yard.warehouses[from], "toId": yard.warehouses[to], "lines": lines,
            "idempotencyKey": key() });
        let payload = yard.transfer("transferCreate", input).await;
        let at = payload["userErrors"][0]["path"].as_array().unwrap();
        let at: Vec<_> = at.iter().map(|part| part.as_str().unwrap()).collect();
        assert_eq!(at.join("."), path);
    }
}

/// What leads to each state.
const WAYS: [(&str, &[&str]); 5] = [
    ("DRAFT", &[]),
    ("APPROVED", &["transferApprove"]),
    ("DISPATCHED", &["transferApprove", "transferDispatch"]),
    (
        "RECEIVED",
        &["transferApprove", "transferDispatch", "transferReceive"],
    ),
    ("CANCELLED", &["transferCancel"]),
];

#[tokio::test]
async fn what_is_offered_is_done_and_nothing_else() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "100", "4").await;
    for (state, way) in WAYS {
        for (mutation, action) in [
            ("transferApprove", "APPROVE"),
            ("transferDispatch", "DISPATCH"),
            ("transferReceive", "RECEIVE"),
            ("transferCancel", "CANCEL"),
        ] {
            let mut transfer = yard.draft(0, lines(&cement, "1")).await;
            for step in way {
                transfer = yard.step(step, &transfer).await["transfer"].clone();
            }
            assert_eq!(transfer["state"], state);
            let offered = transfer["allowedActions"].as_array().unwrap();
            let payload = yard.step(mutation, &transfer).await;
            let code = &payload["userErrors"][0]["code"];
            if offered.contains(&json!(action)) {
                assert_eq!(*code, Value::Null, "{mutation} {state}");
            } else {
                assert_eq!(*code, "NOT_ALLOWED", "{mutation} {state}");
            }
        }
    }
    yard.books_are_right().await;
}
