//! The seeds of the fuzzer and mutations of them, without the fuzzer: what its targets call is
//! tried by each run of the tests, and the seeds stay what they were written for.

#[path = "../../../fuzz/src/input.rs"]
mod input;
#[path = "../../../fuzz/src/outcome.rs"]
mod outcome;

use std::path::Path;

use tubex::http::intake::Intake;

use crate::support::server_settings;

const MUTATIONS: usize = 3000;
/// Those that would be run, if their sender may. The others are refused.
const GOOD_REQUESTS: [&str; 5] = [
    "address.txt",
    "multipart.txt",
    "mutation.txt",
    "persisted.txt",
    "valid.txt",
];
const GOOD_DOCUMENTS: [&str; 2] = ["directives.graphql", "subscription.graphql"];
const WRONG_DOCUMENTS: [&str; 3] = ["brackets.graphql", "cycle.graphql", "wrong_types.graphql"];
/// What is put in somewhere.
const WORDS: [&str; 20] = [
    "{",
    "}",
    "[",
    "\"",
    "\\u0000",
    "\\ud800",
    "\0",
    "...",
    "...A",
    "@include(if: $n)",
    "$n: Int! = 1",
    "first: 200",
    "__typename",
    "fragment A on Query { ...A }",
    "mutation ",
    "null",
    "1e999",
    "\r\n--b\r\n",
    "%F0%9F%98%80",
    "\n",
];

struct Seed {
    name: String,
    bytes: Vec<u8>,
}

fn seeds(of: &str) -> Vec<Seed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(of);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        Seed {
            name: entry.file_name().into_string().unwrap(),
            bytes: std::fs::read(entry.path()).unwrap(),
        }
    });
    let mut seeds: Vec<Seed> = files.collect();
    // Folders have no order, and the mutations are to be the same on each machine.
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    seeds
}

fn intake() -> Intake {
    let mut settings = server_settings();
    settings.limits.max_batch = 3;
    Intake::new(&settings)
}

/// The same throws each time.
struct Dice(u64);

impl Dice {
    /// From 0 to below `sides`.
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    /// One of the seeds, changed in a few places.
    fn mutation(&mut self, seeds: &[Seed]) -> Vec<u8> {
        let mut bytes = seeds[self.throw(seeds.len())].bytes.clone();
        for _ in 0..=self.throw(4) {
            self.change(&mut bytes, seeds);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Seed]) {
        let at = self.throw(bytes.len() + 1);
        let end = (at + self.throw(24)).min(bytes.len());
        match self.throw(5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let word = WORDS[self.throw(WORDS.len())];
                drop(bytes.splice(at..at, word.bytes()));
            }
            2 => {
                let again = bytes[at..end].repeat(1 + self.throw(40));
                drop(bytes.splice(at..at, again));
            }
            3 => {
                let other = &seeds[self.throw(seeds.len())].bytes;
                let from = self.throw(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                let byte = u8::try_from(self.throw(256)).unwrap();
                bytes[at..end].fill(byte);
            }
        }
    }
}

#[test]
fn each_seed_has_the_outcome_that_it_was_written_for() {
    let intake = intake();
    for seed in seeds("request") {
        assert!(input::request(&seed.bytes).is_some(), "{}", seed.name);
        let is_run = outcome::of_request(&intake, &seed.bytes);
        let is_good = GOOD_REQUESTS.contains(&seed.name.as_str());
        assert_eq!(is_run, is_good, "{}", seed.name);
    }
    for seed in seeds("document") {
        let text = String::from_utf8(seed.bytes).unwrap();
        let is_run = outcome::of_document(&intake, &text);
        let name = seed.name.as_str();
        assert!(is_run || !GOOD_DOCUMENTS.contains(&name), "{name}");
        assert!(!is_run || !WRONG_DOCUMENTS.contains(&name), "{name}");
    }
}

#[test]
fn whatever_is_sent_is_refused_in_due_form_or_would_be_run() {
    let (intake, seeds, mut dice) = (intake(), seeds("request"), Dice(0x5EED));
    let outcomes = (0..MUTATIONS).map(|number| {
        let bytes = dice.mutation(&seeds);
        // Shown when the test fails, to become a seed.
        eprintln!("{number}: {}", bytes.escape_ascii());
        outcome::of_request(&intake, &bytes)
    });
    let good = outcomes.filter(|is_run| *is_run).count();
    assert!((1..MUTATIONS).contains(&good), "{good}");
}

#[test]
fn whatever_is_written_is_no_document_or_one_within_the_limits() {
    let (intake, seeds, mut dice) = (intake(), seeds("document"), Dice(0xD0C5));
    let outcomes = (0..MUTATIONS).map(|number| {
        let bytes = dice.mutation(&seeds);
        eprintln!("{number}: {}", bytes.escape_ascii());
        outcome::of_document(&intake, &String::from_utf8_lossy(&bytes))
    });
    let good = outcomes.filter(|is_run| *is_run).count();
    assert!((1..MUTATIONS).contains(&good), "{good}");
}
