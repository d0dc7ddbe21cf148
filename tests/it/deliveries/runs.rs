//! Trucks, their drivers and their ways.

use serde_json::{Value, json};
use tubex::auth::role::BuiltInRole;

use super::{DAY, Depot, done, number, part, refused, step, with};
use crate::stock::key;

impl Depot {
    async fn run(&self, more: Value) -> Value {
        let input = json!({ "warehouseId": self.yard.warehouses[0], "truck": "AB-12",
            "runsOn": DAY, "idempotencyKey": key() });
        self.done("deliveryRunCreate", with(input, &more)).await
    }

    /// The run as it is now.
    async fn run_again(&self, run: &Value) -> Value {
        let query = format!(
            "query($id: ID) {{ {} }}",
            super::RUN.replacen("deliveryRun", "deliveryRun(id: $id)", 1)
        );
        let found = self.client().run(&query, json!({ "id": run["id"] })).await;
        found["deliveryRun"].clone()
    }

    /// What can be done with the run as it is now.
    async fn actions(&self, run: &Value) -> Value {
        self.run_again(run).await["allowedActions"].clone()
    }
}

/// The numbers of a run's deliveries in the order of its stops.
fn stops(run: &Value) -> Vec<i64> {
    let deliveries = run["deliveries"].as_array().unwrap().iter();
    deliveries
        .map(|delivery| delivery["number"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_truck_leaves_with_all_that_is_loaded_and_comes_back() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    let run = depot.run(json!({})).await;
    assert_eq!(
        (&run["state"], &run["allowedActions"]),
        (&json!("PLANNED"), &json!(["UPDATE", "CANCEL"]))
    );
    let mut planned = Vec::new();
    for _ in 0..3 {
        let order = depot.order_one(&cement, "10").await;
        // The day is that of the run.
        let more = json!({ "runId": run["id"], "plannedOn": null });
        planned.push(depot.plan(&order, more).await);
    }
    assert_eq!(
        (&planned[2]["stop"], &planned[2]["plannedOn"]),
        (&json!(3), &json!(DAY))
    );
    let turned = json!({ "deliveryIds": [planned[2]["id"], planned[0]["id"]] });
    let run = depot
        .done("deliveryRunUpdate", with(step(&run), &turned))
        .await;
    assert_eq!(stops(&run), [3, 1]);
    let waits = depot.mutate("deliveryRunStart", step(&run)).await;
    assert_eq!(refused(&waits), ("NOT_ALLOWED", "input.id".into()));
    for delivery in [&planned[0], &planned[2]] {
        assert_eq!(depot.actions(&run).await, json!(["UPDATE", "CANCEL"]));
        let delivery = depot.delivery(delivery).await;
        depot.done("deliveryLoad", step(&delivery)).await;
    }
    let all = json!(["UPDATE", "START", "CANCEL"]);
    assert_eq!(depot.actions(&run).await, all);
    let under_way = depot.done("deliveryRunStart", step(&run)).await;
    assert_eq!(
        (&under_way["state"], &under_way["allowedActions"]),
        (&json!("UNDER_WAY"), &json!([]))
    );
    assert!(
        under_way["deliveries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|d| d["state"] == "DISPATCHED")
    );
    // The one that was taken off is still promised.
    assert_eq!(depot.yard.level(&cement).await[..3], ["80", "10", "70"]);
    assert_eq!(depot.delivery(&planned[1]).await["run"], json!(null));
    let out = depot.mutate("deliveryRunFinish", step(&under_way)).await;
    assert_eq!(refused(&out), ("NOT_ALLOWED", "input.id".into()));
    let sent = depot.delivery(&planned[0]).await;
    let input = with(step(&sent), &json!({ "signer": "Mr Brown" }));
    depot.done("deliveryConfirm", input).await;
    let sent = depot.delivery(&planned[2]).await;
    let input = with(step(&sent), &json!({ "reason": "Nobody was there" }));
    depot.done("deliveryFail", input).await;
    assert_eq!(depot.actions(&under_way).await, json!(["FINISH"]));
    let finished = depot.done("deliveryRunFinish", step(&under_way)).await;
    assert_eq!(
        (&finished["state"], &finished["allowedActions"]),
        (&json!("DONE"), &json!([]))
    );
    let deeds = ["created", "updated", "started", "finished"];
    assert_eq!(
        depot.told("delivery_run").await,
        deeds.map(|deed| format!("delivery_run.{deed}"))
    );
}

#[tokio::test]
async fn one_that_was_sent_by_itself_is_under_way_with_its_run() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "10").await;
    let run = depot.run(json!({})).await;
    let empty = depot.mutate("deliveryRunStart", step(&run)).await;
    assert_eq!(refused(&empty), ("NOT_ALLOWED", "input.id".into()));
    let order = depot.order_one(&cement, "5").await;
    let planned = depot.plan(&order, json!({ "runId": run["id"] })).await;
    let loaded = depot.done("deliveryLoad", step(&planned)).await;
    let sent = depot.done("deliveryDispatch", step(&loaded)).await;
    let input = with(step(&sent), &json!({ "signer": "Mr Brown" }));
    depot.done("deliveryConfirm", input).await;
    // Its run has not begun, and could not end otherwise.
    let run = depot.run_again(&run).await;
    let run = depot.done("deliveryRunStart", step(&run)).await;
    assert_eq!(run["state"], "UNDER_WAY");
    let run = depot.done("deliveryRunFinish", step(&run)).await;
    assert_eq!(run["state"], "DONE");
    assert_eq!(depot.yard.level(&cement).await[..3], ["5", "0", "5"]);
}

#[tokio::test]
async fn one_that_can_not_leave_keeps_all_here() {
    let depot = Depot::open().await;
    let (cement, sand) = (
        depot.stocked("CEM", "10").await,
        depot.stocked("SND", "10").await,
    );
    let run = depot.run(json!({})).await;
    let orders = [
        depot.order_one(&cement, "5").await,
        depot.order_one(&sand, "5").await,
    ];
    for order in &orders {
        let delivery = depot.plan(order, json!({ "runId": run["id"] })).await;
        depot.done("deliveryLoad", step(&delivery)).await;
    }
    let held = with(
        step(&depot.again(&orders[1]).await),
        &json!({ "reason": "unpaid" }),
    );
    depot.done("orderHold", held).await;
    let stays = depot.mutate("deliveryRunStart", step(&run)).await;
    assert_eq!(refused(&stays), ("NOT_ALLOWED", "input.id".into()));
    assert_eq!(depot.yard.level(&cement).await[..3], ["10", "5", "5"]);
    let again = depot.run_again(&run).await;
    assert_eq!(
        (&again["state"], &again["deliveries"][0]["state"]),
        (&json!("PLANNED"), &json!("LOADED"))
    );
    depot.yard.books_are_right().await;
}

#[tokio::test]
async fn deliveries_move_from_run_to_run() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "10").await;
    let delivery = depot
        .plan(&order, json!({ "plannedOn": "2099-11-30" }))
        .await;
    let first = depot.run(json!({ "deliveryIds": [delivery["id"]] })).await;
    assert_eq!(
        (stops(&first), &first["deliveries"][0]["plannedOn"]),
        (vec![1], &json!(DAY))
    );
    let second = depot
        .run(json!({ "deliveryIds": [delivery["id"]], "runsOn": "2099-12-02" }))
        .await;
    assert_eq!(stops(&second), [1]);
    assert_eq!(stops(&depot.run_again(&first).await), [0_i64; 0]);
    let later = with(
        step(&second),
        &json!({ "runsOn": "2099-12-03", "truck": "CD-34" }),
    );
    let second = depot.done("deliveryRunUpdate", later).await;
    assert_eq!(second["deliveries"][0]["plannedOn"], "2099-12-03");
    let on_it = depot.delivery(&delivery).await;
    let alone = with(step(&on_it), &json!({ "plannedOn": "2099-12-04" }));
    let alone = depot.mutate("deliveryUpdate", alone).await;
    assert_eq!(refused(&alone), ("NOT_ALLOWED", "input.plannedOn".into()));
    let off = with(
        step(&on_it),
        &json!({ "runId": null, "plannedOn": "2099-12-04" }),
    );
    let off = depot.done("deliveryUpdate", off).await;
    assert_eq!((&off["run"], &off["stop"]), (&json!(null), &json!(null)));
    let on = with(step(&off), &json!({ "runId": first["id"], "stop": 7 }));
    let on = depot.done("deliveryUpdate", on).await;
    assert_eq!((&on["stop"], &on["plannedOn"]), (&json!(7), &json!(DAY)));
    let cancelled = depot.done("deliveryRunCancel", step(&first)).await;
    assert_eq!(
        (&cancelled["state"], stops(&cancelled)),
        (&json!("CANCELLED"), vec![])
    );
    assert_eq!(depot.delivery(&delivery).await["state"], "PLANNED");
}

#[tokio::test]
async fn what_does_not_go_with_a_run_is_refused() {
    let depot = Depot::open().await;
    let [_, south] = &depot.yard.warehouses;
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "10").await;
    let elsewhere = depot.run(json!({ "warehouseId": south })).await;
    let here = depot.run(json!({})).await;
    let plan = |more: Value| {
        super::planned(
            &order,
            &with(json!({ "lines": [part(&order, 0, "1")] }), &more),
        )
    };
    for (more, path) in [
        (json!({ "runId": elsewhere["id"] }), "runId"),
        (json!({ "runId": here["id"], "method": "PICKUP" }), "runId"),
        (
            json!({ "runId": here["id"], "plannedOn": "2099-12-02" }),
            "plannedOn",
        ),
    ] {
        let payload = depot.mutate("deliveryPlan", plan(more)).await;
        assert_eq!(refused(&payload), ("NOT_ALLOWED", format!("input.{path}")));
    }
    let sent = depot
        .sent(&order, json!({ "lines": [part(&order, 0, "1")] }))
        .await;
    let waiting = depot
        .plan(&order, json!({ "lines": [part(&order, 0, "1")] }))
        .await;
    let nobody = "usr_00000000000000000000000000000000";
    for (more, code, path) in [
        (
            json!({ "deliveryIds": [sent["id"]] }),
            "NOT_ALLOWED",
            "deliveryIds.0",
        ),
        (
            json!({ "deliveryIds": [waiting["id"], waiting["id"]] }),
            "BAD_USER_INPUT",
            "deliveryIds",
        ),
        (
            json!({ "deliveryIds": [waiting["id"]], "warehouseId": south }),
            "NOT_ALLOWED",
            "deliveryIds.0",
        ),
        (json!({ "driverId": nobody }), "NOT_FOUND", "driverId"),
        (json!({ "truck": "" }), "BAD_USER_INPUT", "truck"),
    ] {
        let input = json!({ "warehouseId": depot.yard.warehouses[0], "truck": "T", "runsOn": DAY,
            "idempotencyKey": key() });
        let payload = depot.mutate("deliveryRunCreate", with(input, &more)).await;
        assert_eq!(refused(&payload), (code, format!("input.{path}")), "{more}");
    }
    let none = depot.mutate("deliveryRunStart", step(&here)).await;
    assert_eq!(refused(&none), ("NOT_ALLOWED", "input.id".into()));
}

#[tokio::test]
async fn a_driver_sees_his_way_and_no_price_and_says_what_arrived() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    let (server, dealer) = (&depot.yard.server, &depot.yard.dealer);
    let driver = server.member(dealer, &[BuiltInRole::Driver.into()]).await;
    let run = depot
        .run(json!({ "driverId": driver.user.to_string() }))
        .await;
    depot.run(json!({ "truck": "another" })).await;
    let order = depot.order_one(&cement, "10").await;
    let delivery = depot.plan(&order, json!({ "runId": run["id"] })).await;
    depot.done("deliveryLoad", step(&delivery)).await;
    depot.done("deliveryRunStart", step(&run)).await;

    let query = format!("{{ myRuns(on: \"{DAY}\") {{ id version truck deliveries {{ id version stop recipient
        addressLine city instructions lines {{ id productName unitCode quantity {{ value }} }} }} }} }}");
    let data = driver.client.get(&query).await;
    let runs = data["myRuns"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "{data:#}");
    let stop = &runs[0]["deliveries"][0];
    assert_eq!(
        (
            &stop["recipient"],
            &stop["addressLine"],
            &stop["instructions"]
        ),
        (
            &json!("Builders BLD"),
            &json!("1 Quarry Road"),
            &json!("Mind the dog")
        )
    );
    assert_eq!(
        (
            &stop["lines"][0]["productName"],
            &stop["lines"][0]["unitCode"]
        ),
        (&json!("Goods CEM"), &json!("bag"))
    );
    assert_eq!(
        driver.client.get("{ myRuns { id } }").await["myRuns"],
        json!([])
    );
    for forbidden in [
        "{ deliveries { nodes { lines { cost { amount } } } } }",
        "{ deliveries { nodes { order { id } } } }",
        "{ deliveries { nodes { history { id } } } }",
    ] {
        let answer = driver.client.send(forbidden, json!({})).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{forbidden}");
    }
    let input = json!({ "id": stop["id"], "expectedVersion": stop["version"], "signer": "Mr Brown",
        "idempotencyKey": key(), "lines": [{ "lineId": stop["lines"][0]["id"], "quantity": { "value": "9" } }] });
    // The selection of the tests asks for costs: a driver's does not.
    let confirm = "mutation($input: DeliveryConfirmInput!) { deliveryConfirm(input: $input) {
        delivery { state allowedActions } userErrors { code } } }";
    let data = driver.client.run(confirm, json!({ "input": input })).await;
    assert_eq!(
        data["deliveryConfirm"]["delivery"]["state"], "DELIVERED",
        "{data:#}"
    );
    let finish = "mutation($input: DeliveryRunStepInput!) { deliveryRunFinish(input: $input) {
        deliveryRun { state } userErrors { code } } }";
    let data = driver
        .client
        .run(finish, json!({ "input": step(&runs[0]) }))
        .await;
    assert_eq!(data["deliveryRunFinish"]["deliveryRun"]["state"], "DONE");
    assert_eq!(depot.yard.level(&cement).await[..3], ["91", "1", "90"]);
    depot.yard.books_are_right().await;
}

#[tokio::test]
async fn who_drives_works_for_the_dealer() {
    let depot = Depot::open().await;
    let (server, dealer) = (&depot.yard.server, &depot.yard.dealer);
    let contractor = server
        .contractor(dealer, depot.customer.parse().unwrap())
        .await;
    let input = json!({ "warehouseId": depot.yard.warehouses[0], "truck": "T", "runsOn": DAY,
        "driverId": contractor.user.to_string(), "idempotencyKey": key() });
    let payload = depot.mutate("deliveryRunCreate", input).await;
    assert_eq!(refused(&payload), ("NOT_FOUND", "input.driverId".into()));
    let member = server
        .member(dealer, &[BuiltInRole::Warehouse.into()])
        .await;
    let run = depot
        .run(json!({ "driverId": dealer.owner.to_string() }))
        .await;
    let changed = with(step(&run), &json!({ "driverId": member.user.to_string() }));
    let run = depot.done("deliveryRunUpdate", changed).await;
    assert_eq!(run["driverId"], member.user.to_string());
    let query = "query($id: ID!) { deliveryRuns(where: { driverIds: [$id] }) { totalCount }
        deliveries(where: { driverIds: [$id] }) { totalCount } }";
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "10").await;
    let delivery = done(
        depot.client(),
        "deliveryPlan",
        super::planned(&order, &json!({ "runId": run["id"] })),
    )
    .await;
    assert_eq!(number(&delivery, "/lines/0/quantity/inBase"), "10");
    for (user, count) in [(member.user, 1), (dealer.owner, 0)] {
        let found = depot
            .client()
            .run(query, json!({ "id": user.to_string() }))
            .await;
        assert_eq!(found["deliveries"]["totalCount"], count);
        assert_eq!(found["deliveryRuns"]["totalCount"], count);
    }
}
