//! `tubex migrate`, and what goes with it.

mod apply;
mod args;
mod lint;
mod plan;
mod revert;
mod status;

use std::time::Duration;

use super::CommandResult;
use super::output::Output;
use super::progress::{Count, Progress};
use crate::app::{Core, StartError};
use crate::tenancy::doors::close_doors;
use crate::tenancy::migrate::{
    Event, MigrateError, MigrationSet, Options, Report, Runner, migrate_control,
};
use crate::tenancy::roles::prepare_request_role;

pub(super) use args::MigrateArgs;
use args::MigrateCommand;

pub(super) fn run(args: &MigrateArgs, output: Output) -> CommandResult {
    match args {
        MigrateArgs::Apply(args) if args.plan => plan::run(args, output),
        MigrateArgs::Apply(args) => apply::run(args, output),
        MigrateArgs::Other(MigrateCommand::Status(args)) => status::run(args, output),
        MigrateArgs::Other(MigrateCommand::Revert(args)) => revert::run(args, output),
        MigrateArgs::Other(MigrateCommand::Lint(args)) => lint::run(args, output),
    }
}

/// Everything, as before serving. Dealers who fail are logged and recorded, and
/// refused until they are migrated; the others are served.
pub(super) fn everything(core: &Core, progress: &Progress) -> Result<Report, StartError> {
    prepare(core, progress)?;
    progress.step("Migrating dealers' schemas");
    let options = Options {
        jobs: usize::try_from(core.owner.size()).unwrap_or(1),
        // Nobody reads progress at the start of a server, or wants to wait.
        patience: Duration::from_secs(10),
        ..Options::default()
    };
    let runner = Runner {
        owner: &core.owner,
        clock: &core.clock,
        options: &options,
        seen: &|_event| {},
    };
    let report = runner.migrate(MigrationSet::tenant()?)?;
    progress.done();
    Ok(report)
}

/// The request role and the control plane, made or brought up to date.
fn prepare(core: &Core, progress: &Progress) -> Result<Vec<String>, StartError> {
    let engine = core.engine()?;
    progress.step(&format!("Migrating the control plane on {engine}"));
    let (role, password) = (&core.request_role, core.request_password());
    let applied = core.owner.run_blocking(|conn| {
        prepare_request_role(conn, role, password.as_ref())?;
        close_doors(conn, role)?;
        migrate_control(conn)
    })?;
    progress.done();
    Ok(applied)
}

/// Runs `work` with a runner that shows its progress.
fn watched(
    core: &Core,
    options: &Options,
    output: Output,
    work: impl FnOnce(&Runner<'_>) -> Result<Report, MigrateError>,
) -> Result<Report, MigrateError> {
    let count = Count::new(output, "dealers");
    let seen = |event| match event {
        Event::Begins(total) => count.begin(total),
        Event::Done => count.one(),
    };
    let runner = Runner {
        owner: &core.owner,
        clock: &core.clock,
        options,
        seen: &seen,
    };
    let report = work(&runner);
    count.end();
    report
}
