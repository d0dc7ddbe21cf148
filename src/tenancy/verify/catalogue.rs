//! What PostgreSQL's catalogs say about dealers' schemas.

use std::collections::HashMap;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text};

use crate::db::control_tables::dealers;
use crate::db::owner::OwnerConn;
use crate::tenancy::migrate::MigrateError;

/// A property of something in a schema.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub(super) struct Fact {
    /// Of what kind it is: `column`, `index`, …
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    /// The table it belongs to, if it does.
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) parent: Option<String>,
    /// Which one, as in `products.list_price`.
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    /// Which property.
    #[diesel(sql_type = Text)]
    pub(super) aspect: String,
    /// Its value, in SQL's own words where it has some.
    #[diesel(sql_type = Text)]
    pub(super) value: String,
}

/// How a schema stood at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Standing {
    /// Newest migration, by the directory.
    pub(super) version: Option<String>,
    /// Absent if there is no such schema.
    pub(super) fingerprint: Option<String>,
}

/// A moment's view of the catalogs, in which nothing is found by reading a
/// catalog through: those hold the tables of all dealers.
pub(super) fn snapshot<T>(
    conn: &mut OwnerConn,
    look: impl FnOnce(&mut OwnerConn) -> QueryResult<T>,
) -> Result<T, MigrateError> {
    Ok(conn.transaction(|conn| {
        conn.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")?;
        by_index(conn)?;
        look(conn)
    })?)
}

/// For the rest of the transaction: bare names only for what is in no schema of
/// a dealer, and no plan that reads a catalog through.
pub(super) fn by_index(conn: &mut OwnerConn) -> QueryResult<()> {
    conn.batch_execute(
        "SET LOCAL search_path = ''; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; \
         SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off",
    )
}

/// The standing of these schemas, of those that are still in the directory.
pub(super) fn standings(
    conn: &mut OwnerConn,
    schemas: &[String],
) -> QueryResult<HashMap<String, Standing>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        schema: String,
        #[diesel(sql_type = Text)]
        fingerprint: String,
    }
    let versions: Vec<(String, Option<String>)> = dealers::table
        .filter(dealers::schema_name.eq_any(schemas))
        .select((dealers::schema_name, dealers::schema_version))
        .load(conn)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel does not know the catalogs"
    )]
    let query = diesel::sql_query(include_str!("fingerprint.sql"));
    let rows: Vec<Row> = query.bind::<Array<Text>, _>(schemas).load(conn)?;
    let mut found: HashMap<String, String> = rows
        .into_iter()
        .map(|row| (row.schema, row.fingerprint))
        .collect();
    let standing = |(schema, version): (String, _)| {
        let fingerprint = found.remove(&schema);
        let standing = Standing {
            version,
            fingerprint,
        };
        (schema, standing)
    };
    Ok(versions.into_iter().map(standing).collect())
}

/// All that can be said about a schema. Definitions are put into words by
/// functions that see more than the snapshot: see [`super::run`] for the remedy.
pub(super) fn facts(conn: &mut OwnerConn, schema: &str) -> QueryResult<Vec<Fact>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel does not know the catalogs"
    )]
    let query = diesel::sql_query(include_str!("facts.sql"));
    query.bind::<Text, _>(schema).load(conn)
}
