//! `tubex tenant fill`.

use clap::Args;
use serde_json::json;

use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::{Output, Verdict};
use crate::cli::progress::Count;
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::tenancy::spares::Turn;

/// How many schemas to have in stock.
#[derive(Args)]
pub(in crate::cli) struct FillArgs {
    /// Spare schemas there should be when it ends.
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    count: u16,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Fills the stock, after whoever is filling it.
pub(super) fn run(args: &FillArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let spares = core.spares();
    let target = usize::from(args.count);
    let progress = Count::new(output, "spares");
    progress.begin(target.saturating_sub(spares.stock()?.whole));
    let between = || {
        progress.one();
        true
    };
    let refill = spares.refill(target, Turn::Wait, &between)?;
    if refill.made > 0 {
        progress.one();
    }
    progress.end();
    let (made, whole) = (refill.made, spares.stock()?.whole);
    let failed: Vec<String> = refill
        .failed
        .iter()
        .map(|(_, why)| why.to_string())
        .collect();
    output.result(
        format_args!("{made} spares made, {whole} in stock"),
        &json!({ "made": made, "spares": whole, "failed": failed }),
    )?;
    match failed.first() {
        None => Ok(()),
        Some(first) => {
            let verdict = format!("not every spare could be made; the first: {first}");
            Err(Verdict(verdict).into())
        }
    }
}
