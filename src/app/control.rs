//! The control plane: what an operator's commands need, and the server on top of it.

use secrecy::{ExposeSecret, SecretString};

use super::StartError;
use super::pools::control_pool;
use crate::auth::password::{PasswordWork, Passwords};
use crate::auth::vault::Vault;
use crate::config::{DatabaseSettings, EngineChoice, half_the_processors};
use crate::db::connect::Connector;
use crate::db::control::ControlPool;
use crate::db::engine::{Engine, Wanted};
use crate::db::owner::OwnerPool;
use crate::kernel::clock::Clock;
use crate::platform::dealers::lifecycle::Lifecycle;
use crate::platform::dealers::service::Dealers;
use crate::platform::identity::accounts::Accounts;
use crate::platform::keys::service::SigningKeys;
use crate::tenancy::provision::Provisioner;
use crate::tenancy::spares::Spares;
use crate::tenancy::transfer::Transfer;

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
    pub(super) settings: DatabaseSettings,
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
        let threads = settings
            .database_threads
            .unwrap_or_else(half_the_processors);
        let connector = Connector::new(ca_file, threads)?;
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

    /// The same, with the engine that was found in place of any. Blocks.
    pub fn on_its_engine(mut self) -> Result<Self, StartError> {
        if matches!(self.engine()?, Engine::Citus { .. }) {
            self.settings.engine = EngineChoice::Citus;
        }
        Ok(self)
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

const fn engine(choice: EngineChoice) -> Wanted {
    match choice {
        EngineChoice::Auto => Wanted::Found,
        EngineChoice::Postgres => Wanted::Postgres,
        EngineChoice::Citus => Wanted::Citus,
    }
}
