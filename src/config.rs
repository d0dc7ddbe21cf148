//! Typed settings: command line over environment over file over default.
//!
//! Every setting is a flag of the commands that need it, a variable `TUBEX_…`
//! and a key of the optional TOML file given by `--config`. All three ways pass
//! through the same parser, so a wrong value is refused at start with the name
//! of its flag.

mod file;
mod files;
mod http;
mod jobs;
mod limits;
mod mail;
mod plans;
mod server;
mod sms;
mod values;
mod webhooks;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

pub use file::{ConfigFileError, with_file};
pub use files::{DEFAULT_FILES_DIR, FileSettings};
pub use http::HttpSettings;
pub use jobs::JobSettings;
pub use limits::LimitSettings;
pub use mail::MailSettings;
pub use plans::{PlanRate, PlanSettings, STANDARD_PLAN};
pub use server::{DEFAULT_PUBLIC_URL, KeySettings, ProxyHeader, Registration, ServerSettings};
pub use sms::SmsSettings;
pub use values::half_the_processors;
use values::{list_size, milliseconds, pool_size, pool_wait, postgres_role, secret};
pub use webhooks::WebhookSettings;

/// How to reach the database, and how much of it to use.
#[derive(Args, Clone, Debug)]
pub struct DatabaseSettings {
    /// Connection string of the role that serves requests; it owns nothing.
    #[arg(long, env = "TUBEX_DATABASE_URL", hide_env_values = true, value_name = "URL", value_parser = secret)]
    pub database_url: SecretString,

    /// Connection string of the role that owns the schemas and migrates them.
    #[arg(long, env = "TUBEX_DATABASE_OWNER_URL", hide_env_values = true, value_name = "URL", value_parser = secret)]
    pub database_owner_url: SecretString,

    /// PEM file of the certificates to trust in place of the system's.
    #[arg(long, env = "TUBEX_DATABASE_CA_FILE", value_name = "FILE")]
    pub database_ca_file: Option<PathBuf>,

    /// Most connections that serve requests.
    #[arg(long, env = "TUBEX_REQUEST_POOL_SIZE", value_name = "N", default_value = "16", value_parser = pool_size)]
    pub request_pool_size: usize,

    /// Requests of one dealer that may wait for a connection; more are told to
    /// come again.
    #[arg(long, env = "TUBEX_QUEUE_PER_DEALER", value_name = "N", default_value = "64", value_parser = pool_size)]
    pub queue_per_dealer: usize,

    /// Keep the plans of each dealer's statements, which is several times faster
    /// and takes some kilobytes per statement and dealer.
    #[arg(long, env = "TUBEX_KEEP_PLANS", value_name = "BOOL", default_value = "true", action = clap::ArgAction::Set)]
    pub keep_plans: bool,

    /// Statements a connection keeps; the least recently used are closed.
    #[arg(long, env = "TUBEX_STATEMENTS_PER_BACKEND", value_name = "N", default_value = "5000", value_parser = list_size)]
    pub statements_per_backend: usize,

    /// Memory the server process behind a connection may take, in MiB: above it,
    /// half of the statements are closed, and if that is not enough it is replaced.
    #[arg(long, env = "TUBEX_MEMORY_PER_BACKEND_MIB", value_name = "MIB", default_value = "256", value_parser = clap::value_parser!(u64).range(8..=65_536))]
    pub memory_per_backend_mib: u64,

    /// Dealers a connection may meet before it is replaced: what it has learnt of
    /// their schemas is never given back.
    #[arg(long, env = "TUBEX_DEALERS_PER_BACKEND", value_name = "N", default_value = "2500", value_parser = list_size)]
    pub dealers_per_backend: usize,

    /// What stands between this program and the database server, if it changes
    /// the connection from one transaction to the next.
    #[arg(
        long,
        env = "TUBEX_POOLER",
        value_name = "KIND",
        default_value = "none",
        value_enum
    )]
    pub pooler: Pooler,

    /// Age at which a connection that serves requests is replaced, in seconds.
    #[arg(long, env = "TUBEX_BACKEND_AGE_S", value_name = "S", default_value = "3600", value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub backend_age_s: u64,

    /// Most connections to the control plane: signing in, registration.
    #[arg(long, env = "TUBEX_CONTROL_POOL_SIZE", value_name = "N", default_value = "4", value_parser = pool_size)]
    pub control_pool_size: usize,

    /// Most connections that make and migrate schemas at once.
    #[arg(long, env = "TUBEX_OWNER_POOL_SIZE", value_name = "N", default_value = "2", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub owner_pool_size: u32,

    /// What the database is: a PostgreSQL, or a Citus coordinator that spreads
    /// dealers' schemas over servers.
    #[arg(
        long,
        env = "TUBEX_ENGINE",
        value_name = "ENGINE",
        default_value = "auto",
        value_enum
    )]
    pub engine: EngineChoice,

    /// Threads that run operations and drive the database's sockets; half as many as there are
    /// processors if left out.
    #[arg(long, env = "TUBEX_DATABASE_THREADS", value_name = "N", value_parser = pool_size)]
    pub database_threads: Option<usize>,

    /// Longest wait for a free connection, in milliseconds; opening one takes some.
    #[arg(long, env = "TUBEX_POOL_WAIT_MS", value_name = "MS", default_value = "2000", value_parser = pool_wait)]
    pub pool_wait_ms: Duration,

    /// Longest run of one statement of a request, in milliseconds.
    #[arg(long, env = "TUBEX_STATEMENT_TIMEOUT_MS", value_name = "MS", default_value = "10000", value_parser = milliseconds)]
    pub statement_timeout_ms: Duration,
}

/// What stands between this program and the database server.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing, or a pooler that keeps a connection for a session.
    None,
    /// A pooler that gives out a connection for a transaction and carries
    /// prepared statements along, such as `PgBouncer` from 1.21 on.
    Transaction,
}

/// A setting whose value can not be used. Secret values are checked apart from
/// the parser, which would print what it refuses.
#[derive(Debug, thiserror::Error)]
#[error("{setting}: {message}")]
pub struct ConfigError {
    setting: &'static str,
    message: String,
}

impl ConfigError {
    /// This setting, and what would be right.
    pub fn new(setting: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { setting, message }
    }
}

impl DatabaseSettings {
    /// Settings for a database on this machine, of which the program is the
    /// only user.
    pub const fn local(request_url: SecretString, owner_url: SecretString) -> Self {
        Self {
            database_url: request_url,
            database_owner_url: owner_url,
            database_ca_file: None,
            request_pool_size: 16,
            queue_per_dealer: 64,
            keep_plans: true,
            statements_per_backend: 5000,
            memory_per_backend_mib: 256,
            dealers_per_backend: 2500,
            pooler: Pooler::None,
            backend_age_s: 3600,
            control_pool_size: 4,
            owner_pool_size: 2,
            engine: EngineChoice::Auto,
            database_threads: None,
            pool_wait_ms: Duration::from_secs(2),
            statement_timeout_ms: Duration::from_secs(10),
        }
    }

    /// Checks what the parser can not; gives the name of the request role.
    pub fn validate(&self) -> Result<String, ConfigError> {
        let role =
            |setting, url| postgres_role(url).map_err(|message| ConfigError { setting, message });
        let request_role = role("--database-url", &self.database_url)?;
        let owner_role = role("--database-owner-url", &self.database_owner_url)?;
        if request_role == owner_role {
            return Err(ConfigError {
                setting: "--database-url",
                message: format!(
                    "`{request_role}` also owns the schemas; requests need a role of their own, \
                     or the database could not keep dealers apart"
                ),
            });
        }
        Ok(request_role)
    }
}

/// What is logged, and in which form. Logs go to standard error.
#[derive(Args, Clone, Debug)]
pub struct LogSettings {
    /// Levels by module, as in `info,tubex=debug`.
    #[arg(
        long,
        env = "TUBEX_LOG",
        value_name = "FILTER",
        default_value = "info,actix_server=warn",
        global = true
    )]
    pub log: String,

    /// Form of the lines.
    #[arg(
        long,
        env = "TUBEX_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "pretty",
        value_enum,
        global = true
    )]
    pub log_format: LogFormat,
}

/// Form of log lines.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line, for machines.
    Json,
    /// Text, for people.
    Pretty,
}

/// What the database is.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineChoice {
    /// Citus if its extension is there, else PostgreSQL.
    Auto,
    /// PostgreSQL; on a Citus coordinator new schemas stay where they are made.
    Postgres,
    /// Citus 12 or newer, and nothing else.
    Citus,
}
