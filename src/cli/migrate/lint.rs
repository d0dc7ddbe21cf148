//! `tubex migrate lint`: SQL that will not do for thousands of schemas.

use diesel_migrations::FileBasedMigrations;
use serde_json::json;

use super::args::LintArgs;
use super::{CommandResult, Output};
use crate::cli::output::Verdict;
use crate::tenancy::migrate::MigrationSet;
use crate::tenancy::migrate::lint::lint;

/// Where the migrations of this program were when it was built.
const FOLDER: &str = "migrations/tenant";

pub(super) fn run(args: &LintArgs, output: Output) -> CommandResult {
    let refusals = match &args.dir {
        None => lint(MigrationSet::tenant()?, FOLDER),
        Some(dir) => {
            let shown = dir.display().to_string();
            let source = FileBasedMigrations::from_path(dir)
                .map_err(|error| format!("--dir {shown}: {error}"))?;
            lint(&MigrationSet::read(&source)?, &shown)
        }
    };
    let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let json: Vec<_> = refusals
        .iter()
        .map(|refusal| {
            json!({
                "file": refusal.file,
                "line": refusal.line,
                "rule": refusal.rule,
                "advice": refusal.advice,
            })
        })
        .collect();
    let text = if lines.is_empty() {
        "The migrations will do.".to_owned()
    } else {
        lines.join("\n")
    };
    output.result(text, &json!({ "refusals": json }))?;
    match lines.len() {
        0 => Ok(()),
        count => Err(Verdict(format!(
            "{count} places in the migrations will not do; migrations/README.md has the rules"
        ))
        .into()),
    }
}
