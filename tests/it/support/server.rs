//! A server of a test's own, and dealers of its own.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use clap::Parser;
use jsonwebtoken::EncodingKey;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tubex::app::{App, Core, OperatorApp};
use tubex::auth::keys::KeyRing;
use tubex::auth::operator::OperatorTokens;
use tubex::auth::password::{PasswordCost, PasswordWork};
use tubex::auth::principal::{Grant, Method, Proof};
use tubex::auth::role::RoleCode;
use tubex::auth::token::AccessTokens;
use tubex::auth::vault::{Purpose, Vault, generate_secret};
use tubex::config::{DatabaseSettings, ServerSettings};
use tubex::demo::data::DemoDealer;
use tubex::files::Depot;
use tubex::http::{Page, bind, bind_operator, serve_both};
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::{DealerId, SessionId, UserId};
use tubex::platform::dealers::service::{Registration, Word};
use tubex::tenancy::provision::NewDealer;

use super::client::{Client, peer};
use super::database;
use super::socket::Socket;

/// A running server with one HTTP worker. Stops when dropped.
pub struct Server {
    pub app: Arc<App>,
    pub url: String,
    pub clock: Clock,
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

/// Passwords that are hashed in no time, some at once.
pub const CHEAP: PasswordWork = PasswordWork {
    cost: PasswordCost {
        memory_kib: 64,
        passes: 1,
    },
    parallel: 8,
};

/// The settings a server has if nobody says otherwise, on a free port. Clients say
/// where they come from, so that no test is slowed down by the wrong passwords of
/// another.
pub fn settings() -> ServerSettings {
    let mut settings = Defaults::parse_from(["tubex", "--listen", "127.0.0.1:0"]).server;
    settings.workers = Some(1);
    settings.files.files_dir = files_dir();
    settings.debug_extensions = true;
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    settings
}

/// The folder of this run's files, which all its servers share.
pub fn files_dir() -> PathBuf {
    let folder = format!("files-{}", std::process::id());
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder)
}

/// What lies in it.
pub fn depot() -> Depot {
    tubex::app::files::depot(&settings().files).unwrap()
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_settings| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut ServerSettings)) -> Self {
        Self::start_at(Clock::system(), change).await
    }

    pub async fn start_at(clock: Clock, change: impl FnOnce(&mut ServerSettings)) -> Self {
        let database = database::request_settings().await;
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
        let core = Core::new(database, CHEAP, clock.clone()).unwrap();
        let app = App::new(core, vault(), &settings).await.unwrap();
        let listener = bind(settings.listen).unwrap();
        let address = listener.local_addr().unwrap();
        let operators = settings.operator_listen.map(|address| {
            let served = OperatorApp::new(Arc::clone(&app), settings.metrics_open());
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
        let tokens = OperatorTokens::new(self.app.keys.ring());
        let name = "alice".parse().unwrap();
        let issued = tokens.issue(&name, chrono::TimeDelta::hours(1)).unwrap();
        issued.token.expose_secret().to_owned()
    }

    /// A new dealer with an empty shop.
    pub async fn dealer(&self) -> TestDealer {
        self.dealer_in("USD", "UTC").await
    }

    /// A new dealer with an empty shop, who counts in this currency and zone.
    pub async fn dealer_in(&self, currency: &str, timezone: &str) -> TestDealer {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let email = format!("owner-{number}-{}@test.example", std::process::id());
        let registration = Registration {
            dealer: NewDealer {
                name: format!("Dealer {number}"),
                currency: currency.to_owned(),
                timezone: timezone.to_owned(),
            },
            owner_name: "Owner".to_owned(),
            owner_email: email.clone(),
            owner_password: PASSWORD.into(),
            word: Word::Own(peer()),
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

    /// What a token of a dealer's owner says.
    pub fn grant(&self, user: UserId, dealer: DealerId) -> Grant {
        Grant {
            user,
            dealer,
            session: SessionId::generate(),
            user_epoch: 0,
            dealer_epoch: 0,
            roles: vec![RoleCode::OWNER],
            customer: None,
            proof: Proof {
                methods: vec![Method::Pwd],
                at: self.clock.now(),
            },
            actor: None,
            read_only: false,
            application: None,
        }
    }

    /// The key that signs at present, and its id: for tokens that the program would
    /// not make.
    pub async fn signing_key(&self) -> (String, EncodingKey) {
        let keys = self.app.keys.list().await.unwrap();
        let seed = self
            .app
            .vault
            .open(Purpose::SigningKey, &keys[0].seed_sealed);
        // PKCS#8 of an Ed25519 key: all but the key itself is always the same.
        let head = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
        let der = [&head[..], &seed.unwrap()].concat();
        (keys[0].kid.clone(), EncodingKey::from_ed_der(&der))
    }

    /// A token as that of `dealer`'s owner, under a key of another installation.
    pub fn foreign_token(&self, dealer: &TestDealer) -> String {
        let address = self.app.keys.ring().issuer();
        let ring = KeyRing::of_one(address, self.clock.clone()).unwrap();
        let grant = self.grant(dealer.owner, dealer.id);
        let issued = AccessTokens::new(ring).issue(&grant).unwrap();
        issued.token.expose_secret().to_owned()
    }

    fn client_for(&self, user: UserId, dealer: DealerId) -> Client {
        let grant = self.grant(user, dealer);
        let issued = self.app.tokens.issue(&grant).unwrap();
        Client::new(&self.url, Some(issued.token.expose_secret().to_owned()))
    }

    /// A new dealer with the goods of a demo dealer.
    pub async fn dealer_like(&self, demo: &'static DemoDealer) -> TestDealer {
        let dealer = self.dealer().await;
        tubex::demo::fill(&self.app, dealer.id, demo).await.unwrap();
        dealer
    }

    /// Signs the owner of `dealer` in; gives the payload.
    pub async fn login(&self, dealer: &TestDealer) -> Value {
        let query = "mutation($input: LoginInput!) { login(input: $input) {
            accessToken expiresAt refreshToken refreshExpiresAt dealer { id } userErrors { code } } }";
        let input = json!({ "email": dealer.email, "password": PASSWORD,
            "dealerId": dealer.id.to_string() });
        let data = self.anonymous().run(query, json!({ "input": input })).await;
        assert_eq!(data["login"]["userErrors"], json!([]));
        data["login"].clone()
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

/// The secret of this run, which all its servers share.
pub fn vault() -> Vault {
    static VAULT: OnceLock<Vault> = OnceLock::new();
    let make = || Vault::from_text(&generate_secret().unwrap()).unwrap();
    VAULT.get_or_init(make).clone()
}

/// The password of every test dealer's owner.
pub const PASSWORD: &str = "a long test password";
