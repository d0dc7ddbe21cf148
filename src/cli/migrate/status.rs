//! `tubex migrate status`: where the dealers stand.

use serde_json::json;

use super::args::StatusArgs;
use super::{CommandResult, Output};
use crate::app::Core;
use crate::kernel::clock::Clock;
use crate::tenancy::migrate::{
    Failure, MigrateError, MigrationSet, Survey, failures, pending_control, survey,
};

struct Status {
    control: Vec<String>,
    survey: Survey,
    failures: Vec<Failure>,
}

pub(super) fn run(args: &StatusArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let set = MigrationSet::tenant()?;
    let status = core.owner.run_blocking(|conn| {
        let control = pending_control(conn)?;
        // A control plane of an older program has no such record yet.
        let (survey, failures) = match control.len() {
            0 => (survey(conn, set, &[])?, failures(conn)?),
            _ => (Survey::default(), Vec::new()),
        };
        Ok::<_, MigrateError>(Status {
            control,
            survey,
            failures,
        })
    })?;
    output.result(text(&status, set), &json(&status, set))
}

fn text(status: &Status, set: &MigrationSet) -> String {
    if !status.control.is_empty() {
        let missing = status.control.len();
        return format!("The control plane lacks {missing} migrations: run `tubex migrate`.");
    }
    let mut text = vec![format!(
        "{} of {} dealers are behind {}.",
        status.survey.behind.len(),
        status.survey.total(),
        set.newest().unwrap_or("nothing")
    )];
    for (version, count) in &status.survey.versions {
        let version = version.as_deref().unwrap_or("nothing");
        text.push(format!("{count:>7} at {version}"));
    }
    for failure in &status.failures {
        let at = failure.failed_at.format("%Y-%m-%d %H:%M:%S");
        text.push(format!(
            "{} failed at {at}: {}",
            failure.dealer_id, failure.cause
        ));
    }
    text.join("\n")
}

fn json(status: &Status, set: &MigrationSet) -> serde_json::Value {
    let versions = status.survey.versions.iter();
    let versions: Vec<_> = versions
        .map(|(version, count)| json!({ "version": version, "dealers": count }))
        .collect();
    let failures = status.failures.iter();
    let failures: Vec<_> = failures
        .map(|failure| {
            json!({
                "dealer": failure.dealer_id,
                "cause": failure.cause,
                "failed_at": failure.failed_at,
            })
        })
        .collect();
    json!({
        "control_pending": status.control,
        "newest": set.newest(),
        "needed": set.needed(),
        "dealers": status.survey.total(),
        "behind": status.survey.behind.len(),
        "versions": versions,
        "failures": failures,
    })
}
