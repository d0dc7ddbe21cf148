//! What other documents do to an order: its axes, its state, and its sum in parts.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tubex::dealer::orders::fulfil::lock;
use tubex::dealer::orders::model::OrderId;
use tubex::kernel::money::tax_of;

use super::{Counter, line, number};

fn axes(order: &Value) -> [&str; 3] {
    ["state", "fulfilment", "billing"].map(|key| order[key].as_str().unwrap())
}

#[tokio::test]
async fn an_order_is_closed_when_all_is_delivered_and_invoiced_and_opened_when_not() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.stocked("CEM", "10").await,
        counter.stocked("SND", "10").await,
    );
    let order = counter
        .confirmed(json!([line(&cement, "4"), line(&sand, "4")]))
        .await;
    let order = counter
        .progress(&order, |line| line.planned = 4.into())
        .await;
    assert_eq!(axes(&order), ["CONFIRMED", "NONE", "NONE"]);
    let order = counter
        .progress(&order, |line| {
            if line.position == 0 {
                (line.planned, line.delivered) = (0.into(), 4.into());
            }
        })
        .await;
    assert_eq!(axes(&order), ["CONFIRMED", "PARTIAL", "NONE"]);
    let order = counter
        .progress(&order, |line| {
            (line.planned, line.delivered, line.invoiced) = (0.into(), 4.into(), 4.into());
        })
        .await;
    assert_eq!(axes(&order), ["CLOSED", "FULL", "FULL"]);
    assert_eq!(order["allowedActions"], json!([]));
    // Something came back and was credited.
    let order = counter
        .progress(&order, |line| {
            (line.returned, line.invoiced) = (1.into(), 3.into());
        })
        .await;
    assert_eq!(axes(&order), ["CLOSED", "FULL", "FULL"]);
    // An invoice was taken back.
    let order = counter
        .progress(&order, |line| line.invoiced = 0.into())
        .await;
    assert_eq!(axes(&order), ["CONFIRMED", "FULL", "NONE"]);
    let told = counter.told().await;
    assert_eq!(
        told[2..],
        ["order.progressed", "order.closed", "order.progressed"].map(str::to_owned)
    );
}

/// Defect 10: whatever the parts in which lines are invoiced, they add up to the order.
#[tokio::test]
async fn an_order_comes_to_the_sum_of_its_parts() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.stocked("CEM", "10").await,
        counter.stocked("SND", "10").await,
    );
    counter.taxed(&cement, "FULL", "19").await;
    counter.taxed(&sand, "LESS", "7").await;
    let order = counter
        .confirmed(json!([
            { "productId": cement, "quantity": { "value": "7" }, "unitPrice": "3.3333", "discount": "12.5", "priceReason": "x" },
            { "productId": cement, "quantity": { "value": "3" }, "unitPrice": "0.07", "priceReason": "x" },
            { "productId": sand, "quantity": { "value": "9" }, "unitPrice": "1.1111", "priceReason": "x" },
        ]))
        .await;
    let id: OrderId = order["id"].as_str().unwrap().parse().unwrap();
    let mut tx = counter.begin().await;
    let lines = lock(&mut tx, &[id])
        .await
        .unwrap()
        .remove(&id)
        .unwrap()
        .lines;
    drop(tx);
    let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
    for rate in ["19", "7"] {
        let rate: Decimal = rate.parse().unwrap();
        let (mut invoiced, mut taxed) = (Decimal::ZERO, Decimal::ZERO);
        // One base unit of each line at a time.
        for step in 1..=9 {
            for line in lines.iter().filter(|line| line.tax_rate == rate) {
                let (before, now) = (Decimal::from(step - 1), Decimal::from(step));
                let range = (before, now.min(line.quantity));
                invoiced += line.net_between(range, 2).unwrap();
            }
            taxed += tax_of(invoiced, rate, 2).unwrap() - taxed;
        }
        (net, tax) = (net + invoiced, tax + taxed);
    }
    assert_eq!(
        net.normalize().to_string(),
        number(&order, "/totals/net/amount")
    );
    assert_eq!(
        tax.normalize().to_string(),
        number(&order, "/totals/tax/amount")
    );
}
