//! `tubex tenant sweep`.

use serde_json::json;

use super::DatabaseArgs;
use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::kernel::clock::Clock;

pub(super) async fn sweep(args: &DatabaseArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let outcomes = core.provisioner.resume_all(core.clock.now()).await?;
    let failed: Vec<String> = outcomes
        .iter()
        .filter_map(|(id, outcome)| outcome.as_ref().err().map(|error| format!("{id}: {error}")))
        .collect();
    let finished = outcomes.len().saturating_sub(failed.len());
    let json = json!({ "finished": finished, "failed": failed });
    output.result(
        format_args!("{finished} dealers finished, {} failed", failed.len()),
        &json,
    )?;
    match failed.first() {
        None => Ok(()),
        Some(first) => {
            Err(format!("not every dealer could be finished; the first: {first}").into())
        }
    }
}
