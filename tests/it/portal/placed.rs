//! Placing orders: at the customer's own prices, for his own jobs, once.

use serde_json::{Value, json};

use super::{Portal, done, line, mutate, number, person, placing, refused, step};
use crate::orders::{Counter, customer};
use crate::stock::key;

/// A job of a customer; gives its id.
async fn job(counter: &Counter, customer: &str, code: &str) -> String {
    let create = "mutation($input: JobCreateInput!) { jobCreate(input: $input) { job { id } userErrors { code path } } }";
    let input = json!({ "customerId": customer, "code": code, "name": code,
        "addressLine": format!("{code} Street 1"), "city": "Joliet", "poNumber": format!("PO-{code}") });
    let made = counter
        .client()
        .run(create, json!({ "input": input }))
        .await;
    let id = made["jobCreate"]["job"]["id"].as_str();
    id.unwrap_or_else(|| panic!("{made:#}")).to_owned()
}

/// A price of a product for whoever the field names.
async fn price(counter: &Counter, product: &str, (holder, id): (&str, &str), value: &str) {
    let set = "mutation($input: PriceRuleUpsertInput!) { priceRuleUpsert(input: $input) { userErrors { code path } } }";
    let mut input = json!({ "productId": product, "method": "FIXED", "value": value });
    input[holder] = json!(id);
    let data = counter.client().run(set, json!({ "input": input })).await;
    assert_eq!(data["priceRuleUpsert"]["userErrors"], json!([]));
}

#[tokio::test]
async fn a_foreman_orders_at_his_own_prices_for_his_own_jobs() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let mill = job(counter, &counter.customer, "MILL").await;
    price(
        counter,
        &portal.cement,
        ("customerId", &counter.customer),
        "7",
    )
    .await;
    price(counter, &portal.cement, ("jobId", &mill), "6").await;
    let mut input = placing(&json!([line(&portal.cement, "2")]));
    let order = done(&portal.foreman.client, "orderPlace", input.clone()).await;
    assert_eq!(number(&order, "/lines/0/unitPrice/amount"), "7");
    assert_eq!(order["lines"][0]["priceSource"], "CUSTOMER_RULE");
    assert_eq!(order["customer"]["id"], json!(counter.customer));
    assert_eq!(
        (&order["state"], &order["salesperson"]),
        (&json!("DRAFT"), &Value::Null)
    );
    assert_eq!(order["allowedActions"], json!(["WITHDRAW"]));
    let placement = json!({ "placedBy": portal.foreman.user.to_string(), "approval": null,
        "answeredBy": null, "declineReason": null });
    assert_eq!(order["placement"], placement);
    input["jobId"] = json!(mill);
    input["idempotencyKey"] = json!(key());
    input["wantedOn"] = json!("2099-12-01");
    input["instructions"] = json!("Mind the dog");
    let order = done(&portal.foreman.client, "orderPlace", input).await;
    assert_eq!(number(&order, "/lines/0/unitPrice/amount"), "6");
    assert_eq!(order["addressLine"], "MILL Street 1");
    assert_eq!(order["reference"], "PO-MILL");
    // What priceFor tells is what is taken.
    let query = format!(
        "{{ priceFor(productId: \"{}\", jobId: \"{mill}\") {{ unitPrice {{ amount }} }} }}",
        portal.cement
    );
    let told = portal.foreman.client.get(&query).await;
    assert_eq!(number(&told, "/priceFor/unitPrice/amount"), "6");
    assert_eq!(counter.told().await, ["order.placed", "order.placed"]);
}

/// The dealer's people see where it comes from, move it elsewhere, and confirm it as any other.
#[tokio::test]
async fn the_dealer_confirms_what_was_placed() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let [north, south] = &counter.yard.warehouses;
    let order = portal.placed("10").await;
    let seen = counter.order(&order).await;
    assert_eq!(seen["warehouse"]["id"], json!(north));
    let actions = ["UPDATE", "CONFIRM", "CANCEL", "HOLD"];
    assert_eq!(seen["allowedActions"], json!(actions));
    let mut input = step(&seen);
    input["warehouseId"] = json!(south);
    counter.done("orderUpdate", input).await;
    // The next one comes from where the last one came.
    let next = portal.placed("1").await;
    assert_eq!(counter.order(&next).await["warehouse"]["id"], json!(south));
    let mut input = step(&counter.order(&order).await);
    input["warehouseId"] = json!(north);
    let back = counter.done("orderUpdate", input).await;
    let confirmed = counter.done("orderConfirm", step(&back)).await;
    assert_eq!(confirmed["state"], "CONFIRMED");
    let seen = portal.seen(&portal.foreman.client, &order).await;
    assert_eq!(
        (&seen["state"], &seen["allowedActions"]),
        (&json!("CONFIRMED"), &json!([]))
    );
    assert_eq!(counter.committed().await, ["95", "0"]);
}

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let stranger = customer(counter.client(), "ZZ-OTHER", "1000").await;
    let theirs = job(counter, &stranger, "LOT").await;
    let mut input = placing(&json!([line(&portal.cement, "1")]));
    input["jobId"] = json!(theirs);
    let payload = mutate(&portal.foreman.client, "orderPlace", input).await;
    assert_eq!(refused(&payload), ("NOT_FOUND", "input.jobId".to_owned()));
    // Orders of others are not there for whoever approves, either.
    let mut input = counter.input(&json!([line(&portal.cement, "1")]));
    input["customerId"] = json!(stranger);
    let others = counter.done("orderCreate", input).await;
    for field in ["orderApprove", "orderDecline", "orderWithdraw"] {
        let mut input = step(&others);
        if field == "orderDecline" {
            input["reason"] = json!("no");
        }
        let payload = mutate(&portal.owner.client, field, input).await;
        assert_eq!(
            refused(&payload),
            ("NOT_FOUND", "input.id".to_owned()),
            "{field}"
        );
    }
    // The dealer's people do not place, though the owner has the permission.
    let input = placing(&json!([line(&portal.cement, "1")]));
    let payload = mutate(counter.client(), "orderPlace", input).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.lines".to_owned()));
}

#[tokio::test]
async fn wrong_lines_are_named_and_a_key_is_needed() {
    let portal = Portal::open().await;
    let client = &portal.foreman.client;
    let payload = mutate(client, "orderPlace", placing(&json!([]))).await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.lines".to_owned())
    );
    let payload = mutate(
        client,
        "orderPlace",
        placing(&json!([
            line(&portal.cement, "1"),
            line(&portal.cement, "0")
        ])),
    )
    .await;
    assert_eq!(refused(&payload).1, "input.lines.1.quantity.value");
    let input = json!({ "lines": [line(&portal.cement, "1")] });
    let answer = client
        .send(&super::document("orderPlace"), json!({ "input": input }))
        .await;
    assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED");
    let input = placing(&json!([line(&portal.cement, "1")]));
    let first = done(client, "orderPlace", input.clone()).await;
    let again = done(client, "orderPlace", input).await;
    assert_eq!(first["id"], again["id"]);
    let data = client.get("{ orders { totalCount } }").await;
    assert_eq!(data["orders"]["totalCount"], 1);
}

/// What has no price yet may come to more than anybody's limit.
#[tokio::test]
async fn goods_without_a_price_wait_for_who_has_no_limit() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let free = counter.stocked("NEW", "10").await;
    price(counter, &free, ("customerId", &counter.customer), "0").await;
    let input = placing(&json!([line(&free, "1")]));
    let order = done(&portal.foreman.client, "orderPlace", input.clone()).await;
    assert_eq!(order["placement"]["approval"], "AWAITING");
    let clerk = json!({ "name": "Clerk", "orderLimit": "1000", "approvesOrders": true });
    let clerk = person(counter, clerk).await;
    let payload = mutate(&clerk.client, "orderApprove", step(&order)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    let approved = done(&portal.owner.client, "orderApprove", step(&order)).await;
    assert_eq!(approved["placement"]["approval"], "APPROVED");
    let order = done(&portal.owner.client, "orderPlace", input).await;
    assert_eq!(order["placement"]["approval"], Value::Null);
}

/// Who is nobody's contact orders any amount, since the dealer looks at it; who is on hold, none.
#[tokio::test]
async fn the_dealers_own_rules_hold() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let (server, dealer) = (&counter.yard.server, &counter.yard.dealer);
    let id = counter.customer.parse().unwrap();
    let new = server.contractor(dealer, id).await;
    let input = placing(&json!([line(&portal.cement, "500")]));
    let order = done(&new.client, "orderPlace", input.clone()).await;
    assert_eq!(order["placement"]["approval"], Value::Null);
    let small = person(counter, json!({ "name": "Mate", "orderLimit": "0" })).await;
    let order = done(&small.client, "orderPlace", input).await;
    assert_eq!(order["placement"]["approval"], "AWAITING");
    let query = "query($id: ID) { customer(id: $id) { version } }";
    let found = counter
        .client()
        .run(query, json!({ "id": counter.customer }))
        .await;
    let hold = "mutation($input: CustomerHoldSetInput!) { customerHoldSet(input: $input) { userErrors { code path } } }";
    let input = json!({ "id": counter.customer, "expectedVersion": found["customer"]["version"],
        "reason": "bills" });
    let data = counter.client().run(hold, json!({ "input": input })).await;
    assert_eq!(data["customerHoldSet"]["userErrors"], json!([]));
    let input = placing(&json!([line(&portal.cement, "1")]));
    // Who is on hold may say what he wants; it is the dealer who does not confirm it.
    let order = done(&portal.foreman.client, "orderPlace", input).await;
    let payload = mutate(counter.client(), "orderConfirm", step(&order)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
}
