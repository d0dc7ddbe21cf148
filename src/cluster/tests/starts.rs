//! What a start makes of what it finds.

use std::fs;

use super::super::account::Account;
use super::super::binaries::Binaries;
use super::super::place::Place;
use super::super::search::Search;
use super::super::server::{Launch, PORT_TAKEN};
use super::*;

#[test]
fn rows_and_the_port_outlive_a_restart() {
    let folder = Folder::new();
    let spec = ClusterSpec {
        durability: Durability::Durable,
        ..folder.spec()
    };
    let cluster = Cluster::start(&spec, &|_| {}).unwrap();
    let port = cluster.port();
    query(&cluster, "CREATE TABLE t (n int); INSERT INTO t VALUES (7)");
    assert_eq!(query(&cluster, "SHOW fsync"), "on");
    cluster.stop().unwrap();
    assert!(!serving(&folder));

    let cluster = Cluster::start(&spec, &|_| {}).unwrap();
    assert_eq!(query(&cluster, "SELECT n FROM t"), "7");
    assert_eq!(cluster.port(), port);
    assert!(query(&cluster, "SHOW server_version").starts_with(cluster.version()));
}

#[test]
fn text_is_ordered_by_bytes_and_its_case_follows_unicode() {
    let folder = Folder::new();
    let cluster = folder.start();
    assert_eq!(query(&cluster, "SELECT 'a' < 'B'"), "f");
    assert_eq!(query(&cluster, "SELECT lower('ÄÖÜ')"), "äöü");
    query(&cluster, "CREATE EXTENSION pg_trgm");
    assert_eq!(query(&cluster, "SELECT similarity('Dübel', 'DÜBEL')"), "1");
    assert_eq!(query(&cluster, "SHOW fsync"), "off");
    assert_eq!(query(&cluster, "SHOW max_locks_per_transaction"), "256");
}

#[test]
fn a_half_made_cluster_is_made_anew() {
    let folder = Folder::new();
    let account = Account::choose().unwrap();
    let place = Place::settle(&folder.0, &account, &|_| {}).unwrap();
    let half = place.unfinished("by-an-earlier-process");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("PG_VERSION"), "15").unwrap();
    let cluster = folder.start();
    assert_eq!(query(&cluster, "SELECT 1"), "1");
    assert!(!half.exists());
}

#[test]
fn a_failed_start_tells_why_and_where_to_look() {
    let folder = Folder::new();
    folder.start().stop().unwrap();
    let machine = folder.place().pgdata().join("postgresql.conf");
    fs::write(machine, "no_such_setting = 1\n").unwrap();
    let error = Cluster::start(&folder.spec(), &|_| {}).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("no_such_setting"), "{text}");
    assert!(text.contains("server.log"), "{text}");
}

#[test]
fn data_of_another_version_are_not_touched() {
    let folder = Folder::new();
    folder.start().stop().unwrap();
    fs::write(folder.place().pgdata().join("PG_VERSION"), "9\n").unwrap();
    let text = Cluster::start(&folder.spec(), &|_| {})
        .unwrap_err()
        .to_string();
    assert!(text.contains("was made by PostgreSQL 9 but only"), "{text}");
}

#[test]
fn a_port_that_was_taken_in_between_is_told_as_such() {
    let folder = Folder::new();
    let cluster = folder.start();
    let other = Folder::new();
    other.start().stop().unwrap();
    let account = Account::choose().unwrap();
    let system = Search::System.folders();
    let launch = Launch {
        binaries: &Binaries::probe(system.first().unwrap(), &account).unwrap(),
        place: &other.place(),
        account: &account,
        durability: Durability::Disposable,
    };
    let error = launch.start_on(cluster.port()).unwrap_err().to_string();
    assert!(error.contains(PORT_TAKEN), "{error}");
    assert_ne!(other.start().port(), cluster.port());
}
