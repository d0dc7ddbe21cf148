//! `tubex tenant create --synthetic`: many dealers to measure with.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::CommandResult;
use super::output::Output;
use super::progress::Count;
use crate::app::Core;
use crate::tenancy::directory::dealer_list;
use crate::tenancy::provision::NewDealer;

const PREFIX: &str = "Synthetic ";

/// Makes `count` dealers without owners, numbered on from those there are, as
/// many at once as there are connections for it.
pub(super) async fn create(core: &Core, count: usize, output: Output) -> CommandResult {
    let mut conn = core.control.checkout().await?;
    let number = |name: &str| name.strip_prefix(PREFIX)?.parse::<usize>().ok();
    let names = dealer_list(&mut conn).await?;
    drop(conn);
    let last = names.iter().filter_map(|dealer| number(&dealer.name)).max();
    let first = last.unwrap_or(0) + 1;
    let progress = Count::new(output, "dealers");
    progress.begin(count);
    let at_once = usize::try_from(core.owner.size()).unwrap_or(1);
    stream::iter(first..first + count)
        .map(|number| async move {
            let new = NewDealer {
                name: format!("{PREFIX}{number:05}"),
                currency: "USD".to_owned(),
                timezone: "UTC".to_owned(),
            };
            core.provisioner.open(&new).await
        })
        .buffer_unordered(at_once)
        .try_for_each(|_dealer| async {
            progress.one();
            Ok(())
        })
        .await?;
    progress.end();
    let text = format!("{count} dealers made, from {PREFIX}{first:05} on.");
    output.result(text, &json!({ "made": count, "first": first }))
}
