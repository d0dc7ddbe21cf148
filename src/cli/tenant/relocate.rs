//! `tubex tenant move`: a dealer to another server of a Citus cluster.

use std::time::Instant;

use clap::Args;
use serde_json::json;

use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::tenancy::migrate::targets;
use crate::tenancy::relocate::{Server, move_dealer};

/// Whom to move, and where.
#[derive(Args)]
pub(in crate::cli) struct MoveArgs {
    /// The dealer.
    #[arg(value_name = "DEALER")]
    dealer: DealerId,

    /// The server, as the Citus coordinator knows it.
    #[arg(long, value_name = "HOST:PORT")]
    to: Server,

    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(args: &MoveArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let found = core
        .owner
        .run_blocking(|conn| targets(conn, &[args.dealer]))?;
    let started = Instant::now();
    for target in &found {
        let from = move_dealer(&core.owner, target, &args.to)?;
        let seconds = started.elapsed().as_secs_f64();
        let text = if from == args.to {
            format!("{} is on {from} already.", args.dealer)
        } else {
            format!(
                "{} moved from {from} to {} in {seconds:.1} s.",
                args.dealer, args.to
            )
        };
        let json = json!({
            "dealer": args.dealer,
            "schema": target.schema,
            "from": from.to_string(),
            "to": args.to.to_string(),
            "seconds": seconds,
        });
        output.result(text, &json)?;
    }
    Ok(())
}
