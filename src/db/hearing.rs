//! Hearing notifications of one channel, over a connection of its own.
//!
//! A notification is a hint and no more: whoever can run a statement can send one,
//! and one that is sent while nobody listens is lost.

use std::pin::pin;

use diesel::ConnectionError;
use diesel_async::AsyncPgConnection;
use futures_util::{FutureExt, StreamExt};

use super::connect::Connector;
use super::error::{DbError, DbResult};

/// A connection that listens.
pub struct Hearing(AsyncPgConnection);

impl Hearing {
    /// Listens to `channel` from now on. Administrators find the connection by the
    /// channel's name.
    pub async fn open(connector: &Connector, url: &str, channel: &'static str) -> DbResult<Self> {
        let setup = format!(
            "SET search_path = ''; SET statement_timeout = 5000; \
             SET application_name = '{channel}'; LISTEN {channel}"
        );
        let away = |error: ConnectionError| DbError::Away(error.to_string());
        let conn = connector.connect(url, &setup).await.map_err(away)?;
        Ok(Self(conn))
    }

    /// Waits for a notification; however many there are by then, they are one.
    /// Nothing is lost if the caller stops waiting.
    pub async fn heard(&mut self) -> DbResult<()> {
        heard(&mut self.0).await
    }
}

/// As [`Hearing::heard`], on any connection that listens.
pub(super) async fn heard(conn: &mut AsyncPgConnection) -> DbResult<()> {
    let mut notifications = pin!(conn.notifications_stream());
    let mut next = Some(notifications.next().await);
    while let Some(notification) = next {
        let away = || DbError::Away("the connection has ended".to_owned());
        notification.ok_or_else(away)??;
        next = notifications.next().now_or_never();
    }
    Ok(())
}
