//! Work in stages, each a row of pieces of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Count;
use crate::cli::output::Output;
use crate::tenancy::transfer::Event;

/// Shows one stage at a time on standard error.
pub(in crate::cli) struct Stages {
    output: Output,
    current: Mutex<Option<Count>>,
}

impl Stages {
    pub(in crate::cli) const fn new(output: Output) -> Self {
        Self {
            output,
            current: Mutex::new(None),
        }
    }

    /// What a transfer tells.
    pub(in crate::cli) fn on(&self, event: Event) {
        match event {
            Event::Begins(what, total) => self.begin(what, total),
            Event::Done => self.one(),
        }
    }

    /// So many pieces of `what` follow; the stage before is done.
    pub(in crate::cli) fn begin(&self, what: &'static str, total: usize) {
        self.end();
        let count = Count::new(self.output, what);
        count.begin(total);
        *self.lock() = Some(count);
    }

    /// One more is done.
    pub(in crate::cli) fn one(&self) {
        if let Some(count) = self.lock().as_ref() {
            count.one();
        }
    }

    /// Nothing follows.
    pub(in crate::cli) fn end(&self) {
        if let Some(count) = self.lock().take() {
            count.end();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Count>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
