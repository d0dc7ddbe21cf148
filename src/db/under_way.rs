//! Whether a connection waits for an answer, and how long it is let wait.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::{Instant, interval};
use tokio_postgres::Connection;

use super::limits;
use super::observe::StatementCount;

/// How often the driver looks at how long its connection has been waiting.
const LOOK: Duration = Duration::from_secs(1);

/// How long the driver lets its connection be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Until the beginning of an answer.
    pub(super) answer: Duration,
    /// Until the next statement or the end, for the rest of the answer and what its
    /// reader does with it; for ever if left out.
    pub(super) hold: Option<Duration>,
}

impl Patience {
    /// For statements that build tables, over connections that are kept.
    pub(super) const fn of_the_owner() -> Self {
        Self {
            answer: limits::WORK,
            hold: None,
        }
    }
}

/// What the user of a connection and the driver of its socket know of each other.
#[derive(Clone, Debug, Default)]
pub(super) struct UnderWay(Arc<State>);

#[derive(Debug, Default)]
struct State {
    stage: Mutex<Stage>,
    /// Tells the driver that nobody wants the connection any more.
    closed: Notify,
    /// Whether the socket is gone.
    ended: AtomicBool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    /// Nobody has it.
    #[default]
    Free,
    /// A statement was sent then, and no answer has begun.
    Asked(Instant),
    /// An answer has begun then, and somebody has the connection.
    Held(Instant),
}

impl UnderWay {
    /// A statement was sent, and the caller has gone before its answer came.
    pub(super) fn is_abandoned(&self) -> bool {
        matches!(self.stage(), Stage::Asked(_))
    }

    /// Nothing can be asked over this connection any more.
    pub(super) fn has_ended(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed)
    }

    /// Whoever had the connection gives it back.
    pub(super) fn free(&self) {
        self.set(Stage::Free);
    }

    /// Ends the connection, whatever is under way.
    pub(super) fn close(&self) {
        self.0.closed.notify_one();
    }

    /// The hook for the connection; counts its statements, if somebody wants to know.
    pub(super) fn hook(&self, count: Option<&StatementCount>) -> impl Instrumentation + 'static {
        let (under_way, count) = (self.clone(), count.cloned());
        move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                under_way.set(Stage::Asked(Instant::now()));
                if let Some(count) = &count {
                    count.shown(query);
                }
            }
            // Said when the answer begins; rows may be on their way.
            InstrumentationEvent::FinishQuery { .. } => {
                under_way.set(Stage::Held(Instant::now()));
            }
            _ => {}
        }
    }

    /// Drives the socket until it ends or nobody wants it, or for as long as there is
    /// patience: then it is closed, and who waits for an answer is told so.
    pub(super) async fn drive<S, T>(self, connection: Connection<S, T>, patience: Patience)
    where
        S: AsyncRead + AsyncWrite + Unpin,
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let mut connection = pin!(connection);
        let mut look = interval(LOOK);
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection has ended");
                    }
                    break;
                }
                () = self.0.closed.notified() => break,
                _ = look.tick() => if self.is_overdue(patience) {
                    tracing::warn!(?patience, "the database gives no answer; the connection is closed");
                    break;
                }
            }
        }
        self.0.ended.store(true, Ordering::Relaxed);
    }

    fn is_overdue(&self, patience: Patience) -> bool {
        match self.stage() {
            Stage::Free => false,
            Stage::Asked(at) => at.elapsed() > patience.answer,
            Stage::Held(at) => patience.hold.is_some_and(|hold| at.elapsed() > hold),
        }
    }

    fn stage(&self) -> Stage {
        *self.0.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, stage: Stage) {
        *self.0.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        answer: Duration::from_secs(15),
        hold: Some(Duration::from_mins(1)),
    };

    #[test]
    fn an_answer_is_due_for_so_long_and_its_rest_for_longer() {
        let line = UnderWay::default();
        let is_overdue = |stage: fn(Instant) -> Stage, since: u64, patience| {
            let now = Instant::now();
            line.set(stage(now.checked_sub(Duration::from_secs(since)).unwrap()));
            line.is_overdue(patience)
        };
        assert!(!line.is_overdue(PATIENCE));
        assert!(!is_overdue(Stage::Asked, 14, PATIENCE));
        assert!(is_overdue(Stage::Asked, 16, PATIENCE));
        assert!(line.is_abandoned());
        assert!(!is_overdue(Stage::Held, 59, PATIENCE));
        assert!(is_overdue(Stage::Held, 61, PATIENCE));
        assert!(!is_overdue(Stage::Held, 61, Patience::of_the_owner()));
        assert!(!line.is_abandoned());
        line.free();
        assert!(!line.is_overdue(PATIENCE));
    }
}
