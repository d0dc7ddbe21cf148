//! Whole tables in and out by COPY, which diesel does not know.
//!
//! The rows pass as CSV in pieces of any size, so memory is bounded however
//! large a table is. Who works for which dealer is the caller's to say: see
//! `tenancy::transfer`.

use bytes::Bytes;
use diesel::result::Error as DieselError;
use futures_util::stream::BoxStream;
use futures_util::{SinkExt, Stream, StreamExt, TryStreamExt};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::connect::{Connector, Driven};
use super::error::{DbError, DbResult};

/// Rows as CSV, in pieces that end anywhere.
pub type Rows<E> = BoxStream<'static, Result<Bytes, E>>;

/// A connection of its own that is closed when dropped, whatever it was doing.
pub struct CopyConn {
    client: Client,
    /// Dropped early, it cuts the connection, so that the server stops at once
    /// and does not send the rest of a table to nobody.
    driver: Driven,
}

impl CopyConn {
    /// Connects and runs `setup`.
    pub async fn open(connector: &Connector, url: &SecretString, setup: &str) -> DbResult<Self> {
        let (client, driver) = connector
            .client(url.expose_secret())
            .await
            .map_err(|error| DbError::Away(error.to_string()))?;
        let conn = Self { client, driver };
        conn.run(setup).await?;
        Ok(conn)
    }

    /// Runs statements that answer nothing.
    pub async fn run(&self, sql: &str) -> DbResult<()> {
        self.client
            .batch_execute(sql)
            .await
            .map_err(|error| fault(&error))
    }

    /// The rows of a `COPY … TO STDOUT`.
    pub async fn copy_out(&self, sql: &str) -> DbResult<Rows<DbError>> {
        let rows = self
            .client
            .copy_out(sql)
            .await
            .map_err(|error| fault(&error))?;
        Ok(rows.map_err(|error| fault(&error)).boxed())
    }

    /// Sends `rows` to a `COPY … FROM STDIN`; gives how many it stored. An
    /// error among them stores none.
    pub async fn copy_in<E: From<DbError>>(
        &self,
        sql: &str,
        mut rows: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<u64, E> {
        let ours = |error| E::from(fault(&error));
        let sink = self.client.copy_in::<_, Bytes>(sql).await.map_err(ours)?;
        let mut sink = std::pin::pin!(sink);
        while let Some(piece) = rows.next().await {
            sink.feed(piece?).await.map_err(ours)?;
        }
        sink.finish().await.map_err(ours)
    }

    /// Takes leave of the server, in place of breaking off.
    pub fn close(mut self) {
        // The task ends by itself once its client is gone.
        self.driver.leave();
    }
}

fn fault(error: &tokio_postgres::Error) -> DbError {
    let Some(said) = error.as_db_error() else {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        return DbError::Away(cause.unwrap_or_else(|| error.to_string()));
    };
    let constraint = || said.constraint().unwrap_or_default().to_owned();
    let code = said.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return DbError::Unique {
            constraint: constraint(),
        };
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION {
        return DbError::ForeignKey {
            constraint: constraint(),
        };
    }
    if [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN].contains(code) {
        return DbError::Away(said.message().to_owned());
    }
    // Where in the rows it was tells more than the message.
    let parts = [Some(said.message()), said.detail(), said.where_()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    let cause = DieselError::QueryBuilderError(parts.join("; ").into());
    if [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE].contains(code) {
        return DbError::Timeout(cause);
    }
    if *code == SqlState::T_R_SERIALIZATION_FAILURE {
        return DbError::Serialization(cause);
    }
    DbError::Other(cause)
}
