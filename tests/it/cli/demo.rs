//! `tubex demo`: dealers with a history.

use super::program::{Ended, Folder, database_flags};
use crate::support::{empty, own};

#[test]
fn dealers_have_a_history_that_adds_up() {
    let (folder, database) = (Folder::new(), own("cli_demo"));
    let mut command = folder.program(&[
        "demo",
        "--dealers",
        "2",
        "--months",
        "6",
        "--seed",
        "5",
        "--lines",
        "300",
    ]);
    command.args(database_flags(&database)).arg("--json");
    let told = Ended::of(command).json();
    let dealers = told["dealers"].as_array().unwrap();
    assert_eq!(dealers.len(), 2);
    for dealer in dealers {
        let lines = dealer["lines"].as_u64().unwrap();
        assert!((200..420).contains(&lines), "{dealer:#}");
        assert!(dealer["invoices"].as_u64().unwrap() > 5, "{dealer:#}");
        assert!(dealer["payments"].as_u64().unwrap() > 2, "{dealer:#}");
    }
    assert_ne!(dealers[0]["ownerEmail"], dealers[1]["ownerEmail"]);
    assert_ne!(dealers[0]["name"], dealers[1]["name"]);
}

#[test]
fn a_database_that_is_not_migrated_is_said_to_be_so() {
    let (folder, database) = (Folder::new(), empty("cli_demo_empty"));
    let mut command = folder.program(&["demo"]);
    command.args(database_flags(&database)).arg("--json");
    assert_eq!(
        Ended::of(command).reason(),
        "this database is not migrated: run `tubex migrate`"
    );
    let help = folder.run(&["demo", "--help"]).text();
    assert!(help.contains("tubex migrate"), "{help}");
}
