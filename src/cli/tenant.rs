//! `tubex tenant …`.

use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::output::Output;
use super::{CommandResult, synthetic, tenant_fill, tenant_move, tenant_verify};
use crate::app::Core;
use crate::config::DatabaseSettings;
use crate::error::{Refusal, UserError};
use crate::kernel::clock::Clock;
use crate::platform::dealers::service::{Registration, Word};
use crate::tenancy::directory::dealer_list;
use crate::tenancy::provision::NewDealer;

/// Create, list and repair dealers.
#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Register a dealer with his owner and open his shop.
    Create(CreateArgs),
    /// List all dealers.
    List(DatabaseArgs),
    /// Finish dealers whose provisioning was cut short.
    Sweep(DatabaseArgs),
    /// Make spare schemas, so that new dealers need not wait for theirs.
    Fill(tenant_fill::FillArgs),
    /// Move a dealer to another server of a Citus cluster, while he works.
    Move(tenant_move::MoveArgs),
    /// Say where schemas differ from what their migrations make.
    Verify(tenant_verify::VerifyArgs),
}

/// Which database.
#[derive(Args)]
pub(super) struct DatabaseArgs {
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Whom to register.
#[derive(Args)]
pub(super) struct CreateArgs {
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
    /// How many of them.
    #[arg(long, value_name = "N", default_value = "1", requires = "synthetic")]
    count: usize,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(command: &TenantCommand, output: Output) -> CommandResult {
    let system = actix_web::rt::System::new();
    match command {
        TenantCommand::Create(args) => system.block_on(create(args, output)),
        TenantCommand::List(args) => system.block_on(list(args, output)),
        TenantCommand::Sweep(args) => system.block_on(sweep(args, output)),
        TenantCommand::Fill(args) => tenant_fill::run(args, output),
        TenantCommand::Move(args) => tenant_move::run(args, output),
        TenantCommand::Verify(args) => tenant_verify::run(args, output),
    }
}

async fn create(args: &CreateArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    if args.synthetic {
        return synthetic::create(&core, args.count, output).await;
    }
    let given = args
        .owner_password_file
        .as_ref()
        .map(read_password)
        .transpose()?;
    let generated = given.is_none();
    let password = match given {
        Some(password) => password,
        None => made_up_password()?,
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

async fn list(args: &DatabaseArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let mut conn = core.control.checkout().await?;
    let dealers = dealer_list(&mut conn).await?;
    let lines: Vec<String> = dealers
        .iter()
        .map(|dealer| {
            format!(
                "{}  {:<12}  {}",
                dealer.id,
                dealer.status.as_str(),
                dealer.name
            )
        })
        .collect();
    let json: Vec<_> = dealers
        .iter()
        .map(|dealer| {
            json!({
                "id": dealer.id.to_string(),
                "name": dealer.name,
                "status": dealer.status.as_str(),
                "schema": dealer.schema.as_str(),
                "currency": dealer.currency,
                "timezone": dealer.timezone,
            })
        })
        .collect();
    output.result(lines.join("\n"), &json!({ "dealers": json }))
}

async fn sweep(args: &DatabaseArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let outcomes = core.provisioner.resume_all(core.clock.now()).await?;
    let failed: Vec<String> = outcomes
        .iter()
        .filter_map(|(id, outcome)| outcome.as_ref().err().map(|error| format!("{id}: {error}")))
        .collect();
    let finished = outcomes.len().saturating_sub(failed.len());
    let json = json!({ "finished": finished, "failed": failed });
    output.result(
        format_args!("{finished} dealers finished, {} failed", failed.len()),
        &json,
    )?;
    match failed.first() {
        None => Ok(()),
        Some(first) => {
            Err(format!("not every dealer could be finished; the first: {first}").into())
        }
    }
}

fn read_password(path: &PathBuf) -> Result<SecretString, String> {
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

fn made_up_password() -> Result<SecretString, getrandom::Error> {
    use base64::Engine;
    let mut bytes = [0_u8; 15];
    getrandom::fill(&mut bytes)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(bytes)
        .into())
}

/// The refusal in terms of the command's flags.
fn describe(refusal: Refusal) -> String {
    let in_flags = |error: UserError| match error.path.as_deref().and_then(<[String]>::last) {
        Some(field) => format!("--{}: {}", kebab(field), error.message),
        None => error.message,
    };
    match refusal {
        Refusal::User(errors) => {
            let texts: Vec<String> = errors.into_iter().map(in_flags).collect();
            texts.join("; ")
        }
        Refusal::Fault(error) => format!("{error:?}"),
    }
}

fn kebab(camel: &str) -> String {
    let mut flag = String::new();
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            flag.push('-');
        }
        flag.push(letter.to_ascii_lowercase());
    }
    flag
}
