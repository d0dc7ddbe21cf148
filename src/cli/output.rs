//! Standard output: text for people, one JSON line for programs.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;

/// Where a command says what it did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) const fn new(json: bool) -> Self {
        Self { json }
    }

    pub(super) const fn is_json(self) -> bool {
        self.json
    }

    /// The result of a command.
    pub(super) fn result(self, text: impl Display, json: &impl Serialize) -> super::CommandResult {
        if self.json {
            line(std::io::stdout(), serde_json::to_string(json)?)?;
        } else {
            line(std::io::stdout(), text)?;
        }
        Ok(())
    }

    /// A failed command. Programs find the reason where they look for results.
    pub(super) fn failure<E: std::error::Error + ?Sized>(self, error: &E) -> ExitCode {
        let message = error.to_string();
        let _written = if self.json {
            let failure = serde_json::json!({ "error": { "message": message } });
            line(std::io::stdout(), failure)
        } else {
            line(std::io::stderr(), format_args!("tubex: {message}"))
        };
        ExitCode::FAILURE
    }
}

/// What is wrong with what a command has said. Programs have their one line by then,
/// so this is for standard error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Verdict(pub(super) String);

/// A step on the way, on standard error.
pub(super) fn note(text: impl Display) {
    // A terminal that is gone does not stop the work.
    let _written = line(std::io::stderr(), text);
}

fn line(mut to: impl Write, text: impl Display) -> std::io::Result<()> {
    match writeln!(to, "{text}").and_then(|()| to.flush()) {
        // The reader has seen enough, as in `tubex tenant list | head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
