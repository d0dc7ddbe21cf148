//! Of those with a key there is one, and none is forgotten for it.

use std::time::Duration;

use tubex::jobs::{JobOrder, Queue};

use super::{Act, Chore, Deed, LONG, Yard};
use crate::support::until;

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn of_twenty_at_once_there_is_one() {
    let yard = Yard::new("jobs_unique_race").await;
    let (mine, other) = (yard.server.dealer().await, yard.server.dealer().await);
    let order = |key| JobOrder::of::<Deed>(&Act::Nothing).unwrap().unique(key);
    let orders: Vec<JobOrder> = (0..20).map(|_| order("k")).collect();
    let mut waiting = Vec::new();
    for order in &orders {
        waiting.push(yard.order(&mine, order));
    }
    let enqueued = futures_util::future::join_all(waiting).await;
    assert_eq!(enqueued.iter().filter(|one| one.is_new).count(), 1);
    assert!(enqueued.iter().all(|one| one.id == enqueued[0].id));
    assert_eq!(yard.count("true").await, 1);
    // Another key, another dealer: another job.
    assert!(yard.order(&mine, &order("l")).await.is_new);
    assert!(yard.order(&other, &order("k")).await.is_new);
    let worker = yard.worker(2, LONG);
    until("they are done", async || {
        yard.count("state = 'DONE'").await == 3
    })
    .await;
    assert!(
        yard.order(&mine, &order("k")).await.is_new,
        "the first is done"
    );
    worker.stop(SOON).await;
}

#[tokio::test]
async fn one_that_is_undone_keeps_nobody_out() {
    let yard = Yard::new("jobs_unique_undone").await;
    let dealer = yard.server.dealer().await;
    let order = || JobOrder::of::<Deed>(&Act::Nothing).unwrap().unique("k");
    let mut tx = yard.tx(&dealer).await;
    let queue = &yard.server.app.queue;
    queue.enqueue(&mut tx, &order()).await.unwrap();
    let second = order();
    let (enqueued, ()) = tokio::join!(yard.order(&dealer, &second), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        tx.rollback().await.unwrap();
    });
    assert!(enqueued.is_new);
    assert_eq!(yard.count("true").await, 1);
}

#[tokio::test]
async fn what_waits_is_not_taken_before_he_who_counts_on_it_has_committed() {
    let yard = Yard::new("jobs_unique_locked").await;
    let dealer = yard.server.dealer().await;
    let order = || JobOrder::of::<Deed>(&Act::Nothing).unwrap().unique("k");
    let first = yard.order(&dealer, &order()).await;
    let mut tx = yard.tx(&dealer).await;
    let queue = &yard.server.app.queue;
    let second = queue.enqueue(&mut tx, &order()).await.unwrap();
    assert_eq!((second.id, second.is_new), (first.id, false));
    // It would not see what this transaction writes.
    let worker = yard.worker(2, LONG);
    let other = yard.chore(Act::Nothing).await;
    yard.until_job(other, "DONE").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(yard.job(first.id, "state").await, "QUEUED");
    tx.commit().await.unwrap();
    yard.until_job(first.id, "DONE").await;
    assert_eq!(yard.job(first.id, "attempts").await, "1");
    worker.stop(SOON).await;
}

#[tokio::test]
async fn what_is_ordered_while_it_runs_runs_once_more() {
    let yard = Yard::new("jobs_unique_again").await;
    let worker = yard.worker(2, LONG);
    let order = || JobOrder::of::<Chore>(&Act::Takes(700)).unwrap().unique("k");
    let mut conn = yard.server.app.core.control.checkout().await.unwrap();
    let first = Queue::enqueue_for(&mut conn, None, &order()).await.unwrap();
    yard.until_job(first.id, "RUNNING").await;
    for _ in 0..3 {
        let again = Queue::enqueue_for(&mut conn, None, &order()).await.unwrap();
        assert_eq!((again.id, again.is_new), (first.id, false));
    }
    until("it has run twice", async || {
        yard.log.len() == 2 && yard.job(first.id, "state").await == "DONE"
    })
    .await;
    assert_eq!(yard.count("true").await, 1);
    worker.stop(SOON).await;
}

#[tokio::test]
async fn who_orders_again_for_long_costs_nobody_a_lease() {
    let yard = Yard::new("jobs_unique_long").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(4, Duration::from_secs(1));
    let order = || {
        let act = Act::Takes(2500);
        JobOrder::of::<Deed>(&act).unwrap().unique("k")
    };
    let keyed = yard.order(&dealer, &order()).await.id;
    let plain = yard.deed(&dealer, Act::Takes(3500)).await;
    yard.until_job(keyed, "RUNNING").await;
    yard.until_job(plain, "RUNNING").await;
    let mut tx = yard.tx(&dealer).await;
    let queue = &yard.server.app.queue;
    queue.enqueue(&mut tx, &order()).await.unwrap();
    yard.until_job(plain, "DONE").await;
    tx.rollback().await.unwrap();
    assert_eq!(yard.job(plain, "attempts").await, "1");
    yard.until_job(keyed, "DONE").await;
    worker.stop(SOON).await;
}
