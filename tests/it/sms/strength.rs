//! What a code by SMS must not open: it is weaker than an authenticator.

use chrono::TimeDelta;
use serde_json::json;

use super::{ADD, Booth, REMOVE};
use crate::factors::{DISABLE, ENROL, RENEW, STANDING, code, run};
use crate::support::Client;

/// What concerns the authenticator itself.
async fn all_refused(client: &Client, why: &str) {
    for (mutation, input) in [
        (DISABLE, json!({})),
        (ENROL, json!({})),
        (RENEW, json!({})),
        (ADD, json!({ "phone": "+1 555 010 0199" })),
    ] {
        let refused = run(client, mutation, input).await;
        assert_eq!(code(&refused), "STEP_UP_REQUIRED", "{why}: {mutation}");
    }
}

#[tokio::test]
async fn who_signs_in_by_sms_can_not_touch_the_authenticator() {
    let booth = Booth::open("sms_weaker").await;
    let holder = booth.with_both().await;
    let payload = booth.login().await;
    assert_eq!(
        payload["challenge"]["methods"],
        json!(["TOTP", "BACKUP_CODE", "SMS"])
    );
    let client = booth.sign_in_by_sms().await;
    all_refused(&client, "signed in by SMS").await;
    // Nor does a code sent for a proof do, shown there or by stepUp.
    let shown = booth.step_up_code(&client).await;
    for mutation in [DISABLE, RENEW] {
        let refused = run(&client, mutation, json!({ "code": shown })).await;
        assert_eq!(code(&refused), "INVALID_CREDENTIALS", "{mutation}");
    }
    let proven = booth.step_up(&client, &shown).await;
    assert_eq!(code(&proven), "none");
    let client = booth.client(&proven);
    all_refused(&client, "proven by SMS").await;
    let standing = client.get(STANDING).await;
    assert!(standing["secondFactor"]["confirmedAt"].is_string());
    // The authenticator itself does.
    booth.wait(TimeDelta::seconds(30));
    let shown = holder.authenticator.code(booth.server.clock.now());
    let proven = booth.client(&booth.step_up(&client, &shown).await);
    let disabled = run(&proven, DISABLE, json!({})).await;
    assert_eq!(code(&disabled), "none");
    let left = booth.login().await;
    assert_eq!(left["challenge"]["methods"], json!(["SMS"]));
}

#[tokio::test]
async fn a_code_by_sms_does_not_refresh_what_the_authenticator_has_proven() {
    let booth = Booth::open("sms_refresh").await;
    let holder = booth.with_both().await;
    booth.wait(TimeDelta::seconds(601));
    all_refused(&holder.client, "long ago").await;
    let shown = booth.step_up_code(&holder.client).await;
    let proven = booth.step_up(&holder.client, &shown).await;
    assert_eq!(code(&proven), "none");
    all_refused(&booth.client(&proven), "long ago, and an SMS since").await;
}

#[tokio::test]
async fn who_has_the_telephone_does_not_guess_on_at_the_authenticator() {
    let booth = Booth::open("sms_guess").await;
    let holder = booth.with_both().await;
    let now = booth.server.clock.now();
    let guess = holder.authenticator.wrong_code(now);
    // The code that set the telephone up was the first of ten, this one is the last.
    for _guess in 0..8 {
        let refused = booth.step_up(&holder.client, &guess).await;
        assert_eq!(code(&refused), "INVALID_CREDENTIALS");
    }
    let shown = booth.step_up_code(&holder.client).await;
    assert_eq!(code(&booth.step_up(&holder.client, &shown).await), "none");
    let more = booth.step_up(&holder.client, &guess).await;
    assert_eq!(code(&more), "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn guesses_at_a_code_are_bounded_by_sign_in_and_by_user() {
    let booth = Booth::open("sms_bounds").await;
    booth.with_phone().await;
    let mut refused = Vec::new();
    let challenges = [booth.challenge().await, booth.challenge().await];
    for challenge in &challenges {
        booth.send(challenge).await;
        let shown = booth.newest_code().await;
        for _guess in 0..6 {
            let payload = booth.verify(challenge, super::wrong(&shown)).await;
            refused.push(code(&payload).to_owned());
        }
        booth.wait(TimeDelta::minutes(1));
    }
    // The code that set the telephone up was the first of ten.
    let wrong = |count: usize| vec!["INVALID_CREDENTIALS"; count];
    let over = vec!["UNAUTHENTICATED"];
    let many = vec!["LIMIT_EXCEEDED"];
    assert_eq!(
        refused,
        [wrong(5), over.clone(), wrong(4), many, over].concat()
    );
    let challenge = booth.challenge().await;
    booth.send(&challenge).await;
    let right = booth.newest_code().await;
    assert_eq!(
        code(&booth.verify(&challenge, &right).await),
        "LIMIT_EXCEEDED"
    );
    booth.wait(TimeDelta::hours(1));
    booth.sign_in_by_sms().await;
}

#[tokio::test]
async fn who_is_rid_of_the_telephone_keeps_the_authenticator() {
    let booth = Booth::open("sms_rid").await;
    booth.with_both().await;
    let client = booth.sign_in_by_sms().await;
    let removed = run(&client, REMOVE, json!({})).await;
    assert_eq!(code(&removed), "none");
    let standing = booth.client(&removed).get(STANDING).await;
    assert_eq!(standing["secondFactor"]["isOn"], true);
    assert_eq!(standing["secondFactor"]["backupCodesLeft"], 10);
    all_refused(&booth.client(&removed), "signed in by SMS").await;
    let payload = booth.login().await;
    assert_eq!(
        payload["challenge"]["methods"],
        json!(["TOTP", "BACKUP_CODE"])
    );
}
