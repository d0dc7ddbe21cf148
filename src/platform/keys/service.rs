//! Use cases of signing keys: the first one, the next one, the end of one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretBox};
use tokio::sync::{Mutex, watch};

use super::query::{self, KeyRow};
use crate::auth::keys::{KeyMaterial, KeyRing};
use crate::auth::operator::LONGEST;
use crate::auth::vault::{Purpose, Vault};
use crate::db::connect::Connector;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::error::DbError;
use crate::error::{AppError, AppResult};
use crate::kernel::clock::Clock;

/// How long the next key is published before it signs: a day, so that whoever
/// keeps a copy of the published keys has it in time.
pub const NOTICE: TimeDelta = TimeDelta::hours(24);
/// How often keys are read that nobody told of.
const READ_EVERY: Duration = Duration::from_mins(1);
/// How often they are read at most because of a token whose key is not known.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The keys of the installation, and the ring that is filled from them.
#[derive(Clone)]
pub struct SigningKeys {
    control: ControlPool,
    vault: Vault,
    ring: KeyRing,
    clock: Clock,
    looked: Arc<Mutex<Option<Instant>>>,
}

/// Why the keys can not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysFault {
    /// They were sealed with another secret.
    #[error(
        "the signing keys in the database were sealed with another secret than the one of \
         --secret-key-file; give theirs, as a further line of the file if it was replaced"
    )]
    Foreign,
    /// They can not be read.
    #[error("the signing keys can not be read: {0}")]
    Db(#[from] DbError),
    /// The first one can not be made, or the like.
    #[error("the signing keys can not be used: {0:?}")]
    Unusable(#[from] AppError),
}

impl SigningKeys {
    /// The keys of the installation, none of them read yet; `issuer` is the address
    /// under which they are published.
    pub fn new(control: ControlPool, vault: Vault, issuer: &str, clock: Clock) -> AppResult<Self> {
        Ok(Self {
            ring: KeyRing::new(&[], issuer, clock.clone())?,
            control,
            vault,
            clock,
            looked: Arc::default(),
        })
    }

    /// Reads the keys, and makes the first one if there is none yet.
    pub async fn load(&self) -> Result<(), KeysFault> {
        let mut conn = self.control.checkout().await?;
        if query::current(&mut conn, self.clock.now())
            .await?
            .is_empty()
        {
            // Two nodes that start at once make two, which does no harm.
            let first = KeyMaterial::generate(DateTime::UNIX_EPOCH)?;
            query::insert(&mut conn, self.row(&first)?).await?;
        }
        self.read(&mut conn).await
    }

    /// The keys in memory.
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Makes the next key. It signs from `active_from` on, and those before it
    /// are believed until the last of their tokens has ended.
    pub async fn rotate(&self, active_from: DateTime<Utc>) -> AppResult<String> {
        let next = KeyMaterial::generate(active_from)?;
        let (kid, row) = (next.kid(), self.row(&next)?);
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| {
            query::insert(conn, row).await?;
            query::retire_others(conn, &kid, active_from + LONGEST + TimeDelta::hours(1)).await
        })
        .await?;
        self.read(&mut conn).await.map_err(AppError::internal)?;
        Ok(kid)
    }

    /// Believes a key no more from now on, and with it none of its tokens. The
    /// last key stays, or nobody could sign in; says whether there was such a key.
    pub async fn retire(&self, kid: &str) -> AppResult<bool> {
        let mut conn = self.control.checkout().await?;
        let now = self.clock.now();
        let retired = conn
            .transaction(async |conn| -> AppResult<bool> {
                let retired = query::retire(conn, kid, now).await?;
                let left = query::current(conn, now).await?;
                if left.iter().any(|key| key.active_from <= now) {
                    Ok(retired)
                } else {
                    Err(AppError::bad_input(
                        "kid",
                        "no other key signs yet; make one by `tubex key rotate --now` first",
                    ))
                }
            })
            .await?;
        self.read(&mut conn).await.map_err(AppError::internal)?;
        Ok(retired)
    }

    /// All keys there ever were, the newest first.
    pub async fn list(&self) -> AppResult<Vec<KeyRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(query::all(&mut conn).await?)
    }

    /// Reads the keys anew because of a token whose key is not known; says whether
    /// that is worth another look at the token.
    pub async fn look_again(&self) -> bool {
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|at| at.elapsed() < LOOK_AGAIN_AFTER) {
            return false;
        }
        *looked = Some(Instant::now());
        self.refresh().await;
        true
    }

    /// Keeps the ring as the database has it, until the program ends.
    pub fn keep_current(&self, connector: &Connector, mut changed: watch::Receiver<u64>) {
        let keys = self.clone();
        connector.spawn(async move {
            loop {
                let told = tokio::time::timeout(READ_EVERY, changed.changed()).await;
                if matches!(told, Ok(Err(_))) {
                    return;
                }
                keys.refresh().await;
            }
        });
    }

    async fn refresh(&self) {
        if let Err(error) = self.load().await {
            tracing::warn!(%error, "the signing keys could not be read; the known ones are used");
        }
    }

    async fn read(&self, conn: &mut ControlConn) -> Result<(), KeysFault> {
        let rows = query::current(conn, self.clock.now()).await?;
        let materials: AppResult<Vec<_>> = rows.iter().map(|row| self.material(row)).collect();
        let materials = materials.map_err(|_| KeysFault::Foreign)?;
        Ok(self.ring.replace(&materials)?)
    }

    fn material(&self, row: &KeyRow) -> AppResult<KeyMaterial> {
        let seed = self.vault.open(Purpose::SigningKey, &row.seed_sealed)?;
        let seed: [u8; 32] = seed
            .try_into()
            .map_err(|_| AppError::internal("a signing key has another length"))?;
        Ok(KeyMaterial {
            seed: SecretBox::new(Box::new(seed)),
            active_from: row.active_from,
            retired_at: row.retired_at,
        })
    }

    fn row(&self, material: &KeyMaterial) -> AppResult<KeyRow> {
        let seed = material.seed.expose_secret();
        Ok(KeyRow {
            kid: material.kid(),
            seed_sealed: self.vault.seal(Purpose::SigningKey, seed)?,
            created_at: self.clock.now(),
            active_from: material.active_from,
            retired_at: None,
        })
    }
}
