//! Says once that something does not work, however often it is tried.

use std::fmt::Display;

/// What the log is told when it begins, and no more until it has worked again.
pub(super) struct Complaint {
    text: &'static str,
    was_well: bool,
}

impl Complaint {
    pub(super) const fn new(text: &'static str) -> Self {
        Self {
            text,
            was_well: true,
        }
    }

    /// Looks at an attempt; gives what it brought.
    pub(super) fn about<T, E: Display>(&mut self, attempt: Result<T, E>) -> Option<T> {
        let was_well = std::mem::replace(&mut self.was_well, attempt.is_ok());
        let text = self.text;
        match attempt {
            Ok(value) => return Some(value),
            Err(error) if was_well => tracing::warn!(%error, "{text}"),
            Err(error) => tracing::debug!(%error, "{text}"),
        }
        None
    }
}
