//! One run for each slot, however many keep time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tubex::jobs::cron::{Missed, Schedule};

use super::{Act, Chore, LONG, Yard};
use crate::support::until_within;

const SOON: Duration = Duration::from_secs(5);

async fn slots(yard: &Yard) -> Vec<(DateTime<Utc>, bool)> {
    let sql = "SELECT extract(epoch FROM slot)::bigint, job_id IS NOT NULL
               FROM platform.cron_slots WHERE name = 'platform.chore' ORDER BY slot";
    let rows = yard.sql.query(sql, &[]).await.unwrap();
    let slot = |row: &tokio_postgres::Row| {
        let at = DateTime::from_timestamp(row.get(0), 0).unwrap();
        (at, row.get(1))
    };
    rows.iter().map(slot).collect()
}

#[tokio::test]
async fn three_workers_that_all_keep_time_run_each_slot_once() {
    let yard = Yard::new("jobs_cron_three").await;
    let worker = || {
        let registry = yard.registry();
        let each_second = Schedule::every_s(1);
        let registry = registry.recurring::<Chore>(each_second, Missed::All, |_slot| Act::Nothing);
        yard.worker_of(registry, 2, LONG)
    };
    // From the first slot on, which is passed over, there is one for all of them.
    let first = worker();
    until_within(LONG, "the first slot is there", async || {
        !slots(&yard).await.is_empty()
    })
    .await;
    let workers = [first, worker(), worker()];
    until_within(LONG, "some slots have come", async || {
        yard.count("state = 'DONE'").await >= 5
    })
    .await;
    for worker in workers {
        worker.stop(SOON).await;
    }
    let slots = slots(&yard).await;
    // The first one was there before there was anybody.
    assert!(!slots[0].1);
    assert!(slots[1..].iter().all(|(_, has_job)| *has_job));
    for pair in slots.windows(2) {
        assert_eq!(pair[1].0 - pair[0].0, TimeDelta::seconds(1), "{slots:?}");
    }
    let jobs = yard.count("true").await;
    assert_eq!(jobs, i64::try_from(slots.len() - 1).unwrap());
    let done = yard.count("state = 'DONE' AND attempts = 1").await;
    assert_eq!(yard.log.len(), usize::try_from(done).unwrap());
}

/// The slots that a worker runs who comes when some were missed, from before an hour on.
async fn made_up(name: &'static str, missed: Missed) -> usize {
    let yard = Yard::new(name).await;
    let sql = "INSERT INTO platform.cron_slots
               VALUES ('platform.chore', date_trunc('hour', now()) - interval '3 hours', NULL, now())";
    yard.sql.execute(sql, &[]).await.unwrap();
    let hourly = Schedule::every_min(60);
    let registry = yard.registry();
    let registry = registry.recurring::<Chore>(hourly, missed, |_slot| Act::Nothing);
    let worker = yard.worker_of(registry, 2, LONG);
    until_within(LONG, "the latest slot is done with", async || {
        let latest = slots(&yard).await.last().unwrap().0;
        Utc::now() - latest < TimeDelta::hours(1)
    })
    .await;
    until_within(LONG, "its jobs are done", async || {
        yard.count("state <> 'DONE'").await == 0
    })
    .await;
    worker.stop(SOON).await;
    let with_job = slots(&yard)
        .await
        .into_iter()
        .filter(|(_, has_job)| *has_job);
    assert_eq!(with_job.count(), yard.log.len());
    yard.log.len()
}

#[tokio::test]
async fn missed_slots_are_skipped_made_up_for_once_or_all() {
    // Within a minute after the full hour the latest slot is not missed.
    let on_time = usize::from((Utc::now().timestamp() + 60) % 3600 < 130);
    assert!(made_up("jobs_cron_skip", Missed::Skip).await <= on_time);
    assert_eq!(made_up("jobs_cron_once", Missed::Once).await, 1);
    let all = made_up("jobs_cron_all", Missed::All).await;
    assert!(all == 3 || (on_time == 1 && all == 4), "{all}");
}
