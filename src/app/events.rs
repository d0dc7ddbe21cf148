//! What hints at new events, and what deletes old ones.

use chrono::TimeDelta;
use secrecy::ExposeSecret;

use super::{App, Core};
use crate::config::ServerSettings;
use crate::dealer::catalog::search;
use crate::events::{EventBus, RedisError};
use crate::tenancy::outbox::Pruner;

/// The bus of all nodes: over Redis if there is one, else over the database.
pub(super) async fn bus(core: &Core, settings: &ServerSettings) -> Result<EventBus, RedisError> {
    if let Some(url) = &settings.redis_url {
        return EventBus::with_redis(url.expose_secret()).await;
    }
    let url = core.settings.database_owner_url.clone();
    Ok(EventBus::with_database(&core.connector, url))
}

impl App {
    /// What deletes events that are older than the settings say.
    pub fn event_pruner(&self) -> Pruner {
        Pruner {
            owner: self.core.owner.clone(),
            clock: self.core.clock.clone(),
            kept: TimeDelta::days(i64::from(self.settings.events_kept_days)),
            tidies: &[search::FORGOTTEN],
        }
    }
}
