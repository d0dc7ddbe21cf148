//! Which databases a test has. When no test has one any more, it is dropped.
//!
//! A dealer's schema takes four megabytes and hundreds of files, and a run makes
//! thousands of them: together they would fill the disk of a small machine.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};

use tubex::config::DatabaseSettings;

use super::database::{as_superuser, copy_template, named};

/// So many tests share a database before the next one is made.
const TESTS_PER_DATABASE: usize = 16;

thread_local! {
    static OF_THIS_TEST: RefCell<Held> = const { RefCell::new(Held { shared: None, own: Vec::new() }) };
}

/// What a test, which is a thread, has.
struct Held {
    shared: Option<Arc<Lent>>,
    own: Vec<Lent>,
}

/// A database that is dropped with this.
pub struct Lent {
    name: String,
    made: OnceLock<()>,
}

impl Lent {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            made: OnceLock::new(),
        }
    }

    /// How to reach it. Whoever asks first waits until it is made.
    pub(super) fn settings(&self) -> DatabaseSettings {
        self.made.get_or_init(|| copy_template(&self.name));
        named(&self.name)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.made.get().is_some() {
            // Nobody sweeps when the run is over.
            drop(sweeper().send(std::mem::take(&mut self.name)));
        }
    }
}

/// The database that this test shares with some others.
pub(super) fn shared() -> Arc<Lent> {
    OF_THIS_TEST.with_borrow_mut(|held| Arc::clone(held.shared.get_or_insert_with(next_shared)))
}

fn next_shared() -> Arc<Lent> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static CURRENT: Mutex<Option<(usize, Arc<Lent>)>> = Mutex::new(None);
    let turn = COUNT.fetch_add(1, Ordering::Relaxed) / TESTS_PER_DATABASE;
    let mut current = CURRENT.lock().unwrap();
    match &*current {
        Some((number, lent)) if *number >= turn => Arc::clone(lent),
        _ => {
            let lent = Arc::new(Lent::new(&format!("tubex_test_{turn}")));
            *current = Some((turn, Arc::clone(&lent)));
            lent
        }
    }
}

/// Drops a database that the test makes itself when the test is over. Threads that
/// are no test's live as they please: what they make stays.
pub(super) fn drop_after_test(name: &str) {
    let is_test = std::thread::current()
        .name()
        .is_some_and(|thread| thread.contains("::"));
    if is_test {
        let lent = Lent::new(name);
        lent.made.get_or_init(|| ());
        OF_THIS_TEST.with_borrow_mut(|held| held.own.push(lent));
    }
}

/// Drops what it is told, one after the other, beside the tests.
fn sweeper() -> &'static Sender<String> {
    static SWEEPER: OnceLock<Sender<String>> = OnceLock::new();
    SWEEPER.get_or_init(|| {
        let (tell, told) = channel::<String>();
        std::thread::spawn(move || {
            for name in told {
                let drop = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
                if let Err(error) = as_superuser(&drop) {
                    eprintln!("{name} stays: {error}");
                }
            }
        });
        tell
    })
}
