//! Spare schemas: filled in the background, taken over by one statement.

mod claim;
mod parallel;
mod refill;

use std::collections::BTreeSet;

use tokio_postgres::Client;
use tubex::app::Core;
use tubex::config::DatabaseSettings;
use tubex::kernel::clock::Clock;
use tubex::platform::dealers::service::{Registered, Registration, Word};
use tubex::tenancy::migrate::MigrateError;
use tubex::tenancy::provision::NewDealer;
use tubex::tenancy::spares::{Refill, Spares, Stock, Turn};

use crate::support::{PASSWORD, own_settings, owner_of, peer};

/// A database of a test's own, with its stock.
struct Depot {
    settings: DatabaseSettings,
    core: Core,
    spares: Spares,
    owner: Client,
}

impl Depot {
    async fn new(name: &'static str) -> Self {
        let settings = own_settings(name).await;
        Self::of(settings).await
    }

    async fn of(settings: DatabaseSettings) -> Self {
        let core = Core::new(&settings, 4, Clock::system()).unwrap();
        Self {
            spares: core.spares(),
            owner: owner_of(&settings).await,
            core,
            settings,
        }
    }

    /// Fills the stock without a pause.
    async fn fill(&self, target: usize) -> Refill {
        self.try_fill(target, || true).await.unwrap()
    }

    async fn try_fill(
        &self,
        target: usize,
        pace: impl Fn() -> bool + Send + 'static,
    ) -> Result<Refill, MigrateError> {
        let spares = self.spares.clone();
        let fill = move || spares.refill(target, Turn::Try, &pace);
        tokio::task::spawn_blocking(fill).await.unwrap()
    }

    async fn stock(&self) -> Stock {
        let spares = self.spares.clone();
        let stock = tokio::task::spawn_blocking(move || spares.stock());
        stock.await.unwrap().unwrap()
    }

    async fn register(&self, number: usize) -> Registered {
        let registration = Registration {
            dealer: NewDealer {
                name: format!("Dealer {number}"),
                currency: "USD".to_owned(),
                timezone: "Asia/Ho_Chi_Minh".to_owned(),
            },
            owner_name: "Owner".to_owned(),
            owner_email: format!("owner-{number}@test.example"),
            owner_password: PASSWORD.into(),
            word: Word::Own(peer()),
        };
        self.core.dealers.register(registration).await.unwrap()
    }

    async fn number(&self, query: &str) -> i64 {
        self.owner.query_one(query, &[]).await.unwrap().get(0)
    }

    /// Schemas and roles of dealers, present and to come.
    async fn schemas(&self) -> (i64, i64) {
        let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%'";
        let members = "SELECT count(*) FROM pg_auth_members m JOIN pg_namespace n
            ON n.nspname = m.roleid::regrole::text";
        (self.number(schemas).await, self.number(members).await)
    }

    /// The schemas of spares, whole or not.
    async fn spare_schemas(&self, condition: &str) -> BTreeSet<String> {
        let query = format!(
            "SELECT schema_name FROM platform.dealers WHERE status = 'SPARE' AND {condition}"
        );
        let rows = self.owner.query(&query, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}
