//! Sending again.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Depot, REPLAY, UPDATE, id, refusal, run, until_got};
use crate::sms::bridge::{Bridge, Does};

async fn replay(depot: &Depot, input: Value) -> Value {
    run(&depot.owner().await, REPLAY, input).await
}

#[tokio::test]
async fn one_delivery_or_all_of_some_time_are_sent_again() {
    let depot = Depot::open("webhooks_replay").await;
    let receiver = Bridge::start(&[Does::Answer(202), Does::Answer(400)]).await;
    depot.tell().await;
    let before = depot.server.clock.now() + TimeDelta::seconds(1);
    depot.wait(TimeDelta::minutes(1));
    let made = depot.endpoint(&receiver, &["unit.*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    until_got(&receiver, 1).await;
    let [delivered] = depot.until_log("DELIVERED", 1).await.try_into().unwrap();
    depot.tell().await;
    until_got(&receiver, 2).await;
    crate::support::until("the failure is noted", async || {
        depot.listed().await[0]["failedCount"] == 1
    })
    .await;
    // One, whatever became of it, under the id that it had.
    let again = replay(&depot, json!({ "deliveryId": delivered["id"] })).await;
    assert_eq!(
        (&again["count"], &again["continueFrom"]),
        (&json!(1), &Value::Null)
    );
    until_got(&receiver, 3).await;
    let requests = receiver.requests();
    assert_eq!(
        requests[2].header("webhook-id"),
        requests[0].header("webhook-id")
    );
    assert_eq!(requests[2].text, requests[0].text);
    depot.until_log("DELIVERED", 1).await;
    // Of the time since it was made only the one that failed is missing.
    let range = json!({ "endpointId": id(&made), "from": before });
    depot.wait(TimeDelta::seconds(1));
    assert_eq!(replay(&depot, range).await["count"], 1);
    until_got(&receiver, 4).await;
    depot.until_log("DELIVERED", 2).await;
    // Before that there is an event of which it was never told.
    let range = json!({ "endpointId": id(&made), "from": before - TimeDelta::hours(1) });
    assert_eq!(replay(&depot, range).await["count"], 1);
    until_got(&receiver, 5).await;
    depot.until_log("DELIVERED", 3).await;
    let all = json!({ "endpointId": id(&made), "from": before - TimeDelta::hours(1), "includeDelivered": true });
    assert_eq!(replay(&depot, all).await["count"], 3);
    until_got(&receiver, 8).await;
    crate::support::until("all three attempts are noted", async || {
        let log = depot
            .log(json!({ "messageId": delivered["messageId"] }))
            .await;
        log[0]["attempts"].as_array().unwrap().len() == 3
    })
    .await;
    couriers.kill();
}

#[tokio::test]
async fn what_can_not_be_sent_again_is_refused() {
    let depot = Depot::open("webhooks_replay_refused").await;
    let receiver = Bridge::start(&[]).await;
    let made = depot.endpoint(&receiver, &["*"]).await;
    let now = depot.server.clock.now();
    let nowhere = format!("whd_{}", "0".repeat(32));
    for (input, refused) in [
        (json!({}), ("BAD_USER_INPUT", "deliveryId")),
        (
            json!({ "deliveryId": nowhere }),
            ("NOT_FOUND", "deliveryId"),
        ),
        (
            json!({ "deliveryId": nowhere, "endpointId": id(&made), "from": now }),
            ("BAD_USER_INPUT", "deliveryId"),
        ),
        (
            json!({ "endpointId": id(&made) }),
            ("BAD_USER_INPUT", "from"),
        ),
        (
            json!({ "endpointId": id(&made), "from": now, "to": now }),
            ("BAD_USER_INPUT", "to"),
        ),
        (
            json!({ "endpointId": format!("whe_{}", "0".repeat(32)), "from": now - TimeDelta::hours(1) }),
            ("NOT_FOUND", "endpointId"),
        ),
    ] {
        let payload = replay(&depot, input.clone()).await;
        assert_eq!(refusal(&payload), refused, "{input}");
    }
    let disable = json!({ "id": id(&made), "expectedVersion": 1, "isEnabled": false });
    run(&depot.owner().await, UPDATE, disable).await;
    let range = json!({ "endpointId": id(&made), "from": now - TimeDelta::hours(1) });
    assert_eq!(
        refusal(&replay(&depot, range).await),
        ("NOT_ALLOWED", "endpointId")
    );
}
