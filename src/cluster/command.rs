//! Running a program to its end and telling what came of it.

use std::process::{Command, Output, Stdio};

/// How many of its last lines tell why a program failed.
const TOLD_LINES: usize = 3;

/// Runs `command` without input. What it said on standard output
/// and error; or why it failed: its last lines, or the system's reason not to
/// run it.
pub(super) fn run(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&said).into_owned())
    } else {
        Err(reason(&output))
    }
}

fn reason(output: &Output) -> String {
    let told = last_lines(&String::from_utf8_lossy(&output.stderr), TOLD_LINES);
    if told.is_empty() {
        format!("it ended with {}", output.status)
    } else {
        told
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
