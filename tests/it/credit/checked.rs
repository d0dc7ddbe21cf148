//! What the check says, and from what: every amount in one bucket.

use serde_json::json;
use tubex::dealer::credit::check::check;
use tubex::dealer::credit::commitments;
use tubex::dealer::credit::model::{CommitmentBucket as Bucket, CommitmentSource};
use tubex::dealer::credit::verdict::{CreditLimitOf, CreditPoint, Verdict};
use tubex::tenancy::Access;
use uuid::Uuid;

use super::{Shop, buyer, commitment, decimal};

const STATUS: &str = "creditStatus { daysOverdue }";

async fn total(shop: &Shop, customer: &str) -> rust_decimal::Decimal {
    let status = shop.status(customer, None, "0").await;
    decimal(&status["exposure"]["total"]["amount"])
}

#[tokio::test]
async fn an_amount_goes_from_bucket_to_bucket_and_is_never_in_two() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let (who, order, delivery) = (buyer(&customer, None), Uuid::new_v4(), Uuid::new_v4());
    shop.commit(vec![commitment(who, order, Bucket::Ordered, "100")])
        .await;
    // Sent twice, it counts once: there is one row for a document.
    shop.commit(vec![commitment(who, order, Bucket::Ordered, "100")])
        .await;
    assert_eq!(total(&shop, &customer).await, 100.into());
    let moved = vec![
        commitment(who, order, Bucket::Ordered, "70"),
        commitment(who, delivery, Bucket::Delivered, "30"),
    ];
    shop.commit(moved).await;
    let status = shop.status(&customer, None, "0").await;
    let exposure = &status["exposure"];
    assert_eq!(decimal(&exposure["ordered"]["amount"]), 70.into());
    assert_eq!(decimal(&exposure["delivered"]["amount"]), 30.into());
    assert_eq!(decimal(&exposure["total"]["amount"]), 100.into());
    // Invoiced: out of one, into the other.
    let mut tx = shop.begin(Access::Write).await;
    commitments::release(&mut tx, CommitmentSource::Delivery, &[delivery])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    shop.owes(&customer, None, "30", "2026-01-01").await;
    shop.owes(&customer, None, "-12", "2026-01-01").await;
    assert_eq!(total(&shop, &customer).await, 88.into());
}

#[tokio::test]
async fn what_is_only_ordered_counts_where_orders_are_checked() {
    let shop = Shop::open().await;
    let customer = shop.customer("BRICK", "100").await;
    let who = buyer(&customer, None);
    shop.commit(vec![commitment(who, Uuid::new_v4(), Bucket::Ordered, "90")])
        .await;
    let at = async |point| {
        let mut tx = shop.begin(Access::Write).await;
        check(&mut tx, who, 20.into(), point).await.unwrap()
    };
    let over = Verdict::Over {
        limit: 100.into(),
        exposure: 90.into(),
        by: 10.into(),
        whose: CreditLimitOf::Customer,
    };
    assert_eq!(at(CreditPoint::Order).await, over);
    // It was looked at when it was ordered, so not again.
    assert_eq!(at(CreditPoint::Delivery).await, Verdict::Allowed(None));
    for (version, setting, bites) in [
        (2, "DELIVERY", CreditPoint::Delivery),
        (3, "INVOICE", CreditPoint::Invoice),
    ] {
        let input = json!({ "customerId": customer, "expectedVersion": version, "limit": "10",
            "creditCheck": setting, "reason": "orders run for months" });
        shop.done("creditLimitSet", STATUS, input).await;
        for point in [
            CreditPoint::Order,
            CreditPoint::Delivery,
            CreditPoint::Invoice,
        ] {
            let verdict = at(point).await;
            assert_eq!(
                verdict != Verdict::Allowed(None),
                point == bites,
                "{setting} {point:?}"
            );
        }
    }
    let input = json!({ "customerId": customer, "expectedVersion": 4, "limit": "0",
        "creditCheck": "NONE", "reason": "pays in advance" });
    shop.done("creditLimitSet", STATUS, input).await;
    for point in [
        CreditPoint::Order,
        CreditPoint::Delivery,
        CreditPoint::Invoice,
    ] {
        assert_eq!(at(point).await, Verdict::Allowed(None));
    }
}

#[tokio::test]
async fn the_jobs_limit_and_the_customers_hold_both() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let (job, other) = (
        shop.job(&customer, "A").await,
        shop.job(&customer, "B").await,
    );
    let input = json!({ "jobId": job, "expectedVersion": 1, "limit": "40", "reason": "r" });
    shop.done("creditLimitSet", STATUS, input).await;
    shop.owes(
        &customer,
        Some(&job),
        "30",
        "2999-01-01".replace("2999", "2199").as_str(),
    )
    .await;
    shop.owes(&customer, Some(&other), "50", "2199-01-01").await;
    for (named, amount, answer, whose, by) in [
        (Some(&job), "10", "ALLOWED", json!(null), json!(null)),
        (
            Some(&job),
            "11",
            "OVER_LIMIT",
            json!("JOB"),
            json!("1.0000"),
        ),
        (Some(&other), "20", "ALLOWED", json!(null), json!(null)),
        (
            Some(&other),
            "20.01",
            "OVER_LIMIT",
            json!("CUSTOMER"),
            json!("0.0100"),
        ),
        (None, "21", "OVER_LIMIT", json!("CUSTOMER"), json!("1.0000")),
    ] {
        let status = shop
            .status(&customer, named.map(String::as_str), amount)
            .await;
        let verdict = &status["verdict"];
        assert_eq!(
            (
                &verdict["answer"],
                &verdict["limitOf"],
                &verdict["overBy"]["amount"]
            ),
            (&json!(answer), &whose, &by),
            "{amount}: {status:#}"
        );
    }
    let status = shop.status(&customer, Some(&job), "0").await;
    assert_eq!(
        decimal(&status["jobExposure"]["total"]["amount"]),
        30.into()
    );
    assert_eq!(decimal(&status["limit"]["amount"]), 40.into());
}

#[tokio::test]
async fn overdue_debts_stop_sales_where_the_dealer_says_so() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let due = (chrono::Utc::now() - chrono::TimeDelta::days(20))
        .date_naive()
        .to_string();
    let entry = json!({ "customerId": customer, "amount": "10", "documentOn": due, "dueOn": due });
    shop.done(
        "accountOpeningAdd",
        "entries { id }",
        json!({ "entries": [entry] }),
    )
    .await;
    let says = async || shop.status(&customer, None, "1").await["verdict"]["answer"].clone();
    assert_eq!(says().await, "ALLOWED");
    for (version, days, answer) in [(0, 30, "ALLOWED"), (1, 20, "ALLOWED"), (2, 19, "OVERDUE")] {
        let input = json!({ "expectedVersion": version, "overdueDays": days });
        shop.done("creditSettingsSet", "settings { version }", input)
            .await;
        assert_eq!(says().await, answer, "{days}");
    }
    let status = shop.status(&customer, None, "1").await;
    assert_eq!(status["daysOverdue"], 20);
}

#[tokio::test]
async fn a_hold_stops_what_is_ordered_and_what_leaves_and_is_not_overridden() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    let grant = json!({ "customerId": customer, "amount": "9000", "reason": "r", "until": until });
    shop.done("creditOverrideGrant", "creditOverride { id }", grant)
        .await;
    let hold = json!({ "id": customer, "expectedVersion": 2, "reason": "dispute" });
    shop.done("customerHoldSet", STATUS, hold).await;
    let who = buyer(&customer, None);
    for (point, held) in [
        (CreditPoint::Order, true),
        (CreditPoint::Delivery, true),
        (CreditPoint::Invoice, false),
    ] {
        let mut tx = shop.begin(Access::Write).await;
        let verdict = check(&mut tx, who, 1.into(), point).await.unwrap();
        let wanted = if held {
            Verdict::OnHold("dispute".to_owned())
        } else {
            Verdict::Allowed(None)
        };
        assert_eq!(verdict, wanted);
    }
}

#[tokio::test]
async fn a_status_costs_the_same_however_much_is_open() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let job = shop.job(&customer, "LOT").await;
    let query =
        "query($id: ID!, $job: ID) { creditStatus(customerId: $id, jobId: $job, amount: \"5\") {
        exposure { total { amount } } jobExposure { total { amount } } verdict { answer } } }";
    let mut costs = Vec::new();
    for _ in 0..2 {
        let answer = shop
            .dealer
            .client
            .send(query, json!({ "id": customer, "job": job }))
            .await;
        costs.push(answer.statements());
        let line = json!({ "customerId": customer, "jobId": job, "amount": "1", "documentOn": "2199-01-01" });
        let lines = vec![line; 300];
        shop.done(
            "accountOpeningAdd",
            "entries { id }",
            json!({ "entries": lines }),
        )
        .await;
    }
    // The customer, the job; what is open; what is committed; the settings.
    assert_eq!(costs, [5, 5]);
}
