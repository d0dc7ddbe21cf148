//! `tubex tenant sweep`.

use serde_json::json;

use super::DatabaseArgs;
use super::life::actor;
use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::lifecycle::LifecycleError;

pub(super) async fn sweep(args: &DatabaseArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let (mut finished, mut dropped, mut failed) = (0_usize, 0_usize, Vec::new());
    for (dealer, outcome) in core.provisioner.resume_all(core.clock.now()).await? {
        match outcome {
            Ok(_opened) => finished += 1,
            Err(error) => failed.push(format!("{dealer}: {error}")),
        }
    }
    // Some at a time, until nobody is left, or nobody else can be dropped.
    loop {
        let outcomes = core.lifecycle.drop_due(&actor()).await?;
        let faults: Vec<String> = outcomes.iter().filter_map(fault).collect();
        let gone = outcomes.len().saturating_sub(faults.len());
        dropped += gone;
        if gone == 0 || !faults.is_empty() {
            failed.extend(faults);
            break;
        }
    }
    let json = json!({ "finished": finished, "dropped": dropped, "failed": failed });
    let text = format!(
        "{finished} dealers finished, {dropped} dropped, {} failed",
        failed.len()
    );
    output.result(text, &json)?;
    match failed.first() {
        None => Ok(()),
        Some(first) => Err(format!("not every dealer could be swept; the first: {first}").into()),
    }
}

fn fault((dealer, outcome): &(DealerId, Result<(), LifecycleError>)) -> Option<String> {
    let error = outcome.as_ref().err()?;
    Some(format!("{dealer}: {error}"))
}
