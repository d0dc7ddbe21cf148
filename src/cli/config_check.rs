//! `tubex config check`.

use clap::{Args, Subcommand};

use super::output::Output;
use super::{CommandResult, serve};
use crate::app::{App, Core, StartError, password_work};
use crate::auth::vault::Vault;
use crate::config::{ConfigError, DatabaseSettings, KeySettings, ServerSettings};
use crate::kernel::clock::Clock;
use crate::tenancy::doors::{Lacking, lacking};
use crate::tenancy::state::{Migrated, check_request_role, migrated};

/// Look at settings.
#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Check every setting of `serve`, connect to what they name, and stop.
    Check(Box<CheckArgs>),
}

/// The settings of `serve`.
#[derive(Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    server: ServerSettings,
    #[command(flatten)]
    key: KeySettings,
}

pub(super) fn run(command: &ConfigCommand, output: Output) -> CommandResult {
    let ConfigCommand::Check(args) = command;
    let (migrated, lacking) = actix_web::rt::System::new().block_on(check(args))?;
    let text = match migrated {
        Migrated::Nothing => {
            "The settings are good; run `tubex migrate` before `tubex serve`.".to_owned()
        }
        Migrated::Control { behind: 0, .. } => "The settings are good.".to_owned(),
        Migrated::Control { behind, .. } => {
            format!("The settings are good; {behind} dealers lack migrations: run `tubex migrate`.")
        }
    };
    let mut lines = vec![text];
    lines.extend(lacking.iter().map(ToString::to_string));
    let statements: Vec<&str> = lacking.iter().map(|one| one.sql.as_str()).collect();
    let json = serde_json::json!({
        "ok": true, "migrations_current": migrated.is_current(), "lacking": statements,
    });
    output.result(lines.join("\n"), &json)
}

/// How far the database is migrated, and the statements that it lacks.
async fn check(args: &CheckArgs) -> Result<(Migrated, Vec<Lacking>), StartError> {
    let core = Core::new(&args.database, password_work(&args.server), Clock::system())?;
    let vault = Vault::from_file(&args.key.secret_key_file)?;
    serve::page(&args.server).map_err(StartError::Page)?;
    let app = App::new(core, vault, &args.server).await?;
    let migrated = migrated(&app.core.control).await?;
    // Before the first migration there is no request role to try.
    let mut missing = Vec::new();
    if migrated != Migrated::Nothing {
        check_request_role(&app.core.control, &app.core.request_role).await??;
        app.tenants.check().await?;
        let role = app.core.request_role.clone();
        missing = app.core.owner.run(move |conn| lacking(conn, &role)).await?;
    }
    if let Some(transport) = app.mail_sender()?.transport {
        let checked = transport.check().await;
        checked.map_err(|message| ConfigError::new("--smtp-url", message))?;
    }
    Ok((migrated, missing))
}
