//! `tubex tenant …`.

mod create;
mod export;
mod fill;
mod import;
mod life;
mod list;
mod record;
mod refusal;
mod relocate;
mod show;
mod sweep;
mod verify;

use clap::{Args, Subcommand};

pub(super) use life::actor;

use super::CommandResult;
use super::output::Output;
use crate::config::DatabaseSettings;

/// Create, list, suspend, archive, drop and repair dealers.
#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Register a dealer with his owner and open his shop.
    Create(create::CreateArgs),
    /// List all dealers.
    List(list::ListArgs),
    /// Show one dealer, and what was done to him.
    Show(life::DealerArgs),
    /// Let a dealer read only, until he is resumed.
    Suspend(life::OrderArgs),
    /// Open a dealer who is suspended or archived; archive one who is to be dropped.
    Resume(life::OrderArgs),
    /// Close a dealer and keep his rows.
    Archive(life::OrderArgs),
    /// Drop an archived dealer with all his rows, after a time of grace.
    Drop(life::DropArgs),
    /// Give a dealer another name.
    Rename(life::RenameArgs),
    /// Give a dealer another plan, and with it another rate.
    SetPlan(life::PlanArgs),
    /// Finish dealers whose making was cut short, and drop those whose grace is over.
    Sweep(DatabaseArgs),
    /// Make spare schemas, so that new dealers need not wait for theirs.
    Fill(fill::FillArgs),
    /// Write a dealer, as he is at one moment, to one file.
    Export(export::ExportArgs),
    /// Check that a file of a dealer is whole, without a database.
    VerifyExport(export::VerifyArgs),
    /// Open a dealer, or restore one, from a file.
    Import(import::ImportArgs),
    /// Open a new dealer with the goods of another, for support and tests.
    Clone(import::CloneArgs),
    /// Say where schemas differ from what their migrations make.
    Verify(verify::VerifyArgs),
    /// Move a dealer to another server of a Citus cluster, while he works.
    Move(relocate::MoveArgs),
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
        TenantCommand::Show(args) => system.block_on(show::show(args, output)),
        TenantCommand::Suspend(args) => system.block_on(life::suspend(args, output)),
        TenantCommand::Resume(args) => system.block_on(life::resume(args, output)),
        TenantCommand::Archive(args) => system.block_on(life::archive(args, output)),
        TenantCommand::Drop(args) => system.block_on(life::drop(args, output)),
        TenantCommand::Rename(args) => system.block_on(life::rename(args, output)),
        TenantCommand::SetPlan(args) => system.block_on(life::set_plan(args, output)),
        TenantCommand::Sweep(args) => system.block_on(sweep::sweep(args, output)),
        TenantCommand::Fill(args) => fill::run(args, output),
        TenantCommand::Export(args) => system.block_on(export::export(args, output)),
        TenantCommand::VerifyExport(args) => export::verify(args, output),
        TenantCommand::Import(args) => system.block_on(import::import(args, output)),
        TenantCommand::Clone(args) => system.block_on(import::clone(args, output)),
        TenantCommand::Verify(args) => verify::run(args, output),
        TenantCommand::Move(args) => relocate::run(args, output),
    }
}
