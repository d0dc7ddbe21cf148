//! Many dealers, and runs over them.

use std::path::Path;
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::{Value, json};
use tubex::app::Core;
use tubex::cluster::{Cluster, ClusterSpec, Durability};
use tubex::config::DatabaseSettings;
use tubex::db::connect::Connector;
use tubex::db::owner::ensure_database;
use tubex::kernel::clock::Clock;
use tubex::tenancy::migrate::{
    MigrateError, MigrationSet, Options, Report, Runner, Survey, migrate_control, survey,
};
use tubex::tenancy::provision::NewDealer;
use tubex::tenancy::roles::prepare_request_role;

const DATABASE: &str = "tubex";
const REQUEST_ROLE: &str = "tubex_app";
const PASSWORD: &str = "of-the-bench";

/// A cluster as `tubex dev` has it, which stays for the next run.
pub fn cluster(data: &Path) -> (Cluster, DatabaseSettings) {
    std::fs::create_dir_all(data).unwrap();
    let spec = ClusterSpec {
        data: data.to_owned(),
        tools: data.join("tools"),
        bin_dir: std::env::var_os("TUBEX_POSTGRES_BIN").map(Into::into),
        durability: Durability::Durable,
        may_install: true,
    };
    let cluster = Cluster::start(&spec, &|text| eprintln!("{text}")).unwrap();
    let connector = Connector::new(None, 1).unwrap();
    ensure_database(&connector, &cluster.url("postgres"), DATABASE).unwrap();
    let request = cluster.url_as(REQUEST_ROLE, &PASSWORD.into(), DATABASE);
    let settings = DatabaseSettings::local(request, cluster.url(DATABASE));
    (cluster, settings)
}

pub struct Fleet(Core);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Fleet {
    /// The control plane.
    pub fn core(&self) -> &Core {
        &self.0
    }

    /// The dealers of a database, whose control plane is made if it is missing.
    pub fn of(settings: &DatabaseSettings) -> Self {
        let core = Core::new(settings, 1, Clock::system()).unwrap();
        let password = PASSWORD.into();
        core.owner
            .run_blocking(|conn| {
                prepare_request_role(conn, REQUEST_ROLE, Some(&password))?;
                migrate_control(conn)
            })
            .unwrap();
        Self(core)
    }

    /// Makes dealers until there are `count`.
    pub fn fill(&self, count: usize) -> Value {
        let present = self.survey(MigrationSet::tenant().unwrap()).total();
        let missing = count.saturating_sub(present);
        let started = Instant::now();
        std::thread::scope(|scope| {
            for worker in 0..2 {
                scope.spawn(move || self.make((present..count).skip(worker).step_by(2)));
            }
        });
        let ms = started.elapsed().as_secs_f64() * 1000.0;
        let made = f64::from(u32::try_from(missing.max(1)).unwrap());
        json!({ "made": missing, "seconds": ms / 1000.0, "ms_per_dealer": ms / made })
    }

    fn make(&self, numbers: impl Iterator<Item = usize>) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for number in numbers {
            let new = NewDealer {
                name: format!("Synthetic {number:05}"),
                currency: "USD".to_owned(),
                timezone: "UTC".to_owned(),
            };
            runtime.block_on(self.0.provisioner.open(&new)).unwrap();
            if number.is_multiple_of(500) {
                eprintln!("{number} dealers");
            }
        }
    }

    pub fn migrate(&self, set: &MigrationSet, options: &Options) -> Report {
        self.runner(options, |runner| runner.migrate(set))
    }

    /// Takes the last migration back from all dealers that have it.
    pub fn take_back(&self, set: &MigrationSet) {
        let survey = self.survey(set);
        let report = if survey.behind.is_empty() {
            self.runner(&Options::default(), |runner| runner.revert(set))
        } else {
            self.migrate(set, &Options::default());
            return self.take_back(set);
        };
        assert!(report.failed.is_empty(), "{report:?}");
    }

    pub fn survey(&self, set: &MigrationSet) -> Survey {
        self.0
            .owner
            .run_blocking(|conn| survey(conn, set, &[]))
            .unwrap()
    }

    /// How many tables of this name there are.
    pub fn made(&self, table: &str) -> usize {
        let count = self.0.owner.run_blocking(|conn| {
            let query = "SELECT count(*) FROM pg_class WHERE relname = $1 AND relkind = 'r'";
            let query = diesel::sql_query(query).bind::<Text, _>(table);
            Ok::<Count, MigrateError>(query.get_result(conn)?)
        });
        usize::try_from(count.unwrap().count).unwrap()
    }

    fn runner(
        &self,
        options: &Options,
        work: impl FnOnce(&Runner<'_>) -> Result<Report, MigrateError>,
    ) -> Report {
        let runner = Runner {
            owner: &self.0.owner,
            clock: &self.0.clock,
            options,
            seen: &|_event| {},
        };
        work(&runner).unwrap()
    }
}
