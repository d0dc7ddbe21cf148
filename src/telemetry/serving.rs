//! How the endpoints are used: operations, their outcomes, sockets.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::label::label;
use super::sockets::SocketMetrics;
use crate::error::ErrorCode;
use crate::kernel::metric::{Counter, Gauge, Histogram};

label! {
    /// Which endpoint an operation came to.
    Door {
        /// That of the shops.
        Api = "api",
        /// That of the operators.
        Operator = "operator",
    }
}

label! {
    /// What an operation is.
    Kind {
        /// It reads.
        Query = "query",
        /// It changes.
        Mutation = "mutation",
        /// It goes on until somebody ends it; each of its answers counts.
        Subscription = "subscription",
        /// Nobody knows: it was refused for its form, or its document fits no schema or limit.
        Unread = "unread",
    }
}

label! {
    /// How an operation ended, from the best to the gravest.
    Outcome {
        /// Without errors. Refusals in the payload of a mutation are no errors.
        Done = "done",
        /// With an error that the client can mend.
        Refused = "refused",
        /// Too much work at once.
        Overloaded = "overloaded",
        /// The time limit struck.
        Timeout = "timeout",
        /// A fault of the server, or of what it needs.
        Failed = "failed",
    }
}

impl Outcome {
    /// The gravest of what these codes stand for.
    pub fn of(codes: &[ErrorCode]) -> Self {
        let outcomes = codes.iter().map(|code| match code {
            ErrorCode::Internal | ErrorCode::Unavailable | ErrorCode::OutcomeUnknown => {
                Self::Failed
            }
            ErrorCode::Timeout => Self::Timeout,
            ErrorCode::Overloaded => Self::Overloaded,
            _ => Self::Refused,
        });
        outcomes.max().unwrap_or(Self::Done)
    }
}

/// What the endpoints have done so far, and what they do now.
#[derive(Debug)]
pub struct ServingMetrics {
    counts: Vec<(Door, Kind, Outcome, Counter)>,
    times: Vec<(Door, Kind, Histogram)>,
    /// Websockets open.
    pub sockets: Gauge,
    /// Operations at work on websockets; subscriptions are as long as they live.
    pub socket_operations: Gauge,
    /// What has become of websockets.
    pub socket_metrics: SocketMetrics,
    /// When the program began to serve.
    pub started: DateTime<Utc>,
}

impl ServingMetrics {
    /// Nothing yet.
    pub fn new(started: DateTime<Utc>) -> Self {
        let (mut counts, mut times) = (Vec::new(), Vec::new());
        for (door, kind) in Door::ALL.iter().flat_map(with_kinds) {
            let outcomes = Outcome::ALL.iter();
            counts.extend(outcomes.map(|outcome| (door, kind, *outcome, Counter::default())));
            // A subscription takes as long as the client likes.
            if kind != Kind::Subscription {
                times.push((door, kind, Histogram::default()));
            }
        }
        Self {
            counts,
            times,
            sockets: Gauge::default(),
            socket_operations: Gauge::default(),
            socket_metrics: SocketMetrics::default(),
            started,
        }
    }

    /// An operation has been answered.
    pub fn record(&self, door: Door, kind: Kind, outcome: Outcome, took: Duration) {
        let mut counts = self.counts.iter();
        if let Some(count) =
            counts.find(|count| (count.0, count.1, count.2) == (door, kind, outcome))
        {
            count.3.add_one();
        }
        if let Some(time) = self
            .times
            .iter()
            .find(|time| (time.0, time.1) == (door, kind))
        {
            time.2.record(took);
        }
    }

    /// Operations by endpoint, kind and outcome.
    pub fn counts(&self) -> impl Iterator<Item = ([(&'static str, &'static str); 3], u64)> {
        self.counts.iter().map(|(door, kind, outcome, count)| {
            let [door, kind] = labels(*door, *kind);
            ([door, kind, ("outcome", outcome.text())], count.get())
        })
    }

    /// How long operations took, by endpoint and kind.
    pub fn times(&self) -> impl Iterator<Item = ([(&'static str, &'static str); 2], &Histogram)> {
        let times = self.times.iter();
        times.map(|(door, kind, time)| (labels(*door, *kind), time))
    }
}

fn with_kinds(door: &Door) -> impl Iterator<Item = (Door, Kind)> {
    Kind::ALL.iter().map(|kind| (*door, *kind))
}

const fn labels(door: Door, kind: Kind) -> [(&'static str, &'static str); 2] {
    [("endpoint", door.text()), ("operation", kind.text())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_error_decides() {
        assert_eq!(Outcome::of(&[]), Outcome::Done);
        let codes = [
            ErrorCode::BadUserInput,
            ErrorCode::Internal,
            ErrorCode::Timeout,
        ];
        assert_eq!(Outcome::of(&codes), Outcome::Failed);
        assert_eq!(Outcome::of(&[ErrorCode::Forbidden]), Outcome::Refused);
    }

    #[test]
    fn every_operation_is_counted_once() {
        let serving = ServingMetrics::new(DateTime::default());
        let took = Duration::from_millis(1);
        for door in Door::ALL {
            for kind in Kind::ALL {
                for outcome in Outcome::ALL {
                    serving.record(*door, *kind, *outcome, took);
                }
            }
        }
        assert!(serving.counts().all(|(_, count)| count == 1));
        assert_eq!(serving.counts().count(), 40);
        assert!(serving.times().all(|(_, time)| time.sum() == 5 * took));
    }
}
