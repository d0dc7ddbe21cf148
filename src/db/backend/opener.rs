//! How connections of the request pool are opened.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use diesel::ConnectionResult;
use secrecy::ExposeSecret;
use tokio_postgres::Client;

use crate::db::connect::Connector;
use crate::db::home_metrics::HomeMetrics;
use crate::db::homes::HomeSettings;

/// Opens connections of the request role.
#[derive(Clone)]
pub(in crate::db) struct Opener {
    pub(in crate::db) connector: Connector,
    pub(in crate::db) settings: Arc<HomeSettings>,
    pub(in crate::db) metrics: Arc<HomeMetrics>,
}

impl Opener {
    pub(super) async fn open(&self) -> ConnectionResult<Client> {
        let url = self.settings.url.expose_secret();
        let setup = &self.settings.session_setup;
        let client = self.connector.client(url, setup).await?;
        self.metrics.opened.fetch_add(1, Ordering::Relaxed);
        Ok(client)
    }
}
