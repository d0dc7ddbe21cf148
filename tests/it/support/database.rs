//! One PostgreSQL cluster per run, with databases that tests share.
//!
//! Tests are kept apart as dealers are: each makes dealers of its own.

use std::path::Path;
use std::sync::OnceLock;

use diesel::connection::SimpleConnection;
use secrecy::{ExposeSecret, SecretString};
use tubex::app::Core;
use tubex::cluster::{self, Cluster, ClusterSpec, Durability};
use tubex::config::DatabaseSettings;
use tubex::db::connect::Connector;
use tubex::db::owner::{OwnerConn, ensure_database};
use tubex::kernel::clock::Clock;
use tubex::tenancy::doors::close_doors;
use tubex::tenancy::migrate::{MigrateError, migrate_control};
use tubex::tenancy::roles::prepare_request_role;

use super::lent::{self, drop_after_test};

const PREFIX: &str = "it-";
const TEMPLATE: &str = "tubex_template";
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

/// The database that this test shares with some others, with its control plane migrated.
/// To be asked by the test itself, not by tasks and threads it starts.
pub async fn request_settings() -> DatabaseSettings {
    let lent = lent::shared();
    blocking(move || lent.settings()).await
}

/// A database of a test's own, with nothing in it.
pub async fn empty_settings(name: &'static str) -> DatabaseSettings {
    drop_after_test(name);
    blocking(move || empty(name)).await
}

/// As [`empty_settings`], for threads that may block.
pub fn empty(name: &str) -> DatabaseSettings {
    drop_after_test(name);
    // Makes the request role, which all databases share.
    template();
    create_on(cluster(), name)
}

/// A database of a test's own, with its control plane migrated.
pub async fn own_settings(name: &str) -> DatabaseSettings {
    drop_after_test(name);
    let name = name.to_owned();
    blocking(move || own(&name)).await
}

/// As [`own_settings`], for threads that may block.
pub fn own(name: &str) -> DatabaseSettings {
    drop_after_test(name);
    copy_template(name);
    named(name)
}

/// As [`own`], on a cluster of the test's own.
pub fn own_on(cluster: &Cluster, name: &str) -> DatabaseSettings {
    let settings = create_on(cluster, name);
    prepare(&settings);
    settings
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// What [`copy_template`] copies: migrated, and without dealers.
fn template() {
    static READY: OnceLock<()> = OnceLock::new();
    READY.get_or_init(|| prepare(&create_on(cluster(), TEMPLATE)));
}

/// Makes a database with a migrated control plane.
pub(super) fn copy_template(name: &str) {
    template();
    as_superuser(&format!("CREATE DATABASE \"{name}\" TEMPLATE {TEMPLATE}")).unwrap();
    // Privileges on the database itself are not copied.
    as_owner(&named(name), |conn| close_doors(conn, REQUEST_ROLE));
}

/// Runs a statement on the cluster.
pub(super) fn as_superuser(statement: &str) -> Result<(), Box<dyn std::error::Error>> {
    let connector = Connector::new(None, 1)?;
    let url = cluster().url("postgres");
    let mut conn = connector.connect_blocking(url.expose_secret(), "SELECT 1")?;
    Ok(conn.batch_execute(statement)?)
}

fn create_on(cluster: &Cluster, name: &str) -> DatabaseSettings {
    let connector = Connector::new(None, 1).unwrap();
    ensure_database(&connector, &cluster.url("postgres"), name).unwrap();
    named_on(cluster, name)
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
    settings.database_threads = Some(1);
    settings
}

fn prepare(settings: &DatabaseSettings) {
    as_owner(settings, |conn| {
        prepare_request_role(conn, REQUEST_ROLE, Some(&request_password()))?;
        close_doors(conn, REQUEST_ROLE)?;
        migrate_control(conn)
    });
}

fn as_owner<T>(
    settings: &DatabaseSettings,
    work: impl FnOnce(&mut OwnerConn) -> Result<T, MigrateError>,
) {
    let core = Core::new(settings, 1, Clock::system()).unwrap();
    core.owner.run_blocking(work).unwrap();
}
