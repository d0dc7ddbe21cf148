//! Typed settings: command line over environment over file over default.
//!
//! Every setting is a flag of the commands that need it, a variable `TUBEX_…`
//! and a key of the optional TOML file given by `--config`. All three ways pass
//! through the same parser, so a wrong value is refused at start with the name
//! of its flag.

mod file;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use secrecy::SecretString;

pub use file::{ConfigFileError, with_file};
use values::{
    list_size, milliseconds, network, pool_size, postgres_role, redis_address, secret,
    some_milliseconds, spare_count,
};

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

    /// Threads that drive the database's sockets.
    #[arg(long, env = "TUBEX_DATABASE_THREADS", value_name = "N", default_value = "2", value_parser = pool_size)]
    pub database_threads: usize,

    /// Longest wait for a free connection, in milliseconds.
    #[arg(long, env = "TUBEX_POOL_WAIT_MS", value_name = "MS", default_value = "2000", value_parser = milliseconds)]
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
            database_threads: 2,
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

impl ServerSettings {
    /// Whether /metrics is shown to whoever reaches the operators' endpoint.
    pub fn metrics_open(&self) -> bool {
        let local = self
            .operator_listen
            .is_some_and(|listen| listen.ip().is_loopback());
        self.operator_metrics_open.unwrap_or(local)
    }

    /// Checks what the parser can not.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let redis = self.redis_url.as_ref().map_or(Ok(()), redis_address);
        redis.map_err(|message| ConfigError {
            setting: "--redis-url",
            message,
        })
    }
}

/// How the server behaves towards its clients.
#[derive(Args, Clone, Debug)]
pub struct ServerSettings {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "TUBEX_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,

    /// Address and port of the operators' endpoint and of /metrics; there is none
    /// if left out. Port 0 takes a free one.
    #[arg(long, env = "TUBEX_OPERATOR_LISTEN", value_name = "ADDRESS:PORT")]
    pub operator_listen: Option<SocketAddr>,

    /// Whether /metrics is shown without an operator's token; if left out, where
    /// the operators' endpoint listens on a loopback address.
    #[arg(long, env = "TUBEX_OPERATOR_METRICS_OPEN", value_name = "BOOL", action = clap::ArgAction::Set)]
    pub operator_metrics_open: Option<bool>,

    /// Proxies that may say from where a request comes: addresses and networks,
    /// with commas between them. Of all others the header is ignored.
    #[arg(long, env = "TUBEX_TRUSTED_PROXIES", value_name = "NETWORK,…", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// The header in which these proxies say so; the other one is ignored.
    #[arg(
        long,
        env = "TUBEX_PROXY_HEADER",
        value_name = "HEADER",
        default_value = "x-forwarded-for",
        value_enum
    )]
    pub proxy_header: ProxyHeader,

    /// HTTP worker threads; as many as there are processors if left out.
    #[arg(long, env = "TUBEX_WORKERS", value_name = "N", value_parser = pool_size)]
    pub workers: Option<usize>,

    /// Share events with other nodes over this Redis; one node needs none.
    #[arg(long, env = "TUBEX_REDIS_URL", hide_env_values = true, value_name = "URL", value_parser = secret)]
    pub redis_url: Option<SecretString>,

    /// Whether strangers may register a dealer by the dealerRegister mutation.
    #[arg(
        long,
        env = "TUBEX_REGISTRATION",
        value_name = "WHO",
        default_value = "closed",
        value_enum
    )]
    pub registration: Registration,

    /// Schemas kept ready for dealers to come; 0 makes each when it is asked for.
    #[arg(long, env = "TUBEX_SPARE_DEALERS", value_name = "N", default_value = "16", value_parser = spare_count)]
    pub spare_dealers: usize,

    /// Pause between two of them while they are made, in milliseconds.
    #[arg(long, env = "TUBEX_SPARE_FILL_INTERVAL_MS", value_name = "MS", default_value = "1000", value_parser = milliseconds)]
    pub spare_fill_interval_ms: Duration,

    /// Whether the GraphiQL page is served at /graphiql.
    #[arg(long, env = "TUBEX_GRAPHIQL", value_name = "BOOL", default_value = "true", action = clap::ArgAction::Set)]
    pub graphiql: bool,

    /// Folder of a built GraphiQL bundle; without one a smaller page is served.
    #[arg(long, env = "TUBEX_GRAPHIQL_DIR", value_name = "DIR")]
    pub graphiql_dir: Option<PathBuf>,

    /// Longest time for one operation, in milliseconds.
    #[arg(long, env = "TUBEX_REQUEST_TIMEOUT_MS", value_name = "MS", default_value = "30000", value_parser = some_milliseconds)]
    pub request_timeout_ms: Duration,

    /// Largest request body and websocket message, in bytes.
    #[arg(long, env = "TUBEX_MAX_BODY_BYTES", value_name = "BYTES", default_value = "262144", value_parser = list_size)]
    pub max_body_bytes: usize,

    /// Largest file that operators may import over HTTP, in MiB.
    #[arg(long, env = "TUBEX_MAX_IMPORT_MIB", value_name = "MIB", default_value = "4096", value_parser = list_size)]
    pub max_import_mib: usize,

    /// Deepest nesting of fields in one operation.
    #[arg(long, env = "TUBEX_MAX_DEPTH", value_name = "N", default_value = "16", value_parser = list_size)]
    pub max_depth: usize,

    /// Most fields one operation may resolve, lists counted by their size.
    #[arg(long, env = "TUBEX_MAX_COMPLEXITY", value_name = "N", default_value = "20000", value_parser = list_size)]
    pub max_complexity: usize,

    /// Most records one answer may be made of, whatever lists multiply.
    #[arg(long, env = "TUBEX_MAX_ROWS", value_name = "N", default_value = "50000", value_parser = list_size)]
    pub max_rows: usize,

    /// Most operations at work on one websocket.
    #[arg(long, env = "TUBEX_MAX_SOCKET_OPERATIONS", value_name = "N", default_value = "64", value_parser = list_size)]
    pub max_socket_operations: usize,

    /// Password hashes computed at once; each takes 19 MiB and a processor.
    #[arg(long, env = "TUBEX_PASSWORD_HASHES", value_name = "N", default_value = "2", value_parser = pool_size)]
    pub password_hashes: usize,

    /// Add statement counts and loaders to the extensions of each answer.
    #[arg(long, env = "TUBEX_DEBUG_EXTENSIONS", value_name = "BOOL", default_value = "false", action = clap::ArgAction::Set)]
    pub debug_extensions: bool,

    /// On SIGTERM, how long to go on accepting while /readyz says no, in milliseconds.
    #[arg(long, env = "TUBEX_DRAIN_DELAY_MS", value_name = "MS", default_value = "0", value_parser = milliseconds)]
    pub drain_delay_ms: Duration,

    /// On SIGTERM, how long running requests may take to finish, in seconds.
    #[arg(long, env = "TUBEX_SHUTDOWN_TIMEOUT_S", value_name = "S", default_value = "30", value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub shutdown_timeout_s: u64,
}

/// Which key signs access tokens.
#[derive(Args, Clone, Debug)]
pub struct KeySettings {
    /// PEM file of the Ed25519 key that signs access tokens.
    #[arg(long, env = "TUBEX_SIGNING_KEY_FILE", value_name = "FILE")]
    pub signing_key_file: PathBuf,
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

/// The header in which proxies name the client.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, by custom.
    XForwardedFor,
    /// `Forwarded`, by RFC 7239.
    Forwarded,
}

/// Who may register a dealer.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Anyone.
    Open,
    /// The operator, by `tubex tenant create`.
    Closed,
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
