//! Invoices of an order come to what the order comes to, to the last digit.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Desk, line, number, sums};

fn amount(value: &Value, pointer: &str) -> Decimal {
    number(value, pointer).parse().unwrap()
}

#[tokio::test]
async fn odd_parts_come_to_the_order() {
    let desk = Desk::open().await;
    let (sand, lime) = (
        desk.taxed("SAND", "7.7").await,
        desk.taxed("LIME", "19").await,
    );
    let order = desk
        .ordered(json!([
            line(&sand, "7", "14.2857"),
            line(&lime, "11", "0.3333"),
            line(&sand, "13", "0.0777"),
        ]))
        .await;
    let parts: [&[(usize, &str)]; 4] = [
        &[(0, "1"), (1, "3")],
        &[(0, "2"), (2, "7")],
        &[(1, "5"), (0, "3")],
        &[(0, "1"), (1, "3"), (2, "6")],
    ];
    let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
    for part in parts {
        let delivery = desk.pick_up(&order, part).await;
        let drafts = desk.drafts(&[delivery]).await;
        let posted = desk.post(&drafts[0]).await;
        net += amount(&posted, "/net/amount");
        tax += amount(&posted, "/tax/amount");
        let lines = posted["lines"].as_array().unwrap();
        let sum: Decimal = lines.iter().map(|line| amount(line, "/tax/amount")).sum();
        assert_eq!(sum, amount(&posted, "/tax/amount"));
    }
    let order = desk.order(&order).await;
    let (net, tax) = (net.normalize().to_string(), tax.normalize().to_string());
    assert_eq!(sums(&order["totals"]), [net, tax]);
    assert_eq!(order["state"], "CLOSED");
}

#[tokio::test]
async fn three_billion_dong_are_exact() {
    let desk = Desk::open_in("VND", "Asia/Ho_Chi_Minh").await;
    let steel = desk.taxed("STEEL", "8").await;
    let order = desk
        .ordered(json!([
            line(&steel, "3000", "1000000"),
            line(&steel, "7", "0.5")
        ]))
        .await;
    desk.pick_up(&order, &[]).await;
    let draft = desk.draft_of(&order, "DELIVERED").await["invoice"].clone();
    let posted = desk.post(&draft).await;
    // 3 000 000 000 and 3.5, which is 4.
    assert_eq!(sums(&posted), ["3000000004", "240000000"]);
    assert_eq!(posted["net"]["currency"], "VND");
    assert_eq!(number(&posted, "/open/amount"), "3240000004");
}
