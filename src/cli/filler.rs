//! Keeps spare schemas in stock while the server runs.
//!
//! A thread of its own, since all of it blocks: it takes no time of those who
//! answer requests, and no connection that they wait for.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::tenancy::migrate::MigrateError;
use crate::tenancy::spares::{Refill, Spares, Turn};

/// How often the stock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a failure, which the next look would meet again.
const AFTER_FAILURE: Duration = Duration::from_mins(1);

/// How long a spare under way is waited for at the end.
const PATIENCE: Duration = Duration::from_secs(10);

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A filler at work.
pub(super) struct Filler(Option<(Sender<()>, JoinHandle<()>)>);

struct Keeper {
    spares: Spares,
    /// Whole spares there should be.
    target: usize,
    /// From one spare to the next.
    interval: Duration,
    stop: Receiver<()>,
}

/// Fills the stock as the server's settings say; not at all if they say 0.
pub(super) fn start(app: &App) -> Filler {
    let target = app.settings.spare_dealers;
    if target == 0 {
        return Filler(None);
    }
    let (sender, stop) = mpsc::channel();
    let keeper = Keeper {
        spares: app.core.spares(),
        target,
        interval: app.settings.spare_fill_interval_ms,
        stop,
    };
    let thread = std::thread::spawn(move || keeper.keep());
    Filler(Some((sender, thread)))
}

impl Filler {
    /// Ends it when the spare under way is whole, or goes on without: what is half made
    /// is made whole by the next who fills.
    pub(super) async fn stop(self) {
        let Some((sender, thread)) = self.0 else {
            return;
        };
        drop(sender);
        // Not joined by a task that blocks: the runtime would wait for that one.
        let ended = timeout(PATIENCE, async {
            while !thread.is_finished() {
                sleep(LOOK_AGAIN).await;
            }
        });
        if ended.await.is_err() {
            tracing::warn!("the filler of spares is still at work, and is left");
        } else if thread.join().is_err() {
            tracing::error!("the filler of spares broke off");
        }
    }
}

impl Keeper {
    fn keep(&self) {
        let mut pause = Duration::ZERO;
        while self.goes_on_after(pause) {
            pause = match self.top_up() {
                Ok(refill) if refill.failed.is_empty() => LOOK_EVERY,
                Ok(_) => AFTER_FAILURE,
                Err(error) => {
                    tracing::warn!(%error, "spares could not be made");
                    AFTER_FAILURE
                }
            };
        }
    }

    /// Fills the stock if it is below the mark. Then it is filled to the top, so
    /// that the turn is not taken for each spare.
    fn top_up(&self) -> Result<Refill, MigrateError> {
        if self.spares.stock()?.whole >= low_water(self.target) {
            return Ok(Refill::default());
        }
        let pace = || self.goes_on_after(self.interval);
        let refill = self.spares.refill(self.target, Turn::Try, &pace)?;
        if refill.made > 0 {
            tracing::info!(made = refill.made, "spare schemas made");
        }
        Ok(refill)
    }

    /// False if the server stops meanwhile.
    fn goes_on_after(&self, time: Duration) -> bool {
        self.stop.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
    }
}

/// Three quarters: what is left has to last until the rest is made.
const fn low_water(target: usize) -> usize {
    target - target / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_never_zero_nor_above_the_target() {
        for target in 1..100 {
            assert!((1..=target).contains(&low_water(target)));
        }
        assert_eq!(low_water(16), 12);
    }
}
