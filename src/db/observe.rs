//! Counting and tracing the statements of a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// Counts the statements one unit of work sends, transaction control aside.
///
/// Shown in the request's log line and, in development, in the answer's
/// `extensions`; the tests hold operations to a number of statements with it.
#[derive(Clone, Debug, Default)]
pub struct StatementCount(Arc<AtomicU32>);

impl StatementCount {
    /// Statements so far.
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// One more. Its values are the dealer's and no business of the log's.
    pub(super) fn one(&self, sql: &str) {
        self.0.fetch_add(1, Ordering::Relaxed);
        tracing::trace!(sql, "statement");
    }

    /// The hook for a connection that diesel-async drives.
    pub fn hook(&self) -> impl Instrumentation + 'static {
        let count = self.clone();
        move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                count.one(without_values(&query.to_string()));
            }
        }
    }
}

/// diesel shows the bound values behind the statement.
fn without_values(shown: &str) -> &str {
    shown
        .rsplit_once(" -- binds: ")
        .map_or(shown, |(sql, _)| sql)
}

/// Whether a connection that diesel-async drives waits for an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct UnderWay(Arc<AtomicBool>);

impl UnderWay {
    /// A statement was sent, and the caller has gone before its answer came.
    pub(super) fn is_abandoned(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The hook for the connection; counts its statements, if somebody wants to know.
    pub(super) fn hook(&self, count: Option<&StatementCount>) -> impl Instrumentation + 'static {
        let (under_way, count) = (Arc::clone(&self.0), count.cloned());
        move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                under_way.store(true, Ordering::Relaxed);
                if let Some(count) = &count {
                    count.one(without_values(&query.to_string()));
                }
            }
            InstrumentationEvent::FinishQuery { .. } => under_way.store(false, Ordering::Relaxed),
            _ => {}
        }
    }
}
