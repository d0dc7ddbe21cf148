//! A dealer as the control plane has him, read at this moment.

use std::ops::Range;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};
use crate::db::text_enum::text_enum;
use crate::kernel::ids::DealerId;
use crate::tenancy::schema_name::SchemaName;

text_enum! {
    /// Where a dealer stands in his life as a tenant.
    pub enum DealerStatus {
        /// A schema in stock, of no dealer yet; whole once it has a version.
        Spare = "SPARE",
        /// The schema is being made.
        Provisioning = "PROVISIONING",
        /// Open for business.
        Active = "ACTIVE",
        /// Open for reading only, until the operator resumes him.
        Suspended = "SUSPENDED",
        /// Closed; the rows are kept, and the operator may export them.
        Archived = "ARCHIVED",
        /// Closed; the rows go when the time of grace is over.
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
    /// The epoch that access tokens for the dealer must have.
    pub token_epoch: i64,
    /// How often his own roles have changed; 0 if he never had any.
    pub roles_version: i64,
    /// Whether nobody works there without a second factor.
    pub second_factor_required: bool,
    /// The plan that his rate follows from.
    pub plan: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = dealers, check_for_backend(diesel::pg::Pg))]
pub(in crate::tenancy) struct DealerRow {
    id: DealerId,
    name: String,
    schema_name: String,
    status: DealerStatus,
    currency: String,
    timezone: String,
    schema_version: Option<String>,
    token_epoch: i64,
    roles_version: i64,
    second_factor_required: bool,
    plan: String,
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

impl Dealer {
    /// Another number whenever something changes that rights hang on: both only grow.
    pub(in crate::tenancy) const fn rights_version(&self) -> i64 {
        self.token_epoch.saturating_add(self.roles_version)
    }
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
            token_epoch: row.token_epoch,
            roles_version: row.roles_version,
            second_factor_required: row.second_factor_required,
            plan: row.plan,
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

/// Has changes of what belongs to one dealer wait for one another, until the end of the
/// transaction.
pub async fn dealer_lock(conn: &mut ControlConn, id: DealerId) -> DbResult<()> {
    let row = dealers::table
        .find(id)
        .select(dealers::id)
        .for_no_key_update();
    let _locked: DealerId = row.first(&mut **conn).await?;
    Ok(())
}

/// The dealers of this name; two are enough to see that it is not unique.
pub async fn dealer_find_by_name(conn: &mut ControlConn, name: &str) -> DbResult<Vec<DealerId>> {
    let query = dealers::table
        .filter(dealers::name.eq(name))
        .filter(dealers::status.ne(DealerStatus::Spare))
        .limit(2)
        .select(dealers::id);
    Ok(query.load(&mut **conn).await?)
}

/// The dealers who are open and whose schemas have names in this range.
pub async fn active_between(
    conn: &mut ControlConn,
    names: &Range<String>,
) -> DbResult<Vec<DealerId>> {
    let query = dealers::table
        .filter(dealers::schema_name.ge(&names.start))
        .filter(dealers::schema_name.lt(&names.end))
        .filter(dealers::status.eq(DealerStatus::Active))
        .order(dealers::id)
        .select(dealers::id);
    Ok(query.load(&mut **conn).await?)
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
