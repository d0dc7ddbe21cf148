//! What the program tells of itself: logs, their form and their destination, and
//! the figures that a Prometheus collects.

pub mod exposition;
mod label;
pub mod process;
pub mod serving;
pub mod sockets;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSettings};

/// Why logging could not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is malformed.
    #[error("--log: {0}; write levels by module, as in info,tubex=debug")]
    Filter(String),
    /// Something else has taken the log already.
    #[error("the log could not be started: {0}")]
    Start(String),
}

/// Sends the log to standard error from now on.
pub fn start(settings: &LogSettings) -> Result<(), TelemetryError> {
    let filter = filter(settings)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match settings.log_format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Pretty => builder.with_target(false).try_init(),
    };
    started.map_err(|error| TelemetryError::Start(error.to_string()))
}

/// The filter, checked.
pub fn filter(settings: &LogSettings) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::try_new(&settings.log).map_err(|error| TelemetryError::Filter(error.to_string()))
}
