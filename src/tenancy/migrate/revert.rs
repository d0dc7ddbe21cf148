//! Taking back the last migration of one schema, and no more than was meant.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::error::MigrateError;
use super::report::Options;
use super::set::MigrationSet;
use super::step::{applied, try_turn, undo};
use super::survey::Target;
use crate::db::owner::{OwnerConn, OwnerPool};
use crate::tenancy::schema_name::SchemaName;

/// Undoes the last migration of one schema, without waiting. Refused if that is not
/// the newest of the set, or if rows would go with it, unless the options say that
/// this is meant.
pub(super) fn revert_target(
    owner: &OwnerPool,
    set: &MigrationSet,
    target: &Target,
    options: &Options,
) -> Result<Vec<String>, MigrateError> {
    let schema = target.schema.parse()?;
    owner.run_blocking(|conn| {
        conn.transaction(|conn| {
            try_turn(conn, &schema, options.lock_timeout)?;
            if !options.further {
                check_newest(conn, set)?;
            }
            if !options.lose_rows {
                check_loss(conn, set, &schema)?;
            }
            Ok(vec![undo(conn, set, &schema)?])
        })
    })
}

/// Once more than wanted is soon said: each time takes the tables of a step.
fn check_newest(conn: &mut OwnerConn, set: &MigrationSet) -> Result<(), MigrateError> {
    let last = applied(conn)?.into_iter().max();
    match (last, set.newest()) {
        (Some(last), Some(newest)) if last.as_str() < newest => Err(MigrateError::NotNewest {
            last,
            newest: newest.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Takes the migration back for a trial, and sees which columns are gone then.
fn check_loss(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    schema: &SchemaName,
) -> Result<(), MigrateError> {
    let before = columns(conn, schema)?;
    let tried = conn.transaction(|conn| {
        undo(conn, set, schema).map_err(Trial::Failed)?;
        let after = columns(conn, schema).map_err(|error| Trial::Failed(error.into()))?;
        Err::<(), _>(Trial::Done(after))
    });
    let after = match tried {
        Ok(()) => return Ok(()),
        Err(Trial::Failed(error)) => return Err(error),
        Err(Trial::Done(after)) => after,
    };
    let mut lost = Vec::new();
    for column in before.iter().filter(|column| !after.contains(column)) {
        if column.is_used(conn, schema)? {
            lost.push(format!("{}.{}", column.table, column.name));
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    Err(MigrateError::LosesRows(lost))
}

/// Why the trial was undone.
enum Trial {
    Done(Vec<Column>),
    Failed(MigrateError),
}

impl From<diesel::result::Error> for Trial {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

#[derive(PartialEq, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = Bool)]
    used: bool,
}

/// The columns that hold what somebody has written, found as in `raze`.
const COLUMNS: &str = "\
    SELECT class.relname::text AS table, attribute.attname::text AS name \
    FROM pg_depend depend JOIN pg_class class ON class.oid = depend.objid \
    JOIN pg_attribute attribute ON attribute.attrelid = class.oid \
    WHERE depend.refclassid = 'pg_namespace'::regclass \
      AND depend.refobjid = (SELECT oid FROM pg_namespace WHERE nspname = $1) \
      AND depend.classid = 'pg_class'::regclass AND class.relkind = 'r' \
      AND class.relname <> '__diesel_schema_migrations' \
      AND attribute.attnum > 0 AND NOT attribute.attisdropped AND attribute.attgenerated = '' \
    ORDER BY class.relname, attribute.attnum";

#[expect(clippy::disallowed_methods, reason = "diesel knows no catalogs")]
fn columns(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<Vec<Column>> {
    diesel::sql_query(COLUMNS)
        .bind::<Text, _>(schema.as_str())
        .load(conn)
}

impl Column {
    /// Whether any row has a value there.
    #[expect(
        clippy::disallowed_methods,
        reason = "the table is one of any migration"
    )]
    fn is_used(&self, conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<bool> {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let query = format!(
            "SELECT EXISTS (SELECT FROM {}.{} WHERE {} IS NOT NULL) AS used",
            schema.quoted(),
            quoted(&self.table),
            quoted(&self.name)
        );
        Ok(diesel::sql_query(query).get_result::<Used>(conn)?.used)
    }
}
