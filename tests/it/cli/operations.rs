//! `tubex operations`: what a server takes that takes no others.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::program::{Ended, Folder, database_flags};
use crate::support::own;

fn hash(text: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    tubex::kernel::hex::encode(&hash)
}

/// Runs one of the commands on a database.
struct Commands {
    folder: Folder,
    flags: [String; 4],
}

impl Commands {
    fn run(&self, args: &[&str]) -> Ended {
        let mut command = self.folder.program(&["operations"]);
        command.args(args).arg("--json").args(&self.flags);
        Ended::of(command)
    }
}

#[test]
fn manifests_are_imported_listed_and_taken_back() {
    let commands = Commands {
        folder: Folder::new(),
        flags: database_flags(&own("cli_operations")),
    };
    let page = "query Page($first: Int!) { products(first: $first) { nodes { id } } }";
    let viewer = "query Viewer { viewer { user { id } } }";
    let apollo = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        { "id": hash(page), "name": "Page", "type": "query", "body": page },
    ] });
    let folder = &commands.folder;
    let apollo = folder.file("apollo.json", &apollo.to_string());
    let codegen = folder.file(
        "codegen.json",
        &json!({ (hash(viewer)): viewer }).to_string(),
    );
    let imported = commands.run(&["import", &apollo, &codegen]);
    assert_eq!(imported.json()["imported"], 2, "{}", imported.out);
    // A second time nothing is there twice.
    commands.run(&["import", &apollo]);
    let listed = commands.run(&["list"]).json();
    let all = listed["operations"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    assert!(
        all.iter()
            .any(|one| one["name"] == "Page" && one["sha256"] == hash(page).as_str())
    );
    assert_eq!(
        commands.run(&["remove", &hash(page).to_uppercase()]).json()["removed"],
        1
    );
    assert_eq!(commands.run(&["remove", &hash(page)]).json()["removed"], 0);
}

#[test]
fn what_does_not_fit_is_refused_with_the_name_of_the_file() {
    let commands = Commands {
        folder: Folder::new(),
        flags: database_flags(&own("cli_operations_refused")),
    };
    let other = json!({ (hash("{ other }")): "{ __typename }" }).to_string();
    for (text, reason) in [
        ("query { nothing }", "nothing"),
        ("query {", "expected"),
        ("[]", "manifest"),
        (other.as_str(), "SHA-256"),
    ] {
        let file = commands.folder.file("wrong.graphql", text);
        let refused = commands.run(&["import", &file]).reason();
        assert!(
            refused.contains(&file) && refused.contains(reason),
            "{refused}"
        );
    }
    assert_eq!(commands.run(&["list"]).json()["operations"], json!([]));
}
