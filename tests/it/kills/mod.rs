//! Servers, a worker and PostgreSQL, killed at random moments under load: what was
//! acknowledged is there exactly once, and is told to whoever listens.
//!
//! `TUBEX_KILLS=20` in the environment makes so many rounds.

mod books;
mod buyer;
mod listener;
mod stage;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use buyer::{Buyer, Shop};
use listener::Listener;
use stage::{Stage, Victim};

use crate::soak::chance::Chance;

/// Rounds, if nobody says otherwise: each victim once.
const SHORT: usize = Victim::ALL.len();
/// Shops at work, and people in each.
const SHOPS: usize = 2;
const PEOPLE: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_once_whoever_is_killed() {
    let rounds = std::env::var("TUBEX_KILLS").map_or(SHORT, |text| text.parse().unwrap());
    let mut stage = Stage::open().await;
    let mut shops = Vec::new();
    for number in 0..SHOPS {
        shops.push(Shop::open(&stage, number).await);
    }
    let closing = Arc::new(AtomicBool::new(false));
    let listeners: Vec<_> = shops
        .iter()
        .map(|shop| Listener::start(&stage, shop))
        .collect();
    let mut at_work = Vec::new();
    for (number, shop) in shops.iter().enumerate() {
        for person in 0..PEOPLE {
            let buyer = Buyer::new(&stage, shop, number * PEOPLE + person);
            at_work.push(tokio::spawn(buyer.work(Arc::clone(&closing))));
        }
    }
    let mut chance = Chance::new(rounds);
    for round in 0..rounds {
        let pause = Duration::from_millis(chance.below(1500).try_into().unwrap());
        tokio::time::sleep(pause).await;
        let victim = Victim::ALL[round % Victim::ALL.len()];
        stage = stage.strike(victim).await;
    }
    closing.store(true, Ordering::Relaxed);
    let mut done = Vec::new();
    for buyer in at_work {
        done.push(buyer.await.unwrap());
    }
    for (number, (shop, listener)) in shops.iter().zip(listeners).enumerate() {
        let of_shop = &done[number * PEOPLE..(number + 1) * PEOPLE];
        let told = books::check(&stage, shop, of_shop).await;
        listener.has_heard(&told).await;
    }
    let made: usize = done.iter().map(|done| done.products.len()).sum();
    let again: usize = done.iter().map(|done| done.again).sum();
    eprintln!("{rounds} kills, {made} products, {again} changes sent again");
    // A run in which nobody noticed anything would prove nothing.
    assert!(
        made >= rounds * 4 && again > 0,
        "{made} made, {again} again"
    );
    stage.close().await;
}
