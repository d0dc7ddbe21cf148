//! `tubex tenant show`.

use serde_json::Value;

use super::life::{DealerArgs, explain};
use super::record;
use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::kernel::clock::Clock;
use crate::platform::dealers::lifecycle::{ActionRow, DealerRecord};

pub(super) async fn show(args: &DealerArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let id = core.lifecycle.find(&args.dealer).await.map_err(explain)?;
    let dealer = core.lifecycle.show(id).await.map_err(explain)?;
    let actions = core.lifecycle.actions(id).await.map_err(explain)?;
    let mut json = record::json(&dealer);
    if let Some(fields) = json.as_object_mut() {
        let actions = actions.iter().map(record::action_json).collect();
        fields.insert("actions".to_owned(), Value::Array(actions));
    }
    output.result(text(&dealer, &actions), &json)
}

fn text(dealer: &DealerRecord, actions: &[ActionRow]) -> String {
    let possible = dealer.possible();
    let possible: Vec<&str> = possible.iter().map(|action| action.as_str()).collect();
    let version = dealer.schema_version.as_deref().unwrap_or("none");
    let mut lines = vec![
        format!("{}  {}", dealer.id, dealer.name),
        format!("status      {}", dealer.status.as_str()),
        format!("schema      {} at {version}", dealer.schema_name),
        format!("books       {}, {}", dealer.currency, dealer.timezone),
        format!("plan        {}", dealer.plan),
        format!("registered  {}", dealer.created_at),
        format!("possible    {}", possible.join(", ")),
    ];
    if let Some(at) = dealer.delete_after {
        lines.push(format!("rows go     after {at}"));
    }
    lines.extend(actions.iter().map(action_line));
    lines.join("\n")
}

fn action_line(action: &ActionRow) -> String {
    let more = [&action.detail, &action.reason];
    let more: Vec<&str> = more
        .into_iter()
        .filter_map(|text| text.as_deref())
        .collect();
    let (at, what, who) = (action.at, &action.action, &action.actor);
    format!("{at}  {what:<8}  {who}  {}", more.join(": "))
        .trim_end()
        .to_owned()
}
