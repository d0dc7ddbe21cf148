//! A code is good once, for what it was sent for, and for five minutes.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tubex::platform::rounds::Rounds;

use super::{ADD, Booth, TAKE};
use crate::factors::{code, run};

fn succeeded(payloads: &[Value]) -> usize {
    payloads
        .iter()
        .filter(|payload| payload["accessToken"].is_string())
        .count()
}

#[tokio::test]
async fn of_equal_codes_at_once_one_succeeds() {
    let booth = Booth::open("sms_race").await;
    booth.with_phone().await;
    for _round in 0..3 {
        let challenge = booth.challenge().await;
        booth.send(&challenge).await;
        let shown = booth.newest_code().await;
        // As many as the challenge lets through.
        let all = join_all((0..5).map(|_| booth.verify(&challenge, &shown))).await;
        assert_eq!(succeeded(&all), 1, "{all:?}");
        // Codes of an hour are counted, right ones too.
        booth.wait(TimeDelta::hours(1));
    }
    let signed_in = booth.sign_in_by_sms().await;
    let shown = booth.step_up_code(&signed_in).await;
    let all = join_all((0..8).map(|_| booth.step_up(&signed_in, &shown))).await;
    assert_eq!(succeeded(&all), 1, "{all:?}");
}

#[tokio::test]
async fn a_code_is_good_for_the_sign_in_for_which_it_was_sent() {
    let booth = Booth::open("sms_bound").await;
    let client = booth.with_phone().await;
    let (one, other) = (booth.challenge().await, booth.challenge().await);
    booth.send(&one).await;
    let shown = booth.newest_code().await;
    let elsewhere = booth.verify(&other, &shown).await;
    assert_eq!(code(&elsewhere), "INVALID_CREDENTIALS");
    assert_eq!(
        code(&booth.step_up(&client, &shown).await),
        "INVALID_CREDENTIALS"
    );
    booth.wait(TimeDelta::minutes(1));
    let of_session = booth.step_up_code(&client).await;
    let elsewhere = booth.verify(&one, &of_session).await;
    assert_eq!(code(&elsewhere), "INVALID_CREDENTIALS");
    // Nobody has spent them.
    assert_eq!(code(&booth.step_up(&client, &of_session).await), "none");
    assert_eq!(code(&booth.verify(&one, &shown).await), "none");
}

#[tokio::test]
async fn a_code_is_good_for_the_session_in_which_it_was_asked_for() {
    let booth = Booth::open("sms_session").await;
    booth.with_phone().await;
    let one = booth.sign_in_by_sms().await;
    let other = booth.sign_in_by_sms().await;
    let shown = booth.step_up_code(&one).await;
    assert_eq!(
        code(&booth.step_up(&other, &shown).await),
        "INVALID_CREDENTIALS"
    );
    // Nor does another session finish what one has begun to set up.
    booth.wait(TimeDelta::minutes(1));
    let begun = run(&one, ADD, json!({ "phone": "+1 555 010 0199" })).await;
    assert_eq!(code(&begun), "none");
    let shown = json!({ "code": booth.newest_code().await });
    assert_eq!(
        code(&run(&other, TAKE, shown.clone()).await),
        "INVALID_CREDENTIALS"
    );
    assert_eq!(code(&run(&one, TAKE, shown).await), "none");
}

#[tokio::test]
async fn a_code_is_good_for_five_minutes() {
    let booth = Booth::open("sms_late").await;
    let client = booth.with_phone().await;
    let shown = booth.step_up_code(&client).await;
    booth.wait(TimeDelta::seconds(300));
    assert_eq!(
        code(&booth.step_up(&client, &shown).await),
        "INVALID_CREDENTIALS"
    );
    let shown = booth.step_up_code(&client).await;
    booth.wait(TimeDelta::seconds(299));
    assert_eq!(code(&booth.step_up(&client, &shown).await), "none");
}

#[tokio::test]
async fn the_next_code_takes_the_place_of_the_one_before() {
    let booth = Booth::open("sms_next").await;
    let client = booth.with_phone().await;
    let former = booth.step_up_code(&client).await;
    booth.wait(TimeDelta::minutes(1));
    let present = booth.step_up_code(&client).await;
    if former != present {
        assert_eq!(
            code(&booth.step_up(&client, &former).await),
            "INVALID_CREDENTIALS"
        );
    }
    assert_eq!(code(&booth.step_up(&client, &present).await), "none");
}

#[tokio::test]
async fn nothing_of_a_code_is_kept() {
    let booth = Booth::open("sms_kept").await;
    booth.with_phone().await;
    let columns = "SELECT column_name::text FROM information_schema.columns
        WHERE table_name = 'text_messages' ORDER BY ordinal_position";
    let columns = booth.column(columns).await.join(" ");
    assert_eq!(
        columns,
        "id kind phone user_id dealer_id subject created_at due_at expires_at attempts state \
         cause used_at"
    );
    // And after a week nothing of its message.
    let outbox = booth.server.app.sms_outbox().unwrap();
    let count = "SELECT count(*)::text FROM platform.text_messages";
    booth.wait(TimeDelta::days(7) - TimeDelta::minutes(1));
    outbox.prune().await.unwrap();
    assert_eq!(booth.column(count).await, ["1"]);
    booth.wait(TimeDelta::seconds(1));
    outbox.prune().await.unwrap();
    assert_eq!(booth.column(count).await, ["0"]);
}
