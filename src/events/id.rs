//! Ids of events: a dealer's events, numbered from 1.

use std::fmt;
use std::str::FromStr;

/// The number of an event among those of its dealer; 0 stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(i64);

/// A text that is no id of an event.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected an id of the form evt_<16 hex digits>, as an event had it")]
pub struct NotAnEventId;

impl EventId {
    /// The id that is stored as this number.
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number as stored.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The id of the event behind this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// As texts, ids sort as the events do.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "evt_{:016x}", self.0)
    }
}

impl FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("evt_").ok_or(NotAnEventId)?;
        let number = i64::from_str_radix(digits, 16).map_err(|_| NotAnEventId)?;
        let id = Self(number);
        // One spelling for each, none of them negative.
        let is_canonical = number >= 0 && id.to_string() == text;
        is_canonical.then_some(id).ok_or(NotAnEventId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_in_one_spelling_and_sort() {
        for number in [0, 1, 255, i64::MAX] {
            let id = EventId::new(number);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert!(EventId::new(9).to_string() < EventId::new(16).to_string());
        for wrong in [
            "",
            "evt_",
            "evt_1",
            "evt_000000000000000A",
            "evt_-000000000000001",
            "evt_+000000000000001",
            "evt_ffffffffffffffff",
            "prd_0000000000000001",
        ] {
            assert_eq!(wrong.parse::<EventId>(), Err(NotAnEventId), "{wrong}");
        }
    }
}
