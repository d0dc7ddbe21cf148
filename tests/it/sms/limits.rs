//! How many codes are sent, whoever asks.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{ADD, Booth, PHONE, SEND_AGAIN};
use crate::factors::{code, run};
use crate::support::Client;

async fn again(client: &Client) -> Value {
    client.get(SEND_AGAIN).await["stepUpCodeSend"].clone()
}

#[tokio::test]
async fn one_a_minute_even_if_many_ask_at_once() {
    let booth = Booth::open("sms_minute").await;
    let client = booth.with_phone().await;
    let sent = booth.messages().await.len();
    let all = join_all((0..8).map(|_| again(&client))).await;
    let outcomes: Vec<&str> = all.iter().map(code).collect();
    assert_eq!(
        outcomes.iter().filter(|code| **code == "none").count(),
        1,
        "{outcomes:?}"
    );
    let refused = all.iter().find(|one| code(one) == "LIMIT_EXCEEDED");
    let message = refused.unwrap()["userErrors"][0]["message"].as_str();
    assert!(message.unwrap().ends_with("another may be in 60 s"));
    assert_eq!(booth.messages().await.len(), sent + 1);
    booth.wait(TimeDelta::seconds(59));
    assert_eq!(code(&again(&client).await), "LIMIT_EXCEEDED");
    booth.wait(TimeDelta::seconds(1));
    assert_eq!(code(&again(&client).await), "none");
}

#[tokio::test]
async fn five_an_hour_to_whoever_has_a_telephone() {
    let booth = Booth::open("sms_hour").await;
    let client = booth.with_phone().await;
    for _more in 0..5 {
        assert_eq!(code(&again(&client).await), "none");
        booth.wait(TimeDelta::minutes(1));
    }
    assert_eq!(code(&again(&client).await), "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn nobody_uses_anothers_up_by_naming_his_number() {
    let booth = Booth::open("sms_named").await;
    let client = booth.with_phone().await;
    let add = async || {
        let other = booth.server.dealer().await;
        let thief = booth.client(&booth.server.login(&other).await);
        let begun = run(&thief, ADD, json!({ "phone": PHONE })).await;
        code(&begun).to_owned()
    };
    // The number's owner was the first to name it.
    for _more in 0..4 {
        assert_eq!(add().await, "none");
        assert_eq!(add().await, "LIMIT_EXCEEDED");
        booth.wait(TimeDelta::minutes(1));
    }
    assert_eq!(add().await, "LIMIT_EXCEEDED");
    assert_eq!(code(&again(&client).await), "none");
}

#[tokio::test]
async fn numbers_to_be_added_get_half_of_the_days_messages() {
    let booth = Booth::open_with("sms_half", |settings| settings.sms.sms_per_day = 4).await;
    let client = booth.with_phone().await;
    let add = async |number: i32| {
        let other = booth.server.dealer().await;
        let another = booth.client(&booth.server.login(&other).await);
        let input = json!({ "phone": format!("+1 555 010 03{number:02}") });
        code(&run(&another, ADD, input).await).to_owned()
    };
    assert_eq!(add(0).await, "none");
    assert_eq!(add(1).await, "LIMIT_EXCEEDED");
    assert_eq!(code(&again(&client).await), "none");
}

#[tokio::test]
async fn ten_a_day_of_a_user_to_whatever_telephones() {
    let booth = Booth::open("sms_day").await;
    let client = booth.client(&booth.login().await);
    let add = async |number: i32| {
        let input = json!({ "phone": format!("+1 555 010 02{number:02}") });
        code(&run(&client, ADD, input).await).to_owned()
    };
    for number in 0..10 {
        assert_eq!(add(number).await, "none", "{number}");
    }
    assert_eq!(add(10).await, "LIMIT_EXCEEDED");
    booth.wait(TimeDelta::hours(24));
    let client = booth.client(&booth.login().await);
    let input = json!({ "phone": "+1 555 010 0210" });
    assert_eq!(code(&run(&client, ADD, input).await), "none");
}

#[tokio::test]
async fn no_more_than_the_operator_pays_for() {
    let booth = Booth::open_with("sms_paid", |settings| settings.sms.sms_per_day = 3).await;
    let client = booth.with_phone().await;
    for _more in 0..2 {
        assert_eq!(code(&again(&client).await), "none");
        booth.wait(TimeDelta::minutes(1));
    }
    let refused = again(&client).await;
    assert_eq!(code(&refused), "LIMIT_EXCEEDED");
    let message = refused["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains("use another way"), "{message}");
    assert_eq!(booth.messages().await.len(), 3);
    booth.wait(TimeDelta::hours(24));
    booth.sign_in_by_sms().await;
}

#[tokio::test]
async fn a_sign_in_that_is_over_has_no_code_sent() {
    let booth = Booth::open("sms_over").await;
    booth.with_phone().await;
    let sent = booth.messages().await.len();
    let challenge = booth.challenge().await;
    for _guess in 0..5 {
        booth.verify(&challenge, "000").await;
    }
    assert_eq!(code(&booth.send(&challenge).await), "UNAUTHENTICATED");
    let late = booth.challenge().await;
    booth.wait(TimeDelta::minutes(5));
    assert_eq!(code(&booth.send(&late).await), "UNAUTHENTICATED");
    assert_eq!(booth.messages().await.len(), sent);
}
