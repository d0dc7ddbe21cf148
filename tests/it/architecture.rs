//! Who may use whom, read from the `use crate::…` lines.

use std::path::{Path, PathBuf};

/// From the inside out; a module may use itself and those on its line.
const MAY_USE: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("error", &["db", "kernel"]),
    ("db", &["error", "kernel"]),
    ("outbound", &[]),
    ("auth", &["error", "kernel"]),
    ("events", &["db", "kernel"]),
    ("tenancy", &["auth", "db", "error", "events", "kernel"]),
    ("jobs", &["db", "error", "kernel", "tenancy"]),
    (
        "files",
        &["auth", "config", "db", "error", "jobs", "kernel", "tenancy"],
    ),
    (
        "graphql",
        &["auth", "db", "error", "events", "kernel", "tenancy"],
    ),
    (
        "dealer",
        &[
            "db", "error", "events", "files", "graphql", "jobs", "kernel", "tenancy",
        ],
    ),
    (
        "platform",
        &[
            "auth", "db", "error", "events", "files", "graphql", "jobs", "kernel", "outbound",
            "tenancy",
        ],
    ),
    (
        "roots",
        &["dealer", "error", "events", "graphql", "kernel", "platform"],
    ),
    ("cluster", &[]),
    ("config", &[]),
    ("telemetry", &["config", "error", "kernel"]),
    (
        "app",
        &[
            "auth",
            "config",
            "db",
            "dealer",
            "error",
            "events",
            "files",
            "graphql",
            "jobs",
            "kernel",
            "outbound",
            "platform",
            "roots",
            "telemetry",
            "tenancy",
        ],
    ),
    (
        "demo",
        &[
            "app", "db", "dealer", "error", "graphql", "kernel", "platform", "tenancy",
        ],
    ),
    (
        "http",
        &[
            "app",
            "auth",
            "config",
            "error",
            "files",
            "graphql",
            "jobs",
            "kernel",
            "platform",
            "telemetry",
            "tenancy",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "auth",
            "cluster",
            "config",
            "db",
            "demo",
            "error",
            "http",
            "jobs",
            "kernel",
            "platform",
            "roots",
            "telemetry",
            "tenancy",
        ],
    ),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file below `dir`, as a path relative to `src` and its text.
fn files(dir: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(source())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// The module a file belongs to: `http/mod.rs` to `http`, `app.rs` to `app`.
fn module(file: &str) -> &str {
    let first = file.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Paths behind `crate::`, wherever they stand, comments aside.
fn crate_paths(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

fn allowed(from: &str) -> Option<&'static [&'static str]> {
    MAY_USE
        .iter()
        .find(|(name, _)| *name == from)
        .map(|(_, uses)| *uses)
}

#[test]
fn no_module_reaches_outwards() {
    let mut faults = Vec::new();
    for (file, text) in files(&source()) {
        let from = module(&file);
        if matches!(from, "lib" | "main") {
            continue;
        }
        let allowed = allowed(from).unwrap_or_else(|| panic!("{from} is not in the table"));
        for path in crate_paths(&text) {
            let to = path.split("::").next().unwrap();
            if to != from && !allowed.contains(&to) {
                faults.push(format!("{file} uses {to}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn features_use_the_sql_of_others_never() {
    let mut faults = Vec::new();
    for (file, text) in files(&source().join("dealer")) {
        let own = file.rsplit_once('/').unwrap().0.replace('/', "::");
        for path in crate_paths(&text) {
            let Some((feature, _)) = path.split_once("::query") else {
                continue;
            };
            // What is part of a feature may use the feature's.
            let is_own = own == feature || own.starts_with(&format!("{feature}::"));
            if feature.starts_with("dealer") && !is_own {
                faults.push(format!("{file} uses {path}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Whoever could name these could reach rows without saying whose.
#[test]
fn raw_connections_stay_where_they_are_made() {
    let guarded = [
        ("AsyncPgConnection", &["db/"][..]),
        (
            "db::backend",
            &["db/", "tenancy/tx.rs", "tenancy/statements.rs"],
        ),
        ("RawPool", &["db/"]),
        ("CopyConn", &["db/", "tenancy/transfer/"]),
        ("tokio_postgres::Client", &["db/"]),
        ("db::homes", &["db/", "tenancy/tx.rs", "app/pools.rs"]),
        ("OwnerConn", &["db/", "tenancy/"]),
        // What lies where changes by movements and reservations.
        ("insert_into(stock_", &["dealer/stock/"]),
        ("stock_levels::on_hand.eq", &["dealer/stock/ledger/"]),
        // What is refused is told to the audit log where it becomes a payload.
        (
            "Refusal::User",
            &[
                "cli/",
                "dealer/",
                "demo/",
                "error/",
                "graphql/refused.rs",
                "platform/dealers/graphql.rs",
                "platform/oauth/",
            ],
        ),
        (
            "tenant_tables",
            &[
                "db/",
                "dealer/",
                // Writes rows of many documents at once, through the dealer's own transaction.
                "demo/history/",
                "files/",
                "tenancy/audit/",
                "tenancy/kept_answers.rs",
                "tenancy/outbox/",
            ],
        ),
        ("control_tables", &["db/", "jobs/", "platform/", "tenancy/"]),
        // Taking and settling jobs: lanes, arrays and the database's clock.
        (
            "sql_query",
            &[
                "db/",
                "tenancy/",
                "jobs/take.rs",
                "jobs/settle.rs",
                // Sums over a dealer's books, through his own transaction.
                "dealer/stock/reconcile/query.rs",
                "dealer/stock/valuation/query.rs",
                // The same for reports: sums with FILTER over ranges, which diesel can not page.
                "dealer/reports/",
                // Histories of the demo: days of a zone, and proofs over all the books.
                "demo/history/",
            ],
        ),
        ("dsl::sql", &["db/", "tenancy/"]),
        ("Utc::now", &["kernel/clock.rs"]),
    ];
    let mut faults = Vec::new();
    for (file, text) in files(&source()) {
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        for (word, places) in guarded {
            if code.contains(word) && !places.iter().any(|place| file.starts_with(place)) {
                faults.push(format!("{file} names {word}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn files_stay_small_and_say_what_they_are() {
    for (file, text) in files(&source()) {
        let generated = text.starts_with("// @generated");
        assert!(
            generated || text.starts_with("//!"),
            "{file} does not open with //!"
        );
        assert!(
            generated || text.lines().count() <= 400,
            "{file} has more than 400 lines"
        );
    }
}
