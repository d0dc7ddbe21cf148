//! Dropping what a dealer had in the database: tables, schema, role.
//!
//! One transaction for all of it would invalidate more than the queue between
//! backends holds, upon which each of them forgets all it knows of all dealers.
//! So every table is a transaction of its own, and the empty schema is the last.
//! Every step can be repeated.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use super::migrate::{MigrateError, turn_key};
use super::schema_name::SchemaName;
use crate::db::owner::{OwnerConn, take_turn};
use crate::tenancy::audit::heads;

/// Tables and views hang on their schema; `pg_depend` is asked for them because
/// `pg_class` has no index by schema and holds the tables of all dealers.
const TABLES: &str = "\
    SELECT ARRAY(SELECT class.relname::text \
                 FROM pg_depend depend JOIN pg_class class ON class.oid = depend.objid \
                 WHERE depend.refclassid = 'pg_namespace'::regclass \
                   AND depend.refobjid = (SELECT oid FROM pg_namespace WHERE nspname = $1) \
                   AND depend.classid = 'pg_class'::regclass \
                   AND class.relkind = 'r' \
                 ORDER BY class.relname) AS names";

#[derive(QueryableByName)]
struct Tables {
    #[diesel(sql_type = Array<Text>)]
    names: Vec<String>,
}

/// Drops the schema with all that is in it, and its role. Waits for whoever
/// migrates it. Blocks.
pub fn raze(conn: &mut OwnerConn, schema: &SchemaName) -> Result<(), MigrateError> {
    let key = format!("hashtextextended('{}', 0)", turn_key(schema));
    take_turn(conn, &format!("SELECT pg_advisory_lock({key})"))?;
    let razed = raze_locked(conn, schema);
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({key})"))?;
    Ok(razed?)
}

fn raze_locked(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<()> {
    let quoted = schema.quoted();
    for table in tables(conn, schema)? {
        let table = table.replace('"', "\"\"");
        conn.batch_execute(&format!(
            "DROP TABLE IF EXISTS {quoted}.\"{table}\" CASCADE"
        ))?;
    }
    conn.batch_execute(&format!("DROP SCHEMA IF EXISTS {quoted} CASCADE"))?;
    conn.batch_execute(&format!("DROP ROLE IF EXISTS {quoted}"))?;
    heads::forget(conn, schema)
}

#[expect(
    clippy::disallowed_methods,
    reason = "diesel knows neither regclass nor the catalogs"
)]
fn tables(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<Vec<String>> {
    let query = diesel::sql_query(TABLES).bind::<Text, _>(schema.as_str());
    Ok(query.get_result::<Tables>(conn)?.names)
}
