//! How long the database is waited for, on our side of the connection.
//!
//! The server ends what takes long, as long as it hears and is heard. A peer that
//! keeps the connection and says nothing is noticed here only. A connection whose
//! answer did not come is closed: the answer may come yet, and would be taken for
//! that of somebody else.

use std::time::Duration;

use tokio::time::timeout;

use super::error::DbError;

/// Opening a connection, from the first packet to the end of its setup.
pub const OPEN: Duration = Duration::from_secs(10);
/// A short read of the control plane.
pub const READ: Duration = Duration::from_secs(2);
/// The words that begin a transaction of the request pool.
pub const BEGIN: Duration = Duration::from_secs(5);
/// `COMMIT`, which waits for disks and, if so set up, for another server.
pub const COMMIT: Duration = Duration::from_secs(10);
/// Undoing a transaction, with what has to be cancelled before.
pub const UNDO: Duration = Duration::from_secs(5);
/// From the beginning of an answer of the control plane to the next statement.
pub const HOLD: Duration = Duration::from_mins(1);
/// A statement of the owner, such as building an index.
pub const WORK: Duration = Duration::from_mins(30);
/// What the server's own limit on a statement is exceeded by at most, before the
/// connection counts as dead.
pub const MARGIN: Duration = Duration::from_secs(5);

/// Does `work`, or says that no answer came.
pub async fn in_time<T, E: From<DbError>>(
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let late = || E::from(DbError::Away("no answer in time".to_owned()));
    timeout(limit, work).await.unwrap_or_else(|_| Err(late()))
}
