//! `tubex migrate --plan`: what would be done.

use serde_json::json;

use super::args::ApplyArgs;
use super::{CommandResult, Output};
use crate::app::Core;
use crate::kernel::clock::Clock;
use crate::tenancy::migrate::{MigrateError, MigrationSet, Survey, pending_control, survey};

pub(super) fn run(args: &ApplyArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let (set, options) = (MigrationSet::tenant()?, args.options());
    let (control, survey) = core.owner.run_blocking(|conn| {
        let control = pending_control(conn)?;
        // Without a directory there are no dealers.
        let survey = if control.len() == MigrationSet::control()?.steps().len() {
            Survey::default()
        } else {
            survey(conn, set, &options.only)?
        };
        Ok::<_, MigrateError>((control, survey))
    })?;
    let steps: usize = survey
        .behind
        .iter()
        .map(|target| set.steps_after(target.version.as_deref()))
        .sum();
    let mut text = vec![format!(
        "{} control migrations to apply; {} of {} dealers are behind, {steps} migrations in all.",
        control.len(),
        survey.behind.len(),
        survey.total()
    )];
    for (version, count) in &survey.versions {
        let version = version.as_deref();
        if set.is_behind(version) {
            let from = version.unwrap_or("nothing");
            let names = set
                .steps()
                .iter()
                .rev()
                .take(set.steps_after(version))
                .rev();
            let names: Vec<&str> = names.map(|step| step.name.as_str()).collect();
            text.push(format!("{count} dealers at {from}: {}", names.join(", ")));
        }
    }
    let behind: Vec<_> = survey
        .behind
        .iter()
        .map(|target| json!({ "dealer": target.dealer, "version": target.version }))
        .collect();
    let json = json!({
        "control": control,
        "dealers": survey.total(),
        "newest": set.newest(),
        "behind": behind,
        "migrations": steps,
    });
    output.result(text.join("\n"), &json)
}
