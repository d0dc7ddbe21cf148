//! A private PostgreSQL cluster, for development and for tests.
//!
//! [`Cluster::start`] finds PostgreSQL on the machine, or fetches it, makes a
//! cluster in the caller's data folder when there is none, and runs it on
//! 127.0.0.1 for as long as the process lives. Everything here blocks; async
//! callers wrap it in `spawn_blocking`.
//!
//! The way of a start, file by file:
//!
//! 1. `lock`: one process at a time uses a data folder;
//! 2. `account`: as whom the server runs, since PostgreSQL refuses root;
//! 3. `place`: where its files go;
//! 4. `choose`, `search`, `binaries`, `install`: which PostgreSQL;
//! 5. `initdb`, `password`: a cluster, made whole or not at all;
//! 6. `settings`, `port`, `server`: a running server;
//! 7. `watchdog`: it ends with us, even if we are killed; and if that failed
//!    as well, `postmaster` finds what was left behind at the next start;
//! 8. `keep`: where somebody wants it, it is started again if it ends by itself.
//!
//! Inside the data folder: `lock`; `postgres/` with `data/`, `password`,
//! `port`, `server.conf` and `server.log`; or, where the server's account may
//! not enter, `postgres.location` with the folder that is used instead.

mod account;
mod binaries;
mod choose;
mod command;
mod error;
mod initdb;
mod install;
mod keep;
mod lock;
mod own;
mod password;
mod place;
mod port;
mod postmaster;
mod remove;
mod search;
mod server;
mod server_log;
mod settings;
mod signal;
mod spec;
mod start;
#[cfg(test)]
mod tests;
mod url;
mod watchdog;

pub use error::ClusterError;
pub use keep::KeptCluster;
pub use remove::{remove, sweep};
pub use spec::{ClusterSpec, Durability};
pub use start::Cluster;

/// Gets short lines on what is being done, such as "Creating a PostgreSQL cluster".
type Report<'a> = &'a dyn Fn(&str);
