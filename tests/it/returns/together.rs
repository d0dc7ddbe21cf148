//! Many at once, on the same goods.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Counter, document, step, step_with};

/// Sends it until there is room for it; gives the code of the refusal, or OK.
async fn insist(counter: &Counter, field: &str, input: &Value) -> String {
    loop {
        let answer = counter
            .client()
            .send(&document(field), json!({ "input": input }))
            .await;
        if answer.code() == "OVERLOADED" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        }
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        let code = &answer.body["data"]["payload"]["userErrors"][0]["code"];
        return code.as_str().unwrap_or("OK").to_owned();
    }
}

#[tokio::test]
async fn of_many_who_bring_the_last_bag_back_one_wins() {
    let counter = Arc::new(Counter::open().await);
    let order = counter.ten().await;
    counter.requested(&order, "9").await;
    let works = (0..8).map(|_| {
        let (counter, order) = (Arc::clone(&counter), order.clone());
        tokio::spawn(async move {
            let input = counter.input(&order, "1");
            insist(&counter, "returnRequest", &input).await
        })
    });
    let mut codes = Vec::new();
    for done in futures_util::future::join_all(works).await {
        codes.push(done.unwrap());
    }
    codes.sort();
    assert_eq!(codes[7], "OK", "{codes:?}");
    assert!(
        codes[..7].iter().all(|code| code == "NOT_ALLOWED"),
        "{codes:?}"
    );
}

#[tokio::test]
async fn of_a_receipt_and_a_rejection_at_once_one_wins() {
    let counter = Counter::open().await;
    for _ in 0..4 {
        let order = counter.ten().await;
        let found = counter.approved(&order, "4").await;
        let (receive, reject) = (step(&found), step_with(&found, &[("answer", json!("no"))]));
        let (received, rejected) = tokio::join!(
            insist(&counter, "returnReceive", &receive),
            insist(&counter, "returnReject", &reject)
        );
        let state = counter.found(&found).await["state"].clone();
        match (received.as_str(), rejected.as_str()) {
            ("OK", "CONFLICT") => assert_eq!(state, "RECEIVED"),
            ("CONFLICT", "OK") => assert_eq!(state, "REJECTED"),
            other => panic!("{other:?}"),
        }
    }
    counter.yard.books_are_right().await;
}

/// Several returns of several orders, received and credited at once: the books hold.
#[tokio::test]
async fn returns_of_all_kinds_at_once_leave_right_books() {
    let counter = Arc::new(Counter::open().await);
    let mut works = Vec::new();
    for _ in 0..4 {
        let order = counter.ten().await;
        counter.billed(&order).await;
        for _ in 0..2 {
            let found = counter.approved(&order, "5").await;
            let counter = Arc::clone(&counter);
            works.push(tokio::spawn(async move {
                let code = insist(&counter, "returnReceive", &step(&found)).await;
                assert_eq!(code, "OK");
                let found = counter.found(&found).await;
                insist(&counter, "returnCredit", &step(&found)).await
            }));
        }
    }
    for done in futures_util::future::join_all(works).await {
        assert_eq!(done.unwrap(), "OK");
    }
    assert_eq!(counter.yard.level(&counter.cement).await[0], "1000");
    assert_eq!(counter.owed().await, "0");
    counter.yard.books_are_right().await;
}
