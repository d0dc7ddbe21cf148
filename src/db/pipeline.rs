//! Several statements on their way at once.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::join_all;

use super::owner::OwnerConn;

/// Sends statements that wait for nobody's answer, each as a message of its own.
///
/// One message with all of them would be as quick, but a Citus coordinator takes
/// none of several statements. To be called within a transaction: behind one that
/// fails the others fail, too, and the first failure is returned.
pub fn pipeline(conn: &mut OwnerConn, statements: &[&str]) -> QueryResult<()> {
    // The connection is driven by its own runtime; this one just waits.
    let waits = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    let conn: &AsyncPgConnection = conn;
    let sent = statements.iter().map(async |statement| {
        let mut conn = conn;
        conn.batch_execute(statement).await
    });
    waits.block_on(join_all(sent)).into_iter().collect()
}
