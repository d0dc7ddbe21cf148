//! The operator's guide, word by word: roles, rights, migrating, backing up.

use std::path::Path;
use std::process::Command;

use secrecy::ExposeSecret;
use serde_json::json;
use tubex::config::DatabaseSettings;

use super::program::{Ended, Folder, database_flags};
use crate::support::{cluster, named, owner_of};

const DATABASE: &str = "guide_first_start";
const PASSWORD: &str = "of-the-guide";

/// What a superuser has to run before and after he connects to the new database,
/// with other names than the guide's: roles belong to the whole cluster.
fn first_start() -> (Vec<String>, String) {
    let guide = include_str!("../../../docs/guides/operator.md");
    let from = guide.find("CREATE ROLE tubex_owner").unwrap();
    let sql = &guide[from..];
    let sql = sql[..sql.find("```").unwrap()]
        .replace("tubex_", "guide_")
        .replace("DATABASE tubex", &format!("DATABASE {DATABASE}"))
        .replace('…', PASSWORD);
    let (before, after) = sql.split_once("\\connect tubex").unwrap();
    let before = before.split(';').map(|text| text.trim().to_owned());
    let before = before.filter(|text| !text.is_empty());
    (before.collect(), after.to_owned())
}

/// The database of the guide, with its owner, who is no superuser.
async fn set_up() -> DatabaseSettings {
    let settings = tokio::task::spawn_blocking(|| named(DATABASE));
    let mut settings = settings.await.unwrap();
    let (before, after) = first_start();
    let superuser = owner_of(&named("postgres")).await;
    for statement in before {
        // One at a time: a database is not made in a transaction.
        superuser.batch_execute(&statement).await.unwrap();
    }
    let superuser = owner_of(&settings).await;
    superuser.batch_execute(&after).await.unwrap();
    let url = |role| cluster().url_as(role, &PASSWORD.into(), DATABASE);
    settings.database_owner_url = url("guide_owner");
    settings.database_url = url("guide_app");
    settings
}

/// `name` beside the server's own programs, if it is there.
async fn beside_the_server(name: &str) -> Option<String> {
    let folder = "SELECT setting FROM pg_config WHERE name = 'BINDIR'";
    let superuser = owner_of(&named("postgres")).await;
    let folder: String = superuser.query_one(folder, &[]).await.unwrap().get(0);
    let path = Path::new(&folder).join(name);
    path.exists().then(|| path.to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guides_first_start_leaves_nothing_open_and_its_backup_works() {
    let (folder, settings) = (Folder::new(), set_up().await);
    let run = |args: &[&str]| {
        let mut command = folder.program(args);
        command.args(database_flags(&settings)).arg("--json");
        Ended::of(command)
    };
    let migrated = run(&["migrate"]);
    assert!(!migrated.err.contains("superuser"), "{}", migrated.err);
    migrated.json();
    run(&["tenant", "create", "--synthetic"]).json();
    let key = folder.path("secret.key");
    folder.run(&["key", "generate", "--output", &key]);
    let checked = run(&["config", "check", "--secret-key-file", &key]).json();
    assert_eq!(
        checked,
        json!({ "ok": true, "migrations_current": true, "lacking": [] })
    );
    for (program, args) in [
        ("pg_dump", &["--format=custom"][..]),
        ("pg_dumpall", &["--roles-only", "--no-role-passwords"][..]),
    ] {
        let Some(path) = beside_the_server(program).await else {
            eprintln!("no {program} beside the server: not tried");
            continue;
        };
        let mut dump = Command::new(path);
        let url = settings.database_owner_url.expose_secret();
        dump.args(args).args(["--file", &folder.path(program)]);
        dump.args(["--dbname", url]);
        let dumped = Ended::of(dump);
        assert_eq!(dumped.code, Some(0), "{program}: {}", dumped.text());
        assert!(std::fs::metadata(folder.path(program)).unwrap().len() > 1000);
    }
    // Without a right that it needs, the check says so, and how to mend it.
    let superuser = owner_of(&named(DATABASE)).await;
    let open = "GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO PUBLIC;
        GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC;
        REVOKE EXECUTE ON FUNCTION pg_catalog.pg_get_backend_memory_contexts() FROM guide_app";
    superuser.batch_execute(open).await.unwrap();
    let checked = run(&["config", "check", "--secret-key-file", &key]).json();
    let lacking = checked["lacking"].as_array().unwrap();
    assert_eq!(lacking.len(), 3, "{lacking:?}");
    for statement in lacking {
        let statement = statement.as_str().unwrap();
        superuser.batch_execute(statement).await.unwrap();
    }
    let checked = run(&["config", "check", "--secret-key-file", &key]).json();
    assert_eq!(checked["lacking"], json!([]));
}
