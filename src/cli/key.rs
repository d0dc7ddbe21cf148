//! `tubex key …`.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::CommandResult;
use super::output::Output;
use crate::app::Core;
use crate::auth::vault::{Vault, generate_secret};
use crate::config::{DatabaseSettings, KeySettings};
use crate::kernel::clock::Clock;
use crate::platform::keys::query::KeyRow;
use crate::platform::keys::service::{NOTICE, SigningKeys};

/// Make the secret of an installation, and change the keys that sign its tokens.
#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Make the secret of an installation.
    Generate {
        /// File to write, readable by its owner only; never overwritten.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// List the keys that sign tokens, the newest first.
    List(RingArgs),
    /// Make the next key that signs tokens. It is published at once and signs a day
    /// later; those before it are believed until their last token has ended.
    Rotate {
        /// Sign with it at once, without the day in which others learn of it.
        #[arg(long)]
        now: bool,
        #[command(flatten)]
        ring: RingArgs,
    },
    /// Believe a key no more: every token it has signed is refused within a second.
    Retire {
        /// The id of the key, as `key list` shows it.
        kid: String,
        #[command(flatten)]
        ring: RingArgs,
    },
}

/// Where the keys are.
#[derive(Args)]
pub(super) struct RingArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    key: KeySettings,
}

pub(super) fn run(command: &KeyCommand, output: Output) -> CommandResult {
    match command {
        KeyCommand::Generate { output: path } => generate(path, output),
        KeyCommand::List(ring) => with_keys(ring, async |keys| {
            let rows = keys.list().await?;
            let now = Clock::system().now();
            let text: Vec<String> = rows.iter().map(|row| line(row, now)).collect();
            let json: Vec<Value> = rows.iter().map(|row| described(row, now)).collect();
            output.result(text.join("\n"), &json!({ "keys": json }))
        }),
        KeyCommand::Rotate { now, ring } => with_keys(ring, async |keys| {
            let notice = if *now {
                chrono::TimeDelta::zero()
            } else {
                NOTICE
            };
            let active_from = Clock::system().now() + notice;
            let kid = keys.rotate(active_from).await?;
            output.result(
                format_args!("Key {kid} signs from {active_from} on"),
                &json!({ "kid": kid, "active_from": active_from }),
            )
        }),
        KeyCommand::Retire { kid, ring } => with_keys(ring, async |keys| {
            if !keys.retire(kid).await? {
                return Err(
                    format!("{kid}: there is no such key in use; see `tubex key list`").into(),
                );
            }
            output.result(
                format_args!("Key {kid} is believed no more"),
                &json!({ "kid": kid }),
            )
        }),
    }
}

/// Runs `work` on the keys of the installation.
fn with_keys(
    args: &RingArgs,
    work: impl AsyncFnOnce(&SigningKeys) -> CommandResult,
) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let vault = Vault::from_file(&args.key.secret_key_file)?;
    let keys = core.signing_keys(vault, "")?;
    actix_web::rt::System::new().block_on(async {
        keys.load().await?;
        work(&keys).await
    })
}

fn line(row: &KeyRow, now: DateTime<Utc>) -> String {
    let (kid, state, from) = (&row.kid, state(row, now), row.active_from);
    match row.retired_at {
        None => format!("{kid}  {state:<9}  signs from {from}"),
        Some(end) => format!("{kid}  {state:<9}  signs from {from}, believed until {end}"),
    }
}

fn described(row: &KeyRow, now: DateTime<Utc>) -> Value {
    json!({
        "kid": row.kid, "state": state(row, now), "created_at": row.created_at,
        "active_from": row.active_from, "retired_at": row.retired_at,
    })
}

fn state(row: &KeyRow, now: DateTime<Utc>) -> &'static str {
    match row.retired_at {
        Some(end) if end <= now => "retired",
        _ if row.active_from > now => "next",
        Some(_) => "retiring",
        None => "active",
    }
}

fn generate(path: &Path, output: Output) -> CommandResult {
    write_new_key(path)?;
    let path = path.display().to_string();
    output.result(format_args!("{path} written"), &json!({ "file": path }))
}

/// Writes a new secret to `path`, where nothing may be yet.
pub(super) fn write_new_key(path: &Path) -> CommandResult {
    write_secret(path, &generate_secret()?)
}

/// Writes `secret` to `path`, where nothing may be yet, for its owner's eyes.
pub(super) fn write_secret(path: &Path, secret: &SecretString) -> CommandResult {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| format!("{}: {error}; nothing was written", path.display()))?;
    file.write_all(secret.expose_secret().as_bytes())?;
    file.sync_all()?;
    Ok(())
}
