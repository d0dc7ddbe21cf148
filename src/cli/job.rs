//! `tubex job …`.

use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::CommandResult;
use super::output::{Output, Verdict};
use crate::app::Core;
use crate::config::DatabaseSettings;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::jobs::probe::{Idle, Probe};
use crate::jobs::query::{self, Wanted};
use crate::jobs::{JobId, JobOrder, JobRow, JobState, Queue};
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;

/// How often a probe looks whether its jobs are done.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Look at jobs, and have dead ones done again.
#[derive(Subcommand)]
pub(super) enum JobCommand {
    /// List jobs, the latest first.
    List(ListArgs),
    /// Show one job with what it was told and why it failed.
    Show(JobArgs),
    /// Queue dead jobs anew, or have those that wait done at once.
    Retry(JobsArgs),
    /// Throw jobs away that are dead or have not begun.
    Drop(JobsArgs),
    /// Have workers do nothing, some times, and say how long that takes.
    Probe(ProbeArgs),
}

/// Which jobs to list.
#[derive(Args)]
pub(super) struct ListArgs {
    /// Only those in this state, such as DEAD.
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<JobState>,
    /// Only those of this kind.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only those of this dealer.
    #[arg(long, value_name = "ID")]
    dealer: Option<DealerId>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// One job.
#[derive(Args)]
pub(super) struct JobArgs {
    /// The job's id.
    #[arg(value_name = "JOB")]
    id: JobId,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Some jobs.
#[derive(Args)]
pub(super) struct JobsArgs {
    /// The jobs' ids.
    #[arg(value_name = "JOB", required = true)]
    ids: Vec<JobId>,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// What to try.
#[derive(Args)]
pub(super) struct ProbeArgs {
    /// How many jobs.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// How long each does nothing, in milliseconds.
    #[arg(long, value_name = "MS", default_value = "0")]
    takes_ms: u32,
    /// How long to wait for them at most, in seconds; with 0 they are left alone.
    #[arg(long, value_name = "S", default_value = "30")]
    wait_s: u64,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(command: &JobCommand, output: Output) -> CommandResult {
    let system = actix_web::rt::System::new();
    match command {
        JobCommand::List(args) => system.block_on(list(args, output)),
        JobCommand::Show(args) => system.block_on(show(args, output)),
        JobCommand::Retry(args) => system.block_on(retry(args, output)),
        JobCommand::Drop(args) => system.block_on(drop_jobs(args, output)),
        JobCommand::Probe(args) => system.block_on(probe(args, output)),
    }
}

fn core(database: &DatabaseSettings) -> Result<Core, crate::app::StartError> {
    Core::new(database, 1, Clock::system())
}

async fn list(args: &ListArgs, output: Output) -> CommandResult {
    let core = core(&args.database)?;
    let mut conn = core.control.checkout().await?;
    let wanted = Wanted {
        state: args.state,
        kind: args.kind.clone(),
        dealer: args.dealer,
        before: None,
    };
    let rows = query::list(&mut conn, &wanted, args.limit).await?;
    let lines: Vec<String> = rows.iter().map(line).collect();
    let records: Vec<Value> = rows.iter().map(record).collect();
    output.result(lines.join("\n"), &json!({ "jobs": records }))
}

async fn show(args: &JobArgs, output: Output) -> CommandResult {
    let core = core(&args.database)?;
    let mut conn = core.control.checkout().await?;
    let row = query::find(&mut conn, args.id).await?;
    let row = row.ok_or_else(|| format!("there is no job {}", args.id))?;
    output.result(serde_json::to_string_pretty(&record(&row))?, &record(&row))
}

async fn retry(args: &JobsArgs, output: Output) -> CommandResult {
    let core = core(&args.database)?;
    let mut conn = core.control.checkout().await?;
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for id in &args.ids {
        match query::retry(&mut conn, *id, core.clock.now()).await {
            Ok(Some(_)) => done.push(id.to_string()),
            Ok(None) => left.push(format!("{id}: {}", why_not(&mut conn, *id).await?)),
            Err(error) => left.push(format!("{id}: {error}")),
        }
    }
    let told = json!({ "queued": done, "left": left });
    output.result(format!("queued: {}", done.len()), &told)?;
    verdict(&left)
}

/// Why a job is not queued anew.
async fn why_not(conn: &mut ControlConn, id: JobId) -> DbResult<String> {
    let row = query::find(conn, id).await?;
    let heir = row.and_then(|row| row.heir_id);
    Ok(match heir {
        Some(heir) => {
            format!("it is dead, and {heir} has ended what it had begun: have it ordered anew")
        }
        None => "neither dead nor waiting for its time".to_owned(),
    })
}

async fn drop_jobs(args: &JobsArgs, output: Output) -> CommandResult {
    let core = core(&args.database)?;
    let mut conn = core.control.checkout().await?;
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for id in &args.ids {
        match query::delete(&mut conn, *id).await? {
            Some(_) => done.push(id.to_string()),
            None => left.push(format!("{id}: neither dead nor waiting")),
        }
    }
    let told = json!({ "dropped": done, "left": left });
    output.result(format!("dropped: {}", done.len()), &told)?;
    verdict(&left)
}

fn verdict(left: &[String]) -> CommandResult {
    if left.is_empty() {
        return Ok(());
    }
    Err(Verdict(left.join("\n")).into())
}

async fn probe(args: &ProbeArgs, output: Output) -> CommandResult {
    let core = core(&args.database)?;
    let mut conn = core.control.checkout().await?;
    let began = Instant::now();
    let mut ids = Vec::new();
    for _ in 0..args.count {
        let order = JobOrder::of::<Probe>(&Idle {
            takes_ms: args.takes_ms,
            fails: false,
        })?;
        ids.push(Queue::enqueue_for(&mut conn, None, &order).await?.id);
    }
    let limit = Duration::from_secs(args.wait_s);
    let mut unfinished = ids.len();
    while unfinished > 0 && began.elapsed() < limit {
        tokio::time::sleep(LOOK_EVERY).await;
        unfinished = query::count_unfinished_of(&mut conn, &ids).await?;
    }
    let (took, done) = (began.elapsed(), ids.len() - unfinished);
    let told: Vec<String> = ids.iter().map(ToString::to_string).collect();
    output.result(
        format!("{done} of {} done after {} ms", ids.len(), took.as_millis()),
        &json!({ "jobs": told, "done": done, "ms": took.as_secs_f64() * 1000.0 }),
    )?;
    if unfinished > 0 && args.wait_s > 0 {
        return Err(Verdict("not all are done: does a worker run?".to_owned()).into());
    }
    Ok(())
}

fn line(row: &JobRow) -> String {
    let (state, dealer) = (row.state.as_str(), row.dealer_id);
    let of = dealer.map_or_else(|| "-".to_owned(), |dealer| dealer.to_string());
    let (id, kind, attempts) = (row.id, &row.kind, row.attempts);
    format!("{id}  {state:<9}  {attempts:>3}  {of:<36}  {kind}")
}

fn record(row: &JobRow) -> Value {
    json!({
        "id": row.id.to_string(),
        "dealer": row.dealer_id.map(|dealer| dealer.to_string()),
        "kind": row.kind,
        "payload": row.payload,
        "priority": row.priority,
        "unique_key": row.unique_key,
        "state": row.state.as_str(),
        "run_at": row.run_at,
        "attempts": row.attempts,
        "max_attempts": row.max_attempts,
        "worker": row.worker,
        "last_error": row.last_error,
        "heir": row.heir_id.map(|heir| heir.to_string()),
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    })
}

fn state(text: &str) -> Result<JobState, String> {
    JobState::from_text(&text.to_uppercase())
        .ok_or_else(|| "must be SCHEDULED, QUEUED, RUNNING, DONE or DEAD".to_owned())
}
