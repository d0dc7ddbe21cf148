//! `tubex migrate`: everything that is behind.

use std::time::Instant;

use serde_json::json;

use super::args::ApplyArgs;
use super::{CommandResult, Output, prepare, watched};
use crate::app::Core;
use crate::cli::output::Verdict;
use crate::cli::progress::Progress;
use crate::kernel::clock::Clock;
use crate::tenancy::migrate::{MigrationSet, Report, Stopped};

pub(super) fn run(args: &ApplyArgs, output: Output) -> CommandResult {
    let started = Instant::now();
    let core = Core::new(&args.pace.settings(&args.database), 1, Clock::system())?;
    let progress = Progress::new(output);
    let control = prepare(&core, &progress)?;
    let set = MigrationSet::tenant()?;
    let options = args.options();
    let report = watched(&core, &options, output, |runner| runner.migrate(set))?;
    say(&control, &report, started.elapsed().as_secs_f64(), output)?;
    verdict(&report)
}

fn say(control: &[String], report: &Report, seconds: f64, output: Output) -> CommandResult {
    let mut text = vec![format!(
        "{} control migrations applied; {} of {} dealers changed, {} failed ({seconds:.1} s).",
        control.len(),
        report.changed,
        report.dealers,
        report.failed.len()
    )];
    if report.elsewhere > 0 {
        text.push(format!("Another run changed {}.", report.elsewhere));
    }
    if report.retries > 0 {
        text.push(format!("{} times a table was in use.", report.retries));
    }
    for (dealer, error) in &report.failed {
        text.push(format!("{dealer}: {error}"));
    }
    let json = json!({
        "control": control,
        "dealers": report.dealers,
        "changed": report.changed,
        "elsewhere": report.elsewhere,
        "failed": failed(report),
        "left": report.left,
        "retries": report.retries,
        "seconds": seconds,
    });
    output.result(text.join("\n"), &json)
}

pub(super) fn failed(report: &Report) -> Vec<serde_json::Value> {
    let failed = report.failed.iter();
    failed
        .map(|(dealer, error)| json!({ "dealer": dealer, "cause": error.to_string() }))
        .collect()
}

fn verdict(report: &Report) -> CommandResult {
    let left = report.left;
    let verdict = match report.stopped {
        Some(Stopped::Canary) => format!(
            "one of the first dealers failed, so the other {left} were left alone; \
             `tubex migrate status` says why"
        ),
        Some(Stopped::Errors) => format!(
            "too many dealers failed, so {left} were left alone; \
             `tubex migrate status` says why, and `tubex migrate` goes on with the others"
        ),
        None if report.failed.is_empty() => return Ok(()),
        None => "some dealers were not migrated; `tubex migrate status` says why. \
                 Run `tubex migrate` again"
            .to_owned(),
    };
    Err(Verdict(verdict).into())
}
