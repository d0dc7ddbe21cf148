//! What deletes old events.

use chrono::TimeDelta;

use super::App;
use crate::tenancy::outbox::Pruner;

impl App {
    /// What deletes events that are older than the settings say.
    pub fn event_pruner(&self) -> Pruner {
        Pruner {
            owner: self.core.owner.clone(),
            clock: self.core.clock.clone(),
            kept: TimeDelta::days(i64::from(self.settings.events_kept_days)),
        }
    }
}
