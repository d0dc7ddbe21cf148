//! The parts of the program, put together once at start.

mod callers;
mod events;
pub mod jobs;
mod mail;
mod operator;
mod pools;
mod sms;
pub mod sockets;
pub mod webhooks;

use std::sync::Arc;

pub use callers::Callers;
pub use operator::OperatorApp;
use pools::control_pool;
pub use pools::request_pool;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use crate::auth::device::Devices;
use crate::auth::password::{PasswordCost, PasswordWork, Passwords};
use crate::auth::token::AccessTokens;
use crate::auth::vault::{SecretError, Vault};
use crate::config::{ConfigError, DatabaseSettings, EngineChoice, Registration, ServerSettings};
use crate::db::connect::{ConnectError, Connector};
use crate::db::control::ControlPool;
use crate::db::engine::{Engine, EngineFault, Wanted};
use crate::db::error::DbError;
use crate::db::owner::OwnerPool;
use crate::error::AppError;
use crate::events::RedisError;
use crate::jobs::{Queue, Registry};
use crate::kernel::clock::Clock;
use crate::platform::access::members::Members;
use crate::platform::dealers::graphql::RegistrationPolicy;
use crate::platform::dealers::lifecycle::Lifecycle;
use crate::platform::dealers::service::Dealers;
use crate::platform::factors::account::Factors;
use crate::platform::identity::accounts::Accounts;
use crate::platform::identity::invitations::service::Invitations;
use crate::platform::identity::recovery::service::Recovery;
use crate::platform::identity::service::Identity;
use crate::platform::keys::service::{KeysFault, SigningKeys};
use crate::platform::sessions::cookies::CookiePolicy;
use crate::platform::sessions::service::Sessions;
use crate::platform::webhooks::service::Webhooks;
use crate::roots::{
    ApiSchema, ApiSchemaBuilder, Limits, Undeclared, check_declared, schema_builder,
};
use crate::telemetry::serving::ServingMetrics;
use crate::tenancy::TenantPool;
use crate::tenancy::directory::{Directory, Watching};
use crate::tenancy::migrate::{MigrateError, MigrationSet};
use crate::tenancy::provision::{ProvisionError, Provisioner};
use crate::tenancy::spares::Spares;
use crate::tenancy::state::{Migrated, RoleFault, migrated};
use crate::tenancy::transfer::Transfer;

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

/// The control plane: what an operator's commands need.
#[derive(Clone)]
pub struct Core {
    /// Opens connections.
    pub connector: Connector,
    /// Connections to the `platform` schema.
    pub control: ControlPool,
    /// Connections for DDL.
    pub owner: OwnerPool,
    /// The people who may sign in.
    pub accounts: Accounts,
    /// Registers dealers.
    pub dealers: Dealers,
    /// Suspends, archives and drops dealers.
    pub lifecycle: Lifecycle,
    /// Makes dealers' schemas.
    pub provisioner: Provisioner,
    /// Exports, restores and clones dealers.
    pub transfer: Transfer,
    /// Name of the login role of the request pool.
    pub request_role: String,
    /// The time.
    pub clock: Clock,
    settings: DatabaseSettings,
}

impl Core {
    /// Puts the control plane together; nothing is connected yet.
    pub fn new(
        settings: &DatabaseSettings,
        password_work: impl Into<PasswordWork>,
        clock: Clock,
    ) -> Result<Self, StartError> {
        let request_role = settings.validate()?;
        let ca_file = settings.database_ca_file.as_deref();
        let connector = Connector::new(ca_file, settings.database_threads)?;
        let control = ControlPool::new(&connector, &control_pool(settings));
        let owner_url = settings.database_owner_url.clone();
        let engine = engine(settings.engine);
        let owner = OwnerPool::new(&connector, owner_url, settings.owner_pool_size, engine);
        let passwords = Passwords::new(password_work.into())?;
        let accounts = Accounts::new(control.clone(), passwords, clock.clone());
        let provisioner = Provisioner::new(
            owner.clone(),
            control.clone(),
            request_role.clone(),
            clock.clone(),
        );
        let transfer = Transfer {
            connector: connector.clone(),
            request_url: settings.database_url.clone(),
            owner_url: settings.database_owner_url.clone(),
            request_role: request_role.clone(),
            owner: owner.clone(),
            control: control.clone(),
            clock: clock.clone(),
        };
        Ok(Self {
            dealers: Dealers::new(accounts.clone(), provisioner.clone(), clock.clone()),
            lifecycle: Lifecycle::new(control.clone(), owner.clone(), clock.clone()),
            connector,
            control,
            owner,
            accounts,
            provisioner,
            transfer,
            request_role,
            clock,
            settings: settings.clone(),
        })
    }

    /// The stock of spare schemas, with a connection of its own: filling it takes
    /// long, and neither dealers nor migrations should wait for that.
    pub fn spares(&self) -> Spares {
        let url = self.settings.database_owner_url.clone();
        let owner = OwnerPool::new(&self.connector, url, 1, engine(self.settings.engine));
        Spares::new(owner, self.request_role.clone(), self.clock.clone())
    }

    /// The keys that sign tokens, none of them read yet. Their address is told in
    /// tokens for others than this program.
    pub fn signing_keys(&self, vault: Vault, issuer: &str) -> Result<SigningKeys, StartError> {
        let (control, clock) = (self.control.clone(), self.clock.clone());
        Ok(SigningKeys::new(control, vault, issuer, clock)?)
    }

    /// The engine of the database, if it is the one of the settings. Blocks.
    pub fn engine(&self) -> Result<Engine, StartError> {
        Ok(self.owner.engine()??)
    }

    /// The password in the connection string of the request role, if any.
    pub fn request_password(&self) -> Option<SecretString> {
        let url = self.settings.database_url.expose_secret();
        let config: tokio_postgres::Config = url.parse().ok()?;
        let password = String::from_utf8_lossy(config.get_password()?).into_owned();
        Some(password.into())
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
    /// The jobs that this program can do.
    pub registry: Arc<Registry>,
    /// The GraphQL schema with its services.
    pub schema: ApiSchema,
    /// How the server behaves.
    pub settings: ServerSettings,
    /// The places for websockets.
    pub sockets: sockets::Sockets,
    /// How it is used.
    pub serving: ServingMetrics,
    closing: watch::Sender<bool>,
    _watching: Watching,
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
        let schema = schema(&core, &identity, factors, settings)
            .data(queue.clone())
            .data(webhooks.clone())
            .data(callers.api_keys.clone())
            .data(callers.impersonations.clone())
            .data(callers.applications.clone())
            .finish();
        check_declared(&schema)?;
        let directory = Directory::new(core.control.clone(), MigrationSet::tenant()?);
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
            registry: Arc::new(jobs::registry(&core, &settings.jobs)),
            schema,
            settings: settings.clone(),
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
    let limits = Limits {
        depth: settings.max_depth,
        complexity: settings.max_complexity,
    };
    let registration = match settings.registration {
        Registration::Open => RegistrationPolicy::Open,
        Registration::Closed => RegistrationPolicy::Closed,
    };
    let (control, accounts, clock) = (&core.control, identity.accounts(), &core.clock);
    let members = Members::new(control.clone(), factors.clone(), clock.clone());
    let invitations = Invitations::new(accounts.clone(), factors.clone(), clock.clone());
    schema_builder(limits)
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

const fn engine(choice: EngineChoice) -> Wanted {
    match choice {
        EngineChoice::Auto => Wanted::Found,
        EngineChoice::Postgres => Wanted::Postgres,
        EngineChoice::Citus => Wanted::Citus,
    }
}
