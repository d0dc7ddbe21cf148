//! Many at once: never is more settled than is owed.

use futures_util::future::join_all;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Till, done, send};
use crate::credit::decimal;

fn is_done(payload: &Value) -> bool {
    payload["userErrors"] == json!([])
}

#[tokio::test]
async fn thirty_two_who_pay_the_same_debt_settle_it_once() {
    let till = Till::open().await;
    // Each pays 10 on a debt of 60: six can.
    let tries = (0..32).map(|_| {
        let input = till.pays("10", json!({ "allocations": [till.part(0, "10")] }));
        send(till.client(), "paymentRecord", input)
    });
    let payloads = join_all(tries).await;
    assert_eq!(
        payloads.iter().filter(|payload| is_done(payload)).count(),
        6
    );
    for payload in payloads.iter().filter(|payload| !is_done(payload)) {
        let refused = crate::credit::refused(payload);
        assert_eq!(
            refused,
            ("NOT_ALLOWED", "input.allocations.0.amount".to_owned())
        );
    }
    assert_eq!(till.open_debts().await, ["0", "50", "40.12"]);
    till.check_books().await;
}

#[tokio::test]
async fn payments_allocations_reversals_and_refunds_at_once_keep_the_books_right() {
    let till = Till::open().await;
    let mut payments = Vec::new();
    for _ in 0..8 {
        payments.push(till.record("30", json!({})).await);
    }
    let tries = (0..32).map(|number| {
        let payment = &payments[number % 8];
        let (field, input) = match number / 8 {
            0 => ("paymentAllocate", json!({ "id": payment["id"] })),
            1 => ("paymentRecord", till.pays("7.5", json!({ "auto": true }))),
            2 => {
                let input =
                    json!({ "id": payment["id"], "expectedVersion": 1, "reason": "no funds" });
                ("paymentReverse", input)
            }
            _ => {
                let input =
                    json!({ "customerId": till.customer, "method": "CASH", "amount": "25" });
                ("paymentRefund", input)
            }
        };
        send(till.client(), field, input)
    });
    join_all(tries).await;
    till.check_books().await;
    let entries = till.entries().await;
    let sum = |field: &str| -> Decimal {
        entries
            .iter()
            .map(|entry| decimal(&entry[field]["amount"]))
            .sum()
    };
    assert_eq!(sum("amount"), sum("open"), "settling changes no balance");
    for entry in &entries {
        let (amount, open) = (
            decimal(&entry["amount"]["amount"]),
            decimal(&entry["open"]["amount"]),
        );
        assert!(open.abs() <= amount.abs(), "{entry}");
        assert!(
            open.is_zero() || open.is_sign_negative() == amount.is_sign_negative(),
            "{entry}"
        );
    }
}

#[tokio::test]
async fn a_number_of_the_bank_that_comes_many_times_at_once_is_recorded_once() {
    let till = Till::open().await;
    let tries = (0..16).map(|_| {
        let input = till.pays("10", json!({ "externalRef": "TX-1" }));
        send(till.client(), "paymentRecord", input)
    });
    let payloads = join_all(tries).await;
    assert_eq!(
        payloads.iter().filter(|payload| is_done(payload)).count(),
        1
    );
    for payload in payloads.iter().filter(|payload| !is_done(payload)) {
        let refused = crate::credit::refused(payload);
        assert_eq!(refused, ("ALREADY_EXISTS", "input.externalRef".to_owned()));
    }
    till.check_books().await;
}

#[tokio::test]
async fn customers_who_pay_at_once_get_numbers_without_a_gap() {
    let till = Till::open().await;
    let mut customers = vec![till.customer.clone()];
    for code in ["B", "C", "D"] {
        customers.push(till.shop.customer(code, "0").await);
    }
    let tries = (0..24).map(|number| {
        let mut input = till.pays("1", json!({}));
        input["customerId"] = json!(customers[number % 4]);
        done(till.client(), "paymentRecord", input)
    });
    let made = join_all(tries).await;
    let mut numbers: Vec<i64> = made
        .iter()
        .map(|payment| payment["number"].as_i64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
    till.check_books().await;
}
