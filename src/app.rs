//! The parts of the program, put together once at start.

mod callers;
mod control;
pub mod documents;
mod events;
pub mod files;
mod invoices;
pub mod jobs;
mod letters;
mod mail;
mod operator;
mod pools;
pub mod rates;
mod sms;
pub mod sockets;
pub mod webhooks;

use std::sync::Arc;

pub use callers::Callers;
pub use control::Core;
pub use operator::OperatorApp;
use pools::control_pool;
pub use pools::request_pool;
use tokio::sync::watch;

use crate::auth::device::Devices;
use crate::auth::password::{PasswordCost, PasswordWork};
use crate::auth::token::AccessTokens;
use crate::auth::vault::{SecretError, Vault};
use crate::config::{ConfigError, Registration, ServerSettings};
use crate::db::connect::ConnectError;
use crate::db::engine::EngineFault;
use crate::db::error::DbError;
use crate::dealer::files::links::link_maker;
use crate::dealer::invoices::paper::Press;
use crate::error::AppError;
use crate::events::RedisError;
use crate::files::Files;
use crate::graphql::document::Documents;
use crate::jobs::{Queue, Registry};
use crate::kernel::quota::Quota;
use crate::platform::access::members::Members;
use crate::platform::dealers::graphql::RegistrationPolicy;
use crate::platform::factors::account::Factors;
use crate::platform::identity::invitations::service::Invitations;
use crate::platform::identity::recovery::service::Recovery;
use crate::platform::identity::service::Identity;
use crate::platform::keys::service::{KeysFault, SigningKeys};
use crate::platform::sessions::cookies::CookiePolicy;
use crate::platform::sessions::service::Sessions;
use crate::platform::webhooks::service::Webhooks;
use crate::roots::{ApiSchema, ApiSchemaBuilder, Undeclared, check_declared, schema_builder};
use crate::telemetry::serving::{Door, ServingMetrics};
use crate::tenancy::TenantPool;
use crate::tenancy::cache::Cache;
use crate::tenancy::directory::{Directory, Watching};
use crate::tenancy::migrate::{MigrateError, MigrationSet};
use crate::tenancy::provision::ProvisionError;
use crate::tenancy::state::{Migrated, RoleFault, migrated};

/// Why the program can not start. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting can not be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database driver can not be set up.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The secret of the installation can not be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The signing keys can not be used.
    #[error(transparent)]
    Keys(#[from] KeysFault),
    /// Redis is configured and away.
    #[error(transparent)]
    Redis(#[from] RedisError),
    /// The database is away or refuses.
    #[error("{0}; check --database-url and --database-owner-url, and that PostgreSQL runs")]
    Database(#[from] DbError),
    /// A migration failed.
    #[error(transparent)]
    Migrate(MigrateError),
    /// A dealer could not be finished.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// The request role is missing or too strong.
    #[error(transparent)]
    Role(#[from] RoleFault),
    /// The engine is not the one of the settings.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// The worker has no threads.
    #[error("the worker could not start: {0}")]
    Worker(std::io::Error),
    /// A field of the API does not say who may use it.
    #[error(transparent)]
    Undeclared(#[from] Undeclared),
    /// The GraphiQL bundle is not where it should be.
    #[error("{0}")]
    Page(String),
    /// Anything else.
    #[error("{0}")]
    App(#[from] AppError),
}

impl From<MigrateError> for StartError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Db(error) => Self::Database(error),
            other => Self::Migrate(other),
        }
    }
}

/// The whole program: the control plane and the server's own parts.
pub struct App {
    /// The control plane.
    pub core: Core,
    /// Transactions on dealers' schemas.
    pub tenants: TenantPool,
    /// Dealers by id.
    pub directory: Directory,
    /// Issues and verifies access tokens.
    pub tokens: AccessTokens,
    /// The keys behind them.
    pub keys: SigningKeys,
    /// Seals and authenticates under the secret of the installation.
    pub vault: Vault,
    /// Opens, refreshes and ends sessions.
    pub sessions: Sessions,
    /// Programs and operators who call in users' names.
    pub callers: Callers,
    /// Signs people in.
    pub identity: Identity,
    /// Where jobs are enqueued.
    pub queue: Queue,
    /// Where dealers' events are sent.
    pub webhooks: Webhooks,
    /// Takes, gives and deletes files.
    pub files: Files,
    /// Draws invoices.
    pub press: Press,
    /// The jobs that this program can do.
    pub registry: Arc<Registry>,
    /// The GraphQL schema with its services.
    pub schema: ApiSchema,
    /// The documents that the schema has been asked, and the limits on them.
    pub documents: Documents,
    /// How the server behaves.
    pub settings: ServerSettings,
    /// How much callers and dealers may ask for.
    pub rates: rates::Rates,
    /// The places for operations over HTTP, at each endpoint.
    pub working: Quota<Door>,
    /// The places for websockets.
    pub sockets: sockets::Sockets,
    /// How it is used.
    pub serving: ServingMetrics,
    closing: watch::Sender<bool>,
    _watching: Watching,
    _keeping: Option<documents::Keeping>,
}

impl App {
    /// Puts the server together; connects to Redis if it is configured.
    pub async fn new(
        core: Core,
        vault: Vault,
        settings: &ServerSettings,
    ) -> Result<Arc<Self>, StartError> {
        settings.validate()?;
        let bus = events::bus(&core, settings).await?;
        let pool = request_pool(&core.settings);
        let tenants = TenantPool::new(&core.connector, pool, bus, core.clock.clone());
        let tenants = tenants.with_cache(cache(settings)?);
        let keys = signing_keys(&core, &vault, settings).await?;
        let tokens = AccessTokens::new(keys.ring().clone());
        let (control, clock) = (core.control.clone(), core.clock.clone());
        let sessions = Sessions::new(control, vault.clone(), tokens.clone(), clock);
        let accounts = core.accounts.clone();
        let accounts = accounts.with_devices(Devices::new(vault.clone()));
        let identity = Identity::new(accounts.clone(), sessions.clone());
        let factors = Factors::new(accounts, sessions.clone(), vault.clone());
        let factors = factors.with_sms(sms::sms_policy(settings));
        let callers = Callers::new(&core, &vault, &tokens, (&identity, &factors));
        let queue = Queue::new(&core.connector, core.control.clone());
        let webhooks = core.webhooks(&vault, &settings.webhooks);
        let directory = Directory::new(core.control.clone(), MigrationSet::tenant()?);
        let (trusted, keeping) = documents::trusted(&core.control, settings).unzip();
        let depot = files::depot(&settings.files)?;
        let homes = (&tenants, &directory);
        let files = files::files((&core, &vault), settings, &depot, homes, &queue);
        let schema = schema(&core, &identity, factors, settings)
            .data(queue.clone())
            .data(webhooks.clone())
            .data(files.clone())
            .data(link_maker(&files))
            .data(callers.api_keys.clone())
            .data(callers.impersonations.clone())
            .data(callers.applications.clone())
            .finish();
        check_declared(&schema)?;
        keys.keep_current(&core.connector, directory.revoked().listen_for_keys());
        let url = core.settings.database_owner_url.clone();
        Ok(Arc::new(Self {
            _watching: directory.watch(&core.connector, url),
            directory,
            tenants,
            tokens,
            keys,
            vault,
            sessions,
            callers,
            identity,
            queue,
            webhooks,
            files,
            press: Press::new(depot.clone()),
            registry: Arc::new(jobs::registry(&core, &settings.jobs, &depot)),
            schema,
            documents: documents::of_the_shops(settings).trusting(trusted),
            _keeping: keeping,
            settings: settings.clone(),
            rates: rates::Rates::new(settings, &core.clock)?,
            working: Quota::new(settings.limits.max_operations),
            sockets: sockets::Sockets::new(settings),
            serving: ServingMetrics::new(core.clock.now()),
            closing: watch::Sender::new(false),
            core,
        }))
    }

    /// Tells sockets and readiness that the server is about to stop.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Turns true when the server is about to stop.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}

/// What keeps numbers that are read often, unless it is turned off.
fn cache(settings: &ServerSettings) -> Result<Option<Cache>, RedisError> {
    let bytes = settings.limits.cache_kib.saturating_mul(1024);
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    (bytes > 0)
        .then(|| Cache::new(bytes, settings.redis_url.as_ref()))
        .transpose()
}

/// The signing keys; read now, or as soon as the control plane has been migrated.
async fn signing_keys(
    core: &Core,
    vault: &Vault,
    settings: &ServerSettings,
) -> Result<SigningKeys, StartError> {
    let keys = core.signing_keys(vault.clone(), &settings.public_url)?;
    match migrated(&core.control).await {
        Ok(Migrated::Control { .. }) => keys.load().await?,
        Ok(Migrated::Nothing) => {}
        // Readiness says so; the keys are read when the database is back.
        Err(error) => tracing::warn!(%error, "the signing keys can not be read yet"),
    }
    Ok(keys)
}

fn schema(
    core: &Core,
    identity: &Identity,
    factors: Factors,
    settings: &ServerSettings,
) -> ApiSchemaBuilder {
    let registration = match settings.registration {
        Registration::Open => RegistrationPolicy::Open,
        Registration::Closed => RegistrationPolicy::Closed,
    };
    let (control, accounts, clock) = (&core.control, identity.accounts(), &core.clock);
    let members = Members::new(control.clone(), factors.clone(), clock.clone());
    let invitations = Invitations::new(accounts.clone(), factors.clone(), clock.clone());
    documents::executing(schema_builder(), settings)
        .data(identity.clone())
        .data(factors.sessions().clone())
        .data(factors)
        .data(CookiePolicy {
            secure: settings.secure_cookies,
        })
        .data(core.dealers.clone())
        .data(members)
        .data(Recovery::new(accounts.clone(), clock.clone()))
        .data(invitations)
        .data(registration)
}

/// How much work passwords may make.
pub const fn password_work(settings: &ServerSettings) -> PasswordWork {
    PasswordWork {
        cost: PasswordCost {
            memory_kib: settings.password_memory_kib,
            ..PasswordCost::STANDARD
        },
        parallel: settings.password_hashes,
    }
}
