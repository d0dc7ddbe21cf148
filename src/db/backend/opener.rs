//! How connections of the request pool are opened.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use secrecy::ExposeSecret;
use tokio_postgres::Client;

use super::error::to_diesel;
use crate::db::connect::{Connector, Driven};
use crate::db::home_metrics::HomeMetrics;
use crate::db::homes::HomeSettings;
use crate::db::limits;

/// How long answers are waited for.
pub(super) struct Patience {
    /// That to the words that begin a transaction.
    pub(super) begin: Duration,
    /// That to any statement.
    pub(super) answer: Duration,
}

/// Opens connections of the request role.
#[derive(Clone)]
pub(in crate::db) struct Opener {
    pub(in crate::db) connector: Connector,
    pub(in crate::db) settings: Arc<HomeSettings>,
    pub(in crate::db) metrics: Arc<HomeMetrics>,
}

impl Opener {
    pub(super) async fn open(&self) -> ConnectionResult<(Client, Driven)> {
        let url = self.settings.url.expose_secret();
        let setup = &self.settings.session_setup;
        let (client, driven) = self.connector.client(url).await?;
        let ready = client.batch_execute(setup).await;
        ready.map_err(|error| ConnectionError::CouldntSetupConfiguration(to_diesel(&error)))?;
        self.metrics.opened.fetch_add(1, Ordering::Relaxed);
        Ok((client, driven))
    }

    /// Has the server give up what `client` is doing.
    pub(super) async fn cancel(&self, client: &Client) {
        let url = self.settings.url.expose_secret();
        self.connector.cancel(url, &client.cancel_token()).await;
    }

    pub(super) fn patience(&self) -> Patience {
        let answer = self.settings.answer;
        // A pooler may keep the first words waiting for a server connection.
        let is_direct = self.settings.transaction_setup.is_empty();
        let begin = if is_direct { limits::BEGIN } else { answer };
        Patience { begin, answer }
    }
}
