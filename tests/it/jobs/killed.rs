//! Workers that die at work: their jobs are done by others.

use std::time::Duration;

use nix::sys::signal::Signal;
use tubex::jobs::probe::{Idle, Probe};
use tubex::jobs::{JobId, JobOrder, Queue};

use super::Yard;
use crate::cli::program::{Folder, Running, database_flags};
use crate::support::{until, until_within};

/// A real `tubex worker`, and its name.
fn worker(folder: &Folder, yard: &Yard, more: &[&str]) -> (Running, String) {
    let mut command = folder.program(&["worker", "--json", "--job-lease-s", "2"]);
    command
        .args(database_flags(&yard.server.database))
        .args(more);
    let (running, report) = Running::start(command);
    let name = report["worker"].as_str().unwrap().to_owned();
    (running, name)
}

async fn probes(yard: &Yard, count: usize, takes_ms: u32) -> Vec<JobId> {
    let mut conn = yard.server.app.core.control.checkout().await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..count {
        let idle = Idle {
            takes_ms,
            fails: false,
        };
        let order = JobOrder::of::<Probe>(&idle).unwrap();
        ids.push(
            Queue::enqueue_for(&mut conn, None, &order)
                .await
                .unwrap()
                .id,
        );
    }
    ids
}

#[tokio::test]
async fn the_jobs_of_a_killed_worker_are_done_by_another() {
    let (yard, folder) = (Yard::new("jobs_killed").await, Folder::new());
    let (first, name) = worker(&folder, &yard, &["--workers-jobs", "8"]);
    let ids = probes(&yard, 12, 3000).await;
    let his = format!("state = 'RUNNING' AND worker = '{name}' AND kind = 'platform.probe'");
    until("it has taken some", async || yard.count(&his).await == 4).await;
    let taken = yard.count(&his).await;
    let status = tokio::task::spawn_blocking(move || first.end_by(Signal::SIGKILL));
    assert_eq!(status.await.unwrap().code(), None);
    assert_eq!(yard.count(&his).await, taken, "nobody could say anything");
    let (second, other) = worker(&folder, &yard, &["--workers-jobs", "24"]);
    until_within(Duration::from_mins(1), "all are done", async || {
        yard.count("kind = 'platform.probe' AND state = 'DONE'")
            .await
            == 12
    })
    .await;
    let mut tried_twice = 0;
    for id in &ids {
        assert_eq!(yard.job(*id, "worker").await, other);
        let attempts = yard.job(*id, "attempts").await;
        tried_twice += i64::from(attempts == "2");
        assert!(attempts == "1" || attempts == "2", "{attempts}");
    }
    assert_eq!(tried_twice, taken);
    let heard =
        "kind = 'platform.probe' AND last_error LIKE 'nothing was heard any more of its worker%'";
    assert_eq!(yard.count(heard).await, taken);
    let status = tokio::task::spawn_blocking(move || second.end_by(Signal::SIGTERM));
    assert_eq!(status.await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_worker_that_is_asked_to_stop_finishes_or_gives_back() {
    let (yard, folder) = (Yard::new("jobs_asked").await, Folder::new());
    let (first, name) = worker(
        &folder,
        &yard,
        &["--workers-jobs", "8", "--shutdown-timeout-s", "5"],
    );
    let short = probes(&yard, 1, 1500).await[0];
    let long = probes(&yard, 1, 60_000).await[0];
    yard.until_job(short, "RUNNING").await;
    yard.until_job(long, "RUNNING").await;
    let began = std::time::Instant::now();
    let status = tokio::task::spawn_blocking(move || first.end_by(Signal::SIGTERM));
    assert_eq!(status.await.unwrap().code(), Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        yard.job(short, "state || worker").await,
        format!("DONE{name}")
    );
    // It was no try, and nobody has to wait for a lease to end.
    assert_eq!(yard.job(long, "state || attempts").await, "QUEUED0");
}
