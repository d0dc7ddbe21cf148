//! A cluster that runs for as long as its value lives.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::Report;
use super::account::Account;
use super::binaries::Binaries;
use super::choose::Choice;
use super::error::ClusterError;
use super::initdb::{self, SUPERUSER};
use super::lock::DataLock;
use super::place::Place;
use super::search::Search;
use super::server::{Launch, Server};
use super::spec::{ClusterSpec, Durability};
use super::url::url;
use super::{password, postmaster};

/// A running cluster. Dropping it stops the server, best effort.
#[derive(Debug)]
pub struct Cluster {
    // Dropped in this order: the lock must outlast the server.
    server: Server,
    binaries: Binaries,
    place: Place,
    account: Account,
    durability: Durability,
    password: SecretString,
    _lock: DataLock,
}

impl Cluster {
    /// Starts the cluster of `spec.data`, making it first if there is none, and
    /// returns when it accepts connections. A server that a killed process left
    /// there is stopped; a live process that holds the folder is an error.
    pub fn start(spec: &ClusterSpec, report: Report<'_>) -> Result<Self, ClusterError> {
        Self::start_with(spec, Search::System, report)
    }

    /// As [`Cluster::start`], with PostgreSQL searched for in `search`.
    pub(super) fn start_with(
        spec: &ClusterSpec,
        search: Search,
        report: Report<'_>,
    ) -> Result<Self, ClusterError> {
        let data = make_data(&spec.data)?;
        let lock = DataLock::take(&data)?;
        let (place, account) = settle(&data, report)?;
        postmaster::stop_left_behind(&place.pgdata(), report)?;

        let made = initdb::made_by(&place.pgdata())?;
        let binaries = Choice {
            spec,
            search,
            account: &account,
            made,
        }
        .choose(report)?;
        if made.is_none() {
            report("Creating a PostgreSQL cluster");
            initdb::create(&place, &binaries, &account, spec.durability)?;
        }
        let password = password::read(&place)?;
        report(&format!("Starting PostgreSQL {}", binaries.version()));
        let server = Launch {
            binaries: &binaries,
            place: &place,
            account: &account,
            durability: spec.durability,
        }
        .start()?;
        Ok(Self {
            server,
            password,
            binaries,
            place,
            account,
            durability: spec.durability,
            _lock: lock,
        })
    }

    /// How the superuser `tubex` reaches `database`:
    /// `postgres://tubex:<password>@127.0.0.1:<port>/<database>`.
    pub fn url(&self, database: &str) -> SecretString {
        self.url_as(SUPERUSER, &self.password, database)
    }

    /// How another role reaches `database`.
    pub fn url_as(&self, role: &str, password: &SecretString, database: &str) -> SecretString {
        url(role, password, self.port(), database)
    }

    /// The port on 127.0.0.1; that of the last start if it was free.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The server's version, such as "17.2".
    pub fn version(&self) -> &str {
        self.binaries.version()
    }

    /// Starts the server again if it has ended by itself, where it was; whether it had.
    pub(super) fn revive(&mut self) -> Result<bool, ClusterError> {
        if !self.server.has_ended() {
            return Ok(false);
        }
        // Sends its watchdog away.
        self.server.stop()?;
        let launch = Launch {
            binaries: &self.binaries,
            place: &self.place,
            account: &self.account,
            durability: self.durability,
        };
        self.server = launch.start_again(self.server.port())?;
        Ok(true)
    }

    /// Ends all sessions and shuts the server down, then lets go of the data.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.server.stop()
    }
}

/// Makes the data folder; its canonical path.
fn make_data(data: &Path) -> Result<PathBuf, ClusterError> {
    fs::create_dir_all(data)
        .and_then(|()| data.canonicalize())
        .map_err(ClusterError::at(data))
}

/// Where the cluster is and as whom it runs, each as far as possible as before.
fn settle(data: &Path, report: Report<'_>) -> Result<(Place, Account), ClusterError> {
    let account = Account::choose()?;
    let place = Place::settle(data, &account, report)?;
    let account = account.or_owner_of(&place.pgdata());
    check_owner(&place.pgdata(), &account)?;
    Ok((place, account))
}

/// The server refuses data that are not its account's own.
fn check_owner(pgdata: &Path, account: &Account) -> Result<(), ClusterError> {
    match fs::metadata(pgdata) {
        Ok(found) if found.uid() != account.uid() => Err(ClusterError::Owner {
            path: pgdata.to_owned(),
            owner: found.uid(),
        }),
        _ => Ok(()),
    }
}
