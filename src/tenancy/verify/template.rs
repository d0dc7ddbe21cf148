//! What a schema should be: the migrations, run for nobody.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::catalogue::{Fact, by_index, facts};
use crate::db::owner::OwnerConn;
use crate::tenancy::build::create_bare;
use crate::tenancy::migrate::{MigrateError, MigrationSet, apply_all};
use crate::tenancy::schema_name::SchemaName;

/// A transaction that is undone, with what was learnt in it.
enum Undone {
    Learnt(Vec<Fact>),
    Failed(MigrateError),
}

impl From<diesel::result::Error> for Undone {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The facts of a schema on which all of `set` was run.
///
/// Role, schema and tables are made as for a dealer, in a transaction that is
/// never committed. So no other session hears of them: a schema that is
/// committed would have all of them plan all statements anew.
pub(super) fn template(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    request_role: &str,
) -> Result<Vec<Fact>, MigrateError> {
    let schema = SchemaName::generate();
    let undone = conn.transaction::<(), Undone, _>(|conn| {
        let learnt = learn(conn, set, &schema, request_role);
        Err(learnt.map_or_else(Undone::Failed, Undone::Learnt))
    });
    match undone {
        Err(Undone::Learnt(facts)) => Ok(facts),
        Err(Undone::Failed(error)) => Err(error),
        Ok(()) => Ok(Vec::new()),
    }
}

fn learn(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    schema: &SchemaName,
    request_role: &str,
) -> Result<Vec<Fact>, MigrateError> {
    // Of no concern to the other servers of a Citus cluster.
    conn.batch_execute(
        "SET LOCAL citus.enable_schema_based_sharding = off; \
         SET LOCAL citus.enable_ddl_propagation = off",
    )?;
    create_bare(conn, schema, request_role)?;
    apply_all(conn, set, schema)?;
    by_index(conn)?;
    Ok(facts(conn, schema.as_str())?)
}
