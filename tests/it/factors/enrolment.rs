//! Setting an authenticator up, and doing without it again.

use chrono::TimeDelta;
use serde_json::json;

use super::phone::Phone;
use super::{
    CONFIRM, DISABLE, Desk, ENROL, RENEW, STANDING, STEP_UP, code, refresh, refused, run, text,
};
use crate::support::PASSWORD;

#[tokio::test]
async fn the_first_code_takes_it_into_use_and_ends_other_sessions() {
    let desk = Desk::new().await;
    let (elsewhere, before) = (desk.login().await, desk.login().await);
    let enrolled = desk.enrolled().await;
    assert_eq!(enrolled.codes.len(), 10);
    refused(&desk.client(&elsewhere)).await;
    refused(&desk.client(&before)).await;
    let again = refresh(&desk.server, &text(&elsewhere["refreshToken"])).await;
    assert_eq!(code(&again), "UNAUTHENTICATED");
    // His own goes on.
    let standing = enrolled.client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["isOn"], true);
    assert_eq!(standing["secondFactor"]["backupCodesLeft"], 10);
    assert_eq!(standing["secondFactor"]["isRequired"], false);
    assert_eq!(
        code(&refresh(&desk.server, &enrolled.refresh).await),
        "none"
    );
    let events = desk.events(&enrolled.client).await;
    assert_eq!(events[0], "SECOND_FACTOR_ADDED");
}

#[tokio::test]
async fn a_wrong_first_code_changes_nothing() {
    let desk = Desk::new().await;
    let client = desk.client(&desk.login().await);
    let none = run(&client, CONFIRM, json!({ "code": "123456" })).await;
    assert_eq!(code(&none), "NOT_ALLOWED");
    let begun = run(&client, ENROL, json!({})).await;
    let phone = Phone::typed(&text(&begun["secret"]));
    let now = desk.server.clock.now();
    let wrong = run(&client, CONFIRM, json!({ "code": phone.wrong_code(now) })).await;
    assert_eq!(code(&wrong), "INVALID_CREDENTIALS");
    assert_eq!(wrong["backupCodes"], json!([]));
    assert!(desk.login().await["accessToken"].is_string());
    // After a quarter of an hour the right one is too late.
    desk.wait(TimeDelta::minutes(14));
    let session = desk.client(&desk.login().await);
    desk.wait(TimeDelta::minutes(1));
    let late = json!({ "code": phone.code(desk.server.clock.now()) });
    assert_eq!(code(&run(&session, CONFIRM, late).await), "NOT_ALLOWED");
}

#[tokio::test]
async fn a_stolen_token_alone_sets_up_nothing() {
    let desk = Desk::new().await;
    let client = desk.client(&desk.login().await);
    desk.wait(TimeDelta::minutes(11));
    assert_eq!(
        code(&run(&client, ENROL, json!({})).await),
        "STEP_UP_REQUIRED"
    );
    let wrong = run(&client, STEP_UP, json!({ "password": "not the password" })).await;
    assert_eq!(code(&wrong), "INVALID_CREDENTIALS");
    assert_eq!(wrong["userErrors"][0]["path"], json!(["input", "password"]));
    let proven = run(&client, STEP_UP, json!({ "password": PASSWORD })).await;
    let begun = run(&desk.client(&proven), ENROL, json!({})).await;
    assert_eq!(code(&begun), "none");
    // Nor does a token without a session: one of an API key, say.
    let refused = run(&desk.dealer.client, ENROL, json!({})).await;
    assert_eq!(code(&refused), "NOT_ALLOWED");
}

#[tokio::test]
async fn the_present_authenticator_stays_until_the_next_one_is_confirmed() {
    let desk = Desk::new().await;
    let old = desk.enrolled().await;
    let begun = run(&old.client, ENROL, json!({})).await;
    let new = Phone::typed(&text(&begun["secret"]));
    let challenge = desk.challenge().await;
    let by_old = desk.verify(&challenge, &desk.next_code(&old.phone)).await;
    assert_eq!(code(&by_old), "none");
    let first = json!({ "code": desk.next_code(&new) });
    let confirmed = run(&old.client, CONFIRM, first).await;
    assert_eq!(code(&confirmed), "none");
    refused(&desk.client(&by_old)).await;
    let challenge = desk.challenge().await;
    let by_old = desk.verify(&challenge, &desk.next_code(&old.phone)).await;
    assert_eq!(code(&by_old), "INVALID_CREDENTIALS");
    let old_backup = desk.verify(&challenge, &old.codes[0]).await;
    assert_eq!(code(&old_backup), "INVALID_CREDENTIALS");
    let by_new = desk.verify(&challenge, &desk.next_code(&new)).await;
    assert_eq!(code(&by_new), "none");
}

#[tokio::test]
async fn without_an_authenticator_the_password_is_enough_again() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    desk.wait(TimeDelta::minutes(11));
    let stale = run(&enrolled.client, DISABLE, json!({})).await;
    assert_eq!(code(&stale), "STEP_UP_REQUIRED");
    let input = json!({ "code": desk.next_code(&enrolled.phone) });
    let disabled = run(&enrolled.client, DISABLE, input).await;
    assert_eq!(code(&disabled), "none");
    refused(&enrolled.client).await;
    let client = desk.client(&disabled);
    let standing = client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["isOn"], false);
    assert_eq!(standing["secondFactor"]["backupCodesLeft"], 0);
    assert!(desk.login().await["accessToken"].is_string());
    let events = desk.events(&client).await;
    assert!(events.contains(&"SECOND_FACTOR_REMOVED".to_owned()));
}

#[tokio::test]
async fn new_backup_codes_void_those_before() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let renewed = run(&enrolled.client, RENEW, json!({})).await;
    let fresh = text(&renewed["backupCodes"][9]);
    let challenge = desk.challenge().await;
    let old = desk.verify(&challenge, &enrolled.codes[0]).await;
    assert_eq!(code(&old), "INVALID_CREDENTIALS");
    let new = desk
        .verify(&challenge, &fresh.to_lowercase().replace('-', " "))
        .await;
    assert_eq!(code(&new), "none");
    let left = enrolled.client.get(STANDING).await;
    assert_eq!(left["secondFactor"]["backupCodesLeft"], 9);
}
