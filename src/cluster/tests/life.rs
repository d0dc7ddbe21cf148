//! Who may use a folder, and what becomes of a server without its owner.

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::super::account::Account;
use super::super::binaries::Binaries;
use super::super::search::Search;
use super::super::signal::wait_until;
use super::*;

/// Names the folder in the process that is to be killed.
const VICTIM: &str = "TUBEX_TEST_CLUSTER_OF_VICTIM";

#[test]
fn a_folder_in_use_is_left_alone() {
    let folder = Folder::new();
    let cluster = folder.start();
    let second = Cluster::start(&folder.spec(), &|_| {});
    assert!(matches!(second, Err(ClusterError::InUse { .. })));
    assert!(matches!(remove(&folder.0), Err(ClusterError::InUse { .. })));
    let (parent, name) = folder.parts();
    sweep(parent, name, &|line| panic!("{line}"));
    assert_eq!(query(&cluster, "SELECT 1"), "1");
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
    #[expect(
        clippy::disallowed_methods,
        reason = "the way to tell a child what to do"
    )]
    let named = std::env::var_os(VICTIM);
    let Some(data) = named else {
        return;
    };
    let folder = std::mem::ManuallyDrop::new(Folder(PathBuf::from(data)));
    let _cluster = folder.start();
    println!("serving");
    std::thread::sleep(Duration::from_mins(1));
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
    let (parent, name) = folder.parts();
    sweep(parent, name, &|_| {});
    assert!(!folder.0.exists());
    assert!(!postmaster::serves(pid, &pgdata));
}

/// Has a session of the server reckon for some seconds, in which it looks after nothing else.
fn keep_busy(cluster: &Cluster) -> std::thread::JoinHandle<()> {
    let url = cluster.url("postgres");
    let busy = "DO $$ DECLARE done timestamptz := clock_timestamp() + interval '3 seconds';
        BEGIN WHILE clock_timestamp() < done LOOP NULL; END LOOP; END $$";
    let session = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let connect = tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls);
            let (client, connection) = connect.await.unwrap();
            tokio::spawn(connection);
            let _ended = client.simple_query(busy).await;
        });
    });
    let active = "SELECT count(*) FROM pg_stat_activity
        WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE 'DO %'";
    assert!(wait_until(Duration::from_secs(20), || query(
        cluster, active
    ) == "1"));
    session
}

#[test]
fn sessions_of_a_killed_server_are_waited_for() {
    let folder = Folder::new();
    let cluster = folder.start();
    let session = keep_busy(&cluster);
    let pid = postmaster::read(&folder.place().pgdata()).unwrap().pid;
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    drop(cluster);
    assert_eq!(query(&folder.start(), "SELECT 1"), "1");
    session.join().unwrap();
}

#[test]
fn a_server_that_is_killed_is_started_again_where_it_was() {
    let folder = Folder::new();
    let cluster = folder.start();
    let (port, pgdata) = (cluster.port(), folder.place().pgdata());
    let kept = KeptCluster::new(cluster);
    for _ in 0..2 {
        let pid = postmaster::read(&pgdata).unwrap().pid;
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        assert!(wait_until(Duration::from_secs(40), || {
            postmaster::read(&pgdata).is_some_and(|found| found.ready && found.pid != pid)
        }));
    }
    kept.stop().unwrap();
    assert!(!serving(&folder));
    assert_eq!(folder.start().port(), port);
}
