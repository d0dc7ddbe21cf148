//! Dealers whose every row carries their mark.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use diesel::ExpressionMethods;
use secrecy::ExposeSecret;
use serde_json::Value;
use tubex::app::{App, Core};
use tubex::db::error::DbResult;
use tubex::db::observe::StatementCount;
use tubex::db::tenant_tables::{categories, warehouses};
use tubex::graphql::scope::RequestScope;
use tubex::kernel::clock::Clock;
use tubex::tenancy::{Access, TenantContext, TenantTx};
use uuid::Uuid;

use super::request::Outcome;
use crate::support::{Server, owner, request_settings, server_settings, until, vault};

const CONNECTIONS: usize = 4;
const WAREHOUSES: usize = 3;

const QUERY: &str = "{
    warehouses { nodes { code name } }
    categories(first: 50) { totalCount nodes { code name children { code name } parent { code name } } }
}";

/// An app with few connections, and many dealers.
pub struct Shop {
    pub app: Arc<App>,
    name: String,
    contexts: Vec<Arc<TenantContext>>,
}

impl Shop {
    pub async fn open(dealers: usize) -> Self {
        let server = Server::start().await;
        let name = format!("soak-{}", Uuid::new_v4().simple());
        let mut settings = request_settings().await;
        let url = settings.database_url.expose_secret();
        settings.database_url = format!("{url}?application_name={name}").into();
        settings.request_pool_size = CONNECTIONS;
        settings.queue_per_dealer = 4;
        // Fewer than dealers and queries need, so that statements come and go.
        settings.statements_per_backend = 12;
        settings.pool_wait_ms = Duration::from_secs(20);
        let core = Core::new(&settings, 1, Clock::system()).unwrap();
        let app = App::new(core, vault(), &server_settings()).await.unwrap();
        let mut shop = Self {
            app,
            name,
            contexts: Vec::new(),
        };
        for _ in 0..dealers {
            let id = server.dealer().await.id;
            let context = shop.app.directory.admit_system(id, "test").await.unwrap();
            shop.contexts.push(Arc::new(context));
            shop.fill(shop.contexts.len() - 1).await;
        }
        shop
    }

    pub fn dealers(&self) -> usize {
        self.contexts.len()
    }

    /// What the codes and names of a dealer begin with.
    pub fn mark(dealer: usize) -> String {
        format!("D{dealer:03}")
    }

    pub async fn begin(&self, dealer: usize, writes: bool) -> DbResult<TenantTx> {
        let access = if writes { Access::Write } else { Access::Read };
        let context = Arc::clone(&self.contexts[dealer]);
        let count = StatementCount::default();
        self.app.tenants.begin(context, access, &count).await
    }

    async fn fill(&self, dealer: usize) {
        use diesel_async::RunQueryDsl;
        let mark = Self::mark(dealer);
        let mut tx = self.begin(dealer, true).await.unwrap();
        let now = tx.now();
        for number in 0..WAREHOUSES {
            let row = (
                warehouses::id.eq(Uuid::new_v4()),
                warehouses::code.eq(format!("{mark}-{number}")),
                warehouses::name.eq(format!("{mark} yard")),
                warehouses::kind.eq("YARD"),
                warehouses::version.eq(1),
                warehouses::created_at.eq(now),
                warehouses::updated_at.eq(now),
            );
            let insert = diesel::insert_into(warehouses::table).values(row);
            insert.execute(&mut tx).await.unwrap();
        }
        let top = Uuid::new_v4();
        for (number, (id, parent)) in [(top, None), (Uuid::new_v4(), Some(top))]
            .iter()
            .enumerate()
        {
            let row = (
                categories::id.eq(id),
                categories::code.eq(format!("{mark}-{number}")),
                categories::name.eq(format!("{mark} goods")),
                categories::parent_id.eq(*parent),
                categories::version.eq(1),
                categories::created_at.eq(now),
                categories::updated_at.eq(now),
            );
            let insert = diesel::insert_into(categories::table).values(row);
            insert.execute(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// A GraphQL query, as the server runs one.
    pub async fn query(&self, dealer: usize) -> Outcome {
        let context = Arc::clone(&self.contexts[dealer]);
        let pool = self.app.tenants.clone();
        let scope = RequestScope::new(pool, Some(context), Uuid::now_v7(), 10_000);
        let scope = Arc::new(scope);
        let request = Request::new(QUERY).data(Arc::clone(&scope));
        let response = self.app.schema.execute(request).await;
        scope.release().await;
        if let Some(error) = response.errors.first() {
            assert!(error.message.contains("try again"), "{:?}", response.errors);
            return Outcome::TurnedAway;
        }
        Self::check_answer(dealer, &response.data.into_json().unwrap());
        Outcome::Done
    }

    pub fn check_warehouses(dealer: usize, rows: &[(String, String)]) {
        let mark = Self::mark(dealer);
        assert_eq!(rows.len(), WAREHOUSES, "{mark}: {rows:?}");
        for (code, name) in rows {
            assert!(
                code.starts_with(&mark) && name.starts_with(&mark),
                "{mark}: {rows:?}"
            );
        }
    }

    /// Every text in the answer carries the mark.
    fn check_answer(dealer: usize, answer: &Value) {
        let mark = Self::mark(dealer);
        let mut texts = Vec::new();
        collect(answer, &mut texts);
        // Three warehouses, two categories, one of them once as child, once as parent.
        assert_eq!(texts.len(), 2 * (WAREHOUSES + 2 + 2), "{answer}");
        assert!(
            texts.iter().all(|text| text.starts_with(&mark)),
            "{mark}: {answer}"
        );
    }

    /// Fails unless all backends come to rest outside a transaction.
    pub async fn assert_no_transaction_stays_open(&self) {
        let owner = owner().await;
        let busy = "SELECT count(*) FROM pg_stat_activity
                    WHERE application_name = $1 AND state <> 'idle'";
        until("all backends are idle", async || {
            let row = owner.query_one(busy, &[&self.name]).await.unwrap();
            row.get::<_, i64>(0) == 0
        })
        .await;
        let (open, busy) = self.app.tenants.connections();
        assert!(open <= CONNECTIONS && busy == 0, "{open} {busy}");
    }

    /// Fails unless each dealer has what is his and no more.
    pub async fn assert_every_dealer_is_whole(&self) {
        for dealer in 0..self.dealers() {
            assert_eq!(self.query(dealer).await, Outcome::Done);
        }
    }
}

fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}
