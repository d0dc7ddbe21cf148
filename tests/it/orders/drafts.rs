//! Drafts: lines, prices, sums, and what is refused.

use serde_json::{Value, json};

use super::{Counter, line, number, refused};

#[tokio::test]
async fn a_draft_has_the_prices_of_the_day_and_the_sums_of_its_lines() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.yard.product("CEM").await,
        counter.yard.product("SND").await,
    );
    counter.taxed(&cement, "FULL", "20").await;
    let mut input = counter.input(&json!([
        line(&cement, "3"),
        { "productId": cement, "quantity": { "value": "7" }, "discount": "12.5", "priceReason": "a friend" },
        { "productId": sand, "quantity": { "value": "2" }, "unitPrice": "8.33", "priceReason": "the last of it",
          "note": "from the back" },
    ]));
    input["wantedOn"] = json!("2020-03-01");
    let payload = counter.mutate("orderCreate", input.clone()).await;
    assert_eq!(
        payload["userErrors"][0]["path"],
        json!(["input", "wantedOn"])
    );
    input["wantedOn"] = json!("2999-03-01");
    input["reference"] = json!("PO 77");
    let order = counter.done("orderCreate", input).await;
    assert_eq!(order["state"], "DRAFT");
    assert_eq!(order["number"], 1);
    assert_eq!(order["reference"], "PO 77");
    assert_eq!(order["fulfilment"], "NONE");
    // 28.50; 66.50 less an eighth = 58.1875; 16.66.
    let nets: Vec<String> = (0..3)
        .map(|index| number(&order, &format!("/lines/{index}/net/amount")))
        .collect();
    assert_eq!(nets, ["28.5", "58.19", "16.66"]);
    let totals = &order["totals"];
    assert_eq!(number(totals, "/net/amount"), "103.35");
    // A fifth of 86.69.
    assert_eq!(number(totals, "/tax/amount"), "17.34");
    assert_eq!(number(totals, "/gross/amount"), "120.69");
    assert_eq!(number(totals, "/rates/0/rate"), "0");
    assert_eq!(number(totals, "/rates/1/tax/amount"), "17.34");
    let sources: Vec<&Value> = (0..3)
        .map(|index| &order["lines"][index]["priceSource"])
        .collect();
    assert_eq!(
        json!(sources),
        json!(["LIST_PRICE", "LIST_PRICE", "OVERRIDE"])
    );
    assert_eq!(order["lines"][2]["priceReason"], "the last of it");
    assert_eq!(order["lines"][0]["sourcing"], "STOCK");
    assert_eq!(order["lines"][0]["reservations"], json!([]));
    assert_eq!(
        order["allowedActions"],
        json!(["UPDATE", "CONFIRM", "CANCEL", "HOLD"])
    );
    assert_eq!(counter.committed().await, ["0", "0"]);
}

#[tokio::test]
async fn a_job_says_where_the_goods_go() {
    let counter = Counter::open().await;
    let cement = counter.yard.product("CEM").await;
    let create = "mutation($input: JobCreateInput!) { jobCreate(input: $input) { job { id } userErrors { code path } } }";
    let job = json!({ "customerId": counter.customer, "code": "SITE", "name": "Site",
        "addressLine": "1 Quarry Road", "city": "Joliet", "poNumber": "PO-9" });
    let made = counter.client().run(create, json!({ "input": job })).await;
    let job = &made["jobCreate"]["job"]["id"];
    let mut input = counter.input(&json!([line(&cement, "1")]));
    input["jobId"] = job.clone();
    let order = counter.done("orderCreate", input.clone()).await;
    assert_eq!(order["addressLine"], "1 Quarry Road");
    assert_eq!(
        (&order["reference"], &order["job"]["id"]),
        (&json!("PO-9"), job)
    );
    input["isPickup"] = json!(true);
    input["idempotencyKey"] = json!(crate::stock::key());
    let order = counter.done("orderCreate", input).await;
    assert_eq!(
        (&order["addressLine"], &order["isPickup"]),
        (&Value::Null, &json!(true))
    );
}

#[tokio::test]
async fn a_draft_is_written_anew() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.yard.product("CEM").await,
        counter.yard.product("SND").await,
    );
    let order = counter
        .draft(json!([line(&cement, "1"), line(&sand, "1")]))
        .await;
    let update = json!({ "id": order["id"], "expectedVersion": 1, "note": "in a hurry",
        "warehouseId": counter.yard.warehouses[1] });
    let order = counter.done("orderUpdate", update).await;
    assert_eq!(
        (&order["version"], &order["note"]),
        (&json!(2), &json!("in a hurry"))
    );
    assert_eq!(order["lines"][0]["warehouse"]["code"], "SOUTH");
    let update = json!({ "id": order["id"], "expectedVersion": 2, "lines": [line(&sand, "4")],
        "note": null });
    let order = counter.done("orderUpdate", update).await;
    assert_eq!(order["lines"].as_array().unwrap().len(), 1);
    assert_eq!(number(&order, "/totals/gross/amount"), "38");
    assert_eq!(order["note"], Value::Null);
    let late = json!({ "id": order["id"], "expectedVersion": 2 });
    let late = counter.mutate("orderUpdate", late).await;
    assert_eq!(refused(&late), ("CONFLICT", "input.expectedVersion".into()));
    assert_eq!(
        counter.told().await,
        ["order.created", "order.updated", "order.updated"]
    );
}

#[tokio::test]
async fn wrong_lines_are_all_named() {
    let counter = Counter::open().await;
    let cement = counter.yard.product("CEM").await;
    let lines = json!([
        { "productId": cement, "quantity": { "value": "1" }, "discount": "101" },
        { "productId": cement, "quantity": { "value": "1" }, "unitPrice": "-1", "priceReason": "x" },
    ]);
    let payload = counter.mutate("orderCreate", counter.input(&lines)).await;
    let paths: Vec<String> = payload["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            error["path"].as_array().unwrap()[2..]
                .iter()
                .map(|part| part.as_str().unwrap())
                .collect::<Vec<_>>()
                .join(".")
        })
        .collect();
    assert_eq!(paths, ["0.discount", "0.priceReason", "1.unitPrice"]);
    for (more, path) in [
        (json!({ "sourcing": "NONE" }), "sourcing"),
        (json!({ "quantity": { "value": "0" } }), "quantity.value"),
        (
            json!({ "productId": "prd_00000000000000000000000000000000" }),
            "productId",
        ),
        (
            json!({ "chooseWarehouse": true, "warehouseId": counter.yard.warehouses[0] }),
            "chooseWarehouse",
        ),
    ] {
        let mut one = line(&cement, "1");
        for (key, value) in more.as_object().unwrap() {
            one[key] = value.clone();
        }
        let payload = counter
            .mutate("orderCreate", counter.input(&json!([one])))
            .await;
        assert_eq!(refused(&payload).1, format!("input.lines.0.{path}"));
    }
    let none = counter
        .mutate("orderCreate", counter.input(&json!([])))
        .await;
    assert_eq!(refused(&none), ("BAD_USER_INPUT", "input.lines".into()));
}

#[tokio::test]
async fn who_is_archived_or_closed_orders_nothing() {
    let counter = Counter::open().await;
    let cement = counter.yard.product("CEM").await;
    let draft = counter.draft(json!([line(&cement, "1")])).await;
    let archive = "mutation($input: CustomerVersionInput!) { customerArchive(input: $input) { userErrors { code } } }";
    let input = json!({ "id": counter.customer, "expectedVersion": 2 });
    let data = counter
        .client()
        .run(archive, json!({ "input": input }))
        .await;
    assert_eq!(data["customerArchive"]["userErrors"], json!([]));
    let payload = counter
        .mutate("orderCreate", counter.input(&json!([line(&cement, "1")])))
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.customerId".into())
    );
    let payload = counter.step("orderConfirm", &draft).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".into()));
    let product = "mutation($input: ProductArchiveInput!) { productArchive(input: $input) { userErrors { code } } }";
    let sold = super::customer(counter.client(), "OTHER", "1000").await;
    let input = json!({ "id": cement, "expectedVersion": 1 });
    counter
        .client()
        .run(product, json!({ "input": input }))
        .await;
    let mut input = counter.input(&json!([line(&cement, "1")]));
    input["customerId"] = json!(sold);
    let payload = counter.mutate("orderCreate", input).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.lines.0.productId".into())
    );
}

#[tokio::test]
async fn three_thousand_million_are_summed_to_the_last_dong() {
    // A price in thousandths of a base unit, in large amounts: nothing is lost.
    let counter = Counter::open().await;
    let cement = counter.yard.product("CEM").await;
    let lines = json!([{ "productId": cement, "quantity": { "value": "300000" },
        "unitPrice": "10000.0001", "priceReason": "by contract" }]);
    let order = counter.draft(lines).await;
    assert_eq!(number(&order, "/totals/gross/amount"), "3000000030");
    let payload = counter.step("orderConfirm", &order).await;
    let codes: Vec<_> = payload["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].clone())
        .collect();
    assert_eq!(json!(codes), json!(["CREDIT_REFUSED"]));
}
