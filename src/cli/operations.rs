//! `tubex operations …`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::CommandResult;
use super::output::Output;
use crate::app::Core;
use crate::app::documents::check_document;
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::platform::operations::manifest::{Listed, read};
use crate::platform::operations::query::{self, TrustedRow};

/// Say which operations a server takes that takes no others (`--trusted-operations`).
#[derive(Subcommand)]
pub(super) enum OperationsCommand {
    /// Add the operations of manifests, such as Apollo's or graphql-codegen's; servers
    /// take them within seconds.
    Import(ImportArgs),
    /// List them.
    List(ListArgs),
    /// Take some out.
    Remove(RemoveArgs),
}

/// What to add.
#[derive(Args)]
pub(super) struct ImportArgs {
    /// Manifests, or documents.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// All of them.
#[derive(Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    database: DatabaseSettings,
}

/// What to take out.
#[derive(Args)]
pub(super) struct RemoveArgs {
    /// SHA-256 of the documents, in hexadecimal.
    #[arg(value_name = "SHA256", required = true)]
    hashes: Vec<String>,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(command: &OperationsCommand, output: Output) -> CommandResult {
    actix_web::rt::System::new().block_on(async {
        match command {
            OperationsCommand::Import(args) => import(args, output).await,
            OperationsCommand::List(args) => list(args, output).await,
            OperationsCommand::Remove(args) => remove(args, output).await,
        }
    })
}

async fn import(args: &ImportArgs, output: Output) -> CommandResult {
    let mut all = Vec::new();
    for file in &args.files {
        all.extend(operations_of(file)?);
    }
    let core = Core::new(&args.database, 1, Clock::system())?;
    let now = core.clock.now();
    let rows: Vec<TrustedRow> = all.into_iter().map(|listed| row(listed, now)).collect();
    let mut conn = core.control.checkout().await?;
    query::upsert(&mut conn, &rows).await?;
    let count = rows.len();
    output.result(
        format_args!("{count} operations are trusted"),
        &json!({ "imported": count }),
    )
}

/// Those of one file, all of which fit the schema.
fn operations_of(file: &Path) -> Result<Vec<Listed>, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| fault(&error))?;
    let all = read(&text).map_err(|error| fault(&error))?;
    for listed in &all {
        let name = listed.name.as_deref().unwrap_or(&listed.sha256);
        check_document(&listed.document).map_err(|error| fault(&format!("{name}: {error}")))?;
    }
    Ok(all)
}

fn row(listed: Listed, now: chrono::DateTime<chrono::Utc>) -> TrustedRow {
    TrustedRow {
        sha256: listed.sha256,
        document: listed.document,
        name: listed.name,
        imported_at: now,
    }
}

async fn list(args: &ListArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let all = query::all(&mut core.control.checkout().await?).await?;
    let line = |row: &TrustedRow| {
        let name = row.name.as_deref().unwrap_or("-");
        format!(
            "{}  {}  {name}",
            row.sha256,
            row.imported_at.format("%F %T")
        )
    };
    let json = |row: &TrustedRow| json!({ "sha256": row.sha256, "name": row.name, "imported_at": row.imported_at });
    let lines: Vec<String> = all.iter().map(line).collect();
    let operations: Vec<_> = all.iter().map(json).collect();
    output.result(lines.join("\n"), &json!({ "operations": operations }))
}

async fn remove(args: &RemoveArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let hashes: Vec<String> = args.hashes.iter().map(|hash| hash.to_lowercase()).collect();
    let removed = query::remove(&mut core.control.checkout().await?, &hashes).await?;
    output.result(
        format_args!("{removed} operations are trusted no more"),
        &json!({ "removed": removed }),
    )
}
