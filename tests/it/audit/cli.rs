//! `tubex audit verify`, on a database of its own.

use serde_json::{Value, json};
use tubex::app::Core;
use tubex::kernel::clock::Clock;

use crate::cli::program::{Ended, Folder, database_flags};
use crate::support::{own_settings, owner_of};

#[tokio::test]
async fn a_row_that_was_changed_is_told_and_ends_with_1() {
    let database = own_settings("cli_audit").await;
    let folder = Folder::new();
    let run = |args: &[&str]| {
        let mut command = folder.program(args);
        command.args(database_flags(&database));
        Ended::of(command)
    };
    run(&["tenant", "create", "--synthetic", "--count", "2"]);
    let listed = run(&["tenant", "list", "--json"]).json();
    let schema = listed["dealers"][0]["schema"].as_str().unwrap();
    let id = listed["dealers"][0]["id"].as_str().unwrap();
    let (core, name) = (
        Core::new(&database, 1, Clock::system()).unwrap(),
        schema.parse().unwrap(),
    );
    let sealer = core.audit_sealer(15);
    let done = core.owner.run(move |conn| sealer.dealer(conn, &name)).await;
    assert!(done.unwrap().0 > 0);
    let whole = run(&["audit", "verify", "--all", "--json"]);
    assert_eq!(whole.code, Some(0), "{}", whole.text());
    let kept = folder.file("earlier.json", &whole.out);
    let whole = whole.json();
    assert_eq!(
        (&whole["dealers"], &whole["faults"]),
        (&json!(2), &json!(0))
    );
    let owner = owner_of(&database).await;
    let slot = format!("SELECT slot FROM {schema}.audit_log WHERE id = 3");
    let slot: i16 = owner.query_one(&slot, &[]).await.unwrap().get(0);
    let change = format!("UPDATE {schema}.audit_log_{slot} SET actor = 'nobody' WHERE id = 3");
    owner.batch_execute(&change).await.unwrap();
    let told = run(&["audit", "verify", "--dealer", id, "--json"]);
    assert_eq!(told.code, Some(1), "{}", told.text());
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(
        told["logs"][0]["fault"],
        "row 3 was changed after it was sealed"
    );
    assert_eq!(told["logs"][0]["dealer"], json!(id));
    let text = run(&["audit", "verify", "--all"]);
    assert!(text.out.contains("row 3 was changed"), "{}", text.text());

    // Whoever takes the whole log away, and what the program knows of it, is told by what
    // was kept elsewhere.
    let gone = format!(
        "DELETE FROM {schema}.audit_log_{slot}; DELETE FROM {schema}.audit_seals;
         DELETE FROM platform.audit_heads WHERE schema_name = '{schema}'"
    );
    owner.batch_execute(&gone).await.unwrap();
    assert_eq!(run(&["audit", "verify", "--dealer", id]).code, Some(0));
    let told = run(&["audit", "verify", "--dealer", id, "--since", &kept]);
    assert_eq!(told.code, Some(1));
    assert!(told.out.contains("seal 1 was removed"), "{}", told.text());
}
