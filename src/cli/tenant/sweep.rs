//! `tubex tenant sweep`.

use std::collections::BTreeMap;

use serde_json::json;

use super::DatabaseArgs;
use super::life::actor;
use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::{Output, Verdict};
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::lifecycle::LifecycleError;

pub(super) async fn sweep(args: &DatabaseArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let (mut finished, mut dropped, mut failed) = (0_usize, 0_usize, BTreeMap::new());
    for (dealer, outcome) in core.provisioner.resume_all(core.clock.now()).await? {
        match outcome {
            Ok(_opened) => finished += 1,
            Err(error) => drop(failed.insert(dealer, format!("{dealer}: {error}"))),
        }
    }
    // Some at a time, until nobody is left, or nobody else can be dropped: those
    // who can not come last.
    loop {
        let outcomes = core.lifecycle.drop_due(&actor()).await?;
        let faults: BTreeMap<_, _> = outcomes.iter().filter_map(fault).collect();
        let gone = outcomes.len().saturating_sub(faults.len());
        dropped += gone;
        failed.extend(faults);
        if gone == 0 {
            break;
        }
    }
    let failed: Vec<String> = failed.into_values().collect();
    let retired = core.transfer.sweep().await?;
    let json = json!({
        "finished": finished, "dropped": dropped, "retired": retired, "failed": failed,
    });
    let text = format!(
        "{finished} dealers finished, {dropped} dropped, {} schemas out of use dropped, {} failed",
        retired.len(),
        failed.len()
    );
    output.result(text, &json)?;
    match failed.first() {
        None => Ok(()),
        Some(first) => {
            let verdict = format!("not every dealer could be swept; the first: {first}");
            Err(Verdict(verdict).into())
        }
    }
}

fn fault((dealer, outcome): &(DealerId, Result<(), LifecycleError>)) -> Option<(DealerId, String)> {
    let error = outcome.as_ref().err()?;
    Some((*dealer, format!("{dealer}: {error}")))
}
