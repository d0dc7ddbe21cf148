//! Steps under way: a spinner on a terminal, plain lines elsewhere.

mod count;
mod stages;

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::{Output, note};
pub(super) use count::Count;
pub(super) use stages::Stages;

/// Shows one step at a time on standard error.
pub(super) struct Progress {
    on_terminal: bool,
    current: Mutex<Option<Step>>,
}

struct Step {
    bar: Option<ProgressBar>,
    text: String,
    started: Instant,
}

impl Progress {
    pub(super) fn new(output: Output) -> Self {
        Self {
            on_terminal: on_terminal(output),
            current: Mutex::new(None),
        }
    }

    /// Begins a step; the one before it is done.
    pub(super) fn step(&self, text: &str) {
        self.done();
        let bar = self.on_terminal.then(|| spinner(text));
        if bar.is_none() {
            note(format_args!("{text} …"));
        }
        *self.lock() = Some(Step {
            bar,
            text: text.to_owned(),
            started: Instant::now(),
        });
    }

    /// Ends the current step.
    pub(super) fn done(&self) {
        let Some(step) = self.lock().take() else {
            return;
        };
        if let Some(bar) = step.bar {
            bar.finish_and_clear();
            let seconds = step.started.elapsed().as_secs_f32();
            note(format_args!("✓ {} ({seconds:.1} s)", step.text));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Step>> {
        self.current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn on_terminal(output: Output) -> bool {
    std::io::stderr().is_terminal() && !output.is_json()
}

fn spinner(text: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
        bar.set_style(style);
    }
    bar.set_message(text.to_owned());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
