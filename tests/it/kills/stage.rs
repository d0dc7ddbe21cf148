//! The processes: two servers and a worker on a PostgreSQL of their own.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;
use tubex::cluster::{Cluster, ClusterSpec, Durability};
use tubex::config::DatabaseSettings;

use crate::cli::program::{Folder, Running, database_flags};
use crate::support::{database_on, owner_of};

const PATIENCE: Duration = Duration::from_mins(1);

/// Who is killed.
#[derive(Clone, Copy, Debug)]
pub enum Victim {
    First,
    Second,
    Worker,
    Postgres,
}

impl Victim {
    pub const ALL: [Self; 4] = [Self::First, Self::Postgres, Self::Worker, Self::Second];
}

/// All that runs.
pub struct Stage {
    servers: [Option<Running>; 2],
    worker: Option<Running>,
    cluster: Option<Cluster>,
    spec: ClusterSpec,
    pgdata: String,
    ports: [u16; 2],
    pub database: DatabaseSettings,
    // Dropped last: the others have their files in it.
    folder: Folder,
}

impl Stage {
    pub async fn open() -> Self {
        let mut stage = tokio::task::spawn_blocking(Self::build).await.unwrap();
        let owner = owner_of(&stage.database).await;
        let row = owner.query_one("SHOW data_directory", &[]).await.unwrap();
        stage.pgdata = row.get(0);
        stage
    }

    fn build() -> Self {
        let folder = Folder::new();
        let spec = ClusterSpec {
            data: folder.path("postgres").into(),
            tools: Path::new(env!("CARGO_TARGET_TMPDIR")).join("tools"),
            bin_dir: std::env::var_os("TUBEX_POSTGRES_BIN").map(Into::into),
            durability: Durability::Durable,
            may_install: true,
        };
        let cluster = Cluster::start(&spec, &|_text| {}).unwrap();
        let database = database_on(&cluster, "kills");
        let key = folder.run(&["key", "generate", "--output", &folder.path("key.pem")]);
        assert_eq!(key.code, Some(0), "{}", key.err);
        let mut stage = Self {
            servers: [None, None],
            worker: None,
            cluster: Some(cluster),
            spec,
            pgdata: String::new(),
            ports: [free_port(), free_port()],
            database,
            folder,
        };
        stage.servers = [Some(stage.serve(0)), Some(stage.serve(1))];
        stage.worker = Some(stage.work());
        stage
    }

    /// Where the servers are.
    pub fn urls(&self) -> [String; 2] {
        self.ports.map(|port| format!("http://127.0.0.1:{port}"))
    }

    fn serve(&self, number: usize) -> Running {
        let listen = format!("127.0.0.1:{}", self.ports[number]);
        let key = self.folder.path("key.pem");
        let more = ["--listen", &listen, "--secret-key-file", &key];
        self.start("serve", &[&more[..], &["--registration", "open"]].concat())
    }

    fn work(&self) -> Running {
        self.start("worker", &["--job-lease-s", "2"])
    }

    fn start(&self, what: &str, more: &[&str]) -> Running {
        let mut command = self.folder.program(&[what, "--json"]);
        command
            .args(database_flags(&self.database))
            // What they have to say about a database that is gone is of no interest.
            .env("TUBEX_LOG", "off")
            .args(more);
        let (running, report) = Running::start(command);
        assert!(report["error"].is_null(), "{report}");
        running
    }

    /// Kills one of them, and starts it again.
    pub async fn strike(mut self, victim: Victim) -> Self {
        let struck = move || {
            match victim {
                Victim::First => self.strike_server(0),
                Victim::Second => self.strike_server(1),
                Victim::Worker => {
                    end(self.worker.take(), Signal::SIGKILL);
                    self.worker = Some(self.work());
                }
                Victim::Postgres => self.strike_postgres(),
            }
            self
        };
        tokio::task::spawn_blocking(struck).await.unwrap()
    }

    fn strike_server(&mut self, number: usize) {
        end(self.servers[number].take(), Signal::SIGKILL);
        self.servers[number] = Some(self.serve(number));
    }

    /// All its processes at once, as if the machine had lost its power.
    fn strike_postgres(&mut self) {
        let file = Path::new(&self.pgdata).join("postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap();
        let postmaster: i32 = text.lines().next().unwrap().trim().parse().unwrap();
        let postmaster = Pid::from_raw(postmaster);
        // Nobody can begin anew while it stands still.
        kill(postmaster, Signal::SIGSTOP).unwrap();
        for child in children(postmaster) {
            // One that has just ended by itself is no matter.
            let _gone = kill(child, Signal::SIGKILL);
        }
        kill(postmaster, Signal::SIGKILL).unwrap();
        drop(self.cluster.take());
        let deadline = Instant::now() + PATIENCE;
        while !children(postmaster).is_empty() {
            assert!(Instant::now() < deadline, "its processes stay");
            std::thread::sleep(Duration::from_millis(10));
        }
        let cluster = Cluster::start(&self.spec, &|_text| {}).unwrap();
        let url = self.database.database_owner_url.expose_secret();
        let port = format!(":{}/", cluster.port());
        assert!(url.contains(&port), "it has come back on another port");
        self.cluster = Some(cluster);
    }

    /// Asks all to stop, which they do.
    pub async fn close(mut self) {
        let ended = tokio::task::spawn_blocking(move || {
            let [first, second] = &mut self.servers;
            for running in [first.take(), second.take(), self.worker.take()] {
                assert_eq!(end(running, Signal::SIGTERM), Some(0));
            }
        });
        ended.await.unwrap();
    }
}

fn end(running: Option<Running>, signal: Signal) -> Option<i32> {
    running.unwrap().end_by(signal).code()
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

fn children(of: Pid) -> Vec<Pid> {
    let found = Command::new("pgrep").args(["-P", &of.to_string()]).output();
    let text = String::from_utf8(found.unwrap().stdout).unwrap();
    let pids = text.lines().map(|line| line.trim().parse().unwrap());
    pids.map(Pid::from_raw).collect()
}
