//! `tubex tenant verify`: whether schemas are what their migrations make.

use std::sync::{Mutex, PoisonError};

use clap::Args;
use serde_json::{Value, json};

use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::{Output, Verdict};
use crate::cli::progress::Count;
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::tenancy::migrate::{MigrationSet, targets};
use crate::tenancy::verify::{Finding, Seen, Summary, Verifier};

/// Whose schemas to look at.
#[derive(Args)]
pub(in crate::cli) struct VerifyArgs {
    #[command(flatten)]
    whose: WhoseArgs,

    /// Connections to read with at once.
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,

    #[command(flatten)]
    database: DatabaseSettings,
}

/// Some or all.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct WhoseArgs {
    /// The dealers.
    #[arg(value_name = "DEALER")]
    dealers: Vec<DealerId>,

    /// All dealers, and the schemas in stock.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &VerifyArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let targets = core
        .owner
        .run_blocking(|conn| targets(conn, &args.whose.dealers))?;
    let progress = Count::new(output, "dealers");
    progress.begin(targets.len());
    let findings = Mutex::new(Vec::new());
    let verifier = Verifier {
        owner: &core.owner,
        request_role: &core.request_role,
        set: MigrationSet::tenant()?,
        jobs: args.jobs.into(),
        seen: &|finding| {
            let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
            findings.extend(finding);
            progress.one();
        },
    };
    let summary = verifier.verify(targets);
    progress.end();
    let mut findings = findings
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    findings.sort_by_key(|finding| finding.dealer);
    report(&summary?, &findings, output)
}

fn report(summary: &Summary, findings: &[Finding], output: Output) -> CommandResult {
    let mut text: Vec<String> = findings.iter().map(described).collect();
    text.push(format!(
        "{} schemas looked at: {} drifted, {} behind, {} of another program, {} in motion.",
        summary.dealers, summary.drifted, summary.behind, summary.unknown, summary.busy
    ));
    let findings: Vec<Value> = findings.iter().map(encoded).collect();
    let json = json!({
        "dealers": summary.dealers,
        "drifted": summary.drifted,
        "behind": summary.behind,
        "unknown": summary.unknown,
        "busy": summary.busy,
        "findings": findings,
    });
    output.result(text.join("\n"), &json)?;
    match (summary.drifted, summary.busy) {
        (0, 0) => Ok(()),
        (0, busy) => Err(Verdict(format!("{busy} schemas did not stand still; look again")).into()),
        (drifted, _) => Err(Verdict(format!(
            "{drifted} schemas are not as their migrations make them; \
             mend them by hand or by a migration"
        ))
        .into()),
    }
}

fn described(finding: &Finding) -> String {
    let Finding { dealer, schema, .. } = finding;
    let version = finding.version.as_deref().unwrap_or("nothing");
    let head = format!("{dealer} ({schema}, {version})");
    match &finding.seen {
        Seen::Behind => format!("{head} waits for its migration"),
        Seen::Unknown => format!("{head} is at a version that this program does not know"),
        Seen::Busy => format!("{head} was being changed"),
        Seen::Drifted(differences) => {
            let lines = differences.iter().map(|found| format!("\n  {found}"));
            format!("{head} has drifted:{}", lines.collect::<String>())
        }
    }
}

fn encoded(finding: &Finding) -> Value {
    let (state, differences) = match &finding.seen {
        Seen::Behind => ("behind", None),
        Seen::Unknown => ("unknown", None),
        Seen::Busy => ("busy", None),
        Seen::Drifted(differences) => ("drifted", Some(differences)),
    };
    let told = |difference: &_| json!({ "text": format!("{difference}"), "detail": difference });
    let differences: Option<Vec<Value>> = differences.map(|all| all.iter().map(told).collect());
    json!({
        "dealer": finding.dealer,
        "schema": finding.schema,
        "version": finding.version,
        "state": state,
        "differences": differences,
    })
}
