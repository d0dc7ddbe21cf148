//! From a key to a caller, without a read of the database once the key is known.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use moka::Expiry;
use moka::future::Cache;
use tokio::sync::Semaphore;

use super::model::{ApiKeyRow, range};
use super::query;
use super::uses::{LastNoted, Uses};
use crate::auth::api_key::{KeyText, KeyUse, KnownKey};
use crate::auth::principal::{Grant, Method, Principal, Proof};
use crate::auth::revoked::{Kind, Revoked};
use crate::auth::role::RoleCode;
use crate::auth::vault::Vault;
use crate::db::connect::Connector;
use crate::db::control::ControlPool;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::clock::Clock;
use crate::kernel::ids::SessionId;
use crate::kernel::metric::Counter;
use crate::platform::identity::query as identity;

/// Keys kept in memory; the least used leave first.
const CAPACITY: u64 = 50_000;
/// How long a key is kept in memory: less than revocations are.
const KEPT_FOR: Duration = Duration::from_mins(10);
/// How long it is remembered that there is no such key, or that its maker is gone.
const REFUSED_FOR: Duration = Duration::from_secs(10);
/// Keys looked up at once. A checksum is easily made, and those who try keys must
/// not take the control plane from the others.
const LOOKUPS: usize = 4;
/// Those who may wait for their turn, each with a key of his own.
const MOST_WAITING: usize = 256;
/// How long one waits for its turn.
const LOOKUP_WAIT: Duration = Duration::from_secs(2);

/// Admits bearers of keys. Clones share what is known.
#[derive(Clone)]
pub struct KeyAdmission(Arc<Inner>);

struct Inner {
    control: ControlPool,
    vault: Vault,
    clock: Clock,
    known: Cache<String, Option<Arc<Known>>>,
    turns: Semaphore,
    /// For those at work and those who wait.
    room: Semaphore,
    lookups: Counter,
    uses: Uses,
}

/// What is known of a key.
struct Known {
    key: KnownKey,
    /// None if it is good from everywhere.
    addresses: Option<Vec<IpNet>>,
    is_revoked: bool,
    has_maker: bool,
    noted: LastNoted,
}

struct KeptFor;

impl KeptFor {
    fn of(known: Option<&Known>) -> Duration {
        match known {
            Some(known) if known.has_maker => KEPT_FOR,
            _ => REFUSED_FOR,
        }
    }
}

impl Expiry<String, Option<Arc<Known>>> for KeptFor {
    fn expire_after_create(
        &self,
        _lookup: &String,
        known: &Option<Arc<Known>>,
        _now: Instant,
    ) -> Option<Duration> {
        Some(Self::of(known.as_deref()))
    }

    fn expire_after_update(
        &self,
        _lookup: &String,
        known: &Option<Arc<Known>>,
        _now: Instant,
        _left: Option<Duration>,
    ) -> Option<Duration> {
        Some(Self::of(known.as_deref()))
    }
}

impl KeyAdmission {
    /// Admission by the keys in the control plane.
    pub fn new(connector: &Connector, control: ControlPool, vault: Vault, clock: Clock) -> Self {
        let known = Cache::builder()
            .max_capacity(CAPACITY)
            .expire_after(KeptFor);
        Self(Arc::new(Inner {
            known: known.build(),
            turns: Semaphore::new(LOOKUPS),
            room: Semaphore::new(LOOKUPS + MOST_WAITING),
            lookups: Counter::default(),
            uses: Uses::start(connector, control.clone(), clock.clone()),
            control,
            vault,
            clock,
        }))
    }

    /// The caller behind a key that is sent from `address`.
    pub async fn principal(
        &self,
        text: &str,
        address: IpAddr,
        revoked: &Revoked,
    ) -> AppResult<Principal> {
        let text = KeyText::parse(text).ok_or_else(misspelt)?;
        let known = self.0.find(text.lookup(), revoked).await?;
        let known = known.ok_or_else(unknown)?;
        let principal = text.verify(&self.0.vault, &known.key)?;
        let principal = principal.ok_or_else(unknown)?;
        let now = self.0.clock.now();
        known.check(address, now)?;
        self.0.uses.note(known.key.key.id, &known.noted, now);
        Ok(principal)
    }

    /// Keys read from the database so far.
    pub fn lookups(&self) -> u64 {
        self.0.lookups.get()
    }
}

impl Inner {
    /// The key as it is, or was less than a second ago.
    async fn find(&self, lookup: &str, revoked: &Revoked) -> AppResult<Option<Arc<Known>>> {
        let known = self.kept(lookup).await?;
        if !known.as_ref().is_some_and(|known| known.is_old(revoked)) {
            return Ok(known);
        }
        self.known.invalidate(lookup).await;
        self.kept(lookup).await
    }

    async fn kept(&self, lookup: &str) -> AppResult<Option<Arc<Known>>> {
        let key = lookup.to_owned();
        let kept = self.known.try_get_with(key, self.read(lookup)).await;
        kept.map_err(|error: Arc<AppError>| AppError::clone(&error))
    }

    async fn read(&self, lookup: &str) -> AppResult<Option<Arc<Known>>> {
        let _place = self.room.try_acquire().map_err(|_full| too_many())?;
        let turn = tokio::time::timeout(LOOKUP_WAIT, self.turns.acquire()).await;
        let _turn = turn.map_err(|_late| too_many())?;
        self.lookups.add_one();
        let mut conn = self.control.checkout().await?;
        let Some(row) = query::find_by_lookup(&mut conn, lookup).await? else {
            return Ok(None);
        };
        // The epoch before the roles: if they change in between, the change is told
        // with a later one.
        let Some(user) = identity::find(&mut conn, row.created_by).await? else {
            return Ok(None);
        };
        let maker = identity::find_membership(&mut conn, user.id, row.dealer_id).await?;
        let roles = maker.map(|maker| maker.roles).unwrap_or_default();
        Ok(Some(Arc::new(Known::new(row, user.epoch, roles))))
    }
}

impl Known {
    fn new(row: ApiKeyRow, user_epoch: i64, roles: Vec<RoleCode>) -> Self {
        let ranges = || row.addresses.iter().filter_map(|text| range(text));
        Self {
            addresses: (!row.addresses.is_empty()).then(|| ranges().collect()),
            is_revoked: row.revoked_at.is_some(),
            // At the portal people see what is theirs, and a key would see the same.
            has_maker: !roles.is_empty() && !roles.contains(&RoleCode::CUSTOMER),
            noted: LastNoted::new(row.last_used_at),
            key: KnownKey {
                key: KeyUse {
                    id: row.id,
                    epoch: row.epoch,
                    scopes: row.scopes,
                },
                grant: grant(&row, user_epoch, roles),
                mac: row.mac,
                expires_at: row.expires_at,
            },
        }
    }

    /// Whether the key or its maker has changed since it was read.
    fn is_old(&self, revoked: &Revoked) -> bool {
        let (key, grant) = (&self.key.key, &self.key.grant);
        revoked.is_revoked(Kind::ApiKey, key.id.uuid(), key.epoch)
            || revoked.is_revoked(Kind::User, grant.user.uuid(), grant.user_epoch)
    }

    /// Refuses a right key that is good no more, or not here.
    fn check(&self, address: IpAddr, now: DateTime<Utc>) -> AppResult<()> {
        let refused = |message| Err(AppError::unauthenticated(message));
        if self.is_revoked {
            return refused("the API key was revoked; use another one");
        }
        if now >= self.key.expires_at {
            return refused("the API key has expired; make a new one");
        }
        if !self.has_maker {
            return refused("whoever made the API key does not work for this dealer any more");
        }
        let is_here = |nets: &Vec<IpNet>| nets.iter().any(|net| net.contains(&address));
        if self.addresses.as_ref().is_none_or(is_here) {
            return Ok(());
        }
        let message = format!("the API key is not good from your address, {address}");
        Err(AppError::new(ErrorCode::Forbidden, message))
    }
}

/// What the key's maker is, told as by a token of a session that is the key.
fn grant(row: &ApiKeyRow, user_epoch: i64, roles: Vec<RoleCode>) -> Grant {
    Grant {
        user: row.created_by,
        dealer: row.dealer_id,
        session: SessionId::from_uuid(row.id.uuid()),
        user_epoch,
        // When all have to sign in again, keys stay: they are revoked one by one.
        dealer_epoch: i64::MAX,
        roles,
        customer: None,
        proof: Proof {
            methods: vec![Method::Key],
            // Nobody has proven anything of late.
            at: DateTime::UNIX_EPOCH,
        },
        actor: None,
        read_only: false,
        application: None,
    }
}

fn too_many() -> AppError {
    let message = "too many API keys are looked up at this moment";
    AppError::overloaded(message, Duration::from_secs(1))
}

fn misspelt() -> AppError {
    AppError::unauthenticated("this is no API key; check that all 59 characters were copied")
}

fn unknown() -> AppError {
    AppError::unauthenticated("there is no such API key; make one in the dashboard")
}
