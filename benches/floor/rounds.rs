//! The floor and ours in turns, and what came out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tubex::auth::token::AccessTokens;

use super::asks::{Operation, Side, Turn, facts};
use super::load::{Caller, Figures, Load, Target, next, window};
use super::process::Postgres;
use super::profile::Recording;
use super::shops::{self, Shop};

/// In this order: the list has the orders that both have made.
const COMPARED: [Operation; 5] = [
    Operation::Product,
    Operation::List,
    Operation::Page,
    Operation::Create,
    Operation::Orders,
];

/// Both, and what they are asked about.
pub struct Bench {
    pub shops: Arc<[Shop]>,
    pub keys: AccessTokens,
    pub ours: Target,
    pub floor: Target,
    pub postgres: Postgres,
}

impl Bench {
    /// That both give the same rows, and that both write down the same order.
    pub async fn compare(&self) {
        let tokens = shops::issued(&self.keys, &self.shops);
        let mut ours = Caller::open(&self.ours.authority).await;
        let mut floor = Caller::open(&self.floor.authority).await;
        let ends = [0, self.shops.len() - 1];
        for place in ends {
            let (shop, token) = (&self.shops[place], tokens[place].as_str());
            let mut numbers = Vec::new();
            for operation in COMPARED {
                let number = next();
                let turn = Turn {
                    shop,
                    token,
                    number,
                };
                let of_floor = floor.ask(Side::Floor, operation, &turn).await;
                let of_ours = ours.ask(Side::Ours, operation, &turn).await;
                let of_floor = facts(&serde_json::from_slice(&of_floor).unwrap());
                let of_ours = facts(&serde_json::from_slice(&of_ours).unwrap());
                if operation == Operation::Create {
                    numbers = vec![of_floor["number"].clone(), of_ours["number"].clone()];
                } else {
                    assert!(!of_ours["id"].is_empty(), "{operation:?}: no rows");
                    assert_eq!(of_ours, of_floor, "{operation:?}");
                }
                if operation == Operation::List {
                    assert_eq!(of_ours["id"].len(), 50, "a list of 50");
                }
            }
            let numbers: Vec<i64> = numbers.iter().flatten().filter_map(Value::as_i64).collect();
            assert_eq!(numbers[1], numbers[0] + 1, "both count in the same row");
        }
    }

    fn load(&self, operation: Operation, at_once: usize, time: Duration) -> Load {
        Load {
            operation,
            shops: Arc::clone(&self.shops),
            // Anew each time: a token lasts a quarter of an hour.
            tokens: shops::issued(&self.keys, &self.shops),
            at_once,
            time,
        }
    }

    /// Every dealer is met by every worker of both, so that statements are prepared.
    pub async fn warm(&self, operation: Operation, seconds: u64) {
        let dealers = u64::try_from(self.shops.len()).unwrap();
        let time = Duration::from_secs(seconds + dealers / 50);
        for target in [&self.floor, &self.ours] {
            let load = self.load(operation, 16, time);
            let _figures = window(target, &self.postgres, &load).await;
        }
    }

    pub async fn rounds(
        &self,
        operation: Operation,
        at_once: usize,
        (rounds, seconds): (usize, u64),
    ) -> Outcome {
        let load = self.load(operation, at_once, Duration::from_secs(seconds));
        let mut pairs = Vec::new();
        for round in 0..rounds {
            // In turns, also who is first: the second finds the machine as the first left it.
            let floor_is_first = round.is_multiple_of(2);
            let early = if floor_is_first {
                Some(window(&self.floor, &self.postgres, &load).await)
            } else {
                None
            };
            let ours = window(&self.ours, &self.postgres, &load).await;
            let floor = match early {
                Some(floor) => floor,
                None => window(&self.floor, &self.postgres, &load).await,
            };
            pairs.push((floor, ours));
        }
        Outcome::of(operation, at_once, &pairs)
    }
}

impl Bench {
    /// Microseconds of a request in each crate of both servers, in windows that do not count.
    pub async fn profile(
        &self,
        operation: Operation,
        at_once: usize,
        (folder, seconds): (&Path, u64),
    ) -> Value {
        let floor = self.crates(&self.floor, operation, at_once, (folder, seconds));
        let floor = floor.await;
        let ours = self.crates(&self.ours, operation, at_once, (folder, seconds));
        let ours = ours.await;
        json!({
            "operation": operation.name(), "at_once": at_once,
            "floor_us": floor, "ours_us": ours,
        })
    }

    async fn crates(
        &self,
        target: &Target,
        operation: Operation,
        at_once: usize,
        (folder, seconds): (&Path, u64),
    ) -> BTreeMap<String, f64> {
        let name = format!("{}-{:?}.perf", operation.name(), target.side);
        let load = self.load(operation, at_once, Duration::from_secs(seconds));
        let recording = Recording::start(target.pid, &folder.join(name), seconds);
        let figures = window(target, &self.postgres, &load).await;
        // Seconds of a thousand are milliseconds of one, and a share is in hundredths.
        let scale = figures.server * 1000.0 / 100.0;
        let shares = recording.shares().into_iter();
        let times = shares.map(|(name, share)| (name, (share * scale * 10.0).round() / 10.0));
        times.collect()
    }
}

/// What the rounds of one operation came to.
pub struct Outcome {
    operation: Operation,
    at_once: usize,
    floor: Figures,
    ours: Figures,
    /// Of each round.
    ratios: Vec<f64>,
}

impl Outcome {
    fn of(operation: Operation, at_once: usize, pairs: &[(Figures, Figures)]) -> Self {
        let (floor, ours): (Vec<Figures>, Vec<Figures>) = pairs.iter().copied().unzip();
        let ratio = |pair: &(Figures, Figures)| pair.1.processor() / pair.0.processor();
        Self {
            operation,
            at_once,
            floor: middle(&floor),
            ours: middle(&ours),
            ratios: pairs.iter().map(ratio).collect(),
        }
    }

    /// Seconds on a processor, ours to the floor's.
    pub fn ratio(&self) -> f64 {
        self.ours.processor() / self.floor.processor()
    }

    pub fn json(&self) -> Value {
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        let ratios: Vec<f64> = self.ratios.iter().map(|ratio| rounded(*ratio)).collect();
        json!({
            "operation": self.operation.name(), "at_once": self.at_once,
            "floor": self.floor.json(), "ours": self.ours.json(),
            "cpu_ratio": rounded(self.ratio()), "cpu_ratios": ratios,
            "rate_ratio": rounded(self.ours.per_second / self.floor.per_second),
        })
    }

    pub fn show(&self) {
        let (floor, ours) = (&self.floor, &self.ours);
        eprintln!(
            "{:36} {:>3}  {:>7.0} {:>7.0}  {:>6.3} {:>6.3} {:>6.3}  {:>6.3} {:>6.3} {:>6.3}  {:>5.2}",
            self.operation.name(),
            self.at_once,
            floor.per_second,
            ours.per_second,
            floor.server,
            floor.postgres,
            floor.processor(),
            ours.server,
            ours.postgres,
            ours.processor(),
            self.ratio(),
        );
    }
}

pub fn show_head() {
    eprintln!("\nper second, and seconds on a processor per 1,000 requests: server, Postgres, sum");
    eprintln!(
        "{:36} {:>3}  {:>7} {:>7}  {:>20}  {:>20}  {:>5}",
        "", "at", "floor/s", "ours/s", "floor", "ours", "ratio"
    );
}

/// Each figure by itself.
fn middle(all: &[Figures]) -> Figures {
    Figures {
        per_second: median(all.iter().map(|one| one.per_second)),
        server: median(all.iter().map(|one| one.server)),
        postgres: median(all.iter().map(|one| one.postgres)),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
