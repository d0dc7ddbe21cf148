//! From which event to which a value is the same.

use serde::{Deserialize, Serialize};

/// Numbers of events of one dealer, from the one that last changed something to the last of
/// which it is known that it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Span {
    pub(super) since: i64,
    pub(super) through: i64,
}

impl Span {
    /// Whether two spans of the same thing have an event in common, and with it all of what
    /// is in either.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.since <= other.through && other.since <= self.through
    }
}

/// A value as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Worth {
    pub(super) span: Span,
    /// The value in JSON.
    pub(super) text: String,
}

impl Worth {
    /// As it is kept in Redis.
    pub(super) fn written(&self) -> String {
        // Numbers and a text have no way to fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was kept in Redis, unless another program wrote it.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_meet_in_an_event() {
        let span = |since, through| Span { since, through };
        for (one, other, meet) in [
            (span(3, 7), span(7, 9), true),
            (span(3, 7), span(8, 9), false),
            (span(3, 7), span(4, 5), true),
            (span(0, 0), span(0, 4), true),
            (span(5, 5), span(6, 6), false),
        ] {
            assert_eq!(one.meets(other), meet, "{one:?} {other:?}");
            assert_eq!(other.meets(one), meet, "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_is_kept_reads_back() {
        let span = Span {
            since: 1,
            through: 2,
        };
        let text = "{\"a\":\"1.50\"}".to_owned();
        let worth = Worth::read(&Worth { span, text }.written()).unwrap();
        assert_eq!(
            (worth.span, worth.text.as_str()),
            (span, "{\"a\":\"1.50\"}")
        );
        assert!(Worth::read("nonsense").is_none());
    }
}
