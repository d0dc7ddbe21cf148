//! Jobs as operators see them, by GraphQL, by figures and by commands.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Act, LONG, Yard};
use crate::cli::program::{Ended, Folder, database_flags};

const SOON: Duration = Duration::from_secs(5);
const RETRY: &str = "mutation($input: JobRetryInput!) { jobRetry(input: $input) {
    job { id state attempts } userErrors { code path message } } }";
const DROP: &str = "mutation($input: JobDropInput!) { jobDrop(input: $input) {
    job { id } userErrors { code path message } } }";

#[tokio::test]
async fn a_dead_job_is_seen_and_done_again() {
    let yard = Yard::new("jobs_operator_retry").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(2, LONG);
    let id = yard.deed(&dealer, Act::Never).await;
    yard.until_job(id, "DEAD").await;
    let client = yard.server.operator();
    let jobs = "{ jobs(where: { state: DEAD }) { id kind dealer { id } payload attempts maxAttempts
        lastError worker } jobCounts { state count } }";
    let data = client.get(jobs).await;
    let job = &data["jobs"][0];
    assert_eq!(job["id"], id.to_string());
    assert_eq!(job["kind"], "test.deed");
    assert_eq!(job["dealer"]["id"], dealer.id.to_string());
    assert_eq!(job["payload"], "\"Never\"");
    assert_eq!(
        (&job["attempts"], &job["maxAttempts"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(job["lastError"], "no way");
    assert_eq!(job["worker"], worker.name());
    let dead = json!({ "state": "DEAD", "count": 1 });
    assert!(data["jobCounts"].as_array().unwrap().contains(&dead));
    // Mended: what could not be done can be now.
    yard.set(id, "payload = '\"Nothing\"'").await;
    let input = json!({ "input": { "id": id.to_string() } });
    let data = client.run(RETRY, input.clone()).await;
    assert_eq!(data["jobRetry"]["userErrors"], json!([]));
    assert_eq!(data["jobRetry"]["job"]["state"], "QUEUED");
    assert_eq!(data["jobRetry"]["job"]["attempts"], 0);
    yard.until_job(id, "DONE").await;
    let refused = client.run(RETRY, input.clone()).await;
    assert_eq!(refused["jobRetry"]["userErrors"][0]["code"], "NOT_ALLOWED");
    let refused = client.run(DROP, input).await;
    assert_eq!(refused["jobDrop"]["userErrors"][0]["code"], "NOT_ALLOWED");
    worker.stop(SOON).await;
}

#[tokio::test]
async fn a_dead_job_is_thrown_away() {
    let yard = Yard::new("jobs_operator_drop").await;
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(2, LONG);
    let id = yard.deed(&dealer, Act::Never).await;
    yard.until_job(id, "DEAD").await;
    let client = yard.server.operator();
    let input = json!({ "input": { "id": id.to_string() } });
    let data = client.run(DROP, input.clone()).await;
    assert_eq!(data["jobDrop"]["job"]["id"], id.to_string());
    assert_eq!(yard.count("true").await, 0);
    let data = client.run(DROP, input).await;
    let error = &data["jobDrop"]["userErrors"][0];
    assert_eq!(error["code"], "NOT_FOUND");
    assert_eq!(error["path"], json!(["input", "id"]));
    assert_eq!(
        client
            .get(&format!("{{ job(id: \"{id}\") {{ id }} }}"))
            .await["job"],
        Value::Null
    );
    worker.stop(SOON).await;
}

#[tokio::test]
async fn pages_go_back_in_time() {
    let yard = Yard::new("jobs_operator_pages").await;
    let dealer = yard.server.dealer().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(yard.deed(&dealer, Act::Nothing).await.to_string());
    }
    yard.chore(Act::Nothing).await;
    ids.reverse();
    let client = yard.server.operator();
    let query = "query($before: ID, $dealer: ID) { jobs(first: 3, where: { before: $before, dealerId: $dealer }) { id } }";
    let mut seen = Vec::new();
    let mut before = Value::Null;
    loop {
        let variables = json!({ "before": before, "dealer": dealer.id.to_string() });
        let data = client.run(query, variables).await;
        let page = data["jobs"].as_array().unwrap().clone();
        let Some(last) = page.last() else { break };
        before = last["id"].clone();
        seen.extend(
            page.iter()
                .map(|job| job["id"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(seen, ids);
    for first in [0, 201] {
        let answer = client
            .send(&format!("{{ jobs(first: {first}) {{ id }} }}"), json!({}))
            .await;
        assert_eq!(answer.code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn jobs_are_counted() {
    let yard = Yard::new("jobs_operator_figures").await;
    let server = &yard.server;
    let worker = server.app.worker().unwrap().unwrap();
    let order = |fails| {
        let idle = tubex::jobs::probe::Idle { takes_ms: 0, fails };
        tubex::jobs::JobOrder::of::<tubex::jobs::probe::Probe>(&idle).unwrap()
    };
    let mut conn = server.app.core.control.checkout().await.unwrap();
    for order in [order(false), order(true)] {
        tubex::jobs::Queue::enqueue_for(&mut conn, None, &order)
            .await
            .unwrap();
    }
    drop(conn);
    crate::support::until("both have run", async || {
        yard.count("kind = 'platform.probe' AND started_at IS NOT NULL AND state <> 'RUNNING'")
            .await
            == 2
    })
    .await;
    worker.stop(SOON).await;
    let answer = server
        .operator_with(None)
        .request(Method::GET, "/metrics")
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    for line in [
        "tubex_jobs_done_total{kind=\"platform.probe\"} 1",
        "tubex_jobs_failed_total{kind=\"platform.probe\"} 1",
        "tubex_jobs_dead_total{kind=\"platform.probe\"} 0",
        "tubex_job_duration_seconds_count{kind=\"platform.probe\"} 2",
        "tubex_job_wait_seconds_count{kind=\"platform.probe\"} 2",
        "tubex_jobs{state=\"DEAD\"} 0",
    ] {
        assert!(
            text.lines().any(|one| one == line),
            "{line} is not in\n{text}"
        );
    }
    let scheduled = text
        .lines()
        .find(|line| line.starts_with("tubex_jobs{state=\"SCHEDULED\"}"));
    let queued = text
        .lines()
        .find(|line| line.starts_with("tubex_jobs{state=\"QUEUED\"}"));
    let count = |line: Option<&str>| {
        line.unwrap()
            .rsplit_once(' ')
            .unwrap()
            .1
            .parse::<i64>()
            .unwrap()
    };
    assert!(count(scheduled) + count(queued) >= 1);
}

#[tokio::test]
async fn commands_show_retry_and_drop() {
    let (yard, folder) = (Yard::new("jobs_operator_commands").await, Folder::new());
    let dealer = yard.server.dealer().await;
    let worker = yard.worker(2, LONG);
    let (kept, thrown) = (
        yard.deed(&dealer, Act::Never).await,
        yard.deed(&dealer, Act::Never).await,
    );
    yard.until_job(kept, "DEAD").await;
    yard.until_job(thrown, "DEAD").await;
    worker.stop(SOON).await;
    let database = yard.server.database.clone();
    let (first, second, whose) = (kept.to_string(), thrown.to_string(), dealer.id.to_string());
    let told = tokio::task::spawn_blocking(move || {
        let job = |args: &[&str]| {
            let mut command = folder.program(&["job"]);
            command
                .args(args)
                .arg("--json")
                .args(database_flags(&database));
            Ended::of(command)
        };
        let list = job(&["list", "--state", "dead", "--dealer", &whose]).json();
        let show = job(&["show", &first]).json();
        let retried = job(&["retry", &first]).json();
        let again = job(&["retry", &first]);
        let dropped = job(&["drop", &second]).json();
        (list, show, retried, again.code, dropped)
    });
    let (list, show, retried, again, dropped) = told.await.unwrap();
    let listed: Vec<&str> = list["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["id"].as_str().unwrap())
        .collect();
    assert_eq!(listed, [thrown.to_string(), kept.to_string()]);
    assert_eq!(
        (&show["payload"], &show["last_error"]),
        (&json!("Never"), &json!("no way"))
    );
    assert_eq!(retried["queued"], json!([kept.to_string()]));
    assert_eq!(again, Some(1), "it is queued already");
    assert_eq!(dropped["dropped"], json!([thrown.to_string()]));
    assert_eq!(yard.job(kept, "state || attempts").await, "QUEUED0");
    assert_eq!(yard.job(thrown, "state").await, "gone");
}

#[tokio::test]
async fn a_probe_says_whether_workers_work() {
    let (yard, folder) = (Yard::new("jobs_operator_probe").await, Folder::new());
    let worker = yard.server.app.worker().unwrap().unwrap();
    let database = yard.server.database.clone();
    let told = tokio::task::spawn_blocking(move || {
        let mut command = folder.program(&["job", "probe", "--count", "20", "--json"]);
        command.args(database_flags(&database));
        Ended::of(command).json()
    });
    assert_eq!(told.await.unwrap()["done"], 20);
    worker.stop(SOON).await;
}
