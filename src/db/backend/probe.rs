//! Whether a pooler in between carries prepared statements along.

use tokio_postgres::{Client, Error, SimpleQueryMessage};

/// Marks the statement of the probe.
const MARK: &str = "/*tubex-probe*/";

/// Whether statements prepared here are renamed on their way, as a pooler does
/// that knows of them. One that does not gives a statement's name to whichever
/// server connection is free, where it may mean another node's statement.
pub(super) async fn renames_statements(client: &Client) -> Result<bool, Error> {
    client.batch_execute("BEGIN").await?;
    let found = look(client).await;
    client.batch_execute("ROLLBACK").await?;
    found
}

async fn look(client: &Client) -> Result<bool, Error> {
    let probe = client.prepare(&format!("{MARK} SELECT 1")).await?;
    client.query(&probe, &[]).await?;
    let names = format!(
        "SELECT name FROM pg_catalog.pg_prepared_statements WHERE pg_catalog.starts_with(statement, '{MARK}')"
    );
    let answer = client.simple_query(&names).await?;
    Ok(answer.iter().all(|message| match message {
        SimpleQueryMessage::Row(row) => !row.get(0).is_some_and(is_the_drivers),
        _ => true,
    }))
}

/// The driver numbers its statements: `s0`, `s1` and so on.
fn is_the_drivers(name: &str) -> bool {
    let number = name.strip_prefix('s');
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}
