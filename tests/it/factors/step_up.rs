//! Proofs that are asked for again.

use chrono::TimeDelta;
use serde_json::json;

use super::{Desk, RENEW, REQUIRE, STEP_UP, code, refresh, refused, run, text};
use crate::support::PASSWORD;

#[tokio::test]
async fn a_proof_is_fresh_for_ten_minutes_in_all_tokens_of_the_session() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    desk.wait(TimeDelta::minutes(10));
    assert_eq!(code(&run(&enrolled.client, RENEW, json!({})).await), "none");
    desk.wait(TimeDelta::seconds(1));
    assert_eq!(
        code(&run(&enrolled.client, RENEW, json!({})).await),
        "STEP_UP_REQUIRED"
    );
    // Refreshing proves nothing.
    let next = refresh(&desk.server, &enrolled.refresh).await;
    let client = desk.client(&next);
    assert_eq!(
        code(&run(&client, RENEW, json!({})).await),
        "STEP_UP_REQUIRED"
    );
    let input = json!({ "code": desk.next_code(&enrolled.phone) });
    let proven = run(&client, STEP_UP, input).await;
    for client in [&client, &desk.client(&proven)] {
        assert_eq!(code(&run(client, RENEW, json!({})).await), "none");
    }
    desk.wait(TimeDelta::seconds(601));
    let late = run(&desk.client(&proven), RENEW, json!({})).await;
    assert_eq!(code(&late), "STEP_UP_REQUIRED");
}

#[tokio::test]
async fn who_has_a_second_factor_proves_by_it() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let password = run(&enrolled.client, STEP_UP, json!({ "password": PASSWORD })).await;
    assert_eq!(code(&password), "SECOND_FACTOR_REQUIRED");
    let backup = json!({ "code": enrolled.codes[0] });
    assert_eq!(
        code(&run(&enrolled.client, STEP_UP, backup.clone()).await),
        "none"
    );
    let again = run(&enrolled.client, STEP_UP, backup).await;
    assert_eq!(code(&again), "INVALID_CREDENTIALS");
    let nothing = enrolled.client.send(STEP_UP, json!({ "input": {} })).await;
    assert_eq!(nothing.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn guesses_within_a_session_are_bounded() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let wrong = json!({ "code": enrolled.phone.wrong_code(desk.server.clock.now()) });
    for number in 0..12 {
        let refused = run(&enrolled.client, STEP_UP, wrong.clone()).await;
        let wanted = if number < 10 {
            "INVALID_CREDENTIALS"
        } else {
            "LIMIT_EXCEEDED"
        };
        assert_eq!(code(&refused), wanted, "{number}");
    }
    // What is fresh stays so.
    assert_eq!(code(&run(&enrolled.client, RENEW, json!({})).await), "none");
}

const CHANGE: &str = "mutation($input: PasswordChangeInput!) { passwordChange(input: $input) {
    user { email } userErrors { code path } } }";

#[tokio::test]
async fn another_password_needs_the_second_factor_of_who_has_one() {
    let desk = Desk::new().await;
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "seven quiet umbrellas" });
    let enrolled = desk.enrolled().await;
    desk.wait(TimeDelta::seconds(601));
    let stale = run(&enrolled.client, CHANGE, input.clone()).await;
    assert_eq!(code(&stale), "STEP_UP_REQUIRED");
    assert!(stale["user"].is_null());
    let proof = json!({ "code": desk.next_code(&enrolled.phone) });
    let proven = desk.client(&run(&enrolled.client, STEP_UP, proof).await);
    let changed = run(&proven, CHANGE, input).await;
    assert_eq!(code(&changed), "none");
    refused(&proven).await;
    let next = refresh(&desk.server, &enrolled.refresh).await;
    assert_eq!(code(&next), "none");
}

#[tokio::test]
async fn who_has_none_needs_the_password_alone_however_late() {
    let desk = Desk::new().await;
    let client = desk.client(&desk.login().await);
    desk.wait(TimeDelta::seconds(601));
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "seven quiet umbrellas" });
    assert_eq!(code(&run(&client, CHANGE, input).await), "none");
}

#[tokio::test]
async fn passwords_are_not_guessed_by_step_up() {
    let desk = Desk::new().await;
    let client = desk.client(&desk.login().await);
    let hashes = || desk.server.app.identity.accounts().passwords().runs();
    let before = hashes();
    let input = json!({ "input": { "password": "a wrong guess" } });
    for number in 0..12 {
        let answer = client.send(STEP_UP, input.clone()).await;
        let code = code(&answer.body["data"]["stepUp"]).to_owned();
        let wanted = if number < 5 {
            ("INVALID_CREDENTIALS", "none")
        } else {
            ("none", "THROTTLED")
        };
        assert_eq!((code.as_str(), answer.code()), wanted, "{number}");
    }
    assert_eq!(hashes() - before, 5);
}

#[tokio::test]
async fn a_token_whose_session_has_ended_proves_nothing() {
    let desk = Desk::new().await;
    let session = desk.login().await;
    // Another node ends it, and this one has not heard of it.
    let token = text(&session["refreshToken"]);
    let peer = tubex::kernel::peer::Peer::at("192.0.2.7".parse().unwrap());
    let sessions = &desk.server.app.sessions;
    sessions.end_by_token(&token.into(), &peer).await.unwrap();
    let answer = desk
        .client(&session)
        .send(REQUIRE, json!({ "input": { "required": false } }))
        .await;
    let refused = &answer.body["data"]["dealerSecondFactorSet"];
    let is_refused = answer.code() == "UNAUTHENTICATED" || code(refused) == "NOT_ALLOWED";
    assert!(is_refused, "{:#}", answer.body);
}
