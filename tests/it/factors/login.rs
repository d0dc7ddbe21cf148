//! Signing in with a second factor, and what must not be a way around it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tubex::auth::principal::Method;
use tubex::error::{ErrorCode, Refusal};
use tubex::kernel::peer::Peer;
use tubex::platform::sessions::service::NewSession;

use super::{Desk, ENROL, STANDING, code, run};
use crate::support::owner;

fn succeeded(payloads: &[Value]) -> usize {
    payloads
        .iter()
        .filter(|payload| payload["accessToken"].is_string())
        .count()
}

#[tokio::test]
async fn the_password_opens_a_challenge_and_a_code_the_session() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let payload = desk.login().await;
    assert_eq!(code(&payload), "SECOND_FACTOR_REQUIRED");
    assert!(payload["accessToken"].is_null() && payload["refreshToken"].is_null());
    assert!(payload["dealer"].is_null());
    let challenge = payload["challenge"]["id"].as_str().unwrap();
    let now = desk.server.clock.now();
    let wrong = desk
        .verify(challenge, &enrolled.phone.wrong_code(now))
        .await;
    assert_eq!(code(&wrong), "INVALID_CREDENTIALS");
    assert_eq!(wrong["userErrors"][0]["path"], json!(["input", "code"]));
    let opened = desk
        .verify(challenge, &desk.next_code(&enrolled.phone))
        .await;
    assert_eq!(opened["dealer"]["id"], desk.dealer.id.to_string());
    let client = desk.client(&opened);
    client.get(STANDING).await;
    // A challenge is met once.
    let again = desk
        .verify(challenge, &desk.next_code(&enrolled.phone))
        .await;
    assert_eq!(code(&again), "UNAUTHENTICATED");
    assert_eq!(
        desk.events(&client).await[..2],
        ["LOGGED_IN", "SECOND_FACTOR_REFUSED"]
    );
}

#[tokio::test]
async fn a_code_is_good_once() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let used = desk.next_code(&enrolled.phone);
    let first = desk.challenge().await;
    assert_eq!(code(&desk.verify(&first, &used).await), "none");
    let second = desk.challenge().await;
    assert_eq!(
        code(&desk.verify(&second, &used).await),
        "INVALID_CREDENTIALS"
    );
    // Nor is the one before it, which had not been used.
    let earlier = desk.server.clock.now() - TimeDelta::seconds(30);
    let earlier = enrolled.phone.code(earlier);
    assert_eq!(
        code(&desk.verify(&second, &earlier).await),
        "INVALID_CREDENTIALS"
    );
}

#[tokio::test]
async fn clocks_may_be_half_a_minute_apart_and_not_a_minute_and_a_half() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    for (behind, outcome) in [
        (90, "INVALID_CREDENTIALS"),
        (60, "INVALID_CREDENTIALS"),
        (30, "none"),
    ] {
        // Far enough that no code was used yet.
        desk.wait(TimeDelta::seconds(180));
        let shown = desk.server.clock.now() - TimeDelta::seconds(behind);
        let challenge = desk.challenge().await;
        let payload = desk.verify(&challenge, &enrolled.phone.code(shown)).await;
        assert_eq!(code(&payload), outcome, "{behind} s behind");
    }
    let ahead = desk.server.clock.now() + TimeDelta::seconds(30);
    let challenge = desk.challenge().await;
    let payload = desk.verify(&challenge, &enrolled.phone.code(ahead)).await;
    assert_eq!(code(&payload), "none");
}

#[tokio::test]
async fn of_equal_codes_at_once_one_succeeds() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    for _round in 0..5 {
        let challenges = [desk.challenge().await, desk.challenge().await];
        let shown = desk.next_code(&enrolled.phone);
        let both = challenges
            .iter()
            .map(|challenge| desk.verify(challenge, &shown));
        let payloads = join_all(both).await;
        assert_eq!(succeeded(&payloads), 1, "{payloads:?}");
    }
}

#[tokio::test]
async fn a_backup_code_stands_in_once_even_in_a_race() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    for backup in &enrolled.codes[..3] {
        let challenges = [
            desk.challenge().await,
            desk.challenge().await,
            desk.challenge().await,
        ];
        let all = challenges
            .iter()
            .map(|challenge| desk.verify(challenge, backup));
        let payloads = join_all(all).await;
        assert_eq!(succeeded(&payloads), 1, "{payloads:?}");
    }
    let standing = enrolled.client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["backupCodesLeft"], 7);
    let events = desk.events(&enrolled.client).await;
    assert_eq!(
        events
            .iter()
            .filter(|kind| *kind == "BACKUP_CODE_USED")
            .count(),
        3
    );
}

#[tokio::test]
async fn a_challenge_is_dead_after_five_codes_however_many_come_at_once() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let challenge = desk.challenge().await;
    let wrong = enrolled.phone.wrong_code(desk.server.clock.now());
    let payloads = join_all((0..12).map(|_| desk.verify(&challenge, &wrong))).await;
    let looked_at = payloads
        .iter()
        .filter(|payload| code(payload) == "INVALID_CREDENTIALS");
    assert_eq!(looked_at.count(), 5, "{payloads:?}");
    let right = desk.next_code(&enrolled.phone);
    assert_eq!(
        code(&desk.verify(&challenge, &right).await),
        "UNAUTHENTICATED"
    );
    // The code was not looked at, so it is good for the next sign-in.
    let next = desk.challenge().await;
    assert_eq!(code(&desk.verify(&next, &right).await), "none");
}

#[tokio::test]
async fn who_knows_the_password_can_not_guess_on_through_new_challenges() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let mut refused = Vec::new();
    for _sign_in in 0..4 {
        let challenge = desk.challenge().await;
        let wrong = enrolled.phone.wrong_code(desk.server.clock.now());
        for _code in 0..4 {
            refused.push(code(&desk.verify(&challenge, &wrong).await).to_owned());
        }
    }
    assert!(
        refused[..10]
            .iter()
            .all(|code| code == "INVALID_CREDENTIALS"),
        "{refused:?}"
    );
    assert!(
        refused[10..].iter().all(|code| code == "LIMIT_EXCEEDED"),
        "{refused:?}"
    );
    let challenge = desk.challenge().await;
    let right = desk
        .verify(&challenge, &desk.next_code(&enrolled.phone))
        .await;
    assert_eq!(code(&right), "LIMIT_EXCEEDED");
    desk.wait(TimeDelta::hours(1));
    let challenge = desk.challenge().await;
    let right = desk
        .verify(&challenge, &desk.next_code(&enrolled.phone))
        .await;
    assert_eq!(code(&right), "none");
}

#[tokio::test]
async fn a_challenge_waits_five_minutes() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let (early, late) = (desk.challenge().await, desk.challenge().await);
    desk.wait(TimeDelta::seconds(260));
    let payload = desk.verify(&early, &desk.next_code(&enrolled.phone)).await;
    assert_eq!(code(&payload), "none");
    desk.wait(TimeDelta::seconds(10));
    let payload = desk.verify(&late, &desk.next_code(&enrolled.phone)).await;
    assert_eq!(code(&payload), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_challenge_ends_when_the_account_changes() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let challenge = desk.challenge().await;
    let raise = "UPDATE platform.users SET epoch = epoch + 1 WHERE id = $1::text::uuid";
    let user = desk.dealer.owner.uuid().to_string();
    owner().await.execute(raise, &[&user]).await.unwrap();
    let payload = desk
        .verify(&challenge, &desk.next_code(&enrolled.phone))
        .await;
    assert_eq!(code(&payload), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_challenge_for_a_code_sets_up_no_authenticator() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let challenge = desk.challenge().await;
    let input = json!({ "challengeId": challenge });
    let begun = run(&desk.server.anonymous(), ENROL, input).await;
    assert_eq!(code(&begun), "UNAUTHENTICATED");
    let payload = desk
        .verify(&challenge, &desk.next_code(&enrolled.phone))
        .await;
    assert_eq!(code(&payload), "none");
}

/// Whatever use case asks for it.
#[tokio::test]
async fn no_session_begins_without_the_second_factor() {
    let desk = Desk::new().await;
    let _enrolled = desk.enrolled().await;
    let peer = Peer::at("192.0.2.7".parse().unwrap());
    let accounts = desk.server.app.identity.accounts();
    let owner = accounts.user(desk.dealer.owner).await.unwrap();
    for methods in [
        &[Method::Pwd][..],
        &[Method::Link],
        &[Method::Pwd, Method::Link],
    ] {
        let new = NewSession {
            user: desk.dealer.owner,
            user_epoch: owner.epoch,
            dealer: desk.dealer.id,
            methods,
            peer: &peer,
            is_known_device: false,
        };
        let Err(Refusal::User(errors)) = desk.server.app.sessions.open(new).await else {
            panic!("a session has begun");
        };
        assert_eq!(errors[0].code, ErrorCode::SecondFactorRequired);
    }
}
