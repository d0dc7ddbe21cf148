//! A connection over which nodes tell each other of new events.

use std::pin::pin;

use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::{FutureExt, StreamExt};

use super::connect::Connector;
use super::error::{DbError, DbResult};

/// The name by which an administrator finds the connection.
const SETUP: &str = "SET search_path = ''; SET statement_timeout = 5000; \
                     SET application_name = 'tubex events'; LISTEN tubex_events";
const CHANNEL: &str = "tubex_events";

diesel::define_sql_function! {
    /// Tells whoever listens to the channel.
    fn pg_notify(channel: Text, message: Text) -> Text;
}

/// A connection that listens and tells.
pub struct NoticeLine(AsyncPgConnection);

impl NoticeLine {
    /// Listens from now on.
    pub async fn open(connector: &Connector, url: &str) -> DbResult<Self> {
        let conn = connector.connect(url, SETUP).await;
        conn.map(Self)
            .map_err(|error| DbError::Away(error.to_string()))
    }

    /// Waits for something to be told; gives all that has been. Nothing is lost if
    /// the caller stops waiting.
    pub async fn heard(&mut self) -> DbResult<Vec<String>> {
        let away = || DbError::Away("the connection has ended".to_owned());
        let mut notifications = pin!(self.0.notifications_stream());
        let mut heard = Vec::new();
        let mut next = Some(notifications.next().await);
        while let Some(notification) = next {
            heard.push(notification.ok_or_else(away)??.payload);
            next = notifications.next().now_or_never();
        }
        Ok(heard)
    }

    /// Tells all who listen, this connection among them.
    pub async fn tell(&mut self, message: &str) -> DbResult<()> {
        let told = diesel::select(pg_notify(CHANNEL, message));
        Ok(told.execute(&mut self.0).await.map(|_rows| ())?)
    }
}
