//! A server that has nobody to send codes.

use serde_json::json;

use super::{ADD, Booth, LOGIN, SEND, SEND_AGAIN};
use crate::factors::{STANDING, code, run};
use crate::support::{Client, PASSWORD, Server};

/// Another node on the same database, which can send none.
async fn mute(booth: &Booth) -> Server {
    let clock = booth.server.clock.clone();
    Server::start_on(&booth.server.database, clock, |_settings| {}).await
}

#[tokio::test]
async fn what_needs_codes_says_that_there_are_none() {
    let booth = Booth::open("sms_absent").await;
    let server = mute(&booth).await;
    assert!(server.app.sms_outbox().unwrap().sender.is_none());
    let session = server.login(&booth.dealer).await;
    let client = Client::new(
        &server.url,
        session["accessToken"].as_str().map(str::to_owned),
    );
    let standing = client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["smsAvailable"], false);
    let added = run(&client, ADD, json!({ "phone": super::PHONE })).await;
    assert_eq!(code(&added), "NOT_ALLOWED");
    let again = client.get(SEND_AGAIN).await;
    assert_eq!(code(&again["stepUpCodeSend"]), "NOT_ALLOWED");
    let count = "SELECT count(*)::text FROM platform.text_messages";
    assert_eq!(booth.column(count).await, ["0"]);
}

/// Nobody is let in by less because a setting was taken away.
#[tokio::test]
async fn a_telephone_that_can_not_be_reached_is_not_offered_and_not_forgotten() {
    let booth = Booth::open("sms_mute").await;
    let holder = booth.with_both().await;
    let server = mute(&booth).await;
    let input = json!({ "email": booth.dealer.email, "password": PASSWORD,
        "dealerId": booth.dealer.id.to_string() });
    let payload = run(&server.anonymous(), LOGIN, input.clone()).await;
    assert_eq!(
        payload["challenge"]["methods"],
        json!(["TOTP", "BACKUP_CODE"])
    );
    let challenge = json!({ "challengeId": payload["challenge"]["id"] });
    let sent = run(&server.anonymous(), SEND, challenge).await;
    assert_eq!(code(&sent), "NOT_ALLOWED");
    assert_eq!(booth.server.app.only_by_phone().await.unwrap(), 0);
    let disabled = run(&holder.client, crate::factors::DISABLE, json!({})).await;
    assert_eq!(code(&disabled), "none");
    let payload = run(&server.anonymous(), LOGIN, input).await;
    assert_eq!(code(&payload), "SECOND_FACTOR_REQUIRED");
    assert!(payload["accessToken"].is_null());
    assert_eq!(payload["challenge"]["methods"], json!([]));
    assert_eq!(booth.server.app.only_by_phone().await.unwrap(), 1);
}
