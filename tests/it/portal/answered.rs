//! Approving, declining and taking back: by whom, up to how much, and what the dealer sees of it.

use serde_json::{Value, json};

use super::{Portal, because, done, mutate, person, refused, step};

#[tokio::test]
async fn what_is_beyond_the_limit_waits_for_another() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    // Ten bags are 95, eleven 104.50.
    let small = portal.placed("10").await;
    assert_eq!(small["placement"]["approval"], Value::Null);
    let order = portal.placed("11").await;
    assert_eq!(order["placement"]["approval"], "AWAITING");
    let seen = counter.order(&order).await;
    assert_eq!(seen["allowedActions"], json!(["UPDATE", "CANCEL", "HOLD"]));
    let payload = counter.step("orderConfirm", &order).await;
    assert_eq!(payload["userErrors"][0]["code"], "NOT_ALLOWED");
    // Who placed it does not answer for it, and who may not approve is told so.
    let payload = mutate(&portal.foreman.client, "orderApprove", step(&order)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    let client = &portal.owner.client;
    let inbox = "{ orders(where: { approvals: [AWAITING] }) { nodes { id allowedActions } } }";
    let data = client.get(inbox).await;
    let can = json!(["APPROVE", "DECLINE", "WITHDRAW"]);
    assert_eq!(
        data["orders"]["nodes"],
        json!([{ "id": order["id"], "allowedActions": can }])
    );
    let approved = done(client, "orderApprove", step(&order)).await;
    assert_eq!(approved["placement"]["approval"], "APPROVED");
    assert_eq!(
        approved["placement"]["answeredBy"],
        json!(portal.owner.user.to_string())
    );
    let payload = mutate(client, "orderApprove", step(&approved)).await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
    let confirmed = counter.done("orderConfirm", step(&approved)).await;
    assert_eq!(confirmed["state"], "CONFIRMED");
    assert_eq!(
        counter.told().await,
        [
            "order.placed",
            "order.placed",
            "order.approved",
            "order.confirmed"
        ]
    );
}

#[tokio::test]
async fn an_approver_has_a_limit_of_his_own() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let contact = json!({ "name": "Clerk", "orderLimit": "200", "approvesOrders": true });
    let clerk = person(counter, contact).await;
    let mate = person(counter, json!({ "name": "Mate" })).await;
    let order = portal.placed("22").await;
    let seen = portal.seen(&clerk.client, &order).await;
    assert_eq!(seen["allowedActions"], json!(["DECLINE", "WITHDRAW"]));
    let payload = mutate(&clerk.client, "orderApprove", step(&order)).await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
    for field in ["orderApprove", "orderDecline", "orderWithdraw"] {
        let input = match field {
            "orderDecline" => because(&order, "no"),
            _ => step(&order),
        };
        let payload = mutate(&mate.client, field, input).await;
        assert_eq!(refused(&payload).0, "NOT_ALLOWED", "{field}");
    }
    let smaller = portal.placed("21").await;
    let approved = done(&clerk.client, "orderApprove", step(&smaller)).await;
    assert_eq!(approved["placement"]["approval"], "APPROVED");
    done(&portal.owner.client, "orderApprove", step(&order)).await;
    // Whoever approves and orders beyond his own limit asks another, too.
    let input = super::placing(&json!([super::line(&portal.cement, "30")]));
    let own = done(&clerk.client, "orderPlace", input).await;
    assert_eq!(own["placement"]["approval"], "AWAITING");
    assert_eq!(own["allowedActions"], json!(["WITHDRAW"]));
}

#[tokio::test]
async fn what_is_declined_is_over() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let order = portal.placed("20").await;
    let client = &portal.owner.client;
    let payload = mutate(client, "orderDecline", because(&order, " ")).await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.reason".to_owned())
    );
    let gone = done(client, "orderDecline", because(&order, "too much")).await;
    assert_eq!(
        (&gone["state"], &gone["allowedActions"]),
        (&json!("CANCELLED"), &json!([]))
    );
    let placement = &portal.seen(&portal.foreman.client, &order).await["placement"];
    assert_eq!(
        (&placement["approval"], &placement["declineReason"]),
        (&json!("DECLINED"), &json!("too much"))
    );
    assert_eq!(counter.order(&order).await["allowedActions"], json!([]));
    assert_eq!(counter.told().await, ["order.placed", "order.declined"]);
}

#[tokio::test]
async fn what_was_placed_is_taken_back_until_it_is_confirmed() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    for (bags, who) in [("20", &portal.foreman), ("5", &portal.owner)] {
        let order = portal.placed(bags).await;
        let gone = done(&who.client, "orderWithdraw", step(&order)).await;
        assert_eq!(gone["state"], "CANCELLED");
    }
    // Nor does anybody wait for an answer to what the dealer gives up.
    let order = portal.placed("20").await;
    counter.done("orderCancel", step(&order)).await;
    let inbox = "{ orders(where: { approvals: [AWAITING] }) { totalCount } }";
    let data = portal.owner.client.get(inbox).await;
    assert_eq!(data["orders"]["totalCount"], 0);
    let order = portal.placed("5").await;
    let confirmed = counter.done("orderConfirm", step(&order)).await;
    let payload = mutate(&portal.foreman.client, "orderWithdraw", step(&confirmed)).await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
    // What the dealer wrote is not theirs to take back.
    let input = json!([super::line(&portal.cement, "1")]);
    let draft = counter.draft(input).await;
    let payload = mutate(&portal.foreman.client, "orderWithdraw", step(&draft)).await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
}

/// Two answers at once: one of them counts, and the other is told.
#[tokio::test]
async fn one_answer_counts() {
    let portal = Portal::open().await;
    let contact = json!({ "name": "Partner", "approvesOrders": true });
    let partner = person(&portal.counter, contact).await;
    for _ in 0..5 {
        let order = portal.placed("20").await;
        let (one, other) = tokio::join!(
            mutate(&portal.owner.client, "orderApprove", step(&order)),
            mutate(&partner.client, "orderDecline", because(&order, "no")),
        );
        let codes = [&one, &other].map(|payload| payload["userErrors"][0]["code"].clone());
        assert!(
            codes.contains(&Value::Null) && codes.contains(&json!("CONFLICT")),
            "{codes:?}"
        );
    }
}
