//! A device that has signed in before is held to its own mistakes only.

use std::time::Duration;

use chrono::TimeDelta;
use tubex::kernel::peer::Peer;
use tubex::platform::identity::model::UserRow;

use super::{Gate, Outcome, bot, from};
use crate::support::PASSWORD;

/// Everything that strangers can block is blocked.
async fn besieged(gate: &Gate, user: &UserRow, peer: &Peer) {
    for n in 0..10 {
        gate.guess(&user.email, &bot(n)).await;
    }
    for n in 0..40 {
        let email = format!("user-{n}@test.example");
        gate.guess(&email, peer).await;
    }
    let right = gate.try_password(&user.email, PASSWORD, peer).await;
    assert!(matches!(right, Outcome::Wait(_)), "{right:?}");
}

#[tokio::test]
async fn a_known_device_gets_in_from_a_blocked_address_to_a_blocked_account() {
    let gate = Gate::new("passwords_besieged").await;
    let (user, office) = (gate.user().await, from("192.0.2.1"));
    let known = gate.known(&user, &office);
    besieged(&gate, &user, &office).await;
    let right = gate.try_password(&user.email, PASSWORD, &known).await;
    assert_eq!(right, Outcome::Right);
    // And nobody else is let in for it.
    let other = gate.try_password(&user.email, PASSWORD, &office).await;
    assert!(matches!(other, Outcome::Wait(_)), "{other:?}");
}

#[tokio::test]
async fn a_stolen_device_token_is_good_for_few_guesses() {
    let gate = Gate::new("passwords_stolen_device").await;
    let (user, thief) = (gate.user().await, from("192.0.2.1"));
    let stolen = gate.known(&user, &thief);
    let before = gate.hashes();
    for _ in 0..100 {
        gate.guess(&user.email, &stolen).await;
    }
    assert_eq!(gate.hashes() - before, 5);
    // The owner's own device does not feel it.
    let own = gate.known(&user, &from("192.0.2.2"));
    let right = gate.try_password(&user.email, PASSWORD, &own).await;
    assert_eq!(right, Outcome::Right);
}

#[tokio::test]
async fn a_device_is_known_to_its_own_user_only() {
    let gate = Gate::new("passwords_foreign_device").await;
    let (user, thief) = (gate.user().await, gate.user().await);
    let office = from("192.0.2.1");
    besieged(&gate, &user, &office).await;
    // As many tokens of his own as he likes.
    for n in 0..20 {
        let device = gate.known(&thief, &bot(100 + n));
        let guess = gate.guess(&user.email, &device).await;
        assert!(matches!(guess, Outcome::Wait(_)), "{guess:?}");
    }
    let made_up = office.clone().with_device(Some("tbd_AAAA"));
    let guess = gate.guess(&user.email, &made_up).await;
    assert!(matches!(guess, Outcome::Wait(_)), "{guess:?}");
}

#[tokio::test]
async fn a_device_is_new_once() {
    let gate = Gate::new("passwords_new_device").await;
    let (user, home) = (gate.user().await, from("192.0.2.1"));
    let is_new = async |peer: &Peer| {
        let known = gate.accounts.known(user.id, peer).await.unwrap();
        known.is_none()
    };
    assert!(is_new(&home).await);
    let known = gate.known(&user, &home);
    assert!(!is_new(&known).await);
    // Its token is renewed with each sign-in.
    gate.pass(TimeDelta::days(170));
    let renewed = gate.known(&user, &known);
    gate.pass(TimeDelta::days(20));
    assert!(is_new(&known).await);
    assert!(!is_new(&renewed).await);
}

#[tokio::test]
async fn a_device_that_makes_mistakes_waits_a_minute_at_most() {
    let gate = Gate::new("passwords_clumsy").await;
    let user = gate.user().await;
    let known = gate.known(&user, &from("192.0.2.1"));
    for _ in 0..200 {
        if let Outcome::Wait(time) = gate.guess(&user.email, &known).await {
            assert!(time <= Duration::from_mins(1), "{time:?}");
            gate.pass(TimeDelta::from_std(time).unwrap());
        }
    }
    gate.pass(TimeDelta::minutes(1));
    let right = gate.try_password(&user.email, PASSWORD, &known).await;
    assert_eq!(right, Outcome::Right);
}
