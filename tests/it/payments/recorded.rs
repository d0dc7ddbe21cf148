//! Recording what was paid, and what it settles.

use serde_json::{Value, json};

use super::{Till, done, send};

#[tokio::test]
async fn a_payment_is_an_entry_that_settles_nothing_yet() {
    let till = Till::open().await;
    let more = json!({ "externalRef": " TX-1 ", "note": "at the counter" });
    let payment = till.record("100.01", more).await;
    assert_eq!(payment["number"], 1);
    assert_eq!(payment["state"], "RECORDED");
    assert_eq!(payment["direction"], "IN");
    assert_eq!(payment["externalRef"], "TX-1");
    assert_eq!(payment["paidOn"], "2026-03-01");
    assert_eq!(
        payment["amount"],
        json!({ "amount": "100.01", "currency": "USD" })
    );
    assert_eq!(payment["unallocated"]["amount"], "100.01");
    assert_eq!(payment["allocations"], json!([]));
    let entry = &payment["accountEntry"];
    assert_eq!(
        (&entry["kind"], &entry["reference"], &entry["documentOn"]),
        (&json!("PAYMENT"), &json!("1"), &json!("2026-03-01"))
    );
    assert_eq!(
        crate::credit::decimal(&entry["amount"]["amount"]).to_string(),
        "-100.0100"
    );
    let actions = json!(["ALLOCATE", "RECONCILE", "REFUND", "REVERSE"]);
    assert_eq!(payment["allowedActions"], actions);
    assert_eq!(till.open_debts().await, ["60", "50", "40.12"]);
    till.check_books().await;
}

#[tokio::test]
async fn it_settles_what_is_named_or_what_is_due_longest() {
    let till = Till::open().await;
    let parts = json!([till.part(2, "40.12"), till.part(0, "10")]);
    let named = till.record("60", json!({ "allocations": parts })).await;
    assert_eq!(named["allocated"]["amount"], "50.12");
    assert_eq!(named["unallocated"]["amount"], "9.88");
    assert_eq!(named["allocations"].as_array().unwrap().len(), 2);
    assert_eq!(till.open_debts().await, ["50", "50", "0"]);
    let auto = till.record("70", json!({ "auto": true })).await;
    assert_eq!(auto["unallocated"]["amount"], "0");
    assert_eq!(
        auto["allowedActions"],
        json!(["DEALLOCATE", "RECONCILE", "REVERSE"])
    );
    assert_eq!(till.open_debts().await, ["0", "30", "0"]);
    // More than is owed stays credit; with nothing owed all of it does.
    let more = till.record("100", json!({ "auto": true })).await;
    assert_eq!(more["unallocated"]["amount"], "70");
    let idle = till.record("1", json!({ "auto": true })).await;
    assert_eq!(idle["allocations"], json!([]));
    till.check_books().await;
}

#[tokio::test]
async fn it_is_allocated_later_and_otherwise() {
    let till = Till::open().await;
    let payment = till.record("80", json!({})).await;
    let id = payment["id"].clone();
    let input = json!({ "id": id, "allocations": [till.part(1, "50")] });
    let payment = done(till.client(), "paymentAllocate", input).await;
    assert_eq!(payment["unallocated"]["amount"], "30");
    let payment = done(till.client(), "paymentAllocate", json!({ "id": id })).await;
    assert_eq!(payment["unallocated"]["amount"], "0");
    assert_eq!(till.open_debts().await, ["30", "0", "40.12"]);
    let nothing = till.refused("paymentAllocate", json!({ "id": id })).await;
    assert_eq!(nothing, ("NOT_ALLOWED".to_owned(), "input.id".to_owned()));
    let first = payment["allocations"][0]["id"].clone();
    let input = json!({ "id": id, "allocationIds": [first] });
    let payment = done(till.client(), "paymentDeallocate", input.clone()).await;
    assert_eq!(payment["allocations"].as_array().unwrap().len(), 1);
    let twice = till.refused("paymentDeallocate", input).await;
    assert_eq!(
        twice,
        ("NOT_FOUND".to_owned(), "input.allocationIds.0".to_owned())
    );
    let payment = done(till.client(), "paymentDeallocate", json!({ "id": id })).await;
    assert_eq!(payment["unallocated"]["amount"], "80");
    assert_eq!(till.open_debts().await, ["60", "50", "40.12"]);
    let none = till.refused("paymentDeallocate", json!({ "id": id })).await;
    assert_eq!(none, ("NOT_ALLOWED".to_owned(), "input.id".to_owned()));
    till.check_books().await;
}

/// What can not be recorded: the amount, the rest, and which refusal it has.
async fn impossible(till: &Till) -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let other = till.shop.customer("B", "0").await;
    let foreign = till.shop.owes(&other, None, "5", "2026-01-01").await;
    let site = till.shop.job(&other, "LOT").await;
    let foreign = json!([{ "entryId": foreign["id"], "amount": "5" }]);
    let invoice = format!("ivc_{}", "0".repeat(32));
    let nowhere = format!("ord_{}", "0".repeat(32));
    let part = till.part(0, "60.01");
    vec![
        ("0", json!({}), "BAD_USER_INPUT", "input.amount"),
        ("-1", json!({}), "BAD_USER_INPUT", "input.amount"),
        ("1.001", json!({}), "BAD_USER_INPUT", "input.amount"),
        (
            "1",
            json!({ "paidOn": "2999-01-01" }),
            "BAD_USER_INPUT",
            "input.paidOn",
        ),
        (
            "1",
            json!({ "auto": true, "allocations": [till.part(0, "1")] }),
            "BAD_USER_INPUT",
            "input.auto",
        ),
        (
            "1",
            json!({ "auto": true, "orderId": nowhere }),
            "BAD_USER_INPUT",
            "input.auto",
        ),
        (
            "1",
            json!({ "orderId": nowhere }),
            "NOT_FOUND",
            "input.orderId",
        ),
        ("1", json!({ "jobId": site }), "NOT_FOUND", "input.jobId"),
        (
            "1",
            json!({ "allocations": [] }),
            "BAD_USER_INPUT",
            "input.allocations",
        ),
        (
            "1",
            json!({ "allocations": [{ "amount": "1" }] }),
            "BAD_USER_INPUT",
            "input.allocations.0",
        ),
        (
            "1",
            json!({ "allocations": [{ "invoiceId": invoice, "amount": "1" }] }),
            "NOT_FOUND",
            "input.allocations.0.invoiceId",
        ),
        (
            "100",
            json!({ "allocations": [part] }),
            "NOT_ALLOWED",
            "input.allocations.0.amount",
        ),
        (
            "5",
            json!({ "allocations": [till.part(0, "6")] }),
            "NOT_ALLOWED",
            "input.amount",
        ),
        (
            "5",
            json!({ "allocations": foreign }),
            "NOT_ALLOWED",
            "input.allocations.0.amount",
        ),
    ]
}

#[tokio::test]
async fn what_can_not_be_is_refused_at_its_field() {
    let till = Till::open().await;
    for (amount, more, code, path) in impossible(&till).await {
        let refused = till
            .refused("paymentRecord", till.pays(amount, more.clone()))
            .await;
        assert_eq!(
            refused,
            (code.to_owned(), path.to_owned()),
            "{amount} {more}"
        );
    }
    // Nothing of that took a number.
    assert_eq!(till.record("1", json!({})).await["number"], 1);
    till.check_books().await;
}

#[tokio::test]
async fn a_number_of_the_bank_is_taken_once_unless_it_was_taken_back() {
    let till = Till::open().await;
    let with = json!({ "externalRef": "TX-7" });
    let first = till.record("10", with.clone()).await;
    let again = till
        .refused("paymentRecord", till.pays("10", with.clone()))
        .await;
    assert_eq!(
        again,
        ("ALREADY_EXISTS".to_owned(), "input.externalRef".to_owned())
    );
    let other = json!({ "externalRef": "TX-7", "method": "CHEQUE" });
    assert_eq!(till.record("10", other).await["number"], 2);
    let back = json!({ "id": first["id"], "expectedVersion": 1, "reason": "typed twice" });
    done(till.client(), "paymentReverse", back).await;
    assert_eq!(till.record("10", with).await["number"], 3);
}

#[tokio::test]
async fn it_is_recorded_once_by_its_key() {
    let till = Till::open().await;
    let input = till.pays(
        "25",
        json!({ "auto": true, "idempotencyKey": "till 1, 4711" }),
    );
    let first = send(till.client(), "paymentRecord", input.clone()).await;
    let second = send(till.client(), "paymentRecord", input).await;
    assert_eq!(first, second);
    assert_eq!(till.open_debts().await, ["35", "50", "40.12"]);
    till.check_books().await;
}

#[tokio::test]
async fn a_payment_for_a_job_settles_debts_of_that_job() {
    let till = Till::open().await;
    let job = till.shop.job(&till.customer, "LOT").await;
    let debt = till
        .shop
        .owes(&till.customer, Some(&job), "30", "2026-02-20")
        .await;
    let payment = till
        .record("45", json!({ "jobId": job, "auto": true }))
        .await;
    assert_eq!(payment["job"]["id"], job);
    assert_eq!(payment["unallocated"]["amount"], "15");
    assert_eq!(payment["allocations"][0]["accountEntry"]["id"], debt["id"]);
    assert_eq!(till.open_debts().await, ["60", "50", "40.12"]);
}
