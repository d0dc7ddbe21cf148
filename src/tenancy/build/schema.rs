//! An empty schema and the role that may use it, of the same name.

use diesel::prelude::*;

use super::Site;
use crate::db::control_tables::schema_builds;
use crate::db::owner::OwnerConn;
use crate::db::pipeline::pipeline;
use crate::tenancy::schema_name::SchemaName;

/// Step 2, within the caller's transaction; what is there already is left alone.
///
/// The role gets no right by grants listed per table: default privileges cover
/// every table that a migration will ever make here.
pub(in crate::tenancy) fn create_schema(
    conn: &mut OwnerConn,
    site: &Site,
    request_role: &str,
) -> QueryResult<()> {
    create_bare(conn, &site.schema, request_role)?;
    diesel::insert_into(schema_builds::table)
        .values((
            schema_builds::dealer_id.eq(site.dealer),
            schema_builds::statements.eq(0),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .map(|_rows| ())
}

/// The schema and its role alone, of which no record is kept.
pub(in crate::tenancy) fn create_bare(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    request_role: &str,
) -> QueryResult<()> {
    let statements = statements(schema, request_role);
    pipeline(conn, &statements.each_ref().map(String::as_str))
}

/// A coordinator signs in at the other servers as the role at work, so there a
/// dealer's role may; without a password it can not from outside.
///
/// Each on its own: a Citus coordinator takes no message of several.
fn statements(schema: &SchemaName, request_role: &str) -> [String; 5] {
    let (name, quoted) = (schema.as_str(), schema.quoted());
    let request_role = request_role.replace('"', "\"\"");
    [
        format!(
            "DO $$ BEGIN
               IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
                 RETURN;
               ELSIF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
                 CREATE ROLE {quoted} LOGIN;
               ELSE
                 CREATE ROLE {quoted} NOLOGIN;
               END IF;
             END $$"
        ),
        format!("CREATE SCHEMA IF NOT EXISTS {quoted}"),
        format!("GRANT USAGE ON SCHEMA {quoted} TO {quoted}"),
        format!(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {quoted}
               GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {quoted}"
        ),
        format!("GRANT {quoted} TO \"{request_role}\""),
    ]
}
