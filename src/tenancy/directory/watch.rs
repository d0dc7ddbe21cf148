//! The watch over dealers: one connection per node that hears of every change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::DealerStatus;
use super::news::News;
use crate::db::changes::{ChangeFeed, Missed};
use crate::db::connect::Connector;
use crate::db::control::ControlPool;
use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};
use crate::kernel::ids::DealerId;

/// How often the log is read, for what was not heard. With the time-out it stays
/// within what is trusted, so that one slow answer changes nothing.
const CATCH_UP_EVERY: Duration = Duration::from_millis(250);
/// How long an answer of the database may take before the connection counts as dead.
const ANSWER: Duration = Duration::from_millis(400);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);
/// The pause before another attempt.
const PAUSE: Duration = Duration::from_millis(50);
/// How often the log is tidied.
const TIDY_EVERY: Duration = Duration::from_mins(10);
/// Dealers looked up in one statement.
const AT_ONCE: usize = 1000;

/// Keeps the watch for as long as it lives.
pub struct Watching {
    _stop: oneshot::Sender<()>,
}

pub(super) struct Watch {
    pub(super) connector: Connector,
    pub(super) url: SecretString,
    pub(super) control: ControlPool,
    pub(super) news: Arc<News>,
}

impl Watch {
    /// Begins on the driver's runtime.
    pub(super) fn start(self) -> Watching {
        let (stop, stopped) = oneshot::channel();
        let connector = self.connector.clone();
        connector.spawn(async move {
            tokio::select! {
                _dropped = stopped => {}
                () = self.keep() => {}
            }
        });
        Watching { _stop: stop }
    }

    async fn keep(self) {
        let mut was_well = true;
        loop {
            let (followed, error) = self.follow().await;
            if followed || was_well {
                tracing::warn!(%error, "changes of dealers are not heard of; what is known of each is read anew every second");
            }
            was_well = followed;
            sleep(PAUSE).await;
        }
    }

    /// Follows the changes until that fails; says whether it had begun.
    async fn follow(&self) -> (bool, DbError) {
        match self.open().await {
            Ok(feed) => {
                tracing::debug!("changes of dealers are heard of");
                (true, self.listen(feed).await)
            }
            Err(error) => (false, error),
        }
    }

    /// Connects; what was said before is lost, so nothing known counts any more.
    async fn open(&self) -> DbResult<ChangeFeed> {
        let began = Instant::now();
        let opening = ChangeFeed::open(&self.connector, self.url.expose_secret());
        let feed = in_time(CONNECT, opening).await?;
        self.anybody_changed().await?;
        self.news.complete_until(began);
        Ok(feed)
    }

    async fn listen(&self, mut feed: ChangeFeed) -> DbError {
        let mut catch_up = interval(CATCH_UP_EVERY);
        catch_up.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tidied: Option<Instant> = None;
        loop {
            let step = tokio::select! {
                heard = feed.heard() => heard.map(|dealer| self.news.changed(dealer)),
                _tick = catch_up.tick() => self.catch_up(&mut feed, &mut tidied).await,
            };
            if let Err(error) = step {
                return error;
            }
        }
    }

    async fn catch_up(&self, feed: &mut ChangeFeed, tidied: &mut Option<Instant>) -> DbResult<()> {
        let began = Instant::now();
        match in_time(ANSWER, feed.catch_up()).await? {
            Missed::Dealers(dealers) => {
                for dealer in dealers {
                    self.news.changed(dealer);
                }
            }
            Missed::Anybody => self.anybody_changed().await?,
        }
        self.news.complete_until(began);
        if tidied.is_none_or(|at| at.elapsed() > TIDY_EVERY) {
            in_time(ANSWER, feed.tidy()).await?;
            *tidied = Some(Instant::now());
        }
        Ok(())
    }

    /// Forgets all dealers, and wakes those whose dealer is not open any more.
    /// Waking everybody would have each of them ask the database at once.
    async fn anybody_changed(&self) -> DbResult<()> {
        self.news.anybody_changed();
        for some in self.news.listened().chunks(AT_ONCE) {
            let open = in_time(ANSWER, open_among(&self.control, some)).await?;
            for dealer in some.iter().filter(|dealer| !open.contains(dealer)) {
                self.news.tell(*dealer);
            }
        }
        Ok(())
    }
}

async fn open_among(control: &ControlPool, some: &[DealerId]) -> DbResult<Vec<DealerId>> {
    let mut conn = control.checkout().await?;
    let open = dealers::table
        .filter(dealers::id.eq_any(some))
        .filter(dealers::status.eq(DealerStatus::Active))
        .order(dealers::id)
        .select(dealers::id);
    Ok(open.load(&mut *conn).await?)
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = DbResult<T>>) -> DbResult<T> {
    let late = || DbError::Away("no answer in time".to_owned());
    timeout(limit, work).await.unwrap_or_else(|_| Err(late()))
}
