//! The tenant directory: from a dealer's id to his schema and state.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use moka::Expiry;
use moka::future::Cache;

use super::context::{Actor, TenantContext};
use super::migrate::MigrationSet;
use super::schema_name::SchemaName;
use crate::auth::principal::Principal;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};
use crate::db::text_enum::text_enum;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::ids::DealerId;

/// Dealers kept in memory; the least used leave first.
const CAPACITY: u64 = 20_000;
/// How long a node may act on what it has read.
const FRESH_FOR: Duration = Duration::from_secs(10);
/// As long for dealers who wait for their migration: it takes milliseconds.
const BEHIND_FOR: Duration = Duration::from_secs(1);

text_enum! {
    /// Where a dealer stands in his life as a tenant.
    pub enum DealerStatus {
        /// A schema in stock, of no dealer yet; whole once it has a version.
        Spare = "SPARE",
        /// The schema is being made.
        Provisioning = "PROVISIONING",
        /// Open for business.
        Active = "ACTIVE",
        /// Closed by the operator; the rows are kept.
        Suspended = "SUSPENDED",
        /// Closed for good; the rows are kept for export.
        Archived = "ARCHIVED",
        /// Closed for good; the rows go when the time of grace is over.
        Deleting = "DELETING",
        /// The rows are gone; only this entry is left.
        Dropped = "DROPPED",
    }
}

/// A tenant: one company, one schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealer {
    /// The id that tokens carry.
    pub id: DealerId,
    /// The company's name.
    pub name: String,
    /// Where its rows are.
    pub schema: SchemaName,
    /// Whether it is open for business.
    pub status: DealerStatus,
    /// ISO 4217 code of its books.
    pub currency: String,
    /// IANA time zone of its days.
    pub timezone: String,
    /// Newest migration in the schema.
    pub version: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = dealers, check_for_backend(diesel::pg::Pg))]
pub(super) struct DealerRow {
    id: DealerId,
    name: String,
    schema_name: String,
    status: DealerStatus,
    currency: String,
    timezone: String,
    schema_version: Option<String>,
}

impl DealerStatus {
    /// States in which there is a whole schema, or may be one.
    pub const WITH_SCHEMA: [Self; 5] = [
        Self::Spare,
        Self::Active,
        Self::Suspended,
        Self::Archived,
        Self::Deleting,
    ];
}

impl TryFrom<DealerRow> for Dealer {
    type Error = DbError;

    fn try_from(row: DealerRow) -> Result<Self, Self::Error> {
        let schema = row.schema_name.parse().map_err(|error| {
            DbError::Other(diesel::result::Error::DeserializationError(Box::new(error)))
        })?;
        Ok(Self {
            id: row.id,
            name: row.name,
            schema,
            status: row.status,
            currency: row.currency,
            timezone: row.timezone,
            version: row.schema_version,
        })
    }
}

/// Reads one dealer, whatever his state.
pub async fn dealer_find(conn: &mut ControlConn, id: DealerId) -> DbResult<Option<Dealer>> {
    dealers::table
        .find(id)
        .select(DealerRow::as_select())
        .first(&mut **conn)
        .await
        .optional()?
        .map(Dealer::try_from)
        .transpose()
}

/// Reads all dealers in the order of their registration, whatever their states.
pub async fn dealer_list(conn: &mut ControlConn) -> DbResult<Vec<Dealer>> {
    let rows: Vec<DealerRow> = dealers::table
        .filter(dealers::status.ne(DealerStatus::Spare))
        .order(dealers::id)
        .select(DealerRow::as_select())
        .load(&mut **conn)
        .await?;
    rows.into_iter().map(Dealer::try_from).collect()
}

/// Finds dealers by id, from memory where it can, and opens contexts on them.
#[derive(Clone)]
pub struct Directory {
    control: ControlPool,
    dealers: Cache<DealerId, Option<Arc<Dealer>>>,
    needed: Option<Arc<str>>,
}

/// How long an entry may be acted on.
struct Freshness {
    needed: Option<Arc<str>>,
}

impl Expiry<DealerId, Option<Arc<Dealer>>> for Freshness {
    fn expire_after_create(
        &self,
        _id: &DealerId,
        dealer: &Option<Arc<Dealer>>,
        _now: Instant,
    ) -> Option<Duration> {
        let is_behind = |dealer: &Arc<Dealer>| dealer.version.as_deref() < self.needed.as_deref();
        Some(match dealer {
            Some(dealer) if is_behind(dealer) => BEHIND_FOR,
            _ => FRESH_FOR,
        })
    }
}

impl Directory {
    /// A directory over the control plane, for a program with the tenant set `set`.
    pub fn new(control: ControlPool, set: &MigrationSet) -> Self {
        let needed: Option<Arc<str>> = set.needed().map(Arc::from);
        let freshness = Freshness {
            needed: needed.clone(),
        };
        Self {
            control,
            dealers: Cache::builder()
                .max_capacity(CAPACITY)
                .expire_after(freshness)
                .build(),
            needed,
        }
    }

    /// Lets a verified caller in at the dealer his token names.
    pub async fn admit(&self, principal: Principal) -> AppResult<TenantContext> {
        let dealer = self.active(principal.dealer()).await?;
        Ok(TenantContext::new(dealer, Actor::User(principal)))
    }

    /// Opens a context for a named part of the system itself.
    pub async fn admit_system(
        &self,
        dealer: DealerId,
        part: &'static str,
    ) -> AppResult<TenantContext> {
        let dealer = self.active(dealer).await?;
        Ok(TenantContext::new(dealer, Actor::System(part)))
    }

    /// Forgets what is known of a dealer, because it has just changed.
    pub async fn forget(&self, dealer: DealerId) {
        self.dealers.invalidate(&dealer).await;
    }

    async fn active(&self, id: DealerId) -> AppResult<Arc<Dealer>> {
        let dealer = self
            .dealers
            .try_get_with(id, self.read(id))
            .await
            .map_err(|error: Arc<AppError>| AppError::clone(&error))?;
        match dealer {
            // A newer schema will do: programs expand first and contract later.
            Some(dealer) if dealer.status == DealerStatus::Active => {
                if dealer.version.as_deref() < self.needed.as_deref() {
                    return Err(upgrading());
                }
                Ok(dealer)
            }
            Some(_) => Err(AppError::new(
                ErrorCode::DealerNotActive,
                "this dealer is not open for business at the moment",
            )),
            None => Err(AppError::unauthenticated(
                "the access token names a dealer that does not exist; sign in again",
            )),
        }
    }

    async fn read(&self, id: DealerId) -> AppResult<Option<Arc<Dealer>>> {
        let mut conn = self.control.checkout().await?;
        Ok(dealer_find(&mut conn, id).await?.map(Arc::new))
    }
}

fn upgrading() -> AppError {
    let message = "this dealer is being upgraded to the version of this server; \
                   try again in some seconds";
    AppError::new(ErrorCode::DealerUpgrading, message).with_retry_after(Duration::from_secs(2))
}
