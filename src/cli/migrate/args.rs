//! The flags of `tubex migrate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgMatches, Args, FromArgMatches, Subcommand};

use crate::config::DatabaseSettings;
use crate::kernel::ids::DealerId;
use crate::tenancy::migrate::Options;

/// `tubex migrate` by itself migrates; with a word behind it, it does that.
pub(in crate::cli) enum MigrateArgs {
    Apply(ApplyArgs),
    Other(MigrateCommand),
}

impl Args for MigrateArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        // The flags of the bare command are of no use to the others, and those
        // it can not do without are not asked of them.
        MigrateCommand::augment_subcommands(ApplyArgs::augment_args(command))
            .subcommand_required(false)
            .arg_required_else_help(false)
            .subcommand_negates_reqs(true)
            .args_conflicts_with_subcommands(true)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for MigrateArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        if matches.subcommand_name().is_some() {
            MigrateCommand::from_arg_matches(matches).map(Self::Other)
        } else {
            ApplyArgs::from_arg_matches(matches).map(Self::Apply)
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What else there is to do about migrations.
#[derive(Subcommand)]
pub(in crate::cli) enum MigrateCommand {
    /// Say where the dealers stand, and whose migration failed.
    Status(StatusArgs),
    /// Take back the last migration of some dealers.
    Revert(RevertArgs),
    /// Look for SQL that will not do for thousands of dealers.
    Lint(LintArgs),
}

/// What to migrate, and how.
#[derive(Args)]
pub(in crate::cli) struct ApplyArgs {
    /// Say what would be done, and change nothing.
    #[arg(long)]
    pub(super) plan: bool,

    /// This dealer and no other; may be given several times.
    #[arg(long, value_name = "DEALER")]
    only: Vec<DealerId>,

    /// Migrate so many dealers first, and the others if none of those failed.
    #[arg(long, value_name = "N", default_value = "0")]
    canary: usize,

    /// Stop after so many dealers have failed; run again to go on.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pause_on_errors: Option<u32>,

    /// Build an index beside the work of a dealer whose table has more rows,
    /// where a migration says that it may be.
    #[arg(long, value_name = "ROWS", default_value = "100000", value_parser = clap::value_parser!(i64).range(0..))]
    concurrent_index_above: i64,

    #[command(flatten)]
    pub(super) pace: PaceArgs,

    #[command(flatten)]
    pub(super) database: DatabaseSettings,
}

/// How hard to press.
#[derive(Args)]
pub(in crate::cli) struct PaceArgs {
    /// Dealers at work at once, with a connection each.
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u32).range(1..=64))]
    jobs: u32,

    /// Longest wait for a table in use, and so the longest that a migration
    /// holds up a dealer's requests, in milliseconds.
    #[arg(long, value_name = "MS", default_value = "50", value_parser = clap::value_parser!(u64).range(1..=60_000))]
    lock_timeout_ms: u64,

    /// How long to go on trying a dealer whose tables are in use, in seconds.
    #[arg(long, value_name = "S", default_value = "60")]
    lock_patience_s: u64,
}

/// Which database.
#[derive(Args)]
pub(in crate::cli) struct StatusArgs {
    #[command(flatten)]
    pub(super) database: DatabaseSettings,
}

/// Which migrations to look at.
#[derive(Args)]
pub(in crate::cli) struct LintArgs {
    /// Folder of tenant migrations; those of this program if left out.
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}

/// Whose migration to take back.
#[derive(Args)]
pub(in crate::cli) struct RevertArgs {
    /// The dealer; may be given several times.
    #[arg(long, value_name = "DEALER", required = true)]
    only: Vec<DealerId>,

    /// Take back a migration before this program's newest one, too.
    #[arg(long)]
    further: bool,

    /// Take it back although rows go with its tables or columns.
    #[arg(long)]
    lose_rows: bool,

    #[command(flatten)]
    pub(super) pace: PaceArgs,

    #[command(flatten)]
    pub(super) database: DatabaseSettings,
}

impl ApplyArgs {
    pub(super) fn options(&self) -> Options {
        Options {
            canary: self.canary,
            pause_on_errors: self
                .pause_on_errors
                .and_then(|limit| usize::try_from(limit).ok()),
            only: self.only.clone(),
            concurrent_index_above: Some(self.concurrent_index_above),
            ..self.pace.options()
        }
    }
}

impl RevertArgs {
    pub(super) fn options(&self) -> Options {
        Options {
            only: self.only.clone(),
            further: self.further,
            lose_rows: self.lose_rows,
            ..self.pace.options()
        }
    }
}

impl PaceArgs {
    /// The settings, with a connection for each worker.
    pub(super) fn settings(&self, database: &DatabaseSettings) -> DatabaseSettings {
        DatabaseSettings {
            owner_pool_size: self.jobs,
            ..database.clone()
        }
    }

    fn options(&self) -> Options {
        Options {
            jobs: usize::try_from(self.jobs).unwrap_or(1),
            lock_timeout: Duration::from_millis(self.lock_timeout_ms),
            patience: Duration::from_secs(self.lock_patience_s),
            ..Options::default()
        }
    }
}
