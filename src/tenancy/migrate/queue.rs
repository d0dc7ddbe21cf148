//! Dealers waiting for a worker, and those set aside for a moment.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::survey::Target;

/// Pauses between two attempts: long enough for the readers who queued up
/// behind the last one, and uneven, so that workers do not march in step.
const PAUSE: Duration = Duration::from_millis(200);
const JITTER_MS: u32 = 200;

/// A dealer to migrate, and what has been tried.
pub(super) struct Task {
    pub(super) target: Target,
    pub(super) attempts: u32,
    pub(super) first_tried: Option<Instant>,
}

impl From<Target> for Task {
    fn from(target: Target) -> Self {
        Self {
            target,
            attempts: 0,
            first_tried: None,
        }
    }
}

/// Hands tasks to workers until none is left or the run is stopped.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    ready: VecDeque<Task>,
    aside: Vec<(Instant, Task)>,
    at_work: usize,
    is_stopped: bool,
}

impl Queue {
    pub(super) fn new(targets: impl IntoIterator<Item = Target>) -> Self {
        Self {
            state: Mutex::new(State {
                ready: targets.into_iter().map(Task::from).collect(),
                aside: Vec::new(),
                at_work: 0,
                is_stopped: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// The next task, as soon as there is one; none when all are done. Whoever
    /// takes one gives it up by [`Queue::done`] or [`Queue::set_aside`].
    pub(super) fn take(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.is_stopped {
                return None;
            }
            if let Some(task) = state.next(Instant::now()) {
                state.at_work += 1;
                return Some(task);
            }
            let wait = match state.first_due() {
                Some(due) => due.saturating_duration_since(Instant::now()),
                None if state.at_work == 0 => return None,
                // What others have at work may come back.
                None => PAUSE,
            };
            state = self
                .changed
                .wait_timeout(state, wait)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// A task that is over.
    pub(super) fn done(&self) {
        self.lock().at_work -= 1;
        self.changed.notify_all();
    }

    /// A task for another attempt, after a pause in which others are served.
    pub(super) fn set_aside(&self, task: Task) {
        let jitter = getrandom::u32().unwrap_or_default() % JITTER_MS;
        let due = Instant::now() + PAUSE + Duration::from_millis(jitter.into());
        let mut state = self.lock();
        state.at_work -= 1;
        state.aside.push((due, task));
        drop(state);
        self.changed.notify_all();
    }

    /// Hands out nothing more.
    pub(super) fn stop(&self) {
        self.lock().is_stopped = true;
        self.changed.notify_all();
    }

    /// Tasks that nobody has finished.
    pub(super) fn left(&self) -> usize {
        let state = self.lock();
        state.ready.len() + state.aside.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// One that was set aside and is due, or else one that was not tried yet.
    fn next(&mut self, now: Instant) -> Option<Task> {
        match self.aside.iter().position(|(due, _)| *due <= now) {
            Some(position) => Some(self.aside.swap_remove(position).1),
            None => self.ready.pop_front(),
        }
    }

    fn first_due(&self) -> Option<Instant> {
        self.aside.iter().map(|(due, _)| *due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::DealerId;

    fn target(schema: &str) -> Target {
        Target {
            dealer: DealerId::generate(),
            schema: schema.to_owned(),
            version: None,
            has_failed: false,
        }
    }

    #[test]
    fn what_is_set_aside_comes_back_after_the_others() {
        let queue = Queue::new([target("a"), target("b")]);
        let first = queue.take().unwrap();
        assert_eq!(first.target.schema, "a");
        queue.set_aside(first);
        let mut order = Vec::new();
        while let Some(task) = queue.take() {
            order.push(task.target.schema);
            queue.done();
        }
        assert_eq!(order, ["b", "a"]);
    }

    #[test]
    fn a_stopped_queue_hands_out_nothing_and_knows_what_is_left() {
        let queue = Queue::new([target("a"), target("b"), target("c")]);
        queue.take().unwrap();
        queue.stop();
        queue.done();
        assert!(queue.take().is_none());
        assert_eq!(queue.left(), 2);
    }
}
