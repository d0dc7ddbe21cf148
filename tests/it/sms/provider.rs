//! Messages that leave by HTTP, to a real server that does as a test says.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use tokio::sync::watch;
use tubex::db::connect::tls_config;
use tubex::platform::rounds::Rounds;
use tubex::platform::sms::http::HttpSms;
use tubex::platform::sms::outbox::SmsOutbox;

use super::bridge::{Bridge, Does, Request};
use super::{ADD, Booth, DIALLED, PHONE, TAKE};
use crate::factors::{code, run};
use crate::support::{Client, until};

const STATES: &str = "SELECT state FROM platform.text_messages ORDER BY id";

/// A code has been asked for.
async fn one_message(name: &'static str) -> (Booth, Client) {
    let booth = Booth::open(name).await;
    let client = booth.client(&booth.login().await);
    let begun = run(&client, ADD, json!({ "phone": PHONE })).await;
    assert_eq!(code(&begun), "none");
    (booth, client)
}

fn sender(url: &str) -> HttpSms {
    let authority = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/sms/tls/authority.pem"
    );
    let tls = tls_config(Some(authority.as_ref())).unwrap();
    HttpSms::new(url, &"hush-42".into(), tls).unwrap()
}

/// What sends to the provider at `url`.
fn outbox(booth: &Booth, url: &str) -> SmsOutbox {
    SmsOutbox {
        sender: Some(Arc::new(sender(url))),
        ..booth.server.app.sms_outbox().unwrap()
    }
}

fn code_of(request: &Request) -> String {
    super::code_in(request.body["text"].as_str().unwrap())
}

async fn cause(booth: &Booth) -> String {
    let query = "SELECT coalesce(cause, '') FROM platform.text_messages";
    booth.column(query).await.remove(0)
}

#[tokio::test]
async fn the_provider_gets_the_message_and_its_code_works() {
    let (booth, client) = one_message("sms_http").await;
    let bridge = Bridge::start(&[]).await;
    let url = format!("{}/v1/messages?from=tubex", bridge.url);
    assert_eq!(outbox(&booth, &url).pass().await.unwrap(), 1);
    let [request] = bridge.requests().try_into().unwrap();
    assert_eq!(request.line, "POST /v1/messages?from=tubex HTTP/1.1");
    assert_eq!(request.header("authorization"), "Bearer hush-42");
    assert_eq!(request.header("content-type"), "application/json");
    assert!(bridge.url.ends_with(request.header("host")));
    let id = request.header("idempotency-key");
    assert_eq!(request.body["id"], id);
    assert_eq!(request.body["to"], DIALLED);
    assert_eq!(request.body.as_object().unwrap().len(), 3);
    let row = "SELECT 'sms_' || replace(id::text, '-', '') FROM platform.text_messages";
    assert_eq!(booth.column(row).await, [id]);
    assert_eq!(booth.column(STATES).await, ["SENT"]);
    assert_eq!(outbox(&booth, &url).pass().await.unwrap(), 0);
    let taken = run(&client, TAKE, json!({ "code": code_of(&request) })).await;
    assert_eq!(code(&taken), "none");
}

#[tokio::test]
async fn what_is_not_taken_now_is_tried_again_and_says_the_same() {
    let (booth, client) = one_message("sms_500").await;
    let bridge = Bridge::start(&[Does::Answer(500), Does::Answer(429)]).await;
    let outbox = outbox(&booth, &bridge.url);
    assert_eq!(outbox.pass().await.unwrap(), 1);
    assert_eq!(booth.column(STATES).await, ["PENDING"]);
    assert_eq!(
        cause(&booth).await,
        "the provider answers 500 Internal Server Error"
    );
    // Not at once, and each time later: 15 s and 30 s, a quarter more or less.
    for (too_soon, in_time) in [(11, 19), (22, 38)] {
        booth.wait(TimeDelta::seconds(too_soon));
        assert_eq!(outbox.pass().await.unwrap(), 0);
        booth.wait(TimeDelta::seconds(in_time - too_soon));
        assert_eq!(outbox.pass().await.unwrap(), 1);
    }
    assert_eq!(booth.column(STATES).await, ["SENT"]);
    assert_eq!(cause(&booth).await, "");
    let requests = bridge.requests();
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(request.body, requests[0].body);
        let id = request.header("idempotency-key");
        assert_eq!(id, requests[0].header("idempotency-key"));
    }
    // The first may have arrived all the same.
    let shown = json!({ "code": code_of(&requests[0]) });
    assert_eq!(code(&run(&client, TAKE, shown).await), "none");
}

#[tokio::test]
async fn what_the_provider_will_never_take_is_not_tried_again() {
    for (status, state) in [(422, "REFUSED"), (400, "REFUSED")] {
        let (booth, _client) = one_message(match status {
            422 => "sms_422",
            _ => "sms_400",
        })
        .await;
        let bridge = Bridge::start(&[Does::Answer(status)]).await;
        let outbox = outbox(&booth, &bridge.url);
        outbox.pass().await.unwrap();
        assert_eq!(booth.column(STATES).await, [state], "{status}");
        booth.wait(TimeDelta::minutes(2));
        assert_eq!(outbox.pass().await.unwrap(), 0);
    }
}

/// It may know us again, or be back.
#[tokio::test]
async fn a_provider_that_will_have_nothing_of_us_loses_no_message() {
    let (booth, _client) = one_message("sms_401").await;
    // Neither the token nor the code goes where an answer says.
    let elsewhere = Bridge::start(&[]).await;
    let moved = Does::Redirect(elsewhere.url.clone());
    let bridge = Bridge::start(&[Does::Answer(401), moved]).await;
    let outbox = outbox(&booth, &bridge.url);
    for _attempt in 0..2 {
        outbox.pass().await.unwrap();
        assert_eq!(booth.column(STATES).await, ["PENDING"]);
        booth.wait(TimeDelta::minutes(1));
    }
    self::outbox(&booth, "http://127.0.0.1:1/")
        .pass()
        .await
        .unwrap();
    assert_eq!(booth.column(STATES).await, ["PENDING"]);
    booth.wait(TimeDelta::seconds(100));
    outbox.pass().await.unwrap();
    assert_eq!(booth.column(STATES).await, ["SENT"]);
    assert_eq!(bridge.requests().len(), 3);
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_provider_that_hangs_is_given_up() {
    let (booth, _client) = one_message("sms_hang").await;
    let bridge = Bridge::start(&[Does::Hang]).await;
    let patient = sender(&bridge.url).waiting(Duration::from_millis(300));
    let outbox = SmsOutbox {
        sender: Some(Arc::new(patient)),
        ..booth.server.app.sms_outbox().unwrap()
    };
    let pass = tokio::time::timeout(Duration::from_secs(9), outbox.pass());
    assert_eq!(pass.await.expect("it does not wait").unwrap(), 1);
    assert_eq!(booth.column(STATES).await, ["PENDING"]);
    assert_eq!(cause(&booth).await, "the provider hangs");
}

#[tokio::test]
async fn a_code_that_is_good_no_more_is_not_sent() {
    let (booth, _client) = one_message("sms_too_late").await;
    let bridge = Bridge::start(&[]).await;
    booth.wait(TimeDelta::minutes(5));
    assert_eq!(outbox(&booth, &bridge.url).pass().await.unwrap(), 0);
    assert!(bridge.requests().is_empty());
}

#[tokio::test]
async fn several_nodes_send_a_message_once_and_who_dies_gives_it_back() {
    let (booth, _client) = one_message("sms_nodes").await;
    let bridge = Bridge::start(&[Does::Hang]).await;
    let dying = outbox(&booth, &bridge.url);
    let task = tokio::spawn(async move { dying.pass().await });
    until("the message is under way", async || {
        !bridge.requests().is_empty()
    })
    .await;
    let heir = outbox(&booth, &bridge.url);
    assert_eq!(heir.pass().await.unwrap(), 0);
    task.abort();
    booth.wait(TimeDelta::seconds(29));
    assert_eq!(heir.pass().await.unwrap(), 0);
    booth.wait(TimeDelta::seconds(1));
    let other = outbox(&booth, &bridge.url);
    let (one, two) = tokio::join!(heir.pass(), other.pass());
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    let [first, last] = bridge.requests().try_into().unwrap();
    assert_eq!(first.body, last.body);
    assert_eq!(booth.column(STATES).await, ["SENT"]);
}

#[tokio::test]
async fn it_sends_by_itself_until_it_is_told_to_stop() {
    let (booth, _client) = one_message("sms_run").await;
    let bridge = Bridge::start(&[]).await;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(outbox(&booth, &bridge.url).run(stopped));
    until("the message is taken", async || {
        bridge.requests().len() == 1
    })
    .await;
    stop.send_replace(true);
    let ended = tokio::time::timeout(Duration::from_secs(20), task).await;
    ended.expect("it stops").unwrap();
}

#[tokio::test]
async fn codes_travel_by_tls_to_whom_the_certificate_names() {
    let (booth, client) = one_message("sms_tls").await;
    let bridge = Bridge::start_tls().await;
    // The certificate names localhost, and no address.
    let by_address = bridge.url.replace("localhost", "127.0.0.1");
    outbox(&booth, &by_address).pass().await.unwrap();
    assert_eq!(booth.column(STATES).await, ["PENDING"]);
    assert!(cause(&booth).await.contains("certificate"));
    // Nor does somebody without one get anything.
    booth.wait(TimeDelta::minutes(1));
    let plain = Bridge::start(&[]).await;
    let dressed_up = plain.url.replace("http://127.0.0.1", "https://localhost");
    outbox(&booth, &dressed_up).pass().await.unwrap();
    assert!(plain.requests().is_empty());
    booth.wait(TimeDelta::minutes(1));
    outbox(&booth, &bridge.url).pass().await.unwrap();
    let [request] = bridge.requests().try_into().unwrap();
    let shown = json!({ "code": code_of(&request) });
    assert_eq!(code(&run(&client, TAKE, shown).await), "none");
}

#[test]
fn what_stands_in_the_log_holds_no_code() {
    let message = tubex::platform::sms::sender::Message {
        id: tubex::platform::sms::model::MessageId::generate(),
        to: DIALLED.to_owned(),
        text: "012345 is your code".into(),
        at: "2026-11-21T14:05:00Z".parse().unwrap(),
    };
    assert!(!format!("{message:?}").contains("012345"));
}
