//! How connections are kept, and what browsers are told.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::ConfigError;
use super::values::{list_size, milliseconds, some_milliseconds};

/// How connections are kept, and what browsers are told.
#[derive(Args, Clone, Debug)]
pub struct HttpSettings {
    /// How long a connection may rest between two requests, in milliseconds; with 0 it is
    /// closed after one.
    #[arg(long, env = "TUBEX_KEEP_ALIVE_MS", value_name = "MS", default_value = "5000", value_parser = milliseconds)]
    pub keep_alive_ms: Duration,

    /// Longest time that the head of a request may take to come, in milliseconds.
    #[arg(long, env = "TUBEX_HEAD_TIMEOUT_MS", value_name = "MS", default_value = "5000", value_parser = some_milliseconds)]
    pub head_timeout_ms: Duration,

    /// Most connections open on one HTTP thread; more wait to be accepted.
    #[arg(long, env = "TUBEX_MAX_CONNECTIONS", value_name = "N", default_value = "25000", value_parser = list_size)]
    pub max_connections: usize,

    /// Whether answers are packed with gzip for clients that can read that.
    #[arg(long, env = "TUBEX_COMPRESSION", value_name = "BOOL", default_value = "true", action = clap::ArgAction::Set)]
    pub compression: bool,

    /// For how long browsers are to reach this host by TLS only, in seconds; with 0 they
    /// are not told so.
    #[arg(long, env = "TUBEX_HSTS_MAX_AGE_S", value_name = "S", default_value = "0", value_parser = clap::value_parser!(u32))]
    pub hsts_max_age_s: u32,

    /// PEM file of the certificates with which the shops' endpoint speaks TLS, its own
    /// first; without one it speaks none.
    #[arg(long, env = "TUBEX_TLS_CERT_FILE", value_name = "FILE")]
    pub tls_cert_file: Option<PathBuf>,

    /// PEM file of the key to these.
    #[arg(long, env = "TUBEX_TLS_KEY_FILE", value_name = "FILE")]
    pub tls_key_file: Option<PathBuf>,
}

impl HttpSettings {
    /// The files for TLS, if there is to be any.
    pub fn tls_files(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.tls_cert_file.as_ref().zip(self.tls_key_file.as_ref())
    }

    /// Checks what the parser can not.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let message = "name both --tls-cert-file and --tls-key-file, or neither";
        match (&self.tls_cert_file, &self.tls_key_file) {
            (Some(_), None) => Err(ConfigError::new("--tls-cert-file", message)),
            (None, Some(_)) => Err(ConfigError::new("--tls-key-file", message)),
            _ => Ok(()),
        }
    }
}
