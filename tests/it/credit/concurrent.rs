//! Sales at once never come to more than may be owed.

use serde_json::json;
use tubex::dealer::credit::check::check;
use tubex::dealer::credit::commitments;
use tubex::dealer::credit::model::CommitmentBucket;
use tubex::dealer::credit::verdict::{CreditPoint, Verdict};
use tubex::tenancy::Access;
use uuid::Uuid;

use super::{Shop, buyer, commitment, decimal};

/// Orders for so much if the check lets it; whether it did.
async fn order(shop: &Shop, customer: &str, job: Option<&str>, amount: &str) -> bool {
    let who = buyer(customer, job);
    let mut tx = shop.begin(Access::Write).await;
    let verdict = check(&mut tx, who, amount.parse().unwrap(), CreditPoint::Order)
        .await
        .unwrap();
    let is_allowed = matches!(verdict, Verdict::Allowed(_));
    if is_allowed {
        let row = commitment(who, Uuid::new_v4(), CommitmentBucket::Ordered, amount);
        commitments::put(&mut tx, vec![row]).await.unwrap();
    }
    tx.commit().await.unwrap();
    is_allowed
}

#[tokio::test]
async fn sales_at_once_stay_within_the_limit() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let jobs = [
        shop.job(&customer, "A").await,
        shop.job(&customer, "B").await,
    ];
    let tries = (0..32).map(|number| {
        let job = jobs.get(number % 3).map(String::as_str);
        order(&shop, &customer, job, "70")
    });
    let won = futures_util::future::join_all(tries).await;
    assert_eq!(
        won.iter().filter(|won| **won).count(),
        14,
        "fourteen times 70 fit into 1000"
    );
    let status = shop.status(&customer, None, "0").await;
    assert_eq!(
        decimal(&status["exposure"]["ordered"]["amount"]),
        980.into()
    );
}

#[tokio::test]
async fn an_override_is_used_up_by_one_sale() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "0").await;
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    for amount in ["50", "80"] {
        let grant =
            json!({ "customerId": customer, "amount": amount, "reason": "r", "until": until });
        shop.done("creditOverrideGrant", "creditOverride { id }", grant)
            .await;
    }
    let tries = (0..12).map(|_| order(&shop, &customer, None, "60"));
    let won = futures_util::future::join_all(tries).await;
    assert_eq!(
        won.iter().filter(|won| **won).count(),
        1,
        "60 fit into the one of 80 alone"
    );
    assert!(
        order(&shop, &customer, None, "10").await,
        "the one of 50 is left"
    );
    assert!(!order(&shop, &customer, None, "10").await);
}
