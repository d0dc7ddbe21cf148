//! `tubex tenant create`.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::refusal::describe;
use crate::app::Core;
use crate::auth::password;
use crate::cli::output::Output;
use crate::cli::{CommandResult, synthetic};
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::platform::dealers::service::{Registration, Word};
use crate::tenancy::provision::NewDealer;

/// Whom to register.
#[derive(Args)]
pub(in crate::cli) struct CreateArgs {
    /// Name of the company.
    #[arg(
        long,
        required = false,
        required_unless_present = "synthetic",
        default_value_if("synthetic", "true", "")
    )]
    name: String,
    /// Address the owner signs in with; may be a user already.
    #[arg(
        long,
        value_name = "EMAIL",
        required = false,
        required_unless_present = "synthetic",
        default_value_if("synthetic", "true", "")
    )]
    owner_email: String,
    /// Name of the owner, if he is not a user yet.
    #[arg(long, value_name = "NAME", default_value = "Owner")]
    owner_name: String,
    /// File with the password of a new owner, `-` for standard input; without
    /// it one is made up and printed.
    #[arg(long, value_name = "FILE")]
    owner_password_file: Option<PathBuf>,
    /// ISO 4217 code of the currency of the books.
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: String,
    /// IANA name of the time zone.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// Make dealers called `Synthetic 00001` and so on, to measure with; nobody
    /// can sign in to them.
    #[arg(long, conflicts_with_all = ["name", "owner_email", "owner_password_file"])]
    synthetic: bool,
    /// How many synthetic dealers; one if left out.
    #[arg(long, value_name = "N")]
    count: Option<usize>,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) async fn create(args: &CreateArgs, output: Output) -> CommandResult {
    if args.count.is_some() && !args.synthetic {
        let message = "--count goes with --synthetic: a dealer of somebody's is made one at a time";
        return Err(message.into());
    }
    let core = Core::new(&args.database, 1, Clock::system())?;
    if args.synthetic {
        return synthetic::create(&core, args.count.unwrap_or(1), output).await;
    }
    let given = args
        .owner_password_file
        .as_ref()
        .map(read_password)
        .transpose()?;
    let generated = given.is_none();
    let password = match given {
        Some(password) => password,
        None => password::made_up()?,
    };
    let registration = Registration {
        dealer: NewDealer {
            name: args.name.clone(),
            currency: args.currency.clone(),
            timezone: args.timezone.clone(),
        },
        owner_name: args.owner_name.clone(),
        owner_email: args.owner_email.clone(),
        owner_password: password.clone(),
        word: Word::Operator,
    };
    let registered = core
        .dealers
        .register(registration)
        .await
        .map_err(describe)?;
    // Of no use to somebody who had a password before.
    let shown = (generated && registered.is_new_owner).then(|| password.expose_secret().to_owned());
    let (dealer, owner) = (registered.dealer, registered.owner);
    let text = match &shown {
        Some(password) => format!(
            "{} is open: {}\n{} signs in with the password {password}",
            dealer.name, dealer.id, owner.email
        ),
        None => format!(
            "{} is open: {}\n{} signs in with his own password",
            dealer.name, dealer.id, owner.email
        ),
    };
    let json = json!({
        "dealer": { "id": dealer.id.to_string(), "name": dealer.name, "schema": dealer.schema.as_str() },
        "owner": { "id": owner.id.to_string(), "email": owner.email, "password": shown },
    });
    output.result(text, &json)
}

pub(super) fn read_password(path: &PathBuf) -> Result<SecretString, String> {
    let fault =
        |error: std::io::Error| format!("--owner-password-file {}: {error}", path.display());
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).map_err(fault)?;
    } else {
        text = std::fs::read_to_string(path).map_err(fault)?;
    }
    Ok(text.trim_end_matches(['\r', '\n']).into())
}
