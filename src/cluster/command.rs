//! Running a program to its end and telling what came of it.

use std::process::{Command, Stdio};

/// How many of its last lines tell why a program failed.
const TOLD_LINES: usize = 3;

/// Runs `command` without input. What it said on standard output and error; or
/// why it failed: its last lines, or the system's reason not to run it.
pub(super) fn run(command: &mut Command) -> Result<String, String> {
    attempt(command).map_err(|said| last_lines(&said, TOLD_LINES))
}

/// As [`run`], but a failure tells all that was said on standard error.
pub(super) fn attempt(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        return Ok(String::from_utf8_lossy(&said).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.trim().is_empty() {
        Err(format!("it ended with {}", output.status))
    } else {
        Err(said.into_owned())
    }
}

/// The last `count` lines of `text` that are not blank, joined by "; ".
pub(super) fn last_lines(text: &str, count: usize) -> String {
    let mut lines: Vec<&str> = text
        .lines()
        .rev()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(count)
        .collect();
    lines.reverse();
    lines.join("; ")
}
