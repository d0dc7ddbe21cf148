//! What was asked, and what came of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::line::Outcome;

/// A request that has been answered.
#[derive(Debug)]
pub struct Done {
    /// When it arrived, whether it could be sent then or not.
    pub due: Instant,
    /// From then to the end of its answer.
    pub took: Duration,
    /// Whether it was of the dealer in a flood.
    pub is_flood: bool,
    pub outcome: Outcome,
}

/// Those that arrived within a window.
pub struct Tally {
    window: (Instant, Instant),
    deadline: Duration,
    /// Milliseconds that each took.
    good: Vec<f64>,
    refused: Vec<f64>,
    late: u64,
    unsent: u64,
    other: BTreeMap<String, u64>,
    /// Of dealers in no flood: arrived, and answered well.
    calm: (u64, u64),
    /// Arrived, answered well, refused, in each second.
    seconds: Vec<[u64; 3]>,
}

impl Tally {
    pub const HEAD: &str = "load             arrived/s  good/s  refused/s  late/s unsent/s  other | good p50/p99 ms | refused p50/p99 ms | calm dealers good";

    pub fn of(window: (Instant, Instant), deadline: Duration) -> Self {
        let seconds = usize::try_from((window.1 - window.0).as_secs()).unwrap();
        Self {
            window,
            deadline,
            good: Vec::new(),
            refused: Vec::new(),
            late: 0,
            unsent: 0,
            other: BTreeMap::new(),
            calm: (0, 0),
            seconds: vec![[0; 3]; seconds.max(1)],
        }
    }

    /// A request has arrived.
    pub fn arrived(&mut self, due: Instant, is_flood: bool) {
        if self.holds(due) {
            self.count(due, 0);
            self.calm.0 += u64::from(!is_flood);
        }
    }

    /// There was no connection for it.
    pub fn unsent(&mut self, due: Instant) {
        self.unsent += u64::from(self.holds(due));
    }

    /// So many answers never came.
    pub fn unanswered(&mut self, count: usize) {
        let count = u64::try_from(count).unwrap();
        *self.other.entry("no answer".to_owned()).or_default() += count;
    }

    pub fn add(&mut self, done: Done) {
        let is_within = self.holds(done.due);
        let ms = done.took.as_secs_f64() * 1000.0;
        match done.outcome {
            // Whenever it came, it should not have.
            Outcome::Other(what) => *self.other.entry(what).or_default() += 1,
            _ if !is_within => {}
            Outcome::Refused => {
                self.refused.push(ms);
                self.count(done.due, 2);
            }
            Outcome::Good if done.took > self.deadline => self.late += 1,
            Outcome::Good => {
                self.good.push(ms);
                self.count(done.due, 1);
                self.calm.1 += u64::from(!done.is_flood);
            }
        }
    }

    fn holds(&self, due: Instant) -> bool {
        due >= self.window.0 && due < self.window.1
    }

    fn count(&mut self, due: Instant, which: usize) {
        let second = usize::try_from((due - self.window.0).as_secs()).unwrap();
        if let Some(counts) = self.seconds.get_mut(second) {
            counts[which] += 1;
        }
    }

    pub fn good_per_s(&self) -> u64 {
        self.per_s(number(self.good.len()))
    }

    /// What was neither answered nor refused in due form.
    pub fn others(&self) -> u64 {
        self.other.values().sum()
    }

    fn arrivals(&self) -> u64 {
        self.seconds.iter().map(|counts| counts[0]).sum()
    }

    fn per_s(&self, count: u64) -> u64 {
        count / number(self.seconds.len())
    }

    pub fn row(&self, name: &str) -> String {
        format!(
            "{name:<16} {:>9} {:>7} {:>10} {:>7} {:>8} {:>6} | {:>7.1} {:>7.1} | {:>8.1} {:>9.1} | {:.2}",
            self.per_s(self.arrivals()),
            self.good_per_s(),
            self.per_s(number(self.refused.len())),
            self.per_s(self.late),
            self.per_s(self.unsent),
            self.others(),
            at(&self.good, 500),
            at(&self.good, 990),
            at(&self.refused, 500),
            at(&self.refused, 990),
            ratio(self.calm.1, self.calm.0),
        )
    }

    /// The same as JSON, with `more`.
    pub fn figures(&self, mut more: Value) -> Value {
        let own = json!({
            "arrived_per_s": self.per_s(self.arrivals()), "good_per_s": self.good_per_s(),
            "refused_per_s": self.per_s(number(self.refused.len())),
            "late_per_s": self.per_s(self.late), "unsent_per_s": self.per_s(self.unsent),
            "good": spread(&self.good), "refused": spread(&self.refused), "other": self.other,
            "calm_good_ratio": ratio(self.calm.1, self.calm.0),
            "seconds": self.seconds,
        });
        let (more_fields, own) = (more.as_object_mut().unwrap(), own.as_object().unwrap());
        more_fields.extend(own.clone());
        more
    }
}

fn spread(times: &[f64]) -> Value {
    json!({ "p50_ms": at(times, 500), "p99_ms": at(times, 990), "max_ms": at(times, 1000) })
}

/// The time below which so many thousandths are.
fn at(times: &[f64], permille: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = sorted.len().saturating_sub(1) * permille / 1000;
    sorted.get(place).copied().unwrap_or(0.0)
}

/// A part of a whole; all of nothing.
pub fn ratio(part: u64, whole: u64) -> f64 {
    let float = |count: u64| f64::from(u32::try_from(count).unwrap());
    if whole == 0 {
        return 1.0;
    }
    float(part) / float(whole)
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap()
}
