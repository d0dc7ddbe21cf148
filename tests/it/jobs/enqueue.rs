//! A job is there if its transaction commits, and only then.

use std::time::{Duration, Instant};

use tubex::error::AppError;
use tubex::jobs::{JobOrder, Queue};

use super::{Act, Chore, Deed, LONG, Yard};
use crate::support::until;

#[tokio::test]
async fn a_transaction_that_is_undone_enqueues_nothing() {
    let yard = Yard::new("jobs_undone").await;
    let dealer = yard.server.dealer().await;
    let order = JobOrder::of::<Deed>(&Act::Nothing).unwrap();
    let queue = &yard.server.app.queue;
    let mut tx = yard.tx(&dealer).await;
    queue.enqueue(&mut tx, &order).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = yard.tx(&dealer).await;
    queue.enqueue(&mut tx, &order).await.unwrap();
    drop(tx);
    let chore = JobOrder::of::<Chore>(&Act::Nothing).unwrap();
    let mut conn = yard.server.app.core.control.checkout().await.unwrap();
    let undone: Result<(), AppError> = conn
        .transaction(async |conn| {
            Queue::enqueue_for(conn, None, &chore).await?;
            Err(AppError::internal("undone"))
        })
        .await;
    undone.unwrap_err();
    assert_eq!(yard.count("true").await, 0);
    let worker = yard.worker(2, LONG);
    // What comes later is done, so what came before would have been.
    let last = yard.chore(Act::Nothing).await;
    yard.until_job(last, "DONE").await;
    assert_eq!(yard.log.len(), 1);
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_job_is_taken_when_its_transaction_has_committed_and_soon() {
    let yard = Yard::new("jobs_committed").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(2, LONG);
    let order = JobOrder::of::<Deed>(&Act::Nothing).unwrap();
    let mut tx = yard.tx(&dealer).await;
    let queue = &yard.server.app.queue;
    queue.enqueue(&mut tx, &order).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(yard.log.len(), 0, "taken before the commit");
    let mut fastest = Duration::MAX;
    tx.commit().await.unwrap();
    yard.until_job(order.id(), "DONE").await;
    for _ in 0..5 {
        let (began, before) = (Instant::now(), yard.log.len());
        yard.deed(&dealer, Act::Nothing).await;
        until("it runs", async || yard.log.len() > before).await;
        fastest = fastest.min(began.elapsed());
    }
    // Far below the second after which workers look for themselves.
    assert!(fastest < Duration::from_millis(500), "{fastest:?}");
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn others_hear_of_jobs_too() {
    let yard = Yard::new("jobs_heard").await;
    let worker = yard.worker(2, LONG);
    let first = yard.chore(Act::Nothing).await;
    yard.until_job(first, "DONE").await;
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        let (began, before) = (Instant::now(), yard.log.len());
        // The control plane's own way tells by the database alone.
        yard.chore(Act::Nothing).await;
        until("it runs", async || yard.log.len() > before).await;
        fastest = fastest.min(began.elapsed());
    }
    assert!(fastest < Duration::from_millis(500), "{fastest:?}");
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_job_for_later_waits() {
    let yard = Yard::new("jobs_later").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(2, LONG);
    let order = JobOrder::of::<Deed>(&Act::Nothing).unwrap();
    let order = order.after(Duration::from_secs(2));
    let began = Instant::now();
    yard.order(&dealer, &order).await;
    assert_eq!(yard.job(order.id(), "state").await, "SCHEDULED");
    yard.until_job(order.id(), "DONE").await;
    assert!(began.elapsed() >= Duration::from_secs(2));
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn too_much_to_tell_is_refused() {
    let act = Act::Writes("x".repeat(65_536));
    JobOrder::of::<Deed>(&act).unwrap_err();
}

#[tokio::test]
async fn a_dealers_role_orders_no_job_that_believes_its_payload() {
    let server = crate::support::Server::start().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let owner = crate::support::owner().await;
    let order = format!(
        "BEGIN; SET LOCAL ROLE {}; SELECT spine.enqueue(gen_random_uuid(), 'system.files.copy',
             '{{\"dealer\": \"{}\"}}', 5::smallint, 0, 3, NULL); COMMIT",
        dealer.schema, other.id
    );
    let refused = owner.batch_execute(&order).await.unwrap_err();
    assert!(
        format!("{refused:?}").contains("permission denied"),
        "{refused:?}"
    );
}
