//! Looks for new events of dealers with endpoints, and for endpoints where something is due.
//!
//! Hints at new events come from the bus, and are followed at once. Since they may be
//! lost, every dealer with a feed is looked at every few seconds, those who have waited
//! longest first and a bounded number each second: who has no endpoint is never looked
//! at.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::watch;
use tokio::time::sleep;

use super::deliver;
use super::feed::Feeder;
use super::query::{endpoints, feeds};
use crate::error::AppResult;
use crate::kernel::ids::DealerId;
use crate::kernel::listeners::Listeners;

/// How often is looked for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a dealer is looked at without a hint.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(5);
/// Dealers looked at each time without a hint.
const LOOKED_AT: i64 = 100;
/// Endpoints woken each time.
const WOKEN: i64 = 200;
/// Dealers whose events are read at once.
const AT_ONCE: usize = 4;
/// The pause after hints were followed: those that come meanwhile are followed together.
const BREATH: Duration = Duration::from_millis(20);

/// Sees to it that events become deliveries, and that these are sent.
pub struct Courier {
    feeder: Feeder,
    /// Dealers of whom is known that there is more.
    behind: Listeners<DealerId>,
}

impl Courier {
    /// One who reads events by `feeder`.
    pub fn new(feeder: Feeder) -> Self {
        Self {
            feeder,
            behind: Listeners::default(),
        }
    }

    /// Works until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            () = stopped(&mut stop) => {}
            () = self.feed_all() => {}
            () = self.look_around() => {}
        }
    }

    /// Feeds those who are hinted at, some events of each in turn.
    async fn feed_all(&self) {
        let mut hints = self.feeder.tenants.bus().gather();
        let mut behind = self.behind.gather();
        loop {
            let some = tokio::select! {
                some = hints.take() => some,
                some = behind.take() => some,
            };
            complain(self.follow(some).await);
            sleep(BREATH).await;
        }
    }

    async fn look_around(&self) {
        loop {
            complain(self.look().await);
            sleep(LOOK_EVERY).await;
        }
    }

    /// Feeds those of the dealers who have an endpoint, which most have not.
    async fn follow(&self, hinted: Vec<DealerId>) -> AppResult<()> {
        let mut conn = self.feeder.webhooks.control().checkout().await?;
        let fed = feeds::of(&mut conn, &hinted).await?;
        drop(conn);
        stream::iter(fed)
            .for_each_concurrent(AT_ONCE, |dealer| self.feed(dealer))
            .await;
        Ok(())
    }

    /// Looks at some dealers without a hint, and wakes endpoints where something is due.
    async fn look(&self) -> AppResult<()> {
        let webhooks = &self.feeder.webhooks;
        let now = webhooks.now();
        let mut conn = webhooks.control().checkout().await?;
        conn.transaction(async |conn| -> AppResult<()> {
            for (endpoint, dealer) in endpoints::claim_due(conn, now, WOKEN).await? {
                deliver::enqueue(conn, dealer, endpoint).await?;
            }
            Ok(())
        })
        .await?;
        let due = feeds::claim_due(&mut conn, now, LOOK_AGAIN, LOOKED_AT).await?;
        drop(conn);
        stream::iter(due)
            .for_each_concurrent(AT_ONCE, |(dealer, through)| self.look_at(dealer, through))
            .await;
        Ok(())
    }

    async fn look_at(&self, dealer: DealerId, through: i64) {
        match self.feeder.is_behind(dealer, through).await {
            Ok(true) => self.behind.tell(&dealer),
            Ok(false) => {}
            Err(error) => tracing::debug!(%dealer, ?error, "new events are not looked for"),
        }
    }

    /// Whoever is not fed now, such as one who is being upgraded, is looked at again.
    async fn feed(&self, dealer: DealerId) {
        match self.feeder.feed(dealer).await {
            Ok(true) => self.behind.tell(&dealer),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%dealer, ?error, "events have not become webhooks yet");
            }
        }
    }
}

/// If nobody can say so any more, that is the end, too.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

fn complain(done: AppResult<()>) {
    if let Err(error) = done {
        tracing::warn!(?error, "webhooks are not looked after at this moment");
    }
}
