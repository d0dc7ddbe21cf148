//! Those who guess are slowed down, together and alone; nobody is shut out.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::{Gate, Outcome, bot, from};
use crate::support::PASSWORD;

const fn wait(seconds: u64) -> Outcome {
    Outcome::Wait(Duration::from_secs(seconds))
}

#[tokio::test]
async fn five_wrong_passwords_are_free_and_then_waits_double() {
    let gate = Gate::new("passwords_doubling").await;
    let (user, thief) = (gate.user().await, from("192.0.2.1"));
    for _ in 0..5 {
        assert_eq!(gate.guess(&user.email, &thief).await, Outcome::Wrong);
    }
    for seconds in [1, 2, 4, 8, 16, 32] {
        assert_eq!(gate.guess(&user.email, &thief).await, wait(seconds));
        gate.pass(TimeDelta::seconds(seconds.cast_signed()));
        assert_eq!(gate.guess(&user.email, &thief).await, Outcome::Wrong);
    }
    // Even the right one is not looked at now.
    let hashes = gate.hashes();
    let right = gate.try_password(&user.email, PASSWORD, &thief).await;
    assert_eq!((right, gate.hashes()), (wait(64), hashes));
    gate.pass(TimeDelta::seconds(64));
    let right = gate.try_password(&user.email, PASSWORD, &thief).await;
    assert_eq!(right, Outcome::Right);
}

#[tokio::test]
async fn ten_thousand_tries_do_not_keep_the_owner_out() {
    let gate = Gate::new("passwords_ten_thousand").await;
    let user = gate.user().await;
    let home = gate.known(&user, &from("192.0.2.1"));
    let before = gate.hashes();
    let mut mine = 0;
    for n in 0..10_000 {
        assert_ne!(gate.guess(&user.email, &bot(n % 600)).await, Outcome::Right);
        if n % 1000 == 999 {
            let right = gate.try_password(&user.email, PASSWORD, &home).await;
            assert_eq!(right, Outcome::Right, "after {n}");
            mine += 1;
        }
        gate.pass(TimeDelta::seconds(1));
    }
    // Some at first, then one a minute.
    let looked_at = gate.hashes() - before - mine;
    assert!((100..200).contains(&looked_at), "{looked_at}");
    // Where he was never before he waits a minute at most.
    let hotel = from("203.0.113.1");
    if let Outcome::Wait(time) = gate.try_password(&user.email, PASSWORD, &hotel).await {
        assert!(time <= Duration::from_mins(1), "{time:?}");
        gate.pass(TimeDelta::from_std(time).unwrap());
    }
    let right = gate.try_password(&user.email, PASSWORD, &hotel).await;
    assert_eq!(right, Outcome::Right);
}

#[tokio::test]
async fn guesses_at_one_moment_do_not_slip_through_together() {
    let gate = Gate::new("passwords_parallel").await;
    let (user, twin) = (gate.user().await, gate.twin());
    let before = gate.hashes();
    let guesses = (0..200).map(|n| {
        let (user, gate, twin) = (&user, &gate, &twin);
        async move {
            let node = if n % 2 == 0 { gate } else { twin };
            node.guess(&user.email, &bot(n)).await
        }
    });
    let outcomes = join_all(guesses).await;
    let looked_at = outcomes.iter().filter(|one| **one == Outcome::Wrong);
    assert_eq!(looked_at.count(), 5);
    assert_eq!(gate.hashes() - before + twin.hashes(), 5);
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let gate = Gate::new("passwords_restart").await;
    let (user, thief) = (gate.user().await, from("192.0.2.1"));
    for _ in 0..5 {
        gate.guess(&user.email, &thief).await;
    }
    let twin = gate.twin();
    assert_eq!(twin.guess(&user.email, &thief).await, wait(1));
    assert_eq!(twin.hashes(), 0);
}

#[tokio::test]
async fn one_address_does_not_try_many_accounts() {
    let gate = Gate::new("passwords_many_accounts").await;
    let before = gate.hashes();
    for n in 0..100 {
        let email = format!("user-{n}@test.example");
        // A customer has a /64 to choose addresses from.
        let thief = from(&format!("2001:db8:1:2::{n:x}"));
        gate.guess(&email, &thief).await;
    }
    assert_eq!(gate.hashes() - before, 20);
    let neighbour = from("2001:db8:1:3::1");
    let guess = gate.guess("user-0@test.example", &neighbour).await;
    assert_eq!(guess, Outcome::Wrong);
}

#[tokio::test]
async fn knowing_one_password_does_not_help_to_guess_another() {
    let gate = Gate::new("passwords_own_account").await;
    let (victim, own, thief) = (gate.user().await, gate.user().await, from("192.0.2.1"));
    let mut looked_at = 0;
    for _ in 0..50 {
        if gate.guess(&victim.email, &thief).await == Outcome::Wrong {
            looked_at += 1;
        }
        let right = gate.try_password(&own.email, PASSWORD, &thief).await;
        assert_eq!(right, Outcome::Right);
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn who_gets_it_right_starts_anew() {
    let gate = Gate::new("passwords_anew").await;
    let (user, home) = (gate.user().await, from("192.0.2.1"));
    for _ in 0..20 {
        assert_eq!(gate.guess(&user.email, &home).await, Outcome::Wrong);
        let right = gate.try_password(&user.email, PASSWORD, &home).await;
        assert_eq!(right, Outcome::Right);
        gate.pass(TimeDelta::minutes(15));
    }
    gate.pass(TimeDelta::hours(3));
    gate.try_password(&user.email, PASSWORD, &home).await;
    assert_eq!(gate.rows().await, 0);
}
