//! A long row of equal pieces of work: a bar with rate and time left.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::on_terminal;
use crate::cli::output::{Output, note};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows how many pieces are done on standard error.
pub(in crate::cli) struct Count {
    output: Output,
    what: &'static str,
    shown: Mutex<Option<Shown>>,
}

struct Shown {
    bar: Option<ProgressBar>,
    total: usize,
    done: usize,
    started: Instant,
    last_line: Instant,
}

impl Count {
    /// Of `what`, in the plural.
    pub(in crate::cli) const fn new(output: Output, what: &'static str) -> Self {
        Self {
            output,
            what,
            shown: Mutex::new(None),
        }
    }

    /// So many are to be done. Nothing is shown of none.
    pub(in crate::cli) fn begin(&self, total: usize) {
        if total == 0 {
            return;
        }
        let now = Instant::now();
        *self.lock() = Some(Shown {
            bar: on_terminal(self.output).then(|| bar(total, self.what)),
            total,
            done: 0,
            started: now,
            last_line: now,
        });
    }

    /// One more is done.
    pub(in crate::cli) fn one(&self) {
        let mut shown = self.lock();
        let Some(shown) = shown.as_mut() else {
            return;
        };
        shown.done += 1;
        match &shown.bar {
            Some(bar) => bar.inc(1),
            None if shown.last_line.elapsed() >= LINE_EVERY => {
                shown.last_line = Instant::now();
                note(shown.line(self.what));
            }
            None => {}
        }
    }

    /// Nothing follows.
    pub(in crate::cli) fn end(&self) {
        let Some(shown) = self.lock().take() else {
            return;
        };
        if let Some(bar) = &shown.bar {
            bar.finish_and_clear();
        }
        note(shown.line(self.what));
    }

    fn lock(&self) -> MutexGuard<'_, Option<Shown>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    fn line(&self, what: &str) -> String {
        let (done, total) = (self.done, self.total);
        let elapsed = self.started.elapsed();
        let seconds = elapsed.as_secs_f64();
        let pieces = f64::from(u32::try_from(done).unwrap_or(u32::MAX));
        let rate = pieces / seconds.max(0.001);
        if done >= total {
            return format!("{done} of {total} {what} in {seconds:.1} s, {rate:.0} a second");
        }
        let left = f64::from(u32::try_from(total - done).unwrap_or(u32::MAX)) / rate.max(0.001);
        format!("{done} of {total} {what}, {rate:.0} a second, {left:.0} s left")
    }
}

fn bar(total: usize, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
    let template = "{bar:30} {pos} of {len} {msg}, {per_sec:.dim}, {eta:.dim} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
