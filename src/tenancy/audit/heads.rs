//! The last seal of each log, kept beside the logs: a chain from which the last links
//! were taken is as good as new, for those who look at nothing else.

use diesel::prelude::*;

use super::chain::Seal;
use crate::db::control_tables::audit_heads;
use crate::db::owner::OwnerConn;
use crate::tenancy::schema_name::SchemaName;

/// A seal as it is known from elsewhere: its number and its hash.
pub type Head = (i64, Vec<u8>);

/// Keeps a seal as the last one.
pub(super) fn keep(conn: &mut OwnerConn, schema: &SchemaName, seal: &Seal) -> QueryResult<()> {
    let head = (
        audit_heads::number.eq(seal.number),
        audit_heads::hash.eq(seal.hash.clone()),
    );
    diesel::insert_into(audit_heads::table)
        .values((
            audit_heads::schema_name.eq(schema.as_str().to_owned()),
            head.clone(),
        ))
        .on_conflict(audit_heads::schema_name)
        .do_update()
        .set(head)
        .execute(conn)?;
    Ok(())
}

/// The last seal of a log; none before its first.
pub(super) fn of(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<Option<Head>> {
    audit_heads::table
        .find(schema.as_str().to_owned())
        .select((audit_heads::number, audit_heads::hash))
        .first(conn)
        .optional()
}

/// Forgets a log that is gone.
pub(in crate::tenancy) fn forget(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<()> {
    diesel::delete(audit_heads::table.find(schema.as_str().to_owned())).execute(conn)?;
    Ok(())
}
