//! `tubex migrate`.

use clap::Args;
use serde_json::json;

use super::CommandResult;
use super::output::Output;
use super::progress::Progress;
use crate::app::{Core, StartError};
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::tenancy::migrate::{SchemaReport, migrate_all, migrate_control};
use crate::tenancy::roles::{close_role_switch, prepare_request_role};

/// Which database.
#[derive(Args)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(args: &MigrateArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let progress = Progress::new(output);
    let control = prepare(&core, &progress)?;
    progress.step("Migrating dealers' schemas");
    let reports = core.owner.run_blocking(migrate_all)?;
    progress.done();
    summarise(&control, &reports, output)
}

/// The request role and the control plane, made or brought up to date.
pub(super) fn prepare(core: &Core, progress: &Progress) -> Result<Vec<String>, StartError> {
    progress.step("Migrating the control plane");
    let (role, password) = (&core.request_role, core.request_password());
    let applied = core.owner.run_blocking(|conn| {
        prepare_request_role(conn, role, password.as_ref())?;
        close_role_switch(conn)?;
        migrate_control(conn)
    })?;
    progress.done();
    Ok(applied)
}

fn summarise(control: &[String], reports: &[SchemaReport], output: Output) -> CommandResult {
    let changed = |report: &&SchemaReport| report.outcome.as_ref().is_ok_and(|v| !v.is_empty());
    let changed = reports.iter().filter(changed).count();
    let failed: Vec<_> = reports
        .iter()
        .filter_map(|report| {
            let error = report.outcome.as_ref().err()?;
            Some(json!({ "dealer": report.dealer.to_string(), "cause": error.to_string() }))
        })
        .collect();
    let text = format!(
        "{} control migrations applied; {changed} of {} dealers changed, {} failed.",
        control.len(),
        reports.len(),
        failed.len()
    );
    let json = json!({
        "control": control,
        "dealers": reports.len(),
        "changed": changed,
        "failed": failed,
    });
    output.result(text, &json)?;
    if failed.is_empty() {
        Ok(())
    } else {
        Err("some dealers were not migrated; the log says why. Run `tubex migrate` again".into())
    }
}
