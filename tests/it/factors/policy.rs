//! Dealers that ask everybody for a second factor.

use serde_json::{Value, json};

use super::phone::Phone;
use super::{
    CONFIRM, DISABLE, Desk, ENROL, LOGIN, REQUIRE, STANDING, code, refresh, refused, run, text,
};
use crate::support::{PASSWORD, TestDealer, owner};

/// Has somebody work for a dealer.
async fn employ(who: &TestDealer, at: &TestDealer) {
    let join = "INSERT INTO platform.memberships (user_id, dealer_id, role, created_at)
        VALUES ($1::text::uuid, $2::text::uuid, 'OWNER', now())";
    let (user, dealer) = (who.owner.uuid().to_string(), at.id.uuid().to_string());
    owner()
        .await
        .execute(join, &[&user, &dealer])
        .await
        .unwrap();
}

async fn login_at(desk: &Desk, who: &TestDealer, at: &TestDealer) -> Value {
    let input = json!({ "email": who.email, "password": PASSWORD, "dealerId": at.id.to_string() });
    run(&desk.server.anonymous(), LOGIN, input).await
}

#[tokio::test]
async fn who_has_none_is_stopped_everywhere_and_asked_to_set_one_up() {
    let desk = Desk::new().await;
    let colleague = desk.server.dealer().await;
    employ(&colleague, &desk.dealer).await;
    let at_work = login_at(&desk, &colleague, &desk.dealer).await;
    let at_home = login_at(&desk, &colleague, &colleague).await;
    let boss = desk.enrolled().await;
    let set = run(&boss.client, REQUIRE, json!({ "required": true })).await;
    assert_eq!(code(&set), "none");
    let boss = desk.client(&set);
    assert_eq!(boss.get(STANDING).await["secondFactor"]["isRequired"], true);
    assert_eq!(desk.events(&boss).await[0], "SECOND_FACTOR_POLICY_SET");
    // The token he has, the next one, a switch from where none is asked for, and a
    // new sign-in.
    refused(&desk.client(&at_work)).await;
    let next = refresh(&desk.server, &text(&at_work["refreshToken"])).await;
    assert_eq!(code(&next), "SECOND_FACTOR_REQUIRED");
    let switch = "mutation($input: DealerSwitchInput!) { dealerSwitch(input: $input) {
        accessToken userErrors { code } } }";
    let here = json!({ "dealerId": desk.dealer.id.to_string() });
    let switched = run(&desk.client(&at_home), switch, here).await;
    assert_eq!(code(&switched), "SECOND_FACTOR_REQUIRED");
    let signed_in = login_at(&desk, &colleague, &desk.dealer).await;
    assert_eq!(code(&signed_in), "SECOND_FACTOR_REQUIRED");
    assert_eq!(signed_in["challenge"]["methods"], json!(["ENROLMENT"]));
    assert!(signed_in["accessToken"].is_null());
    // At home nothing has changed for him.
    assert!(login_at(&desk, &colleague, &colleague).await["accessToken"].is_string());
}

#[tokio::test]
async fn the_challenge_sets_one_up_and_opens_the_session() {
    let desk = Desk::new().await;
    let colleague = desk.server.dealer().await;
    employ(&colleague, &desk.dealer).await;
    let boss = desk.enrolled().await;
    run(&boss.client, REQUIRE, json!({ "required": true })).await;
    let asked = login_at(&desk, &colleague, &desk.dealer).await;
    let challenge = text(&asked["challenge"]["id"]);
    let nobody = desk.server.anonymous();
    // It is no way in by itself.
    assert_eq!(
        code(&desk.verify(&challenge, "123456").await),
        "UNAUTHENTICATED"
    );
    let begun = run(&nobody, ENROL, json!({ "challengeId": challenge })).await;
    let phone = Phone::scan(&text(&begun["uri"]));
    let now = desk.server.clock.now();
    let wrong = json!({ "challengeId": challenge, "code": phone.wrong_code(now) });
    assert_eq!(
        code(&run(&nobody, CONFIRM, wrong).await),
        "INVALID_CREDENTIALS"
    );
    let right = json!({ "challengeId": challenge, "code": phone.code(now) });
    let confirmed = run(&nobody, CONFIRM, right.clone()).await;
    assert_eq!(confirmed["backupCodes"].as_array().unwrap().len(), 10);
    let client = desk.client(&confirmed);
    let standing = client.get(STANDING).await;
    assert_eq!(standing["secondFactor"]["isOn"], true);
    let next = refresh(&desk.server, &text(&confirmed["refreshToken"])).await;
    assert_eq!(code(&next), "none");
    assert_eq!(code(&run(&nobody, CONFIRM, right).await), "UNAUTHENTICATED");
    // And he can not do away with it again.
    let input = json!({ "code": desk.next_code(&phone) });
    assert_eq!(code(&run(&client, DISABLE, input).await), "NOT_ALLOWED");
}

#[tokio::test]
async fn nobody_shuts_himself_out() {
    let desk = Desk::new().await;
    let client = desk.client(&desk.login().await);
    let refused = run(&client, REQUIRE, json!({ "required": true })).await;
    assert_eq!(code(&refused), "NOT_ALLOWED");
    assert!(desk.login().await["accessToken"].is_string());
}

#[tokio::test]
async fn the_dealer_may_change_his_mind() {
    let desk = Desk::new().await;
    let colleague = desk.server.dealer().await;
    employ(&colleague, &desk.dealer).await;
    let boss = desk.enrolled().await;
    let set = run(&boss.client, REQUIRE, json!({ "required": true })).await;
    let set = run(&desk.client(&set), REQUIRE, json!({ "required": false })).await;
    assert_eq!(code(&set), "none");
    assert!(login_at(&desk, &colleague, &desk.dealer).await["accessToken"].is_string());
}
