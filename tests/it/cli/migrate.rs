//! `tubex migrate` and the words behind it, against databases of their own.

use serde_json::{Value, json};
use tubex::config::DatabaseSettings;

use super::program::{Ended, Folder, database_flags};
use crate::support::{empty, own, own_settings, owner_of, until};

fn run(folder: &Folder, database: &DatabaseSettings, args: &[&str]) -> Ended {
    let mut command = folder.program(args);
    command.args(database_flags(database)).arg("--json");
    Ended::of(command)
}

/// The id of a new dealer.
fn dealer(folder: &Folder, database: &DatabaseSettings, name: &str) -> String {
    let email = format!("{name}@test.example");
    let create = ["tenant", "create", "--name", name, "--owner-email", &email];
    let made = run(folder, database, &create).json();
    made["dealer"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_changes_nothing() {
    let (folder, database) = (Folder::new(), empty("cli_migrate_plan"));
    let plan = || run(&folder, &database, &["migrate", "--plan"]).json();
    let first = plan();
    assert_ne!(first["control"], json!([]));
    assert_eq!(first, plan());
    let status = run(&folder, &database, &["migrate", "status"]).json();
    assert_eq!(status["control_pending"], first["control"]);
}

#[test]
fn the_last_migration_of_a_dealer_is_taken_back_and_made_again() {
    let (folder, database) = (Folder::new(), own("cli_migrate_revert"));
    let (one, _other) = (
        dealer(&folder, &database, "one"),
        dealer(&folder, &database, "other"),
    );
    let tell = |args: &[&str]| -> Value { run(&folder, &database, args).json() };
    let reverted = tell(&["migrate", "revert", "--lose-rows", "--only", &one]);
    assert_eq!(
        reverted,
        json!({ "dealers": 1, "changed": 1, "failed": [] })
    );
    let status = tell(&["migrate", "status"]);
    assert_eq!(
        (&status["dealers"], &status["behind"]),
        (&json!(2), &json!(1))
    );
    let plan = tell(&["migrate", "--plan"]);
    assert_eq!(plan["behind"][0]["dealer"], json!(one));
    assert_eq!(plan["migrations"], 1);
    let made = tell(&["migrate", "--only", &one]);
    assert_eq!((&made["dealers"], &made["changed"]), (&json!(1), &json!(1)));
    assert_eq!(tell(&["migrate", "status"])["behind"], 0);
}

#[test]
fn a_dealer_nobody_knows_is_refused() {
    let (folder, database) = (Folder::new(), own("cli_migrate_unknown"));
    let nobody = "dlr_00000000000000000000000000000000";
    for args in [
        &["migrate", "--only", nobody][..],
        &["migrate", "revert", "--only", nobody],
    ] {
        let reason = run(&folder, &database, args).reason();
        assert!(reason.contains(nobody), "{reason}");
    }
}

#[test]
fn to_take_back_it_must_be_said_from_whom() {
    let (folder, database) = (Folder::new(), own("cli_migrate_revert_all"));
    let ended = run(&folder, &database, &["migrate", "revert"]);
    assert_eq!(ended.code, Some(2), "{}", ended.text());
    assert!(ended.text().contains("--only"), "{}", ended.text());
}

#[test]
fn migrations_that_will_not_do_are_refused_by_file_and_line() {
    let folder = Folder::new();
    assert_eq!(
        folder.run(&["migrate", "lint", "--json"]).json(),
        json!({ "refusals": [] })
    );
    let dir = folder.path("tenant");
    let migration = folder.path("tenant/2999-01-01-000001_probe");
    std::fs::create_dir_all(&migration).unwrap();
    let up = "-- Faster.\nALTER TABLE units ADD COLUMN probe text DEFAULT 'x';\n";
    std::fs::write(format!("{migration}/up.sql"), up).unwrap();
    std::fs::write(
        format!("{migration}/down.sql"),
        "ALTER TABLE units DROP COLUMN probe;",
    )
    .unwrap();
    let ended = folder.run(&["migrate", "lint", "--dir", &dir]);
    assert_eq!(ended.code, Some(1), "{}", ended.text());
    let place = format!("{migration}/up.sql:2: add-column-default: ");
    assert!(ended.out.starts_with(&place), "{}", ended.out);
    assert!(ended.out.contains("SET DEFAULT"), "{}", ended.out);
}

#[tokio::test]
async fn a_run_that_is_killed_is_taken_up_by_the_next() {
    let database = own_settings("cli_migrate_killed").await;
    let folder = Folder::new();
    let tell = |args: &[&str]| run(&folder, &database, args).json();
    tell(&["tenant", "create", "--synthetic", "--count", "5"]);
    let listed = tell(&["tenant", "list"]);
    let dealers = listed["dealers"].as_array().unwrap();
    let mut revert = vec!["migrate", "revert", "--lose-rows"];
    for dealer in dealers {
        revert.extend(["--only", dealer["id"].as_str().unwrap()]);
    }
    assert_eq!(tell(&revert)["changed"], 5);
    // Somebody is at work on one of them, so that the run can not end.
    let owner = owner_of(&database).await;
    let key = format!(
        "tubex migrates \"{}\"",
        dealers[2]["schema"].as_str().unwrap()
    );
    let lock = "SELECT pg_advisory_lock(hashtextextended($1, 0))";
    owner.query(lock, &[&key]).await.unwrap();
    let mut command = folder.program(&["migrate"]);
    let mut child = command.args(database_flags(&database)).spawn().unwrap();
    let behind = "SELECT count(DISTINCT schema_version) FROM platform.dealers
        WHERE schema_version = (SELECT max(schema_version) FROM platform.dealers)
        HAVING count(*) = 4";
    until("all but one are migrated", async || {
        !owner.query(behind, &[]).await.unwrap().is_empty()
    })
    .await;
    assert!(child.try_wait().unwrap().is_none(), "it ended too soon");
    child.kill().unwrap();
    child.wait().unwrap();
    let unlock = "SELECT pg_advisory_unlock(hashtextextended($1, 0))";
    owner.query(unlock, &[&key]).await.unwrap();
    // None twice: a table that is there can not be made.
    let report = tell(&["migrate"]);
    assert_eq!(
        (&report["changed"], &report["failed"]),
        (&json!(1), &json!([]))
    );
    assert_eq!(tell(&["migrate", "status"])["behind"], 0);
}
