//! A request may be dropped at any await point. Whatever was under way, the
//! next one gets a connection in no transaction and in its own schema.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use async_graphql::{Request, Response, Variables};
use diesel::sql_types::Text;
use secrecy::ExposeSecret;
use serde_json::json;
use tubex::app::{App, Core};
use tubex::db::observe::StatementCount;
use tubex::graphql::scope::RequestScope;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::{Access, TenantContext};
use uuid::Uuid;

use crate::support::{Server, request_settings, server_settings, vault};

/// Fewer connections than requests at once, so that each is used by many dealers.
const CONNECTIONS: usize = 2;
const DEALERS: usize = 3;

const MUTATION: &str = "mutation($input: CategoryCreateInput!) {
    a: categoryCreate(input: $input) { category { id parent { id } children { id } } userErrors { code } }
    b: productCreate(input: { sku: \"S\", name: \"S\", listPrice: \"1\", baseUnitId: \"unt_0\" }) { userErrors { code } }
}";
const QUERY: &str = "{
    products { nodes { id units { unit { id } } } }
    categories(first: 200) { totalCount nodes { code children { code } parent { code } } }
}";

/// An app whose backends can be told apart, and some dealers.
struct Shop {
    app: Arc<App>,
    name: String,
    contexts: Vec<Arc<TenantContext>>,
}

impl Shop {
    async fn open() -> Self {
        let server = Server::start().await;
        let mut dealers = Vec::new();
        for _ in 0..DEALERS {
            dealers.push(server.dealer().await.id);
        }
        let name = format!("cancel-{}", Uuid::new_v4().simple());
        let mut settings = request_settings().await;
        let url = format!(
            "{}?application_name={name}",
            settings.database_url.expose_secret()
        );
        settings.database_url = url.into();
        settings.request_pool_size = CONNECTIONS;
        settings.pool_wait_ms = Duration::from_secs(20);
        let core = Core::new(&settings, 1, Clock::system()).unwrap();
        let app = App::new(core, vault(), &server_settings()).await.unwrap();
        let contexts = Self::contexts(&app, &dealers).await;
        Self {
            app,
            name,
            contexts,
        }
    }

    async fn contexts(app: &App, dealers: &[DealerId]) -> Vec<Arc<TenantContext>> {
        let mut contexts = Vec::new();
        for dealer in dealers {
            let context = app.directory.admit_system(*dealer, "test").await.unwrap();
            contexts.push(Arc::new(context));
        }
        contexts
    }

    /// The whole of a request behind its authentication.
    async fn request(&self, dealer: usize, document: &str) -> Response {
        let context = Arc::clone(&self.contexts[dealer]);
        let scope = RequestScope::new(
            self.app.tenants.clone(),
            Some(context),
            Uuid::now_v7(),
            10_000,
        );
        let scope = Arc::new(scope);
        let code = format!("D{dealer}-{}", Uuid::new_v4().simple());
        let variables = Variables::from_json(json!({ "input": { "code": code, "name": code } }));
        let request = Request::new(document)
            .variables(variables)
            .data(Arc::clone(&scope));
        let response = self.app.schema.execute(request).await;
        scope.release().await;
        response
    }

    /// Fails unless each dealer's next transaction stands on his own schema and
    /// finds only what is his.
    async fn assert_every_dealer_is_at_home(&self) {
        use diesel_async::RunQueryDsl;
        for (number, context) in self.contexts.iter().enumerate() {
            let count = StatementCount::default();
            let begun = self
                .app
                .tenants
                .begin(Arc::clone(context), Access::Read, &count)
                .await;
            let mut tx = begun.unwrap();
            let place = "SELECT current_schema()::text AS schema, current_user::text AS role";
            let place: Place = diesel::sql_query(place).get_result(&mut tx).await.unwrap();
            let home = context.dealer().schema.as_str();
            assert_eq!((place.schema.as_str(), place.role.as_str()), (home, home));
            let foreign =
                "SELECT code AS schema, name AS role FROM categories WHERE code NOT LIKE $1";
            let own = format!("D{number}-%");
            let foreign: Vec<Place> = diesel::sql_query(foreign)
                .bind::<Text, _>(own)
                .load(&mut tx)
                .await
                .unwrap();
            assert!(foreign.is_empty(), "dealer {number} has {foreign:?}");
            tx.rollback().await.unwrap();
        }
    }

    /// Fails unless all backends come to rest outside a transaction.
    async fn assert_no_transaction_stays_open(&self) {
        use diesel_async::RunQueryDsl;
        let query = "SELECT state AS schema, query AS role FROM pg_stat_activity
                     WHERE application_name = $1 AND state <> 'idle'";
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        loop {
            let mut conn = self.app.core.control.checkout().await.unwrap();
            let busy = diesel::sql_query(query).bind::<Text, _>(&self.name);
            let busy: Vec<Place> = busy.load(&mut *conn).await.unwrap();
            if busy.is_empty() {
                return;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "still open: {busy:?}"
            );
            drop(conn);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[derive(diesel::QueryableByName, Debug)]
struct Place {
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    role: String,
}

/// A future that is given up after a number of polls.
struct DropAfter<F> {
    inner: Option<Pin<Box<F>>>,
    polls: usize,
}

impl<F: Future> Future for DropAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            self.inner = None;
            return Poll::Ready(None);
        }
        self.polls -= 1;
        let inner = self.inner.as_mut().unwrap().as_mut();
        match inner.poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // Given up at this very point, not at some later wake-up.
            Poll::Pending if self.polls == 0 => {
                self.inner = None;
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

fn drop_after<F: Future>(polls: usize, inner: F) -> DropAfter<F> {
    DropAfter {
        inner: Some(Box::pin(inner)),
        polls,
    }
}

/// Drops `document` after 0, 1, 2, … polls, until it comes to its end every
/// time, on all dealers at once.
async fn drop_at_every_stage(document: &'static str) {
    let shop = Arc::new(Shop::open().await);
    let dropped = AtomicUsize::new(0);
    let mut polls = 0;
    loop {
        let attempts = (0..DEALERS * 3).map(|attempt| {
            let shop = Arc::clone(&shop);
            let run = async move { shop.request(attempt % DEALERS, document).await };
            // Some live a little longer, so that drops and work interleave.
            tokio::spawn(drop_after(polls + attempt / DEALERS, run))
        });
        let mut finished = 0;
        for outcome in futures_util::future::join_all(attempts).await {
            match outcome.unwrap() {
                Some(response) => {
                    let faults: Vec<_> = response.errors.iter().map(|e| &e.message).collect();
                    let expected = |message: &&&String| !message.contains("expected an id");
                    assert!(!faults.iter().any(|m| expected(&m)), "{faults:?}");
                    finished += 1;
                }
                None => {
                    dropped.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        shop.assert_every_dealer_is_at_home().await;
        if finished == DEALERS * 3 {
            break;
        }
        polls += 1;
        assert!(polls < 500, "the request never came to its end");
    }
    // The request has many places to be dropped at, and was dropped at all.
    assert!(
        polls > 5 && dropped.load(Ordering::Relaxed) > 20,
        "{polls} {dropped:?}"
    );
    shop.assert_no_transaction_stays_open().await;
    let (open, _idle) = shop.app.tenants.connections();
    assert!(open <= CONNECTIONS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_query_dropped_at_any_stage_leaves_nothing_behind() {
    drop_at_every_stage(QUERY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mutation_dropped_at_any_stage_leaves_nothing_behind() {
    drop_at_every_stage(MUTATION).await;
}

/// The same from the outside: clients that hang up.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clients_that_hang_up_leave_nothing_behind() {
    let server = Server::start().await;
    let dealers = [server.dealer().await, server.dealer().await];
    let calls = (0..120_u64).map(|call| {
        let (number, client) = (call % 2, dealers[usize::from(call % 2 == 1)].client.clone());
        async move {
            let code = format!("D{number}-{}", Uuid::new_v4().simple());
            let body = json!({
                "query": "mutation($input: CategoryCreateInput!) {
                    categoryCreate(input: $input) { category { id children { id } } userErrors { code } }
                }",
                "variables": { "input": { "code": code, "name": code } },
            });
            let request = client.request(reqwest::Method::POST, "/graphql").json(&body);
            let limit = Duration::from_millis(call % 30);
            // Most of them are gone before the answer; that is the point.
            let _hung_up = tokio::time::timeout(limit, request.send()).await;
        }
    });
    futures_util::future::join_all(calls).await;
    for (number, dealer) in dealers.iter().enumerate() {
        let data = dealer
            .client
            .get("{ categories(first: 200) { nodes { code } } }")
            .await;
        let nodes = data["categories"]["nodes"].as_array().unwrap();
        let own = format!("D{number}-");
        assert!(
            nodes
                .iter()
                .all(|node| node["code"].as_str().unwrap().starts_with(&own))
        );
    }
}
