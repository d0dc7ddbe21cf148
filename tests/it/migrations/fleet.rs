//! Some dealers in a database of their own, with nobody at work there.

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use tubex::app::Core;
use tubex::config::DatabaseSettings;
use tubex::db::owner::OwnerConn;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::migrate::{
    MigrateError, MigrationSet, Options, Report, Runner, Survey, survey,
};
use tubex::tenancy::provision::NewDealer;

use crate::support::own_settings;

pub struct Fleet {
    pub core: Core,
    pub settings: DatabaseSettings,
    /// In the order of their registration.
    pub dealers: Vec<(DealerId, String)>,
}

impl Fleet {
    /// `count` dealers with all migrations in the database `name`.
    pub async fn new(name: &'static str, count: usize) -> Self {
        let mut settings = own_settings(name).await;
        settings.owner_pool_size = 2;
        let core = Core::new(&settings, 1, Clock::system()).unwrap();
        let mut dealers = Vec::new();
        for number in 1..=count {
            let new = NewDealer {
                name: format!("Dealer {number}"),
                currency: "USD".to_owned(),
                timezone: "UTC".to_owned(),
            };
            let dealer = core.provisioner.open(&new).await.unwrap();
            dealers.push((dealer.id, dealer.schema.as_str().to_owned()));
        }
        Self {
            core,
            settings,
            dealers,
        }
    }

    /// Runs SQL as the owner.
    pub async fn sql(&self, sql: String) {
        let work = move |conn: &mut OwnerConn| {
            conn.batch_execute("SET tubex.actor = 'system:test'")?;
            conn.batch_execute(&sql)?;
            // Nobody else is to write in this name.
            Ok(conn.batch_execute("RESET tubex.actor")?)
        };
        self.as_owner(work).await;
    }

    pub async fn as_owner<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut OwnerConn) -> Result<T, MigrateError> + Send + 'static,
    ) -> T {
        self.core.owner.run(work).await.unwrap()
    }

    pub async fn survey(&self, set: &MigrationSet) -> Survey {
        let set = set.clone();
        self.as_owner(move |conn| survey(conn, &set, &[])).await
    }

    pub async fn migrate(&self, set: &MigrationSet, options: Options) -> Report {
        self.try_migrate(set, options).await.unwrap()
    }

    /// A run that may be broken off.
    pub async fn try_migrate(
        &self,
        set: &MigrationSet,
        options: Options,
    ) -> Result<Report, MigrateError> {
        let set = set.clone();
        self.run(options, move |runner| runner.migrate(&set)).await
    }

    pub async fn revert(&self, set: &MigrationSet, options: Options) -> Report {
        let set = set.clone();
        let run = self.run(options, move |runner| runner.revert(&set));
        run.await.unwrap()
    }

    async fn run(
        &self,
        options: Options,
        work: impl FnOnce(&Runner<'_>) -> Result<Report, MigrateError> + Send + 'static,
    ) -> Result<Report, MigrateError> {
        let owner = self.core.owner.clone();
        let clock = Clock::fixed(DateTime::<Utc>::UNIX_EPOCH);
        let run = move || {
            work(&Runner {
                owner: &owner,
                clock: &clock,
                options: &options,
                seen: &|_event| {},
            })
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    }
}
