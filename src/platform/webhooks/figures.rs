//! How webhooks fare: counted on this node, and in the database.

use std::time::Duration;

use super::model::{AttemptFault, EndpointState};
use super::query;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::kernel::metric::{Counter, Histogram};

/// What this node has done.
#[derive(Debug, Default)]
pub struct Figures {
    taken: Counter,
    status: Counter,
    timeout: Counter,
    other: Counter,
    /// How long attempts took.
    pub took: Histogram,
    /// Deliveries written down.
    pub written: Counter,
    /// Events that had been deleted before they became deliveries.
    pub missed: Counter,
}

/// What is in the database.
#[derive(Clone, Debug, Default)]
pub struct Backlog {
    /// Endpoints by state.
    pub endpoints: Vec<(EndpointState, i64)>,
    /// Endpoints that nothing is sent to for a while, since they fail.
    pub failing: i64,
    /// Endpoints with something to be sent that nobody has begun with.
    pub due: i64,
}

impl Figures {
    pub(super) fn attempted(&self, fault: Option<AttemptFault>, took: Duration) {
        self.took.record(took);
        let count = match fault {
            None => &self.taken,
            Some(AttemptFault::Status) => &self.status,
            Some(AttemptFault::Timeout) => &self.timeout,
            Some(_) => &self.other,
        };
        count.add_one();
    }

    /// Attempts by outcome.
    pub fn attempts(&self) -> [(&'static str, u64); 4] {
        [
            ("taken", self.taken.get()),
            ("status", self.status.get()),
            ("timeout", self.timeout.get()),
            ("unreachable", self.other.get()),
        ]
    }
}

impl Backlog {
    /// Counts now, in three statements.
    pub async fn take(conn: &mut ControlConn) -> DbResult<Self> {
        let states = query::endpoints::count_by_state(conn).await?;
        let count = |state| {
            let found = states.iter().find(|(one, _)| *one == state);
            (state, found.map_or(0, |(_, count)| *count))
        };
        let shown = [
            EndpointState::Enabled,
            EndpointState::Disabled,
            EndpointState::Failed,
            EndpointState::Gone,
        ];
        Ok(Self {
            endpoints: shown.map(count).to_vec(),
            failing: query::endpoints::count_failing(conn).await?,
            due: query::endpoints::count_due(conn).await?,
        })
    }
}
