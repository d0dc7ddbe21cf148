//! Takes jobs whenever there is room for some.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::complaint::Complaint;
use super::crew::Crew;
use super::report::Reports;
use super::run;
use crate::db::error::DbResult;
use crate::jobs::take::{Catch, Lane, Wish, take};

/// How often the worker looks when nobody tells him of jobs.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// The pause before places that have become free are filled: those that become free
/// meanwhile are filled together.
const BREATH: Duration = Duration::from_millis(2);

/// How far the worker has come on his way along the lanes.
#[derive(Default)]
struct Round {
    at: Lane,
    found: bool,
}

/// Takes jobs until the worker is to stop.
pub(super) async fn pull(crew: Arc<Crew>, reports: Reports) {
    let mut round = Round::default();
    let mut complaint = Complaint::new("jobs could not be taken");
    while !crew.is_stopping() {
        let free = crew.slots.available_permits();
        if free == 0 {
            room(&crew).await;
            continue;
        }
        // Before they are asked for: the database counts from later on.
        let until = crew.lease_end();
        let Some(catch) = complaint.about(catch(&crew, &round.at, free).await) else {
            news(&crew, AFTER_FAILURE).await;
            continue;
        };
        let in_vain = round.pass(&catch);
        for job in catch.jobs {
            run::begin(&crew, job, until, &reports);
        }
        if in_vain {
            news(&crew, LOOK_EVERY).await;
        }
    }
}

impl Round {
    /// Notes what was found; whether the worker has been everywhere, in vain.
    fn pass(&mut self, catch: &Catch) -> bool {
        self.found |= !catch.jobs.is_empty();
        self.at = catch.next.clone().unwrap_or_default();
        if catch.next.is_some() {
            return false;
        }
        !std::mem::take(&mut self.found)
    }
}

/// Waits until a job has ended.
async fn room(crew: &Crew) {
    tokio::select! {
        () = crew.freed.notified() => sleep(BREATH).await,
        () = crew.stopped() => {}
    }
}

/// Waits until there may be something to take.
async fn news(crew: &Crew, at_most: Duration) {
    tokio::select! {
        () = crew.parts.queue.wake().notified() => {}
        () = crew.freed.notified() => sleep(BREATH).await,
        () = crew.stopped() => {}
        () = sleep(at_most) => {}
    }
}

async fn catch(crew: &Crew, after: &Lane, free: usize) -> DbResult<Catch> {
    let entries = crew.registry.entries();
    let kinds = entries.map(|entry| {
        let room = entry
            .limits
            .at_once
            .saturating_sub(crew.held.of_kind(entry.name));
        (entry.name, i32::try_from(room).unwrap_or(i32::MAX))
    });
    let wish = Wish {
        after,
        kinds: kinds.filter(|(_, room)| *room > 0).collect(),
        held: crew.held.by_dealer(),
        per_dealer: crew.per_dealer(),
        most: free,
        worker: &crew.settings.name,
        lease: crew.settings.lease,
    };
    let mut conn = crew.pool.checkout().await?;
    take(&mut conn, &wish).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(next: bool) -> Catch {
        Catch {
            jobs: Vec::new(),
            next: next.then(Lane::default),
        }
    }

    #[test]
    fn a_round_is_in_vain_if_nothing_was_found_from_end_to_end() {
        let mut round = Round::default();
        assert!(round.pass(&seen(false)));
        assert!(!round.pass(&seen(true)));
        assert!(round.pass(&seen(false)));
        round.found = true;
        assert!(
            !round.pass(&seen(false)),
            "there may be more where that was"
        );
        assert!(round.pass(&seen(false)));
    }
}
