//! `tubex tenant list`.

use clap::Args;
use serde_json::json;

use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::config::DatabaseSettings;
use crate::db::control::ControlConn;
use crate::db::error::DbError;
use crate::kernel::clock::Clock;
use crate::tenancy::directory::{DealerStatus, dealer_list};
use crate::tenancy::state::{Migrated, migrated_on};

/// Whom to list.
#[derive(Args)]
pub(in crate::cli) struct ListArgs {
    /// Only dealers in this state, such as SUSPENDED.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<DealerStatus>,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) async fn list(args: &ListArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let mut conn = core.control.checkout().await?;
    let mut dealers = match dealer_list(&mut conn).await {
        Ok(dealers) => dealers,
        Err(error) => return Err(explained(&mut conn, error).await),
    };
    if let Some(status) = args.status {
        dealers.retain(|dealer| dealer.status == status);
    }
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
                "plan": dealer.plan,
            })
        })
        .collect();
    output.result(lines.join("\n"), &json!({ "dealers": json }))
}

/// A table that is not there yet is no fault of the database's.
async fn explained(
    conn: &mut ControlConn,
    error: DbError,
) -> Box<dyn std::error::Error + Send + Sync> {
    match migrated_on(conn).await {
        Ok(Migrated::Nothing) => "this database is not migrated: run `tubex migrate`".into(),
        _ => error.into(),
    }
}

fn status(text: &str) -> Result<DealerStatus, String> {
    DealerStatus::from_text(&text.to_uppercase()).ok_or_else(|| {
        "must be PROVISIONING, ACTIVE, SUSPENDED, ARCHIVED, DELETING or DROPPED".to_owned()
    })
}
