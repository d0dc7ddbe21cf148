//! `tubex tenant show`, `suspend`, `resume`, `archive`, `drop`, `rename`, `set-plan`.

use std::process::Stdio;

use serde_json::{Value, json};
use tubex::config::DatabaseSettings;

use super::program::{Ended, Folder, database_flags};
use crate::support::{own, owner_of, until};

struct Desk {
    folder: Folder,
    database: DatabaseSettings,
}

impl Desk {
    fn new(database: &str) -> Self {
        Self {
            folder: Folder::new(),
            database: own(database),
        }
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = self.folder.program(&[&["tenant"], args].concat());
        command.args(database_flags(&self.database)).arg("--json");
        command
    }

    fn run(&self, args: &[&str]) -> Ended {
        Ended::of(self.command(args))
    }

    fn create(&self, name: &str) -> String {
        let email = format!("{}@test.example", uuid::Uuid::new_v4().simple());
        let made = self.run(&["create", "--name", name, "--owner-email", &email]);
        made.json()["dealer"]["id"].as_str().unwrap().to_owned()
    }

    fn status(&self, args: &[&str]) -> Value {
        self.run(args).json()["dealer"]["status"].clone()
    }
}

#[test]
fn a_dealer_goes_through_his_life_by_commands() {
    let desk = Desk::new("cli_life");
    let id = desk.create("Acme");
    desk.create("Other");
    let suspended = desk.run(&["suspend", "Acme", "--reason", "unpaid"]).json();
    let dealer = &suspended["dealer"];
    assert_eq!(
        (&dealer["id"], &dealer["status"]),
        (&json!(id), &json!("SUSPENDED"))
    );
    assert_eq!(dealer["reason"], "unpaid");
    let listed = desk.run(&["list", "--status", "suspended"]).json();
    assert_eq!(listed["dealers"].as_array().unwrap().len(), 1);
    assert_eq!(listed["dealers"][0]["name"], "Acme");
    assert_eq!(desk.status(&["resume", &id]), "ACTIVE");
    assert_eq!(
        desk.run(&["rename", "Acme", "--name", "Acme & Sons"])
            .json()["dealer"]["name"],
        "Acme & Sons"
    );
    let reason = desk
        .run(&["drop", &id, "--confirm", "Acme & Sons"])
        .reason();
    assert!(
        reason.contains("ACTIVE") && reason.contains("ARCHIVE"),
        "{reason}"
    );
    assert_eq!(desk.status(&["archive", &id]), "ARCHIVED");
    let reason = desk.run(&["drop", &id, "--confirm", "Acme"]).reason();
    assert!(reason.starts_with("--confirm: "), "{reason}");
    assert_eq!(
        desk.status(&["drop", &id, "--confirm", "Acme & Sons"]),
        "DELETING"
    );
    assert_eq!(desk.status(&["resume", &id]), "ARCHIVED");
    let now = ["drop", &id, "--confirm", "Acme & Sons", "--grace-days", "0"];
    assert_eq!(desk.status(&now), "DROPPED");
    let shown = desk.run(&["show", &id]).json();
    assert_eq!(shown["dealer"]["possible"], json!([]));
    let actions: Vec<_> = shown["actions"].as_array().unwrap().iter().collect();
    let names: Vec<_> = actions
        .iter()
        .map(|action| action["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "DROPPED", "DROP", "RESUME", "DROP", "ARCHIVE", "RENAME", "RESUME", "SUSPEND"
        ]
    );
    assert_eq!(actions[5]["detail"], "Acme → Acme & Sons");
    assert!(actions[7]["actor"].as_str().unwrap().starts_with("cli:"));
}

#[test]
fn a_dealer_is_given_a_plan_that_the_settings_name() {
    let desk = Desk::new("cli_life_plans");
    let id = desk.create("Acme");
    assert_eq!(
        desk.run(&["show", &id]).json()["dealer"]["plan"],
        "standard"
    );
    let pro = ["set-plan", "Acme", "--plan", "pro"];
    let reason = desk.run(&pro).reason();
    assert!(reason.starts_with("--plan: "), "{reason}");
    let known = ["--rates-by-plan", "free=60000,pro=9000000"];
    let set = desk.run(&[&pro[..], &known[..]].concat()).json();
    assert_eq!(set["dealer"]["plan"], "pro");
    // As the settings of servers come.
    let mut command = desk.command(&["set-plan", &id, "--plan", "free"]);
    command.env("TUBEX_RATES_BY_PLAN", "free=60000,pro=9000000");
    assert_eq!(Ended::of(command).json()["dealer"]["plan"], "free");
    let shown = desk.run(&["show", &id]).json();
    assert_eq!(shown["actions"][0]["action"], "SET_PLAN");
    assert_eq!(shown["actions"][0]["detail"], "pro → free");
    let listed = desk.run(&["list"]).json();
    assert_eq!(listed["dealers"][0]["plan"], "free");
}

#[test]
fn whom_a_command_means_must_be_plain() {
    let desk = Desk::new("cli_life_names");
    desk.create("Twin");
    let id = desk.create("Twin");
    let reason = desk.run(&["suspend", "Twin"]).reason();
    assert!(reason.contains("several"), "{reason}");
    let reason = desk.run(&["suspend", "twin"]).reason();
    assert!(reason.contains("no dealer"), "{reason}");
    let nobody = "dlr_00000000000070008000000000000000";
    let reason = desk.run(&["show", nobody]).reason();
    assert!(reason.contains(nobody), "{reason}");
    assert_eq!(desk.status(&["suspend", &id]), "SUSPENDED");
    assert_eq!(desk.run(&["list", "--status", "asleep"]).code, Some(2));
}

#[tokio::test]
async fn a_drop_that_is_killed_is_finished_by_a_sweep() {
    let desk = tokio::task::spawn_blocking(|| Desk::new("cli_life_killed"))
        .await
        .unwrap();
    let id = desk.create("Acme");
    desk.run(&["archive", &id]).json();
    let schema = desk.run(&["show", &id]).json()["dealer"]["schema"].clone();
    let table = format!("\"{}\".stock_levels", schema.as_str().unwrap());
    let (holder, watcher) = (
        owner_of(&desk.database).await,
        owner_of(&desk.database).await,
    );
    let lock = format!("BEGIN; LOCK TABLE {table} IN SHARE MODE");
    holder.batch_execute(&lock).await.unwrap();
    let mut command = desk.command(&["drop", &id, "--confirm", "Acme", "--grace-days", "0"]);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass";
    until("the drop waits for the table", async || {
        !watcher.query(waiting, &[&table]).await.unwrap().is_empty()
    })
    .await;
    // kill -9: nothing is tidied up.
    child.kill().unwrap();
    child.wait().unwrap();
    holder.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(desk.status(&["show", &id]), "DELETING");
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = $1";
    let left: i64 = watcher
        .query_one(tables, &[&schema.as_str()])
        .await
        .unwrap()
        .get(0);
    assert!(left > 0, "{left}");
    let swept = desk.run(&["sweep"]).json();
    let wanted = json!({ "finished": 0, "dropped": 1, "retired": [], "failed": [] });
    assert_eq!(swept, wanted);
    assert_eq!(desk.status(&["show", &id]), "DROPPED");
    let left: i64 = watcher
        .query_one(tables, &[&schema.as_str()])
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}
