//! Passwords: who may try one, how often, and what a device that is known is worth.

mod alike;
mod change;
mod devices;
mod forwarded;
mod guessing;
mod pruning;
mod rehash;
mod told;

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use tubex::auth::device::Devices;
use tubex::auth::password::{PasswordWork, Passwords};
use tubex::auth::vault::{Vault, generate_secret};
use tubex::config::DatabaseSettings;
use tubex::db::connect::Connector;
use tubex::db::control::ControlPool;
use tubex::db::observe::StatementCount;
use tubex::db::pool::PoolSettings;
use tubex::error::{ErrorCode, Refusal};
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::UserId;
use tubex::kernel::peer::Peer;
use tubex::platform::identity::accounts::Accounts;
use tubex::platform::identity::model::UserRow;
use tubex::platform::identity::query;
use uuid::Uuid;

use crate::support::{CHEAP, PASSWORD, own_settings, owner_of};

/// A node with a database of the test's own, at a time that the test sets.
pub struct Gate {
    pub settings: DatabaseSettings,
    pub clock: Clock,
    pub accounts: Accounts,
    pub statements: StatementCount,
    vault: Vault,
    control: ControlPool,
}

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Right,
    Wrong,
    /// Nobody looked at it; come back later.
    Wait(Duration),
}

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

pub fn from(address: &str) -> Peer {
    Peer::at(address.parse::<IpAddr>().unwrap())
}

/// Node number `n` of a botnet.
pub fn bot(n: usize) -> Peer {
    from(&format!("198.18.{}.{}", n / 250 % 250, n % 250))
}

impl Gate {
    pub async fn new(name: &'static str) -> Self {
        let settings = own_settings(name).await;
        let clock = Clock::fixed(noon());
        let vault = Vault::from_text(&generate_secret().unwrap()).unwrap();
        Self::of(settings, clock, vault, CHEAP)
    }

    fn of(settings: DatabaseSettings, clock: Clock, vault: Vault, work: PasswordWork) -> Self {
        let statements = StatementCount::default();
        let pool = PoolSettings {
            url: settings.database_owner_url.clone(),
            size: 4,
            wait: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            session_setup: "SET search_path = ''".to_owned(),
        };
        let connector = Connector::new(None, 1).unwrap();
        let control = ControlPool::new(&connector, &pool).counted(&statements);
        let passwords = Passwords::new(work).unwrap();
        let accounts = Accounts::new(control.clone(), passwords, clock.clone());
        Self {
            accounts: accounts.with_devices(Devices::new(vault.clone())),
            settings,
            clock,
            statements,
            vault,
            control,
        }
    }

    /// Another node beside this one, or this one after a restart.
    pub fn twin(&self) -> Self {
        self.twin_at(CHEAP)
    }

    pub fn twin_at(&self, work: PasswordWork) -> Self {
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        Self::of(settings, clock, self.vault.clone(), work)
    }

    /// A user with [`PASSWORD`].
    pub async fn user(&self) -> UserRow {
        let hash = self.accounts.passwords().hash(&PASSWORD.into()).await;
        let user = UserRow {
            id: UserId::generate(),
            email: format!("{}@test.example", Uuid::new_v4().simple()),
            name: "Somebody".to_owned(),
            password_hash: hash.unwrap(),
            created_at: self.clock.now(),
            epoch: 0,
            email_verified_at: None,
        };
        let mut conn = self.control.checkout().await.unwrap();
        query::insert(&mut conn, user.clone()).await.unwrap();
        user
    }

    pub async fn try_password(&self, email: &str, password: &str, peer: &Peer) -> Outcome {
        let tried = self.accounts.authenticate(email, password.into(), peer);
        match tried.await {
            Ok(user) => {
                assert_eq!(user.email, email);
                Outcome::Right
            }
            Err(Refusal::User(errors)) => {
                assert_eq!(errors[0].code, ErrorCode::InvalidCredentials);
                Outcome::Wrong
            }
            Err(Refusal::Fault(error)) => {
                assert_eq!(error.code(), ErrorCode::Throttled, "{error:?}");
                Outcome::Wait(error.retry_after().unwrap())
            }
        }
    }

    pub async fn guess(&self, email: &str, peer: &Peer) -> Outcome {
        self.try_password(email, "somebody's guess", peer).await
    }

    /// The same client, known from now on as a device of `user`.
    pub fn known(&self, user: &UserRow, peer: &Peer) -> Peer {
        let token = self.accounts.remember(user.id, peer).unwrap().unwrap();
        peer.clone().with_device(Some(token.expose_secret()))
    }

    pub fn pass(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    /// What the table holds.
    pub async fn rows(&self) -> i64 {
        let client = owner_of(&self.settings).await;
        let count = "SELECT count(*) FROM platform.login_attempts";
        client.query_one(count, &[]).await.unwrap().get(0)
    }

    pub fn hashes(&self) -> u64 {
        self.accounts.passwords().runs()
    }
}
