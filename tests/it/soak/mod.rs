//! Many requests of all kinds, over many dealers and few connections, cut off at
//! random: nobody ever sees a row of another, and nothing stays open.
//!
//! Every row carries its dealer's mark. `TUBEX_SOAK=1000000,200` in the
//! environment runs so many requests over so many dealers.

pub mod chance;
mod request;
mod shop;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chance::Chance;
use request::{Kind, Outcome};
use shop::Shop;

/// Requests and dealers, if nobody says otherwise.
const SHORT: (usize, usize) = (4_000, 8);
/// At once; the pool has a sixth as many connections.
const AT_ONCE: usize = 24;

type Tally = BTreeMap<(Kind, Outcome), usize>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_sees_a_row_of_another_whatever_happens() {
    let (requests, dealers) = size();
    let shop = Arc::new(Shop::open(dealers).await);
    let next = Arc::new(AtomicUsize::new(0));
    let workers = (0..AT_ONCE).map(|worker| {
        let (shop, next) = (Arc::clone(&shop), Arc::clone(&next));
        tokio::spawn(async move { work(&shop, &next, requests, worker).await })
    });
    let mut tally = Tally::new();
    for worker in futures_util::future::join_all(workers).await {
        for (what, number) in worker.unwrap() {
            *tally.entry(what).or_default() += number;
        }
    }
    eprintln!("{tally:?} {:?}", shop.app.tenants.metrics());
    shop.assert_no_transaction_stays_open().await;
    shop.assert_every_dealer_is_whole().await;
    assert_enough_of_each(&tally, requests);
}

fn size() -> (usize, usize) {
    let Ok(text) = std::env::var("TUBEX_SOAK") else {
        return SHORT;
    };
    let (requests, dealers) = text.split_once(',').unwrap();
    (requests.parse().unwrap(), dealers.parse().unwrap())
}

async fn work(shop: &Shop, next: &AtomicUsize, requests: usize, worker: usize) -> Tally {
    let mut chance = Chance::new(worker);
    let mut tally = Tally::new();
    while next.fetch_add(1, Ordering::Relaxed) < requests {
        let dealer = chance.below(shop.dealers());
        let kind = Kind::of(chance.below(100));
        let request = shop.request(dealer, kind);
        // A client goes away at a random moment of every fifth request.
        let outcome = if chance.below(5) == 0 {
            let patience = Duration::from_micros(chance.below(3_000).try_into().unwrap());
            let cut = tokio::time::timeout(patience, request).await;
            cut.unwrap_or(Outcome::CutOff)
        } else {
            request.await
        };
        *tally.entry((kind, outcome)).or_default() += 1;
    }
    tally
}

/// A test in which nothing went wrong would prove nothing.
fn assert_enough_of_each(tally: &Tally, requests: usize) {
    let count = |wanted: Outcome| -> usize {
        let of = tally.iter().filter(|((_, outcome), _)| *outcome == wanted);
        of.map(|(_, number)| number).sum()
    };
    for outcome in [
        Outcome::Done,
        Outcome::Undone,
        Outcome::Failed,
        Outcome::CutOff,
    ] {
        assert!(count(outcome) > requests / 100, "{outcome:?}: {tally:?}");
    }
}
