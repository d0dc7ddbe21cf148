//! Provisioning: a schema, its tables, its reference rows, its opening.
//!
//! A dealer takes a spare schema over if there is one, and then is open with the
//! transaction that registers him ([`super::spares`]). Else all is made for him:
//! every step can be repeated, and the directory says ACTIVE last, so a process
//! killed anywhere leaves a dealer that [`Provisioner::resume`] finishes. Until
//! then nobody can sign in there.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::build::{Site, build};
use super::directory::{Dealer, DealerStatus, dealer_find};
use super::migrate::{MigrateError, MigrationSet};
use super::schema_name::SchemaName;
use super::spares::spare_claim_tx;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};
use crate::db::owner::OwnerPool;
use crate::error::AppError;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;

/// Why provisioning stopped. What was done stays and is taken up again.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// A step failed in the database.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The directory could not be read or written.
    #[error(transparent)]
    Db(#[from] DbError),
    /// There is no such dealer.
    #[error("no dealer {0}")]
    Unknown(DealerId),
}

impl From<ProvisionError> for AppError {
    fn from(error: ProvisionError) -> Self {
        match error {
            ProvisionError::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// What a dealer is registered with.
#[derive(Clone, Debug)]
pub struct NewDealer {
    /// The company's name.
    pub name: String,
    /// ISO 4217 code of its books.
    pub currency: String,
    /// IANA time zone of its days.
    pub timezone: String,
}

/// A new row of the directory.
#[derive(Insertable)]
#[diesel(table_name = dealers)]
pub(super) struct DealerInsert<'a> {
    id: DealerId,
    name: &'a str,
    schema_name: &'a str,
    status: DealerStatus,
    currency: &'a str,
    timezone: &'a str,
    created_at: DateTime<Utc>,
    activated_at: Option<DateTime<Utc>>,
    schema_version: Option<&'a str>,
}

impl<'a> DealerInsert<'a> {
    /// A dealer whose schema is still to be made.
    fn to_make(new: &'a NewDealer, schema: &'a SchemaName, now: DateTime<Utc>) -> Self {
        Self {
            id: DealerId::generate(),
            name: &new.name,
            schema_name: schema.as_str(),
            status: DealerStatus::Provisioning,
            currency: &new.currency,
            timezone: &new.timezone,
            created_at: now,
            activated_at: None,
            schema_version: None,
        }
    }

    /// A dealer who is open, on a schema that is whole.
    pub(super) fn open(
        new: &'a NewDealer,
        schema: &'a SchemaName,
        version: Option<&'a str>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            status: DealerStatus::Active,
            activated_at: Some(now),
            schema_version: version,
            ..Self::to_make(new, schema, now)
        }
    }

    /// Writes it.
    pub(super) async fn insert_tx(self, conn: &mut ControlConn) -> DbResult<DealerId> {
        let id = self.id;
        let insert = diesel::insert_into(dealers::table).values(self);
        insert.execute(&mut **conn).await?;
        Ok(id)
    }
}

/// Step 1, where there is no spare: the dealer's row. The caller adds the owner in
/// the same transaction.
pub async fn dealer_insert_tx(
    conn: &mut ControlConn,
    new: &NewDealer,
    now: DateTime<Utc>,
) -> DbResult<DealerId> {
    let schema = SchemaName::generate();
    DealerInsert::to_make(new, &schema, now)
        .insert_tx(conn)
        .await
}

/// A dealer whose row is written.
#[derive(Clone, Debug)]
pub enum Begun {
    /// He has taken a spare over.
    Open(Dealer),
    /// His schema is still to be made.
    ToMake(DealerId),
}

impl Begun {
    /// Who.
    pub const fn id(&self) -> DealerId {
        match self {
            Self::Open(dealer) => dealer.id,
            Self::ToMake(id) => *id,
        }
    }
}

/// Makes schemas and opens dealers.
#[derive(Clone)]
pub struct Provisioner {
    owner: OwnerPool,
    control: ControlPool,
    request_role: String,
    clock: Clock,
}

impl Provisioner {
    /// `request_role` is the login role of the request pool; it becomes a
    /// member of every dealer's role.
    pub const fn new(
        owner: OwnerPool,
        control: ControlPool,
        request_role: String,
        clock: Clock,
    ) -> Self {
        Self {
            owner,
            control,
            request_role,
            clock,
        }
    }

    /// Step 1: the dealer's row, which is that of a spare if there is one. Then
    /// he is ACTIVE when the transaction commits; if not, [`Provisioner::resume`]
    /// takes him there. The caller adds the owner in the same transaction.
    pub async fn begin_tx(
        &self,
        conn: &mut ControlConn,
        new: &NewDealer,
    ) -> Result<Begun, ProvisionError> {
        let (now, needed) = (self.clock.now(), MigrationSet::tenant()?.needed());
        if let Some(dealer) = spare_claim_tx(conn, new, needed, now).await? {
            return Ok(Begun::Open(dealer));
        }
        let id = dealer_insert_tx(conn, new, now).await?;
        tracing::info!(dealer = %id, "no spare schema was left; making one");
        Ok(Begun::ToMake(id))
    }

    /// What is left to do behind [`Provisioner::begin_tx`].
    pub async fn finish(&self, begun: Begun) -> Result<Dealer, ProvisionError> {
        match begun {
            Begun::Open(dealer) => Ok(dealer),
            Begun::ToMake(id) => self.resume(id).await,
        }
    }

    /// All steps for a dealer without an owner, whom nobody can sign in to. Takes
    /// no spare: those are for people who wait.
    pub async fn open(&self, new: &NewDealer) -> Result<Dealer, ProvisionError> {
        let mut conn = self.control.checkout().await?;
        let id = dealer_insert_tx(&mut conn, new, self.clock.now()).await?;
        drop(conn);
        self.resume(id).await
    }

    /// Steps 2 to 5, or those that are still to do.
    pub async fn resume(&self, id: DealerId) -> Result<Dealer, ProvisionError> {
        let mut conn = self.control.checkout().await?;
        let dealer = dealer_find(&mut conn, id)
            .await?
            .ok_or(ProvisionError::Unknown(id))?;
        // Given back: the schema takes a while and needs none.
        drop(conn);
        if dealer.status != DealerStatus::Provisioning {
            return Ok(dealer);
        }
        let (role, now) = (self.request_role.clone(), self.clock.now());
        let site = Site {
            dealer: id,
            schema: dealer.schema,
        };
        self.owner
            .run(move |conn| build(conn, &site, &role, now))
            .await?;
        let mut conn = self.control.checkout().await?;
        dealer_find(&mut conn, id)
            .await?
            .ok_or(ProvisionError::Unknown(id))
    }

    /// Finishes every dealer whose provisioning began before `before`.
    pub async fn resume_all(
        &self,
        before: DateTime<Utc>,
    ) -> Result<Vec<(DealerId, Result<Dealer, ProvisionError>)>, ProvisionError> {
        let mut conn = self.control.checkout().await?;
        let unfinished = dealers::table
            .filter(dealers::status.eq(DealerStatus::Provisioning))
            .filter(dealers::created_at.lt(before))
            .order(dealers::created_at)
            .select(dealers::id);
        let ids: Vec<DealerId> = unfinished.load(&mut *conn).await.map_err(DbError::from)?;
        drop(conn);
        let mut finished = Vec::with_capacity(ids.len());
        for id in ids {
            finished.push((id, self.resume(id).await));
        }
        Ok(finished)
    }
}

/// The names of all time zones the database knows. It reads some thousand files
/// for it, so ask once.
pub async fn timezone_names(conn: &mut ControlConn) -> DbResult<HashSet<String>> {
    diesel::table! {
        pg_catalog.pg_timezone_names (name) {
            name -> Text,
        }
    }
    let names = pg_timezone_names::table.select(pg_timezone_names::name);
    let names: Vec<String> = names.load(&mut **conn).await?;
    Ok(names.into_iter().collect())
}
