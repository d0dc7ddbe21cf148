//! Types of values, from diesel's numbers to the driver's names.

use diesel::QueryResult;
use diesel::pg::PgTypeMetadata;
use diesel::result::Error;
use tokio_postgres::types::Type;

/// The types of the values of a query, all of which Postgres knows by itself.
pub(super) fn bind_types(metadata: &[PgTypeMetadata]) -> QueryResult<Vec<Type>> {
    metadata.iter().map(bind_type).collect()
}

fn bind_type(metadata: &PgTypeMetadata) -> QueryResult<Type> {
    let oid = metadata
        .oid()
        .map_err(|error| Error::SerializationError(Box::new(error)))?;
    Type::from_oid(oid).ok_or_else(|| {
        Error::SerializationError(format!("type {oid} is none of Postgres' own").into())
    })
}
