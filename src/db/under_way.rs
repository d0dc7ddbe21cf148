//! Whether a connection waits for an answer, and how long it is let wait.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, interval};
use tokio_postgres::Connection;

use super::observe::StatementCount;

/// How often the driver looks at how long its connection has been waiting.
const LOOK: Duration = Duration::from_secs(1);

/// What the user of a connection and the driver of its socket know of each other.
#[derive(Clone, Debug, Default)]
pub(super) struct UnderWay(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// When the statement whose answer is still to come was sent.
    since: Mutex<Option<Instant>>,
    /// Whether the socket is gone.
    ended: AtomicBool,
}

impl UnderWay {
    /// A statement was sent, and the caller has gone before its answer came.
    pub(super) fn is_abandoned(&self) -> bool {
        self.since().is_some()
    }

    /// Nothing can be asked over this connection any more.
    pub(super) fn has_ended(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed)
    }

    /// The hook for the connection; counts its statements, if somebody wants to know.
    pub(super) fn hook(&self, count: Option<&StatementCount>) -> impl Instrumentation + 'static {
        let (under_way, count) = (self.clone(), count.cloned());
        move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                under_way.set(Some(Instant::now()));
                if let Some(count) = &count {
                    count.shown(query);
                }
            }
            InstrumentationEvent::FinishQuery { .. } => under_way.set(None),
            _ => {}
        }
    }

    /// Drives the socket until it ends, or until an answer has not come within `limit`:
    /// then it is closed, and who waits for the answer is told so.
    pub(super) async fn drive<S, T>(self, connection: Connection<S, T>, limit: Duration)
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
                _ = look.tick() => if self.since().is_some_and(|since| since.elapsed() > limit) {
                    tracing::warn!(?limit, "the database gives no answer; the connection is closed");
                    break;
                }
            }
        }
        self.0.ended.store(true, Ordering::Relaxed);
    }

    fn since(&self) -> Option<Instant> {
        *self.0.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}
