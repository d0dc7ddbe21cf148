//! `tubex migrate revert`: the last migration of some dealers, taken back.

use serde_json::json;

use super::apply::failed;
use super::args::RevertArgs;
use super::{CommandResult, Output, watched};
use crate::app::Core;
use crate::cli::output::Verdict;
use crate::kernel::clock::Clock;
use crate::tenancy::migrate::MigrationSet;

pub(super) fn run(args: &RevertArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.pace.settings(&args.database), 1, Clock::system())?;
    let set = MigrationSet::tenant()?;
    let options = args.options();
    let report = watched(&core, &options, output, |runner| runner.revert(set))?;
    let text = format!(
        "{} of {} dealers taken back by one migration, {} failed.",
        report.changed,
        report.dealers,
        report.failed.len()
    );
    let json = json!({
        "dealers": report.dealers,
        "changed": report.changed,
        "failed": failed(&report),
    });
    output.result(text, &json)?;
    match report.failed.first() {
        None => Ok(()),
        Some((dealer, error)) => Err(Verdict(format!("{dealer}: {error}")).into()),
    }
}
