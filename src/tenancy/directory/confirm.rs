//! What stands in for the watch while it is silent.
//!
//! Requests read the log of what was revoked themselves then, at most every half
//! second. Sockets ask nothing, so one task per node does it for all of them, and
//! looks after their dealers.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tokio::time::{MissedTickBehavior, interval};

use super::news::{self, News};
use super::watch::{ANSWER, read_all};
use super::{DealerStatus, Directory};
use crate::db::changes;
use crate::db::control::ControlPool;
use crate::db::control_tables::dealers;
use crate::db::error::DbResult;
use crate::db::limits::{self, in_time};
use crate::kernel::ids::DealerId;

/// How often it is looked whether the watch is silent.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Dealers looked up in one statement.
const AT_ONCE: usize = 1000;

impl Directory {
    /// Whether this node knows what has been revoked until a second ago. The watch
    /// tells; while it is silent, the log is read for as long as there are callers.
    pub async fn is_sure(&self) -> bool {
        self.news.is_trusted() || self.confirm_by_reading().await
    }

    /// As [`Directory::is_sure`], whatever the watch has told. However many ask, the
    /// log is read once.
    async fn confirm_by_reading(&self) -> bool {
        let is_fresh = |at: &Instant| at.elapsed() < news::TRUST / 2;
        let last = self.confirmed.get(&()).await;
        if last.is_some_and(|at| is_fresh(&at)) {
            return true;
        }
        self.confirmed.invalidate(&()).await;
        let read = self.confirmed.try_get_with((), self.read_revoked()).await;
        read.inspect_err(|error| tracing::warn!(%error, "it is not known what has been revoked"))
            .is_ok()
    }

    async fn read_revoked(&self) -> DbResult<Instant> {
        let began = Instant::now();
        let read = async {
            let mut conn = self.control.checkout().await?;
            changes::still_revoked(&mut conn).await
        };
        let told = in_time(limits::READ, read).await?;
        self.revoked.note(&read_all(&told));
        Ok(began)
    }

    /// Serves those who only listen, for as long as the watch is silent.
    pub(super) async fn stand_in(self) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            if self.news.is_quiet() && self.revoked.is_listened_to() {
                self.confirm_by_reading().await;
                if let Err(error) = look_after(&self.control, &self.news).await {
                    tracing::warn!(%error, "it is not known which dealers are open");
                }
            }
        }
    }
}

/// Wakes those whose dealer is not open any more, or of another epoch or other roles. Waking
/// everybody would have each of them ask the database at once.
pub(super) async fn look_after(control: &ControlPool, news: &News) -> DbResult<()> {
    for some in news.listeners.keys().chunks(AT_ONCE) {
        let open = in_time(ANSWER, open_among(control, some)).await?;
        for dealer in some {
            let is_changed = |epoch: &i64| news.listeners.learn(dealer, *epoch);
            if open.get(dealer).is_none_or(is_changed) {
                news.changed(*dealer);
            }
        }
    }
    Ok(())
}

/// Those of `some` who are open, as [`super::Dealer::rights_version`] has them.
async fn open_among(control: &ControlPool, some: &[DealerId]) -> DbResult<HashMap<DealerId, i64>> {
    let mut conn = control.checkout().await?;
    let open = dealers::table
        .filter(dealers::id.eq_any(some))
        .filter(dealers::status.eq(DealerStatus::Active))
        .order(dealers::id)
        .select((dealers::id, dealers::token_epoch + dealers::roles_version));
    let rows: Vec<(DealerId, i64)> = open.load(&mut *conn).await?;
    Ok(rows.into_iter().collect())
}
