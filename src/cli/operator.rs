//! `tubex operator …`, and the operators' endpoint of `serve` and `dev`.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;

use super::CommandResult;
use super::output::Output;
use crate::app::{App, Core, OperatorApp};
use crate::auth::operator::{LONGEST, OperatorName, OperatorTokens};
use crate::auth::vault::Vault;
use crate::config::{DatabaseSettings, KeySettings, ServerSettings};
use crate::http::{ServeError, bind_operator};
use crate::kernel::clock::Clock;

/// Let operators in at their endpoint.
#[derive(Subcommand)]
pub(super) enum OperatorCommand {
    /// Make a token for an operator and print it.
    Token(TokenArgs),
}

/// For whom, and for how long.
#[derive(Args)]
pub(super) struct TokenArgs {
    /// Who it is: the name under which his deeds are recorded.
    #[arg(long, value_name = "NAME")]
    name: OperatorName,

    /// How long the token is good for, as in 30m or 8h; at most 24h.
    #[arg(long, value_name = "TIME", default_value = "8h", value_parser = lifetime)]
    ttl: TimeDelta,

    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    key: KeySettings,
}

pub(super) fn run(command: &OperatorCommand, output: Output) -> CommandResult {
    let OperatorCommand::Token(args) = command;
    let core = Core::new(&args.database, 1, Clock::system())?;
    let keys = core.signing_keys(Vault::from_file(&args.key.secret_key_file)?, "")?;
    actix_web::rt::System::new().block_on(keys.load())?;
    let issued = OperatorTokens::new(keys.ring()).issue(&args.name, args.ttl)?;
    let token = issued.token.expose_secret();
    let json = serde_json::json!({
        "token": token, "name": args.name.as_str(), "expires_at": issued.expires_at,
    });
    output.result(token, &json)
}

/// The listener of the operators' endpoint, if it is to be served.
pub(super) fn listener(settings: &ServerSettings) -> Result<Option<TcpListener>, ServeError> {
    settings.operator_listen.map(bind_operator).transpose()
}

/// Where that listener is.
pub(super) fn address(listener: Option<&TcpListener>) -> std::io::Result<Option<SocketAddr>> {
    listener.map(TcpListener::local_addr).transpose()
}

/// The address of the GraphQL endpoint there.
pub(super) fn url(address: SocketAddr) -> String {
    format!("http://{address}/graphql")
}

/// The operators' endpoint on that listener.
pub(super) fn endpoint(
    app: &Arc<App>,
    listener: Option<TcpListener>,
) -> Option<(OperatorApp, TcpListener)> {
    let open = app.settings.metrics_open();
    let served = OperatorApp::new(Arc::clone(app), open);
    listener.map(|listener| (served, listener))
}

/// A text such as `30m` or `8h`.
fn lifetime(text: &str) -> Result<TimeDelta, String> {
    let parsed = text.split_at_checked(text.len().saturating_sub(1));
    let parsed = parsed.and_then(|(number, unit)| {
        let number: i64 = number.parse::<u16>().ok()?.into();
        match unit {
            "m" => TimeDelta::try_minutes(number),
            "h" => TimeDelta::try_hours(number),
            _ => None,
        }
    });
    parsed
        .filter(|time| (TimeDelta::minutes(1)..=LONGEST).contains(time))
        .ok_or_else(|| "must be a time from 1m to 24h, as in 30m or 8h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_minutes_or_hours_up_to_a_day() {
        assert_eq!(lifetime("30m"), Ok(TimeDelta::minutes(30)));
        assert_eq!(lifetime("24h"), Ok(LONGEST));
        for wrong in ["", "8", "h", "25h", "0m", "1441m", "-1h", "8d", "8ä"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }
}
