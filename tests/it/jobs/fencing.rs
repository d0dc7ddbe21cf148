//! Who has lost a job has nothing to say about it any more.

use std::time::Duration;

use super::{Act, LONG, Yard};

const SOON: Duration = Duration::from_secs(5);
const STOLEN: &str =
    "token = token + 1, worker = 'thief', locked_until = now() + interval '1 hour'";

#[tokio::test]
async fn a_worker_whose_job_was_taken_can_not_end_it() {
    let yard = Yard::new("jobs_fencing_done").await;
    let dealer = yard.server.dealer().await;
    // With such a lease nothing is extended, and so nothing noticed, before the end.
    let worker = yard.worker(4, LONG);
    let done = yard.deed(&dealer, Act::Takes(800)).await;
    let chore = yard.chore(Act::Takes(800)).await;
    for id in [done, chore] {
        yard.until_job(id, "RUNNING").await;
        yard.set(id, STOLEN).await;
    }
    worker.stop(SOON).await;
    for id in [done, chore] {
        assert_eq!(yard.job(id, "state || worker").await, "RUNNINGthief");
        assert_eq!(yard.job(id, "finished_at").await, "null");
    }
}

#[tokio::test]
async fn a_worker_whose_job_was_taken_can_not_fail_it() {
    let yard = Yard::new("jobs_fencing_failed").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(1, LONG);
    let id = yard.deed(&dealer, Act::TakesAndFails(800)).await;
    yard.until_job(id, "RUNNING").await;
    yard.set(id, STOLEN).await;
    worker.stop(SOON).await;
    assert_eq!(yard.job(id, "state || worker").await, "RUNNINGthief");
    assert_eq!(yard.job(id, "last_error").await, "null");
}

#[tokio::test]
async fn a_lease_is_extended_for_as_long_as_it_takes() {
    let yard = Yard::new("jobs_fencing_extended").await;
    let dealer = yard.server.dealer().await;
    let lease = Duration::from_secs(1);
    let (first, second) = (yard.worker(1, lease), yard.worker(1, lease));
    let id = yard.deed(&dealer, Act::Takes(3500)).await;
    yard.until_job(id, "DONE").await;
    assert_eq!(yard.job(id, "attempts").await, "1");
    assert_eq!(yard.log.len(), 1);
    first.stop(SOON).await;
    second.stop(SOON).await;
}

#[tokio::test]
async fn what_is_lost_is_not_worked_at_any_more() {
    let yard = Yard::new("jobs_fencing_lost").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(1, Duration::from_secs(1));
    let id = yard.deed(&dealer, Act::Takes(30_000)).await;
    yard.until_job(id, "RUNNING").await;
    yard.set(id, STOLEN).await;
    // The only place is free again long before the job would have ended.
    let next = yard.deed(&dealer, Act::Nothing).await;
    yard.until_job(next, "DONE").await;
    assert_eq!(yard.job(id, "worker").await, "thief");
    worker.stop(SOON).await;
}
