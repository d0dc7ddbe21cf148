//! Jobs: their states, and limits that the customer's caps.

use serde_json::{Value, json};

use super::{Shop, refused};

const JOB: &str = "job { id status version code holdReason allowedActions siteInstructions
    creditLimit { amount } effectiveCreditLimit { amount } }";

#[tokio::test]
async fn a_job_goes_from_state_to_state_and_no_other_way() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let job = shop.job(&customer, "LOT-1").await;
    let mut version = 1;
    let steps = [
        ("jobDeactivate", "INACTIVE"),
        ("jobReopen", "ACTIVE"),
        ("jobDisable", "DISABLED"),
        ("jobReopen", "ACTIVE"),
        ("jobClose", "CLOSED"),
        ("jobReopen", "ACTIVE"),
    ];
    for (step, status) in steps {
        let input = json!({ "id": job, "expectedVersion": version });
        let made = shop.done(step, JOB, input.clone()).await;
        assert_eq!(made["job"]["status"], status);
        version += 1;
        let again = shop.mutate(step, JOB, input).await;
        assert_eq!(
            refused(&again),
            ("NOT_ALLOWED", "input.id".to_owned()),
            "{step}"
        );
    }
    let hold = json!({ "id": job, "expectedVersion": version, "reason": "unpaid" });
    let selection = "creditStatus { verdict { answer holdReason } job { status version } }";
    let answer = shop.done("jobHoldSet", selection, hold).await;
    assert_eq!(
        answer["creditStatus"]["verdict"],
        json!({ "answer": "ON_HOLD", "holdReason": "unpaid" })
    );
    // The customer's other sales go on.
    let other = shop.status(&customer, None, "1").await;
    assert_eq!(other["verdict"]["answer"], "ALLOWED");
    let release = json!({ "id": job, "expectedVersion": version + 1 });
    let answer = shop.done("jobHoldRelease", selection, release).await;
    assert_eq!(answer["creditStatus"]["job"]["status"], "ACTIVE");
}

#[tokio::test]
async fn codes_are_unique_for_each_customer() {
    let shop = Shop::open().await;
    let (one, other) = (shop.customer("A", "0").await, shop.customer("B", "0").await);
    shop.job(&one, "LOT").await;
    shop.job(&other, "LOT").await;
    let input =
        json!({ "customerId": one, "code": "LOT", "name": "x", "addressLine": "x", "city": "x" });
    let twice = shop.mutate("jobCreate", JOB, input).await;
    assert_eq!(refused(&twice), ("ALREADY_EXISTS", "input.code".to_owned()));
}

#[tokio::test]
async fn a_jobs_own_limit_is_capped_by_the_customers() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let job = shop.job(&customer, "LOT").await;
    let read = "query($id: ID!) { job(id: $id) { version creditLimit { amount }
        effectiveCreditLimit { amount } siteInstructions } }";
    let limits = async || {
        let data = shop.get(read, json!({ "id": job })).await;
        let own = data["job"]["creditLimit"]["amount"].clone();
        (own, data["job"]["effectiveCreditLimit"]["amount"].clone())
    };
    assert_eq!(limits().await, (Value::Null, json!("100.0000")));
    for (version, limit, effective) in [(1, "40", "40.0000"), (2, "900", "100.0000")] {
        let input =
            json!({ "jobId": job, "expectedVersion": version, "limit": limit, "reason": "r" });
        let made = shop
            .done("creditLimitSet", "creditStatus { limit { amount } }", input)
            .await;
        assert_eq!(made["creditStatus"]["limit"]["amount"], effective);
        assert_eq!(limits().await.1, effective);
    }
    let input = json!({ "jobId": job, "expectedVersion": 3, "limit": null, "reason": "r" });
    shop.done("creditLimitSet", "creditStatus { daysOverdue }", input)
        .await;
    assert_eq!(limits().await.0, Value::Null);
}

#[tokio::test]
async fn a_job_with_something_open_is_disabled_and_not_closed() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let job = shop.job(&customer, "LOT").await;
    shop.owes(&customer, Some(&job), "10", "2026-01-01").await;
    let input = json!({ "id": job, "expectedVersion": 1 });
    let payload = shop.mutate("jobClose", JOB, input.clone()).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    shop.done("jobDisable", JOB, input).await;
}

#[tokio::test]
async fn what_is_known_of_a_job_is_changed_and_found() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let job = shop.job(&customer, "LOT").await;
    let input = json!({ "id": job, "expectedVersion": 1, "code": "LOT-7", "city": "Plainfield",
        "siteInstructions": "gate code 4711", "poNumber": "PO-9" });
    let changed = shop.done("jobUpdate", JOB, input).await;
    assert_eq!(changed["job"]["siteInstructions"], "gate code 4711");
    let list = "query($id: ID!) { jobs(where: { customerId: { eq: $id }, status: ACTIVE,
        city: { startsWith: \"plain\" } }) { totalCount nodes { code poNumber } } }";
    let found = shop.get(list, json!({ "id": customer })).await;
    assert_eq!(
        found["jobs"],
        json!({ "totalCount": 1,
        "nodes": [{ "code": "LOT-7", "poNumber": "PO-9" }] })
    );
}
