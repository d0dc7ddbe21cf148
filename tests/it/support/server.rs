//! A server of a test's own, and dealers of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use clap::Parser;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;
use tubex::app::{App, Core, OperatorApp};
use tubex::auth::operator::OperatorTokens;
use tubex::auth::token::{AccessTokens, generate_key};
use tubex::config::{DatabaseSettings, ServerSettings};
use tubex::demo::data::DemoDealer;
use tubex::http::{Page, bind, bind_operator, serve_both};
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::{DealerId, SessionId, UserId};
use tubex::platform::dealers::service::{Registration, Word};
use tubex::tenancy::provision::NewDealer;

use super::client::Client;
use super::database;
use super::socket::Socket;

/// A running server with one HTTP worker. Stops when dropped.
pub struct Server {
    pub app: Arc<App>,
    pub url: String,
    pub clock: Clock,
    /// The key that signs the tokens of dealers and operators.
    pub key: SecretString,
    pub database: DatabaseSettings,
    /// The operators' endpoint, if the settings have one.
    pub operator_url: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// A dealer nobody else knows, and a client signed in as his owner.
pub struct TestDealer {
    pub id: DealerId,
    pub schema: String,
    pub email: String,
    pub owner: UserId,
    pub client: Client,
}

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    server: ServerSettings,
}

/// The settings a server has if nobody says otherwise, on a free port.
pub fn settings() -> ServerSettings {
    let mut settings = Defaults::parse_from(["tubex", "--listen", "127.0.0.1:0"]).server;
    settings.workers = Some(1);
    settings.debug_extensions = true;
    settings
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_settings| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut ServerSettings)) -> Self {
        Self::start_at(Clock::system(), change).await
    }

    pub async fn start_at(clock: Clock, change: impl FnOnce(&mut ServerSettings)) -> Self {
        let database = tokio::task::spawn_blocking(database::settings)
            .await
            .unwrap();
        Self::start_on(&database, clock, change).await
    }

    /// A server on a database of the test's own.
    pub async fn start_on(
        database: &DatabaseSettings,
        clock: Clock,
        change: impl FnOnce(&mut ServerSettings),
    ) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let core = Core::new(database, 2, clock.clone()).unwrap();
        let key = generate_key().unwrap();
        let tokens = AccessTokens::from_pem(&key, clock.clone()).unwrap();
        let app = App::new(core, tokens, &settings).await.unwrap();
        let listener = bind(settings.listen).unwrap();
        let address = listener.local_addr().unwrap();
        let operators = settings.operator_listen.map(|address| {
            let tokens = OperatorTokens::from_pem(&key, clock.clone()).unwrap();
            let served = OperatorApp::new(Arc::clone(&app), tokens, settings.metrics_open());
            (served, bind_operator(address).unwrap())
        });
        let operator_url = operators.as_ref().map(|(_, listener)| {
            let address = listener.local_addr().unwrap();
            format!("http://{address}")
        });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&app);
        let thread = std::thread::spawn(move || {
            let stop = async { drop(stopped.await) };
            let page = Page::explorer();
            actix_web::rt::System::new()
                .block_on(serve_both(served, listener, page, operators, stop))
                .unwrap();
        });
        Self {
            app,
            url: format!("http://{address}"),
            clock,
            key,
            database: database.clone(),
            operator_url,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// A client that is nobody.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A client of the operators' endpoint with this token.
    pub fn operator_with(&self, token: Option<&str>) -> Client {
        let url = self.operator_url.as_ref().unwrap();
        Client::new(url, token.map(str::to_owned))
    }

    /// A client of the operators' endpoint, as `alice`.
    pub fn operator(&self) -> Client {
        self.operator_with(Some(&self.operator_token()))
    }

    /// A token for an hour as `alice`.
    pub fn operator_token(&self) -> String {
        let tokens = OperatorTokens::from_pem(&self.key, self.clock.clone()).unwrap();
        let name = "alice".parse().unwrap();
        let issued = tokens.issue(&name, chrono::TimeDelta::hours(1)).unwrap();
        issued.token.expose_secret().to_owned()
    }

    /// A new dealer with an empty shop.
    pub async fn dealer(&self) -> TestDealer {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let email = format!("owner-{number}-{}@test.example", std::process::id());
        let registration = Registration {
            dealer: NewDealer {
                name: format!("Dealer {number}"),
                currency: "USD".to_owned(),
                timezone: "UTC".to_owned(),
            },
            owner_name: "Owner".to_owned(),
            owner_email: email.clone(),
            owner_password: PASSWORD.into(),
            word: Word::Own,
        };
        let registered = self.app.core.dealers.register(registration).await.unwrap();
        let (dealer, owner) = (registered.dealer, registered.owner.id);
        TestDealer {
            id: dealer.id,
            schema: dealer.schema.as_str().to_owned(),
            email,
            owner,
            client: self.client_for(owner, dealer.id),
        }
    }

    /// A client of this server for a dealer that another one has made.
    pub fn client_of(&self, dealer: &TestDealer) -> Client {
        self.client_for(dealer.owner, dealer.id)
    }

    fn client_for(&self, user: UserId, dealer: DealerId) -> Client {
        let session = SessionId::generate();
        let issued = self.app.tokens.issue(user, dealer, session).unwrap();
        Client::new(&self.url, Some(issued.token.expose_secret().to_owned()))
    }

    /// A new dealer with the goods of a demo dealer.
    pub async fn dealer_like(&self, demo: &'static DemoDealer) -> TestDealer {
        let dealer = self.dealer().await;
        tubex::demo::fill(&self.app, dealer.id, demo).await.unwrap();
        dealer
    }

    /// A websocket signed in as `dealer`.
    pub async fn socket(&self, dealer: &TestDealer) -> Socket {
        let mut socket = Socket::open(&self.url).await;
        socket.init(dealer.client.token().unwrap()).await;
        socket
    }

    /// Asks the server to stop, as SIGTERM does.
    pub fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until it has.
    pub async fn stopped(mut self) {
        let thread = self.thread.take().unwrap();
        tokio::task::spawn_blocking(move || thread.join().unwrap())
            .await
            .unwrap();
    }
}

/// The password of every test dealer's owner.
pub const PASSWORD: &str = "a long test password";
