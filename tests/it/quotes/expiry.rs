//! A quote that nobody answers in time expires: to the second, whoever looks.

use std::time::Duration;

use serde_json::json;

use super::{Office, line, refused, step, step_with};
use crate::support::until_within;

/// The last second of the last day in Hanoi, and the one behind it.
const LAST: &str = "2026-11-30T16:59:59Z";
const OVER: &str = "2026-11-30T17:00:00Z";

#[tokio::test]
async fn a_quote_can_be_accepted_in_its_last_second_and_not_later() {
    let mut office = Office::open().await;
    let (early, late) = (office.ten().await, office.ten().await);
    office.wait_until(LAST);
    let accepted = office.done("quoteAccept", step(&early)).await;
    assert_eq!(accepted["state"], "ACCEPTED");
    assert_eq!(office.quote(&late).await["state"], "SENT");
    office.wait_until(OVER);
    for field in ["quoteAccept", "quoteReject", "quoteToOrder"] {
        let input = step_with(&late, &[("reason", json!("late"))]);
        let input = if field == "quoteToOrder" {
            step(&late)
        } else {
            input
        };
        let payload = office.mutate(field, input).await;
        assert_eq!(
            refused(&payload),
            ("NOT_ALLOWED", "input.id".to_owned()),
            "{field}"
        );
    }
    let read = office.quote(&late).await;
    assert_eq!(read["state"], "EXPIRED");
    assert_eq!(read["allowedActions"], json!(["REVISE"]));
    // What was accepted in time binds.
    assert_eq!(office.quote(&early).await["state"], "ACCEPTED");
    office.done("quoteToOrder", step(&accepted)).await;
}

#[tokio::test]
async fn lists_go_by_the_day_as_well() {
    let mut office = Office::open().await;
    let sent = office.ten().await;
    let found = async |office: &Office, states: &str| {
        let query = format!(
            "{{ quotes(where: {{ states: [{states}] }}) {{ nodes {{ id state }} totalCount }} }}"
        );
        office.client.get(&query).await["quotes"].clone()
    };
    assert_eq!(found(&office, "EXPIRED").await["totalCount"], 0);
    assert_eq!(found(&office, "SENT").await["totalCount"], 1);
    office.wait_until(OVER);
    let expired = json!({ "nodes": [{ "id": sent["id"], "state": "EXPIRED" }], "totalCount": 1 });
    for states in ["EXPIRED", "EXPIRED, DRAFT", "SENT, EXPIRED"] {
        assert_eq!(found(&office, states).await, expired, "{states}");
    }
    assert_eq!(found(&office, "SENT").await["totalCount"], 0);
    assert_eq!(found(&office, "SENT, DRAFT").await["totalCount"], 0);
    let query = "{ quotes(where: { NOT: { states: [SENT] } }) { totalCount } }";
    assert_eq!(office.client.get(query).await["quotes"]["totalCount"], 1);
}

#[tokio::test]
async fn a_quote_whose_day_has_passed_is_not_sent() {
    let mut office = Office::open().await;
    let draft = office.draft(json!([line(&office.cement, "10")])).await;
    office.wait_until(OVER);
    let payload = office.mutate("quoteSend", step(&draft)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    let later = [("validUntil", json!("2026-12-01"))];
    let draft = office.done("quoteUpdate", step_with(&draft, &later)).await;
    office.done("quoteSend", step(&draft)).await;
}

#[tokio::test]
async fn an_expired_quote_is_revised() {
    let mut office = Office::open().await;
    let sent = office.ten().await;
    office.wait_until(OVER);
    let later = [("validUntil", json!("2026-12-31"))];
    let next = office.done("quoteRevise", step_with(&sent, &later)).await;
    assert_eq!(
        (&next["revision"], &next["state"]),
        (&json!(2), &json!("DRAFT"))
    );
    office.done("quoteSend", step(&next)).await;
    assert_eq!(office.quote(&sent).await["state"], "REVISED");
}

/// What the job writes down is what readers saw before; more than one transaction's worth.
#[tokio::test]
async fn the_job_writes_down_and_tells_what_has_expired() {
    let mut office = Office::open().await;
    let sent = office.ten().await;
    let kept = office.accepted(json!([line(&office.cement, "1")])).await;
    let owner = crate::support::owner().await;
    let schema = office.dealer.schema.clone();
    let many = format!(
        "SET tubex.actor = 'test'; INSERT INTO {schema}.quotes SELECT gen_random_uuid(), 1000 + n, 1, customer_id,
             job_id, state, warehouse_id, currency, valid_until, reference, note, answer_reason, net, tax, salesperson,
             sent_at, answered_at, version, created_at, updated_at
         FROM {schema}.quotes, generate_series(1, 450) AS n WHERE number = 1"
    );
    owner.batch_execute(&many).await.unwrap();
    office.wait_until(OVER);
    let order = format!(
        "SELECT platform.put_job(gen_random_uuid(), '{}', 'quotes.expire', '{{}}', 5::smallint, 0, 3, NULL)",
        office.dealer.id.uuid()
    );
    owner.batch_execute(&order).await.unwrap();
    let worker = office.server.worker();
    let left = format!("SELECT count(*) FROM {schema}.quotes WHERE state = 'SENT'");
    until_within(Duration::from_mins(1), "all have expired", async || {
        let left: i64 = owner.query_one(&left, &[]).await.unwrap().get(0);
        left == 0
    })
    .await;
    worker.stop(Duration::from_secs(5)).await;
    let read = office.quote(&sent).await;
    assert_eq!(
        (&read["state"], &read["version"]),
        (&json!("EXPIRED"), &json!(3))
    );
    assert_eq!(office.quote(&kept).await, kept);
    let told = office.told().await;
    let expired = told.iter().filter(|name| *name == "quote.expired");
    assert_eq!(expired.count(), 451);
}

/// The round orders the job of each dealer of its share, and one is enough.
#[tokio::test]
async fn a_round_orders_a_job_for_each_dealer() {
    let mut office = Office::open().await;
    office.ten().await;
    office.wait_until(OVER);
    let owner = crate::support::owner().await;
    // Two hex digits of the schema's name say which of the 64 shares it is in.
    let digits = &office.dealer.schema[2..4];
    let share = i64::from_str_radix(digits, 16).unwrap() / 4;
    let order = format!(
        "SELECT platform.put_job(gen_random_uuid(), NULL, 'platform.quotes.expire', '{{\"minute\": {share}}}',
             5::smallint, 0, 3, NULL)"
    );
    owner.batch_execute(&order).await.unwrap();
    let worker = office.server.worker();
    let left = format!(
        "SELECT count(*) FROM {}.quotes WHERE state = 'SENT'",
        office.dealer.schema
    );
    until_within(Duration::from_mins(1), "it has expired", async || {
        let left: i64 = owner.query_one(&left, &[]).await.unwrap().get(0);
        left == 0
    })
    .await;
    worker.stop(Duration::from_secs(5)).await;
}
