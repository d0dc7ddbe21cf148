//! `tubex audit …`.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::CommandResult;
use super::output::{Output, Verdict};
use super::progress::Count;
use crate::app::Core;
use crate::config::DatabaseSettings;
use crate::db::error::DbResult;
use crate::kernel::clock::Clock;
use crate::kernel::hex;
use crate::kernel::ids::DealerId;
use crate::tenancy::audit::heads::Head;
use crate::tenancy::audit::seal::SINCE;
use crate::tenancy::audit::verify::{Walked, walk};
use crate::tenancy::migrate::{Target, targets};

/// Dealers looked at over one connection, which would never forget their tables.
const BATCH: usize = 200;

/// Look whether audit logs are as they were sealed.
#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Walk the chains of seals, and name the first row of each that is not as it was
    /// sealed.
    Verify(VerifyArgs),
}

/// Whose logs to look at.
#[derive(Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    whose: WhoseArgs,

    /// What this command told before, with --json, kept where nobody who can change the
    /// database can: each log has to go on from there.
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,

    #[command(flatten)]
    database: DatabaseSettings,
}

/// Some or all.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct WhoseArgs {
    /// The dealers.
    #[arg(long = "dealer", value_name = "DEALER")]
    dealers: Vec<DealerId>,

    /// All dealers.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(command: &AuditCommand, output: Output) -> CommandResult {
    let AuditCommand::Verify(args) = command;
    let earlier = args.since.as_deref().map(heads).transpose()?;
    let earlier = earlier.unwrap_or_default();
    let core = Core::new(&args.database, 1, Clock::system())?;
    let mut targets = core
        .owner
        .run_blocking(|conn| targets(conn, &args.whose.dealers))?;
    targets.retain(|target| target.version.as_deref().is_some_and(|at| at >= SINCE));
    let progress = Count::new(output, "dealers");
    progress.begin(targets.len());
    let mut walked = Vec::with_capacity(targets.len());
    for batch in targets.chunks(BATCH) {
        walked.extend(walk_all((&core, &earlier), batch, &progress)?);
    }
    progress.end();
    report(&walked, output)
}

/// The last seals that an earlier report tells.
fn heads(path: &Path) -> Result<Heads, Box<dyn Error + Send + Sync>> {
    let named = |error: &dyn Error| format!("{}: {error}", path.display());
    let text = std::fs::read(path).map_err(|error| named(&error))?;
    let report: Report = serde_json::from_slice(&text).map_err(|error| named(&error))?;
    let logs = report.logs.into_iter();
    let head = |log: Log| {
        let hash = hex::decode(&log.head?)?;
        Some((log.dealer, (log.seals, hash)))
    };
    Ok(logs.filter_map(head).collect())
}

type Heads = HashMap<DealerId, Head>;

/// What is read of an earlier report.
#[derive(serde::Deserialize)]
struct Report {
    logs: Vec<Log>,
}

#[derive(serde::Deserialize)]
struct Log {
    dealer: DealerId,
    seals: i64,
    head: Option<String>,
}

fn walk_all(
    (core, earlier): (&Core, &Heads),
    batch: &[Target],
    progress: &Count,
) -> DbResult<Vec<(DealerId, Walked)>> {
    core.owner.run_apart(|conn| {
        let mut all = Vec::with_capacity(batch.len());
        for target in batch {
            if let Ok(schema) = target.schema.parse() {
                let known = earlier.get(&target.dealer).cloned();
                all.push((target.dealer, walk(conn, &schema, known)?));
            }
            progress.one();
        }
        Ok(all)
    })
}

fn report(walked: &[(DealerId, Walked)], output: Output) -> CommandResult {
    let total = |part: fn(&Walked) -> usize| walked.iter().map(|(_, one)| part(one)).sum::<usize>();
    let (rows, unsealed) = (total(|one| one.rows), total(|one| one.unsealed));
    let faults: Vec<_> = walked
        .iter()
        .filter(|(_, one)| one.fault.is_some())
        .collect();
    let mut text: Vec<String> = faults.iter().map(|found| described(found)).collect();
    text.push(format!(
        "{} logs walked: {rows} rows as they were sealed, {unsealed} not sealed yet, {} logs at fault.",
        walked.len(),
        faults.len()
    ));
    let json = json!({
        "dealers": walked.len(),
        "rows": rows,
        "unsealed": unsealed,
        "faults": faults.len(),
        "logs": walked.iter().map(encoded).collect::<Vec<_>>(),
    });
    output.result(text.join("\n"), &json)?;
    if faults.is_empty() {
        return Ok(());
    }
    let verdict = format!("{} audit logs are not as they were sealed", faults.len());
    Err(Verdict(verdict).into())
}

fn described((dealer, walked): &(DealerId, Walked)) -> String {
    let fault = walked.fault.as_ref().map(ToString::to_string);
    format!("{dealer}: {}", fault.unwrap_or_default())
}

fn encoded((dealer, walked): &(DealerId, Walked)) -> Value {
    json!({
        "dealer": dealer,
        "seals": walked.seals,
        "rows": walked.rows,
        "unsealed": walked.unsealed,
        "head": walked.head,
        "fault": walked.fault.as_ref().map(ToString::to_string),
    })
}
