//! Dealers have their turns.

use std::time::{Duration, Instant};

use super::{Act, LONG, Yard};
use crate::support::until;

const SOON: Duration = Duration::from_secs(10);

/// So many jobs of a dealer, as if they had been enqueued.
async fn fill(yard: &Yard, dealer: &crate::support::TestDealer, count: u32, act: &str) {
    let sql = format!(
        "INSERT INTO platform.jobs (id, dealer_id, kind, payload, priority, state, run_at, max_attempts, created_at)
         SELECT gen_random_uuid(), '{}', 'test.deed', '{act}', 0, 'QUEUED', now() - interval '1 hour', 3, now()
         FROM generate_series(1, {count})",
        dealer.id.uuid()
    );
    yard.sql.batch_execute(&sql).await.unwrap();
}

#[tokio::test]
async fn a_dealer_with_100_000_jobs_delays_nobody_by_two_seconds() {
    let yard = Yard::new("jobs_fairness").await;
    let (many, few) = (yard.server.dealer().await, yard.server.dealer().await);
    fill(&yard, &many, 100_000, "{\"Takes\": 5}").await;
    let worker = yard.worker(8, LONG);
    until("the many are at work", async || yard.log.len() > 50).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..10 {
        let began = Instant::now();
        let id = yard.deed(&few, Act::Nothing).await;
        yard.until_job(id, "DONE").await;
        slowest = slowest.max(began.elapsed());
    }
    eprintln!("beside 100,000 jobs of another dealer a job took at most {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let left = yard.count("state = 'QUEUED'").await;
    assert!(
        left > 50_000,
        "there were not enough to be in the way: {left}"
    );
    worker.stop(SOON).await;
}

#[tokio::test]
async fn a_dealers_long_jobs_leave_places_for_others() {
    let yard = Yard::new("jobs_fairness_long").await;
    let (many, few) = (yard.server.dealer().await, yard.server.dealer().await);
    fill(&yard, &many, 20, "{\"Takes\": 4000}").await;
    let worker = yard.worker(4, LONG);
    until("the long ones are at work", async || {
        yard.count("state = 'RUNNING'").await > 0
    })
    .await;
    let began = Instant::now();
    for _ in 0..5 {
        let id = yard.deed(&few, Act::Nothing).await;
        yard.until_job(id, "DONE").await;
    }
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        yard.count("state = 'RUNNING'").await,
        2,
        "half of the places"
    );
    drop(worker);
}

#[tokio::test]
async fn of_many_dealers_each_gets_one_before_any_gets_two() {
    let yard = Yard::new("jobs_fairness_turns").await;
    let mut dealers = Vec::new();
    for _ in 0..5 {
        let dealer = yard.server.dealer().await;
        fill(&yard, &dealer, 10, "\"Nothing\"").await;
        dealers.push(dealer.id);
    }
    let worker = yard.worker(2, LONG);
    until("all are done", async || yard.log.len() == 50).await;
    let runs = yard.log.all();
    // Two begin at once, so they may change places.
    for turn in runs.chunks(5).map(|turn| turn.iter()) {
        let mut seen: Vec<_> = turn.map(|ran| ran.dealer.clone().unwrap().0).collect();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() >= 4, "{seen:?} of {dealers:?}");
    }
    worker.stop(SOON).await;
}
