//! `tubex migrate` and `tubex tenant …` against databases of their own.

use serde_json::json;
use tubex::config::DatabaseSettings;

use super::program::{Ended, Folder, database_flags};
use crate::support::{empty, own, own_settings, owner_of};

fn run(folder: &Folder, database: &DatabaseSettings, args: &[&str]) -> Ended {
    let mut command = folder.program(args);
    command.args(database_flags(database)).arg("--json");
    Ended::of(command)
}

fn create(folder: &Folder, database: &DatabaseSettings, name: &str, email: &str) -> Ended {
    run(
        folder,
        database,
        &["tenant", "create", "--name", name, "--owner-email", email],
    )
}

#[test]
fn an_empty_database_is_migrated_once() {
    let (folder, database) = (Folder::new(), empty("cli_migrate"));
    let first = run(&folder, &database, &["migrate"]).json();
    assert_ne!(first["control"], json!([]));
    create(&folder, &database, "First", "first@test.example").json();
    let again = run(&folder, &database, &["migrate"]).json();
    for (key, value) in [
        ("control", json!([])),
        ("dealers", json!(1)),
        ("changed", json!(0)),
        ("failed", json!([])),
    ] {
        assert_eq!(again[key], value, "{again}");
    }
}

#[test]
fn a_database_without_tables_is_said_to_be_one() {
    let (folder, database) = (Folder::new(), empty("cli_list_unmigrated"));
    let reason = run(&folder, &database, &["tenant", "list"]).reason();
    assert!(reason.contains("run `tubex migrate`"), "{reason}");
}

#[test]
fn a_count_of_dealers_with_a_name_is_refused() {
    let (folder, database) = (Folder::new(), own("cli_tenant_count"));
    let mut args = vec!["tenant", "create", "--name", "Many", "--owner-email"];
    args.extend(["many@test.example", "--count", "3"]);
    let reason = run(&folder, &database, &args).reason();
    assert!(reason.contains("--synthetic"), "{reason}");
    let listed = run(&folder, &database, &["tenant", "list"]).json();
    assert_eq!(listed, json!({ "dealers": [] }));
}

#[test]
fn a_created_dealer_is_listed() {
    let (folder, database) = (Folder::new(), own("cli_tenant_create"));
    assert_eq!(
        run(&folder, &database, &["tenant", "list"]).json(),
        json!({ "dealers": [] })
    );
    let made = create(&folder, &database, "Stones & Sons", "Owner@Test.example").json();
    assert_eq!(made["owner"]["email"], "owner@test.example");
    // Made up, since none was given, and strong enough to be used.
    assert!(made["owner"]["password"].as_str().unwrap().len() >= 16);
    let listed = run(&folder, &database, &["tenant", "list"]).json();
    let dealer = &listed["dealers"][0];
    assert_eq!(dealer["id"], made["dealer"]["id"]);
    assert_eq!(dealer["name"], "Stones & Sons");
    assert_eq!(dealer["status"], "ACTIVE");
    // He who has a password keeps it.
    let second = create(&folder, &database, "Second", "owner@test.example").json();
    assert_eq!(second["owner"]["id"], made["owner"]["id"]);
    assert!(second["owner"]["password"].is_null());
}

#[test]
fn a_dealer_with_faults_is_refused_in_terms_of_flags() {
    let (folder, database) = (Folder::new(), own("cli_tenant_faults"));
    let wrong = [
        "tenant",
        "create",
        "--name",
        " ",
        "--owner-email",
        "nobody",
        "--currency",
        "dollars",
    ];
    let reason = run(&folder, &database, &wrong).reason();
    for flag in ["--name: ", "--owner-email: ", "--currency: "] {
        assert!(reason.contains(flag), "{reason}");
    }
    let short = folder.file("password", "short\n");
    let wrong = [
        "tenant",
        "create",
        "--name",
        "X",
        "--owner-email",
        "x@test.example",
    ];
    let wrong = [&wrong[..], &["--owner-password-file", &short]].concat();
    let reason = run(&folder, &database, &wrong).reason();
    assert!(reason.starts_with("--owner-password"), "{reason}");
    assert_eq!(
        run(&folder, &database, &["tenant", "list"]).json(),
        json!({ "dealers": [] })
    );
}

#[test]
fn synthetic_dealers_are_numbered_on() {
    let (folder, database) = (Folder::new(), own("cli_tenant_synthetic"));
    let make = |count: &str| {
        let create = ["tenant", "create", "--synthetic", "--count", count];
        run(&folder, &database, &create).json()
    };
    assert_eq!(make("3"), json!({ "made": 3, "first": 1 }));
    assert_eq!(make("1"), json!({ "made": 1, "first": 4 }));
    let listed = run(&folder, &database, &["tenant", "list"]).json();
    let dealers = listed["dealers"].as_array().unwrap();
    let mut names: Vec<_> = dealers
        .iter()
        .map(|dealer| dealer["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names[0], "Synthetic 00001");
    assert_eq!(names[3], "Synthetic 00004");
    assert!(dealers.iter().all(|dealer| dealer["status"] == "ACTIVE"));
}

#[tokio::test]
async fn a_dealer_cut_short_is_finished_by_a_sweep() {
    let database = own_settings("cli_tenant_sweep").await;
    let half_made = "INSERT INTO platform.dealers
            (id, name, schema_name, status, currency, timezone, created_at)
        VALUES (gen_random_uuid(), 'Half-made', 't_halfmade1', 'PROVISIONING', 'USD', 'UTC', now())";
    owner_of(&database)
        .await
        .execute(half_made, &[])
        .await
        .unwrap();
    tokio::task::spawn_blocking(move || {
        let folder = Folder::new();
        let sweep = || run(&folder, &database, &["tenant", "sweep"]).json();
        assert_eq!(
            sweep(),
            json!({ "finished": 1, "dropped": 0, "retired": [], "failed": [] })
        );
        assert_eq!(
            sweep(),
            json!({ "finished": 0, "dropped": 0, "retired": [], "failed": [] })
        );
        let listed = run(&folder, &database, &["tenant", "list"]).json();
        assert_eq!(listed["dealers"][0]["status"], "ACTIVE");
    })
    .await
    .unwrap();
}

#[test]
fn a_database_that_is_away_is_said_with_what_to_check() {
    let folder = Folder::new();
    let nowhere = |role| format!("postgres://{role}:hush-hush@127.0.0.1:1/none").into();
    let database = DatabaseSettings::local(nowhere("app"), nowhere("owner"));
    for args in [&["migrate"][..], &["tenant", "list"]] {
        let ended = run(&folder, &database, args);
        let reason = ended.reason();
        assert!(!reason.contains('\n'), "{reason}");
        assert!(!ended.text().contains("hush-hush"), "{}", ended.text());
    }
}
