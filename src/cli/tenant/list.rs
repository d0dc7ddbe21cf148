//! `tubex tenant list`.

use serde_json::json;

use super::DatabaseArgs;
use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::kernel::clock::Clock;
use crate::tenancy::directory::dealer_list;

pub(super) async fn list(args: &DatabaseArgs, output: Output) -> CommandResult {
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
