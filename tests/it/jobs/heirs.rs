//! Jobs that die, and what ends what they had begun; and tries that are given back.

use std::time::Duration;

use serde_json::{Value, json};
use tubex::jobs::{JobContext, JobError, JobKind, JobOrder, JobResult, Limits, Registry};

use super::{Act, LONG, Log, Yard};
use crate::cli::program::{Ended, Folder, database_flags};

const SOON: Duration = Duration::from_secs(5);

/// Tried once, for a second.
struct Mortal(Log);

impl JobKind for Mortal {
    const NAME: &'static str = "test.mortal";
    const LIMITS: Limits = Limits {
        attempts: 1,
        time: Duration::from_secs(1),
        ..Limits::DEFAULT
    };
    type Payload = Act;

    async fn run(&self, job: JobContext, act: Act) -> JobResult {
        self.0.note(&job, &act);
        match act {
            Act::Takes(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
            Act::Never => return Err(JobError::Never("no way".to_owned())),
            Act::Panics => panic!("as it was told to"),
            Act::Nothing => return Ok(()),
            _ => {}
        }
        Err(JobError::failed("no luck"))
    }
}

/// What ends it.
struct Heir(Log);

impl JobKind for Heir {
    const NAME: &'static str = "test.heir";
    type Payload = Act;

    async fn run(&self, job: JobContext, act: Act) -> JobResult {
        self.0.note(&job, &act);
        Ok(())
    }
}

/// Comes further in its last run, and fails in all.
struct Stubborn;

impl JobKind for Stubborn {
    const NAME: &'static str = "test.stubborn";
    const LIMITS: Limits = Limits {
        attempts: 3,
        ..Limits::DEFAULT
    };
    type Payload = Act;

    async fn run(&self, job: JobContext, _act: Act) -> JobResult {
        if job.attempt() == 3 {
            job.came_further().await;
            assert_eq!(job.attempt(), 1);
        }
        Err(JobError::failed("no luck"))
    }
}

fn registry(mortal: &Log, heir: &Log) -> Registry {
    Registry::default()
        .with(Mortal(mortal.clone()))
        .with(Heir(heir.clone()))
        .heir::<Mortal, Heir>()
        .with(Stubborn)
}

#[tokio::test]
async fn however_a_job_dies_its_heir_is_ordered_and_it_is_not_tried_again() {
    let yard = Yard::new("jobs_heirs").await;
    let dealer = yard.server.dealer().await;
    let heirs = Log::default();
    let acts = [
        Act::Never,
        Act::Panics,
        Act::FailsUntil(9),
        Act::Takes(60_000),
    ];
    let mut dead = Vec::new();
    for act in acts {
        let order = JobOrder::of::<Mortal>(&act).unwrap();
        dead.push((yard.order(&dealer, &order).await.id, act));
    }
    // The worker of this one was killed, and it was his last try.
    let lost = Act::Writes("lost".to_owned());
    let order = JobOrder::of::<Mortal>(&lost).unwrap();
    let id = yard.order(&dealer, &order).await.id;
    let gone = "state = 'RUNNING', attempts = 1, token = 1, worker = 'gone',
        locked_until = now() - interval '1 second'";
    yard.set(id, gone).await;
    dead.push((id, lost));
    let fine = JobOrder::of::<Mortal>(&Act::Nothing).unwrap();
    let fine = yard.order(&dealer, &fine).await.id;

    let worker = yard.worker_of(registry(&yard.log, &heirs), 4, LONG);
    yard.until_job(fine, "DONE").await;
    for (id, act) in &dead {
        yard.until_job(*id, "DEAD").await;
        let heir = yard.job(*id, "heir_id").await;
        let done = format!("id::text = '{heir}' AND kind = 'test.heir' AND state = 'DONE'");
        crate::support::until("its heir is done", async || yard.count(&done).await == 1).await;
        let runs = heirs.all();
        let runs: Vec<_> = runs.iter().filter(|ran| ran.act == *act).collect();
        assert_eq!(runs.len(), 1, "{act:?}");
        assert_eq!(runs[0].dealer.as_ref().unwrap().0, dealer.id);
    }
    assert_eq!(yard.count("kind = 'test.heir'").await, 5);
    assert_eq!(yard.job(fine, "heir_id").await, "null");
    worker.stop(SOON).await;
    refused(&yard, dead[0].0).await;
}

/// Nobody takes up what has been ended: neither by GraphQL nor by the command.
async fn refused(yard: &Yard, id: tubex::jobs::JobId) {
    let retry = "mutation($input: JobRetryInput!) { jobRetry(input: $input) {
        job { id heirId } userErrors { code message } } }";
    let input = json!({ "input": { "id": id.to_string() } });
    let data = yard.server.operator().run(retry, input).await;
    let error = &data["jobRetry"]["userErrors"][0];
    assert_eq!(error["code"], "NOT_ALLOWED");
    assert!(
        error["message"].as_str().unwrap().contains("ordered anew"),
        "{error}"
    );
    let query = format!("{{ job(id: \"{id}\") {{ state heirId }} }}");
    let job = yard.server.operator().get(&query).await;
    assert_eq!(job["job"]["state"], "DEAD");
    assert_ne!(job["job"]["heirId"], Value::Null);
    let (database, text) = (yard.server.database.clone(), id.to_string());
    let told = tokio::task::spawn_blocking(move || {
        let mut command = Folder::new().program(&["job", "retry", &text, "--json"]);
        command.args(database_flags(&database)).current_dir("/");
        Ended::of(command)
    });
    let told = told.await.unwrap();
    assert_eq!(told.code, Some(1));
    assert!(told.text().contains("ordered anew"), "{}", told.text());
}

#[tokio::test]
async fn a_run_that_comes_further_gives_the_tries_back() {
    let yard = Yard::new("jobs_heirs_further").await;
    let dealer = yard.server.dealer().await;
    let order = JobOrder::of::<Stubborn>(&Act::Nothing).unwrap();
    let id = yard.order(&dealer, &order).await.id;
    yard.set(id, "attempts = 2").await;
    let worker = yard.worker_of(registry(&yard.log, &yard.log), 2, LONG);
    // It has failed at its third of three tries, and waits as after its first.
    crate::support::until("it has failed", async || {
        yard.job(id, "last_error").await == "no luck"
    })
    .await;
    let state = yard.job(id, "state").await;
    assert!(state != "DEAD", "{state}");
    let pause = "run_at < started_at + interval '10 seconds'";
    assert_eq!(yard.job(id, pause).await, "true");
    worker.stop(SOON).await;
}
