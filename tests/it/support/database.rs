//! One PostgreSQL cluster per run, with one database that all tests share.
//!
//! Tests are kept apart as dealers are: each makes dealers of its own.

use std::path::Path;
use std::sync::OnceLock;

use secrecy::SecretString;
use tubex::app::Core;
use tubex::cluster::{self, Cluster, ClusterSpec, Durability};
use tubex::config::DatabaseSettings;
use tubex::db::connect::Connector;
use tubex::db::owner::ensure_database;
use tubex::kernel::clock::Clock;
use tubex::tenancy::doors::close_doors;
use tubex::tenancy::migrate::migrate_control;
use tubex::tenancy::roles::prepare_request_role;

const PREFIX: &str = "it-";
const DATABASE: &str = "tubex_test";
const REQUEST_ROLE: &str = "tubex_app";

/// The cluster of this run. It ends with the process; its files are swept by
/// the next run.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        cluster::sweep(parent, PREFIX, &|text| eprintln!("{text}"));
        let spec = ClusterSpec {
            data: parent.join(format!("{PREFIX}{}", std::process::id())),
            tools: parent.join("tools"),
            bin_dir: std::env::var_os("TUBEX_POSTGRES_BIN").map(Into::into),
            durability: Durability::Disposable,
            may_install: true,
        };
        Cluster::start(&spec, &|text| eprintln!("{text}")).unwrap()
    })
}

fn request_password() -> SecretString {
    "of-the-tests".into()
}

/// The shared database, with its control plane migrated.
pub fn settings() -> DatabaseSettings {
    static READY: OnceLock<()> = OnceLock::new();
    READY.get_or_init(|| prepare(&create(DATABASE)));
    named(DATABASE)
}

/// As [`settings`], from async code.
pub async fn request_settings() -> DatabaseSettings {
    tokio::task::spawn_blocking(settings).await.unwrap()
}

/// A database of a test's own, with nothing in it.
pub async fn empty_settings(name: &'static str) -> DatabaseSettings {
    tokio::task::spawn_blocking(|| empty(name)).await.unwrap()
}

/// As [`empty_settings`], for threads that may block.
pub fn empty(name: &str) -> DatabaseSettings {
    // Makes the request role, which all databases share.
    settings();
    create(name)
}

fn create(name: &str) -> DatabaseSettings {
    create_on(cluster(), name)
}

fn create_on(cluster: &Cluster, name: &str) -> DatabaseSettings {
    let connector = Connector::new(None, 1).unwrap();
    ensure_database(&connector, &cluster.url("postgres"), name).unwrap();
    named_on(cluster, name)
}

/// As [`own`], on a cluster of the test's own.
pub fn own_on(cluster: &Cluster, name: &str) -> DatabaseSettings {
    let settings = create_on(cluster, name);
    prepare(&settings);
    settings
}

/// A database of a test's own, with its control plane migrated.
pub fn own(name: &str) -> DatabaseSettings {
    let settings = empty(name);
    prepare(&settings);
    settings
}

/// How to reach a database of that name.
pub fn named(database: &str) -> DatabaseSettings {
    named_on(cluster(), database)
}

fn named_on(cluster: &Cluster, database: &str) -> DatabaseSettings {
    let request = cluster.url_as(REQUEST_ROLE, &request_password(), database);
    let mut settings = DatabaseSettings::local(request, cluster.url(database));
    settings.request_pool_size = 4;
    settings.control_pool_size = 2;
    settings.owner_pool_size = 1;
    settings.database_threads = 1;
    settings
}

fn prepare(settings: &DatabaseSettings) {
    let core = Core::new(settings, 1, Clock::system()).unwrap();
    core.owner
        .run_blocking(|conn| {
            prepare_request_role(conn, REQUEST_ROLE, Some(&request_password()))?;
            close_doors(conn, REQUEST_ROLE)?;
            migrate_control(conn)
        })
        .unwrap();
}
