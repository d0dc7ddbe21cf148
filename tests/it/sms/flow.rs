//! A telephone from its first code to its last.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ADD, Booth, DIALLED, MASKED, PHONE, REMOVE, TAKE, wrong};
use crate::cli::program::{Ended, Folder, database_flags};
use crate::factors::{REQUIRE, STANDING, code, refresh, refused, run, text};
use crate::support::PASSWORD;

#[tokio::test]
async fn a_telephone_is_added_by_the_code_that_reaches_it() {
    let booth = Booth::open("sms_add").await;
    let client = booth.client(&booth.login().await);
    let standing = client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["smsAvailable"], true);
    assert!(standing["secondFactor"]["phone"].is_null());
    let sent = run(&client, ADD, json!({ "phone": PHONE })).await;
    assert_eq!(sent["sentTo"], MASKED);
    assert_eq!(sent["expiresAt"], "2026-11-21T14:10:00+00:00");
    let message = booth.messages().await.remove(0);
    assert_eq!(message.to, DIALLED);
    let shown = super::code_in(&message.text);
    let whole = format!(
        "{}: {shown} is your code to add this telephone to your account. Good for 5 minutes. \
         Tell it nobody.",
        booth.column("SELECT name FROM platform.dealers").await[0]
    );
    assert_eq!(message.text, whole);
    let not_it = run(&client, TAKE, json!({ "code": wrong(&shown) })).await;
    assert_eq!(code(&not_it), "INVALID_CREDENTIALS");
    assert_eq!(not_it["userErrors"][0]["path"], json!(["input", "code"]));
    assert_eq!(client.get(STANDING).await, standing);
    let taken = run(&client, TAKE, json!({ "code": shown })).await;
    assert_eq!(code(&taken), "none");
    let client = booth.client(&taken);
    let standing = client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["phone"], MASKED);
    assert_eq!(standing["secondFactor"]["isOn"], true);
    assert!(standing["secondFactor"]["confirmedAt"].is_null());
    assert_eq!(
        booth.events(&client).await[..3],
        ["PHONE_ADDED", "SECOND_FACTOR_REFUSED", "SMS_CODE_SENT"]
    );
    let told = "SELECT email FROM platform.mails WHERE kind = 'PHONE_ADDED'";
    assert_eq!(booth.column(told).await.join(" "), booth.dealer.email);
    // The number itself is not in the events.
    let details = "SELECT coalesce(detail, '') FROM platform.security_events";
    let details = booth.column(details).await;
    assert!(details.contains(&MASKED.to_owned()));
    assert!(!details.iter().any(|detail| detail.contains(DIALLED)));
}

#[tokio::test]
async fn signing_in_takes_the_password_and_a_code_from_then_on() {
    let booth = Booth::open("sms_login").await;
    let client = booth.with_phone().await;
    let payload = booth.login().await;
    assert_eq!(code(&payload), "SECOND_FACTOR_REQUIRED");
    assert!(payload["accessToken"].is_null());
    assert_eq!(payload["challenge"]["methods"], json!(["SMS"]));
    let challenge = text(&payload["challenge"]["id"]);
    let sent = booth.send(&challenge).await;
    assert_eq!(sent["sentTo"], MASKED);
    let message = booth.messages().await.remove(0);
    assert!(message.text.contains(" is your code to sign in. "));
    let shown = super::code_in(&message.text);
    assert_eq!(
        code(&booth.verify(&challenge, wrong(&shown)).await),
        "INVALID_CREDENTIALS"
    );
    // People type it as they read it.
    let typed = format!("{} {}", &shown[..3], &shown[3..]);
    let opened = booth.verify(&challenge, &typed).await;
    assert_eq!(opened["dealer"]["id"], booth.dealer.id.to_string());
    booth.client(&opened).get(STANDING).await;
    assert_eq!(
        booth.events(&client).await[..3],
        ["LOGGED_IN", "SECOND_FACTOR_REFUSED", "SMS_CODE_SENT"]
    );
    let methods = "SELECT methods FROM platform.sessions ORDER BY id DESC LIMIT 1";
    assert_eq!(booth.column(methods).await, ["pwd sms"]);
    let next = refresh(&booth.server, &text(&opened["refreshToken"])).await;
    assert_eq!(code(&next), "none");
}

#[tokio::test]
async fn a_new_telephone_ends_the_other_sessions_and_waiting_sign_ins() {
    let booth = Booth::open("sms_others").await;
    let other = booth.login().await;
    let client = booth.with_phone().await;
    refused(&booth.client(&other)).await;
    let next = refresh(&booth.server, &text(&other["refreshToken"])).await;
    assert_eq!(code(&next), "UNAUTHENTICATED");
    let challenge = booth.challenge().await;
    booth.send(&challenge).await;
    let shown = booth.newest_code().await;
    booth.wait(TimeDelta::minutes(1));
    booth.add(&client, "+1 555 010 0199").await;
    assert_eq!(
        code(&booth.verify(&challenge, &shown).await),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn a_proof_can_be_renewed_by_sms_and_not_by_the_password_alone() {
    let booth = Booth::open("sms_step_up").await;
    let client = booth.with_phone().await;
    booth.wait(TimeDelta::seconds(601));
    let require = json!({ "required": true });
    let stale = run(&client, REQUIRE, require.clone()).await;
    assert_eq!(code(&stale), "STEP_UP_REQUIRED");
    let by_password = json!({ "password": PASSWORD });
    let refused = run(&client, crate::factors::STEP_UP, by_password).await;
    assert_eq!(code(&refused), "SECOND_FACTOR_REQUIRED");
    let shown = booth.step_up_code(&client).await;
    let proven = booth.step_up(&client, &shown).await;
    assert_eq!(code(&proven), "none");
    // A telephone is a second factor for the dealer's policy, too.
    let set = run(&booth.client(&proven), REQUIRE, require).await;
    assert_eq!(code(&set), "none");
    let client = booth.client(&set);
    let needed = run(&client, REMOVE, json!({})).await;
    assert_eq!(code(&needed), "NOT_ALLOWED");
    booth.wait(TimeDelta::minutes(1));
    booth.sign_in_by_sms().await;
}

#[tokio::test]
async fn who_removes_his_telephone_signs_in_without() {
    let booth = Booth::open("sms_remove").await;
    let client = booth.with_phone().await;
    booth.wait(TimeDelta::seconds(601));
    assert_eq!(
        code(&run(&client, REMOVE, json!({})).await),
        "STEP_UP_REQUIRED"
    );
    let shown = booth.step_up_code(&client).await;
    let removed = run(&client, REMOVE, json!({ "code": shown })).await;
    assert_eq!(code(&removed), "none");
    let client = booth.client(&removed);
    let standing = client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["isOn"], false);
    assert!(standing["secondFactor"]["phone"].is_null());
    assert!(booth.login().await["accessToken"].is_string());
    assert!(
        booth
            .events(&client)
            .await
            .contains(&"PHONE_REMOVED".to_owned())
    );
    let told = "SELECT kind FROM platform.mails WHERE kind LIKE 'PHONE%' ORDER BY id";
    assert_eq!(booth.column(told).await, ["PHONE_ADDED", "PHONE_REMOVED"]);
    let again = run(&client, REMOVE, json!({})).await;
    assert_eq!(code(&again), "STEP_UP_REQUIRED", "the proof went with it");
}

#[tokio::test]
async fn what_is_no_number_is_refused_with_its_field() {
    let booth = Booth::open("sms_numbers").await;
    let client = booth.client(&booth.login().await);
    for phone in [
        "",
        "0912345678",
        "+84",
        "+849123456789012345",
        "+84 9x2 345 678",
    ] {
        let refused = run(&client, ADD, json!({ "phone": phone })).await;
        assert_eq!(code(&refused), "BAD_USER_INPUT", "{phone}");
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", "phone"]));
    }
    let nothing = run(&client, TAKE, json!({ "code": "123456" })).await;
    assert_eq!(code(&nothing), "NOT_ALLOWED");
    assert!(booth.messages().await.is_empty());
}

#[tokio::test]
async fn an_operator_lets_in_who_has_lost_his_telephone() {
    let booth = Booth::open("sms_reset").await;
    let client = booth.with_phone().await;
    let folder = Folder::new();
    let email = &booth.dealer.email;
    let mut command = folder.program(&["user", "reset-second-factor", "--email", email, "--json"]);
    command.args(database_flags(&booth.server.database));
    let done: Value = Ended::of(command).json();
    assert_eq!(done["was_reset"], true);
    refused(&client).await;
    assert!(booth.login().await["accessToken"].is_string());
}
