//! `tubex tenant verify` and `tubex tenant move`, on a database of their own.

use serde_json::{Value, json};
use tubex::config::DatabaseSettings;

use super::program::{Ended, Folder, database_flags};
use crate::support::{own, own_settings, owner_of};

fn run(folder: &Folder, database: &DatabaseSettings, args: &[&str]) -> Ended {
    let mut command = folder.program(args);
    command.args(database_flags(database));
    Ended::of(command)
}

#[tokio::test]
async fn drift_is_told_and_ends_with_1() {
    let database = own_settings("cli_verify").await;
    let folder = Folder::new();
    run(
        &folder,
        &database,
        &["tenant", "create", "--synthetic", "--count", "2"],
    );
    let verify = ["tenant", "verify", "--all", "--json"];
    let clean = run(&folder, &database, &verify).json();
    assert_eq!(
        (&clean["dealers"], &clean["findings"]),
        (&json!(2), &json!([]))
    );
    let listed = run(&folder, &database, &["tenant", "list", "--json"]).json();
    let [one, other] = [&listed["dealers"][0], &listed["dealers"][1]];
    let schema = one["schema"].as_str().unwrap();
    let narrow = format!("ALTER TABLE {schema}.products ALTER list_price TYPE numeric(12, 2)");
    owner_of(&database)
        .await
        .batch_execute(&narrow)
        .await
        .unwrap();
    let line = "products.list_price: numeric(12,2), should be numeric(18,4)";
    let told = run(&folder, &database, &verify);
    assert_eq!(told.code, Some(1), "{}", told.text());
    // One line for programs, and the verdict beside it.
    assert!(told.err.contains("as their migrations make them"));
    let told: Value = serde_json::from_str(&told.out).unwrap();
    let found = &told["findings"][0];
    assert_eq!(
        (&found["dealer"], &found["state"]),
        (&one["id"], &json!("drifted"))
    );
    assert_eq!(found["differences"][0]["text"], json!(line));
    assert_eq!(
        found["differences"][0]["detail"]["wanted"],
        json!("numeric(18,4)")
    );
    let named = |id: &Value| {
        run(
            &folder,
            &database,
            &["tenant", "verify", id.as_str().unwrap()],
        )
    };
    assert!(named(&one["id"]).out.contains(line));
    assert_eq!(named(&other["id"]).code, Some(0));
}

#[test]
fn it_must_be_said_whose_schema_to_verify() {
    let (folder, database) = (Folder::new(), own("cli_verify_whom"));
    let ended = run(&folder, &database, &["tenant", "verify"]);
    assert_eq!(ended.code, Some(2), "{}", ended.text());
    assert!(ended.text().contains("<DEALER|--all>"), "{}", ended.text());
}

#[test]
fn one_postgresql_has_nowhere_to_move_to() {
    let (folder, database) = (Folder::new(), own("cli_move"));
    run(&folder, &database, &["tenant", "create", "--synthetic"]);
    let listed = run(&folder, &database, &["tenant", "list", "--json"]).json();
    let dealer = listed["dealers"][0]["id"].as_str().unwrap();
    let to = |to: &str| {
        run(
            &folder,
            &database,
            &["tenant", "move", dealer, "--to", to, "--json"],
        )
    };
    let reason = to("db2:5432").reason();
    assert!(reason.contains("only Citus"), "{reason}");
    assert_eq!(to("db2").code, Some(2));
    let wanted = ["migrate", "--engine", "citus", "--json"];
    let reason = run(&folder, &database, &wanted).reason();
    assert!(reason.contains("CREATE EXTENSION citus"), "{reason}");
}
