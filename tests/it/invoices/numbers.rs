//! Numbers: without a gap, each once, in the order of posting.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Desk, customer, line, mutate, refused, send, step};
use crate::stock::key;

/// Drafts of so many customers' own.
async fn drafts(desk: &Desk, count: usize) -> Vec<Value> {
    let sand = desk.goods("SAND").await;
    let mut drafts = Vec::new();
    for index in 0..count {
        let mut input = desk.order_input(&json!([line(&sand, "1", "3")]));
        if index % 2 == 1 {
            let other = customer(desk.client(), &format!("C{index}"), "1000").await;
            input["customerId"] = json!(other);
        }
        let order = desk.confirmed(input).await;
        drafts.push(desk.draft_of(&order, "ORDERED").await["invoice"].clone());
    }
    drafts
}

#[tokio::test]
async fn thirty_two_who_post_at_once_leave_no_gap() {
    let desk = Arc::new(Desk::open().await);
    let drafts = drafts(&desk, 32).await;
    let works = drafts.into_iter().map(|draft| {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let answer = send(desk.client(), "invoicePost", &step(&draft)).await;
            answer.body["data"]["payload"]["invoice"]["number"]
                .as_i64()
                .unwrap()
        })
    });
    let mut numbers = Vec::new();
    for done in futures_util::future::join_all(works).await {
        numbers.push(done.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=32).collect::<Vec<i64>>());
    // Whoever was committed first has the lower number.
    let query = format!(
        "SELECT payload ->> 'number' FROM {}.events WHERE name = 'invoice.posted' ORDER BY id",
        desk.dealer().schema
    );
    let rows = crate::support::owner().await.query(&query, &[]).await;
    let told: Vec<i64> = rows
        .unwrap()
        .iter()
        .map(|row| row.get::<_, String>(0).parse().unwrap())
        .collect();
    assert_eq!(told, (1..=32).collect::<Vec<i64>>());
}

#[tokio::test]
async fn one_that_is_undone_gives_its_number_back() {
    let desk = Desk::open().await;
    let drafts = drafts(&desk, 2).await;
    // Something behind the number refuses it: the account has an entry of this document.
    let owner = crate::support::owner().await;
    let schema = &desk.dealer().schema;
    let wall = format!(
        "ALTER TABLE {schema}.account_entries ADD CONSTRAINT wall CHECK (kind <> 'INVOICE') NOT VALID"
    );
    owner.batch_execute(&wall).await.unwrap();
    let answer = desk
        .client()
        .send(
            &super::document("invoicePost"),
            json!({ "input": step(&drafts[0]) }),
        )
        .await;
    assert_eq!(answer.code(), "INTERNAL", "{:#}", answer.body);
    let clear = format!("ALTER TABLE {schema}.account_entries DROP CONSTRAINT wall");
    owner.batch_execute(&clear).await.unwrap();
    assert_eq!(desk.invoice(&drafts[0]["id"]).await["state"], "DRAFT");
    assert_eq!(desk.post(&drafts[1]).await["number"], 1);
    assert_eq!(desk.post(&drafts[0]).await["number"], 2);
}

#[tokio::test]
async fn one_draft_is_posted_once_whoever_does_it() {
    let desk = Arc::new(Desk::open().await);
    let draft = drafts(&desk, 1).await.remove(0);
    let works = (0..8).map(|_| {
        let (desk, mut input) = (Arc::clone(&desk), step(&draft));
        input["idempotencyKey"] = json!(key());
        tokio::spawn(async move { mutate(desk.client(), "invoicePost", input).await })
    });
    let mut posted = 0;
    for done in futures_util::future::join_all(works).await {
        let payload = done.unwrap();
        if payload["invoice"].is_null() {
            assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
        } else {
            posted += 1;
        }
    }
    assert_eq!(posted, 1);
}

#[tokio::test]
async fn eight_who_bill_the_same_order_bill_it_once() {
    let desk = Arc::new(Desk::open().await);
    let sand = desk.goods("SAND").await;
    let order = desk.ordered(json!([line(&sand, "10", "3")])).await;
    desk.pick_up(&order, &[]).await;
    let works = (0..8).map(|_| {
        let (desk, order) = (Arc::clone(&desk), order.clone());
        tokio::spawn(async move { desk.draft_of(&order, "DELIVERED").await })
    });
    let mut drafted = 0;
    for done in futures_util::future::join_all(works).await {
        drafted += usize::from(!done.unwrap()["invoice"].is_null());
    }
    assert_eq!(drafted, 1);
}
