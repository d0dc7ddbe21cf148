//! A client that does not read.

use std::time::Duration;

use serde_json::json;

use super::{follow, heard, id, number, tell};
use crate::support::Server;

const EVENTS: usize = 4000;

/// What makes each message some kilobytes long.
fn long() -> String {
    let fields: String = (0..120)
        .map(|number| format!("at{number}: at event{number}: event"))
        .collect::<Vec<_>>()
        .join(" ");
    format!("subscription {{ productChanged {{ eventId {fields} }} }}")
}

#[tokio::test]
async fn who_does_not_read_is_closed_and_holds_nobody_up() {
    let patience = Duration::from_millis(1500);
    let server = Server::start_with(|settings| settings.slow_client_ms = patience).await;
    let dealer = server.dealer().await;
    let mut slow = server.socket(&dealer).await;
    slow.subscribe("long", &long(), json!({})).await;
    slow.settle().await;
    let mut quick = follow(&server, &dealer, None).await;
    quick.settle().await;
    for _ in 0..EVENTS / 500 {
        tell(&server, &dealer, 500).await;
    }
    for expected in 1..=EVENTS {
        let expected = i64::try_from(expected).unwrap();
        assert_eq!(number(&heard(&mut quick).await), expected);
    }
    // As soon as the buffers on the way are full, and then his patience is over.
    crate::support::until("the server gives up", async || {
        let metrics = &server.app.serving.socket_metrics;
        metrics
            .ends()
            .any(|([(_, reason)], count)| reason == "slow" && count == 1)
    })
    .await;
    let (code, reason, messages) = slow.last_words().await;
    assert_eq!(code, 4413, "{reason}");
    assert!(messages.len() < EVENTS, "{}", messages.len());
    // What he has read has no gap, and he goes on behind it.
    let read: Vec<i64> = messages
        .iter()
        .map(|message| &message["payload"]["data"]["productChanged"]["eventId"])
        .map(|id| number(id.as_str().unwrap()))
        .collect();
    let last = i64::try_from(read.len()).unwrap();
    assert_eq!(read, (1..=last).collect::<Vec<_>>());
    let mut back = follow(&server, &dealer, Some(&id(last))).await;
    for expected in last + 1..=i64::try_from(EVENTS).unwrap() {
        assert_eq!(number(&heard(&mut back).await), expected);
    }
    back.settle().await;
}
