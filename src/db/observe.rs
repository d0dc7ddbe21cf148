//! Counting and tracing the statements of a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::{DebugQuery, Instrumentation, InstrumentationEvent};

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

    /// One more, as diesel shows it.
    pub(super) fn shown(&self, query: &dyn DebugQuery) {
        self.one(without_values(&query.to_string()));
    }

    /// The hook for a connection that diesel-async drives.
    pub fn hook(&self) -> impl Instrumentation + 'static {
        let count = self.clone();
        move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                count.shown(query);
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
