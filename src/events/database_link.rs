//! Hints between nodes over `NOTIFY`, for those who have no Redis.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::sleep;
use uuid::Uuid;

use super::batch::{Messages, heard};
use crate::db::connect::Connector;
use crate::db::error::{DbError, DbResult};
use crate::db::limits::{self, in_time};
use crate::db::notices::NoticeLine;
use crate::kernel::ids::DealerId;
use crate::kernel::listeners::Listeners;

/// The pause before another connection is tried.
const RECONNECT: Duration = Duration::from_millis(500);

/// The longest silence before the line is tried.
const PROBE: Duration = Duration::from_secs(15);

/// What a node says and hears over the database.
///
/// Whoever can run a statement can notify as well: what he says makes others look,
/// and they look no more often than they would for many true hints.
pub(super) struct DatabaseLink {
    pub(super) connector: Connector,
    pub(super) url: SecretString,
    pub(super) node: Uuid,
    pub(super) ears: Arc<Listeners<DealerId>>,
}

impl DatabaseLink {
    /// Says and hears, over one connection after the other.
    pub(super) async fn keep(self, mut messages: Messages) {
        loop {
            let Err(error) = self.follow(&mut messages).await;
            tracing::debug!(%error, "other nodes are not heard, nor told, at this moment");
            sleep(RECONNECT).await;
        }
    }

    async fn follow(&self, messages: &mut Messages) -> DbResult<std::convert::Infallible> {
        let opening = NoticeLine::open(&self.connector, self.url.expose_secret());
        let mut line = in_time::<_, DbError>(limits::OPEN, opening).await?;
        loop {
            tokio::select! {
                notices = line.heard() => {
                    for notice in notices? {
                        for dealer in heard(self.node, notice.as_bytes()) {
                            self.ears.tell(&dealer);
                        }
                    }
                }
                message = messages.next() => {
                    in_time::<_, DbError>(limits::READ, line.tell(&message)).await?;
                }
                // A line on which nothing comes may be dead.
                () = sleep(PROBE) => {
                    in_time::<_, DbError>(limits::READ, line.tell(&messages.none())).await?;
                }
            }
        }
    }
}
