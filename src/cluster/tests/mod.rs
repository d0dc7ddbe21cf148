//! Clusters that really run. Run them as root and as somebody else: much of
//! the module is about the difference.

mod life;
mod sources;
mod starts;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use uuid::Uuid;

use super::place::Place;
use super::*;

/// A data folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("tubex-cluster-test-{}", Uuid::now_v7().simple());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        let folder = Self(path.canonicalize().unwrap());
        folder.set_mode(0o755);
        folder
    }

    fn set_mode(&self, mode: u32) {
        fs::set_permissions(&self.0, PermissionsExt::from_mode(mode)).unwrap();
    }

    /// Its parent and its name.
    fn parts(&self) -> (&Path, &str) {
        let name = self.0.file_name().unwrap().to_str().unwrap();
        (self.0.parent().unwrap(), name)
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
        // A second panic would hide the first.
        let _ = remove(&self.0);
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
