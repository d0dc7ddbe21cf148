//! The watch over dealers and revocations: one connection per node that hears of
//! every change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::confirm::look_after;
use super::news::News;
use crate::auth::revoked::{Revocation, Revoked};
use crate::db::changes::{ChangeFeed, Dealers};
use crate::db::connect::Connector;
use crate::db::control::ControlPool;
use crate::db::error::{DbError, DbResult};
use crate::db::limits::in_time;

/// How often the log is read, for what was not heard. With the time-out it stays
/// within what is trusted, so that one slow answer changes nothing.
const CATCH_UP_EVERY: Duration = Duration::from_millis(250);
/// The pause after each reading. What is heard meanwhile is read together, so that
/// a flood of notifications is no flood of readings.
const BREATH: Duration = Duration::from_millis(5);
/// How long an answer of the database may take before the connection counts as dead.
pub(super) const ANSWER: Duration = Duration::from_millis(500);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);
/// The pause before another attempt.
const PAUSE: Duration = Duration::from_millis(50);
/// How often the log is tidied.
const TIDY_EVERY: Duration = Duration::from_mins(10);

/// Keeps the watch for as long as it lives.
pub struct Watching {
    _stop: oneshot::Sender<()>,
}

pub(super) struct Watch {
    pub(super) connector: Connector,
    pub(super) url: SecretString,
    pub(super) control: ControlPool,
    pub(super) news: Arc<News>,
    pub(super) revoked: Arc<Revoked>,
}

impl Watch {
    /// Begins on the driver's runtime, with what stands in for it.
    pub(super) fn start(self, stand_in: impl Future<Output = ()> + Send + 'static) -> Watching {
        let (stop, stopped) = oneshot::channel();
        let connector = self.connector.clone();
        connector.spawn(async move {
            tokio::select! {
                _dropped = stopped => {}
                () = self.keep() => {}
                () = stand_in => {}
            }
        });
        Watching { _stop: stop }
    }

    async fn keep(self) {
        let mut was_well = true;
        loop {
            let (followed, error) = self.follow().await;
            if followed || was_well {
                tracing::warn!(%error, "changes of dealers and revocations are not heard of; they are read anew every second");
            }
            was_well = followed;
            sleep(PAUSE).await;
        }
    }

    /// Follows the changes until that fails; says whether it had begun.
    async fn follow(&self) -> (bool, DbError) {
        match self.open().await {
            Ok(feed) => {
                tracing::debug!("changes of dealers and revocations are heard of");
                (true, self.listen(feed).await)
            }
            Err(error) => (false, error),
        }
    }

    /// Connects; what was said before is lost, so nothing known counts any more.
    async fn open(&self) -> DbResult<ChangeFeed> {
        let began = Instant::now();
        let opening = ChangeFeed::open(&self.connector, self.url.expose_secret());
        let mut feed = in_time(CONNECT, opening).await?;
        let revoked = in_time(CONNECT, feed.still_revoked()).await?;
        self.revoked.note(&read_all(&revoked));
        self.anybody_changed().await?;
        self.news.complete_until(began);
        Ok(feed)
    }

    async fn listen(&self, mut feed: ChangeFeed) -> DbError {
        let mut tidied: Option<Instant> = None;
        loop {
            if let Err(error) = self.catch_up(&mut feed, &mut tidied).await {
                return error;
            }
            sleep(BREATH).await;
            if let Ok(Err(error)) = timeout(CATCH_UP_EVERY, feed.heard()).await {
                return error;
            }
        }
    }

    async fn catch_up(&self, feed: &mut ChangeFeed, tidied: &mut Option<Instant>) -> DbResult<()> {
        let began = Instant::now();
        let missed = in_time(ANSWER, feed.catch_up()).await?;
        self.revoked.note(&read_all(&missed.revocations));
        match missed.dealers {
            Dealers::These(dealers) => {
                for dealer in dealers {
                    self.news.changed(dealer);
                }
            }
            Dealers::Anybody => self.anybody_changed().await?,
        }
        self.news.complete_until(began);
        if tidied.is_none_or(|at| at.elapsed() > TIDY_EVERY) {
            in_time(ANSWER, feed.tidy()).await?;
            *tidied = Some(Instant::now());
        }
        Ok(())
    }

    /// Forgets all dealers, and wakes those whose dealer is another now.
    async fn anybody_changed(&self) -> DbResult<()> {
        self.news.anybody_changed();
        look_after(&self.control, &self.news).await
    }
}

/// The revocations behind the words of the log. What a newer program has written
/// and this one does not know is nothing it could let in.
pub(super) fn read_all(told: &[String]) -> Vec<Revocation> {
    told.iter().filter_map(|text| text.parse().ok()).collect()
}
