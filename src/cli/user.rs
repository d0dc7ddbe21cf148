//! `tubex user …`.

use clap::{Args, Subcommand};

use super::CommandResult;
use super::output::Output;
use super::tenant::actor;
use crate::app::Core;
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::platform::factors::reset::reset;

/// Help people who can not sign in.
#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Take the second factor away from a user who has lost it and his backup codes;
    /// make sure first that it is him.
    ResetSecondFactor(ResetArgs),
}

/// Whose second factor.
#[derive(Args)]
pub(super) struct ResetArgs {
    /// The address with which he signs in.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(command: &UserCommand, output: Output) -> CommandResult {
    let UserCommand::ResetSecondFactor(args) = command;
    actix_web::rt::System::new().block_on(reset_second_factor(args, output))
}

async fn reset_second_factor(args: &ResetArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let email = args.email.trim().to_lowercase();
    let user = core.accounts.find_by_email(&email).await?;
    let user = user.ok_or_else(|| format!("there is no user {email}"))?;
    let mut conn = core.control.checkout().await?;
    let had_one = reset(&mut conn, user.id, &actor(), core.clock.now()).await?;
    let text = if had_one {
        format!("{email} signs in with his password alone; his sessions have ended")
    } else {
        format!("{email} has no second factor; nothing was changed")
    };
    output.result(
        text,
        &serde_json::json!({ "user": user.id.to_string(), "was_reset": had_one }),
    )
}
