//! Jobs of kinds that no worker knows.

use std::time::Duration;

use reqwest::Method;
use tubex::jobs::upkeep::{Nothing, PruneJobs};
use tubex::jobs::{JobId, JobOrder, Queue, Registry};
use tubex::kernel::ids::DealerId;

use super::{LONG, Yard};

/// A job that might have been taken for so long.
async fn waiting(yard: &Yard, dealer: DealerId, kind: &str, since: &str) -> JobId {
    let id = JobId::generate();
    let sql = format!(
        "INSERT INTO platform.jobs (id, dealer_id, kind, payload, priority, state, run_at, max_attempts, created_at)
         VALUES ('{}', '{}', '{kind}', '{{}}', 5, 'QUEUED', now() - interval '{since}', 3, now() - interval '{since}')",
        id.uuid(),
        dealer.uuid(),
    );
    yard.sql.batch_execute(&sql).await.unwrap();
    id
}

async fn figure(yard: &Yard, name: &str) -> i64 {
    let client = yard.server.operator_with(None);
    let answer = client
        .request(Method::GET, "/metrics")
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim().parse().unwrap()
}

#[tokio::test]
async fn what_nobody_knows_is_given_up_after_a_week_unless_somebody_does_it() {
    let yard = Yard::new("jobs_unknown").await;
    let (mine, closed) = (yard.server.dealer().await, yard.server.dealer().await);
    let old = waiting(&yard, mine.id, "bygone.deed", "8 days").await;
    let young = waiting(&yard, mine.id, "bygone.deed", "6 days").await;
    // A newer program beside this one does such, and is a week behind.
    let newer = waiting(&yard, mine.id, "coming.deed", "8 days").await;
    let begun = waiting(&yard, mine.id, "coming.deed", "8 days").await;
    let done = "state = 'DONE', finished_at = now(), started_at = now() - interval '20 hours'";
    yard.set(begun, done).await;
    let his = waiting(&yard, closed.id, "bygone.deed", "8 days").await;
    let suspended = format!(
        "UPDATE platform.dealers SET status = 'SUSPENDED' WHERE id = '{}'",
        closed.id.uuid()
    );
    yard.sql.batch_execute(&suspended).await.unwrap();
    assert_eq!(figure(&yard, "tubex_jobs_unknown").await, 4);
    assert_eq!(figure(&yard, "tubex_jobs_oldest_queued_seconds").await, 0);

    let worker = yard.worker_of(Registry::default().with(PruneJobs), 2, LONG);
    let order = JobOrder::of::<PruneJobs>(&Nothing {}).unwrap();
    let mut conn = yard.server.app.core.control.checkout().await.unwrap();
    Queue::enqueue_for(&mut conn, None, &order).await.unwrap();
    yard.until_job(order.id(), "DONE").await;
    assert_eq!(yard.job(old, "state").await, "DEAD");
    let cause = yard.job(old, "last_error").await;
    assert!(
        cause.starts_with("no worker knows this kind of job"),
        "{cause}"
    );
    for left in [young, newer, his] {
        assert_eq!(yard.job(left, "state").await, "QUEUED");
    }
    worker.stop(Duration::from_secs(5)).await;
}
