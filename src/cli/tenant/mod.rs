//! `tubex tenant …`.

mod create;
mod list;
mod refusal;
mod sweep;

use clap::{Args, Subcommand};

use super::CommandResult;
use super::output::Output;
use crate::config::DatabaseSettings;

/// Create, list and repair dealers.
#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Register a dealer with his owner and open his shop.
    Create(create::CreateArgs),
    /// List all dealers.
    List(DatabaseArgs),
    /// Finish dealers whose provisioning was cut short.
    Sweep(DatabaseArgs),
}

/// Which database.
#[derive(Args)]
pub(super) struct DatabaseArgs {
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(command: &TenantCommand, output: Output) -> CommandResult {
    let system = actix_web::rt::System::new();
    match command {
        TenantCommand::Create(args) => system.block_on(create::create(args, output)),
        TenantCommand::List(args) => system.block_on(list::list(args, output)),
        TenantCommand::Sweep(args) => system.block_on(sweep::sweep(args, output)),
    }
}
