//! `tubex tenant export`, `verify-export`, `import` and `clone`.

use serde_json::Value;
use tubex::config::DatabaseSettings;

use super::program::{Ended, Folder, database_flags};
use crate::support::own;

struct Shop {
    folder: Folder,
    database: DatabaseSettings,
    dealer: String,
}

impl Shop {
    fn new(database: &str) -> Self {
        let (folder, database) = (Folder::new(), own(database));
        let create = [
            "tenant",
            "create",
            "--name",
            "Stones & Sons",
            "--owner-email",
            "owner@test.example",
        ];
        let made = run(&folder, &database, &create).json();
        let dealer = made["dealer"]["id"].as_str().unwrap().to_owned();
        Self {
            folder,
            database,
            dealer,
        }
    }

    fn tenant(&self, args: &[&str]) -> Ended {
        run(&self.folder, &self.database, &[&["tenant"], args].concat())
    }

    /// What was done to a dealer, the latest first.
    fn noted(&self, dealer: &str) -> Vec<String> {
        let shown = self.tenant(&["show", dealer]).json();
        let actions = shown["actions"].as_array().unwrap().iter();
        let names = actions.map(|action| action["action"].as_str().unwrap().to_owned());
        names.collect()
    }

    fn export(&self, file: &str, more: &[&str]) -> Ended {
        let args = [&["export", &self.dealer, "--output", file], more].concat();
        self.tenant(&args)
    }

    fn verify(&self, args: &[&str]) -> Ended {
        let args = [&["tenant", "verify-export", "--json"], args].concat();
        self.folder.run(&args)
    }
}

fn run(folder: &Folder, database: &DatabaseSettings, args: &[&str]) -> Ended {
    let mut command = folder.program(args);
    command.args(database_flags(database)).arg("--json");
    Ended::of(command)
}

#[test]
fn a_dealer_goes_to_a_file_and_comes_back() {
    let shop = Shop::new("cli_transfer");
    let file = shop.folder.path("dealer.zip");
    let exported = shop.export(&file, &[]).json();
    let sha256 = exported["sha256"].as_str().unwrap();
    let verified = shop.verify(&[&file, "--sha256", sha256]).json();
    assert_eq!(verified["manifest"], exported["manifest"]);
    assert_eq!(verified["sha256"], exported["sha256"]);
    let units = exported["manifest"]["tables"].as_array().unwrap().iter();
    let units: Vec<&Value> = units.filter(|table| table["name"] == "units").collect();
    assert_eq!(units[0]["rows"], 27);

    let twin = ["import", &file, "--as-new", "--name", "Twin"];
    let made = shop.tenant(&twin).json();
    assert_eq!(made["dealer"]["name"], "Twin");
    assert_eq!(made["owner"], Value::Null);
    assert_ne!(made["dealer"]["id"], shop.dealer);
    let owned = [
        "import",
        &file,
        "--as-new",
        "--owner-email",
        "new@test.example",
    ];
    let made = shop.tenant(&owned).json();
    assert_eq!(made["dealer"]["name"], "Stones & Sons");
    assert!(made["owner"]["password"].as_str().unwrap().len() >= 16);
    let cloned = [
        "clone",
        "Twin",
        "--name",
        "Clone",
        "--owner-email",
        "owner@test.example",
    ];
    let made = shop.tenant(&cloned).json();
    assert_eq!(made["owner"]["password"], Value::Null);
    let listed = shop.tenant(&["list"]).json();
    assert_eq!(listed["dealers"].as_array().unwrap().len(), 4);
    assert_eq!(shop.noted(&shop.dealer), ["EXPORT"]);
    assert_eq!(shop.noted("Twin"), ["CLONE", "IMPORT"]);
    assert_eq!(shop.noted("Clone"), ["CLONE"]);
}

#[test]
fn a_restore_wants_a_suspended_dealer_and_keeps_what_was() {
    let shop = Shop::new("cli_transfer_into");
    let file = shop.folder.path("dealer.zip");
    shop.export(&file, &[]).json();
    let into = ["import", &file, "--into", &shop.dealer];
    let reason = shop.tenant(&into).reason();
    assert!(reason.contains("suspend him first"), "{reason}");
    let database = shop.database.clone();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async move {
        let suspend = "UPDATE platform.dealers SET status = 'SUSPENDED'";
        let owner = crate::support::owner_of(&database).await;
        owner.batch_execute(suspend).await.unwrap();
    });
    let before = shop.tenant(&["list"]).json();
    let restored = shop.tenant(&into).json();
    let after = shop.tenant(&["list"]).json();
    assert_eq!(
        restored["replaced"]["schema"],
        before["dealers"][0]["schema"]
    );
    assert_eq!(restored["dealer"]["schema"], after["dealers"][0]["schema"]);
    assert_eq!(after["dealers"][0]["status"], "SUSPENDED");
    assert_eq!(
        shop.tenant(&["sweep"]).json()["retired"],
        serde_json::json!([])
    );
}

#[test]
fn an_export_is_noted_with_its_reason_before_its_first_row() {
    let shop = Shop::new("cli_transfer_noted");
    let file = shop.folder.path("dealer.zip");
    // A schema that can not be read whole: the export ends after it has begun.
    let database = shop.database.clone();
    let spoil = async move {
        let owner = crate::support::owner_of(&database).await;
        let schema = "SELECT schema_name FROM platform.dealers";
        let schema: String = owner.query_one(schema, &[]).await.unwrap().get(0);
        let spoil = format!("CREATE TABLE {schema}.unknown ()");
        owner.batch_execute(&spoil).await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(spoil);
    let reason = shop.export(&file, &["--reason", "case 9"]).reason();
    assert!(reason.contains("unknown"), "{reason}");
    let shown = shop.tenant(&["show", &shop.dealer]).json();
    assert_eq!(shown["actions"][0]["action"], "EXPORT");
    assert_eq!(shown["actions"][0]["reason"], "case 9");
}

#[test]
fn what_has_no_end_is_not_read_as_a_file() {
    let ended = Folder::new().run(&["tenant", "verify-export", "/dev/zero", "--json"]);
    let reason = ended.reason();
    assert!(reason.contains("not a file"), "{reason}");
}

#[test]
fn a_file_is_never_written_over_by_chance() {
    let shop = Shop::new("cli_transfer_files");
    let file = shop.folder.file("dealer.zip", "something dear");
    let reason = shop.export(&file, &[]).reason();
    assert!(reason.contains("--force"), "{reason}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "something dear");
    let partial = shop.folder.file("other.zip.partial", "left behind");
    let other = shop.folder.path("other.zip");
    let reason = shop.export(&other, &[]).reason();
    assert!(reason.contains("cut short"), "{reason}");
    assert_eq!(std::fs::read_to_string(&partial).unwrap(), "left behind");
    for file in [&file, &other] {
        shop.export(file, &["--force"]).json();
        shop.verify(&[file]).json();
    }
    assert!(!std::path::Path::new(&partial).exists());
    // A dealer who is not there leaves no file.
    let nobody = tubex::kernel::ids::DealerId::generate().to_string();
    let none = shop.folder.path("none.zip");
    let reason = shop
        .tenant(&["export", &nobody, "--output", &none])
        .reason();
    assert!(reason.contains("no dealer"), "{reason}");
    assert!(!std::path::Path::new(&format!("{none}.partial")).exists());
    assert!(!std::path::Path::new(&none).exists());
}

#[test]
fn a_damaged_file_is_refused_with_its_reason() {
    let shop = Shop::new("cli_transfer_damaged");
    let file = shop.folder.path("dealer.zip");
    shop.export(&file, &[]).json();
    let reason = shop.verify(&[&file, "--sha256", "00"]).reason();
    assert!(reason.contains("--sha256"), "{reason}");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 64] {
        *byte ^= 1;
    }
    std::fs::write(&file, bytes).unwrap();
    assert!(!shop.verify(&[&file]).reason().is_empty());
    let import = ["import", &file, "--as-new"];
    assert!(!shop.tenant(&import).reason().is_empty());
    let listed = shop.tenant(&["list"]).json();
    assert_eq!(listed["dealers"].as_array().unwrap().len(), 1);
}

#[test]
fn an_archive_goes_to_standard_output() {
    let shop = Shop::new("cli_transfer_stdout");
    let mut command = shop
        .folder
        .program(&["tenant", "export", &shop.dealer, "--output", "-"]);
    command.args(database_flags(&shop.database));
    let output = command.output().unwrap();
    assert!(output.status.success());
    let file = shop.folder.path("piped.zip");
    std::fs::write(&file, output.stdout).unwrap();
    let verified = shop.verify(&[&file]).json();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains(verified["sha256"].as_str().unwrap()),
        "{told}"
    );
}
