//! `tubex tenant fill`, and the filler of a server.

use nix::sys::signal::Signal;
use serde_json::json;

use super::program::{Ended, Folder, Running, database_flags};
use super::serve::serve;
use crate::support::{empty_settings, own, own_settings, owner_of, until};

#[test]
fn the_stock_is_filled_to_the_number_asked_for() {
    let (folder, database) = (Folder::new(), own("cli_tenant_fill"));
    let run = |args: &[&str]| {
        let mut command = folder.program(args);
        command.args(database_flags(&database)).arg("--json");
        Ended::of(command)
    };
    let fill = |count: &str| run(&["tenant", "fill", "--count", count]).json();
    assert_eq!(fill("2"), json!({ "made": 2, "spares": 2, "failed": [] }));
    assert_eq!(fill("3"), json!({ "made": 1, "spares": 3, "failed": [] }));
    // They are stock, not dealers.
    assert_eq!(run(&["tenant", "list"]).json(), json!({ "dealers": [] }));
    let create = [
        "tenant",
        "create",
        "--name",
        "New",
        "--owner-email",
        "new@test.example",
    ];
    run(&create).json();
    assert_eq!(fill("1"), json!({ "made": 0, "spares": 2, "failed": [] }));
    let migrated = run(&["migrate"]).json();
    assert_eq!(migrated["changed"], 0);
}

#[tokio::test]
async fn a_server_fills_the_stock_and_stops_when_told_to() {
    let database = empty_settings("cli_serve_spares").await;
    let folder = Folder::new();
    let flags = [
        "--migrate",
        "--spare-dealers",
        "3",
        "--spare-fill-interval-ms",
        "10",
    ];
    let (server, _report) = Running::start(serve(&folder, &database, &flags));
    let owner = owner_of(&database).await;
    let whole = "SELECT count(*) FROM platform.dealers
        WHERE status = 'SPARE' AND schema_version IS NOT NULL";
    until("there are three spares", async || {
        let row = owner.query_one(whole, &[]).await.unwrap();
        row.get::<_, i64>(0) == 3
    })
    .await;
    assert_eq!(server.end_by(Signal::SIGTERM).code(), Some(0));
}

/// In the middle of a long pause, too.
#[tokio::test]
async fn a_server_that_waits_to_make_the_next_spare_stops_at_once() {
    let database = own_settings("cli_serve_pause").await;
    let folder = Folder::new();
    let flags = [
        "--spare-dealers",
        "3",
        "--spare-fill-interval-ms",
        "86400000",
    ];
    let (server, _report) = Running::start(serve(&folder, &database, &flags));
    let owner = owner_of(&database).await;
    let whole = "SELECT 1 FROM platform.dealers
        WHERE status = 'SPARE' AND schema_version IS NOT NULL";
    until("there is a spare", async || {
        !owner.query(whole, &[]).await.unwrap().is_empty()
    })
    .await;
    assert_eq!(server.end_by(Signal::SIGTERM).code(), Some(0));
}
