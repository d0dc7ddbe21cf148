//! Credit that is paid back.

use serde_json::{Value, json};

use super::{Till, done, send};
use crate::credit::decimal;

fn refund(till: &Till, amount: &str, more: Value) -> Value {
    let mut input = till.pays(amount, more);
    input["method"] = json!("CASH");
    input
}

#[tokio::test]
async fn credit_is_paid_back_and_never_more_than_there_is() {
    let till = Till::open().await;
    let payment = till.record("200", json!({ "auto": true })).await;
    assert_eq!(payment["unallocated"]["amount"], "49.88");
    let payload = send(
        till.client(),
        "paymentRefund",
        refund(&till, "49.89", json!({})),
    )
    .await;
    assert_eq!(
        crate::credit::refused(&payload),
        ("NOT_ALLOWED", "input.amount".to_owned())
    );
    let details = json!([{ "name": "available", "value": "49.88" }]);
    assert_eq!(payload["userErrors"][0]["details"], details);
    let back = done(
        till.client(),
        "paymentRefund",
        refund(&till, "30", json!({})),
    )
    .await;
    assert_eq!(
        (&back["direction"], &back["number"]),
        (&json!("OUT"), &json!(2))
    );
    assert_eq!(back["accountEntry"]["kind"], "REFUND");
    assert_eq!(
        decimal(&back["accountEntry"]["amount"]["amount"]),
        30.into()
    );
    assert_eq!(decimal(&back["accountEntry"]["open"]["amount"]), 0.into());
    assert_eq!(
        back["allocations"][0]["accountEntry"]["id"],
        payment["accountEntry"]["id"]
    );
    assert_eq!(back["allowedActions"], json!(["RECONCILE", "REVERSE"]));
    let refused = till
        .refused("paymentRefund", refund(&till, "19.89", json!({})))
        .await;
    assert_eq!(
        refused,
        ("NOT_ALLOWED".to_owned(), "input.amount".to_owned())
    );
    done(
        till.client(),
        "paymentRefund",
        refund(&till, "19.88", json!({})),
    )
    .await;
    till.check_books().await;
}

#[tokio::test]
async fn a_refund_that_bounces_is_credit_again() {
    let till = Till::open().await;
    let payment = till.record("20", json!({})).await;
    let back = done(
        till.client(),
        "paymentRefund",
        refund(&till, "20", json!({})),
    )
    .await;
    let input = json!({ "id": back["id"] });
    let refused = till.refused("paymentAllocate", input).await;
    assert_eq!(refused, ("NOT_ALLOWED".to_owned(), "input.id".to_owned()));
    let input = json!({ "id": back["id"], "expectedVersion": 1, "reason": "the cheque came back" });
    done(till.client(), "paymentReverse", input).await;
    let again = done(
        till.client(),
        "paymentAllocate",
        json!({ "id": payment["id"] }),
    )
    .await;
    assert_eq!(again["allocated"]["amount"], "20");
    till.check_books().await;
}

#[tokio::test]
async fn named_credits_are_used_up_in_their_order() {
    let till = Till::open().await;
    let one = till.record("10", json!({})).await["accountEntry"]["id"].clone();
    let two = till.record("10", json!({})).await["accountEntry"]["id"].clone();
    let named = json!({ "creditEntryIds": [two, one, two] });
    let back = done(till.client(), "paymentRefund", refund(&till, "12", named)).await;
    let used: Vec<_> = back["allocations"].as_array().unwrap().iter().collect();
    assert_eq!(used.len(), 2);
    for part in used {
        let amount = if part["accountEntry"]["id"] == two {
            "10"
        } else {
            "2"
        };
        assert_eq!(part["amount"]["amount"], amount);
    }
    for named in [json!([two]), json!([till.debts[0]])] {
        let input = refund(&till, "1", json!({ "creditEntryIds": named }));
        let refused = till.refused("paymentRefund", input).await;
        assert_eq!(
            refused,
            ("NOT_FOUND".to_owned(), "input.creditEntryIds.0".to_owned())
        );
    }
    till.check_books().await;
}
