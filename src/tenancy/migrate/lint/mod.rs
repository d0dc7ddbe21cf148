//! Which SQL will not do for thousands of schemas.
//!
//! What is refused costs more with every dealer (a scan of the catalogs for each
//! of them), ties a migration to one schema, or can not be run where schemas
//! are spread over several servers. Each refusal names the cheap form.
//!
//! A file is taken apart by `migrate::statements`; `rules`, `spread` and
//! `indexes` look at it. Where an exception is right, a comment in front of the
//! statement says so:
//!
//! ```sql
//! -- lint: allow add-column-default: the table is empty everywhere
//! ```

mod indexes;
mod rules;
mod spread;

use std::fmt;

use super::set::MigrationSet;
use super::statements::{Statement, statements};
use rules::{CONCURRENTLY, RULES};

/// How an exception begins.
const ALLOW: &str = "lint: allow ";
/// Fewer letters are no reason.
const SHORTEST_REASON: usize = 10;

/// A place in a migration that will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Path of the file.
    pub file: String,
    /// Line in it, from 1.
    pub line: usize,
    /// Name of the rule, for an exception.
    pub rule: &'static str,
    /// What is wrong, and what to write instead.
    pub advice: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            advice,
        } = self;
        write!(f, "{file}:{line}: {rule}: {advice}")
    }
}

/// What will not do in a set of tenant migrations that lies in `folder`.
pub fn lint(set: &MigrationSet, folder: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut known = indexes::Indexes::default();
    for step in set.steps() {
        let files = [("up.sql", Some(&step.up)), ("down.sql", step.down.as_ref())];
        for (name, text) in files {
            let file = format!("{folder}/{}/{name}", step.name);
            let found = text.map(|text| statements(text)).unwrap_or_default();
            let first = refusals.len();
            for statement in &found {
                check(statement, &file, &mut refusals);
            }
            if name == "up.sql" && step.index.is_some() {
                // Alone, it is built as the size of the table asks for.
                let before = refusals.drain(first..).filter(|r| r.rule != CONCURRENTLY);
                let others: Vec<_> = before.collect();
                refusals.extend(others);
            }
            if name == "up.sql" {
                known.learn(&found, &file);
            }
        }
    }
    refusals.extend(known.needless());
    refusals
}

/// Holds one statement against all rules, and its exceptions against it.
fn check(statement: &Statement<'_>, file: &str, refusals: &mut Vec<Refusal>) {
    let mut refuse = |line, rule, advice: &str| {
        refusals.push(Refusal {
            file: file.to_owned(),
            line,
            rule,
            advice: advice.to_owned(),
        });
    };
    let mut used = Vec::new();
    for rule in RULES.iter().chain(spread::RULES) {
        let Some(line) = (rule.finds)(statement) else {
            continue;
        };
        if statement.allows(rule.name) {
            used.push(rule.name);
        } else {
            refuse(line, rule.name, rule.advice);
        }
    }
    for (line, name, reason) in statement.exceptions() {
        if reason.chars().count() < SHORTEST_REASON {
            refuse(
                line,
                "exception",
                "say why, behind a colon: `-- lint: allow RULE: reason`",
            );
        } else if name != indexes::RULE && !used.contains(&name) {
            refuse(line, "exception", "nothing here needs it; take it out");
        }
    }
}

impl Statement<'_> {
    /// Line, rule and reason of each exception in front of it.
    fn exceptions(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        self.comments.iter().filter_map(|(line, comment)| {
            let rest = comment.trim().strip_prefix(ALLOW)?;
            let (rule, reason) = rest.split_once(':').unwrap_or((rest, ""));
            Some((*line, rule.trim(), reason.trim()))
        })
    }

    fn allows(&self, rule: &str) -> bool {
        self.exceptions().any(|(_, name, _)| name == rule)
    }
}

#[cfg(test)]
mod tests;
