//! Jobs of dealers who are not open, and what is thrown away.

use std::time::Duration;

use tubex::app::jobs::registry;
use tubex::jobs::JobOrder;
use tubex::jobs::upkeep::{Nothing, PruneJobs};
use tubex::kernel::ids::DealerId;
use tubex::platform::dealers::lifecycle::Order;

use super::{Act, LONG, Yard};
use crate::support::until;

const SOON: Duration = Duration::from_secs(5);

fn order(dealer: DealerId) -> Order {
    Order {
        dealer,
        actor: "test".to_owned(),
        reason: None,
        expected: None,
    }
}

#[tokio::test]
async fn jobs_of_a_suspended_dealer_wait_until_he_is_resumed() {
    let yard = Yard::new("jobs_life_suspended").await;
    let (mine, other) = (yard.server.dealer().await, yard.server.dealer().await);
    let lifecycle = &yard.server.app.core.lifecycle;
    let id = yard.deed(&mine, Act::Writes("Sack".to_owned())).await;
    lifecycle.suspend(&order(mine.id)).await.unwrap();
    let worker = yard.worker(2, LONG);
    for _ in 0..3 {
        let his = yard.deed(&other, Act::Nothing).await;
        yard.until_job(his, "DONE").await;
    }
    assert_eq!(yard.job(id, "state || attempts").await, "QUEUED0");
    lifecycle.resume(&order(mine.id)).await.unwrap();
    yard.until_job(id, "DONE").await;
    worker.stop(SOON).await;
}

#[tokio::test]
async fn a_dealer_who_is_suspended_meanwhile_is_not_changed_any_more() {
    let yard = Yard::new("jobs_life_meanwhile").await;
    let dealer = yard.server.dealer().await;
    let app = &yard.server.app;
    until("changes are heard of", async || app.directory.is_current()).await;
    let id = yard.deed(&dealer, Act::Waits("Sack".to_owned())).await;
    let worker = yard.worker(2, LONG);
    yard.until_job(id, "RUNNING").await;
    app.core.lifecycle.suspend(&order(dealer.id)).await.unwrap();
    // It begins its transaction after that, and is told that this is no time for it.
    until("it is given back", async || {
        yard.job(id, "state || attempts")
            .await
            .starts_with("SCHEDULED0")
            || yard.job(id, "state || attempts").await == "QUEUED0"
    })
    .await;
    let unit = "{ unit(code: \"bag\") { name } }";
    assert_ne!(dealer.client.get(unit).await["unit"]["name"], "Sack");
    app.core.lifecycle.resume(&order(dealer.id)).await.unwrap();
    yard.set(id, "run_at = now()").await;
    yard.until_job(id, "DONE").await;
    assert_eq!(dealer.client.get(unit).await["unit"]["name"], "Sack");
    worker.stop(SOON).await;
}

#[tokio::test]
async fn the_jobs_of_a_dropped_dealer_go_with_him() {
    let yard = Yard::new("jobs_life_dropped").await;
    let (mine, other) = (yard.server.dealer().await, yard.server.dealer().await);
    for _ in 0..5 {
        yard.deed(&mine, Act::Nothing).await;
    }
    yard.deed(&other, Act::Nothing).await;
    let lifecycle = &yard.server.app.core.lifecycle;
    let name = lifecycle.show(mine.id).await.unwrap().name;
    lifecycle.archive(&order(mine.id)).await.unwrap();
    lifecycle.drop(&order(mine.id), &name, 0).await.unwrap();
    let dropped = lifecycle.drop_due("test").await.unwrap();
    assert_eq!(dropped.len(), 1);
    let worker = yard.worker_of(
        registry(&yard.server.app.core, &yard.server.app.settings.jobs),
        2,
        LONG,
    );
    let his = format!("dealer_id = '{}'", mine.id.uuid());
    until("they have gone", async || yard.count(&his).await == 0).await;
    assert_eq!(yard.count("kind = 'test.deed'").await, 1);
    worker.stop(SOON).await;
}

#[tokio::test]
async fn what_ended_long_ago_is_thrown_away() {
    let yard = Yard::new("jobs_life_pruned").await;
    let sql = "INSERT INTO platform.jobs (id, dealer_id, kind, payload, priority, state, run_at, max_attempts, created_at, finished_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'test.deed', '{}', 5, state, now(), 3, now(), now() - age
        FROM generate_series(1, 1500), (VALUES
            ('DONE', interval '23 hours'), ('DONE', '25 hours'), ('DEAD', '29 days'), ('DEAD', '31 days')) old (state, age);
        INSERT INTO platform.jobs (id, dealer_id, kind, payload, priority, state, run_at, max_attempts, created_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'test.deed', '{}', 5, 'SCHEDULED', now() + interval '1 day', 3, now() - interval '1 year');
        INSERT INTO platform.cron_slots
        SELECT 'platform.' || name, now() - n * interval '1 day', NULL, now()
        FROM generate_series(5, 10) n, (VALUES ('a'), ('b')) names (name);
        DELETE FROM platform.cron_slots WHERE name = 'platform.b' AND slot > now() - interval '8 days'";
    yard.sql.batch_execute(sql).await.unwrap();
    let order = JobOrder::of::<PruneJobs>(&Nothing {}).unwrap();
    let mut conn = yard.server.app.core.control.checkout().await.unwrap();
    tubex::jobs::Queue::enqueue_for(&mut conn, None, &order)
        .await
        .unwrap();
    let worker = yard.worker_of(
        registry(&yard.server.app.core, &yard.server.app.settings.jobs),
        2,
        LONG,
    );
    yard.until_job(order.id(), "DONE").await;
    let old = "kind = 'test.deed' AND state =";
    assert_eq!(yard.count(&format!("{old} 'DONE'")).await, 1500);
    assert_eq!(yard.count(&format!("{old} 'DEAD'")).await, 1500);
    assert_eq!(yard.count(&format!("{old} 'SCHEDULED'")).await, 1);
    let sql = "SELECT count(*) FROM platform.cron_slots WHERE name = $1";
    for (name, left) in [("platform.a", 2), ("platform.b", 1)] {
        let count: i64 = yard.sql.query_one(sql, &[&name]).await.unwrap().get(0);
        assert_eq!(count, left, "{name}");
    }
    worker.stop(SOON).await;
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_given_back() {
    let yard = Yard::new("jobs_life_stopped").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(4, LONG);
    let short = yard.deed(&dealer, Act::Takes(500)).await;
    let long = yard.deed(&dealer, Act::Takes(4900)).await;
    yard.until_job(short, "RUNNING").await;
    yard.until_job(long, "RUNNING").await;
    let began = std::time::Instant::now();
    worker.stop(Duration::from_secs(3)).await;
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(yard.job(short, "state").await, "DONE");
    assert_eq!(yard.job(long, "state || attempts").await, "QUEUED0");
    let late = yard.deed(&dealer, Act::Nothing).await;
    let next = yard.worker(4, LONG);
    yard.until_job(late, "DONE").await;
    yard.until_job(long, "RUNNING").await;
    assert_eq!(yard.job(long, "token").await, "2");
    drop(next);
}
