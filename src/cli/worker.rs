//! `tubex worker`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use serde_json::json;

use super::output::Output;
use super::{CommandResult, stop};
use crate::app::jobs::Workshop;
use crate::app::{Core, StartError, files};
use crate::auth::vault::Vault;
use crate::config::{DatabaseSettings, FileSettings, JobSettings, WebhookSettings};
use crate::kernel::clock::Clock;
use crate::tenancy::state::{Migrated, check_request_role, migrated};

/// How to do jobs.
#[derive(Args)]
pub(super) struct WorkerArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    jobs: JobSettings,
    #[command(flatten)]
    files: FileSettings,
    #[command(flatten)]
    webhooks: WebhookSettings,

    /// File with the secret of the installation, by which webhooks are signed; without it
    /// none are sent.
    #[arg(long, env = "TUBEX_SECRET_KEY_FILE", value_name = "FILE")]
    secret_key_file: Option<PathBuf>,

    /// Share events with serving nodes over this Redis.
    #[arg(
        long,
        env = "TUBEX_REDIS_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    redis_url: Option<SecretString>,

    /// On SIGTERM, how long jobs at work may take to finish, in seconds.
    #[arg(long, env = "TUBEX_SHUTDOWN_TIMEOUT_S", value_name = "S", default_value = "30", value_parser = clap::value_parser!(u64).range(0..=3600))]
    shutdown_timeout_s: u64,
}

pub(super) fn run(args: &WorkerArgs, output: Output) -> CommandResult {
    actix_web::rt::System::new().block_on(work(args, output))
}

async fn work(args: &WorkerArgs, output: Output) -> CommandResult {
    let stop = stop::requested()?;
    let core = Core::new(&args.database, 1, Clock::system())?;
    let core = tokio::task::spawn_blocking(move || core.on_its_engine()).await??;
    check_request_role(&core.control, &core.request_role)
        .await
        .map_err(StartError::from)?
        .map_err(StartError::from)?;
    if migrated(&core.control).await? == Migrated::Nothing {
        return Err("this database is not migrated: run `tubex migrate`".into());
    }
    let workshop = Workshop::new(core, args.redis_url.as_ref()).await?;
    let worker = workshop.worker(&files::depot(&args.files)?, &args.jobs)?;
    let worker = worker.ok_or("--workers-jobs 0 leaves a worker nothing to do")?;
    let couriers = match &args.secret_key_file {
        Some(file) => workshop.couriers(&Vault::from_file(file)?, &args.webhooks, &args.jobs)?,
        None => None,
    };
    let name = worker.name().to_owned();
    output.result(format!("Doing jobs as {name}"), &json!({ "worker": name }))?;
    stop.await;
    tracing::info!("stopping: jobs at work finish");
    let limit = Duration::from_secs(args.shutdown_timeout_s);
    let webhooks = async {
        if let Some(couriers) = couriers {
            couriers.stop(limit).await;
        }
    };
    tokio::join!(worker.stop(limit), webhooks);
    Ok(())
}
