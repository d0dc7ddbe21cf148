//! How the server behaves towards its clients.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use secrecy::SecretString;

use super::values::{
    list_size, milliseconds, network, origin, pool_size, public_url, redis_address, secret,
    some_milliseconds, spare_count,
};
use super::{
    ConfigError, FileSettings, HttpSettings, JobSettings, LimitSettings, MailSettings, SmsSettings,
    WebhookSettings,
};

/// Where a server is reached that nobody says more about.
pub const DEFAULT_PUBLIC_URL: &str = "http://localhost:8080";

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

    /// HTTP worker threads; half as many as there are processors if left out.
    #[arg(long, env = "TUBEX_WORKERS", value_name = "N", value_parser = pool_size)]
    pub workers: Option<usize>,

    /// How connections are kept, and what browsers are told.
    #[command(flatten)]
    pub http: HttpSettings,

    /// Address at which clients reach this server: the issuer of its tokens.
    #[arg(long, env = "TUBEX_PUBLIC_URL", value_name = "URL", default_value = DEFAULT_PUBLIC_URL, value_parser = public_url)]
    pub public_url: String,

    /// Origins of dashboards beside this server's own that may read answers and use
    /// cookies.
    #[arg(long, env = "TUBEX_ALLOWED_ORIGINS", value_name = "ORIGIN", value_delimiter = ',', value_parser = origin)]
    pub allowed_origins: Vec<String>,

    /// Whether cookies travel over TLS only; browsers make an exception for
    /// localhost.
    #[arg(long, env = "TUBEX_SECURE_COOKIES", value_name = "BOOL", default_value = "true", action = clap::ArgAction::Set)]
    pub secure_cookies: bool,

    /// Host names of dealers end with this, as in `dlr-0192….example.com`; such a
    /// name and the token have to agree.
    #[arg(long, env = "TUBEX_DEALER_DOMAIN", value_name = "DOMAIN")]
    pub dealer_domain: Option<String>,

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

    /// Where mails go.
    #[command(flatten)]
    pub mail: MailSettings,

    /// Where codes by SMS go.
    #[command(flatten)]
    pub sms: SmsSettings,
    /// How jobs are done.
    #[command(flatten)]
    pub jobs: JobSettings,
    /// How webhooks are sent.
    #[command(flatten)]
    pub webhooks: WebhookSettings,

    /// Where files are kept.
    #[command(flatten)]
    pub files: FileSettings,

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

    /// What else one request may ask for.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// Most records one answer may be made of, whatever lists multiply.
    #[arg(long, env = "TUBEX_MAX_ROWS", value_name = "N", default_value = "50000", value_parser = list_size)]
    pub max_rows: usize,

    /// Most operations at work on one websocket.
    #[arg(long, env = "TUBEX_MAX_SOCKET_OPERATIONS", value_name = "N", default_value = "64", value_parser = list_size)]
    pub max_socket_operations: usize,

    /// Most websockets open on this node; more are refused with status 503.
    #[arg(long, env = "TUBEX_MAX_SOCKETS", value_name = "N", default_value = "20000", value_parser = list_size)]
    pub max_sockets: usize,

    /// Most websockets open on this node for one dealer.
    #[arg(long, env = "TUBEX_MAX_SOCKETS_PER_DEALER", value_name = "N", default_value = "1000", value_parser = list_size)]
    pub max_sockets_per_dealer: usize,

    /// Most websockets open on this node for one user.
    #[arg(long, env = "TUBEX_MAX_SOCKETS_PER_USER", value_name = "N", default_value = "50", value_parser = list_size)]
    pub max_sockets_per_user: usize,

    /// Most operations at work on this node's websockets of one dealer.
    #[arg(long, env = "TUBEX_MAX_OPERATIONS_PER_DEALER", value_name = "N", default_value = "5000", value_parser = list_size)]
    pub max_operations_per_dealer: usize,

    /// How long a websocket's client may leave what was sent unread before it is closed,
    /// in milliseconds.
    #[arg(long, env = "TUBEX_SLOW_CLIENT_MS", value_name = "MS", default_value = "10000", value_parser = some_milliseconds)]
    pub slow_client_ms: Duration,

    /// How long events are kept for those who go on behind one, in days.
    #[arg(long, env = "TUBEX_EVENTS_KEPT_DAYS", value_name = "DAYS", default_value = "7", value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub events_kept_days: u16,

    /// Memory that one password hash takes, in KiB; more makes guessing dearer, and
    /// signing in. Hashes of another cost are renewed when their users sign in.
    #[arg(long, env = "TUBEX_PASSWORD_MEMORY_KIB", value_name = "KIB", default_value = "47104", value_parser = clap::value_parser!(u32).range(47_104..=2_097_152))]
    pub password_memory_kib: u32,

    /// Password hashes computed at once; each takes that memory and a processor.
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

impl ServerSettings {
    /// Whether /metrics is shown to whoever reaches the operators' endpoint.
    pub fn metrics_open(&self) -> bool {
        let local = self
            .operator_listen
            .is_some_and(|listen| listen.ip().is_loopback());
        self.operator_metrics_open.unwrap_or(local)
    }

    /// A rate below which the dearest operation could never be run is a mistake.
    fn check_rates(&self) -> Result<(), ConfigError> {
        let dearest = u64::try_from(self.max_complexity).unwrap_or(u64::MAX);
        let limits = &self.limits;
        let rates = [
            ("--rate-per-caller", limits.rate_per_caller),
            ("--rate-per-dealer", limits.rate_per_dealer),
        ];
        let plans = limits.plans.rates_by_plan.iter();
        let by_plan = plans.map(|one| ("--rates-by-plan", one.rate));
        for (setting, rate) in rates.into_iter().chain(by_plan) {
            if rate != 0 && rate / 2 < dearest {
                let message = "must be 0, or twice --max-complexity or more";
                return Err(ConfigError::new(setting, message));
            }
        }
        limits.plans.validate()
    }

    /// Checks what the parser can not.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let redis = self.redis_url.as_ref().map_or(Ok(()), redis_address);
        redis.map_err(|message| ConfigError::new("--redis-url", message))?;
        self.check_rates()?;
        self.http.validate()?;
        self.mail.validate()?;
        self.files.validate()?;
        self.sms.validate()
    }
}

/// The secret of the installation.
#[derive(Args, Clone, Debug)]
pub struct KeySettings {
    /// File with the secret under which signing keys, tokens and second factors are
    /// kept; the same for all nodes.
    #[arg(long, env = "TUBEX_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: PathBuf,
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
