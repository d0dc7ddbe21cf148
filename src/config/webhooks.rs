//! Settings of webhooks.

use std::time::Duration;

use clap::Args;
use ipnet::IpNet;

use super::values::{call_time, network, spare_count};

/// How webhooks are sent, and where they may go.
#[derive(Args, Clone, Debug)]
pub struct WebhookSettings {
    /// Endpoints that this process sends webhooks to at once; with 0 it sends none, and
    /// others have to.
    #[arg(long, env = "TUBEX_WEBHOOKS_AT_ONCE", value_name = "N", default_value = "64", value_parser = spare_count)]
    pub webhooks_at_once: usize,

    /// How long the receiver of a webhook may take to answer, in milliseconds.
    #[arg(long, env = "TUBEX_WEBHOOK_TIMEOUT_MS", value_name = "MS", default_value = "20000", value_parser = call_time)]
    pub webhook_timeout_ms: Duration,

    /// Ports at which receivers may be called, with commas between them.
    #[arg(
        long,
        env = "TUBEX_WEBHOOK_PORTS",
        value_name = "PORT,…",
        value_delimiter = ',',
        default_value = "443"
    )]
    pub webhook_ports: Vec<u16>,

    /// Networks beside the public internet in which receivers may be called, at any
    /// port, with commas between them: whoever may set up webhooks can have servers
    /// there called.
    #[arg(long, env = "TUBEX_WEBHOOK_NETWORKS", value_name = "NETWORK,…", value_delimiter = ',', value_parser = network)]
    pub webhook_networks: Vec<IpNet>,

    /// Whether receivers may be called without TLS.
    #[arg(long, env = "TUBEX_WEBHOOK_HTTP", value_name = "BOOL", default_value = "false", action = clap::ArgAction::Set)]
    pub webhook_http: bool,
}
