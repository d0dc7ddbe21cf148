//! Tasks that look for work in a table, again and again, until the server stops.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::db::error::DbResult;
use crate::kernel::chance;

/// How often new work is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How often what is old is thrown away.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Work that comes from a table.
pub trait Rounds: Sync {
    /// What it is about, for the log.
    const WHAT: &'static str;
    /// How much is taken up at once.
    const AT_ONCE: usize;

    /// Does what is due, some at most; gives how much it took up.
    fn pass(&self) -> impl Future<Output = DbResult<usize>> + Send;

    /// Throws away what is no use any more.
    fn prune(&self) -> impl Future<Output = DbResult<()>> + Send;
}

/// Does the work until `stop` turns true; what is under way is done first.
pub async fn rounds<R: Rounds>(work: &R, mut stop: watch::Receiver<bool>) {
    let what = R::WHAT;
    let mut prune_at = Instant::now();
    while !*stop.borrow_and_update() {
        let pause = match work.pass().await {
            Ok(taken) if taken == R::AT_ONCE => Duration::ZERO,
            Ok(_) => LOOK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "{what} could not be looked for");
                AFTER_FAILURE
            }
        };
        if Instant::now() >= prune_at {
            prune_at = Instant::now() + PRUNE_EVERY;
            if let Err(error) = work.prune().await {
                tracing::warn!(%error, "old {what} could not be deleted");
            }
        }
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// How long to wait after so many attempts: 15 s, doubled each time, an hour at
/// most; a quarter more or less by chance, so that what was held up together does
/// not come back together.
pub fn pause_after(attempts: i32) -> TimeDelta {
    pause(attempts, chance::byte())
}

fn pause(attempts: i32, chance: u8) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let seconds = 15_i32
        .saturating_mul(2_i32.saturating_pow(doublings))
        .min(3600);
    let percent = 75 + i32::from(chance) * 50 / 255;
    TimeDelta::milliseconds(i64::from(seconds) * i64::from(percent) * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let middle = |attempts| pause(attempts, 128).num_seconds();
        let grown: Vec<i64> = (1..=4).map(middle).collect();
        assert_eq!(grown, [15, 30, 60, 120]);
        assert_eq!(middle(1000), 3600);
        assert_eq!(pause(1, 0).num_milliseconds(), 11_250);
        assert_eq!(pause(1, 255).num_milliseconds(), 18_750);
    }
}
