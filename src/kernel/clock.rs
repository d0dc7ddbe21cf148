//! The one source of time.
//!
//! Everything that stamps or compares times asks a [`Clock`], so that a test
//! can stand at any instant; `Utc::now` is banned elsewhere by lint.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

/// Tells the time: the system's, or one that a test sets.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    fixed_micros: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's time.
    pub const fn system() -> Self {
        Self { fixed_micros: None }
    }

    /// A clock that stands still until [`Clock::set`].
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self {
            fixed_micros: Some(Arc::new(AtomicI64::new(at.timestamp_micros()))),
        }
    }

    /// Moves a fixed clock; the system's clock can not be moved.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Some(micros) = &self.fixed_micros {
            micros.store(at.timestamp_micros(), Ordering::Relaxed);
        }
    }

    /// Now, to the microsecond: what Postgres can store, so that a value read
    /// back equals the value written.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where time enters"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = self.fixed_micros.as_ref().map_or_else(
            || Utc::now().timestamp_micros(),
            |fixed| fixed.load(Ordering::Relaxed),
        );
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }
}
