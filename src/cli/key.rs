//! `tubex key generate`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};

use super::CommandResult;
use super::output::Output;
use crate::auth::vault::generate_secret;

/// Make the secret of an installation, and change the keys that sign its tokens.
#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Make the secret of an installation.
    Generate {
        /// File to write, readable by its owner only; never overwritten.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
}

pub(super) fn run(command: &KeyCommand, output: Output) -> CommandResult {
    let KeyCommand::Generate { output: path } = command;
    write_new_key(path)?;
    let path = path.display().to_string();
    output.result(
        format_args!("{path} written"),
        &serde_json::json!({ "file": path }),
    )
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
