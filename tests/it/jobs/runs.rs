//! What becomes of a run.

use std::time::Duration;

use tubex::jobs::{JobContext, JobKind, JobOrder, JobResult, Limits, Registry};
use tubex::tenancy::Actor;

use super::{Act, Chore, Deed, LONG, Log, Yard};
use crate::support::until;

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_job_of_a_dealer_works_at_his_shop_and_no_other() {
    let yard = Yard::new("jobs_runs_dealer").await;
    let (mine, other) = (yard.server.dealer().await, yard.server.dealer().await);
    let id = yard.deed(&mine, Act::Writes("Sack".to_owned())).await;
    let chore = yard.chore(Act::Nothing).await;
    let worker = yard.worker(2, LONG);
    yard.until_job(id, "DONE").await;
    yard.until_job(chore, "DONE").await;
    let unit = "{ unit(code: \"bag\") { name } }";
    assert_eq!(mine.client.get(unit).await["unit"]["name"], "Sack");
    assert_ne!(other.client.get(unit).await["unit"]["name"], "Sack");
    for ran in yard.log.all() {
        let whose = (ran.id == id).then_some((mine.id, Actor::System("test.deed")));
        assert_eq!(ran.dealer, whose);
        assert_eq!((ran.attempt, ran.token), (1, 1));
    }
    assert_eq!(yard.job(id, "worker").await, worker.name());
    worker.stop(SOON).await;
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_dead_in_the_end() {
    let yard = Yard::new("jobs_runs_fail").await;
    let dealer = yard.server.dealer().await;
    let id = yard.deed(&dealer, Act::FailsUntil(10)).await;
    let never = yard.deed(&dealer, Act::Never).await;
    let panics = yard.deed(&dealer, Act::Panics).await;
    let worker = yard.worker(3, LONG);
    for attempts in 1..3 {
        until("it waits for another try", async || {
            yard.job(id, "attempts || state").await == format!("{attempts}SCHEDULED")
        })
        .await;
        assert_eq!(yard.job(id, "last_error").await, "not yet");
        let wait = yard
            .job(id, "round(extract(epoch from run_at - started_at))::int")
            .await;
        let fourth = f64::from(attempts).powi(4);
        let wait: f64 = wait.parse().unwrap();
        // The clock runs between the start of the run and its end.
        assert!((fourth * 0.8..fourth * 1.2 + 1.0).contains(&wait), "{wait}");
        // Nobody wants to wait for that here.
        yard.set(id, "run_at = now()").await;
    }
    yard.until_job(id, "DEAD").await;
    assert_eq!(yard.job(id, "attempts").await, "3");
    yard.until_job(never, "DEAD").await;
    assert_eq!(yard.job(never, "attempts").await, "1");
    until("the panic is noted", async || {
        yard.job(panics, "last_error").await.contains("panicked")
    })
    .await;
    let tries = yard.log.all().into_iter().filter(|ran| ran.id == id);
    let tries: Vec<(i32, i64)> = tries.map(|ran| (ran.attempt, ran.token)).collect();
    assert_eq!(tries, [(1, 1), (2, 2), (3, 3)]);
    worker.stop(SOON).await;
}

/// Has less time than it takes.
struct Slow(Log);

impl JobKind for Slow {
    const NAME: &'static str = "platform.slow";
    const LIMITS: Limits = Limits {
        attempts: 1,
        time: Duration::from_millis(200),
        at_once: 1,
        ..Limits::DEFAULT
    };
    type Payload = Act;

    async fn run(&self, job: JobContext, act: Act) -> JobResult {
        Chore(self.0.clone()).run(job, act).await
    }
}

#[tokio::test]
async fn a_kind_has_its_limits() {
    let yard = Yard::new("jobs_runs_limits").await;
    let app = &yard.server.app;
    let mut conn = app.core.control.checkout().await.unwrap();
    let mut ids = Vec::new();
    for act in [Act::Takes(60_000), Act::Takes(100), Act::Takes(100)] {
        let order = JobOrder::of::<Slow>(&act).unwrap();
        tubex::jobs::Queue::enqueue_for(&mut conn, None, &order)
            .await
            .unwrap();
        ids.push(order.id());
    }
    // Others know it not, and leave it alone.
    let stranger = yard.worker(4, LONG);
    let known = yard.chore(Act::Nothing).await;
    yard.until_job(known, "DONE").await;
    assert_eq!(yard.count("state = 'QUEUED'").await, 3);
    let worker = yard.worker_of(Registry::default().with(Slow(yard.log.clone())), 4, LONG);
    let mut most = 0;
    until("they have ended", async || {
        most = most.max(yard.count("state = 'RUNNING'").await);
        yard.count("kind = 'platform.slow' AND finished_at IS NULL")
            .await
            == 0
    })
    .await;
    assert_eq!(most, 1, "one at once");
    assert_eq!(yard.job(ids[0], "state").await, "DEAD");
    assert!(
        yard.job(ids[0], "last_error")
            .await
            .contains("took longer than 200ms")
    );
    assert_eq!(yard.job(ids[2], "state").await, "DONE");
    worker.stop(SOON).await;
    stranger.stop(SOON).await;
}

#[tokio::test]
async fn what_comes_first_is_done_first_and_what_matters_before_that() {
    let yard = Yard::new("jobs_runs_order").await;
    let dealer = yard.server.dealer().await;
    let mut orders = Vec::new();
    for (priority, name) in [(5, "c"), (5, "d"), (9, "e"), (0, "a"), (4, "b")] {
        let order = JobOrder::of::<Deed>(&Act::Writes(name.to_owned())).unwrap();
        let order = order.priority(priority);
        yard.order(&dealer, &order).await;
        orders.push(order);
    }
    let worker = yard.worker(1, LONG);
    until("all are done", async || {
        yard.count("state = 'DONE'").await == 5
    })
    .await;
    let acts: Vec<Act> = yard.log.all().into_iter().map(|ran| ran.act).collect();
    let wanted = ["a", "b", "c", "d", "e"].map(|name| Act::Writes(name.to_owned()));
    assert_eq!(acts, wanted);
    worker.stop(SOON).await;
}

#[tokio::test]
async fn what_can_not_be_read_is_dead_at_once() {
    let yard = Yard::new("jobs_runs_unreadable").await;
    let dealer = yard.server.dealer().await;
    let mut tx = yard.tx(&dealer).await;
    let sql = "SELECT spine.enqueue(gen_random_uuid(), 'test.deed', '{\"no\": 1}', 5::smallint, 0, 3, NULL)";
    diesel_async::SimpleAsyncConnection::batch_execute(&mut tx, sql)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let worker = yard.worker(1, LONG);
    until("it is dead", async || {
        yard.count("state = 'DEAD' AND last_error LIKE 'payload: %' AND attempts = 1")
            .await
            == 1
    })
    .await;
    assert_eq!(yard.log.len(), 0);
    worker.stop(SOON).await;
}
