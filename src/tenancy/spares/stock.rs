//! What is in stock, and new empty schemas for it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::control_tables::dealers;
use crate::db::owner::OwnerConn;
use crate::kernel::ids::DealerId;
use crate::tenancy::build::{Site, create_schema};
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::migrate::MigrateError;
use crate::tenancy::schema_name::SchemaName;

/// How many spares there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// Ready for a dealer, or as soon as `tubex migrate` has run.
    pub whole: usize,
    /// Empty schemas, and those half filled.
    pub begun: usize,
}

pub(super) fn count(conn: &mut OwnerConn) -> Result<Stock, MigrateError> {
    let spares = || dealers::table.filter(dealers::status.eq(DealerStatus::Spare));
    let whole = spares().filter(dealers::schema_version.is_not_null());
    let begun = spares().filter(dealers::schema_version.is_null());
    let whole: i64 = whole.count().get_result(conn)?;
    let begun: i64 = begun.count().get_result(conn)?;
    Ok(Stock {
        whole: usize::try_from(whole).unwrap_or(0),
        begun: usize::try_from(begun).unwrap_or(0),
    })
}

/// The newest that is not whole, but for those who failed: old ones with a fault
/// do not stand in the way of new ones.
pub(super) fn next(conn: &mut OwnerConn, but: &[DealerId]) -> Result<Option<Site>, MigrateError> {
    let row: Option<(DealerId, String)> = dealers::table
        .filter(dealers::status.eq(DealerStatus::Spare))
        .filter(dealers::schema_version.is_null())
        .filter(dealers::id.ne_all(but))
        .order(dealers::id.desc())
        .select((dealers::id, dealers::schema_name))
        .first(conn)
        .optional()?;
    row.map(|(dealer, schema)| {
        let schema = schema.parse()?;
        Ok(Site { dealer, schema })
    })
    .transpose()
}

/// Makes `count` empty schemas in one transaction.
///
/// Each commit that changes the list of schemas throws away the plans of all
/// sessions, and a new membership has each of them go through all memberships
/// of the request role again: one commit for many, then none for a long time.
pub(super) fn add_empty(
    conn: &mut OwnerConn,
    count: usize,
    request_role: &str,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    conn.transaction(|conn| {
        for _ in 0..count {
            let site = Site {
                dealer: DealerId::generate(),
                schema: SchemaName::generate(),
            };
            insert(conn, &site, now)?;
            create_schema(conn, &site, request_role)?;
        }
        Ok(())
    })
}

/// The row of a spare; what it says of a dealer is set by the claim.
fn insert(conn: &mut OwnerConn, site: &Site, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::insert_into(dealers::table)
        .values((
            dealers::id.eq(site.dealer),
            dealers::schema_name.eq(site.schema.as_str()),
            dealers::status.eq(DealerStatus::Spare),
            dealers::name.eq("Spare"),
            dealers::currency.eq("XXX"),
            dealers::timezone.eq("UTC"),
            dealers::created_at.eq(now),
        ))
        .execute(conn)
        .map(|_rows| ())
}
